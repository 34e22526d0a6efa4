# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of layers, losses, optimisers and cases."""

import dataclasses

import torch

LAYERS = {}      # "lstm": class derived from Layer
LOSSES = {}      # "binary": Loss
OPTIMISERS = {}  # "adam": (hyperparameters as the engine names them, function that makes Keras' optimiser)
CASES = {}       # "lstm-stack": Case

# Names of OPTIMISERS, for cases that try them all.
EVERY_OPTIMISER = ("sgd", "momentum", "nesterov", "rmsprop", "centered", "adagrad", "adadelta", "adam", "amsgrad", "adamw", "nadam")


@dataclasses.dataclass
class Batch:
    """What a pass knows beside the numbers that flow from layer to layer.

    lengths: (B,) of the layer's own input; skip: (B, T) bool or None;
    extras: whatever else a case has, by name.
    """
    lengths: torch.Tensor
    skip: torch.Tensor = None
    extras: dict = dataclasses.field(default_factory=dict)

    def alive(self, n_steps):
        """(B, n_steps) bool: steps that exist, skipped or not."""
        return torch.arange(n_steps)[None, :] < self.lengths[:, None]


class Layer:
    """A layer as the engine has it: options by the names of the network's text.

    units: what it gives; gives_sequences: (B, T, units) or (B, units).
    """
    positional = "units"

    def __init__(self, n_inputs, options, takes_sequences):
        self.n_inputs, self.options, self.takes_sequences = n_inputs, options, takes_sequences
        self.units = int(options["units"]) if "units" in options else n_inputs
        self.gives_sequences = takes_sequences

    def flag(self, name, default=False):
        return self.options.get(name, str(default)).lower() == "true"

    def shapes(self):
        """Parameters in the engine's order: {"kernel": (rows, columns)}."""
        return {}

    def forward(self, parameters, x, batch):
        """Output, and the Batch of the layer above (the same object if nothing of it changes)."""
        raise NotImplementedError


@dataclasses.dataclass
class Loss:
    """One kind of target with its loss.

    rows: function (outputs, target) giving the loss of each row, outputs being logits (..., n_outputs);
    draw: function (rng, shape, n_outputs) giving targets for `shape` rows;
    answer: function from logits to what the engine gives.
    """
    rows: object
    draw: object
    answer: object = lambda outputs: outputs


@dataclasses.dataclass
class Case:
    """One golden file.

    target: "binary", "classes", "labels", "regression" or "survival", with "-per-step" if there is one at each step;
    loss_kind: the engine's name of a loss that isn't the target's own, then also a name of LOSSES;
    optimisers: names of OPTIMISERS; members: what is written into the file beside the usual;
    prepare: function (rng, case, x) -> (skip, extras) for Batch, skip may be None.
    """
    network: str
    target: str
    optimisers: tuple = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
    n_inputs: int = 3
    lengths: tuple = (7, 4, 9, 1, 5)
    loss_kind: str = None
    members: dict = dataclasses.field(default_factory=dict)
    prepare: object = None

    @property
    def per_step(self):
        return self.target.endswith("-per-step")

    @property
    def loss(self):
        return LOSSES[self.loss_kind or self.target.removesuffix("-per-step")]


def layer(kind):
    def add(cls):
        LAYERS[kind] = cls
        return cls
    return add
