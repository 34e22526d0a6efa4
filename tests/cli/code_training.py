#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of export --code train as the run did: from the same weights, on the same records, to the same weights."""

import json
import os
import subprocess

from program import Folder, tap

PEER = os.environ.get("ANAMNESIS_ORACLES", "/tmp/oracles/bin/python")
NETWORK = "gru(4, return_sequences) > lstm(3) > dense(1)"

# A name, a network, options of train. Records are of unlike lengths.
CASES = [
    ("momentum, nesterov", NETWORK, "--optimizer sgd --momentum 0.9 --nesterov --learning-rate 0.1"),
    ("adam", NETWORK, "--optimizer adam"),
    ("adam, amsgrad, moments", NETWORK, "--amsgrad --beta-1 0.8 --beta-2 0.99"),
    ("adamw", NETWORK, "--optimizer adamw --weight-decay 0.1"),
    ("adam that decays", NETWORK, "--weight-decay 0.1"),
    ("nadam", NETWORK, "--optimizer nadam --weight-decay 0.1"),
    ("rmsprop", NETWORK, "--optimizer rmsprop --momentum 0.5 --rho 0.8"),
    ("rmsprop, centered", NETWORK, "--optimizer rmsprop --centered --weight-decay 0.1"),
    ("adagrad", NETWORK, "--optimizer adagrad --learning-rate 0.1 --weight-decay 0.1"),
    ("adadelta", NETWORK, "--optimizer adadelta --learning-rate 1"),
    ("clip by norm", NETWORK, "--optimizer sgd --learning-rate 0.5 --clip-norm 0.05"),
    ("clip by value", NETWORK, "--optimizer sgd --learning-rate 0.5 --clip-value 0.005"),
    ("step", NETWORK, "--optimizer sgd --learning-rate 0.5 --schedule step(every=2,factor=0.3)"),
    ("exponential, bounded", NETWORK, "--optimizer sgd --learning-rate 0.5 --schedule exponential(factor=0.3,minimum=0.1)"),
    ("cosine, warmed up", NETWORK, "--schedule cosine(warmup=1.5,minimum=0.0001)"),
    ("one cycle", NETWORK, "--schedule one_cycle(rise=0.5)"),
    ("plateau", NETWORK, "--learning-rate 0.1 --schedule plateau(patience=1,factor=0.5,min_delta=0.5,cooldown=1)"),
    ("warmed up", NETWORK, "--optimizer sgd --learning-rate 0.5 --schedule constant(warmup=3)"),
    ("balanced", NETWORK, "--optimizer sgd --learning-rate 0.5 --balanced"),
    ("class weights", NETWORK, "--optimizer sgd --learning-rate 0.5 --class-weights 1,4"),
    ("penalties", "gru(3, return_sequences) > lstm(3, bidirectional) > layer_norm > dense(1)",
     "--kernel-l1 0.01 --kernel-l2 0.02 --recurrent-l1 0.003 --recurrent-l2 0.02 --bias-l1 0.01 --bias-l2 0.02"),
    ("penalties of what is written out", "lstm(3, layer_norm, return_sequences) > attention(dot, units=4) > dense(1)",
     "--kernel-l1 0.01 --recurrent-l2 0.02 --bias-l2 0.02"),
    ("deep supervision", NETWORK, "--optimizer sgd --learning-rate 0.5 --deep-supervision 0.6 --balanced"),
    ("deep supervision, dense", "conv1d(4, kernel=3, padding=causal) > gru(3, return_sequences) > lstm(3) > dense(4, activation=tanh) > dense(1)", "--deep-supervision 0.5"),
    ("patience", NETWORK, "--optimizer sgd --learning-rate 8 --patience 1"),
    ("convergence", NETWORK, "--optimizer sgd --learning-rate 0.1 --convergence 0.5 --convergence-epochs 2"),
    ("focal", NETWORK, "--loss binary_focal_crossentropy --focal-alpha 0.3 --focal-gamma 1.5"),
    ("squares of probabilities", "gru(4) > dense(1, activation=sigmoid)", "--loss mean_squared_error"),
    ("probabilities", "gru(4) > dense(1, activation=sigmoid)", "--optimizer sgd"),
    ("classes", "gru(4) > dense(3)", "--target grade --balanced"),
    ("classes, probabilities", "gru(4) > dense(3, activation=softmax)", "--target grade"),
    ("classes, focal", "gru(4) > dense(3)", "--target grade --loss categorical_focal_crossentropy --class-weights 1,2,3"),
    ("classes, squares", "gru(4) > dense(3, activation=softmax)", "--target grade --loss mean_squared_error"),
    ("classes, deep supervision", "gru(4) > dense(3)", "--target grade --deep-supervision 0.7"),
    ("numbers", "gru(4) > dense(1)", "--target score"),
    ("numbers, sizes", "gru(4) > dense(1)", "--target score --loss mean_absolute_error"),
    ("numbers, huber", "gru(4) > dense(1)", "--target score --loss huber --huber-delta 0.7"),
    ("numbers, log-cosh", "gru(4) > dense(1)", "--target score --loss log_cosh"),
    ("reset before", "gru(4, reset_after=false) > dense(1)", ""),
    ("bidirectional", "lstm(3, bidirectional=sum, return_sequences) > gru(3, bidirectional=mean) > dense(1)", ""),
    ("rnn both ways", "simple_rnn(3, bidirectional, activation=relu) > dense(1)", ""),
    ("convolution", "conv1d(4, kernel=3, padding=causal, strides=2, activation=relu) > conv1d(3, kernel=2, padding=valid) > lstm(3) > dense(1)", ""),
    ("convolution, same", "conv1d(4, kernel=4, padding=same, dilation=2) > conv1d(3, kernel=3, padding=same) > lstm(3) > dense(1)", ""),
    ("mean", "lstm(3, return_sequences) > dense(3, activation=tanh) > pooling(mean) > dense(1)", ""),
    ("largest", "lstm(3, return_sequences) > dense(3, activation=tanh) > pooling(max) > dense(1)", ""),
    ("running", "lstm(3, return_sequences) > pooling(mean, return_sequences) > pooling(last) > dense(1)", ""),
    ("attention", "lstm(4, return_sequences) > attention(self, units=4, heads=2) > attention(additive, units=3, heads=2) > dense(1)", ""),
    ("norm", "gru(3, layer_norm, return_sequences) > simple_rnn(3, layer_norm) > dense(1)", ""),
    ("gru-d", "gru_d(4) > dense(1)", "--optimizer sgd --learning-rate 0.5"),
    ("frozen", "gru(4, return_sequences, frozen) > lstm(3) > dense(1)", "--kernel-l2 0.01 --weight-decay 0.1"),
    ("embedding", "embedding(5) > gru(4) > dense(1)", "--kernel-l2 0.01"),
    ("embedding, mean", "embedding(5, combine=mean) > lstm(4) > dense(1)", "--optimizer sgd --learning-rate 0.5"),
]
EPOCHS = 4
# What single precision makes of it, against how far the weights have come.
TOLERANCE = 2e-3


def write_records(folder):
    """Numbers and words of patients whose stays end at unlike hours, with gaps in them."""
    state = [1]

    def draw():
        state[0] = state[0] * 1103515245 + 12345 & 0x7FFFFFFF
        return state[0] / 0x7FFFFFFF

    records, outcomes = ["id,time,heart rate,lactate,diagnosis,ward"], ["id,age,outcome,grade,score"]
    for patient in range(1, 41):
        hours = 6 + int(draw() * 14)
        bad = draw() < 0.35
        for hour in range(hours):
            rate = f"{70 + 30 * draw() + (25 if bad else 0) * hour / hours:.1f}" if draw() < 0.8 else ""
            lactate = f"{1 + draw() + (2 if bad else 0) * hour / hours:.2f}" if draw() < 0.4 else ""
            diagnosis = ("sepsis" if bad else "stroke", "asthma", "fall")[int(draw() * 3)] if draw() < 0.6 else ""
            ward = ("north", "south")[int(draw() * 2)] if draw() < 0.5 else ""
            records.append(f"{patient},{hour},{rate},{lactate},{diagnosis},{ward}")
        outcomes.append(f"{patient},{int(40 + 40 * draw())},{'died' if bad else 'lived'},{('mild', 'fair', 'bad')[int(draw() * 2) + bad]},{3 * draw() + bad:.3f}")
    folder.write("records.csv", "\n".join(records) + "\n")
    folder.write("outcomes.csv", "\n".join(outcomes) + "\n")
    return ["records.csv", "outcomes.csv", "--table", "records.csv=records", "--table", "outcomes.csv=outcomes", "--id", "id", "--time", "time",
            "--step", "1"]


def make_case(folder, source, index):
    _, network, options = CASES[index]
    target = [] if "--target" in options else ["--target", "outcome"]
    study = f"case{index}"
    os.mkdir(folder.path(study))
    told = folder.run_json("train", *source, *target, "--study", f"{study}/s.anamnesis", "--network", network, "--batch-size", "all",
                           "--epochs", str(EPOCHS), "--seed", "3", *options.split())
    run = ("--study", f"{study}/s.anamnesis", "--run", "1")
    last = "best" if "--patience" in options else "last"
    folder.run("export", *run, "--epoch", "0", "--output", f"{study}/begin.safetensors")
    folder.run("export", *run, "--epoch", last, "--output", f"{study}/end.safetensors")
    folder.run("export", *run, "--records", "--output", f"{study}/records.csv")
    for kind in ("keras", "pytorch"):
        folder.run("export", *run, "--code", kind, "--output", f"{study}/{kind}.py")
    return study, [epoch["training_loss"] for epoch in told["epochs"] if epoch["epoch"] > 0]


def test_programs_train_as_the_run_did():
    if not os.path.exists(PEER):
        raise tap.Skip(f"PyTorch and Keras aren't there ({PEER}): that the programs train alike is NOT tested; ANAMNESIS_ORACLES names their Python")
    with Folder() as folder:
        source = write_records(folder)
        chosen = [i for i, case in enumerate(CASES) if os.environ.get("ANAMNESIS_CASE", "") in case[0]]
        runs = dict(make_case(folder, source, i) for i in chosen)
        done = subprocess.run([PEER, os.path.join(tap.SOURCE_ROOT, "tests", "oracles", "train_code.py"), *runs],
                              cwd=folder.name, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stderr[-3000:]
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(told) == 2 * len(chosen), done.stdout
        faults = []
        for line in told:
            name = CASES[int(line["folder"].removeprefix("case"))][0]
            if "error" in line:
                faults.append((line["kind"], name, line["error"]))
                continue
            penalised = any(word in CASES[int(line["folder"].removeprefix("case"))][2] for word in ("-l1", "-l2"))
            losses = runs[line["folder"]]
            print(f"# {line['kind']:8} {name}: {line['difference']:.2e} of {line['way']:.2e}; {line['losses']}")
            if not line["way"] > 0 or line["difference"] > TOLERANCE * line["way"] + 2e-7:
                faults.append((line["kind"], name, line["difference"], line["way"]))
            if len(losses) != len(line["losses"]) or not penalised and max(abs(a - b) for a, b in zip(losses, line["losses"])) > 2e-5:
                faults.append((line["kind"], name, losses, line["losses"]))
        assert not faults, "\n".join(str(fault) for fault in faults)


if __name__ == "__main__":
    tap.run()
