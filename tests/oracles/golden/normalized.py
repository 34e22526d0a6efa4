# SPDX-License-Identifier: GPL-3.0-or-later
"""Recurrent layers with layer normalisation, written from J. L. Ba, J. R. Kiros, G. E. Hinton (2016): Layer
normalization, arXiv:1607.06450: equation 4 for the simple RNN, the supplement's for LSTM and GRU, with PyTorch's
own layer_norm and Keras' epsilon."""

import torch
from torch.nn.functional import layer_norm

from .recurrent import GRU, LSTM, SimpleRNN, run_steps
from .registry import CASES, Case, layer

EPSILON = 1e-3


def LN(a, scale):
    return layer_norm(a, (a.shape[-1],), scale, None, EPSILON)


def extended(cls, kind):
    """The plain class unless the text says layer_norm."""
    def choose(plain):
        def make(n_inputs, options, takes_sequences):
            normalizes = options.get("layer_norm", "false") == "true"
            return (cls if normalizes else plain)(n_inputs, options, takes_sequences)
        make.positional = plain.positional
        return make
    return choose


class NormalizedRNN(SimpleRNN):
    def one_way_shapes(self):
        return {**super().one_way_shapes(), "scale": (self.one_way_units,)}

    def run(self, p, x, batch):
        bend = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}[self.options.get("activation", "tanh")]
        return run_steps(x, batch, self.one_way_units, lambda x_t, h: bend(
            LN(x_t @ p["kernel"] + h @ p["recurrent_kernel"], p["scale"]) + p["bias"]))


class NormalizedLSTM(LSTM):
    def one_way_shapes(self):
        H = self.one_way_units
        return {**super().one_way_shapes(), "kernel_scale": (4 * H,), "recurrent_scale": (4 * H,), "cell_scale": (H,), "cell_bias": (H,)}

    def native(self, halves, x, batch):
        return None

    def run(self, p, x, batch):
        def step(x_t, state):
            h, c = state.chunk(2, dim=-1)
            sums = LN(x_t @ p["kernel"], p["kernel_scale"]) + LN(h @ p["recurrent_kernel"], p["recurrent_scale"]) + p["bias"]
            i, f, g, o = sums.chunk(4, dim=-1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            return torch.cat([torch.sigmoid(o) * torch.tanh(LN(c, p["cell_scale"]) + p["cell_bias"]), c], dim=-1)

        return run_steps(x, batch, 2 * self.one_way_units, step).chunk(2, dim=-1)[0]


class NormalizedGRU(GRU):
    def one_way_shapes(self):
        columns = (3 * self.one_way_units,)
        return {**super().one_way_shapes(), "kernel_scale": columns, "recurrent_scale": columns}

    def native(self, halves, x, batch):
        return None

    def run(self, p, x, batch):
        H = self.one_way_units

        def parts(matrix):
            return matrix[..., :2 * H], matrix[..., 2 * H:]

        W_g, W_h = parts(p["kernel"])
        U_g, U_h = parts(p["recurrent_kernel"])
        b_g, b_h = parts(p["bias"])
        x_g, x_h = parts(p["kernel_scale"])
        h_g, h_h = parts(p["recurrent_scale"])
        c_g, c_h = parts(p["recurrent_bias"]) if self.reset_after else (0, 0)

        def step(x_t, h):
            z, r = torch.sigmoid(LN(x_t @ W_g, x_g) + LN(h @ U_g, h_g) + b_g + c_g).chunk(2, dim=-1)
            old = r * (LN(h @ U_h, h_h) + c_h) if self.reset_after else LN((r * h) @ U_h, h_h)
            return (1 - z) * h + z * torch.tanh(LN(x_t @ W_h, x_h) + b_h + old)

        return run_steps(x, batch, H, step)


for kind, plain, normalized in (("simple_rnn", SimpleRNN, NormalizedRNN), ("lstm", LSTM, NormalizedLSTM), ("gru", GRU, NormalizedGRU)):
    layer(kind)(extended(normalized, kind)(plain))

CASES.update({
    "simple-rnn-layer-norm": Case("simple_rnn(5, layer_norm) > dense(1)", "binary", ("sgd", "adam")),
    "lstm-layer-norm": Case("lstm(8, layer_norm) > dense(1)", "regression", ("sgd", "adam")),
    "gru-layer-norm": Case("gru(4, layer_norm) > dense(1)", "binary", ("sgd", "adam")),
    "gru-layer-norm-before": Case("gru(4, layer_norm, reset_after=false, bidirectional) > dense(1)", "binary", ("sgd", "adam")),
})
