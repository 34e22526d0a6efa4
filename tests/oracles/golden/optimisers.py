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
    "amsgrad": ({"optimizer": "adam", "learning_rate": 0.01, "amsgrad": True, "beta_2": 0.9},
                lambda: keras.optimizers.Adam(0.01, amsgrad=True, beta_2=0.9)),
    "centered": ({"optimizer": "rmsprop", "learning_rate": 0.01, "momentum": 0.5, "centered": True},
                 lambda: keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True)),
    "adagrad": ({"learning_rate": 0.05}, lambda: keras.optimizers.Adagrad(0.05)),
    "adadelta": ({"learning_rate": 1.0}, lambda: keras.optimizers.Adadelta(1.0)),
    "adamw": ({"learning_rate": 0.01, "weight_decay": 0.1}, lambda: keras.optimizers.AdamW(0.01, weight_decay=0.1)),
    "nadam": ({"learning_rate": 0.01}, lambda: keras.optimizers.Nadam(0.01)),
})
