"""The sum behind one gradient: which later numbers a number feeds, and how much of their gradients comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.inspection.gradients import BackwardPass
from cnn_core.inspection.receptive_field import Place, check_place
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
    Sigmoid,
    Softmax,
    Tanh,
)
from cnn_core.model import Sequential

Numbers = NDArray[np.float64]
LOSS = "loss"


@dataclass(frozen=True, slots=True, eq=False)
class BackwardWorking:
    """The gradient of one number, taken apart: ``gradient = Σ gradients · weights``.

    Attributes
    ----------
    layer, place : whose gradient it is; the layer is ``input`` for a pixel
    to, to_kind : the layer that the number goes into, whose gradients come back; ``loss`` for the logits
    gradients : of the later numbers that it feeds: a patch [a, b, k] of maps, all of a vector [k], or one value [1].
        Of the logits: the probability [1]
    weights : how fast each of them grows with the number, shaped like ``gradients``: a convolution's kernel turned by
        180°, a row of a dense layer, 1 or 0 at a gate; None for the logits, whose gradient is p - target
    inside : False where there is no such number, beyond the edge
    origin : place of the first of them in the output of ``to``
    function : how it comes back, in a few words
    gradient : the value
    stopped : whether nothing comes back because a gate is shut
    """

    layer: str
    place: Place
    to: str
    to_kind: str
    gradients: Numbers
    weights: Numbers | None
    inside: NDArray[np.bool_]
    origin: Place
    function: str
    gradient: float
    stopped: bool = False

    @property
    def products(self) -> Numbers | None:
        """``gradients · weights``, term by term."""
        return None if self.weights is None else self.gradients * self.weights


def explain_gradient(model: Sequential, back: BackwardPass, image: Array, layer: int, place: Place) -> BackwardWorking:
    """How the gradient of one number of layer number ``layer`` comes about; -1 asks for a pixel of ``image``.

    Raises `ShapeError` where there is no such number.
    """
    values = image if layer < 0 else back.outputs[layer]
    name = "input" if layer < 0 else model.layers[layer].name
    check_place(values.shape, place, name)
    if layer + 1 >= len(model.trunk):
        return _of_logit(back, name, place)
    to, later = model.layers[layer + 1], back.layers[layer + 1].values.astype(np.float64)
    found = _came_back(to, later, values, back.outputs[layer + 1], place)
    gradient = float((found.gradients * found.weights)[found.inside].sum())
    stopped = isinstance(to, (ReLU, MaxPool2D)) and not found.weights.any()
    return BackwardWorking(
        name, place, to.name, to.kind, found.gradients, found.weights, found.inside, found.origin,
        _FUNCTIONS[type(to)], gradient, stopped,
    )  # fmt: skip


def _of_logit(back: BackwardPass, name: str, place: Place) -> BackwardWorking:
    share = float(back.probabilities[place[0]])
    target = float(place[0] == back.label)
    one = np.ones(1, bool)
    return BackwardWorking(name, place, LOSS, LOSS, np.array([share]), None, one, place, "p - target", share - target)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    gradients: Numbers
    weights: Numbers
    inside: NDArray[np.bool_]
    origin: Place


def _one(gradient: float, weight: float, place: Place) -> _Found:
    return _Found(np.array([gradient]), np.array([weight]), np.ones(1, bool), place)


def _came_back(to: Layer, later: Numbers, values: Array, outputs: Array, place: Place) -> _Found:
    """What comes back through layer ``to`` to the number at ``place`` of ``values``, which it reads."""
    match to:
        case Conv2D():
            return _through_kernel(to, later, values, place)
        case MaxPool2D() | AveragePool2D():
            return _through_windows(to, later, values, place)
        case Dense():
            weights = to.parameters["weight"][place[0]].astype(np.float64)
            return _Found(later, weights, np.ones(later.shape, bool), (0,))
        case Softmax():  # in the middle of a network; a closing one belongs to the loss
            p = outputs.astype(np.float64)
            return _Found(later, p * ((np.arange(len(p)) == place[0]) - p[place[0]]), np.ones(later.shape, bool), (0,))
        case Flatten():
            number = int(np.ravel_multi_index(place, values.shape))
            return _one(float(later[number]), 1.0, (number,))
    return _one(float(later[place]), _slope(to, float(values[place]), float(outputs[place]), place), place)


def _slope(layer: Layer, x: float, y: float, place: Place) -> float:
    """How fast the output of a layer that works value by value grows with its input."""
    match layer:
        case ReLU():
            return float(x > 0)
        case LeakyReLU():
            return 1.0 if x > 0 else layer.slope
        case Sigmoid():
            return y * (1 - y)
        case Tanh():
            return 1 - y * y
        case BatchNorm():
            variance = float(layer.buffers["variance"][place[-1]])
            return float(layer.parameters["scale"][place[-1]]) / float(np.sqrt(variance + layer.epsilon))
        case Dropout():
            return 1.0
    raise NotImplementedError(f"No way back is known through {layer.label}.")


def _through_kernel(to: Conv2D, later: Numbers, values: Array, place: Place) -> _Found:
    """Every place of the filters that saw the number, and the weight that it had met there."""
    pads = to.pads(values.shape[0], values.shape[1])
    axes = [_windows_over(place[axis] + pads[axis][0], to.kernel_size[axis], to.stride[axis]) for axis in range(2)]
    (rows, in_row), (columns, in_column) = axes
    kernel = to.parameters["weight"][:, :, place[2]].astype(np.float64)  # [h_f, w_f, k]
    weights = kernel[in_row[:, None], in_column[None, :]]
    gradients, inside = _at(later, rows, columns)
    return _Found(gradients, weights, inside, (_first(rows), _first(columns), 0))


def _through_windows(to: MaxPool2D | AveragePool2D, later: Numbers, values: Array, place: Place) -> _Found:
    """Every window that held the number: its share of a mean, or 1 where it was the largest, the first of equals."""
    size, stride, channel = to.pool_size, to.stride, place[2]
    rows, in_row = _windows_over(place[0], size[0], stride[0])
    columns, in_column = _windows_over(place[1], size[1], stride[1])
    gradients, inside = _at(later[:, :, channel : channel + 1], rows, columns)
    weights = np.full(gradients.shape, 1 / (size[0] * size[1]))
    if isinstance(to, MaxPool2D):
        for i, j in np.ndindex(len(rows), len(columns)):
            window = values[
                rows[i] * stride[0] : rows[i] * stride[0] + size[0],
                columns[j] * stride[1] : columns[j] * stride[1] + size[1],
                channel,
            ]
            first = np.unravel_index(int(window.argmax()), window.shape) if inside[i, j, 0] else (-1, -1)
            weights[i, j, 0] = float(first == (in_row[i], in_column[j]))
    return _Found(gradients, weights, inside, (_first(rows), _first(columns), channel))


def _windows_over(at: int, size: int, stride: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of the windows that hold row ``at``, in order, and which of their own rows it is; also those that would
    lie beyond the edge."""
    windows = np.arange(-(-(at - size + 1) // stride), at // stride + 1)
    return windows, at - windows * stride


def _first(windows: NDArray[np.int64]) -> int:
    """The first of them; with a stride larger than the kernel there may be none."""
    return int(windows[0]) if len(windows) else 0


def _at(later: Numbers, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> tuple[Numbers, NDArray[np.bool_]]:
    """The gradients at these places, zero beyond the edge."""
    h, w, _ = later.shape
    inside = ((rows >= 0) & (rows < h))[:, None] & ((columns >= 0) & (columns < w))[None, :]
    found = later[rows.clip(0, h - 1)[:, None], columns.clip(0, w - 1)[None, :]] * inside[:, :, None]
    return found, np.repeat(inside[:, :, None], later.shape[2], axis=2)


_FUNCTIONS: dict[type[Layer], str] = {
    Conv2D: "gradients · the kernel, turned by 180°",
    Dense: "gradients · this unit's row of weights",
    AveragePool2D: "an equal share of each window's gradient",
    MaxPool2D: "the gradient of each window that it has won",
    BatchNorm: "gradient · scale / √(variance + ε)",
    Flatten: "the same gradient",
    Dropout: "the same gradient: dropout only works while training",
    ReLU: "the gradient where x > 0, else nothing",
    LeakyReLU: "the gradient, where x < 0 times the slope",
    Sigmoid: "gradient · y · (1 - y)",
    Tanh: "gradient · (1 - y²)",
    Softmax: "gradients · p · (1 or 0 - p)",
}
