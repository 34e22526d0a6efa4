#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs programs that anamnesis-cli export --code wrote, in the library that they are for.

    python tests/oracles/run_code.py FOLDER...      (see make_golden.py for the environment)

A FOLDER holds keras.py, pytorch.py, weights.safetensors (anamnesis' own layout) and record.json (inspect --json). For
each program one line of JSON: how many parameters it has, and how far its answer to the record is from the run's,
with the run's weights in the places of the same names.
"""

import json
import os
import sys
import types

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import torch
from safetensors.numpy import load_file


def read_program(path):
    module = types.ModuleType("program")
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    return module


def negate_z(array, units):
    array = array.copy()
    array[..., :units] *= -1
    return array


def our_weight(ours, name):
    """A Keras weight's value: "lstm_1/lstm_cell/kernel" or, of a half, "lstm_1/forward_lstm/lstm_cell/kernel"."""
    parts = name.split("/")
    half = next((part.split("_")[0] for part in parts[1:-1] if part.split("_")[0] in ("forward", "backward")), None)
    prefix = f"{parts[0]}.{half}." if half else f"{parts[0]}."
    value = ours[prefix + parts[-1]]
    if "gru_cell" in parts:
        units = value.shape[-1] // 3
        value = negate_z(value, units)
        if parts[-1] == "bias" and prefix + "recurrent_bias" in ours:
            value = np.stack([value, negate_z(ours[prefix + "recurrent_bias"], units)])
    return value


def run_keras(path, ours, record):
    program = read_program(path)
    model = program.model
    for weight in model.weights:
        value = our_weight(ours, weight.path.removeprefix(model.name + "/"))
        weight.assign(value.reshape(weight.shape))
    return sum(int(np.prod(weight.shape)) for weight in model.weights), np.asarray(model(record).detach())


def state_value(ours, name):
    """A PyTorch parameter's value, from the one or two of ours that it is."""
    layer, *middle, leaf = name.split(".")
    half = "forward." if f"{layer}.forward.kernel" in ours else ""
    half = "backward." if half and ("backward_cell" in middle or leaf.endswith("_reverse")) else half
    leaf = leaf.removesuffix("_reverse").removesuffix("_l0")
    if middle or f"{layer}.{half}{leaf}" in ours:
        return ours[f"{layer}.{half}{leaf}"]
    if f"{layer}.embeddings" in ours:
        return ours[f"{layer}.embeddings"]
    if f"{layer}.gamma" in ours:
        return ours[f"{layer}.gamma" if leaf == "weight" else f"{layer}.beta"]
    if leaf == "weight":
        return ours[f"{layer}.kernel"].T
    if leaf == "bias":
        return ours[f"{layer}.bias"]
    own = {"weight_ih": "kernel", "weight_hh": "recurrent_kernel", "bias_ih": "bias", "bias_hh": "recurrent_bias"}[leaf]
    if f"{layer}.{half}{own}" not in ours:
        return np.zeros_like(ours[f"{layer}.{half}bias"])
    value = ours[f"{layer}.{half}{own}"]
    if layer.startswith("gru"):
        units = value.shape[-1] // 3
        z, r, h = (value[..., i * units:(i + 1) * units] for i in range(3))
        value = np.concatenate([r, -z, h], -1)
    return value.T


def run_pytorch(path, ours, record):
    net = read_program(path).Network().eval()
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            value = state_value(ours, name)
            if parameter.dim() == 3:  # a convolution: ours is (taps x inputs, filters)
                filters, inputs, taps = parameter.shape
                value = value.T.reshape(taps, inputs, filters).transpose(2, 1, 0)
            parameter.copy_(torch.as_tensor(np.ascontiguousarray(value)).reshape(parameter.shape))
        answer = net(torch.as_tensor(record)).numpy()
    second = sum(p.numel() for name, p in net.named_parameters() if "bias_hh" in name and not name.startswith("gru"))
    return sum(p.numel() for p in net.parameters()) - second, answer


def main():
    for folder in sys.argv[1:]:
        ours = load_file(os.path.join(folder, "weights.safetensors"))
        with open(os.path.join(folder, "record.json"), encoding="utf-8") as file:
            told = json.load(file)
        record = np.asarray(told["layers"][0]["x"], np.float32)
        if os.path.exists(os.path.join(folder, "gaps.json")):
            with open(os.path.join(folder, "gaps.json"), encoding="utf-8") as file:
                record = np.concatenate([record, *(np.asarray(plane, np.float32) for plane in json.load(file))], -1)
        wanted = np.asarray(told["layers"][-1]["y"], np.float64)[-1]
        for kind, run in (("keras", run_keras), ("pytorch", run_pytorch)):
            count, answer = run(os.path.join(folder, kind + ".py"), ours, record[None])
            answer = answer[0] if answer.ndim == 2 else answer[0, -1]
            print(json.dumps({"folder": folder, "kind": kind, "parameters": count,
                              "difference": float(np.abs(answer - wanted).max())}), flush=True)


if __name__ == "__main__":
    main()
