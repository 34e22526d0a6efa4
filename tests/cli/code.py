#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""export --code: a network as a program of Keras and PyTorch, and as a command line."""

import ast
import json
import os
import shlex
import subprocess

from program import USAGE, Folder, tap

SOURCE = "sample:icu?patients=40"
NETWORKS = [
    "gru(6, return_sequences) > lstm(5) > dense(1)",
    "simple_rnn(4, activation=relu) > dense(3, activation=tanh) > dense(1)",
    "simple_rnn(4, activation=sigmoid) > dense(1)",
    "gru(4, return_sequences, reset_after=false) > dropout(0.2) > gru(3) > dense(1)",
    "lstm(4, bidirectional, forget_bias=2, dropout=0.1) > dense(1)",
    "lstm(3, bidirectional=sum, return_sequences) > gru(3, bidirectional=mean) > dense(1)",
    "conv1d(5, kernel=3, padding=causal, activation=relu) > conv1d(4, kernel=4, padding=same, strides=2) > lstm(3) > dense(1)",
    "lstm(4, return_sequences) > layer_norm > pooling(mean) > dense(1)",
    "lstm(4, layer_norm, return_sequences) > gru(3, layer_norm, return_sequences) > simple_rnn(3, layer_norm) > dense(1)",
    "gru(4, layer_norm, reset_after=false, return_sequences) > pooling(max, return_sequences) > pooling(last) > dense(1)",
    "lstm(4, return_sequences) > attention(additive, units=3, heads=2) > dense(1)",
    "lstm(4, return_sequences) > attention(self, units=6, heads=2, causal) > attention(dot, units=4, heads=2) > dense(1)",
    "lstm(4, return_sequences) > attention(dot, units=4, return_sequences) > pooling(mean, return_sequences) > pooling(last) > dense(1)",
    "gru_d(4) > dense(1)",
    "simple_rnn(4, bidirectional, activation=linear, frozen) > dense(1)",
]
PEER = os.environ.get("ANAMNESIS_ORACLES", "/tmp/oracles/bin/python")


def train(folder, network, *options):
    os.makedirs(folder.path("p"), exist_ok=True)
    study = f"p/{len(os.listdir(folder.path('p')))}"
    os.mkdir(folder.path(study))
    folder.run_json("train", SOURCE, "--study", f"{study}/s.anamnesis", "--network", network, "--epochs", "1", *options)
    return study


def code(folder, study, kind):
    return folder.run_json("export", "--study", f"{study}/s.anamnesis", "--run", "1", "--code", kind)["code"]


def test_programs_are_python():
    with Folder() as folder:
        for network in NETWORKS:
            study = train(folder, network)
            for kind in ("keras", "pytorch"):
                program = code(folder, study, kind)
                ast.parse(program)
                assert program.splitlines()[0].split(": ", 1)[1].startswith(network.split("(")[0]), program.splitlines()[0]


def test_settings_are_in_the_program():
    with Folder() as folder:
        study = train(folder, "lstm(4, frozen, recurrent_dropout=0.1) > dense(1)", "--optimizer", "sgd", "--momentum", "0.9", "--clip-norm", "1",
                      "--patience", "3", "--batch-size", "16", "--kernel-l2", "0.001", "--schedule", "cosine", "--seed", "7")
        keras = code(folder, study, "keras")
        for words in ("SGD(LEARNING_RATE, momentum=0.9, global_clipnorm=CLIP_NORM)", "EarlyStopping", "PATIENCE = 3", "BATCH_SIZE = 16",
                      "trainable=False", "L1L2(0, 0.001)", "recurrent_dropout=0.1", "set_random_seed(7)", "class Schedule"):
            assert words in keras, (words, keras)
        pytorch = code(folder, study, "pytorch")
        for words in ("SGD(parameters, lr=LEARNING_RATE, momentum=0.9)", "clip_grad_norm_(parameters, CLIP_NORM)", "split(BATCH_SIZE)",
                      "requires_grad_(False)", "def penalty", "manual_seed(7)", "learning_rate(update", "PATIENCE"):
            assert words in pytorch, (words, pytorch)
        assert [line.split(":")[0] for line in left_out(keras)] == ["judging epochs by the loss alone"], left_out(keras)
        assert [line.split(":")[0] for line in left_out(pytorch)] == ["lstm_1", "momentum that keeps the learning rate of the day"], left_out(pytorch)


def left_out(program):
    """What the program says that it leaves out."""
    lines = [line for line in program.split("\nimport", 1)[0].splitlines()]
    start = next((i for i, line in enumerate(lines) if line.startswith("# Not in ")), len(lines))
    return [line.removeprefix("# - ") for line in lines[start + 1:]]


def test_what_a_library_has_not_is_named():
    """Everything that a program leaves out is told in it, by what the library is called."""
    cases = [
        ("lstm(4) > dense(1)", ["--clip-norm", "1", "--clip-value", "0.1"], "keras", "clipping"),
        ("lstm(4) > dense(1)", ["--gradient-tolerance", "0.001"], "keras", "gradient's norm"),
        ("lstm(4) > dense(1)", ["--truncate", "4,8"], "keras", "every 4th step over 8 steps"),
        ("lstm(4) > dense(1)", ["--truncate", "4,8"], "pytorch", "every 4th step over 8 steps"),
        ("lstm(4) > dense(1)", ["--schedule", "plateau(warmup=2)"], "pytorch", "warm-up"),
        ("lstm(4, layer_norm, dropout=0.2) > dense(1)", [], "keras", "dropout"),
        ("gru(4, recurrent_dropout=0.2) > dense(1)", [], "pytorch", "recurrent dropout"),
        ("gru_d(4, initializer=per_gate) > dense(1)", [], "keras", "begin otherwise"),
        ("gru_d(4, bidirectional) > dense(1)", [], "pytorch", "read from the end"),
    ]
    with Folder() as folder:
        for network, options, kind, words in cases:
            told = left_out(code(folder, train(folder, network, *options), kind))
            assert len(told) == 1 and words in told[0], (network, options, kind, told)


def test_records_are_written_as_the_network_sees_them():
    with Folder() as folder:
        study = train(folder, "gru_d(4) > dense(1)")
        run = ("export", "--study", f"{study}/s.anamnesis", "--run", "1")
        told = folder.run_json(*run, "--records", "--output", "r.csv")
        rows = [line.split(",") for line in folder.read("r.csv").splitlines()]
        assert told["patients"] == 40 and {row[1] for row in rows[1:]} == {"training", "validation", "test"}
        assert len(rows[0]) == 4 + told["columns"] and rows[0][4] == "HR" and "HR observed" in rows[0] and "HR gap" in rows[0]
        assert folder.run(*run, "--records", "--output", "-")[0] == folder.read("r.csv")
        folder.refuse(*run, "--records", status=USAGE, words=["csv"])
        folder.refuse(*run, "--records", "--code", "keras", status=USAGE, words=["--code"])


def test_the_command_line_makes_the_same_run():
    with Folder() as folder:
        study = train(folder, NETWORKS[0], "--optimizer", "rmsprop", "--seed", "3")
        words = shlex.split(code(folder, study, "cli"))
        again = folder.run_json(*words[1:], "--study", "again.anamnesis")
        assert words[:2] == ["anamnesis-cli", "train"] and again["network"] == NETWORKS[0], words
        first, second = (folder.run("predict", "--study", name, "--run", "1", "--output", "p.csv", SOURCE) and folder.read("p.csv")
                         for name in (f"{study}/s.anamnesis", "again.anamnesis"))
        assert first == second and len(first.splitlines()) > 1


def test_code_is_printed_or_written():
    with Folder() as folder:
        study = train(folder, NETWORKS[0])
        run = ("export", "--study", f"{study}/s.anamnesis", "--run", "1")
        assert folder.run(*run, "--code", "keras")[0] == code(folder, study, "keras")
        folder.run(*run, "--code", "keras", "--output", "k.py")
        assert folder.read("k.py") == code(folder, study, "keras")
        folder.refuse(*run, "--code", "java", status=USAGE, words=["java", "pytorch"])
        folder.refuse(*run, "--code", "keras", "--layout", "keras", status=USAGE, words=["--layout"])


def test_programs_answer_as_the_run_does():
    if not os.path.exists(PEER):
        raise tap.Skip(f"PyTorch and Keras aren't there ({PEER}): that the programs run is NOT tested; ANAMNESIS_ORACLES names their Python")
    with Folder() as folder:
        studies, counts = [], []
        for network in NETWORKS:
            study = train(folder, network)
            run = ("--study", f"{study}/s.anamnesis", "--run", "1")
            counts.append(folder.run_json("export", *run, "--output", f"{study}/weights.safetensors")["parameters"])
            for kind in ("keras", "pytorch"):
                folder.run("export", *run, "--code", kind, "--output", f"{study}/{kind}.py")
            record = folder.run_json("inspect", *run, "--patient", "1001")
            folder.write(f"{study}/record.json", json.dumps(record))
            if network.startswith("gru_d"):
                x = record["layers"][0]["x"]
                planes = [[[value] * len(row) for row in x] for value in (1.0, 0.0)]  # all measured
                folder.write(f"{study}/gaps.json", json.dumps(planes))
            studies.append(study)
        done = subprocess.run([PEER, os.path.join(tap.SOURCE_ROOT, "tests", "oracles", "run_code.py"), *studies],
                              cwd=folder.name, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr[-3000:]
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(told) == 2 * len(NETWORKS), done.stdout
        for line in told:
            index = studies.index(line["folder"])
            assert line["parameters"] == counts[index], (NETWORKS[index], line, counts[index])
            if not NETWORKS[index].startswith("gru_d"):
                assert line["difference"] < 1e-5, (NETWORKS[index], line)


def test_programs_run_by_themselves():
    if not os.path.exists(PEER):
        raise tap.Skip(f"PyTorch and Keras aren't there ({PEER}): that weights load is NOT tested")
    with Folder() as folder:
        study = train(folder, NETWORKS[0])
        run = ("--study", f"{study}/s.anamnesis", "--run", "1")
        for kind in ("keras", "pytorch"):
            folder.run("export", *run, "--layout", kind, "--output", "w.safetensors")
            folder.run("export", *run, "--code", kind, "--output", "program.py")
            folder.run("export", *run, "--records", "--output", "r.csv")
            done = subprocess.run([PEER, "program.py", "r.csv", "w.safetensors"], cwd=folder.name, capture_output=True, text=True,
                                  env={**os.environ, "KERAS_BACKEND": "torch"}, timeout=300)
            assert done.returncode == 0, done.stderr[-3000:]


if __name__ == "__main__":
    tap.run()
