#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line itself: help, wrong options, wrong values."""

import json
import os

from help import commands
from program import USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=60"


def test_help_names_every_command():
    with Folder() as folder:
        output, errors = folder.run("--help")
        assert errors == ""
        for command in commands(folder):
            assert command in output, output
            usage, _ = folder.run(command, "--help")
            assert f"anamnesis-cli {command}" in usage and "--json" in usage, usage


def test_version():
    with Folder() as folder:
        output, _ = folder.run("--version")
        assert output.startswith("anamnesis-cli 0."), output


def test_no_command():
    with Folder() as folder:
        _, errors = folder.run(status=USAGE)
        assert "--help" in errors


def test_unknown_command():
    with Folder() as folder:
        _, errors = folder.run("trian", status=USAGE)
        assert "trian" in errors and "--help" in errors, errors


def test_unknown_option():
    with Folder() as folder:
        for command in commands(folder):
            folder.refuse(command, "--no-such-option", status=USAGE, words=["--no-such-option"])


def test_wrong_values_name_option_value_and_what_is_allowed():
    wrong = [
        ("--epochs", "0", "100000"), ("--epochs", "many", "whole number"), ("--epochs", "-3", "whole number"),
        ("--batch-size", "0", "whole number"), ("--batch-size", "some", "whole number"), ("--learning-rate", "fast", "number"),
        ("--learning-rate", "0", "learning"), ("--learning-rate", "-1", "learning"), ("--momentum", "1.5", "momentum"),
        ("--optimizer", "adamant", "rmsprop"), ("--loss", "sadness", "binary_crossentropy"), ("--clip-norm", "-1", "clip"),
        ("--schedule", "cosine(lenght=3)", "epochs, minimum, warmup"), ("--schedule", "linear", "one_cycle"),
        ("--schedule", "step(factor=2)", "less than 1"), ("--schedule", "plateau(patience=0)", "whole number"),
        ("--schedule", "cosine(minimum=1)", "learning rate"), ("--schedule", "cosine(warmup=50)", "warm"),
        ("--rho", "1", "rho"), ("--beta-1", "-1", "beta"), ("--weight-decay", "3", "from 0 to 1"), ("--epsilon", "0", "epsilon"),
        ("--kernel-l2", "-1", "kernel"), ("--recurrent-l1", "much", "number"), ("--bias-l1", "-0.1", "bias"),
        ("--huber-delta", "0", "huber"), ("--focal-gamma", "-1", "focal"), ("--focal-alpha", "1", "focal"),
        ("--convergence", "2", "convergence"), ("--convergence-epochs", "0", "whole number"), ("--gradient-tolerance", "-1", "gradient"),
        ("--class-weights", "1,2,3", "2 classes"), ("--class-weights", "1,-1", "class 1"), ("--class-weights", "0,0", "class"),
        ("--truncate", "5,3", "k1 = 5"), ("--truncate", "1,2,3", "K1,K2"), ("--truncate", "x", "whole number"),
        ("--deep-supervision", "1.5", "supervision"), ("--loss", "huber", "yes-or-no"), ("--loss", "survival", "yes-or-no"),
        ("--rates", "1,2", "--find-learning-rate"), ("--rate-updates", "20", "--find-learning-rate"),
        ("--seed", "-1", "0 or more"), ("--threads", "0", "1"), ("--metrics", "auroc,luck", "average_precision"),
        ("--split", "0.5,0.5", "0.7,0.15,0.15"), ("--split", "0.5,0.5,0.5", "1.5"), ("--split", "a,b,c", "number"),
        ("--channels", "nothing", "nothing"), ("--columns", "everything", "observed"), ("--step", "-1", "0"),
        ("--network", "lstm(32) > nonsense(3)", "nonsense"), ("--network", "lstm(0) > dense(1)", "lstm"),
        ("--network", "lstm(8) > dense(7)", "dense"), ("--network", "", "network"),
    ]
    with Folder() as folder:
        for option, value, word in wrong:
            line = folder.refuse("train", SOURCE, option, value, status=USAGE, words=[word])
            assert option[2:].split("-")[0][:5] in line.lower(), line


def test_a_wrong_command_line_leaves_nothing_behind():
    with Folder() as folder:
        study = folder.path("new.anamnesis")
        folder.refuse("train", SOURCE, "--study", study, "--network", "lstm(8) > dense(7)", status=USAGE)
        folder.refuse("train", SOURCE, "--study", study, "--epochs", "0", status=USAGE)
        folder.refuse("train", "sample:nothing", "--study", study)
        folder.refuse("train", SOURCE, "--network", "lstm(8) > dense(7)", status=USAGE)

        left = [name for _, _, names in os.walk(folder.name) for name in names]
        assert left == [], left


def test_what_is_missing_is_named():
    with Folder() as folder:
        folder.refuse("train", status=USAGE, words=["SOURCE", "--study"])
        folder.refuse("describe", status=USAGE, words=["SOURCE"])
        folder.refuse("import", SOURCE, status=USAGE, words=["--study"])
        folder.refuse("evaluate", status=USAGE, words=["--study", "--run"])
        folder.refuse("evaluate", "--study", "x", status=USAGE, words=["--run"])
        folder.refuse("predict", "--study", "x", "--run", "1", status=USAGE, words=["--output"])
        folder.refuse("inspect", "--study", "x", "--run", "1", status=USAGE, words=["--patient"])
        folder.refuse("plot", "--study", "x", "--run", "1", status=USAGE, words=["--figure", "loss"])
        folder.refuse("samples", "superfluous", status=USAGE, words=["superfluous"])


def test_what_is_not_there_is_said():
    with Folder() as folder:
        folder.refuse("describe", folder.path("nothing.csv"), words=["nothing.csv"])
        folder.refuse("describe", "sample:nothing", words=["sample:icu"])
        folder.refuse("evaluate", "--study", folder.path("nothing.anamnesis"), "--run", "1", words=["nothing.anamnesis"])
        folder.refuse("runs", "--study", folder.path("nothing.anamnesis"), words=["nothing.anamnesis"])


def test_errors_in_json():
    with Folder() as folder:
        value = folder.run_json("describe", folder.path("nothing.csv"), status=1)
        assert "nothing.csv" in value["error"], value
        # A wrong command line is answered in JSON too, wherever --json stands.
        for words in (("describe", "--nonsense", "--json"), ("describe", "--json", "--nonsense"), ("describe", "--json"), ("trian", "--json"), ("--json",)):
            output, errors = folder.run(*words, status=USAGE)
            assert set(json.loads(output)) == {"error"} and json.loads(output)["error"] in errors, (words, output, errors)
        output, _ = folder.run("describe", "--nonsense", "--", "--json", status=USAGE)
        assert output == "", output


if __name__ == "__main__":
    tap.run()
