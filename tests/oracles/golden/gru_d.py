# SPDX-License-Identifier: GPL-3.0-or-later
"""GRU-D, written from equations 2 and 10 to 16 of Z. Che et al. (2018): Recurrent neural networks for multivariate
time series with missing values. Scientific Reports 8:6085. The update gate is the paper's: the share of what is new.

x at a step where a channel wasn't measured is noise: only what was measured may count, and before the first
measurement what stands at the first step."""

import torch

from .recurrent import Recurrent
from .registry import CASES, Case, layer

MEANS = (0.25, -0.5, 0.0)


def gaps_of(times, m):
    """delta_t = s_t - s_{t-1}, and delta_{t-1} more where t - 1 brought no measurement; (B, T, D)."""
    gaps = [torch.zeros_like(m[:, 0])]
    for t in range(1, m.shape[1]):
        passed = (times[:, t] - times[:, t - 1]).abs()[:, None]
        gaps.append(passed + (1 - m[:, t - 1]) * gaps[-1])
    return torch.stack(gaps, dim=1)


def last_values(x, m):
    """The value that was measured last, up to and with t."""
    last = [x[:, 0]]
    for t in range(1, x.shape[1]):
        last.append(torch.where(m[:, t] > 0, x[:, t], last[-1]))
    return torch.stack(last, dim=1)


@layer("gru_d")
class GRUD(Recurrent):
    n_gates = 3

    def one_way_shapes(self):
        D, H = self.n_inputs, self.one_way_units
        return {"kernel": (D, 3 * H), "mask_kernel": (D, 3 * H), "recurrent_kernel": (H, 3 * H), "bias": (3 * H,),
                "input_decay": (D,), "input_decay_bias": (D,), "hidden_decay": (D, H), "hidden_decay_bias": (H,)}

    def run(self, p, x, batch):
        m, mean = batch.extras["observed"], torch.tensor(MEANS, dtype=x.dtype)
        delta, last = gaps_of(batch.extras["times"], m), last_values(x, m)
        W_z, W_r, W_h = p["kernel"].chunk(3, dim=1)
        V_z, V_r, V_h = p["mask_kernel"].chunk(3, dim=1)
        U_z, U_r, U_h = p["recurrent_kernel"].chunk(3, dim=1)
        b_z, b_r, b_h = p["bias"].chunk(3)
        h, outputs, alive = torch.zeros(x.shape[0], self.one_way_units, dtype=x.dtype), [], batch.alive(x.shape[1])
        if batch.skip is not None:
            alive = alive & ~batch.skip
        for t in range(x.shape[1]):
            gamma_x = torch.exp(-torch.relu(delta[:, t] * p["input_decay"] + p["input_decay_bias"]))
            gamma_h = torch.exp(-torch.relu(delta[:, t] @ p["hidden_decay"] + p["hidden_decay_bias"]))
            filled = m[:, t] * x[:, t] + (1 - m[:, t]) * (gamma_x * last[:, t] + (1 - gamma_x) * mean)
            old = gamma_h * h
            r = torch.sigmoid(filled @ W_r + old @ U_r + m[:, t] @ V_r + b_r)
            z = torch.sigmoid(filled @ W_z + old @ U_z + m[:, t] @ V_z + b_z)
            new = torch.tanh(filled @ W_h + (r * old) @ U_h + m[:, t] @ V_h + b_h)
            h = torch.where(alive[:, t][:, None], (1 - z) * old + z * new, h)
            outputs.append(h)
        return torch.stack(outputs, dim=1)


def prepare(rng, case, x):
    B, T, D = x.shape
    times = torch.tensor(rng.uniform(0.2, 1.5, (B, T)).cumsum(axis=1)).float().double()
    observed = torch.tensor(rng.integers(0, 2, (B, T, D))).double()
    return None, {"observed": observed, "times": times, "gaps": gaps_of(times, observed)}


def case(network, target):
    return Case(network, target, ("sgd", "adam"), members={"means": list(MEANS)}, prepare=prepare)


CASES.update({
    "gru-d": case("gru_d(5) > dense(1)", "binary"),
    "gru-d-bidirectional": case("gru_d(3, bidirectional, return_sequences) > gru(3) > dense(1)", "regression"),
})
