# SPDX-License-Identifier: GPL-3.0-or-later
"""Keras' own optimisers: hyperparameters by the engine's names, and how Keras is told the same."""

import keras

from .registry import OPTIMISERS

OPTIMISERS.update({
    "sgd": ({"learning_rate": 0.1}, lambda: keras.optimizers.SGD(0.1)),
    "momentum": ({"learning_rate": 0.05, "momentum": 0.9}, lambda: keras.optimizers.SGD(0.05, momentum=0.9)),
    "nesterov": ({"learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
                 lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)),
    "rmsprop": ({"learning_rate": 0.01}, lambda: keras.optimizers.RMSprop(0.01)),
    "adam": ({"learning_rate": 0.01}, lambda: keras.optimizers.Adam(0.01)),
})
