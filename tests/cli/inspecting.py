#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""inspect: a cell's step, Jacobians, spectra, memory, saturation; and what is asked for wrongly."""

import csv
import io
import math

from program import USAGE, Folder, tap

SOURCE = "sample:delayed-marker?delay=5&patients=120"
RUN = ("inspect", "--study", "s.anamnesis", "--run", "1")


def train(folder, network):
    folder.run_json("train", SOURCE, "--study", "s.anamnesis", "--network", network, "--epochs", "2", "--learning-rate", "0.02")
    output, _ = folder.run("predict", "--study", "s.anamnesis", "--run", "1", "--output", "-")
    return next(csv.DictReader(io.StringIO(output)))["patient"]


def rows(folder, *options):
    return list(csv.DictReader(io.StringIO(folder.run(*RUN, *options)[0])))


def near(a, b, tolerance=1e-9):
    return abs(a - b) <= tolerance * (1 + abs(a))


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


FUNCTIONS = {"sigmoid": sigmoid, "tanh": math.tanh, "linear": lambda z: z}


def check_cell(told):
    for equation in told["equations"]:
        total = 0.0
        for term in equation["terms"]:
            for part in term["parts"]:
                assert near(part["value"], term["factor"] * part["weight"] * part["input"]), part
                total += part["value"]
        assert total == equation["sum"], (total, equation["sum"])
        assert near(FUNCTIONS[equation["function"]](equation["sum"]), equation["value"]), equation
        if equation["value_in_network"] is not None:
            assert near(equation["value"], equation["value_in_network"], 1e-5), equation
        for kind in ("gradient", "sum_gradient"):
            gradient = equation[kind]
            assert near(sum(share["value"] for share in gradient["shares"]), gradient["value"]), gradient
            assert gradient["relative_error"] < 1e-6 or abs(gradient["value"]) < 1e-8, gradient


def test_a_cell_in_full():
    with Folder() as folder:
        patient = train(folder, "lstm(5) > dense(1)")
        states = folder.run_json(*RUN, "--patient", patient)["layers"][0]
        for place, step in (("3,1", 0), ("3,4", 3), ("5,last", 5)):
            told = folder.run_json(*RUN, "--patient", patient, "--cell", place)
            check_cell(told)
            assert told["layer"] == "lstm_1" and told["direction"] == "forwards" and told["step"] == step + 1, told
            assert [equation["symbol"] for equation in told["equations"]] == ["i", "f", "g", "o", "c", "tanh c", "h"]
            values = {equation["symbol"]: equation["value"] for equation in told["equations"]}
            before = {part["symbol"]: part["value"] for part in told["before"]}
            assert near(values["c"], values["f"] * before["c'"] + values["i"] * values["g"]), values
            assert near(values["h"], states["h"][step][told["unit"] - 1], 1e-5)
            assert near(before["c'"], states["c"][step - 1][told["unit"] - 1] if step > 0 else 0.0, 1e-6)
            names = [part["name"] for part in told["equations"][0]["terms"][0]["parts"]]
            assert len(set(names)) == len(names) and "unit 1" not in names, names
        gradient = told["equations"][6]["gradient"]
        assert [share["symbol"] for share in gradient["shares"]] == ["above"]
        assert near(gradient["value"], states["dL/dh"][5][4], 1e-5)


def test_a_cell_as_a_table():
    with Folder() as folder:
        patient = train(folder, "gru(4) > dense(1)")
        told = folder.run_json(*RUN, "--patient", patient, "--cell", "2,3")
        check_cell(told)
        table = rows(folder, "--patient", patient, "--cell", "2,3")
        for equation in told["equations"]:
            own = [row for row in table if row["equation"] == equation["symbol"]]
            terms = sum(float(row["value"]) for row in own if row["what"] == "term")
            assert near(terms, equation["sum"], 1e-7), (terms, equation["sum"])
            assert near(float(next(row for row in own if row["what"] == "gradient")["value"]), equation["gradient"]["value"], 1e-7)
        folder.run(*RUN, "--patient", patient, "--cell", "2,3", "--output", "cell.csv")
        assert folder.read("cell.csv").splitlines()[0] == "equation,what,name,input,weight,value"


def test_jacobian_spectrum_and_reach():
    with Folder() as folder:
        patient = train(folder, "lstm(4) > dense(1)")
        ask = ("--patient", patient)
        told = folder.run_json(*RUN, *ask, "--jacobian", "4")
        matrix, n = told["jacobian"], 8
        assert told["state"] == ["h1", "h2", "h3", "h4", "c1", "c2", "c3", "c4"] and len(matrix) == n
        cell = {equation["symbol"]: equation for equation in folder.run_json(*RUN, *ask, "--cell", "2,4")["equations"]}
        forget, output, slope = cell["f"]["value"], cell["o"]["value"], cell["tanh c"]["slope"]
        assert near(matrix[5][5], forget) and matrix[5][4] == 0
        assert near(matrix[1][5], output * slope * forget)
        table = {(row["state"], row["before"]): float(row["derivative"]) for row in rows(folder, *ask, "--jacobian", "4")}
        assert near(table["h2", "c2"], matrix[1][5], 1e-7) and len(table) == n * n

        spectra = folder.run_json(*RUN, *ask, "--spectrum", "3-last")["steps"]
        assert [spectrum["step"] for spectrum in spectra] == [3, 4, 5, 6]
        fourth = spectra[1]
        assert len(fourth["eigenvalues"]) == n
        assert near(sum(real for real, _ in fourth["eigenvalues"]), sum(matrix[i][i] for i in range(n)))
        assert abs(sum(imaginary for _, imaginary in fourth["eigenvalues"])) < 1e-12
        assert near(fourth["frobenius_norm"], math.sqrt(sum(value * value for row in matrix for value in row)))
        assert fourth["spectral_radius"] <= fourth["largest_singular_value"] <= fourth["frobenius_norm"]
        norms = rows(folder, *ask, "--spectrum", "all", "--no-eigenvalues")
        assert len(norms) == 12 and not [row for row in norms if row["what"] == "eigenvalue"]

        reach = folder.run_json(*RUN, *ask, "--reach", "last")["lags"]
        assert [lag["lag"] for lag in reach] == [1, 2, 3, 4, 5]
        assert near(10 ** reach[0]["log10_norm"], spectra[3]["largest_singular_value"], 1e-7)
        assert rows(folder, *ask, "--reach", "1") == []


def test_recurrent_matrix():
    with Folder() as folder:
        train(folder, "gru(5) > dense(1)")
        told = folder.run_json(*RUN, "--recurrent-matrix", "h~")
        assert len(told["eigenvalues"]) == 5
        assert near(told["spectral_radius"], math.hypot(*told["eigenvalues"][0]))
        assert len(rows(folder, "--recurrent-matrix", "z")) == 5
        folder.refuse(*RUN, "--recurrent-matrix", "f", words=["f", "z, r, h~"])


def test_both_directions():
    with Folder() as folder:
        patient = train(folder, "lstm(3, bidirectional) > dense(1)")
        for direction in ("forwards", "backwards"):
            told = folder.run_json(*RUN, "--patient", patient, "--cell", "1,2", "--direction", direction)
            check_cell(told)
            assert told["direction"] == direction
        reach = folder.run_json(*RUN, "--patient", patient, "--reach", "1", "--direction", "backwards")["lags"]
        assert [lag["step"] for lag in reach] == [2, 3, 4, 5, 6]


def test_saturation_and_horizon():
    with Folder() as folder:
        train(folder, "lstm(4, return_sequences) > simple_rnn(3, activation=relu) > dense(1)")
        told = folder.run_json(*RUN, "--saturation")
        items = {(item["layer"], item["symbol"]): item for item in told["saturation"]}
        assert told["patients"] == 18 and items["lstm_1", "f"]["steps"] == 18 * 6, told["patients"]
        assert 0 <= items["simple_rnn_1", "h"]["dead_units"] <= 3 and items["simple_rnn_1", "h"]["kind"] == "relu"
        for item in items.values():
            assert near(item["low"], sum(item["low_by_unit"]) / len(item["low_by_unit"])), item
        wide = {(item["layer"], item["symbol"]): item for item in folder.run_json(*RUN, "--saturation", "--threshold", "0.6")["saturation"]}
        assert all(wide[key]["high"] >= items[key]["high"] for key in items) and any(wide[key]["high"] > items[key]["high"] for key in items)
        only = rows(folder, "--saturation", "--layer", "2")
        assert {row["layer"] for row in only} == {"simple_rnn_1"} and len(only) == 4

        horizon = folder.run_json(*RUN, "--horizon")
        lstm, rnn = horizon["layers"]
        for mean, half_life in zip(items["lstm_1", "f"]["mean_by_unit"], lstm["half_life_by_unit"]):
            assert near(half_life, math.log(0.5) / math.log(mean), 1e-6)
        assert "half_life_by_unit" not in rnn
        for layer in (lstm, rnn):
            assert layer["gradient"]["n"] + layer["gradient"]["none"] == 18
        lags = horizon["occlusion"]["lags"]
        assert lags[0]["lag"] == 0 and lags[-1]["lag"] == 6
        assert lags[0]["known"]["median"] > 0 and lags[-1]["known"]["median"] == 0 and lags[-1]["hidden"]["n"] == 0
        # Knowing all but the first step is to hide the first step.
        assert near(lags[5]["known"]["median"], lags[5]["hidden"]["median"])
        again = folder.run_json(*RUN, "--horizon", "--threads", "3")
        assert again == horizon
        table = rows(folder, "--horizon", "--part", "test")
        assert {row["what"] for row in table} >= {"gradient", "half_life_of_units", "half_life_of_patients", "occlusion"}


def test_components_and_histograms():
    with Folder() as folder:
        train(folder, "gru(4) > dense(1)")
        told = folder.run_json(*RUN, "--components")
        explained = [component["explained"] for component in told["components"]]
        assert near(sum(explained), 1) and explained == sorted(explained, reverse=True) and len(explained) == 4
        for component in told["components"]:
            assert near(sum(weight * weight for weight in component["weights"]), 1)
            assert max(component["weights"], key=abs) > 0
        kernel = folder.run_json(*RUN, "--histogram", "recurrent_kernel")
        assert kernel["n"] == 48 == sum(kernel["counts"]) and len(kernel["edges"]) == len(kernel["counts"]) + 1
        hidden = folder.run_json(*RUN, "--histogram", "h", "--log", SOURCE)
        assert hidden["n"] == 120 * 6 * 4 == sum(hidden["counts"])
        assert len(rows(folder, "--histogram", "z")) == 40
        folder.refuse(*RUN, "--histogram", "c", words=["c", "z"])


def test_wrong_command_lines():
    with Folder() as folder:
        patient = train(folder, "gru(4) > dense(1)")
        ask = ("--patient", patient)
        wrong = [
            ((*ask, "--cell", "3"), "3,12"), ((*ask, "--cell", "a,b"), "whole number"), ((*ask, "--cell", "0,1"), "1"),
            ((*ask, "--cell", "5,1"), "4"), ((*ask, "--cell", "1,7"), "6"), ((*ask, "--cell", "1,2,3"), "3,12"),
            ((*ask, "--jacobian", "7"), "6"), ((*ask, "--jacobian", "x"), "whole number"), ((*ask, "--spectrum", "5-3"), "comes after"),
            ((*ask, "--spectrum", ""), "all"), ((*ask, "--spectrum", "0"), "1"), ((*ask, "--reach", "0"), "1"),
            ((*ask, "--cell", "1,1", "--spectrum", "all"), "--spectrum"), ((*ask, "--horizon"), "--patient"),
            (("--cell", "1,1"), "--patient"), (("--horizon", "--saturation"), "--saturation"), (("--saturation", "--part", "some"), "some"),
            ((*ask, "--direction", "up"), "backwards"), (("--saturation", "--threads", "0"), "threads"),
            (("--saturation", "--threshold", "1"), "0.5"), (("--components", "--threshold", "0.9"), "--saturation"),
            ((*ask, "--cell", "1,1", "--layer", "9"), "gru_1"),
        ]
        for options, word in wrong:
            folder.refuse(*RUN, *options, status=USAGE, words=[word])
        told = folder.run_json(*RUN, *ask, "--cell", "1,1", "--output", "cell.csv", status=USAGE)
        assert "--output" in told["error"], told
        folder.refuse(*RUN, *ask, "--cell", "1,1", "--layer", "2", words=["dense", "recurrent"])
        folder.refuse(*RUN, *ask, "--cell", "1,1", "--direction", "backwards", words=["forwards only"])
        folder.refuse(*RUN, "--patient", "nobody", "--cell", "1,1", words=["nobody"])
        folder.refuse(*RUN, "--components", "--layer", "dense_1", words=["dense", "h"])


def test_a_network_without_memory():
    with Folder() as folder:
        patient = train(folder, "conv1d(4, kernel=3, padding=same) > pooling(mean) > dense(1)")
        folder.refuse(*RUN, "--patient", patient, "--cell", "1,1", words=["recurrent"])
        folder.refuse(*RUN, "--horizon", words=["recurrent"])


if __name__ == "__main__":
    tap.run()
