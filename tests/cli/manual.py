#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual pages: every command and every option is in them, and troff has nothing to say.

    manual.py PROGRAM PAGE-OF-THE-PROGRAM PAGE-OF-THE-WINDOW WINDOW
"""

import os
import re
import shutil
import subprocess
import sys

from help import commands, options
from program import Folder, tap

PAGE, WINDOW_PAGE, WINDOW = sys.argv[2:5]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def plain(text):
    return re.sub(r"\\f[A-Z]", "", text).replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")


def sections(page):
    """The text of each .SS under COMMANDS, by its title."""
    told = page.split("\n.SH COMMANDS\n")[1].split("\n.SH ")[0]
    parts = re.split(r"^\.SS (.*)$", told, flags=re.MULTILINE)
    return dict(zip(map(plain, parts[1::2]), parts[2::2]))


def named(text):
    return {plain(option) for option in re.findall(r"^\.B (\\-\\-[a-z0-9\\-]+)", text, re.MULTILINE)}


def test_every_command_and_option_is_told():
    told = sections(read(PAGE))
    with Folder() as folder:
        for command in commands(folder):
            assert command in told, command
            found = named(told[command])
            for title in re.findall("“(.*?)”", "\n".join(line for line in told[command].splitlines() if line.startswith("Also the options under"))):
                found |= named(told[plain(title) + ":"])
            found |= named(told["Options of every command:"]) | {"--help"}
            wanted = options(folder, command)
            assert found == wanted, f"{command}: not in the manual: {sorted(wanted - found)}; in the manual only: {sorted(found - wanted)}"
            for option in re.findall(r"^\.TP\n\.B .*\n(.*)$", told[command], re.MULTILINE):
                assert option.strip(), command


def test_it_says_what_holds_for_all():
    page = plain(read(PAGE))
    for words in ("EXIT STATUS", "SIGINT", "SIGTERM", "anamnesis-cli.schema.json", "sample:", "lstm(64, return_sequences) > dropout(0.3)", "--roles", "not a medical device"):
        assert words in page, words
    assert "@" not in page.replace("sample:icu?patients=500&seed=2", ""), re.findall(".*@.*", page)


def test_enumerated_values_are_told():
    page = plain(read(PAGE))
    with Folder() as folder:
        for command, option in (("train", "--optimizer"), ("train", "--loss"), ("train", "--metrics"), ("plot", "--figure"), ("export", "--layout"), ("bench", "--workload")):
            for line in folder.run("--complete", command, option, "")[0].splitlines():
                assert line.split("\t")[0] in page, (option, line)


def test_the_window_s_options_are_told():
    if not os.path.exists(WINDOW):
        raise tap.Skip(f"the window isn't built at {WINDOW}, so its options are NOT held against its manual page")
    shown = subprocess.run([WINDOW, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
    shown = shown.split("Application Options:")[1]
    page = plain(read(WINDOW_PAGE))
    wanted = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", shown, re.MULTILINE))
    assert wanted, shown
    for option in wanted:
        assert option in page, option


def test_troff_reads_them():
    if shutil.which("man") is None or shutil.which("troff") is None:
        raise tap.Skip("man and groff are not installed, so the manual pages are NOT set here")
    for page in (PAGE, WINDOW_PAGE):
        process = subprocess.run(["man", "--warnings", "--encoding=UTF-8", "--local-file", page], capture_output=True, text=True, timeout=60,
                                 env={**os.environ, "MANWIDTH": "100", "MAN_KEEP_FORMATTING": "", "LC_ALL": "C.UTF-8"}, check=True)
        # Long names can't be broken.
        said = [line for line in process.stderr.splitlines() if "can't break line" not in line and "cannot adjust line" not in line]
        assert not said, said
        assert "medical" in process.stdout


if __name__ == "__main__":
    tap.run()
