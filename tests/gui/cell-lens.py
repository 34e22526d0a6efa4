#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cell lens says in the window is what the engine tells on the command line, to the digit shown.

    cell-lens.py PROGRAM COMMAND_LINE_PROGRAM
"""

import json
import os
import re
import subprocess
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

PROGRAM, COMMAND_LINE = sys.argv[1:3]

window = None


def shown(value):
    """As a person reads a term: two decimals, more where they would say nothing."""
    if value and abs(value) < 0.005:
        return None
    return f"{value:.2f}".replace("-", "−")


def lens_rows():
    """(name, words) of each row of the equations."""
    rows = window.find_all(role="list item", root=window.find("Equations of the step", role="list"))
    return [(row.get_name(), window.description(row)) for row in rows]


def button_words(pattern):
    return next((label.get_name() for label in window.find_all(re.compile(pattern), role="label")), None)


def place():
    """(unit, hour) as the bar says."""
    unit, hour = button_words(r"^Unit \d+$"), button_words(r"^Hour \d+$")
    return (int(unit.split()[1]), int(hour.split()[1])) if unit and hour else None


def tell(unit, hour):
    """The same step as the command line tells it."""
    done = subprocess.run([COMMAND_LINE, "inspect", "--study", StudyFile().path, "--run", "1", "--patient", "1001",
                           "--cell", f"{unit},{hour}", "--json"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def compare():
    told = tell(*place())
    forwards = {name: words for name, words in reversed(lens_rows()) if not words.startswith("∂")}
    backwards = {words.split(" = ", 1)[0]: words for _, words in lens_rows() if words.startswith("∂L/∂")}
    n_checked = 0
    for equation in told["equations"]:
        words = forwards.get(equation["label"])
        if words is not None:
            value = shown(equation["value"])
            assert value is None or f" = {value}" in words, (words, value)
            for term in equation["terms"]:
                value = shown(term["value"])
                assert value is None or f" {value}" in words, (words, term["symbol"], value)
                n_checked += 1
        back = backwards[f"∂L/∂{equation['symbol']}".replace("'", "′")]
        gradient, difference = equation["gradient"]["value"], equation["gradient"]["difference"]
        exponent = f"{gradient:.2e}".split("e")
        number = f"{exponent[0]}×10".replace("-", "−")
        if abs(gradient) < 1e-4:
            assert number in back, (back, gradient)
        assert abs(gradient - difference) <= 1e-6 * abs(gradient), equation["symbol"]
        assert "agrees" in back, back
        n_checked += 1
    assert n_checked > 10, n_checked


def wait_for_place(wanted):
    window.wait_for(lambda: place() == wanted, f"the lens is at {place()}, not at {wanted}", 10)
    time.sleep(0.3)


def test_a_strip_leads_to_the_lens():
    global window
    window = Window(PROGRAM, "sample:icu?patients=120")
    window.__enter__()
    window.find("Undo: records Simulated intensive care stays")  # records that come turn to their page
    window.key("Alt+2")
    window.key("Control+Return")
    window.wait_for(lambda: StudyFile().runs() and len(StudyFile().epochs(1)) > 3, "nothing was trained", 60)
    window.key("Control+Shift+period")
    strip = window.find("Hidden state", role="image")
    window.settle()
    window.click(strip, across=0.7, down=0.4)
    window.press("Open cell lens", role="push button")
    window.wait_for(place, "the lens shows no step")


def test_its_numbers_are_the_engines():
    window.wait_for(lambda: len(lens_rows()) > 10, "the lens has no rows")
    compare()


def test_arrows_step_hours_and_units():
    unit, hour = place()
    window.key("Left")
    wait_for_place((unit, hour - 1))
    compare()
    window.press("Next step", role="push button")
    wait_for_place((unit, hour))
    window.press("Next unit" if unit < 16 else "Unit before", role="push button")
    wait_for_place((unit + 1 if unit < 16 else unit - 1, hour))
    compare()
    window.key("Down")
    window.wait_for(lambda: place() and place()[0] != (unit + 1 if unit < 16 else unit - 1), "the arrow did not change the unit", 10)


def test_a_row_chooses_its_terms():
    rows = window.find_all(role="list item", root=window.find("Equations of the step", role="list"))
    output = next(row for row in rows if row.get_name() in ("Output gate", "Reset gate"))
    window.click(output, across=0.05)
    window.find(re.compile("What opens the (output|reset) gate"), role="image")


def test_shapes_and_back():
    window.click(window.find("Shapes"))
    window.find("The step, with its shapes", role="image", root=window.find("Equations of the step", role="list"))
    window.click(window.find("Numbers"))
    window.find("The step, with its numbers", role="image", root=window.find("Equations of the step", role="list"))


def both_halves():
    """→h, ←h and h of the row that says what the layer gives."""
    words = dict(lens_rows())["Both halves"]
    return re.findall(r"−?[\d.]+\d(?=[,;.])", words)


def test_either_half_of_a_layer_that_adds_them():
    """The half is chosen in the bar; both add up to what the layer gives."""
    global window
    folder = os.path.dirname(StudyFile().path)
    window.__exit__(None, None, None)
    study = os.path.join(folder, "halves.anamnesis")
    done = subprocess.run([COMMAND_LINE, "train", "sample:icu?patients=60", "--study", study, "--network", "lstm(6, bidirectional=sum) > dense(1)",
                           "--epochs", "2"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    window = Window(PROGRAM, study)
    window.__enter__()
    window.key("Alt+2")
    strip = window.find("Hidden state", role="image", seconds=30)
    window.settle()
    window.click(strip, across=0.7, down=0.4)
    window.press("Open cell lens", role="push button")
    window.wait_for(place, "the lens shows no step")
    window.wait_for(lambda: len(lens_rows()) > 10, "the lens has no rows")
    before = dict(lens_rows())["Forget gate"]
    at = place()
    forwards, backwards, whole = map(lambda text: float(text.replace("−", "-")), both_halves())
    assert abs(forwards + backwards - whole) < 0.016, (forwards, backwards, whole)
    window.click(window.find("The half that reads backwards"))
    window.wait_for(lambda: dict(lens_rows())["Forget gate"] != before, "the other half has the same gate")
    assert place() == at
    assert [float(text.replace("−", "-")) for text in both_halves()] == [forwards, backwards, whole]
    unit, hour = at
    told = json.loads(subprocess.run([COMMAND_LINE, "inspect", "--study", study, "--run", "1", "--patient", "1001",
                                      "--cell", f"{unit},{hour}", "--direction", "backwards", "--json"],
                                     capture_output=True, text=True, timeout=60, check=False).stdout)
    gate = next(equation["value"] for equation in told["equations"] if equation["symbol"] == "f")
    assert f" = {shown(gate)}" in dict(reversed(lens_rows()))["Forget gate"], gate
    window.click(window.find("The half that reads forwards"))
    window.wait_for(lambda: dict(lens_rows())["Forget gate"] == before, "the first half does not come back")
    # The same choice in the hand: the gate of the other half is held, and the words say whose.
    window.key("Control+h")
    hand = window.find("The network taken in hand")
    window.find("Forget gate", role="slider", root=hand)
    window.press("The half that reads backwards", root=hand)
    window.set_value(window.find("Forget gate", role="slider", root=hand), 1.0)
    window.find(re.compile(r"^The network is altered: Forget gate of LSTM ← unit \d+ is held at 1$"))
    window.press("Let go of all", root=hand)


def test_it_ends_quietly():
    window.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run()
