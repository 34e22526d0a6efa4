#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains programs that anamnesis-cli export --code wrote, in the library that they are for.

    python tests/oracles/train_code.py FOLDER...      (see make_golden.py for the environment)

A FOLDER holds keras.py, pytorch.py, records.csv (export --records), begin.safetensors and end.safetensors (anamnesis' own
layout, before and after the run's epochs). For each program one line of JSON: the losses of its epochs, how far
its weights are from the run's at the end, and how far the run's weights have come.
"""

import json
import os
import sys

from run_code import our_weight, read_program, state_value

import numpy as np
import torch
from safetensors.numpy import load_file


def shape_like(value, shape):
    """Ours for a convolution of PyTorch's is (taps x inputs, filters)."""
    if len(shape) == 3:
        filters, inputs, taps = shape
        value = value.T.reshape(taps, inputs, filters).transpose(2, 1, 0)
    return np.ascontiguousarray(value).reshape(shape)


def compare(begin, end, found):
    return {"difference": max(float(np.abs(found[name] - end[name]).max()) for name in end),
            "way": max(float(np.abs(begin[name] - end[name]).max()) for name in end)}


def train_keras(folder, begin, end):
    program = read_program(os.path.join(folder, "keras.py"))
    model = program.model
    names = {weight.path: weight.path.removeprefix(model.name + "/") for weight in model.weights}
    ours = [{path: our_weight(of, name).reshape(next(w for w in model.weights if w.path == path).shape) for path, name in names.items()}
            for of in (begin, end)]
    for weight in model.weights:
        weight.assign(ours[0][weight.path])
    losses = program.train(os.path.join(folder, "records.csv")).history["loss"]
    found = {weight.path: np.asarray(weight.value.detach()) for weight in model.weights}
    return {"losses": losses, **compare(*ours, found)}


def train_pytorch(folder, begin, end):
    program = read_program(os.path.join(folder, "pytorch.py"))
    net = program.Network()
    ours = [{name: shape_like(state_value(of, name), tuple(p.shape)) for name, p in net.named_parameters()} for of in (begin, end)]
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(torch.as_tensor(ours[0][name]))
    losses = program.train(net, os.path.join(folder, "records.csv"))
    found = {name: parameter.detach().numpy() for name, parameter in net.named_parameters()}
    return {"losses": losses, **compare(*ours, found)}


def main():
    for folder in sys.argv[1:]:
        begin, end = (load_file(os.path.join(folder, name + ".safetensors")) for name in ("begin", "end"))
        for kind, train in (("keras", train_keras), ("pytorch", train_pytorch)):
            output, sys.stdout = sys.stdout, sys.stderr  # programs tell of their epochs
            try:
                told = train(folder, begin, end)
            except Exception as error:  # the others are tried all the same
                told = {"error": f"{type(error).__name__}: {error}"}
            finally:
                sys.stdout = output
            print(json.dumps({"folder": folder, "kind": kind, **told}), flush=True)


if __name__ == "__main__":
    main()
