#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""--alter: a gate held, a unit silenced, a weight set, on every command that only asks; and what is said of alterations that can't be."""

import csv
import io
import os

from program import USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=120"
ASK = ("--study", "s.anamnesis", "--run", "1")


def train(folder, network="lstm(5) > dense(1)"):
    folder.run_json("train", SOURCE, "--study", "s.anamnesis", "--network", network, "--epochs", "2", "--learning-rate", "0.02")


def predict(folder, *options):
    output, _ = folder.run("predict", *ASK, "--output", "-", *options)
    return list(csv.DictReader(io.StringIO(output)))


def loss(folder, *options):
    told = folder.run_json("evaluate", *ASK, "--part", "validation", "--metrics", "loss", "--resamples", "10", *options)
    return told, told["scores"]["loss"]["value"]


def test_the_loss_of_an_altered_network():
    with Folder() as folder:
        train(folder)
        told, learnt = loss(folder)
        assert "altered" not in told, told
        told, held = loss(folder, "--alter", "lstm_1[2].f=0", "--alter", "lstm_1[3] = 0")
        assert told["altered"] == ["lstm_1[2].f = 0", "lstm_1[3] = 0"], told
        assert told["weights"].endswith("altered: lstm_1[2].f = 0; lstm_1[3] = 0"), told
        assert held != learnt, "nothing was altered"
        assert loss(folder)[1] == learnt, "the run was changed"
        assert "altered: lstm_1[2].f = 0" in folder.run("evaluate", *ASK, "--alter", "lstm_1[2].f = 0")[0]


def test_predictions_by_run_and_by_file():
    with Folder() as folder:
        train(folder)
        learnt = predict(folder)
        # Each unit of the readout without weight: everyone gets the bias's answer.
        silent = [word for unit in range(1, 6) for word in ("--alter", f"dense_1.kernel[{unit}, 1] = 0")]
        held = predict(folder, *silent)
        assert len({row["probability"] for row in held}) == 1 and len({row["probability"] for row in learnt}) > 1
        # A weight set at what it is changes nothing.
        folder.run("export", *ASK, "--output", "w.safetensors")
        folder.run("predict", "--weights", "w.safetensors", "--output", "p.csv", *silent, SOURCE)
        assert {row["probability"] for row in csv.DictReader(io.StringIO(folder.read("p.csv")))} == {held[0]["probability"]}
        told = folder.run_json("predict", *ASK, "--output", "p.csv", "--alter", "lstm_1[1]=0")
        assert told["altered"] == ["lstm_1[1] = 0"], told


def test_a_look_at_an_altered_network():
    with Folder() as folder:
        train(folder)
        patient = predict(folder)[0]["patient"]
        told = folder.run_json("inspect", *ASK, "--patient", patient, "--cell", "2,last", "--alter", "lstm_1[2].f = 1")
        assert told["altered"] == ["lstm_1[2].f = 1"], told
        values = {equation["symbol"]: equation["value"] for equation in told["equations"]}
        assert values["f"] == 1, values
        folder.run("plot", *ASK, "--figure", "cell-step", "--patient", patient, "--unit", "2", "--output", "a.csv", "--alter", "lstm_1[2].f = 1")
        folder.run("plot", *ASK, "--figure", "cell-step", "--patient", patient, "--unit", "2", "--output", "b.csv")
        assert folder.read("a.csv") != folder.read("b.csv")
        told = folder.run_json("plot", *ASK, "--figure", "cell-step", "--patient", patient, "--output", "a.svg", "--alter", "lstm_1[2].f = 1")
        assert "altered: lstm_1[2].f = 1" in told["caption"] and told["altered"] == ["lstm_1[2].f = 1"], told


def test_alterations_that_cannot_be():
    faults = {
        "forget everything": ["forget everything", "lstm_1[25].f = 1"],
        "gru_1[2].z = 0": ["gru_1", "lstm_1, dense_1"],
        "lstm_1[6].f = 1": ["no unit 6", "5"],
        "lstm_1[2].q = 1": ["“q”", "i, f, g, o"],
        "lstm_1[2].f = 1.5": ["1.5", "sigmoid"],
        "lstm_1[2] = 1": ["lstm_1[2] = 1"],
        "lstm_1.kernel[99, 1] = 0": ["99", "rows"],
        "dense_1.weights[1, 1] = 0": ["weights", "dense_1.kernel"],
    }
    commands = (("evaluate", *ASK), ("predict", *ASK, "--output", "p.csv"), ("inspect", *ASK, "--saturation"),
                ("plot", *ASK, "--figure", "recurrent-matrix", "--output", "f.png"))
    with Folder() as folder:
        train(folder)
        for text, words in faults.items():
            for command in commands:
                folder.refuse(*command, "--alter", text, status=USAGE, words=["--alter", *words])
        folder.refuse("plot", *ASK, "--figure", "loss", "--output", "f.png", "--alter", "lstm_1[2] = 0", status=USAGE, words=["--alter", "loss"])
        assert not os.path.exists(folder.path("f.png")) and not os.path.exists(folder.path("p.csv"))


def test_halves_that_read_both_ways():
    with Folder() as folder:
        train(folder, "lstm(3, bidirectional=concat) > dense(1)")
        name = "lstm_1"
        forwards, backwards = (loss(folder, "--alter", f"{name}[2].{arrow}f = 0")[0] for arrow in ("", "←"))
        assert forwards["altered"] == [f"{name}[2].f = 0"] and backwards["altered"] == [f"{name}[2].←f = 0"], (forwards, backwards)
        assert forwards["scores"] != backwards["scores"]


if __name__ == "__main__":
    tap.run()
