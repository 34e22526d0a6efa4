#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network taken in hand in the window: a unit silenced, a gate held, a weight changed, and all of it taken back.

    hand.py PROGRAM COMMAND_LINE_PROGRAM
"""

import json
import os
import re
import subprocess
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
import tap  # noqa: E402
from study_file import StudyFile  # noqa: E402

try:
    from window import Window  # noqa: E402
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP Python can't speak to the window: {missing}")
    sys.exit(0)

PROGRAM, COMMAND_LINE = sys.argv[1:3]
EFFECT = re.compile(r"^Validation loss ([\d.]+) → ([\d.]+)$")
EQUATION = re.compile(r"= ([−\d.]+)$")

window = None


def number(text):
    return float(text.replace("−", "-"))


def strip(name):
    return window.find(name, role="image")


def effect():
    """The validation loss as learnt and as held, once it is known."""
    label = window.find(EFFECT)
    return tuple(map(float, EFFECT.match(window.text(label) or label.get_name()).groups()))


def hidden_state():
    """What the line at the foot says the chosen unit's hidden state is."""
    return number(EQUATION.search(window.find(EQUATION).get_name()).group(1))


def test_a_unit_is_chosen_and_taken_in_hand():
    global window
    window = Window(PROGRAM, "sample:icu")
    window.__enter__()
    window.find("Undo: records Simulated intensive care stays")  # records that come turn to their page
    window.key("Alt+2")
    window.wait_for(lambda: window.find_all(re.compile("^Hidden state h, ")), "no network was drawn")
    window.settle()
    window.click(strip(re.compile("^Hidden state")), 0.8, 0.3)
    window.wait_for(lambda: window.find_all(EQUATION), "no unit was chosen")
    window.key("Control+h")
    window.find(re.compile("^LSTM unit \\d+$"))
    window.find("Hold “Forget gate”")


def test_a_silent_unit_is_nought_and_the_loss_says_so():
    before = hidden_state()
    assert before != 0, "the unit was silent to begin with"
    window.press("Silent")
    window.find(re.compile("^The network is altered: LSTM unit \\d+ is silent$"))
    window.wait_for(lambda: hidden_state() == 0, "the unit still speaks")
    learnt, held = effect()
    assert learnt != held, "silencing a unit changes the loss"
    window.press("Undo", root=window.find("The network taken in hand"))
    window.wait_for(lambda: hidden_state() == before, "the unit is not as it was")


def test_ctrl_z_takes_back_what_the_hand_did_first():
    before = hidden_state()
    window.press("Silent")
    window.wait_for(lambda: hidden_state() == 0, "the unit still speaks")
    window.find("Undo: change by hand")
    window.key("Control+z")
    window.wait_for(lambda: hidden_state() == before, "the unit is not as it was")
    window.wait_for(lambda: not window.find_all("Undo: change by hand"), "there is something by hand left")
    # An edit of the study that came later is taken back before it.
    window.press("Silent")
    window.find("Undo: change by hand")
    epochs = window.find("Epochs", role="spin button")
    learnt = window.value(epochs)
    window.set_value(epochs, learnt + 7)
    window.wait_for(lambda: not window.find_all("Undo: change by hand"), "the edit isn't the first to be taken back")
    window.key("Control+z")
    window.wait_for(lambda: window.value(epochs) == learnt, "the edit is still there")
    window.find("Undo: change by hand")
    window.find(re.compile("^The network is altered: LSTM unit \\d+ is silent$"))
    window.key("Control+z")
    window.wait_for(lambda: hidden_state() == before, "the unit is not as it was")


def test_a_gate_is_held():
    window.set_value(window.find("Output gate", role="slider"), 1.0)
    window.find(re.compile("^The network is altered: Output gate of LSTM unit \\d+ is held at 1$"))
    label = window.wait_for(lambda: next((widget for widget in window.find_all(EQUATION) if "1.00 · tanh" in widget.get_name()), None),
                            "the equation does not say o = 1")
    # h = 1 · tanh (c)
    assert re.search(r"= 1\.00 · tanh\(([−\d.]+)\) = ", label.get_name()), label.get_name()
    window.press("Undo", root=window.find("The network taken in hand"))
    window.wait_for(lambda: "1.00 · tanh" not in window.find(EQUATION).get_name(), "the gate is still held")


def test_a_weight_is_changed():
    window.press("Weights", role="push button")
    rows = window.find("Weights", role="list")
    spin = window.wait_for(lambda: next(iter(window.find_all(re.compile("^Weight of HR$"), role="spin button", root=rows)), None), "no weights")
    learnt = window.value(spin)
    window.set_value(spin, learnt + 3)
    window.find(re.compile(r"^The network is altered: Weight lstm_1\.kernel\[1, \d+\] is [\d.]+, learnt [−\d.]+$"))
    before, after = effect()
    assert before != after, "the weight changes the loss"
    window.press("Back to what was learnt", root=rows)
    window.wait_for(lambda: abs(window.value(spin) - learnt) < 1e-5, "the weight is not what was learnt")
    window.key("Escape")


def test_a_run_begins_with_what_is_held():
    window.press("Silent")
    window.find(re.compile("^The network is altered: LSTM unit \\d+ is silent$"))
    window.press("Train from here")
    window.find(re.compile("^Epoch \\d+"))
    window.wait_for(lambda: not window.find_all(re.compile("^The network is altered: .")), "the hand still holds something")
    window.key("Control+Shift+period")
    window.find("Train", seconds=60)


def ask_command_line(*alterations):
    """The validation loss of the run's weights, altered, as the window words it."""
    done = subprocess.run([COMMAND_LINE, "evaluate", "--study", StudyFile().path, "--run", "1", "--part", "validation", "--metrics", "loss", "--resamples", "10",
                           *(word for alteration in alterations for word in ("--alter", alteration)), "--json"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return round(json.loads(done.stdout)["scores"]["loss"]["value"], 4)


def test_the_command_line_finds_the_same_losses():
    unit = re.match(r"^LSTM unit (\d+)$", window.find(re.compile(r"^LSTM unit \d+$")).get_name()).group(1)
    window.press("Silent")
    window.find(re.compile("^The network is altered: LSTM unit \\d+ is silent$"))
    assert effect() == (ask_command_line(), ask_command_line(f"lstm_1[{unit}] = 0"))
    window.set_value(window.find("Forget gate", role="slider"), 0.5)
    silent = effect()
    window.wait_for(lambda: effect() != silent or ask_command_line(f"lstm_1[{unit}] = 0", f"lstm_1[{unit}].f = 0.5") == silent[1], "the loss is as before")
    assert effect()[1] == ask_command_line(f"lstm_1[{unit}] = 0", f"lstm_1[{unit}].f = 0.5")
    window.press("Let go of all")
    assert ask_command_line() == round(StudyFile().best_loss(1), 4), "the run was changed"


def test_all_is_let_go_of():
    window.press("Silent")
    window.find(re.compile("^The network is altered: LSTM unit \\d+ is silent$"))
    window.press("Let go of all")
    window.wait_for(lambda: hidden_state() != 0, "the unit is still silent")


def test_the_window_closes_without_a_complaint():
    window.__exit__(None, None, None)


if __name__ == "__main__":
    tap.run()
