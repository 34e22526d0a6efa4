# SPDX-License-Identifier: GPL-3.0-or-later
import torch

from .registry import Layer, layer

ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "linear": lambda x: x}


@layer("dense")
class Dense(Layer):
    """As the last layer, sigmoid and softmax are left to the loss, which is computed from logits."""

    def shapes(self):
        return {"kernel": (self.n_inputs, self.units), "bias": (self.units,)}

    def forward(self, p, x, batch):
        y = x @ p["kernel"] + p["bias"]
        activation = self.options.get("activation", "linear")
        return (y if activation in ("sigmoid", "softmax") else ACTIVATIONS[activation](y)), batch
