# SPDX-License-Identifier: GPL-3.0-or-later
"""Embedding: sums or means over a step's tokens, by PyTorch's embedding_bag; numeric inputs stand behind.

token_ids: (B, T, 3), -1 where a step has fewer tokens."""

import torch
from torch.nn.functional import embedding_bag

from .registry import CASES, Case, Layer, layer

N_TOKENS, SLOTS = 7, 3


@layer("embedding")
class Embedding(Layer):
    def __init__(self, n_inputs, options, takes_sequences):
        super().__init__(n_inputs, options, takes_sequences)
        self.width, self.n_tokens = int(options["units"]), int(options["tokens"])
        self.units = self.width + n_inputs

    def shapes(self):
        return {"embeddings": (self.n_tokens, self.width)}

    def forward(self, p, x, batch):
        ids = batch.extras["token_ids"].reshape(-1, SLOTS)
        flat, offsets = ids[ids >= 0], (ids >= 0).sum(1).cumsum(0).roll(1)
        offsets[0] = 0
        e = embedding_bag(flat, p["embeddings"], offsets, mode=self.options.get("combine", "sum"))
        return torch.cat([e.reshape(*x.shape[:2], self.width), x], dim=-1), batch


def prepare(rng, case, x):
    B, T, _ = x.shape
    ids = torch.tensor(rng.integers(0, N_TOKENS, (B, T, SLOTS)))
    ids[torch.arange(SLOTS)[None, None, :] >= torch.tensor(rng.integers(0, SLOTS + 1, (B, T)))[:, :, None]] = -1
    return None, {"token_ids": ids}


def case(network, target):
    return Case(network, target, ("sgd", "adam"), members={"n_tokens": N_TOKENS, "token_slots": SLOTS}, prepare=prepare)


CASES.update({
    "embedding": case(f"embedding(4, tokens={N_TOKENS}) > gru(5) > dense(1)", "binary"),
    "embedding-mean": case(f"embedding(3, tokens={N_TOKENS}, combine=mean) > lstm(4, return_sequences) > dense(1)",
                           "binary-per-step"),
})
