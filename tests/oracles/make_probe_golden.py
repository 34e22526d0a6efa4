#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/engine/golden-probe/*.json with PyTorch, NumPy and SciPy.

    python3 -m venv /tmp/oracles && . /tmp/oracles/bin/activate
    pip install torch numpy scipy && python tests/oracles/make_probe_golden.py

What the probe shows of one record: gates, states and all gradients at each
step, Jacobians of the state with their eigenvalues and singular values, and
products of them. Jacobians are those of torch.nn's own cells by
torch.autograd.functional.jacobian, in double precision (of plain autograd code
where PyTorch has no such cell: the GRU that resets before the product).
Parameters are written in the engine's layout: see make_golden.py.

statistics.json: of random walks, trees of clusters (scipy.cluster.hierarchy),
principal components (numpy.linalg.svd) and histograms (numpy.histogram).
"""

import json
import pathlib

import numpy as np
import scipy
import torch
from scipy.cluster.hierarchy import linkage
from torch import nn
from torch.autograd.functional import jacobian

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "golden-probe"
N_STEPS, N_INPUTS, N_OUTPUTS = 7, 3, 2

torch.set_default_dtype(torch.float64)


class Cell:
    """A cell twice: as PyTorch's module and as equations whose sums z can be asked for their gradients."""

    n_parts = 1

    def __init__(self, text, units, gates, recurrent_bias=False):
        self.text, self.units, self.gates = text, units, gates
        self.kernel = 0.7 * torch.randn(N_INPUTS, len(gates) * units)
        self.recurrent_kernel = 0.7 * torch.randn(units, len(gates) * units)
        self.bias = 0.5 * torch.randn(len(gates) * units)
        self.recurrent_bias = 0.5 * torch.randn(len(gates) * units) if recurrent_bias else None

    def parameters(self):
        parts = [self.kernel, self.recurrent_kernel, self.bias]
        return parts if self.recurrent_bias is None else [*parts, self.recurrent_bias]

    def load(self, module, convert=lambda m: m):
        with torch.no_grad():
            module.weight_ih.copy_(convert(self.kernel).T)
            module.weight_hh.copy_(convert(self.recurrent_kernel).T)
            module.bias_ih.copy_(convert(self.bias))
            module.bias_hh.copy_(torch.zeros_like(module.bias_hh) if self.recurrent_bias is None else convert(self.recurrent_bias))
        return module

    def split(self, x, s):
        return (x @ self.kernel + self.bias).split(self.units, dim=-1), self.recurrent_kernel.split(self.units, dim=-1)


class SimpleRNN(Cell):
    def __init__(self, text, units, activation):
        super().__init__(text, units, ["h"])
        self.activation = activation
        self.module = self.load(nn.RNNCell(N_INPUTS, units, nonlinearity=activation))

    def reference(self, x, s):
        return self.module(x, s)

    def step(self, x, s):
        z = x @ self.kernel + s @ self.recurrent_kernel + self.bias
        h = torch.tanh(z) if self.activation == "tanh" else torch.relu(z)
        return h, {"h": z}, {"h": h}


class LSTM(Cell):
    n_parts = 2

    def __init__(self, text, units):
        super().__init__(text, units, ["i", "f", "g", "o"])
        self.module = self.load(nn.LSTMCell(N_INPUTS, units))

    def reference(self, x, s):
        return torch.cat(self.module(x, tuple(s.split(self.units, dim=-1))), dim=-1)

    def step(self, x, s):
        h, c = s.split(self.units, dim=-1)
        z = dict(zip(self.gates, (x @ self.kernel + h @ self.recurrent_kernel + self.bias).split(self.units, dim=-1)))
        i, f, o = (torch.sigmoid(z[gate]) for gate in "ifo")
        g = torch.tanh(z["g"])
        c = f * c + i * g
        h = o * torch.tanh(c)
        return torch.cat([h, c], dim=-1), z, {"i": i, "f": f, "g": g, "o": o, "c": c, "h": h}


class GRU(Cell):
    def __init__(self, text, units, reset_after):
        super().__init__(text, units, ["z", "r", "h~"], recurrent_bias=reset_after)
        self.reset_after = reset_after
        if reset_after:
            self.module = self.load(nn.GRUCell(N_INPUTS, units), self.to_torch)

    def to_torch(self, m):
        """Engine's columns z r h to PyTorch's rows r z n with the sign of z turned."""
        z, r, h = m.split(self.units, dim=-1)
        return torch.cat([r, -z, h], dim=-1)

    def reference(self, x, s):
        return self.module(x, s) if self.reset_after else self.step(x, s)[0]

    def step(self, x, s):
        (a_z, a_r, a_h), (u_z, u_r, u_h) = self.split(x, s)
        b_z, b_r, b_h = self.recurrent_bias.split(self.units) if self.reset_after else (0, 0, 0)
        z_z, z_r = a_z + s @ u_z + b_z, a_r + s @ u_r + b_r
        z, r = torch.sigmoid(z_z), torch.sigmoid(z_r)
        z_h = a_h + r * (s @ u_h + b_h) if self.reset_after else a_h + (r * s) @ u_h
        candidate = torch.tanh(z_h)
        h = (1 - z) * s + z * candidate
        return h, {"z": z_z, "r": z_r, "h~": z_h}, {"z": z, "r": r, "h~": candidate, "h": h}


def flat(tensor):
    return tensor.detach().reshape(-1).tolist()


def singular(matrix):
    return float(np.linalg.svd(matrix.numpy(), compute_uv=False)[0])


def spectrum(matrix):
    """Largest modulus first; of a pair the positive imaginary part first."""
    values = sorted(np.linalg.eigvals(matrix.detach().numpy()), key=lambda v: (-round(abs(v), 12), -round(v.real, 12), -v.imag))
    return {"real": [v.real for v in values], "imaginary": [v.imag for v in values]}


def make(cell):
    n_state = cell.units * cell.n_parts
    x = torch.randn(N_STEPS, N_INPUTS)
    head, head_bias, target = 0.7 * torch.randn(cell.units, N_OUTPUTS), torch.randn(N_OUTPUTS), torch.randn(N_OUTPUTS)

    states, sums, values = [torch.zeros(n_state)], [], []
    for t in range(N_STEPS):
        s, z, v = cell.step(x[t], states[-1])
        assert torch.allclose(s, cell.reference(x[t], states[-1]), atol=1e-14), cell.text
        for kept in [*z.values(), *v.values()]:
            if kept.requires_grad:
                kept.retain_grad()
        states.append(s)
        sums.append(z)
        values.append(v)
    loss = ((values[-1]["h"] @ head + head_bias - target) ** 2).mean()
    loss.backward()

    jacobians = [jacobian(lambda s, t=t: cell.reference(x[t], s), states[t].detach()) for t in range(N_STEPS)]
    products, product = [], torch.eye(n_state)
    for t in reversed(range(1, N_STEPS)):
        product = product @ jacobians[t]
        products.append({"lag": N_STEPS - t, "matrix": flat(product), "norm": singular(product),
                         "hidden_norm": singular(product[: cell.units, : cell.units])})
    return {
        "made_by": f"torch {torch.__version__}, numpy {np.__version__}",
        "network": f"{cell.text} > dense({N_OUTPUTS})",
        "n_steps": N_STEPS, "n_inputs": N_INPUTS, "units": cell.units, "size": n_state,
        "inputs": flat(x), "target": flat(target),
        "parameters": [number for part in [*cell.parameters(), head, head_bias] for number in flat(part)],
        "loss": loss.item(),
        "values": {name: [flat(v[name]) for v in values] for name in values[0]},
        "gradients": {name: [flat(v[name].grad) for v in values] for name in values[0]},
        "sums": {name: [flat(z[name]) for z in sums] for name in sums[0]},
        "sum_gradients": {name: [flat(z[name].grad) for z in sums] for name in sums[0]},
        "jacobians": [{"matrix": flat(j), "norm": singular(j), **spectrum(j)} for j in jacobians],
        "products": products,
        "recurrent": {gate: spectrum(u) for gate, u in zip(cell.gates, cell.recurrent_kernel.split(cell.units, dim=1))},
    }


def histogram(values, edges):
    return {"edges": edges.tolist(), "counts": np.histogram(values, edges)[0].tolist()}


def make_statistics():
    """Walks of 7 units over 40 steps; the engine reads them as 4 sequences of 10 steps."""
    draw = np.random.default_rng(1)
    walks = np.cumsum(draw.normal(size=(40, 7)), axis=0) @ (np.eye(7) + 0.5 * draw.normal(size=(7, 7)))
    walks = walks.astype(np.float32).astype(float)
    centred = walks - walks.mean(axis=0)
    _, singular_values, components = np.linalg.svd(centred, full_matrices=False)
    components *= np.sign(components[np.arange(7), np.abs(components).argmax(axis=1)])[:, None]
    log_edge = np.log1p(20 / 0.5)
    places = np.linspace(-log_edge, log_edge, 13)
    return {
        "made_by": f"numpy {np.__version__}, scipy {scipy.__version__}",
        "values": walks.reshape(-1).tolist(), "n_units": 7,
        **{metric: [[row[2], row[3]] for row in linkage(walks.T, "average", metric)] for metric in ("euclidean", "correlation")},
        "components": components.reshape(-1).tolist(), "variances": (singular_values ** 2 / len(walks)).tolist(),
        "mean": walks.mean(axis=0).tolist(), "total_variance": float(centred.var(axis=0).sum()),
        "linear": histogram(walks, np.linspace(-6, 9, 12)),
        "symmetric_log": histogram(walks, np.sign(places) * 0.5 * np.expm1(np.abs(places))),
        "deviation": float(walks.std()), "values_mean": float(walks.mean()),
    }


def write(name, golden):
    OUTPUT.mkdir(exist_ok=True)
    with open(OUTPUT / f"{name}.json", "w", encoding="utf-8") as file:
        json.dump(golden, file, indent=None, separators=(",", ":"))
        file.write("\n")


def main():
    torch.manual_seed(1)
    for cell in (SimpleRNN("simple_rnn(6)", 6, "tanh"), SimpleRNN("simple_rnn(6, activation=relu)", 6, "relu"),
                 LSTM("lstm(5)", 5), GRU("gru(5)", 5, True), GRU("gru(5, reset_after=false)", 5, False)):
        for part in cell.parameters():
            part.requires_grad_(True)
        name = cell.text.split("(")[0].replace("_", "-")
        suffix = "-relu" if "relu" in cell.text else "-reset-before" if "false" in cell.text else ""
        write(f"{name}{suffix}", make(cell))
    write("statistics", make_statistics())


if __name__ == "__main__":
    main()
