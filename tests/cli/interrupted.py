#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl+C and SIGTERM: every long command ends soon, keeps what was reached and says what; and the bar that tells how long it would take.

STOP_SECONDS in the environment is how soon; a busy machine needs more than the tenth of a second that is meant."""

import json
import os
import pty
import random
import re
import select
import signal
import sqlite3
import subprocess
import time

from program import DONE, FAILED, PROGRAM, USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=200"
LARGE = "sample:delayed-marker?delay=100&patients=60000"
SIGNALS = (signal.SIGINT, signal.SIGTERM)
SOON = float(os.environ.get("STOP_SECONDS", "20"))


def count_epochs(folder, run):
    if not os.path.exists(folder.path("s.anamnesis")):
        return 0
    database = sqlite3.connect(folder.path("s.anamnesis"))
    try:
        return database.execute("SELECT count (*) FROM epoch WHERE run = ?", (run,)).fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        database.close()


def wait_for_epochs(folder, process, run, n):
    while count_epochs(folder, run) < n:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def stop(process, number, allowed=(FAILED,)):
    """Sends the signal; status, standard output, the lines of standard error and how many seconds it took."""
    process.send_signal(number)
    began = time.monotonic()
    output, errors = process.communicate(timeout=120)
    seconds = time.monotonic() - began
    assert process.returncode in allowed, (process.args[1:3], process.returncode, output[-200:], errors)
    assert seconds < SOON, f"{' '.join(process.args[1:])}: took {seconds:.3f} s to stop"
    times.append((seconds, process.args[1]))
    return process.returncode, output, errors.splitlines(), seconds


times = []


def start(folder, *arguments):
    return folder.start(*arguments)


def train(folder, epochs=3, *options):
    return folder.run_json("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(6) > dense(1)", "--epochs", str(epochs), *options)


def test_a_training():
    for number in SIGNALS:
        for network in ("gru(6) > dense(1)", "lstm(256, return_sequences) > lstm(256) > dense(1)"):
            with Folder() as folder:
                source = SOURCE if "gru" in network else "sample:delayed-marker?delay=100&patients=300"
                process = start(folder, "train", source, "--study", "s.anamnesis", "--network", network, "--epochs", "100000", "--batch-size", "all")
                wait_for_epochs(folder, process, 1, 1)
                _, output, errors, _ = stop(process, number)
                assert output == "" and len(errors) == 1 and "run 1" in errors[0] and "s.anamnesis" in errors[0] and "kept" in errors[0], errors
                told = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]
                assert told["status"] == "stopped" and f"epoch {told['epochs_done']} of" in errors[0], (told["status"], errors)


def test_a_training_in_json():
    for number in SIGNALS:
        with Folder() as folder:
            process = start(folder, "train", SOURCE, "--study", "s.anamnesis", "--epochs", "100000", "--json")
            wait_for_epochs(folder, process, 1, 2)
            _, output, errors, _ = stop(process, number)
            assert json.loads(output)["error"] in errors[0] and len(errors) == 1, (output, errors)


def test_before_a_training():
    """While records are read and made ready: no study is left that there wasn't."""
    generator = random.Random(3)
    for number in SIGNALS * 2:
        with Folder() as folder:
            process = start(folder, "train", LARGE, "--study", "s.anamnesis", "--network", "gru(64) > dense(1)", "--epochs", "100000")
            time.sleep(0.05 + 0.6 * generator.random())
            _, output, errors, _ = stop(process, number)
            assert output == "" and len(errors) == 1 and "Stopped" in errors[0], errors
            left = sorted(name for name in os.listdir(folder.name) if name != "home")
            assert left == [] or "run 1" in errors[0], (left, errors)


def test_scoring_after_a_training():
    with Folder() as folder:
        # The bootstrap of so many patients takes longer than the epoch.
        process = start(folder, "train", "sample:delayed-marker?delay=5&patients=40000", "--study", "s.anamnesis", "--network", "gru(2) > dense(1)",
                        "--epochs", "1", "--batch-size", "all")
        wait_for_epochs(folder, process, 1, 2)
        time.sleep(0.3)
        status, output, errors, _ = stop(process, signal.SIGINT, allowed=(DONE, FAILED))
        told = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]
        if status == FAILED:
            assert output == "" and len(errors) == 1 and "kept" in errors[0], errors
            assert told["status"] == "finished" or "Stopped after epoch" in errors[0], (told["status"], errors)


def test_resume():
    for number in SIGNALS:
        with Folder() as folder:
            train(folder)
            process = start(folder, "resume", "--study", "s.anamnesis", "--run", "1", "--epochs", "100000")
            wait_for_epochs(folder, process, 1, 6)
            _, output, errors, _ = stop(process, number)
            assert output == "" and len(errors) == 1 and "run 1" in errors[0], errors
            told = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]
            assert told["status"] == "stopped" and told["epochs_done"] >= 5, told["status"]


def test_the_demonstration():
    for number in SIGNALS:
        with Folder() as folder:
            process = start(folder, "demo", "--epochs", "10000", "--output", ".")
            time.sleep(2.5)
            _, output, errors, _ = stop(process, number)
            assert output == "" and len(errors) == 1 and "kept in" in errors[0] and "demo.anamnesis" in errors[0], errors
            epoch = int(re.search(r"epoch (\d+) of 10000", errors[0]).group(1))
            runs = folder.run_json("runs", "--study", "demo.anamnesis")["runs"]
            assert {run["status"] for run in runs} == {"stopped"} and runs[0]["epochs_done"] == epoch, (errors, [run["epochs_done"] for run in runs])


def test_what_only_asks():
    """Reads, computes and tells: stopped, it has told nothing and left nothing."""
    with Folder() as folder:
        # So that repeating it takes its time on any machine.
        folder.run("train", "sample:delayed-marker?delay=100&patients=300", "--study", "s.anamnesis", "--network", "gru(64) > dense(1)", "--epochs", "30",
                   "--batch-size", "8")
        ask = ("--study", "s.anamnesis", "--run", "1")
        commands = [
            ("verify", *ask), ("evaluate", *ask, "--resamples", "1000000"), ("evaluate", *ask, LARGE), ("predict", *ask, "--output", "p.csv", LARGE),
            ("inspect", *ask, "--horizon", LARGE), ("inspect", *ask, "--saturation", LARGE), ("inspect", *ask, "--components", LARGE),
            ("inspect", *ask, "--histogram", "h", LARGE), ("bench", "--workload", "W1", "--seconds", "1000"), ("bench", "--latency", "--workload", "W1", "--seconds", "1000"),
            ("describe", LARGE), ("train", "--study", "s.anamnesis", "--find-learning-rate", "--rate-updates", "100000"),
        ]
        for command in commands:
            for number in SIGNALS:
                for json_option in ((), ("--json",)):
                    process = start(folder, *command, *json_option)
                    time.sleep(0.25)
                    _, output, errors, _ = stop(process, number)
                    assert errors == [f"anamnesis-cli {command[0]}: Stopped."], (command, errors)
                    if json_option:
                        assert json.loads(output) == {"error": "Stopped."}, (command, output)
                    else:
                        assert output == "" or command[0] == "bench", (command, output)
        left = sorted(name for name in os.listdir(folder.name) if name not in ("home", "data", "s.anamnesis-wal", "s.anamnesis-shm"))
        assert left == ["s.anamnesis"], left
        assert folder.run_json("verify", *ask)["same"]


def test_what_is_short():
    """At any moment: all of it is done, or nothing."""
    generator = random.Random(5)
    with Folder() as folder:
        train(folder)
        ask = ("--study", "s.anamnesis", "--run", "1")
        commands = [("export", *ask, "--output", "out.safetensors"), ("export", *ask, "--code", "keras", "--output", "out.py"),
                    ("plot", *ask, "--figure", "loss", "--output", "out.png"), ("predict", *ask, "--output", "out.csv"),
                    ("salvage", "--study", "s.anamnesis", "--output", "out.anamnesis"), ("import", SOURCE, "--study", "s.anamnesis"),
                    ("runs", "--study", "s.anamnesis"), ("samples",)]
        for command in commands:
            whole = None
            for number in SIGNALS * 3:
                output_path = folder.path(command[-1])
                if command[-1].startswith("out.") and os.path.exists(output_path):
                    os.remove(output_path)
                process = start(folder, *command)
                time.sleep(0.005 + 0.08 * generator.random())
                if process.poll() is not None:
                    number = 0
                status, _, errors, _ = stop(process, number, allowed=(DONE, FAILED, -signal.SIGINT, -signal.SIGTERM))
                if command[-1].startswith("out."):
                    assert os.path.exists(output_path) == (status == DONE), (command, status, errors)
                    if status == DONE and not command[-1].endswith(".anamnesis"):
                        data = open(output_path, "rb").read()
                        assert whole in (None, data), command
                        whole = data
                # Before the program's own handler is there it dies as any program does.
                assert status <= 0 or errors == [f"anamnesis-cli {command[0]}: Stopped{'; no copy was made' if command[0] == 'salvage' else ''}."], errors
        assert folder.run_json("verify", *ask)["same"]


def test_a_second_signal_ends_at_once():
    with Folder() as folder:
        process = start(folder, "train", SOURCE, "--study", "s.anamnesis", "--network", "gru(3) > dense(1)", "--batch-size", "8", "--epochs", "200")
        wait_for_epochs(folder, process, 1, 1)
        os.kill(process.pid, signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        os.kill(process.pid, signal.SIGCONT)
        process.communicate(timeout=60)
        assert process.returncode in (DONE, FAILED, 128 + signal.SIGINT, 128 + signal.SIGTERM), process.returncode
        if process.returncode != DONE:
            folder.refuse("resume", "--study", "s.anamnesis", "--run", "1", "--epochs", "100", status=USAGE, words=["--epochs", "200"])
            assert folder.run_json("resume", "--study", "s.anamnesis", "--run", "1")["status"] == "finished"


def on_terminal(folder, *arguments, until):
    """What a terminal is shown on standard error while the command works; it is stopped once that is @until."""
    master, terminal = pty.openpty()
    process = subprocess.Popen([PROGRAM, *arguments], cwd=folder.name, env=folder.environment(), stdout=subprocess.PIPE, stderr=terminal)
    os.close(terminal)
    shown, end, stopped = b"", time.monotonic() + 60, False
    while True:
        ready = select.select([master], [], [], 0.1)[0]
        if not stopped and (re.search(until, shown) or time.monotonic() > end):
            process.send_signal(signal.SIGINT)
            stopped = True
        try:
            data = os.read(master, 4096) if ready else b""
        except OSError:  # the other end is closed
            break
        if ready and not data:
            break
        shown += data
    process.communicate(timeout=60)
    os.close(master)
    return process.returncode, shown.decode()


def test_a_bar_with_the_time_left_on_a_terminal():
    with Folder() as folder:
        folder.run("train", "sample:delayed-marker?delay=40&patients=200", "--study", "s.anamnesis", "--network", "gru(24) > dense(1)", "--epochs", "150",
                   "--batch-size", "8")
        ask = ("--study", "s.anamnesis", "--run", "1")
        commands = [
            ("train", SOURCE, "--epochs", "100000"), ("resume", *ask, "--epochs", "100000"), ("verify", *ask), ("evaluate", *ask, "--resamples", "1000000"),
            ("demo", "--epochs", "60"), ("bench", "--workload", "W5", "--seconds", "1000"),
            ("train", "--study", "s.anamnesis", "--find-learning-rate", "--rate-updates", "100000"),
        ]
        for command in commands:
            status, shown = on_terminal(folder, *command, until=rb"\d+ (second|minute|hour)s? left")
            assert re.search(r"\[[= ]{20}\] +\d+ %  ", shown), (command, shown[-300:])
            assert re.search(r"\d+ (second|minute|hour)s? left", shown) or status == DONE, (command, shown[-300:])
            last = shown.split("\r")[-1] if status == DONE else shown.split("\r\x1b[K")[-1]
            assert status == DONE or "Stopped" in last, (command, status, shown[-300:])
        many = "sample:delayed-marker?delay=60&patients=6000"
        for command in (("predict", *ask, "--output", "p.csv", many), ("inspect", *ask, "--horizon", many)):
            _, shown = on_terminal(folder, *command, until=rb"[1-9] %  ")
            assert re.search(r"\[[= ]{20}\] +\d+ %  ", shown), (command, shown[-300:])


def test_no_bar_elsewhere():
    with Folder() as folder:
        train(folder, 300)
        for command in (("verify", "--study", "s.anamnesis", "--run", "1"), ("evaluate", "--study", "s.anamnesis", "--run", "1"), ("demo", "--epochs", "1"), ("describe", SOURCE)):
            assert folder.run(*command)[1] == "", command


def test_how_soon():
    slowest = {}
    for seconds, command in times:
        slowest[command] = max(slowest.get(command, 0), seconds)
    for command, seconds in sorted(slowest.items()):
        print(f"# {command}: stopped within {1000 * seconds:.0f} ms")


if __name__ == "__main__":
    tap.run()
