"""A network with more classes than it had, or others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.layers import Dense
from cnn_core.model import Sequential


def with_classes(
    model: Sequential, class_names: Sequence[str], wanted: Sequence[str], rng: np.random.Generator
) -> Sequential:
    """The same network for the classes ``wanted``: weights of all layers stay, also those of the last layer's units
    whose class was known before; a new class has small random weights and a bias as the lowest of the others.

    Raises `ConfigError` for a network that does not end with a dense layer, or classes that are fewer than two or not
    all different.
    """
    last = model.trunk[-1]
    if type(last) is not Dense:
        raise ConfigError(f"Other classes expected a network that ends with a dense layer, {model.name} does not.")
    if len(wanted) < 2 or len(set(wanted)) != len(wanted):
        raise ConfigError(f"A network expected two classes or more, each once, received {brief(', '.join(wanted))}.")
    config = model.config()
    for layer in config["layers"]:
        if layer.get("name") == last.name:
            layer["options"] = layer["options"] | {"units": len(wanted)}
    made = Sequential.from_config(config)
    arrays = model.parameters | model.buffers
    weight, bias = (arrays[f"{last.name}.{name}"] for name in ("weight", "bias"))
    new_weight = rng.normal(0, float(weight.std()) * 0.1, (weight.shape[0], len(wanted))).astype(weight.dtype)
    new_bias = np.full(len(wanted), bias.min(), bias.dtype)
    for place, name in enumerate(wanted):
        if name in class_names:
            new_weight[:, place] = weight[:, class_names.index(name)]
            new_bias[place] = bias[class_names.index(name)]
    made.load(arrays | {f"{last.name}.weight": new_weight, f"{last.name}.bias": new_bias})
    return made
