#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/engine/golden/*.json with PyTorch and Keras.

    python3 -m venv /tmp/oracles && . /tmp/oracles/bin/activate
    pip install torch keras numpy && python tests/oracles/make_golden.py [CASE...]

Layers, losses, optimisers and cases are in the folder golden/ beside this
file. Gradients are PyTorch's, in double precision; updates are made by Keras'
own optimisers on those gradients. Parameters are written in the engine's
layout. The engine's test runs every file that it finds.
"""

import json
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch

import golden
from golden.case import make_case
from golden.registry import CASES

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "engine" / "golden"


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return value


def main(chosen):
    torch.set_num_threads(1)
    golden.load_all()
    OUTPUT.mkdir(parents=True, exist_ok=True)
    versions = {"torch": torch.__version__, "keras": keras.__version__, "numpy": np.__version__}
    unknown = set(chosen) - set(CASES)
    if unknown:
        sys.exit(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(sorted(CASES))}")
    for name in chosen or CASES:
        case = {"made_with": versions, **rounded(make_case(name, CASES[name]))}
        path = OUTPUT / f"{name}.json"
        path.write_text(json.dumps(case, separators=(",", ":")) + "\n")
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])
