#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""train, evaluate, predict, inspect, runs, import: a study made, asked and asked again by other processes."""

import csv
import io
import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
import time

from program import FAILED, PROGRAM, USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=200"
NEW = "sample:delayed-marker?delay=5&patients=80&seed=2"
FOREVER = ("--epochs", "100000")


def train(folder, *options):
    return folder.run_json("train", SOURCE, "--study", "s.anamnesis", "--network", "gru(6) > dense(1)", "--epochs", "3", *options)


def test_train_tells_all():
    with Folder() as folder:
        told = train(folder, "--optimizer", "rmsprop", "--batch-size", "20", "--seed", "5", "--clip-norm", "1")
        assert told["run"] == 1 and told["status"] == "finished", told
        assert told["network"] == "gru(6) > dense(1)"
        assert told["hyperparameters"]["optimizer"] == "rmsprop"
        assert told["hyperparameters"]["batch_size"] == 20
        assert told["hyperparameters"]["seed"] == "5"
        assert [epoch["epoch"] for epoch in told["epochs"]] == [0, 1, 2, 3]
        assert told["updates"] == 3 * 7  # 140 patients to train on
        score = told["validation"]["scores"]["auroc"]
        assert score["low"] <= score["value"] <= score["high"] and score["definition"], score
        assert told["validation"]["patients"] == 30
        best = min(told["epochs"][1:], key=lambda epoch: epoch["validation"]["loss"])
        assert best["epoch"] == told["best_epoch"]
        assert abs(told["validation"]["scores"]["loss"]["value"] - best["validation"]["loss"]) < 1e-5


def test_every_hyperparameter_is_kept_and_told():
    with Folder() as folder:
        told = train(folder, "--optimizer", "adamw", "--schedule", "cosine(epochs=2, warmup=1)", "--weight-decay", "0.02", "--amsgrad",
                     "--kernel-l2", "1e-4", "--recurrent-l1", "1e-5", "--class-weights", "1,2.5", "--truncate", "2,4",
                     "--loss", "binary_focal_crossentropy", "--focal-alpha", "0.6", "--deep-supervision", "0.5", "--convergence", "1e-6")
        hyperparameters = told["hyperparameters"]
        for name, value in {"optimizer": "adamw", "schedule": "cosine(epochs=2, warmup=1)", "weight_decay": 0.02, "amsgrad": True,
                            "kernel_l2": 1e-4, "recurrent_l1": 1e-5, "class_weights": [1, 2.5], "truncation_k1": 2, "truncation_k2": 4,
                            "focal_alpha": 0.6, "focal_balanced": True, "deep_supervision": 0.5, "convergence": 1e-6}.items():
            assert hyperparameters[name] == value, (name, hyperparameters[name])
        assert told["loss"] == "binary_focal_crossentropy" and told["ended_by"] == "epochs", told
        listed = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]
        assert listed["hyperparameters"] == hyperparameters and listed["ended_by"] == "epochs", listed
        assert abs(told["validation"]["scores"]["loss"]["value"] - min(epoch["validation"]["loss"] for epoch in told["epochs"][1:])) < 1e-5
        assert folder.run_json("verify", "--study", "s.anamnesis", "--run", "1")["same"]


def test_why_it_ended():
    with Folder() as folder:
        told = train(folder, "--gradient-tolerance", "100")
        assert told["ended_by"] == "gradient" and len(told["epochs"]) == 2, told
        output, _ = folder.run("train", SOURCE, "--network", "gru(6) > dense(1)", "--epochs", "30", "--convergence", "0.9", "--convergence-epochs", "2")
        assert "Converged" in output and "90 %" in output, output
        line = folder.refuse("resume", "--study", "s.anamnesis", "--run", "1", "--epochs", "9")
        assert "converged" in line, line


def test_finding_a_learning_rate():
    with Folder() as folder:
        found = folder.run_json("train", SOURCE, "--network", "gru(6) > dense(1)", "--find-learning-rate", "--rates", "1e-4,10", "--rate-updates", "50")
        assert len(found["learning_rates"]) == len(found["losses"]) == len(found["smoothed_losses"]) <= 50
        assert abs(found["learning_rates"][0] - 1e-4) < 1e-12 and 1e-4 < found["suggestion"] <= 1, found
        output, _ = folder.run("train", SOURCE, "--study", "s.anamnesis", "--find-learning-rate")
        assert "--learning-rate" in output, output
        left = [name for _, _, names in os.walk(folder.name) for name in names]
        assert left == [], left


def test_train_for_people():
    with Folder() as folder:
        output, errors = folder.run("train", SOURCE, "--study", "s.anamnesis", "--epochs", "1", "--metrics", "auroc")
        assert errors == "", errors
        assert "Run: 1" in output and "AUROC" in output and "95 %" in output and "F1" not in output, output


def test_without_study_an_untitled_one_is_named():
    with Folder() as folder:
        told = folder.run_json("train", SOURCE, "--epochs", "1")
        assert told["study"].startswith(folder.path("data", "anamnesis")), told["study"]
        assert os.path.exists(told["study"])
        again = folder.run_json("train", SOURCE, "--epochs", "1")
        assert again["study"] != told["study"]


def test_same_seed_same_run():
    with Folder() as folder:
        losses = [[epoch["validation"]["loss"] for epoch in train(folder, "--seed", seed, "--threads", threads)["epochs"]]
                  for seed, threads in (("1", "1"), ("1", "3"), ("2", "1"))]
        assert losses[0] == losses[1]
        assert losses[0] != losses[2]
        told = folder.run_json("runs", "--study", "s.anamnesis")
        assert [run["run"] for run in told["runs"]] == [1, 2, 3]


def test_another_process_evaluates():
    with Folder() as folder:
        trained = train(folder)
        own = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1")
        assert own["patients"] == 30 and "test part" in own["on"] and own["epoch"] == trained["best_epoch"], own
        validation = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", "--part", "validation")
        assert validation["scores"]["auroc"] == trained["validation"]["scores"]["auroc"]
        new = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", NEW)
        assert new["patients"] == 80 and new["warnings"] == [], new
        seen = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", SOURCE)
        assert any("140" in warning for warning in seen["warnings"]), seen
        last = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", "--epoch", "last")
        assert last["epoch"] == 3
        first = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", "--epoch", "0", "--part", "validation")
        assert abs(first["scores"]["loss"]["value"] - trained["epochs"][0]["validation"]["loss"]) < 1e-6


def test_evaluate_refuses():
    with Folder() as folder:
        train(folder)
        ask = ("evaluate", "--study", "s.anamnesis", "--run")
        folder.refuse(*ask, "7", words=["7", "It has: 1"])
        folder.refuse(*ask, "x", status=USAGE, words=["x"])
        folder.refuse(*ask, "1", "--epoch", "77", words=["77", "0–3"])
        folder.refuse(*ask, "1", "--epoch", "middle", status=USAGE, words=["middle"])
        folder.refuse(*ask, "1", "--part", "none", status=USAGE, words=["training, validation or test"])
        folder.refuse(*ask, "1", "sample:scan?patients=20")


def test_predict():
    with Folder() as folder:
        train(folder)
        told = folder.run_json("predict", "--study", "s.anamnesis", "--run", "1", "--output", "p.csv", NEW)
        assert told["patients"] == 80
        rows = list(csv.DictReader(io.StringIO(folder.read("p.csv"))))
        assert len(rows) == 80
        assert list(rows[0]) == ["patient", "probability", "class", "outcome"], rows[0]
        for row in rows:
            assert 0 <= float(row["probability"]) <= 1
        # The same answers lead to the same AUROC.
        scores = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", NEW, "--metrics", "auroc")["scores"]
        positive = rows[0]["class"] if float(rows[0]["probability"]) >= 0.5 else next(
            row["class"] for row in rows if float(row["probability"]) >= 0.5)
        events = [float(row["probability"]) for row in rows if row["outcome"] == positive]
        others = [float(row["probability"]) for row in rows if row["outcome"] != positive]
        auroc = sum((a > b) + (a == b) / 2 for a in events for b in others) / (len(events) * len(others))
        assert abs(auroc - scores["auroc"]["value"]) < 1e-6, (auroc, scores)
        output, _ = folder.run("predict", "--study", "s.anamnesis", "--run", "1", "--output", "-", "--part", "test")
        assert len(output.splitlines()) == 31


def test_inspect():
    with Folder() as folder:
        train(folder)
        patient = next(csv.DictReader(io.StringIO(
            folder.run("predict", "--study", "s.anamnesis", "--run", "1", "--output", "-")[0])))["patient"]
        ask = ("inspect", "--study", "s.anamnesis", "--run", "1", "--patient", patient)
        told = folder.run_json(*ask)
        gru = told["layers"][0]
        assert told["steps"] == 6 and len(gru["h"]) == 6 and len(gru["h"][0]) == 6, told
        assert len(gru["gradient_norms"]) == 6 and all(0 < value for value in gru["gradient_norms"])
        assert all(0 <= value <= 1 for row in gru["z"] for value in row)
        assert len(told["prediction"]) == 6
        rows = list(csv.DictReader(io.StringIO(folder.run(*ask, "--layer", "1")[0])))
        hidden = [float(row["value"]) for row in rows if row["what"] == "h"]
        assert len(hidden) == 36 and all(abs(a - b) < 1e-6 for a, b in zip(hidden, sum(gru["h"], [])))
        # h_t = (1 - z_t) h_t-1 + z_t h~_t with h_0 = 0
        for unit in range(6):
            assert abs(gru["h"][0][unit] - gru["z"][0][unit] * gru["h~"][0][unit]) < 1e-6
        other = folder.run_json(*ask, "--epoch", "0")
        assert other["layers"][0]["h"] != gru["h"]
        folder.refuse(*ask, "--layer", "9", status=USAGE, words=["9", "gru_1"])
        folder.refuse("inspect", "--study", "s.anamnesis", "--run", "1", "--patient", "nobody", words=["nobody"])


def test_inspect_behind_a_convolution():
    """What stands for several steps is held until the next one; what isn't there yet has no value."""
    with Folder() as folder:
        told = folder.run_json("train", SOURCE, "--study", "s.anamnesis", "--epochs", "2", "--network",
                               "conv1d(4, kernel=3, padding=valid, strides=2) > gru(5) > dense(1)")
        assert told["status"] == "finished", told
        patient = next(csv.DictReader(io.StringIO(
            folder.run("predict", "--study", "s.anamnesis", "--run", "1", "--output", "-")[0])))["patient"]
        ask = ("inspect", "--study", "s.anamnesis", "--run", "1", "--patient", patient)
        told = folder.run_json(*ask)
        for what in (told["layers"][0]["y"], told["layers"][1]["h"], told["prediction"]):
            assert len(what) == told["steps"] == 6
            assert what[0] == what[1] == [None] * len(what[0]), what
            assert what[2] == what[3] != what[4] == what[5] and None not in what[2] + what[4], what
        norms = told["layers"][1]["gradient_norms"]
        assert norms[:2] == [None, None] and norms[2] == norms[3] > 0 and norms[4] == norms[5] > 0
        rows = list(csv.DictReader(io.StringIO(folder.run(*ask, "--layer", "1")[0])))
        assert [row["step"] for row in rows if row["what"] == "y" and row["unit"] == "1"] == ["3", "4", "5", "6"]
        folder.refuse("train", SOURCE, "--network", "conv1d(4, kernel=9, padding=valid) > gru(5) > dense(1)",
                      words=["Patient", "6 steps", "conv1d", "9", "padding=same"])


def test_import_then_train():
    with Folder() as folder:
        told = folder.run_json("import", SOURCE, "--study", "s.anamnesis")
        assert told["patients"] == 200
        trained = folder.run_json("train", "--study", "s.anamnesis", "--epochs", "1")
        assert trained["run"] == 1
        # The next run keeps what it isn't told anew.
        again = folder.run_json("train", "--study", "s.anamnesis", "--optimizer", "sgd")
        assert again["run"] == 2 and again["network"] == trained["network"] and again["epochs_done"] == 1
        assert again["hyperparameters"]["learning_rate"] == 0.01


def test_templates_take_the_size_of_the_target():
    with Folder() as folder:
        told = folder.run_json("train", "sample:scan?patients=60", "--network", "lstm-classes", "--epochs", "1")
        assert told["network"].startswith("lstm(50) > dense(10"), told["network"]
        assert told["hyperparameters"]["batch_size"] == 128 and told["loss"] == "categorical_crossentropy"
        told = folder.run_json("train", SOURCE, "--network", "stacked-lstm", "--epochs", "1")
        assert told["network"] == "lstm(64, return_sequences) > lstm(32) > dense(1)", told["network"]
        assert told["loss"] == "mean_squared_error"


def test_other_files_are_never_overwritten():
    with Folder() as folder:
        path = folder.write("notes.txt", "my notes")
        folder.refuse("train", SOURCE, "--study", path, words=["notes.txt", "isn't a study"])
        folder.refuse("import", SOURCE, "--study", path, words=["notes.txt"])
        assert folder.read("notes.txt") == "my notes"


def wait_for_run(folder, study="s.anamnesis"):
    """Until the run under way in another process has a few epochs."""
    for _ in range(600):
        if os.path.exists(folder.path(study)):
            told = folder.run_json("runs", "--study", study)
            if told["runs"] and told["runs"][0]["epochs_done"] > 2:
                return told["runs"][0]
        time.sleep(0.05)
    raise AssertionError("no epochs within 30 s")


def test_a_study_can_be_read_while_it_is_trained():
    with Folder() as folder:
        process = folder.start("train", SOURCE, "--study", "s.anamnesis", *FOREVER)
        try:
            assert wait_for_run(folder)["status"] == "running"
            told = folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1")
            assert told["patients"] == 30
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def test_one_program_trains_at_a_time():
    with Folder() as folder:
        process = folder.start("train", SOURCE, "--study", "s.anamnesis", *FOREVER)
        try:
            first = wait_for_run(folder)
            line = folder.refuse("train", "--study", "s.anamnesis", words=["anamnesis-cli train", str(process.pid)])
            assert "one program" in line.lower(), line
            folder.refuse("train", "--study", "s.anamnesis", "--fork", "1:0", words=[str(process.pid)])
            folder.refuse("resume", "--study", "s.anamnesis", "--run", "1", words=[str(process.pid)])
            folder.refuse("runs", "--study", "s.anamnesis", "--delete", "1", words=["being trained"])
            # Editing is allowed.
            assert folder.run_json("runs", "--study", "s.anamnesis", "--rename", "1", "mine")["runs"][0]["epochs_done"] >= first["epochs_done"]
        finally:
            process.kill()
            process.communicate(timeout=60)
        # Whoever is gone holds nothing.
        assert folder.run_json("train", "--study", "s.anamnesis", "--epochs", "1")["run"] == 2
        assert folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]["name"] == "mine"


def test_salvage():
    with Folder() as folder:
        train(folder)
        folder.refuse("salvage", "--study", "s.anamnesis", status=USAGE, words=["--output"])
        folder.refuse("salvage", "--study", "none.anamnesis", "--output", "t.anamnesis", words=["none.anamnesis"])
        folder.refuse("salvage", "--study", "s.anamnesis", "--output", "s.anamnesis", words=["s.anamnesis"])
        told = folder.run_json("salvage", "--study", "s.anamnesis", "--output", "t.anamnesis")
        assert told["whole"] and told["runs"] == 1 and told["epochs"] == 4 and told["snapshots"] == 4, told
        with open(folder.path("s.anamnesis"), "r+b") as file:
            file.write(bytes(4096))
        folder.refuse("runs", "--study", "s.anamnesis", words=["s.anamnesis"])
        told = folder.run_json("salvage", "--study", "s.anamnesis", "--output", "u.anamnesis")
        assert not told["whole"] and told["runs"] == 1 and told["epochs"] == 4, told
        assert folder.run_json("verify", "--study", "u.anamnesis", "--run", "1")["same"]


def test_control_c_keeps_what_was_reached():
    with Folder() as folder:
        process = folder.start("train", SOURCE, "--study", "s.anamnesis", *FOREVER)
        wait_for_run(folder)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == FAILED and output == "", (process.returncode, output)
        assert len(errors.splitlines()) == 1 and "run 1" in errors and "s.anamnesis" in errors, errors
        told = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]
        assert told["status"] == "stopped" and told["epochs_done"] > 2
        folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", "--epoch", "last")


def test_a_killed_run_says_so():
    with Folder() as folder:
        process = folder.start("train", SOURCE, "--study", "s.anamnesis", *FOREVER)
        wait_for_run(folder)
        process.kill()
        process.communicate(timeout=60)
        told = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]
        assert told["status"] == "cut off" and told["epochs_done"] > 2, told
        folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1")


def test_resume_refuses():
    with Folder() as folder:
        train(folder)
        folder.refuse("resume", "--study", "s.anamnesis", words=["no run that was cut off or stopped"])
        folder.refuse("resume", "--study", "s.anamnesis", "--run", "1", words=["has finished", "3"])
        folder.refuse("resume", "--study", "s.anamnesis", "--run", "7", words=["no run 7"])
        folder.refuse("resume", "--run", "1", status=USAGE, words=["--study"])
        folder.refuse("resume", "--study", "none.anamnesis", words=["none.anamnesis"])
        folder.refuse("resume", "--study", "s.anamnesis", "--epochs", "0", status=USAGE, words=["--epochs"])
        told = folder.run_json("resume", "--study", "s.anamnesis", "--run", "1", "--epochs", "5")
        assert [epoch["epoch"] for epoch in told["epochs"]] == list(range(6)), told
        folder.run("train", SOURCE, "--study", "t.anamnesis", "--network", "gru(6) > dense(1)", "--epochs", "5")
        whole = folder.run_json("runs", "--study", "t.anamnesis")["runs"][0]
        assert [epoch["validation"] for epoch in told["epochs"]] == [epoch["validation"] for epoch in whole["epochs"]]


def test_fork():
    with Folder() as folder:
        train(folder)
        ask = ("train", "--study", "s.anamnesis", "--fork")
        told = folder.run_json(*ask, "1:2", "--learning-rate", "0.01", "--epochs", "2")
        assert told["run"] == 2 and told["parent"] == 1 and told["parent_epoch"] == 2, told
        assert told["hyperparameters"]["learning_rate"] == 0.01 and told["network"] == "gru(6) > dense(1)"
        parent = folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]
        assert told["epochs"][0]["validation"] == parent["epochs"][2]["validation"]
        assert told["epochs"][1]["validation"] != parent["epochs"][3]["validation"]
        last = folder.run_json(*ask, "2", "--optimizer", "sgd", "--epochs", "1")
        assert last["parent"] == 2 and last["parent_epoch"] == 2
        assert folder.run_json("verify", "--study", "s.anamnesis", "--run", "3")["same"]
        folder.refuse(*ask, "1:77", words=["77", "0–3"])
        folder.refuse(*ask, "1:middle", status=USAGE, words=["middle"])
        folder.refuse(*ask, "9", words=["no run 9"])
        folder.refuse(*ask, "1", SOURCE, status=USAGE, words=["parent's records"])
        folder.refuse(*ask, "1", "--network", "lstm(3) > dense(1)", status=USAGE, words=["--network"])
        folder.refuse(*ask, "1", "--split", "0.8,0.1,0.1", status=USAGE, words=["recipe"])
        folder.refuse("train", "--fork", "1", SOURCE, status=USAGE, words=["--study"])


def weights(folder, run, epoch):
    folder.run("export", "--study", "s.anamnesis", "--run", str(run), "--epoch", str(epoch), "--output", "w.safetensors")
    with open(folder.path("w.safetensors"), "rb") as file:
        return file.read().split(b"}", 1)[1].rsplit(b"}", 1)[-1]


def test_fork_that_changes_nothing_makes_the_same_bits():
    """With the optimiser's moments, its schedule and the order of batches, epoch by epoch; and it is verified and resumed as any run."""
    for options in ((), ("--optimizer", "sgd", "--momentum", "0.9", "--schedule", "cosine"), ("--optimizer", "nadam", "--schedule", "one_cycle"),
                    ("--optimizer", "rmsprop", "--centered", "--momentum", "0.5", "--schedule", "plateau(patience=1, min_delta=1)"),
                    ("--optimizer", "sgd", "--network", "gru(6, dropout=0.3) > dropout(0.2) > dense(1)")):
        with Folder() as folder:
            train(folder, "--epochs", "5", "--batch-size", "8", *options)
            told = folder.run_json("train", "--study", "s.anamnesis", "--fork", "1:2")
            parent, fork = folder.run_json("runs", "--study", "s.anamnesis")["runs"]
            assert told["parent_epoch"] == 2 and fork["epochs_done"] == 3 and fork["hyperparameters"]["epochs"] == 3, fork
            for epoch in range(4):
                assert parent["epochs"][epoch + 2]["validation"] == fork["epochs"][epoch]["validation"], (options, epoch)
                assert weights(folder, 1, epoch + 2) == weights(folder, 2, epoch), (options, epoch)
            assert folder.run_json("verify", "--study", "s.anamnesis", "--run", "2")["same"], options
            again = folder.run_json("train", "--study", "s.anamnesis", "--fork", "2:1")
            assert again["epochs"][-1]["validation"] == parent["epochs"][-1]["validation"], options
            if "cosine" in options or "one_cycle" in options:  # laid over the run
                continue
            longer = folder.run_json("resume", "--study", "s.anamnesis", "--run", "2", "--epochs", "4")
            assert [epoch["epoch"] for epoch in longer["epochs"]][-1] == 4
            assert folder.run_json("verify", "--study", "s.anamnesis", "--run", "2")["same"], options


def test_fork_with_another_optimiser_says_that_it_begins_anew():
    with Folder() as folder:
        train(folder)
        _, errors = folder.run("train", "--study", "s.anamnesis", "--fork", "1:2", "--optimizer", "sgd")
        assert "begins anew" in errors, errors
        _, errors = folder.run("train", "--study", "s.anamnesis", "--fork", "1:2", "--learning-rate", "0.01")
        assert "begins anew" not in errors, errors
        database = sqlite3.connect(folder.path("s.anamnesis"))
        with database:
            database.execute("UPDATE snapshot SET optimizer = NULL WHERE epoch = 2")
        _, errors = folder.run("train", "--study", "s.anamnesis", "--fork", "1:2")
        assert "begins anew" in errors, errors


def test_verify():
    with Folder() as folder:
        train(folder, "--clip-norm", "1")
        ask = ("verify", "--study", "s.anamnesis", "--run", "1")
        told = folder.run_json(*ask)
        assert told["same"] and told["to_the_bit"] and told["epochs"] == 4 and told["snapshots"] == 4, told
        assert told["updates"] > 3 and told["largest_difference"] == 0
        assert "to the bit" in folder.run(*ask)[0]
        folder.refuse(*ask, "--tolerance", "-1", status=USAGE, words=["--tolerance"])
        database = sqlite3.connect(folder.path("s.anamnesis"))
        with database:
            database.execute("UPDATE run SET instructions = 'another'")
        told = folder.run_json(*ask)
        assert told["same"] and not told["to_the_bit"] and told["tolerance"] == 0.001, told
        with database:
            database.execute("UPDATE epoch SET loss = loss + 0.01 WHERE epoch = 2")
        told = folder.run_json(*ask, status=FAILED)
        assert told["first_difference"]["epoch"] == 2 and told["first_difference"]["what"] == "validation loss", told
        assert folder.run_json(*ask, "--tolerance", "0.1")["same"]
        folder.refuse(*ask, words=["epoch 2", "validation loss", "0.001"])
        with database:
            database.execute("UPDATE epoch SET loss = loss - 0.01 WHERE epoch = 2")
            database.execute("UPDATE snapshot SET parameters = zeroblob (length (parameters)) WHERE epoch = 3")
        folder.refuse(*ask, words=["epoch 3"])


def test_divergence_is_told():
    with Folder() as folder:
        line = folder.refuse("train", SOURCE, "--study", "s.anamnesis", "--network", "simple_rnn(8, activation=relu) > dense(1)",
                             "--optimizer", "sgd", "--learning-rate", "1e30", words=["update", "run 1"])
        assert folder.run_json("runs", "--study", "s.anamnesis")["runs"][0]["status"] == "failed", line
        folder.run_json("evaluate", "--study", "s.anamnesis", "--run", "1", "--epoch", "last")


def test_progress_only_on_a_terminal():
    with Folder() as folder:
        master, terminal = pty.openpty()
        process = subprocess.Popen([PROGRAM, "train", SOURCE, "--epochs", "400", "--json"], cwd=folder.name, env=folder.environment(),
                                   stdout=subprocess.PIPE, stderr=terminal)
        os.close(terminal)
        shown = b""
        while True:
            ready, _, _ = select.select([master], [], [], 60)
            try:
                data = os.read(master, 4096) if ready else b""
            except OSError:  # the other end is closed
                data = b""
            if not data:
                break
            shown += data
        output = process.communicate(timeout=60)[0]
        os.close(master)
        assert json.loads(output)["run"] == 1
        assert b"of 400" in shown and b"%" in shown and b"left" in shown, shown[-300:]


if __name__ == "__main__":
    tap.run()
