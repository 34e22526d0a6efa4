#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""predict --passes and plot --passes: how sure a network with dropout is of its answers."""

import csv
import io

from program import USAGE, Folder, tap

SOURCE = "sample:icu?patients=120"
ASK = ("--study", "s.anamnesis", "--run", "1")


def trained(folder, network="gru(8, dropout=0.2, recurrent_dropout=0.2) > dropout(0.3) > dense(1)"):
    folder.run("train", SOURCE, "--study", "s.anamnesis", "--network", network, "--epochs", "3")


def predict(folder, *options):
    return list(csv.DictReader(io.StringIO(folder.run("predict", *ASK, "--output", "-", *options)[0])))


def test_columns():
    with Folder() as folder:
        trained(folder)
        plain, rows = predict(folder), predict(folder, "--passes", "200")
        assert list(rows[0]) == ["patient", "probability", "class", "mean", "lower", "upper", "outcome"], rows[0]
        for before, row in zip(plain, rows):
            assert {key: row[key] for key in before} == before
            lower, mean, upper = (float(row[key]) for key in ("lower", "mean", "upper"))
            assert 0 <= lower < mean < upper <= 1, row
        inside = sum(float(row["lower"]) <= float(row["probability"]) <= float(row["upper"]) for row in rows)
        assert inside > 0.9 * len(rows), inside


def test_seeds_and_sets():
    with Folder() as folder:
        trained(folder)
        rows = predict(folder, "--passes", "40")
        assert predict(folder, "--passes", "40", "--seed", "0") == rows
        assert predict(folder, "--passes", "40", "--seed", "1") != rows
        # What is said of a patient doesn't hang on who else is asked about.
        by_patient = {row["patient"]: row for row in rows}
        part = predict(folder, "--passes", "40", "--part", "test")
        assert part and all(by_patient[row["patient"]] == row for row in part)
        told = folder.run_json("predict", *ASK, "--output", "p.csv", "--passes", "40", "--seed", "7")
        assert told["passes"] == 40 and told["seed"] == "7", told
        assert "passes" not in folder.run_json("predict", *ASK, "--output", "p.csv")


def test_figures_show_the_band_of_predict():
    with Folder() as folder:
        trained(folder)
        row = predict(folder, "--passes", "100")[0]
        for figure in ("prediction", "inside"):
            told = folder.run_json("plot", *ASK, "--figure", figure, "--patient", row["patient"], "--output", "f.csv")
            assert "100 dropout passes" in told["caption"] and "confidence interval" in told["caption"], told
            table = list(csv.DictReader(io.StringIO(folder.read("f.csv"))))
            lower, upper = (next(key for key in table[0] if key.endswith(end)) for end in (", low", ", high"))
            assert abs(float(table[-1][lower]) - float(row["lower"])) < 2e-6, (table[-1], row)
            assert abs(float(table[-1][upper]) - float(row["upper"])) < 2e-6, (table[-1], row)
            told = folder.run_json("plot", *ASK, "--figure", figure, "--patient", row["patient"], "--output", "f.csv", "--passes", "0")
            assert "band" not in told["caption"] and ", low" not in folder.read("f.csv"), told


def test_a_network_without_dropout_has_no_band():
    with Folder() as folder:
        trained(folder, "gru(4) > dense(1)")
        folder.refuse("predict", *ASK, "--output", "p.csv", "--passes", "100", words=["no dropout", "no band"])
        told = folder.run_json("plot", *ASK, "--figure", "prediction", "--patient", "1001", "--output", "f.csv")
        assert "no band: the network has no dropout" in told["caption"], told
        assert ", low" not in folder.read("f.csv")


def test_refused():
    with Folder() as folder:
        trained(folder)
        folder.refuse("predict", *ASK, "--output", "p.csv", "--passes", "5", status=USAGE, words=["--passes", "20"])
        folder.refuse("predict", *ASK, "--output", "p.csv", "--passes", "many", status=USAGE, words=["--passes", "many"])
        folder.refuse("predict", *ASK, "--output", "p.csv", "--seed", "5", status=USAGE, words=["--seed", "--passes"])
        folder.refuse("plot", *ASK, "--figure", "loss", "--output", "f.csv", "--passes", "50", status=USAGE, words=["--passes", "loss"])


if __name__ == "__main__":
    tap.run()
