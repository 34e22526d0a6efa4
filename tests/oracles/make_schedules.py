#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/engine/golden-schedules.json: learning rates by Keras' and PyTorch's own schedules.

    python tests/oracles/make_schedules.py

Each entry is a schedule as the engine's text, the run it is laid over, and the
rate of each update; of a plateau the loss at the end of each epoch too.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "golden-schedules.json"
RATE, PER_EPOCH, EPOCHS = 0.05, 8, 10
N = PER_EPOCH * EPOCHS


def of_keras(schedule):
    keras.config.set_floatx("float64")
    return [float(schedule(u)) for u in range(N)]


def of_torch(make):
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = make(optimiser)
    rates = []
    for _ in range(N):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return rates


class Optimiser:
    """What keras.callbacks.ReduceLROnPlateau needs of one."""

    learning_rate = RATE


class Model:
    def __init__(self):
        self.optimizer = Optimiser()


def plateau(losses, **arguments):
    model = Model()
    callback = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", **arguments)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(losses):
        rates += [float(model.optimizer.learning_rate)] * PER_EPOCH
        callback.on_epoch_end(epoch, {"val_loss": loss})
    return rates


LOSSES = [1.0, 0.9, 0.9, 0.89, 0.8999, 0.7, 0.71, 0.72, 0.7, 0.73]
STEEP = [1.0] * 10
CASES = [
    {"schedule": "exponential(every=2, factor=0.5)",
     "rates": of_keras(keras.optimizers.schedules.ExponentialDecay(RATE, 2 * PER_EPOCH, 0.5))},
    {"schedule": "step(every=3, factor=0.2)",
     "rates": of_keras(keras.optimizers.schedules.ExponentialDecay(RATE, 3 * PER_EPOCH, 0.2, staircase=True))},
    {"schedule": "cosine(minimum=0.005)", "rates": of_keras(keras.optimizers.schedules.CosineDecay(RATE, N, alpha=0.1))},
    {"schedule": "cosine(epochs=6)", "rates": of_keras(keras.optimizers.schedules.CosineDecay(RATE, 6 * PER_EPOCH))},
    {"schedule": "one_cycle", "rates": of_torch(lambda o: torch.optim.lr_scheduler.OneCycleLR(o, RATE, total_steps=N))},
    {"schedule": "one_cycle(rise=0.25, start=10, end=100)",
     "rates": of_torch(lambda o: torch.optim.lr_scheduler.OneCycleLR(o, RATE, total_steps=N, pct_start=0.25, div_factor=10, final_div_factor=100))},
    {"schedule": "plateau(patience=2, factor=0.5, min_delta=0.001)", "losses": LOSSES,
     "rates": plateau(LOSSES, patience=2, factor=0.5, min_delta=0.001)},
    {"schedule": "plateau(patience=1, factor=0.1, cooldown=2, minimum=0.0001)", "losses": STEEP,
     "rates": plateau(STEEP, patience=1, factor=0.1, cooldown=2, min_lr=0.0001, min_delta=1e-4)},
]


def main():
    file = {"made_with": {"torch": torch.__version__, "keras": keras.__version__},
            "learning_rate": RATE, "updates_per_epoch": PER_EPOCH, "epochs": EPOCHS, "cases": CASES}
    OUTPUT.write_text(json.dumps(file, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
