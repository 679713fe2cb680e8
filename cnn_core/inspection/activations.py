"""What every layer makes of one image, as numbers and as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array, Shape
from cnn_core.engine import Observer
from cnn_core.inspection.colors import colorize, is_signed

CELLS = 64


@dataclass(frozen=True, slots=True, eq=False)
class LayerActivation:
    """Output of one layer for one image; ``values`` [h, w, c] or [d], read-only."""

    name: str
    kind: str
    values: Array

    @property
    def shape(self) -> Shape:
        return self.values.shape

    @property
    def silent(self) -> float:
        """Share of the values that are exactly zero."""
        return float((self.values == 0).mean())


def look_inside(observer: Observer, image: Array) -> tuple[LayerActivation, ...]:
    """Activations of every layer for one image [h, w, c] in [0, 1], in order."""
    found = []
    for layer, values in zip(observer.model, observer.activations(image).values(), strict=True):
        values.flags.writeable = False
        found.append(LayerActivation(layer.name, layer.kind, values))
    return tuple(found)


def tile(values: Array, gap: int = 1, scale: int = 1, columns: int = 0) -> NDArray[np.uint8]:
    """All maps of a layer in one RGB picture: [h, w, c] as tiles, [d] as cells, in ``columns``, or as a square.

    A vector has at most `CELLS` cells in a row.
    """
    if values.ndim == 1:
        columns = columns or min(len(values), CELLS)
        values = values[None, None, :]
    low, high, signed = float(values.min()), float(values.max()), is_signed(values)
    h, w, count = values.shape
    columns = columns or ceil(sqrt(count))
    rows = ceil(count / columns)
    picture = np.full((rows * (h + gap) + gap, columns * (w + gap) + gap, 3), 60, np.uint8)
    for i in range(count):
        top, left = gap + i // columns * (h + gap), gap + i % columns * (w + gap)
        picture[top : top + h, left : left + w] = colorize(values[:, :, i], low, high, signed)
    return picture.repeat(scale, axis=0).repeat(scale, axis=1)
