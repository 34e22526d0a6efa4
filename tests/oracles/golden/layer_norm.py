# SPDX-License-Identifier: GPL-3.0-or-later
"""Layer normalisation over the numbers of a step: PyTorch's layer_norm with Keras' epsilon."""

import torch

from .registry import CASES, Case, Layer, layer


@layer("layer_norm")
class LayerNorm(Layer):
    def shapes(self):
        return {"gamma": (self.n_inputs,), "beta": (self.n_inputs,)}

    def forward(self, p, x, batch):
        epsilon = float(self.options.get("epsilon", 1e-3))
        return torch.nn.functional.layer_norm(x, (self.n_inputs,), p["gamma"], p["beta"], epsilon), batch


CASES.update({
    "layer-norm": Case("gru(6, return_sequences) > layer_norm > lstm(5) > dense(1)", "binary", ("sgd", "adam")),
    "layer-norm-first": Case("layer_norm(epsilon=0.1) > gru(5) > layer_norm > dense(3, activation=softmax)", "classes",
                             ("sgd", "adam")),
})
