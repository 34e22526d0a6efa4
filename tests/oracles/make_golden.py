#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/engine/golden/*.json with PyTorch and Keras.

    python3 -m venv /tmp/oracles && . /tmp/oracles/bin/activate
    pip install torch keras numpy && python tests/oracles/make_golden.py

Networks are PyTorch's own modules (torch.nn.RNN, LSTM, GRU over packed
sequences) wherever PyTorch has the cell, and plain autograd code where it
hasn't (sigmoid SimpleRNN, the GRU that resets before the product). Gradients
are PyTorch's, in double precision; updates are made by Keras' own optimisers
on those gradients. Parameters are written in the engine's layout: kernels are
(inputs, gates x units); gate order i f g o for the LSTM, z r h for the GRU, whose
z has the literature's sign h_t = (1 - z_t) h_{t-1} + z_t h~_t, that
is PyTorch's 1 - z.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "golden"
UPDATES = (1, 10, 100)
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "linear": lambda x: x}


class SimpleRNN(nn.Module):
    def __init__(self, n_inputs, units, activation):
        super().__init__()
        self.units, self.activation = units, activation
        if activation in ("tanh", "relu"):
            self.cell = nn.RNN(n_inputs, units, nonlinearity=activation, batch_first=True)
            self.cell.bias_hh_l0.requires_grad_(False)

    def load(self, p):
        self.kernel, self.recurrent_kernel, self.bias = p["kernel"], p["recurrent_kernel"], p["bias"]

    def forward(self, x, lengths):
        if self.activation in ("tanh", "relu"):
            weights = {"weight_ih_l0": self.kernel.T, "weight_hh_l0": self.recurrent_kernel.T,
                       "bias_ih_l0": self.bias, "bias_hh_l0": torch.zeros_like(self.bias)}
            return run_packed(self.cell, weights, x, lengths)
        return run_steps(x, lengths, self.units, lambda x_t, h: torch.sigmoid(
            x_t @ self.kernel + h @ self.recurrent_kernel + self.bias))


class LSTM(nn.Module):
    def __init__(self, n_inputs, units):
        super().__init__()
        self.cell = nn.LSTM(n_inputs, units, batch_first=True)

    def load(self, p):
        self.kernel, self.recurrent_kernel, self.bias = p["kernel"], p["recurrent_kernel"], p["bias"]

    def forward(self, x, lengths):
        weights = {"weight_ih_l0": self.kernel.T, "weight_hh_l0": self.recurrent_kernel.T,
                   "bias_ih_l0": self.bias, "bias_hh_l0": torch.zeros_like(self.bias)}
        return run_packed(self.cell, weights, x, lengths)


class GRU(nn.Module):
    def __init__(self, n_inputs, units, reset_after):
        super().__init__()
        self.units, self.reset_after = units, reset_after
        if reset_after:
            self.cell = nn.GRU(n_inputs, units, batch_first=True)

    def load(self, p):
        self.kernel, self.recurrent_kernel, self.bias = p["kernel"], p["recurrent_kernel"], p["bias"]
        self.recurrent_bias = p.get("recurrent_bias")

    def to_torch(self, m):
        """Engine's columns z r h to PyTorch's rows r z n with the sign of z turned."""
        z, r, h = m.split(self.units, dim=-1)
        return torch.cat([r, -z, h], dim=-1)

    def forward(self, x, lengths):
        if self.reset_after:
            weights = {"weight_ih_l0": self.to_torch(self.kernel).T,
                       "weight_hh_l0": self.to_torch(self.recurrent_kernel).T,
                       "bias_ih_l0": self.to_torch(self.bias),
                       "bias_hh_l0": self.to_torch(self.recurrent_bias)}
            return run_packed(self.cell, weights, x, lengths)
        U_z, U_r, U_h = self.recurrent_kernel.split(self.units, dim=1)

        def step(x_t, h):
            a_z, a_r, a_h = (x_t @ self.kernel + self.bias).split(self.units, dim=-1)
            z, r = torch.sigmoid(a_z + h @ U_z), torch.sigmoid(a_r + h @ U_r)
            return (1 - z) * h + z * torch.tanh(a_h + (r * h) @ U_h)

        return run_steps(x, lengths, self.units, step)


class Dense(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.activation = activation

    def load(self, p):
        self.kernel, self.bias = p["kernel"], p["bias"]

    def forward(self, x, lengths):
        y = x @ self.kernel + self.bias
        return y if self.activation in ("sigmoid", "softmax") else ACTIVATIONS[self.activation](y)


def run_packed(module, weights, x, lengths):
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    y, _ = torch.func.functional_call(module, weights, (packed,))
    return pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0]


def run_steps(x, lengths, units, step):
    h = torch.zeros(x.shape[0], units, dtype=x.dtype)
    outputs = []
    for t in range(x.shape[1]):
        alive = (t < lengths).to(x.dtype)[:, None]
        h = alive * step(x[:, t], h) + (1 - alive) * h
        outputs.append(h * alive)
    return torch.stack(outputs, dim=1)


# name: network text, layers (kind, options), target, loss
CASES = {
    "simple-rnn-tanh": ("simple_rnn(5) > dense(1)", "binary"),
    "simple-rnn-relu": ("simple_rnn(5, activation=relu) > dense(1)", "regression"),
    "simple-rnn-sigmoid": ("simple_rnn(5, activation=sigmoid) > dense(3, activation=softmax)", "classes"),
    "lstm": ("lstm(6) > dense(1, activation=sigmoid)", "binary"),
    "lstm-stack": ("lstm(7, return_sequences) > lstm(4) > dense(1)", "regression"),
    "gru": ("gru(6) > dense(1)", "binary"),
    "gru-reset-before": ("gru(6, reset_after=false) > dense(1)", "binary"),
    "gru-stack": ("gru(8, return_sequences) > gru(5) > dense(4, activation=softmax)", "classes"),
    "lstm-every-step": ("lstm(6, return_sequences) > dense(5, activation=tanh) > dense(1)", "binary-per-step"),
}
N_INPUTS, LENGTHS = 3, [7, 4, 9, 1, 5]


def parse(text):
    layers = []
    for word in text.split(">"):
        kind, _, arguments = word.strip().rstrip(")").partition("(")
        size, *options = [a.strip() for a in arguments.split(",")]
        options = dict(o.split("=") if "=" in o else (o, "true") for o in options)
        layers.append((kind, int(size), options))
    return layers


def build(text):
    n_inputs, modules, shapes = N_INPUTS, [], []
    counts = {}
    for kind, units, options in parse(text):
        counts[kind] = counts.get(kind, 0) + 1
        name = f"{kind}_{counts[kind]}"
        gates = {"simple_rnn": 1, "lstm": 4, "gru": 3, "dense": 1}[kind]
        layer = {"kernel": (n_inputs, gates * units)}
        if kind != "dense":
            layer["recurrent_kernel"] = (units, gates * units)
        layer["bias"] = (gates * units,)
        if kind == "simple_rnn":
            module = SimpleRNN(n_inputs, units, options.get("activation", "tanh"))
        elif kind == "lstm":
            module = LSTM(n_inputs, units)
        elif kind == "gru":
            reset_after = options.get("reset_after", "true") == "true"
            module = GRU(n_inputs, units, reset_after)
            if reset_after:
                layer["recurrent_bias"] = (gates * units,)
        else:
            module = Dense(options.get("activation", "linear"))
        modules.append((name, module, options, kind))
        shapes.append((name, layer))
        n_inputs = units
    return modules, shapes


def forward(modules, parameters, x, lengths, per_step):
    sequence = True
    for name, module, options, kind in modules:
        module.load({k: v for (n, k), v in parameters.items() if n == name})
        if kind == "dense" and not sequence:
            x = module(x, lengths)
            continue
        x = module(x, lengths)
        if kind != "dense" and "return_sequences" not in options:
            x = x[torch.arange(len(lengths)), lengths - 1]
            sequence = False
    return x


def loss_of(kind, outputs, target, lengths, weights):
    """Weighted mean over the rows that count, as the engine defines it."""
    if kind == "binary-per-step":
        values = nn.functional.binary_cross_entropy_with_logits(outputs[..., 0], target, reduction="none")
        alive = (torch.arange(values.shape[1])[None, :] < lengths[:, None]).to(values.dtype)
        w = weights[:, None] * alive
        return (values * w).sum() / w.sum()
    if kind == "binary":
        values = nn.functional.binary_cross_entropy_with_logits(outputs[:, 0], target, reduction="none")
    elif kind == "classes":
        values = nn.functional.cross_entropy(outputs, target.long(), reduction="none")
    else:
        values = (outputs[:, 0] - target) ** 2
    return (values * weights).sum() / weights.sum()


def optimisers():
    return {
        "sgd": ({"learning_rate": 0.1}, lambda: keras.optimizers.SGD(0.1)),
        "momentum": ({"learning_rate": 0.05, "momentum": 0.9}, lambda: keras.optimizers.SGD(0.05, momentum=0.9)),
        "nesterov": ({"learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
                     lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)),
        "rmsprop": ({"learning_rate": 0.01}, lambda: keras.optimizers.RMSprop(0.01)),
        "adam": ({"learning_rate": 0.01}, lambda: keras.optimizers.Adam(0.01)),
    }


def norm_distance(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b) + 1e-300))


def gradients_of(modules, parameters, data, kind, dtype):
    x, lengths, target, weights = data
    leaf = {k: v.detach().to(dtype).requires_grad_(True) for k, v in parameters.items()}
    for _, module, _, _ in modules:
        module.to(dtype)
    outputs = forward(modules, leaf, x.to(dtype), lengths, kind.endswith("per-step"))
    loss = loss_of(kind, outputs, target.to(dtype), lengths, weights.to(dtype))
    grads = torch.autograd.grad(loss, list(leaf.values()))
    return outputs.detach(), loss.item(), dict(zip(leaf, [g.detach() for g in grads]))


def train(modules, parameters, data, kind, make, dtype):
    keras.config.set_floatx("float64" if dtype == torch.float64 else "float32")
    variables = {k: keras.Variable(v.numpy().astype(keras.config.floatx())) for k, v in parameters.items()}
    optimiser = make()
    optimiser.build(list(variables.values()))
    kept = {}
    for update in range(1, max(UPDATES) + 1):
        current = {k: v.value.detach() for k, v in variables.items()}
        _, loss, grads = gradients_of(modules, current, data, kind, dtype)
        optimiser.apply_gradients([(grads[k], variables[k]) for k in variables])
        if update in UPDATES:
            kept[update] = ({k: v.value.detach().clone() for k, v in variables.items()}, loss)
    return kept


def make_case(name, text, kind):
    seed = sum(map(ord, name))
    rng = np.random.default_rng(seed)
    modules, shapes = build(text)
    parameters = {(layer, key): torch.tensor(rng.normal(0, 0.5, shape)) for layer, keys in shapes
                  for key, shape in keys.items()}
    lengths = torch.tensor(LENGTHS)
    T = max(LENGTHS)
    x = torch.tensor(rng.normal(0, 1, (len(LENGTHS), T, N_INPUTS)))
    # Through float once, so that both builds of the engine are given the same numbers.
    parameters = {k: v.float().double() for k, v in parameters.items()}
    x = x.float().double()
    for b, n in enumerate(LENGTHS):
        x[b, n:] = 0
    n_outputs = shapes[-1][1]["bias"][0]
    target = {"binary": lambda: rng.integers(0, 2, len(LENGTHS)).astype(float),
              "classes": lambda: rng.integers(0, n_outputs, len(LENGTHS)).astype(float),
              "regression": lambda: rng.normal(0, 1, len(LENGTHS)).astype(np.float32).astype(float),
              "binary-per-step": lambda: rng.integers(0, 2, (len(LENGTHS), T)).astype(float)}[kind]()
    target = torch.tensor(target)
    weights = torch.tensor([1.0, 2.0, 0.5, 1.0, 1.5], dtype=torch.float64)
    data = (x, lengths, target, weights)
    outputs, loss, grads = gradients_of(modules, parameters, data, kind, torch.float64)
    outputs32, loss32, grads32 = gradients_of(modules, parameters, data, kind, torch.float32)
    if kind.startswith("binary"):
        outputs, outputs32 = torch.sigmoid(outputs), torch.sigmoid(outputs32)
    elif kind == "classes":
        outputs, outputs32 = torch.softmax(outputs, -1), torch.softmax(outputs32, -1)

    def table(tensors):
        return {f"{layer}.{key}": v.double().numpy().ravel().tolist() for (layer, key), v in tensors.items()}

    if kind == "binary-per-step":
        flat = [outputs[b, :n, 0].tolist() for b, n in enumerate(LENGTHS)]
        flat = [v for row in flat for v in row]
        targets = [v for b, n in enumerate(LENGTHS) for v in target[b, :n].tolist()]
    else:
        flat, targets = outputs.numpy().ravel().tolist(), target.tolist()
    case = {
        "network": text, "target": kind, "n_inputs": N_INPUTS, "lengths": LENGTHS,
        "inputs": [v for b, n in enumerate(LENGTHS) for v in x[b, :n].numpy().ravel().tolist()],
        "targets": targets, "weights": weights.tolist(),
        "parameters": table(parameters), "outputs": flat, "loss": loss, "gradients": table(grads),
        "float_distance": {
            "outputs": norm_distance(outputs.numpy(), outputs32.numpy()),
            "gradients": {f"{k[0]}.{k[1]}": norm_distance(grads[k], grads32[k]) for k in grads}},
        "updates": {},
    }
    for optimiser, (hyperparameters, make) in optimisers().items():
        double = train(modules, parameters, data, kind, make, torch.float64)
        single = train(modules, parameters, data, kind, make, torch.float32)
        case["updates"][optimiser] = {"hyperparameters": hyperparameters, "after": {
            str(n): {"loss": double[n][1], "parameters": table(double[n][0]),
                     "float_distance": {f"{k[0]}.{k[1]}": norm_distance(double[n][0][k], single[n][0][k])
                                        for k in double[n][0]}}
            for n in UPDATES}}
    return case


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return value


def main():
    OUTPUT.mkdir(parents=True, exist_ok=True)
    versions = {"torch": torch.__version__, "keras": keras.__version__, "numpy": np.__version__}
    for name, (text, kind) in CASES.items():
        case = rounded(make_case(name, text, kind))
        case = {"made_with": versions, **case}
        path = OUTPUT / f"{name}.json"
        path.write_text(json.dumps(case, separators=(",", ":")) + "\n")
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
