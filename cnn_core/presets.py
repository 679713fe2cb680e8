"""Networks with a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.arrays import Shape
from cnn_core.errors import ConfigError
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2D,
    ReLU,
    Softmax,
    Tanh,
)
from cnn_core.model import Sequential


@dataclass(frozen=True, slots=True)
class Preset:
    """A named architecture; ``layers`` makes fresh ones for a number of classes."""

    title: str
    layers: Callable[[int], list[Layer]]


def _article(classes: int) -> list[Layer]:
    def block(filters: int) -> list[Layer]:
        return [
            *(Conv2D(filters, 3, padding="same"), ReLU(), Conv2D(filters, 3, padding="same"), ReLU()),
            *(MaxPool2D(2), Dropout(0.25)),
        ]

    head: list[Layer] = [Flatten(), Dense(256), ReLU(), Dense(32), ReLU(), Dense(classes, "glorot"), Softmax()]
    return [*block(32), *block(64), *head]


def _digits(classes: int) -> list[Layer]:
    return [
        *(Conv2D(16, 3, padding="same"), ReLU(), MaxPool2D(2)),
        *(Conv2D(32, 3, padding="same"), ReLU(), MaxPool2D(2)),
        *(Flatten(), Dense(128), ReLU(), Dropout(0.5), Dense(classes, "glorot"), Softmax()),
    ]


def _accurate(classes: int) -> list[Layer]:
    """Each convolution takes a line of pixels off every side, down to 2×2: no zeros from outside come in."""

    def block(filters: int) -> list[Layer]:
        return [Conv2D(filters, 3), BatchNorm(), ReLU()]

    return [
        *(Conv2D(24, 3), ReLU(), Conv2D(32, 3), MaxPool2D(2), BatchNorm(), ReLU()),
        *(*block(64), *block(80), *block(96), *block(112), *block(128)),
        *(Flatten(), Dense(classes, "glorot"), Softmax()),
    ]


def _lenet5(classes: int) -> list[Layer]:
    return [
        *(Conv2D(6, 5, padding="same", initializer="glorot"), Tanh(), AveragePool2D(2)),
        *(Conv2D(16, 5, initializer="glorot"), Tanh(), AveragePool2D(2)),
        *(Flatten(), Dense(120, "glorot"), Tanh(), Dense(84, "glorot"), Tanh()),
        *(Dense(classes, "glorot"), Softmax()),
    ]


def _mlp(classes: int) -> list[Layer]:
    return [
        *(Flatten(), Dense(256), ReLU(), Dropout(0.2), Dense(128), ReLU(), Dropout(0.2)),
        *(Dense(classes, "glorot"), Softmax()),
    ]


PRESETS = {
    "digits": Preset("two convolutions, small and quick", _digits),
    "accurate": Preset("seven convolutions, the network that ships trained", _accurate),
    "article": Preset("the article's network, four convolutions", _article),
    "lenet5": Preset("LeNet-5 after LeCun et al. (1998), 5×5 kernels, average pooling, tanh", _lenet5),
    "mlp": Preset("no convolution at all, for comparison", _mlp),
}


def make_preset(
    name: str,
    rng: np.random.Generator | None = None,
    input_shape: Shape = (28, 28, 1),
    classes: int = 10,
) -> Sequential:
    """The network called ``name``, built with fresh weights, for images and classes of MNIST unless told otherwise.

    Raises `ConfigError` for an unknown name.
    """
    if name not in PRESETS:
        raise ConfigError(f"A preset expected one of {', '.join(PRESETS)}, received {name!r}.")
    return Sequential(PRESETS[name].layers(classes), name).build(input_shape, rng)
