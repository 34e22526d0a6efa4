#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every dialog comes up, is named throughout for a screen reader, and goes away by Escape.

    dialogs.py PROGRAM
"""

import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
import tap  # noqa: E402

try:
    from window import Window  # noqa: E402
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP Python can't speak to the window: {missing}")
    sys.exit(0)

PROGRAM = sys.argv[1]
SOURCE = "sample:icu?patients=40"

window = None


def check(title, opened_by):
    """The dialog of that title is named throughout, and Escape closes it."""
    opened_by()
    dialog = window.find(title, role="frame")
    unnamed = window.unnamed(dialog)
    # Without a window manager it needs a click to have the keyboard; all windows have the screen's corner as theirs.
    window.click(dialog, across=0.5, down=20 / 600)
    window.key("Escape")
    window.gone(title, role="frame")
    assert not unnamed, f"unnamed in {title}: " + "; ".join(unnamed)


def choose(menu, letter):
    """By the letter that is underlined in a menu."""
    window.click(window.find(menu, role="push button"))
    window.settle()
    window.key(letter)


def test_the_window_comes_up():
    global window
    window = Window(PROGRAM, SOURCE, settings={"notice-seen": "true"})
    window.__enter__()
    window.find("Undo: records Simulated intensive care stays")


def test_preferences():
    check("Preferences", lambda: window.key("Control+comma"))


def test_shortcuts():
    check("Shortcuts", lambda: choose("Menu", "s"))


def test_help():
    check("Help", lambda: window.key("F1"))


def test_properties():
    check("Properties", lambda: choose("Study", "s"))


def test_about():
    # Its parts are libadwaita's.
    choose("Menu", "a")
    dialog = window.find("About", role="frame")
    window.click(dialog, across=0.5, down=0.3)
    window.key("Escape")
    window.gone("About", role="frame")


def test_the_window_ends_well():
    window.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run()
