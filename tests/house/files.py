#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the project's files whatever is in them: licences, translations, words that don't belong there."""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

LICENSED = (".c", ".h", ".py", ".sh", ".ui", ".css", ".svg", ".xml", ".in", ".po", "meson_options.txt", ".ci/run")
TRANSLATED = re.compile(r"""(?:\b_|\bN_|\bQ_|\bC_|\bNC_|\bngettext|\bg_dngettext|\bg_dpgettext2)\s*\(\s*(?:"|[A-Za-z_(])""")
TRANSLATABLE_XML = re.compile(r"translatable=\"(?:yes|true)\"")


def listed(path):
    """The lines of a file that are neither empty nor comments."""
    return [line.strip() for line in tap.read(path).splitlines() if line.strip() and not line.startswith("#")]


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def test_every_file_names_its_licence():
    wrong = []
    for path in tap.source_files(*LICENSED):
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in "\n".join(tap.read(path).splitlines()[:5]):
            wrong.append(path)
    assert not wrong, "no SPDX line: " + ", ".join(wrong)


def test_every_file_with_words_is_in_POTFILES():
    needed = set()
    for path in tap.source_files(".c", ".h"):
        if path.startswith("tests/"):
            continue
        code = "\n".join(line for line in without_comments(tap.read(path)).splitlines() if not line.lstrip().startswith("#define"))
        if TRANSLATED.search(code):
            needed.add(path)
    for path in tap.source_files(".ui"):
        if TRANSLATABLE_XML.search(tap.read(path)):
            needed.add(path)
    needed.update(path for path in tap.source_files(".desktop.in", ".metainfo.xml.in", ".gschema.xml"))
    missing = sorted(needed - set(listed("po/POTFILES")))
    assert not missing, "not in po/POTFILES: " + ", ".join(missing)


def test_POTFILES_names_files_that_are_there_in_order():
    paths = listed("po/POTFILES")
    gone = [path for path in paths if not os.path.isfile(os.path.join(tap.SOURCE_ROOT, path))]
    assert not gone, "in po/POTFILES but not there: " + ", ".join(gone)
    assert len(paths) == len(set(paths)), "named twice: " + ", ".join(sorted({path for path in paths if paths.count(path) > 1}))


def test_no_unfinished_marks():
    mark = re.compile(r'(?<!")\b(?:TO' r'DO|FIX' r'ME|XX' r'X)\b')
    wrong = []
    for path in tap.source_files(".c", ".h", ".py", ".sh", ".ui", ".build", ".css"):
        for number, line in enumerate(tap.read(path).splitlines(), 1):
            if mark.search(line):
                wrong.append(f"{path}:{number}: {line.strip()}")
    assert not wrong, "\n".join(wrong)


def test_no_fast_maths():
    flag = "-ffast" + "-math"
    wrong = [path for path in tap.source_files("meson.build") if flag in tap.read(path) or "-Of" + "ast" in tap.read(path)]
    assert not wrong, ", ".join(wrong)


def test_scripts_can_be_run():
    wrong = [path for path in tap.source_files(".sh", ".py", ".ci/run")
             if tap.read(path).startswith("#!") and not os.access(os.path.join(tap.SOURCE_ROOT, path), os.X_OK)]
    assert not wrong, "not executable: " + ", ".join(wrong)


if __name__ == "__main__":
    tap.run()
