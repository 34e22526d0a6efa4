#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/engine/golden-dropout.json with Keras: how its answers spread with training=True.

    python3 -m venv /tmp/oracles && . /tmp/oracles/bin/activate
    pip install torch keras numpy && KERAS_BACKEND=torch python tests/oracles/make_dropout_golden.py

One record, answered PASSES times with dropout: mean, standard deviation and
quantiles. Keras draws other masks than the engine, so that the two are
held against each other in distribution. Its LSTM gives each gate a mask of its
own unless implementation=2, which has no recurrent dropout; its GRU drops from
the state that is carried on as well: of these only what is the same is asked.
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "golden-dropout.json"
PASSES, N_STEPS, N_INPUTS = 40000, 9, 4
SHARES = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]

CASES = {
    "dense(8, activation=tanh) > dropout(0.3) > simple_rnn(6, dropout=0.2, recurrent_dropout=0.4) > dense(1)": [
        layers.Dense(8, activation="tanh"), layers.Dropout(0.3), layers.SimpleRNN(6, dropout=0.2, recurrent_dropout=0.4), layers.Dense(1)],
    "lstm(6, dropout=0.3) > dropout(0.4) > dense(1)": [
        layers.RNN(layers.LSTMCell(6, dropout=0.3, implementation=2)), layers.Dropout(0.4), layers.Dense(1)],
    "gru(6, dropout=0.3) > dropout(0.4) > dense(1)": [
        layers.RNN(layers.GRUCell(6, dropout=0.3, implementation=2)), layers.Dropout(0.4), layers.Dense(1)],
}


def convert(text, weights):
    """In the engine a GRU's z is the share that is new, in Keras the one that stays."""
    if text.startswith("gru"):
        for w in weights[:3]:
            w[..., :6] *= -1
    return [float(x) for w in weights for x in w.ravel()]


def make(text, stack, random):
    model = keras.Sequential([keras.Input((N_STEPS, N_INPUTS)), *stack])
    model.set_weights([(random.standard_normal(w.shape) * 0.5).astype(np.float32) for w in model.get_weights()])
    record = random.standard_normal((N_STEPS, N_INPUTS)).astype(np.float32)
    many = np.broadcast_to(record, (PASSES // 10, N_STEPS, N_INPUTS))
    answers = np.concatenate([keras.ops.convert_to_numpy(model(many, training=True))[:, 0] for _ in range(10)]).astype(np.float64)
    plain = keras.ops.convert_to_numpy(model(record[None], training=False))[0, 0]
    return {
        "network": text,
        "inputs": [float(x) for x in record.ravel()],
        "parameters": convert(text, model.get_weights()),
        "without_dropout": float(plain),
        "mean": float(answers.mean()),
        "deviation": float(answers.std()),
        "quantiles": [float(q) for q in np.quantile(answers, SHARES)],
    }


def main():
    keras.utils.set_random_seed(5)
    random = np.random.default_rng(5)
    golden = {"keras": keras.__version__, "passes": PASSES, "n_steps": N_STEPS, "n_inputs": N_INPUTS, "shares": SHARES,
              "cases": [make(text, stack, random) for text, stack in CASES.items()]}
    OUTPUT.write_text(json.dumps(golden) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
