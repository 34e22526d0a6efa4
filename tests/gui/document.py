#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The study as a document, as a person uses it: begin, undo, name, delete a run and take it back, duplicate, close, open again.

    document.py PROGRAM
"""

import os
import re
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
import tap  # noqa: E402
from study_file import StudyFile  # noqa: E402

try:
    from window import Window  # noqa: E402
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP Python can't speak to the window: {missing}")
    sys.exit(0)

PROGRAM = sys.argv[1]
SOURCE = "sample:icu?patients=120"

window = None
study = None


def names(pattern, role=None):
    return [widget.get_name() for widget in window.find_all(re.compile(pattern), role)]


def settings():
    with open(os.path.join(os.environ["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile"), encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)


def recents():
    return [row.get_name() for row in window.find_all(role="list item", root=window.find("Recent studies", role="list"))]


def answer(entry_name, text):
    """Fill in a small question and accept it; without a window manager it needs a click to have the keyboard."""
    entry = window.find(entry_name, role="text")
    entry.set_text(text)
    window.click(entry)
    window.key("Return")
    window.gone(entry_name, role="text")


def test_an_edit_is_undone_and_redone_by_name():
    global window, study
    window = Window(PROGRAM, SOURCE, settings={"notice-seen": "true"})
    window.__enter__()
    window.find("Undo: records Simulated intensive care stays")
    study = StudyFile()
    window.key("Alt+2")
    epochs = window.find("Epochs", role="spin button")
    window.set_value(epochs, 3)
    window.press(window.find("Undo: epochs 20 to 3", role="push button"))
    window.wait_for(lambda: window.value(epochs) == 20, "the epochs are not as they were")
    window.find("Redo: epochs 20 to 3")
    window.point_away()
    window.key("Control+Shift+z")
    window.wait_for(lambda: window.value(epochs) == 3, "redo did nothing")
    window.find("Undo: epochs 20 to 3")


def test_a_run_is_listed_deleted_and_taken_back():
    window.key("Control+Return")
    window.wait_for(lambda: study.runs() and study.ended(1), "the run did not end", 60)
    window.key("Control+r")
    listing = window.find("Runs", role="list")
    row = window.wait_for(lambda: next(iter(window.find_all(re.compile("^Run 1.*finished"), root=listing)), None), "the run is not listed")
    window.settle(3)
    window.click(row)
    window.key("Delete")
    window.wait_for(lambda: not study.runs(), "the run was not deleted")
    window.find(re.compile("^Undo: "), role="push button")
    window.key("Control+z")
    window.wait_for(lambda: len(study.runs()) == 1, "the run did not come back")
    window.wait_for(lambda: window.find_all(re.compile("^Run 1"), root=listing), "the run is not listed again")


def test_a_run_is_named_from_the_list():
    listing = window.find("Runs", role="list")
    window.click(window.find(re.compile("^Run 1"), root=listing))
    window.key("F2")
    answer("Name of the run", "My first")
    window.wait_for(lambda: study.ask("SELECT name FROM run")[0][0] == "My first", "the run has no name")
    window.find(re.compile("^My first"), root=listing)
    window.key("Control+r")


def choose_from_study_menu(letter):
    """By the key that is underlined."""
    window.click(window.find("Study"))
    time.sleep(0.5)
    window.key(letter)


def test_a_study_is_named():
    choose_from_study_menu("m")
    answer("Name of the study", "Ward sepsis")
    window.find("Ward sepsis – Anamnesis", role="frame")
    window.wait_for(lambda: study.ask("SELECT value FROM setting WHERE name = 'title'") == [("Ward sepsis",)], "the study has no name")


def test_a_study_is_duplicated():
    choose_from_study_menu("d")
    window.find("GtkFileChooserWidget")
    window.settle(3)
    entry = window.find("Name:", role="text")
    path = os.path.join(os.environ["XDG_DATA_HOME"], "copy.anamnesis")
    entry.set_text(path)
    window.click(entry)
    window.key("Return")
    window.wait_for(lambda: os.path.exists(path), "there is no copy")
    study.path = path
    window.wait_for(lambda: len(study.runs()) == 1, "the copy has no run")
    window.find("Undo: epochs 20 to 3")


def test_it_opens_again_where_it_was_left():
    global window
    time.sleep(1.5)  # what is looked at is kept within a second
    window.__exit__(None, None, None)
    kept = settings()
    assert kept["last-study"] == f"'{study.path}'", kept.get("last-study")
    window = Window(PROGRAM, settings={key: kept[key] for key in ("notice-seen", "last-study", "recent-studies")})
    window.__enter__()
    window.find("Undo: epochs 20 to 3")
    figure = window.wait_for(lambda: next((figure for figure in window.find_all("Loss", "image") if "validation" in window.description(figure)), None),
                             "the run is not shown again")
    window.wait_for(lambda: window.place(figure)[2] > 0, "the Workbench is not the page that is seen")


def test_the_list_of_recent_studies_has_it():
    global window
    kept = settings()
    window.__exit__(None, None, None)
    gone = "('/nowhere/gone.anamnesis', 'Gone', int64 1, uint32 7)"
    listed = kept["recent-studies"].rstrip("]") + ", " + gone + "]"
    window = Window(PROGRAM, settings={"recent-studies": listed, "open-last-study": "false"})
    window.__enter__()
    window.wait_for(lambda: any("1 run, best AUROC" in name for name in recents()), f"the summary is not there: {recents()}")
    window.wait_for(lambda: any("Gone, not found" in name for name in recents()), f"what is gone is not told: {recents()}")
    rows = window.find_all(role="list item", root=window.find("Recent studies", role="list"))
    window.click(rows[1])
    time.sleep(0.3)
    window.find("Start from an example")
    window.click(rows[0])
    window.find("Undo: epochs 20 to 3")


def test_everything_has_a_name():
    window.key("F1")
    window.find("Pages of the help", role="list")
    unnamed = window.unnamed(window.find("Help", role="frame"))
    assert not unnamed, "unnamed: " + "; ".join(unnamed)


def test_the_window_closes_without_a_complaint():
    import xscreen
    xscreen.ask_to_close(xscreen.windows()[-1])
    window.gone("Pages of the help", role="list")
    window.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run()
