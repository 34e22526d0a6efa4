# SPDX-License-Identifier: GPL-3.0-or-later
"""Recurrent layers: PyTorch's own modules over packed sequences wherever PyTorch has the cell, plain
autograd code where it hasn't (sigmoid SimpleRNN, the GRU that resets before the product).

Kernels are (inputs, gates x units); gate order i f g o for the LSTM, z r h for the GRU, whose z has
the literature's sign h_t = (1 - z_t) h_{t-1} + z_t h~_t, that is PyTorch's 1 - z.
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .registry import CASES, Case, Layer, layer


def run_packed(module, weights, x, batch):
    assert batch.skip is None
    packed = pack_padded_sequence(x, batch.lengths, batch_first=True, enforce_sorted=False)
    y, _ = torch.func.functional_call(module.to(x.dtype), weights, (packed,))
    return pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0]


def run_steps(x, batch, units, step):
    """step (x_t, h) -> h; a skipped step hands the state on unchanged."""
    h = torch.zeros(x.shape[0], units, dtype=x.dtype)
    alive = batch.alive(x.shape[1])
    if batch.skip is not None:
        alive = alive & ~batch.skip
    outputs = []
    for t in range(x.shape[1]):
        now = alive[:, t].to(x.dtype)[:, None]
        h = now * step(x[:, t], h) + (1 - now) * h
        outputs.append(h)
    return torch.stack(outputs, dim=1)


class Recurrent(Layer):
    n_gates = 1

    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.gives_sequences = self.flag("return_sequences")

    def shapes(self):
        columns = self.n_gates * self.units
        return {"kernel": (self.n_inputs, columns), "recurrent_kernel": (self.units, columns), "bias": (columns,)}

    def forward(self, p, x, batch):
        h = self.run(p, x, batch)
        if self.gives_sequences:
            return h, batch
        return h[torch.arange(len(batch.lengths)), batch.lengths - 1], batch


def one_bias(p):
    return {"weight_ih_l0": p["kernel"].T, "weight_hh_l0": p["recurrent_kernel"].T,
            "bias_ih_l0": p["bias"], "bias_hh_l0": torch.zeros_like(p["bias"])}


@layer("simple_rnn")
class SimpleRNN(Recurrent):
    def run(self, p, x, batch):
        activation = self.options.get("activation", "tanh")
        if activation in ("tanh", "relu"):
            cell = nn.RNN(self.n_inputs, self.units, nonlinearity=activation, batch_first=True)
            return run_packed(cell, one_bias(p), x, batch)
        return run_steps(x, batch, self.units, lambda x_t, h: torch.sigmoid(
            x_t @ p["kernel"] + h @ p["recurrent_kernel"] + p["bias"]))


@layer("lstm")
class LSTM(Recurrent):
    n_gates = 4

    def run(self, p, x, batch):
        return run_packed(nn.LSTM(self.n_inputs, self.units, batch_first=True), one_bias(p), x, batch)


@layer("gru")
class GRU(Recurrent):
    n_gates = 3

    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.reset_after = self.flag("reset_after", True)

    def shapes(self):
        shapes = super().shapes()
        return {**shapes, "recurrent_bias": shapes["bias"]} if self.reset_after else shapes

    def to_torch(self, m):
        """Engine's columns z r h to PyTorch's rows r z n with the sign of z turned."""
        z, r, h = m.split(self.units, dim=-1)
        return torch.cat([r, -z, h], dim=-1)

    def run(self, p, x, batch):
        if self.reset_after:
            weights = {"weight_ih_l0": self.to_torch(p["kernel"]).T,
                       "weight_hh_l0": self.to_torch(p["recurrent_kernel"]).T,
                       "bias_ih_l0": self.to_torch(p["bias"]),
                       "bias_hh_l0": self.to_torch(p["recurrent_bias"])}
            return run_packed(nn.GRU(self.n_inputs, self.units, batch_first=True), weights, x, batch)
        U_z, U_r, U_h = p["recurrent_kernel"].split(self.units, dim=1)

        def step(x_t, h):
            a_z, a_r, a_h = (x_t @ p["kernel"] + p["bias"]).split(self.units, dim=-1)
            z, r = torch.sigmoid(a_z + h @ U_z), torch.sigmoid(a_r + h @ U_r)
            return (1 - z) * h + z * torch.tanh(a_h + (r * h) @ U_h)

        return run_steps(x, batch, self.units, step)


CASES.update({
    "simple-rnn-tanh": Case("simple_rnn(5) > dense(1)", "binary"),
    "simple-rnn-relu": Case("simple_rnn(5, activation=relu) > dense(1)", "regression"),
    "simple-rnn-sigmoid": Case("simple_rnn(5, activation=sigmoid) > dense(3, activation=softmax)", "classes"),
    "lstm": Case("lstm(6) > dense(1, activation=sigmoid)", "binary"),
    "lstm-stack": Case("lstm(7, return_sequences) > lstm(4) > dense(1)", "regression"),
    "gru": Case("gru(6) > dense(1)", "binary"),
    "gru-reset-before": Case("gru(6, reset_after=false) > dense(1)", "binary"),
    "gru-stack": Case("gru(8, return_sequences) > gru(5) > dense(4, activation=softmax)", "classes"),
    "lstm-every-step": Case("lstm(6, return_sequences) > dense(5, activation=tanh) > dense(1)", "binary-per-step"),
})
