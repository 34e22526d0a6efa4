# SPDX-License-Identifier: GPL-3.0-or-later
"""Pooling over a sequence's own steps, skipped ones left out; Keras' global pooling as a second opinion."""

import keras
import torch

from .registry import CASES, Case, Layer, layer

KERAS = {"mean": keras.layers.GlobalAveragePooling1D, "max": keras.layers.GlobalMaxPooling1D}


@layer("pooling")
class Pooling(Layer):
    positional = "kind"

    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.gives_sequences = self.flag("return_sequences")

    def pool(self, steps):
        kind = self.options["kind"]
        if len(steps) == 0:
            return torch.zeros_like(steps).sum(0)
        if kind == "last":
            return steps[-1]
        y = steps.mean(0) if kind == "mean" else steps.max(0).values
        with torch.no_grad():
            assert torch.allclose(KERAS[kind](dtype=str(y.dtype).removeprefix("torch."))(steps[None])[0], y, rtol=1e-5, atol=1e-6)
        return y

    def forward(self, p, x, batch):
        seen = torch.ones(x.shape[:2], dtype=bool) if batch.skip is None else ~batch.skip

        def upto(b, end):
            return self.pool(x[b, :end][seen[b, :end]])

        if not self.gives_sequences:
            return torch.stack([upto(b, n) for b, n in enumerate(batch.lengths.tolist())]), batch
        return torch.stack([torch.stack([upto(b, min(t + 1, n)) for t in range(x.shape[1])])
                            for b, n in enumerate(batch.lengths.tolist())]), batch


def skip_some(rng, case, x):
    return torch.tensor(rng.integers(0, 3, x.shape[:2]) == 0), {}


OPTIMISERS = ("sgd", "adam")
CASES.update({
    "pooling-mean": Case("gru(5, return_sequences) > pooling(mean) > dense(1)", "binary", OPTIMISERS),
    "pooling-max": Case("conv1d(5, kernel=3) > pooling(max) > dense(4, activation=softmax)", "classes", OPTIMISERS),
    "pooling-last": Case("lstm(4, return_sequences) > pooling(last) > dense(1)", "regression", OPTIMISERS),
    "pooling-skip": Case("dense(4, activation=tanh) > pooling(mean) > dense(3, activation=tanh) > dense(1)", "regression",
                         OPTIMISERS, prepare=skip_some),
    "pooling-running": Case("dense(4) > pooling(max, return_sequences) > pooling(mean, return_sequences) > dense(1)",
                            "binary-per-step", OPTIMISERS, prepare=skip_some),
})
