#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read which libraries the command line program needs: it must run where there is no screen.

    links.py PROGRAM
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

SCREEN = re.compile(r"lib(gtk|gdk|gsk|adwaita|X11|xcb|wayland|epoxy|GL|EGL)\b", re.IGNORECASE)
# Cairo itself is linked with what it needs to draw on an X screen; no window comes of that.
CAIRO_BRINGS = re.compile(r"^lib(X11|Xext|Xrender|Xau|Xdmcp|xcb[\w-]*)\.so")
PROGRAM = sys.argv[1] if len(sys.argv) > 1 else ""


def needed_directly():
    output = subprocess.run(["readelf", "--dynamic", PROGRAM], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", output)


def needed_in_all():
    output = subprocess.run(["ldd", PROGRAM], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line.split()[0] for line in output.splitlines() if line.strip()]


def test_it_needs_what_it_must():
    # Shows that the libraries are read at all.
    assert any(name.startswith("libglib-2.0") for name in needed_in_all()), needed_in_all()


def test_it_links_no_screen():
    wrong = [name for name in needed_directly() if SCREEN.search(name)]
    assert not wrong, ", ".join(wrong)


def test_nothing_that_it_links_brings_a_toolkit():
    wrong = [name for name in needed_in_all() if SCREEN.search(os.path.basename(name)) and not CAIRO_BRINGS.search(os.path.basename(name))]
    assert not wrong, ", ".join(wrong)


if __name__ == "__main__":
    for needed in ("readelf", "ldd"):
        if shutil.which(needed) is None:
            print(f"1..0 # SKIP {needed} is not installed")
            sys.exit(0)
    tap.run()
