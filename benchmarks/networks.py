"""The networks that the benchmarks train and read, by name: the presets, some that a user might build, random ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from cnn_core.arrays import Shape
from cnn_core.errors import ShapeError
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Softmax,
    Tanh,
)
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS

CLASSES = 10
GREY, COLOUR = (28, 28, 1), (32, 32, 3)
MOST_MULTIPLY_ADDS = 40_000_000
"""Of a random network, for one image: a step of 128 images then takes a second at most."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network, the images it is for, and the batch it is trained with."""

    layers: Callable[[], list[Layer]]
    input_shape: Shape = GREY
    batch: int = 128


def _head(*units: int) -> list[Layer]:
    hidden = [layer for count in units for layer in (Dense(count), ReLU())]
    return [Flatten(), *hidden, Dense(CLASSES, "glorot"), Softmax()]


def _strided() -> list[Layer]:
    return [Conv2D(16, 5, 2, "same"), ReLU(), Conv2D(32, 5, 2, "same"), ReLU(), *_head(128)]


def _normalised(*filters: int) -> list[Layer]:
    """conv-BN-ReLU twice, pool, twice, pool, once."""
    layers: list[Layer] = []
    for count, times in zip(filters, (2, 2, 1), strict=True):
        for _ in range(times):
            layers += [Conv2D(count, 3, padding="same"), BatchNorm(), ReLU()]
        if times == 2:
            layers.append(MaxPool2D(2))
    return [*layers, *_head()]


def _large_kernels() -> list[Layer]:
    return [Conv2D(32, 7), ReLU(), MaxPool2D(2), Conv2D(64, 5), ReLU(), *_head(256)]


BUILT = {
    "strided": Network(_strided, batch=64),
    "thin-bn": Network(lambda: _normalised(8, 16, 24), batch=64),
    "colour-bn": Network(lambda: _normalised(32, 64, 128), COLOUR),
    "large-kernels": Network(_large_kernels),
}
"""Networks as a user might build them."""


def network(name: str) -> Network:
    """The network called ``name``: one of `BUILT`, a preset, or ``random-7`` for the one that seed 7 draws."""
    if name.startswith("random-"):
        return _random(int(name.removeprefix("random-")))
    if name in BUILT:
        return BUILT[name]
    return Network(lambda: PRESETS[name].layers(CLASSES))


def make_model(name: str, dropout: bool = True, dtype: str = "float32") -> Sequential:
    """The network with the weights of seed 0, the same for every contender."""
    found = network(name)
    layers = [Dropout(0.0) if isinstance(layer, Dropout) and not dropout else layer for layer in found.layers()]
    model = Sequential(layers, name).build(found.input_shape, np.random.default_rng(0))
    if dtype == "float32":
        return model
    arrays = model.parameters | model.buffers
    weights = {key: array.astype(dtype) for key, array in arrays.items()}
    model = Sequential(layers, name).build(found.input_shape, np.random.default_rng(0), dtype)
    model.load(weights)
    return model


def _random(seed: int) -> Network:
    """Up to eight convolutions of any kernel and stride, or dense layers only; drawn anew until it fits."""
    rng = np.random.default_rng(seed)
    while True:
        shape = COLOUR if rng.random() < 0.5 else GREY
        batch = int(rng.choice([16, 32, 64, 128]))
        draw_seed = int(rng.integers(1 << 32))
        try:
            layers = _draw_from(draw_seed)
            model = Sequential(layers).build(shape, np.random.default_rng(0))
        except ShapeError:
            continue
        if model.multiply_adds <= MOST_MULTIPLY_ADDS:
            return Network(partial(_draw_from, draw_seed), shape, batch)


def _draw_from(seed: int) -> list[Layer]:
    rng = np.random.default_rng(seed)
    if rng.random() < 0.15:
        return _head(*(int(rng.choice([64, 128, 256, 512])) for _ in range(rng.integers(1, 4))))
    layers: list[Layer] = []
    normalises, activation = rng.random() < 0.5, (ReLU, ReLU, ReLU, LeakyReLU, Tanh)[rng.integers(5)]
    kernels = (1, 2, 3, 3, 3, 5, 5, 7, (1, 7), (7, 1))
    for _ in range(rng.integers(1, 9)):
        kernel, stride = kernels[rng.integers(len(kernels))], int(rng.choice([1, 1, 1, 2, 3]))
        filters, padding = int(rng.choice([8, 16, 24, 32, 48, 64, 96])), str(rng.choice(["same", "valid"]))
        layers.append(Conv2D(filters, kernel, stride, padding))
        layers += [BatchNorm()] if normalises else []
        layers.append(activation())
        layers += [(MaxPool2D, AveragePool2D)[rng.integers(2)](2)] if rng.random() < 0.3 else []
        layers += [Dropout(0.25)] if rng.random() < 0.1 else []
    return [*layers, *_head(*(int(rng.choice([64, 128, 256])) for _ in range(rng.integers(0, 3))))]
