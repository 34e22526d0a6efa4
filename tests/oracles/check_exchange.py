#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has PyTorch and Keras load what anamnesis-cli exports, save it anew, and anamnesis-cli predict from that.

    /tmp/oracles/bin/python tests/oracles/check_exchange.py _build/app/cli/anamnesis-cli

(see make_golden.py for the environment). Every weight must find its place, and the predictions must be the
same to the last digit.
"""

import os
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "torch"

import keras
from keras import layers
from safetensors import safe_open
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import load_file, save_file
from torch import nn

import keras_weights

PROGRAM = os.path.abspath(sys.argv[1])
SOURCE = "sample:icu?patients=120"
NETWORK = "gru(6, return_sequences) > lstm(5, return_sequences) > simple_rnn(4) > dense(3, activation=tanh) > dense(1)"


def call(*arguments):
    subprocess.run([PROGRAM, *arguments], check=True, stdout=subprocess.DEVNULL)


def texts_of(path):
    with safe_open(path, "np") as file:
        return file.metadata()


def through_pytorch(path, n_inputs):
    module = nn.Module()
    module.gru_1, module.lstm_1 = nn.GRU(n_inputs, 6), nn.LSTM(6, 5)
    module.simple_rnn_1, module.dense_1, module.dense_2 = nn.RNN(5, 4), nn.Linear(4, 3), nn.Linear(3, 1)
    module.load_state_dict(load_file(path), strict=True)
    texts = texts_of(path)
    save_file(module.state_dict(), path, texts)


def through_keras(path, n_inputs):
    model = keras.Sequential([
        keras.Input((None, n_inputs)), layers.GRU(6, return_sequences=True, name="gru_1"),
        layers.LSTM(5, return_sequences=True, name="lstm_1"), layers.SimpleRNN(4, name="simple_rnn_1"),
        layers.Dense(3, "tanh", name="dense_1"), layers.Dense(1, name="dense_2")])
    texts = texts_of(path)
    keras_weights.load(model, path)
    for weight in model.weights:
        weight.assign(weight)
    keras_weights.save(model, path)
    save_arrays(load_arrays(path), path, texts)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["XDG_DATA_HOME"] = folder
        call("train", SOURCE, "--study", "s.anamnesis", "--network", NETWORK, "--epochs", "2")
        run = ("--study", "s.anamnesis", "--run", "1")
        call("predict", *run, "--output", "own.csv", SOURCE)
        for layout, through in (("pytorch", through_pytorch), ("keras", through_keras)):
            call("export", *run, "--layout", layout, "--output", "w.safetensors")
            through("w.safetensors", int(texts_of("w.safetensors")["inputs"]))
            call("predict", "--weights", "w.safetensors", "--output", "again.csv", SOURCE)
            same = open("own.csv").read() == open("again.csv").read()
            print(f"{layout}: {'the same predictions' if same else 'OTHER PREDICTIONS'}")
            if not same:
                sys.exit(1)


if __name__ == "__main__":
    main()
