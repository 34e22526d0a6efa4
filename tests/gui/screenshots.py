#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Photograph the pages of the window: large and small, light and dark, English and Chinese.

    screenshots.py [--build _build] [--source sample:icu] [--train SECONDS] [--only PATTERN] FOLDER

Writes FOLDER/PAGE-SIZE-APPEARANCE-LANGUAGE.png, as in workbench-1440x900-dark-zh_CN.png, and beside it with --tree
what a screen reader is told, as .txt. A warning that the window writes ends the work.
"""

import argparse
import fnmatch
import gettext
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGES = ["records", "workbench", "inside"]  # in the order of Alt+1, Alt+2, ...
LENS = "lens"  # from Inside


def photograph(options, width, height, appearance, language):
    from window import Window
    names = {page: f"{page}-{width}x{height}-{appearance}-{language or 'en'}" for page in (["welcome"] if options.welcome else PAGES + [LENS])}
    wanted = {page: name for page, name in names.items() if fnmatch.fnmatch(name, options.only)}
    if not wanted:
        return
    arguments = [] if options.welcome else options.source
    with Window(os.path.join(options.build, "app", "gui", "anamnesis"), *arguments,
                width=width, height=height, appearance=appearance, language=language) as window:
        time.sleep(options.settle)
        window.settle()
        if options.train:
            window.key("Control+Return")
            time.sleep(options.train)
            window.key("Control+Shift+period")
        for page, name in wanted.items():
            if not options.welcome:
                window.key(f"Alt+{PAGES.index('inside' if page == LENS else page) + 1}")
                time.sleep(options.settle)
                window.settle()
            if page == LENS:
                if not options.train:
                    continue
                words = gettext.translation("anamnesis", os.environ["ANAMNESIS_LOCALE_DIR"], [language or "C"], fallback=True)
                window.press(words.gettext("Cell lens"), role="push button")
                time.sleep(options.settle)
                window.settle()
            window.picture(os.path.join(options.folder, name + ".png"))
            if options.tree:
                with open(os.path.join(options.folder, name + ".txt"), "w", encoding="utf-8") as file:
                    file.write(window.tree() + "\n")
                    file.writelines(f"UNNAMED {line}\n" for line in window.unnamed())
            print(os.path.join(options.folder, name + ".png"), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "_build"), help="build directory")
    parser.add_argument("--source", nargs="+", default=["sample:icu"], help="what to open")
    parser.add_argument("--welcome", action="store_true", help="open nothing, photograph the first start")
    parser.add_argument("--train", type=float, default=0, metavar="SECONDS", help="train that long first; without it there is nothing under the lens")
    parser.add_argument("--settle", type=float, default=1.5, metavar="SECONDS", help="wait before each picture")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="only names like this, as in '*-1440x900-light-en'")
    parser.add_argument("--tree", action="store_true", help="write what a screen reader is told as well")
    parser.add_argument("folder")
    options = parser.parse_args()
    if "ANAMNESIS_SCREENSHOTS" not in os.environ:
        os.environ["ANAMNESIS_SCREENSHOTS"] = "1"
        os.environ.setdefault("GSETTINGS_SCHEMA_DIR", os.path.join(options.build, "resources"))
        os.environ.setdefault("ANAMNESIS_LOCALE_DIR", os.path.join(options.build, "po"))
        screen = os.path.join(ROOT, "tests", "screen.py")
        os.execv(sys.executable, [sys.executable, screen, "--size", "1600x1000", "/usr/bin/python3", os.path.abspath(__file__), *sys.argv[1:]])
    sys.path.insert(0, HERE)
    os.makedirs(options.folder, exist_ok=True)
    for language in (None, "zh_CN"):
        for appearance in ("light", "dark"):
            for width, height in ((1440, 900), (1280, 800), (900, 600)):
                photograph(options, width, height, appearance, language)


if __name__ == "__main__":
    main()
