# SPDX-License-Identifier: GPL-3.0-or-later
"""What make_golden.py is made of.

registry.py   the tables that the others fill, and what their entries look like
network.py    a network's text as a chain of layers, and its forward pass
case.py       one golden file: data, outputs, loss, gradients, updates

Every other file adds layers, losses, optimisers and cases of its own, and is
found by itself: a new file needs no line anywhere.
"""

import importlib
import pkgutil


def load_all():
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
