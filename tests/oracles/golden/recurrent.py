# SPDX-License-Identifier: GPL-3.0-or-later
"""Recurrent layers: PyTorch's own modules over packed sequences wherever PyTorch has the cell, plain
autograd code where it hasn't (sigmoid or linear SimpleRNN, the GRU that resets before the product).

Kernels are (inputs, gates x units); gate order i f g o for the LSTM, z r h for the GRU, whose z has
the literature's sign h_t = (1 - z_t) h_{t-1} + z_t h~_t, that is PyTorch's 1 - z.
"""

import dataclasses

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from .registry import CASES, EVERY_OPTIMISER, Case, Layer, layer


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


def flip(x, lengths):
    """Each sequence turned round within its own length."""
    steps = torch.arange(x.shape[1])[None, :]
    places = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
    return x[torch.arange(x.shape[0])[:, None], places]


class Recurrent(Layer):
    """A derived class says how one direction runs: one_way_shapes () and run (p, x, batch) giving h at each step."""
    n_gates = 1

    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.gives_sequences = self.flag("return_sequences")
        self.merge = options.get("bidirectional", "none").replace("true", "concat")
        self.one_way_units = self.units
        self.units *= 2 if self.merge == "concat" else 1

    def one_way_shapes(self):
        columns = self.n_gates * self.one_way_units
        return {"kernel": (self.n_inputs, columns), "recurrent_kernel": (self.one_way_units, columns), "bias": (columns,)}

    def shapes(self):
        if self.merge == "none":
            return self.one_way_shapes()
        return {f"{half}.{key}": shape for half in ("forward", "backward") for key, shape in self.one_way_shapes().items()}

    def merged(self, forwards, backwards):
        if self.merge == "concat":
            return torch.cat([forwards, backwards], dim=-1)
        return (forwards + backwards) / (2 if self.merge == "mean" else 1)

    def native(self, halves, x, batch):
        """PyTorch's own bidirectional module, where it has one for this cell."""
        return None

    def run_both_ways(self, p, x, batch):
        halves = [{key.removeprefix(half): v for key, v in p.items() if key.startswith(half)}
                  for half in ("forward.", "backward.")]
        skip = None if batch.skip is None else flip(batch.skip, batch.lengths)
        turned = dataclasses.replace(batch, skip=skip, extras={k: flip(v, batch.lengths) for k, v in batch.extras.items()})
        forwards = self.run(halves[0], x, batch)
        backwards = flip(self.run(halves[1], flip(x, batch.lengths), turned), batch.lengths)
        native = self.native(halves, x, batch)
        if native is not None:
            alive = batch.alive(x.shape[1])
            assert torch.allclose(native[alive], torch.cat([forwards, backwards], dim=-1)[alive], rtol=1e-5, atol=1e-6)
        return forwards, backwards

    def forward(self, p, x, batch):
        last = (torch.arange(len(batch.lengths)), batch.lengths - 1)
        if self.merge == "none":
            h = self.run(p, x, batch)
            return (h if self.gives_sequences else h[last]), batch
        forwards, backwards = self.run_both_ways(p, x, batch)
        if self.gives_sequences:
            return self.merged(forwards, backwards), batch
        return self.merged(forwards[last], backwards[:, 0]), batch


def run_native(module, halves, weights, x, batch):
    return run_packed(module, {name + suffix: v for half, suffix in zip(halves, ("", "_reverse"))
                               for name, v in weights(half).items()}, x, batch)


def one_bias(p):
    return {"weight_ih_l0": p["kernel"].T, "weight_hh_l0": p["recurrent_kernel"].T,
            "bias_ih_l0": p["bias"], "bias_hh_l0": torch.zeros_like(p["bias"])}


@layer("simple_rnn")
class SimpleRNN(Recurrent):
    def run(self, p, x, batch):
        activation = self.options.get("activation", "tanh")
        if activation in ("tanh", "relu"):
            cell = nn.RNN(self.n_inputs, self.one_way_units, nonlinearity=activation, batch_first=True)
            return run_packed(cell, one_bias(p), x, batch)
        bend = torch.sigmoid if activation == "sigmoid" else lambda y: y
        return run_steps(x, batch, self.one_way_units, lambda x_t, h: bend(
            x_t @ p["kernel"] + h @ p["recurrent_kernel"] + p["bias"]))


@layer("lstm")
class LSTM(Recurrent):
    n_gates = 4

    def run(self, p, x, batch):
        return run_packed(nn.LSTM(self.n_inputs, self.one_way_units, batch_first=True), one_bias(p), x, batch)

    def native(self, halves, x, batch):
        return run_native(nn.LSTM(self.n_inputs, self.one_way_units, batch_first=True, bidirectional=True), halves, one_bias, x, batch)


@layer("gru")
class GRU(Recurrent):
    n_gates = 3

    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.reset_after = self.flag("reset_after", True)

    def one_way_shapes(self):
        shapes = super().one_way_shapes()
        return {**shapes, "recurrent_bias": shapes["bias"]} if self.reset_after else shapes

    def to_torch(self, m):
        """Engine's columns z r h to PyTorch's rows r z n with the sign of z turned."""
        z, r, h = m.split(self.one_way_units, dim=-1)
        return torch.cat([r, -z, h], dim=-1)

    def weights(self, p):
        return {"weight_ih_l0": self.to_torch(p["kernel"]).T, "weight_hh_l0": self.to_torch(p["recurrent_kernel"]).T,
                "bias_ih_l0": self.to_torch(p["bias"]), "bias_hh_l0": self.to_torch(p["recurrent_bias"])}

    def native(self, halves, x, batch):
        if self.reset_after:
            module = nn.GRU(self.n_inputs, self.one_way_units, batch_first=True, bidirectional=True)
            return run_native(module, halves, self.weights, x, batch)

    def run(self, p, x, batch):
        if self.reset_after:
            return run_packed(nn.GRU(self.n_inputs, self.one_way_units, batch_first=True), self.weights(p), x, batch)
        U_z, U_r, U_h = p["recurrent_kernel"].split(self.one_way_units, dim=1)

        def step(x_t, h):
            a_z, a_r, a_h = (x_t @ p["kernel"] + p["bias"]).split(self.units, dim=-1)
            z, r = torch.sigmoid(a_z + h @ U_z), torch.sigmoid(a_r + h @ U_r)
            return (1 - z) * h + z * torch.tanh(a_h + (r * h) @ U_h)

        return run_steps(x, batch, self.one_way_units, step)


CASES.update({
    "simple-rnn-tanh": Case("simple_rnn(5) > dense(1)", "binary", EVERY_OPTIMISER),
    "simple-rnn-relu": Case("simple_rnn(5, activation=relu) > dense(1)", "regression", EVERY_OPTIMISER),
    "simple-rnn-sigmoid": Case("simple_rnn(5, activation=sigmoid) > dense(3, activation=softmax)", "classes", EVERY_OPTIMISER),
    "simple-rnn-linear": Case("simple_rnn(4, activation=linear) > dense(1)", "binary", ("sgd", "adam")),
    "lstm": Case("lstm(6) > dense(1, activation=sigmoid)", "binary", EVERY_OPTIMISER),
    "lstm-stack": Case("lstm(7, return_sequences) > lstm(4) > dense(1)", "regression", EVERY_OPTIMISER),
    "gru": Case("gru(6) > dense(1)", "binary", EVERY_OPTIMISER),
    "gru-reset-before": Case("gru(6, reset_after=false) > dense(1)", "binary", EVERY_OPTIMISER),
    "gru-stack": Case("gru(8, return_sequences) > gru(5) > dense(4, activation=softmax)", "classes", EVERY_OPTIMISER),
    "lstm-every-step": Case("lstm(6, return_sequences) > dense(5, activation=tanh) > dense(1)", "binary-per-step", EVERY_OPTIMISER),
    "lstm-bidirectional": Case("lstm(4, bidirectional) > dense(1)", "binary", ("sgd", "adam")),
    "gru-bidirectional": Case("gru(4, bidirectional=mean, return_sequences) > gru(3, bidirectional=sum) > "
                              "dense(4, activation=softmax)", "classes", ("sgd", "adam")),
    "lstm-bidirectional-every-step": Case("lstm(4, bidirectional, return_sequences) > dense(1)", "binary-per-step", ("sgd", "adam")),
})
