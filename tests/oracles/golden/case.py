# SPDX-License-Identifier: GPL-3.0-or-later
"""One golden file: the same numbers for both builds of the engine, PyTorch's outputs and gradients in
double precision, how far PyTorch's own float is from them, and parameters after updates by Keras."""

import keras
import numpy as np
import torch

from .network import Network
from .registry import OPTIMISERS, Batch

UPDATES = (1, 10, 100)


def norm_distance(a, b):
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b) + 1e-300))


def names(tensors):
    return {f"{layer}.{key}": v for (layer, key), v in tensors.items()}


class Problem:
    """A case with its numbers drawn."""

    def __init__(self, name, case):
        rng = np.random.default_rng(sum(map(ord, name)))
        self.case, self.network = case, Network(case.network, case.n_inputs)
        B, T = len(case.lengths), max(case.lengths)
        # Through float once, so that both builds of the engine are given the same numbers.
        self.parameters = {k: torch.tensor(rng.normal(0, 0.5, shape)).float().double()
                           for k, shape in self.network.shapes().items()}
        self.lengths = torch.tensor(case.lengths)
        self.x = torch.tensor(rng.normal(0, 1, (B, T, case.n_inputs))).float().double()
        for b, n in enumerate(case.lengths):
            self.x[b, n:] = 0
        self.target = torch.tensor(case.loss.draw(rng, (B, T) if case.per_step else (B,), self.network.n_outputs))
        self.weights = torch.tensor([(1.0, 2.0, 0.5, 1.0, 1.5)[b % 5] for b in range(B)], dtype=torch.float64)
        self.skip, self.extras = (case.prepare(rng, case, self.x) if case.prepare else (None, {}))

    def mean_loss(self, outputs, dtype):
        """Weighted mean over the rows that count, as the engine defines it."""
        values, weights = self.case.loss.rows(outputs, self.target.to(dtype)), self.weights.to(dtype)
        if self.case.per_step:
            alive = torch.arange(values.shape[1])[None, :] < self.lengths[:, None]
            weights = weights[:, None] * alive.to(dtype)
        return (values * weights).sum() / weights.sum()

    def gradients(self, parameters, dtype):
        leaf = {k: v.detach().to(dtype).requires_grad_(True) for k, v in parameters.items()}
        extras = {k: v.to(dtype) if v.is_floating_point() else v for k, v in self.extras.items()}
        outputs = self.network.forward(leaf, self.x.to(dtype), Batch(self.lengths, self.skip, extras))
        loss = self.mean_loss(outputs, dtype)
        grads = torch.autograd.grad(loss, list(leaf.values()))
        return outputs.detach(), loss.item(), dict(zip(leaf, [g.detach() for g in grads]))

    def train(self, make, dtype):
        keras.config.set_floatx("float64" if dtype == torch.float64 else "float32")
        variables = {k: keras.Variable(v.numpy().astype(keras.config.floatx())) for k, v in self.parameters.items()}
        optimiser = make()
        optimiser.build(list(variables.values()))
        kept = {}
        for update in range(1, max(UPDATES) + 1):
            _, loss, grads = self.gradients({k: v.value for k, v in variables.items()}, dtype)
            optimiser.apply_gradients([(grads[k], variables[k]) for k in variables])
            if update in UPDATES:
                kept[update] = ({k: v.value.detach().clone() for k, v in variables.items()}, loss)
        return kept

    def flat(self, rows):
        """Rows that exist, one sequence after the other."""
        if not self.case.per_step:
            return rows.numpy().ravel().tolist()
        return [v for b, n in enumerate(self.case.lengths) for v in rows[b, :n].numpy().ravel().tolist()]

    def by_step(self, plane):
        return [v for b, n in enumerate(self.case.lengths) for v in plane[b, :n].numpy().ravel().tolist()]


def table(tensors):
    return {k: v.double().numpy().ravel().tolist() for k, v in names(tensors).items()}


def make_updates(problem, optimiser):
    hyperparameters, make = OPTIMISERS[optimiser]
    double, single = problem.train(make, torch.float64), problem.train(make, torch.float32)
    return {"hyperparameters": hyperparameters, "after": {
        str(n): {"loss": double[n][1], "parameters": table(double[n][0]),
                 "float_distance": {k: norm_distance(v, names(single[n][0])[k]) for k, v in names(double[n][0]).items()}}
        for n in UPDATES}}


def make_case(name, case):
    problem = Problem(name, case)
    outputs, loss, grads = problem.gradients(problem.parameters, torch.float64)
    outputs32, _, grads32 = problem.gradients(problem.parameters, torch.float32)
    outputs, outputs32 = case.loss.answer(outputs), case.loss.answer(outputs32)
    file = {
        "network": case.network, "target": case.target, **case.members,
        "n_inputs": case.n_inputs, "lengths": list(case.lengths), "inputs": problem.by_step(problem.x),
    }
    if case.loss_kind is not None:
        file["loss_kind"] = case.loss_kind
    if problem.skip is not None:
        file["skip"] = problem.by_step(problem.skip.int())
    file.update({k: problem.by_step(v) for k, v in problem.extras.items()})
    file.update({
        "targets": problem.flat(problem.target), "weights": problem.weights.tolist(),
        "parameters": table(problem.parameters), "outputs": problem.flat(outputs), "loss": loss,
        "gradients": table(grads),
        "float_distance": {
            "outputs": norm_distance(outputs.numpy(), outputs32.numpy()),
            "gradients": {k: norm_distance(v, names(grads32)[k]) for k, v in names(grads).items()}},
        "updates": {optimiser: make_updates(problem, optimiser) for optimiser in case.optimisers},
    })
    return file
