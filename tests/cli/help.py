# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of commands and options as --help tells it, which manual, completion and tests are held against."""

import re


def commands(folder):
    """The names of all commands."""
    listed = re.findall(r"^  ([a-z][a-z-]*)  +\S", folder.run("--help")[0], re.MULTILINE)
    assert len(listed) > 10, listed
    return listed


def options(folder, command):
    """The options of a command, with their dashes."""
    shown = re.findall(r"^  (?:-h, )?(--[a-z][a-z0-9-]*)", folder.run(command, "--help-all")[0], re.MULTILINE)
    return {option for option in shown if not option.startswith("--help-")}
