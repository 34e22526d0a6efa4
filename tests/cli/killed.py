#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments of training and of editing: the study opens, nothing that was told is lost, and the run goes on to the same bits.

KILLS=200 in the environment kills so often; the suite kills 10 times."""

import os
import random
import signal
import sqlite3
import subprocess
import time

from program import FAILED, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=100"
EPOCHS = 400
TRAINING = ("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(6) > dense(1)", "--batch-size", "8", "--epochs", str(EPOCHS))
KILLS = int(os.environ.get("KILLS", "10"))

FIGURES = {
    "epoch": """SELECT epoch, updates, training_loss, best, rows, positive, loss, accuracy, auroc, average_precision, f1, mse, mae,
                hex (layer_norms), hex (gradient_by_step), hex (gradient_before_end) FROM epoch WHERE run = 1 ORDER BY epoch""",
    "updates": "SELECT epoch, first, hex (figures) FROM updates WHERE run = 1 ORDER BY epoch",
    "snapshot": "SELECT epoch, updates, whole, hex (parameters) FROM snapshot WHERE run = 1 ORDER BY epoch, updates",
}


def ask(folder, sql):
    database = sqlite3.connect(folder.path("s.anamnesis"))
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def read_all(folder):
    return {name: ask(folder, sql) for name, sql in FIGURES.items()}


def check_whole(folder):
    """The file is sound and its epochs are without a gap, each with its updates, and a state to go on from. How many there are."""
    assert ask(folder, "PRAGMA integrity_check") == [("ok",)]
    assert ask(folder, "PRAGMA foreign_key_check") == []
    if not ask(folder, "SELECT id FROM run"):
        return 0
    epochs = [row[0] for row in ask(folder, FIGURES["epoch"])]
    assert epochs == list(range(len(epochs))), epochs
    assert [row[0] for row in ask(folder, FIGURES["updates"])] == epochs[1:]
    states = ask(folder, "SELECT epoch FROM state")
    assert len(states) == (1 if epochs else 0) and all(epoch in epochs for epoch, in states), states
    return len(epochs)


def kill_once(folder, arguments, seconds):
    """Starts the program, watches what it has written meanwhile, kills it. Whether it was killed before its end."""
    process = subprocess.Popen([os.environ["PROGRAM"], *arguments], cwd=folder.name, env=folder.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(seconds)
    seen = 0
    if os.path.exists(folder.path("s.anamnesis")):
        seen = ask(folder, "SELECT count (*) FROM epoch")[0][0]
    process.kill()
    errors = process.communicate(timeout=60)[1]
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode != 0, seen


def test_killed_runs_go_on_with_the_same_bits():
    generator = random.Random(7)
    with Folder() as folder:
        began = time.monotonic()
        folder.run(*TRAINING)
        whole = time.monotonic() - began
        expected = read_all(folder)
    killed = resumed = 0
    while killed < KILLS:
        with Folder() as folder:
            arguments = TRAINING
            # Killed again and again until it gets through.
            while True:
                cut, seen = kill_once(folder, arguments, generator.random() * whole)
                killed += cut
                if not os.path.exists(folder.path("s.anamnesis")):
                    continue
                kept = check_whole(folder)
                assert kept >= seen, (kept, seen)
                runs = folder.run_json("runs", "--study", "s.anamnesis")["runs"]
                if not runs:
                    os.remove(folder.path("s.anamnesis"))
                    continue
                assert len(runs) == 1 and len(runs[0]["epochs"]) == kept
                if not cut and kept == EPOCHS + 1:
                    break
                assert runs[0]["status"] == "cut off" or kept == EPOCHS + 1, runs[0]["status"]
                if runs[0]["status"] == "finished":
                    break
                arguments = ("resume", "--study", "s.anamnesis")
                if generator.random() < 0.5:
                    folder.run(*arguments, "--threads", str(generator.randint(1, 3)))
                    resumed += 1
                    break
            got = read_all(folder)
            for name in FIGURES:
                assert got[name] == expected[name], f"{name} differs from that of a run that never stopped"
    print(f"# {killed} kills, {resumed} runs ended by resume")


def test_killed_edits_are_whole():
    """Importing, renaming, tagging and deleting, killed at random moments: each edit is there whole or not at all."""
    generator = random.Random(11)
    with Folder() as folder:
        folder.run("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(6) > dense(1)", "--epochs", "2")
        edits = (("import", "sample:delayed-marker?delay=4&patients=50", "--study", "s.anamnesis"),
                 ("runs", "--study", "s.anamnesis", "--rename", "1", "new name", "--tag", "1"),
                 ("runs", "--study", "s.anamnesis", "--note", "1", "a note"),
                 ("runs", "--study", "s.anamnesis", "--delete", "1"),
                 ("runs", "--study", "s.anamnesis", "--undelete", "1"))
        began = time.monotonic()
        folder.run(*edits[0])
        whole = time.monotonic() - began
        killed = 0
        while killed < KILLS:
            cut, _ = kill_once(folder, generator.choice(edits), generator.random() * whole)
            killed += cut
            assert ask(folder, "PRAGMA integrity_check") == [("ok",)]
            assert ask(folder, "PRAGMA foreign_key_check") == []
            # A run is deleted exactly if the last edit of its deletion says so; the head is at an edit with its versions.
            deleted = ask(folder, "SELECT deleted FROM run WHERE id = 1")[0][0]
            last = ask(folder, "SELECT deleted FROM edit WHERE runs = '1' ORDER BY id DESC LIMIT 1")
            assert deleted == (last[0][0] if last else 0), (deleted, last)
            assert ask(folder, """SELECT count (*) FROM head JOIN edit ON head.edit = edit.id WHERE head.cohort IS edit.cohort
                                  AND head.recipe IS edit.recipe AND head.network IS edit.network""") == [(1,)]
            assert folder.run_json("runs", "--study", "s.anamnesis", "--deleted")["runs"][0]["epochs_done"] == 2


def test_stopped_runs_go_on_with_the_same_bits():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Folder() as folder:
            folder.run(*TRAINING)
            expected = read_all(folder)
        with Folder() as folder:
            process = folder.start(*TRAINING)
            while not os.path.exists(folder.path("s.anamnesis")) or ask(folder, "SELECT count (*) FROM epoch")[0][0] < 3:
                time.sleep(0.005)
            process.send_signal(number)
            output, errors = process.communicate(timeout=60)
            if process.returncode != 0:
                assert process.returncode == FAILED and output == "" and len(errors.splitlines()) == 1 and "run 1" in errors, errors
                # The signal may come so late that the last epoch is done and only the scoring is cut off.
                status = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]["status"]
                late = "has finished" in errors or f"epoch {EPOCHS} of {EPOCHS}" in errors
                assert status == "stopped" or (late and status == "finished"), (status, errors)
                if status == "stopped":
                    told = folder.run_json("resume", "--study", "s.anamnesis", "--run", "1")
                    assert told["status"] == "finished" and told["epochs_done"] == EPOCHS and len(told["epochs"]) == EPOCHS + 1
            assert read_all(folder) == expected


if __name__ == "__main__":
    from program import PROGRAM
    os.environ["PROGRAM"] = PROGRAM
    tap.run()
