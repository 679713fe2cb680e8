"""Figures of a network while it learns: lengths of weights, gradients and steps, and units that never fire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.datasets.dataset import Subset
from cnn_core.layers import LeakyReLU, ReLU, Sigmoid, Tanh, Tape
from cnn_core.model import Sequential
from cnn_core.training.history import LayerNorms, NormsMeasured, UnitsMeasured

NORMS_EVERY_STEPS = 20
MOST_UNIT_IMAGES, AT_ONCE = 256, 8
"""Validation images that are looked at for units that never fire, and how many at a time."""
ACTIVATIONS = (ReLU, LeakyReLU, Sigmoid, Tanh)


class NormsOfStep:
    """The lengths around one step: made before it, `measured` after it."""

    def __init__(self, model: Sequential) -> None:
        self._model = model
        self._before = {name: array.copy() for name, array in model.parameters.items()}

    def measured(self, step: int, epoch: float, gradients: Mapping[str, Array]) -> NormsMeasured:
        """A layer's parameters together, such as filters and biases. ``gradients`` are by parameter name."""
        layers = []
        for layer in self._model.layers:
            names = [f"{layer.name}.{name}" for name in layer.parameters]
            if names:
                now = self._model.parameters
                weights = _length(self._before[name] for name in names)
                gradient = _length(gradients[name] for name in names)
                update = _length(now[name] - self._before[name] for name in names)
                layers.append(LayerNorms(layer.name, weights, gradient, update))
        return NormsMeasured(step, epoch, tuple(layers))


def _length(arrays: Iterable[Array]) -> float:
    return float(np.sqrt(sum(float(np.vdot(array, array)) for array in arrays)))


def measure_units(model: Sequential, images: Subset, step: int, epoch: int) -> UnitsMeasured:
    """Which units of each activation layer are zero on all of some ``images``; a few at a time, as the reference layers
    take much memory for each."""
    fired: dict[str, NDArray[np.bool_]] = {}
    total = min(len(images), MOST_UNIT_IMAGES)
    for start in range(0, total, AT_ONCE):
        x = images.batch(np.arange(start, min(start + AT_ONCE, total)))[0]
        tape = Tape(record=False)
        for layer in model.trunk:
            x = layer.forward(x, tape)
            if isinstance(layer, ACTIVATIONS):
                some = np.any(x.reshape(-1, x.shape[-1]), axis=0)
                fired[layer.name] = fired[layer.name] | some if layer.name in fired else some
    layers = tuple((name, int(np.count_nonzero(~some)), len(some)) for name, some in fired.items())
    return UnitsMeasured(step, epoch, layers)
