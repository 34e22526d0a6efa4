# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks from their text."""

from .registry import LAYERS


def parse(text):
    """[(kind, options)]; the positional argument has the name that the layer gives it."""
    layers = []
    for word in text.split(">"):
        kind, _, arguments = word.strip().rstrip(")").partition("(")
        cls, options = LAYERS[kind], {}
        for argument in filter(None, (a.strip() for a in arguments.split(","))):
            name, equals, value = argument.partition("=")
            if equals:
                options[name] = value
            elif name == argument and cls.positional not in options and not options and name[0].isalnum() \
                    and name not in getattr(cls, "flags", ()):
                options[cls.positional] = name
            else:
                options[name] = "true"
        layers.append((kind, options))
    return layers


class Network:
    def __init__(self, text, n_inputs):
        self.layers, counts, sequences = [], {}, True
        for kind, options in parse(text):
            counts[kind] = counts.get(kind, 0) + 1
            layer = LAYERS[kind](n_inputs, options, sequences)
            self.layers.append((f"{kind}_{counts[kind]}", layer))
            n_inputs, sequences = layer.units, layer.gives_sequences
        self.n_outputs, self.per_step = n_inputs, sequences

    def shapes(self):
        return {(name, key): shape for name, layer in self.layers for key, shape in layer.shapes().items()}

    def forward(self, parameters, x, batch):
        for name, layer in self.layers:
            own = {key: v for (owner, key), v in parameters.items() if owner == name}
            x, batch = layer.forward(own, x, batch)
        return x
