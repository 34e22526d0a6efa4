# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolution over time: torch.nn.functional.conv1d on each sequence by itself, and Keras' own layer as a
second opinion on padding and lengths."""

import keras
import torch
from torch.nn import functional

from .dense import ACTIVATIONS
from .registry import CASES, Batch, Case, Layer, layer


@layer("conv1d")
class Conv1D(Layer):
    positional = "filters"

    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.units = int(options["filters"])
        self.taps, self.strides, self.dilation = (int(options.get(k, d)) for k, d in
                                                  (("kernel", 5), ("strides", 1), ("dilation", 1)))
        self.padding = options.get("padding", "same")
        self.activation = options.get("activation", "linear")

    def shapes(self):
        return {"kernel": (self.taps * self.n_inputs, self.units), "bias": (self.units,)}

    def pad(self, length):
        span = (self.taps - 1) * self.dilation + 1
        if self.padding == "causal":
            return span - 1, 0
        if self.padding == "valid":
            return 0, 0
        total = max((-(-length // self.strides) - 1) * self.strides + span - length, 0)
        return total // 2, total - total // 2

    def ask_keras(self, kernel, bias, x, y):
        opinion = keras.layers.Conv1D(self.units, self.taps, strides=self.strides, padding=self.padding,
                                      dilation_rate=self.dilation, activation=self.activation, dtype="float64")
        opinion.build((None, None, self.n_inputs))
        opinion.set_weights([kernel.detach().numpy(), bias.detach().numpy()])
        with torch.no_grad():
            assert torch.allclose(opinion(x[None])[0], y, rtol=1e-12, atol=1e-12)

    def forward(self, p, x, batch):
        assert batch.skip is None
        kernel = p["kernel"].reshape(self.taps, self.n_inputs, self.units)
        rows = []
        for row, length in zip(x, batch.lengths.tolist()):
            padded = functional.pad(row[:length].T[None], self.pad(length))
            y = functional.conv1d(padded, kernel.permute(2, 1, 0), p["bias"], self.strides, dilation=self.dilation)
            y = ACTIVATIONS[self.activation](y[0].T)
            if x.dtype == torch.float64 and not self.asked and (self.strides == 1 or self.dilation == 1):
                self.ask_keras(kernel, p["bias"], row[:length], y)
            rows.append(y)
        self.asked = True
        lengths = torch.tensor([len(y) for y in rows])
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), Batch(lengths, None, batch.extras)

    asked = False


OPTIMISERS = ("sgd", "adam")
CASES.update({
    "conv1d-same": Case("conv1d(5, kernel=4, activation=relu) > gru(4) > dense(1)", "binary", OPTIMISERS),
    "conv1d-strides": Case("gru(3, return_sequences) > conv1d(4, kernel=3, strides=2, activation=tanh) > lstm(4) > dense(1)",
                           "regression", OPTIMISERS),
    "conv1d-causal": Case("conv1d(4, kernel=3, padding=causal, dilation=2) > conv1d(3, kernel=2, padding=causal) > dense(1)",
                          "binary-per-step", OPTIMISERS),
    "conv1d-valid": Case("conv1d(4, kernel=3, padding=valid, strides=2, activation=sigmoid) > gru(4) > dense(3, activation=softmax)",
                         "classes", OPTIMISERS, lengths=(7, 4, 9, 3, 6)),
})
