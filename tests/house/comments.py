#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every function, type and constructor that widgets/ offers to another program is explained where it is declared.

A function counts as explained if a comment stands right above its declaration or behind it on its line, or above the first
of a group of declarations without an empty line between them; or if its definition carries a comment that begins with its name.
Private headers (NAME-private.h) are the library's own affair.
"""

import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

DECLARATION = re.compile(r"^(?:[A-Za-z_][\w ]*?[\w*] *\**)\b(anm_\w+) *\(", re.MULTILINE)
TYPE = re.compile(r"^(?:typedef (?:struct|enum)\b|G_DECLARE_\w+ \(\w+, (\w+))", re.MULTILINE)
COMMENT_ABOVE = re.compile(r"\*/[ \t]*\n$")


def public_headers():
    return [path for path in tap.source_files(".h") if path.startswith("widgets/") and not path.endswith("-private.h")]


def declarations(text):
    """(name, line, explained) of each function that a header declares."""
    blocks = re.split(r"\n[ \t]*\n", text)
    line = 1
    for block in blocks:
        lines = block.split("\n")
        explained = False
        for number, content in enumerate(lines):
            if re.match(r"[ \t]*(/\*| \*)", content):
                explained = True
            match = DECLARATION.match(content)
            if match and not content.startswith(("typedef", "#", "return")):
                yield match[1], line + number, explained or "/*" in content
        line += len(lines) + 1


def explained_in_sources():
    """Names of functions whose definition is led by a comment "NAME:"."""
    names = set()
    for path in tap.source_files(".c"):
        if path.startswith("widgets/"):
            names.update(re.findall(r"^/\*\*\n \* (anm_\w+):", tap.read(path), re.MULTILINE))
    return names


def test_every_public_function_of_the_widgets_is_explained():
    elsewhere = explained_in_sources()
    missing = [f"{path}:{line}: {name}" for path in public_headers() for name, line, explained in declarations(tap.read(path))
               if not explained and name not in elsewhere]
    assert not missing, "without a comment:\n" + "\n".join(missing)


def test_every_public_type_of_the_widgets_is_explained():
    missing = []
    for path in public_headers():
        text = tap.read(path)
        for match in TYPE.finditer(text):
            line = text.count("\n", 0, match.start())
            above = "\n".join(text.split("\n")[max(line - 3, 0):line])
            if "*/" not in above and not match[0].startswith("typedef struct _"):
                missing.append(f"{path}:{line + 1}: {match[0]}")
    assert not missing, "without a comment:\n" + "\n".join(missing)


def test_the_check_sees_what_is_missing():
    header = "/* Explained. */\nvoid anm_one (void);\nint anm_two (int a,\n             int b);\n\nvoid anm_three (void);\nchar *anm_four (void); /* said here */\n"
    found = {name: explained for name, _, explained in declarations(header)}
    assert found == {"anm_one": True, "anm_two": True, "anm_three": False, "anm_four": True}, found


if __name__ == "__main__":
    tap.run()
