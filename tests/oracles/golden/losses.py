# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses of one row; the weighted mean over rows is taken in case.py, as the engine defines it."""

import numpy as np
import torch
from torch import nn

from .registry import CASES, LOSSES, Case, Loss


def binary_rows(outputs, target):
    return nn.functional.binary_cross_entropy_with_logits(outputs[..., 0], target, reduction="none")


def class_rows(outputs, target):
    logits = outputs.movedim(-1, 1)
    return nn.functional.cross_entropy(logits, target.long(), reduction="none")


def mean_over_outputs(each):
    """Keras' own losses take this mean in single precision."""
    return lambda outputs, target: each(outputs, target.reshape(outputs.shape)).mean(-1)


def log_cosh(outputs, target):
    return torch.log(torch.cosh(outputs - target))


def focal(outputs, target):
    p = torch.sigmoid(outputs)
    p = target * p + (1 - target) * (1 - p)
    return -(1 - p) ** 2 * torch.log(p)


def class_focal_rows(outputs, target):
    p = torch.softmax(outputs, -1).gather(-1, target.long()[..., None])[..., 0]
    return -0.25 * (1 - p) ** 2 * torch.log(p)


def survival_rows(outputs, target):
    """Cross-entropies of all intervals up to the last that something is known of (Kvamme & Borgan 2019, equation 3)."""
    last, event = target[..., :1].long(), target[..., 1:]
    wanted = torch.zeros_like(outputs).scatter(-1, last, event)
    each = nn.functional.binary_cross_entropy_with_logits(outputs, wanted, reduction="none")
    return each.cumsum(-1).gather(-1, last)[..., 0]


def draw_survival(rng, shape, n):
    return np.stack([rng.integers(0, n, shape), rng.integers(0, 2, shape)], -1).astype(float)


def draw_numbers(rng, shape, n):
    return rng.normal(0, 1, (*shape, n)).astype(np.float32).astype(float)


def draw_bits(rng, shape, n):
    return rng.integers(0, 2, (*shape, n)).astype(float)


LOSSES.update({
    "binary": Loss(binary_rows, lambda rng, shape, n: rng.integers(0, 2, shape).astype(float), torch.sigmoid),
    "classes": Loss(class_rows, lambda rng, shape, n: rng.integers(0, n, shape).astype(float),
                    lambda outputs: torch.softmax(outputs, -1)),
    "regression": Loss(lambda outputs, target: (outputs[..., 0] - target) ** 2,
                       lambda rng, shape, n: rng.normal(0, 1, shape).astype(np.float32).astype(float)),
    "labels": Loss(mean_over_outputs(lambda y, t: nn.functional.binary_cross_entropy_with_logits(y, t, reduction="none")),
                   draw_bits, torch.sigmoid),
    "mean_absolute_error": Loss(mean_over_outputs(lambda y, t: nn.functional.l1_loss(y, t, reduction="none")), draw_numbers),
    "huber": Loss(mean_over_outputs(lambda y, t: nn.functional.huber_loss(y, t, reduction="none")), draw_numbers),
    "log_cosh": Loss(mean_over_outputs(log_cosh), draw_numbers),
    "binary_focal_crossentropy": Loss(mean_over_outputs(focal), draw_bits, torch.sigmoid),
    "categorical_focal_crossentropy": Loss(class_focal_rows, lambda rng, shape, n: rng.integers(0, n, shape).astype(float),
                                           lambda outputs: torch.softmax(outputs, -1)),
    "survival": Loss(survival_rows, draw_survival, lambda outputs: torch.cumprod(1 - torch.sigmoid(outputs), -1)),
})

CASES.update({
    "loss-labels": Case("gru(4) > dense(3)", "labels", ("adam",)),
    "loss-mean-absolute-error": Case("gru(4) > dense(2)", "regression", ("adam",), loss_kind="mean_absolute_error"),
    "loss-huber": Case("gru(4) > dense(2)", "regression", ("adam",), loss_kind="huber"),
    "loss-log-cosh": Case("gru(4) > dense(2)", "regression", ("adam",), loss_kind="log_cosh"),
    "loss-binary-focal": Case("gru(4) > dense(1)", "binary", ("adam",), loss_kind="binary_focal_crossentropy"),
    "loss-binary-focal-labels": Case("gru(4) > dense(3, activation=sigmoid)", "labels", ("adam",), loss_kind="binary_focal_crossentropy"),
    "loss-categorical-focal": Case("gru(4) > dense(3, activation=softmax)", "classes", ("adam",),
                                   loss_kind="categorical_focal_crossentropy"),
    "loss-survival": Case("gru(4) > dense(5)", "survival", ("adam",)),
})
