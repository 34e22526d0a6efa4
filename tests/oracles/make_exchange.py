#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/engine/exchange: weights as PyTorch and Keras users save them, and what their models answer.

    /tmp/oracles/bin/python tests/oracles/make_exchange.py

(see make_golden.py for the environment). NAME.pytorch.safetensors is a module's state_dict and
NAME.keras.safetensors a model's weights, with the modules' own names, in double precision;
NAME.PEER.check.safetensors holds inputs, outputs and, as texts, the network and the versions.
"""

import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from keras import layers
from keras.src.backend.common import dtypes
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file
from torch import nn

import keras_weights

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "exchange"
N_INPUTS, N_ROWS, N_STEPS, N_TOKENS = 3, 4, 6, 7


class Net(nn.Module):
    """Modules called one after the other; the names are those of the state_dict."""

    def __init__(self, last=True, **modules):
        super().__init__()
        self.last = last
        for name, module in modules.items():
            setattr(self, name, module)

    def forward(self, x):
        recurrent = [module for module in self.children() if isinstance(module, nn.RNNBase)]
        for module in recurrent:
            x = module(x)[0]
        if self.last:
            x = x[:, -1]
        for module in self.children():
            if module not in recurrent:
                x = module(x)
        return x


class Encoder(nn.Module):
    """Names that differ in more than numbers, in another order than the layers'."""

    def __init__(self):
        super().__init__()
        self.readout = nn.Linear(3, 2)
        self.later = nn.LSTM(5, 3, batch_first=True)
        self.earlier = nn.LSTM(N_INPUTS, 5, batch_first=True)

    def forward(self, x):
        return self.readout(self.later(self.earlier(x)[0])[0][:, -1])


class Normalised(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru_1 = nn.GRU(N_INPUTS, 4, batch_first=True)
        self.layer_norm_1 = nn.LayerNorm(4)
        self.lstm_1 = nn.LSTM(4, 3, batch_first=True)
        self.layer_norm_2 = nn.LayerNorm(3)
        self.dense_1 = nn.Linear(3, 1)

    def forward(self, x):
        return self.dense_1(self.layer_norm_2(self.lstm_1(self.layer_norm_1(self.gru_1(x)[0]))[0][:, -1]))


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding_1 = nn.Embedding(N_TOKENS, 4)
        self.gru_1 = nn.GRU(4, 3, batch_first=True)
        self.dense_1 = nn.Linear(3, 1)

    def forward(self, x):
        return self.dense_1(self.gru_1(self.embedding_1(x))[0][:, -1])


class Convolution(nn.Module):
    """PyTorch convolves (rows, channels, steps)."""

    def __init__(self):
        super().__init__()
        self.conv1d_1 = nn.Conv1d(N_INPUTS, 5, 3, stride=2)
        self.gru_1 = nn.GRU(5, 4, batch_first=True)
        self.dense_1 = nn.Linear(4, 2)

    def forward(self, x):
        return self.dense_1(self.gru_1(torch.relu(self.conv1d_1(x.transpose(1, 2))).transpose(1, 2))[0][:, -1])


class BothWays(nn.Module):
    """The state of each direction after it has read everything; last a layer that reads one way."""

    def __init__(self):
        super().__init__()
        self.deep = nn.GRU(N_INPUTS, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.plain = nn.GRU(8, 3, batch_first=True)
        self.both = nn.LSTM(3, 2, bidirectional=True, batch_first=True)
        self.out = nn.Linear(4, 1)

    def forward(self, x):
        _, (h, _) = self.both(self.plain(self.deep(x)[0])[0])
        return self.out(torch.cat([h[0], h[1]], -1))


def rnn(n_inputs, units, **options):
    return nn.RNN(n_inputs, units, batch_first=True, **options)


def lstm(n_inputs, units, **options):
    return nn.LSTM(n_inputs, units, batch_first=True, **options)


def gru(n_inputs, units, **options):
    return nn.GRU(n_inputs, units, batch_first=True, **options)


PYTORCH = {
    "simple-rnn": ("simple_rnn(4) > dense(2)", lambda: Net(simple_rnn_1=rnn(3, 4), dense_1=nn.Linear(4, 2))),
    "simple-rnn-relu": ("simple_rnn(4, activation=relu, return_sequences) > dense(1)",
                        lambda: Net(False, rnn=rnn(3, 4, nonlinearity="relu"), head=nn.Linear(4, 1))),
    "lstm": ("lstm(5) > dense(2)", lambda: Net(lstm_1=lstm(3, 5), dense_1=nn.Linear(5, 2))),
    "lstm-by-shape": ("lstm(5, return_sequences) > lstm(3) > dense(2)", Encoder),
    "lstm-levels": ("lstm(4, return_sequences) > lstm(4) > dense(1)", lambda: Net(rnn=lstm(3, 4, num_layers=2), out=nn.Linear(4, 1))),
    "gru": ("gru(5) > dense(1)", lambda: Net(gru_1=gru(3, 5), dense_1=nn.Linear(5, 1))),
    "gru-numbered": ("gru(3, return_sequences) > gru(3) > dense(3, activation=tanh) > dense(3)",
                     lambda: Net(gru1=gru(3, 3), gru2=gru(3, 3), head=nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3)))),
    "conv1d": ("conv1d(5, kernel=3, padding=valid, strides=2, activation=relu) > gru(4) > dense(2)", Convolution),
    "embedding": ("embedding(4, tokens=7) > gru(3) > dense(1)", Words),
    "layer-norm": ("gru(4, return_sequences) > layer_norm(epsilon=1e-5) > lstm(3) > layer_norm(epsilon=1e-5) > dense(1)", Normalised),
    "both-ways": ("gru(4, return_sequences, bidirectional) > gru(4, return_sequences, bidirectional) > gru(3, return_sequences) > "
                  "lstm(2, bidirectional) > dense(1)", BothWays),
    "lstm-both-ways": ("lstm(4, bidirectional, return_sequences) > dense(1)",
                       lambda: Net(False, lstm_1=lstm(3, 4, bidirectional=True), dense_1=nn.Linear(8, 1))),
    "gru-half": ("gru(4) > dense(1)", lambda: Net(gru_1=gru(3, 4), dense_1=nn.Linear(4, 1))),
}


def sequential(*stack):
    return keras.Sequential([keras.Input((None, N_INPUTS)), *stack])


def words(*stack):
    return functional(*stack, first=keras.Input((None,), dtype="int32"))


def functional(*stack, first=None):
    first = x = keras.Input((None, N_INPUTS)) if first is None else first
    for layer in stack:
        x = layer(x)
    return keras.Model(first, x)


KERAS = {
    "simple-rnn": ("simple_rnn(4) > dense(2)", lambda: functional(layers.SimpleRNN(4, name="simple_rnn_1"), layers.Dense(2, name="dense_1"))),
    "simple-rnn-sigmoid": ("simple_rnn(4, activation=sigmoid, return_sequences) > dense(1)",
                           lambda: sequential(layers.SimpleRNN(4, activation="sigmoid", return_sequences=True), layers.Dense(1))),
    "lstm": ("lstm(5) > dense(2)", lambda: functional(layers.LSTM(5, name="lstm_1"), layers.Dense(2, name="dense_1"))),
    "lstm-stack": ("lstm(3, return_sequences) > lstm(3, return_sequences) > lstm(3) > dense(2)",
                   lambda: sequential(layers.LSTM(3, return_sequences=True), layers.LSTM(3, return_sequences=True), layers.Dropout(0.5),
                                      layers.LSTM(3), layers.Dense(2))),
    "gru": ("gru(5) > dense(1)", lambda: functional(layers.GRU(5, name="gru_1"), layers.Dense(1, name="dense_1"))),
    "gru-reset-before": ("gru(4, reset_after=false) > dense(1)",
                         lambda: functional(layers.GRU(4, reset_after=False, name="gru_1"), layers.Dense(1, name="dense_1"))),
    "conv1d": ("conv1d(4, kernel=3, padding=causal, dilation=2, activation=tanh) > conv1d(3, kernel=2) > gru(4) > dense(1)",
               lambda: functional(layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="tanh", name="conv1d_1"),
                                  layers.Conv1D(3, 2, padding="same", name="conv1d_2"), layers.GRU(4, name="gru_1"),
                                  layers.Dense(1, name="dense_1"))),
    "embedding": ("embedding(3, tokens=7) > lstm(4) > dense(1)",
                  lambda: words(layers.Embedding(N_TOKENS, 3, name="embedding_1"), layers.LSTM(4, name="lstm_1"), layers.Dense(1, name="dense_1"))),
    "layer-norm": ("gru(4, return_sequences) > layer_norm > lstm(3) > layer_norm > dense(1)",
                   lambda: functional(layers.GRU(4, return_sequences=True, name="gru_1"), layers.LayerNormalization(name="layer_norm_1"),
                                      layers.LSTM(3, name="lstm_1"), layers.LayerNormalization(name="layer_norm_2"),
                                      layers.Dense(1, name="dense_1"))),
    "gru-both-ways": ("gru(4, return_sequences, bidirectional) > gru(3, reset_after=false, bidirectional=sum) > dense(1)",
                      lambda: functional(layers.Bidirectional(layers.GRU(4, return_sequences=True, name="gru"), name="gru_1"),
                                         layers.Bidirectional(layers.GRU(3, reset_after=False, name="gru"), "sum", name="gru_2"),
                                         layers.Dense(1, name="dense_1"))),
    "both-ways": ("lstm(3, return_sequences, bidirectional) > lstm(3, return_sequences) > simple_rnn(3, bidirectional=mean) > dense(1)",
                  lambda: sequential(layers.Bidirectional(layers.LSTM(3, return_sequences=True)), layers.LSTM(3, return_sequences=True),
                                     layers.Bidirectional(layers.SimpleRNN(3), "ave"), layers.Dense(1))),
    "gru-both": ("gru(4, reset_after=false, return_sequences) > gru(4) > dense(1)",
                 lambda: sequential(layers.GRU(4, reset_after=False, return_sequences=True), layers.GRU(4), layers.Dense(1))),
}


def inputs_of(name):
    """Numbers, or tokens for an embedding."""
    if name == "embedding":
        return np.random.default_rng(5).integers(0, N_TOKENS, (N_ROWS, N_STEPS))
    return np.random.default_rng(sum(map(ord, name))).normal(0, 1, (N_ROWS, N_STEPS, N_INPUTS))


def check(name, peer, text, outputs, version):
    inputs = inputs_of(name)
    save_arrays({"tokens" if name == "embedding" else "inputs": inputs.astype(np.float64), "outputs": np.ascontiguousarray(outputs)}, OUTPUT / f"{name}.{peer}.check.safetensors",
                {"network": text, "made with": version})


def make_pytorch(name, text, build):
    torch.manual_seed(sum(map(ord, name)))
    module = build().double()
    # Wider than PyTorch's own start, so that nothing hides in the linear middle of the gates.
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0, 0.6)
        if name.endswith("half"):
            module.half().double()
        state = {key: value.half() if name.endswith("half") else value for key, value in module.state_dict().items()}
        outputs = module(torch.tensor(inputs_of(name)))
    save_file(state, OUTPUT / f"{name}.pytorch.safetensors")
    check(name, "pytorch", text, outputs.numpy(), f"torch {torch.__version__}")


def make_keras(name, text, build):
    keras.backend.clear_session()
    keras.utils.set_random_seed(sum(map(ord, name)))
    model = build()
    for weight in model.weights:
        weight.assign(np.random.default_rng(len(weight.path)).normal(0, 0.6, weight.shape))
    keras_weights.save(model, OUTPUT / f"{name}.keras.safetensors")
    outputs = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(inputs_of(name), "int32" if name == "embedding" else "float64")))
    check(name, "keras", text, outputs, f"keras {keras.__version__}")


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for path in OUTPUT.glob("*.safetensors"):
        path.unlink()
    # Outside TensorFlow, Keras multiplies doubles as floats whatever the policy says.
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    for name, (text, build) in PYTORCH.items():
        make_pytorch(name, text, build)
    for name, (text, build) in KERAS.items():
        make_keras(name, text, build)
    print(sum(path.stat().st_size for path in OUTPUT.glob("*.safetensors")), "bytes")


if __name__ == "__main__":
    main()
