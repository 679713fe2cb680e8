"""What a value of a layer can see: on the image, and on every layer between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Shape
from cnn_core.errors import ShapeError
from cnn_core.layers import AveragePool2D, Conv2D, Dense, Flatten, Layer, MaxPool2D, Softmax
from cnn_core.layers.windows import Pair
from cnn_core.model import Sequential

Place = tuple[int, ...]
"""Where a value stands in a layer's output: (row, column, channel) of [h, w, c], or (unit,) of [d]."""
Axis = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The values of one layer's output, or of the image, that another value depends on.

    They are the product of one choice per axis: ``axes`` holds a mask for each axis of ``shape``. With a stride larger
    than the kernel there are gaps in it.
    """

    axes: tuple[Axis, ...]

    @property
    def shape(self) -> Shape:
        """Shape of the output that it lies on, without n."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True for every value in the field, in the output's own shape."""
        mask = np.ones(self.shape, bool)
        for number, axis in enumerate(self.axes):
            mask &= axis.reshape([-1 if i == number else 1 for i in range(len(self.axes))])
        return mask

    @property
    def box(self) -> tuple[slice, ...]:
        """The smallest block around it, one slice an axis."""
        return tuple(_hull(axis) for axis in self.axes)

    @property
    def whole(self) -> bool:
        """Whether it is all of the output."""
        return all(axis.all() for axis in self.axes)

    @property
    def size(self) -> int:
        """How many values it has."""
        return int(np.prod([np.count_nonzero(axis) for axis in self.axes]))


def receptive_fields(model: Sequential, layer: int, place: Place) -> list[Field]:
    """The receptive field of one value of layer number ``layer`` (-1: of the image itself) on all that is before it.

    The first lies on the image, the next on the output of layer 0, and so on up to the value itself. It is what the
    architecture allows; weights of zero or sleeping units may make less of it. Raises `ShapeError` for a place that is
    not there. Source: Araujo, Norris, Sim: "Computing Receptive Fields of Convolutional Neural Networks" (2019).
    """
    rows = model.summary()
    shapes = [model.input_shape, *(row.output_shape for row in rows)]
    shape = shapes[layer + 1]
    check_place(shape, place, "the image" if layer < 0 else model.layers[layer].label)
    fields = [Field(tuple(_only(i, n) for i, n in zip(place, shape, strict=True)))]
    for number in range(layer, -1, -1):
        fields.append(Field(_seen_by(model.layers[number], shapes[number], fields[-1].axes)))
    return fields[::-1]


def check_place(shape: Sequence[int], place: Place, what: str) -> None:
    """Raise `ShapeError` unless ``place`` lies within ``shape``."""
    if len(place) != len(shape) or not all(0 <= i < n for i, n in zip(place, shape, strict=True)):
        raise ShapeError(
            f"A place in {what} expected {len(shape)} whole numbers below {list(shape)}, received {list(place)}."
        )


def _seen_by(layer: Layer, before: Shape, axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """What a layer reads of its input of the shape ``before`` to compute the outputs chosen by ``axes``."""
    everything = tuple(np.ones(n, bool) for n in before)
    match layer:
        case Conv2D():
            rows, columns = layer.pads(before[0], before[1])
            return (
                _windows(axes[0], before[0], layer.kernel_size[0], layer.stride[0], rows),
                _windows(axes[1], before[1], layer.kernel_size[1], layer.stride[1], columns),
                everything[2],
            )
        case MaxPool2D() | AveragePool2D():
            return (
                _windows(axes[0], before[0], layer.pool_size[0], layer.stride[0], (0, 0)),
                _windows(axes[1], before[1], layer.pool_size[1], layer.stride[1], (0, 0)),
                axes[2],
            )
        case Dense() | Softmax():
            return everything
        case Flatten():
            # one unit, or all of them: whatever follows a Flatten reads either one value or the whole vector
            mask = axes[0].reshape(before)
            numbers = range(len(before))
            return tuple(np.asarray(mask.any(axis=tuple(j for j in numbers if j != i))) for i in numbers)
    return axes  # activations, dropout and normalisation work value by value


def _windows(outputs: Axis, size: int, window: int, stride: int, padding: Pair) -> Axis:
    """The inputs along one axis that the windows of the chosen ``outputs`` cover."""
    inputs = np.zeros(size, bool)
    for output in np.flatnonzero(outputs):
        start = int(output) * stride - padding[0]
        inputs[max(start, 0) : max(start + window, 0)] = True
    return inputs


def _only(index: int, size: int) -> Axis:
    chosen = np.zeros(size, bool)
    chosen[index] = True
    return chosen


def _hull(axis: Axis) -> slice:
    found = np.flatnonzero(axis)
    return slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 0)
