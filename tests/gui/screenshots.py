#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Photograph the pages, panes and dialogs of the window: large and small, light and dark, English and Chinese, large text.

    screenshots.py [--build _build] [--source sample:icu] [--train SECONDS] [--only PATTERN] FOLDER

Writes FOLDER/SCENE-SIZE-APPEARANCE-LANGUAGE.png, as in workbench-1440x900-dark-zh_CN.png or records-900x600-light-en-150.png
(text half as large again), and beside it with --tree what a screen reader is told, as .txt. A warning that the window writes
ends the work. Scenes are the functions of SCENES, in their order; those after `lens` need --train.
"""

import argparse
import fnmatch
import gettext
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAGES = ["records", "workbench", "inside"]  # in the order of Alt+1, Alt+2, ...
SIZES = ((1440, 900), (1280, 800), (1024, 768), (900, 600), (1920, 1080), (2560, 1440))


class Photographer:
    """A window, and the ways to its scenes."""

    def __init__(self, window, language, settle):
        self.window = window
        self.words = gettext.translation("anamnesis", os.environ["ANAMNESIS_LOCALE_DIR"], [language or "C"], fallback=True)
        self.rest = settle

    def said(self, word, context=None):
        """A pattern for the name of what is labelled WORD, in the language of the window and without the mark of its key."""
        text = self.words.pgettext(context, word) if context else self.words.gettext(word)
        text = re.sub(r"\(_\w\)", "", text).replace("_", "")
        letters = "_?".join(["", *map(re.escape, text.rstrip("…"))]) + r"(?:\(_?\w\))?…?"
        return re.compile(f"^{letters}(?: {letters})?$")  # a button of GTK 4.8 may have its label twice

    def settle(self):
        time.sleep(self.rest)
        self.window.settle()

    def page(self, name):
        self.window.key(f"Alt+{PAGES.index(name) + 1}")

    def button(self, word):
        """The button of that name that is on screen."""
        for widget in self.window.find_all(self.said(word)):
            if "button" in widget.role and self.window.place(widget)[2] > 0:
                return widget
        raise LookupError(f"no button {word!r} is on screen")

    def click(self, word):
        self.window.click(self.button(word))
        self.window.point_away()

    def press(self, word):
        self.window.act(self.button(word), "click")

    def choose(self, menu, key):
        """Choose from the menu of a button by the letter that is underlined."""
        self.click(menu)
        time.sleep(self.rest)
        self.window.key(key)

    def close(self, windows):
        """Put away what came up since there were these windows."""
        import xscreen
        for window in xscreen.windows():
            if window not in windows:
                xscreen.ask_to_close(window)
        self.window.key("Escape")
        time.sleep(0.3)


def records(at):
    at.page("records")


def workbench(at):
    at.page("workbench")


def inside(at):
    at.page("inside")


def lens(at):
    at.page("inside")
    at.press("Cell lens")


def worksheet(at):
    lens(at)
    at.settle()
    at.click("More of the cell lens")
    time.sleep(at.rest)
    at.window.press(at.said("_Worksheet…"), role="push button", root=at.button("More of the cell lens"), seconds=5)


def lens_more(at):
    lens(at)
    at.settle()
    at.click("More of the cell lens")


def study_menu(at):
    at.page("records")
    at.click("Study")


def properties(at):
    at.page("records")
    at.choose("Study", "s")


def main_menu(at):
    at.page("workbench")
    at.click("Menu")


def runs(at):
    at.page("workbench")
    at.window.key("Control+r")


def preferences(at):
    at.window.key("Control+comma")


def shortcuts(at):
    at.choose("Menu", "s")


def help_pages(at):
    at.window.key("F1")


def about(at):
    at.choose("Menu", "a")


def code(at):
    at.page("workbench")
    at.press("Code")


def templates(at):
    at.page("workbench")
    at.click("Templates")


def add_layer(at):
    at.page("workbench")
    at.click("Add layer")


def optimiser(at):
    at.page("workbench")
    at.click("Optimiser, options")


def hand(at):
    at.page("workbench")
    at.window.key("Control+h")


# Each ends as it began: what it opened is put away by a second call (in AGAIN) or by closing and Escape.
SCENES = [records, study_menu, properties, workbench, main_menu, templates, add_layer, optimiser, code, runs, preferences, shortcuts, help_pages, about,
          inside, lens, lens_more, worksheet, hand]
AGAIN = {runs, code, hand}
TRAINED = {lens, lens_more, worksheet, hand}


def imported(at):
    at.window.find(at.said("What is in each column?"))


def welcome(at):
    pass


def photograph(options, name, window, scenes, language):
    import xscreen
    at = Photographer(window, language, options.settle)
    failures = []
    for scene, file_name in scenes:
        before = xscreen.windows()
        try:
            scene(at)
            at.settle()
            window.picture(os.path.join(options.folder, file_name + ".png"))
            print(os.path.join(options.folder, file_name + ".png"), flush=True)
            if options.tree:
                with open(os.path.join(options.folder, file_name + ".txt"), "w", encoding="utf-8") as file:
                    file.writelines(f"UNNAMED {line}\n" for line in window.unnamed())
                    file.write(window.tree() + "\n")
            if scene in AGAIN:
                scene(at)
        except Exception as error:  # one scene that can't be reached mustn't keep the others from being seen
            failures.append(f"{file_name}: {error!r}")
            print("NOT " + failures[-1], flush=True)
        at.close(before)
    return failures


def session(options, size, appearance, language, text, contrast):
    from window import Window
    ending = f"{size[0]}x{size[1]}-{appearance}-{language or 'en'}" + (f"-{round(text * 100)}" if text != 1 else "") + ("-hc" if contrast else "")

    def wanted(scenes):
        names = [(scene, f"{scene.__name__.replace('_', '-')}-{ending}") for scene in scenes]
        return [(scene, name) for scene, name in names
                if fnmatch.fnmatch(name, options.only) and (not options.scenes or scene.__name__.replace("_", "-") in options.scenes)]

    failures = []
    look = {"width": size[0], "height": size[1], "appearance": appearance, "language": language, "text": text, "contrast": contrast}
    program = os.path.join(options.build, "app", "gui", "anamnesis")
    for arguments, scenes in (([], [welcome]), ([options.table], [imported])):
        scenes = wanted(scenes)
        if scenes:
            with Window(program, *arguments, **look, settings={"last-study": "''"}) as window:
                failures += photograph(options, ending, window, scenes, language)
    scenes = wanted([scene for scene in SCENES if options.train or scene not in TRAINED])
    if scenes:
        with Window(program, *options.source, **look, settings=dict(setting.split("=", 1) for setting in options.setting)) as window:
            window.settle()
            if options.train:
                window.key("Control+Return")
                time.sleep(options.train)
                window.key("Control+Shift+period")
                window.settle()
            failures += photograph(options, ending, window, scenes, language)
    return failures


def write_table(path):
    """A small ward of which something must be asked: its columns, and what they hold."""
    import random
    draw = random.Random(4)
    with open(path, "w", encoding="utf-8") as file:
        file.write("subject_id,charttime,heart_rate,map,temperature,lactate,sex,age,died\n")
        for patient in range(1, 81):
            for hour in range(36):
                lactate = f"{draw.gauss(1.6, 0.5):.1f}" if draw.random() < 0.2 else ""
                file.write(f"{10000000 + patient},2021-04-03 {hour % 24:02}:00,{draw.gauss(84, 9):.0f},{draw.gauss(76, 7):.0f},"
                           f"{draw.gauss(37.1, 0.4):.1f},{lactate},{'FM'[patient % 2]},{40 + patient % 45},{int(patient % 7 == 0)}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "_build"), help="build directory")
    parser.add_argument("--source", nargs="+", default=["sample:icu"], help="what to open")
    parser.add_argument("--setting", action="append", default=["notice-seen=true"], metavar="KEY=VALUE", help="a setting of the window")
    parser.add_argument("--train", type=float, default=0, metavar="SECONDS", help="train that long first; without it there is nothing under the lens")
    parser.add_argument("--settle", type=float, default=0.5, metavar="SECONDS", help="wait before each picture")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="only names like this, as in '*-1440x900-light-en'")
    parser.add_argument("--scenes", nargs="+", metavar="SCENE", help="only these")
    parser.add_argument("--tree", action="store_true", help="write what a screen reader is told as well")
    parser.add_argument("folder")
    options = parser.parse_args()
    if "ANAMNESIS_SCREENSHOTS" not in os.environ:
        os.environ["ANAMNESIS_SCREENSHOTS"] = "1"
        os.environ.setdefault("GSETTINGS_SCHEMA_DIR", os.path.join(options.build, "resources"))
        os.environ.setdefault("ANAMNESIS_LOCALE_DIR", os.path.join(options.build, "po"))
        screen = os.path.join(ROOT, "tests", "screen.py")
        os.execv(sys.executable, [sys.executable, screen, "--size", "2560x1440", "/usr/bin/python3", os.path.abspath(__file__), *sys.argv[1:]])
    sys.path.insert(0, HERE)
    os.makedirs(options.folder, exist_ok=True)
    options.table = os.path.join(os.environ["XDG_DATA_HOME"], "ward.csv")
    write_table(options.table)
    failures = []
    for language in (None, "zh_CN"):
        for appearance in ("light", "dark"):
            for size in SIZES:
                for text, contrast in ((1, False), (1.5, False), (1, True)):
                    failures += session(options, size, appearance, language, text, contrast)
    if failures:
        sys.exit("Not photographed:\n" + "\n".join(failures))


if __name__ == "__main__":
    main()
