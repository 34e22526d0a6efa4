#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of a Keras model as safetensors, which Keras doesn't write itself, and back.

    python keras_weights.py save MODEL.keras WEIGHTS.safetensors
    python keras_weights.py load MODEL.keras WEIGHTS.safetensors    # into the model, saved anew

A weight's name is its path ("lstm_1/lstm_cell/kernel"), without the model's own name in front. Anamnesis
reads such a file with --layout keras, and writes one that loads into a model whose layers are called as
its own (lstm_1, gru_1, dense_1).
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from safetensors.numpy import load_file, save_file


def name_of(model, weight):
    return weight.path.removeprefix(model.name + "/")


def save(model, path):
    save_file({name_of(model, weight): np.ascontiguousarray(keras.ops.convert_to_numpy(weight)) for weight in model.weights}, path)


def load(model, path):
    tensors = load_file(path)
    wanted = {name_of(model, weight): weight for weight in model.weights}
    if set(tensors) != set(wanted):
        sys.exit(f"{path}: missing {sorted(set(wanted) - set(tensors))}, left over {sorted(set(tensors) - set(wanted))}")
    for name, weight in wanted.items():
        weight.assign(tensors[name])


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("save", "load"):
        sys.exit(__doc__)
    model = keras.models.load_model(sys.argv[2])
    if sys.argv[1] == "save":
        save(model, sys.argv[3])
    else:
        load(model, sys.argv[3])
        model.save(sys.argv[2])


if __name__ == "__main__":
    main()
