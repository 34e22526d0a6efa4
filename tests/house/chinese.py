#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every word that a person sees is there in Chinese too.

    chinese.py
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402


def run(*command):
    return subprocess.run(command, cwd=tap.SOURCE_ROOT, env={**os.environ, "LC_ALL": "C.UTF-8"},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def extract(folder):
    """The template of all words, made afresh from the sources."""
    template = os.path.join(folder, "anamnesis.pot")
    result = run("xgettext", "--files-from=po/POTFILES", "--directory=.", "--from-code=UTF-8", "--add-comments",
                 "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2", "--keyword=Q_:1g",
                 "--keyword=ngettext:1,2", "--keyword=g_dngettext:2,3", "--keyword=g_dpgettext2:2c,3",
                 "--flag=g_set_error:4:c-format", "--flag=g_strdup_printf:1:c-format", "--flag=g_error_new:3:c-format",
                 "--flag=g_string_append_printf:2:c-format", "--output", template)
    assert result.returncode == 0, result.stdout
    return template


def statistics(catalogue):
    result = run("msgfmt", "--check", "--statistics", "--output-file=/dev/null", catalogue)
    assert result.returncode == 0, result.stdout
    return result.stdout.strip().splitlines()[-1]


def test_the_catalogue_is_sound():
    statistics("po/zh_CN.po")


def test_nothing_is_untranslated_or_doubtful():
    with tempfile.TemporaryDirectory() as folder:
        merged = os.path.join(folder, "zh_CN.po")
        result = run("msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file", merged, "po/zh_CN.po", extract(folder))
        assert result.returncode == 0, result.stdout
        words = statistics(merged)
        missing = run("msgattrib", "--untranslated", "--no-wrap", merged).stdout
        doubtful = run("msgattrib", "--only-fuzzy", "--no-obsolete", "--no-wrap", merged).stdout
    assert not re.search(r"untranslated|fuzzy", words), f"{words}\n{missing}\n{doubtful}"


def test_languages_are_those_that_there_are():
    languages = {line for line in tap.read("po/LINGUAS").splitlines() if line and not line.startswith("#")}
    there = {name[:-3] for name in os.listdir(os.path.join(tap.SOURCE_ROOT, "po")) if name.endswith(".po")}
    assert languages == there, f"po/LINGUAS says {languages}, there are {there}"


if __name__ == "__main__":
    for needed in ("xgettext", "msgmerge", "msgfmt", "msgattrib"):
        if shutil.which(needed) is None:
            print(f"1..0 # SKIP {needed} is not installed")
            sys.exit(0)
    tap.run()
