# SPDX-License-Identifier: GPL-3.0-or-later
"""Attention in plain autograd code, with torch.nn.MultiheadAttention as a second opinion on self."""

import math

import torch
from torch import nn

from .pooling import skip_some
from .registry import CASES, Case, Layer, layer


@layer("attention")
class Attention(Layer):
    positional = "kind"

    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.kind = options["kind"]
        self.size, self.heads = int(options.get("units", 32)), int(options.get("heads", 1))
        self.units = self.heads * n_inputs if self.kind == "additive" else self.size
        self.gives_sequences = self.kind == "self" or self.flag("return_sequences")
        self.looks_back = self.flag("causal") if self.kind == "self" else self.gives_sequences

    def shapes(self):
        blocks = {"additive": 1, "dot": 2, "self": 3}[self.kind]
        shapes = {"kernel": (self.n_inputs, blocks * self.size), "bias": (max(blocks - 1, 1) * self.size,)}
        if self.kind == "additive":
            return {**shapes, "score_kernel": (self.size, self.heads)}
        if self.kind == "dot":
            return {**shapes, "query": (self.size,)}
        return {**shapes, "output_kernel": (self.size, self.size), "output_bias": (self.size,)}

    def project(self, p, x):
        """(heads, T, d) for each block; the last, the keys, has no bias."""
        blocks = p["kernel"].shape[1] // self.size
        bias = torch.cat([p["bias"], torch.zeros(self.size, dtype=x.dtype)])
        projected = (x @ p["kernel"] + bias).reshape(len(x), blocks, self.heads, -1)
        return projected.permute(1, 2, 0, 3)

    def one(self, p, x, seen):
        """(T, units) of one sequence; without return_sequences only its last row counts."""
        T = len(x)
        visible = seen[None, :].expand(T, T)
        if self.looks_back or self.kind != "self":
            visible = visible & torch.ones(T, T, dtype=bool).tril()
        if self.kind == "additive":
            scores = (torch.tanh(x @ p["kernel"] + p["bias"]) @ p["score_kernel"]).T[:, None, :]
            values = x[None].expand(self.heads, T, -1)
        elif self.kind == "dot":
            values, keys = self.project(p, x)
            scores = torch.einsum("hd,htd->ht", p["query"].reshape(self.heads, -1), keys)[:, None, :] / math.sqrt(keys.shape[-1])
        else:
            queries, values, keys = self.project(p, x)
            scores = queries @ keys.mT / math.sqrt(keys.shape[-1])
        scores = scores.expand(self.heads, T, T).masked_fill(~visible, -1e30)
        alpha = torch.softmax(scores, -1) * visible
        y = (alpha @ values).permute(1, 0, 2).reshape(T, -1)
        if self.kind == "self":
            y = y @ p["output_kernel"] + p["output_bias"]
            if bool(seen.all()):
                self.ask_torch(p, x, y)
        return y

    def ask_torch(self, p, x, y):
        module = nn.MultiheadAttention(self.size, self.heads, kdim=self.n_inputs, vdim=self.n_inputs, dtype=x.dtype)
        if self.n_inputs != self.size:
            return  # torch's queries have the size of its output
        q, v, k = (w.detach().T for w in p["kernel"].split(self.size, 1))
        b_q, b_v = p["bias"].detach().split(self.size)
        weights = {"in_proj_weight": torch.cat([q, k, v]), "in_proj_bias": torch.cat([b_q, torch.zeros_like(b_q), b_v]),
                   "out_proj.weight": p["output_kernel"].detach().T, "out_proj.bias": p["output_bias"].detach()}
        mask = torch.ones(len(x), len(x), dtype=bool).triu(1) if self.looks_back else None
        with torch.no_grad():
            opinion, _ = torch.func.functional_call(module, weights, (x[:, None],) * 3, {"attn_mask": mask})
            assert torch.allclose(opinion[:, 0], y, atol=1e-5 if x.dtype == torch.float32 else 1e-12)

    def forward(self, p, x, batch):
        rows = []
        for b, n in enumerate(batch.lengths.tolist()):
            seen = torch.ones(n, dtype=bool) if batch.skip is None else ~batch.skip[b, :n]
            y = self.one(p, x[b, :n], seen)
            rows.append(y if self.gives_sequences else y[-1])
        if self.gives_sequences:
            return nn.utils.rnn.pad_sequence(rows, batch_first=True), batch
        return torch.stack(rows), batch


OPTIMISERS = ("sgd", "adam")
CASES.update({
    "attention-additive": Case("gru(5, return_sequences) > attention(additive, units=4) > dense(1)", "binary", OPTIMISERS),
    "attention-dot": Case("lstm(5, return_sequences) > attention(dot, units=6, heads=2) > dense(3, activation=softmax)",
                          "classes", OPTIMISERS),
    "attention-heads": Case("dense(6) > attention(self, units=6, heads=3) > pooling(mean) > dense(1)", "binary", OPTIMISERS),
    "attention-causal": Case("gru(4, return_sequences) > attention(self, units=4, heads=2, causal) > dense(1)",
                             "binary-per-step", OPTIMISERS),
    "attention-running": Case("dense(5, activation=tanh) > attention(additive, units=3, heads=2, return_sequences) > "
                              "attention(dot, units=4, return_sequences) > dense(1)", "binary-per-step", OPTIMISERS),
    "attention-skip": Case("dense(4, activation=tanh) > attention(self, units=4) > attention(dot, units=4) > dense(1)",
                           "binary", OPTIMISERS, prepare=skip_some),
})
