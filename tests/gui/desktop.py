#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop is asked for a training: not to suspend the machine meanwhile, and to say when a long one ends unseen.

    desktop.py PROGRAM CLI
"""

import os
import re
import subprocess
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
import tap  # noqa: E402

try:
    from fake_desktop import FakeDesktop  # noqa: E402
    from window import Window  # noqa: E402
except (ImportError, ValueError) as missing:
    print(f"1..0 # SKIP Python can't speak to the window: {missing}")
    sys.exit(0)

PROGRAM, CLI = sys.argv[1:3]
SUSPEND = 4
LONG = 31  # seconds: shorter runs are worth no notification

window = None
desktop = None
study = os.path.join(os.environ["HOME"], "ward.anamnesis")


def waited(method, n, seconds=20):
    window.wait_for(lambda: len(desktop.of(method)) >= n, f"{method} was not called {n} times: {desktop.calls}", seconds)
    return desktop.of(method)


def test_a_machine_that_trains_is_not_suspended():
    global window, desktop
    subprocess.run([CLI, "train", "sample:delayed-marker?patients=60&delay=6", "--study", study, "--network", "gru(3) > dense(1)", "--epochs", "600",
                    "--batch-size", "4"], check=True, stdout=subprocess.DEVNULL)
    desktop = FakeDesktop()
    window = Window(PROGRAM, study, settings={"notice-seen": "true"})
    window.__enter__()
    window.find("Train", seconds=60)
    assert desktop.of("Inhibit") == [], desktop.calls
    window.press("Train")
    application, _, reason, flags = waited("Inhibit", 1)[0]
    assert flags & SUSPEND and "trained" in reason, (application, reason, flags)
    assert waited("Uninhibit", 1, 60) == [list(call) for call in desktop.of("Inhibit gave")], desktop.calls


def test_a_short_run_is_worth_no_notification():
    time.sleep(1)
    assert desktop.of("Notify") == [], desktop.calls


def test_a_long_run_that_ends_unseen_is_told():
    window.press("One step")
    window.find("Train", seconds=20)
    time.sleep(LONG)
    assert len(desktop.of("Inhibit")) == len(desktop.of("Uninhibit")), f"a run that pauses keeps the machine awake: {desktop.calls}"
    # The window isn't looked at: another has the keyboard.
    desktop.tell("do", "new-window")
    window.wait_for(lambda: len(window.find_all(role="frame")) == 2, "no other window came up")
    first = window.find(re.compile("ward|marker"), role="frame")
    window.press(window.find("Train", root=first))
    name, _, _, title, body, actions, _, _ = waited("Notify", 1, 60)[0]
    assert "ended" in title and "Run 3" in body, (name, title, body)
    assert "default" in actions, actions
    waited("Uninhibit", 2)


def test_the_notification_opens_the_study():
    number = str(desktop.of("Notify gave")[0][0])
    marker = re.compile("marker.*Anamnesis")
    desktop.tell("click", number)
    time.sleep(1)
    assert len(window.find_all(marker, role="frame")) == 1 and len(window.find_all(role="frame")) == 2, "it is shown twice"
    # As of a study whose window is gone.
    other = study.replace("ward.", "other.")
    subprocess.run([CLI, "study", "copy", study, other], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([CLI, "study", "rename", other, "Other ward"], check=True, stdout=subprocess.DEVNULL)
    desktop.tell("do", "show-study", other)
    window.find("Other ward – Anamnesis", role="frame", seconds=20)


def test_the_window_closes_without_a_complaint():
    window.__exit__(None, None, None)
    desktop.end()


if __name__ == "__main__":
    tap.run()
