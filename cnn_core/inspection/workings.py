"""The working behind one number: what a layer read, what it multiplied it with, and what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array, Shape
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
    Tape,
)
from cnn_core.model import Sequential

Numbers = NDArray[np.float64]
CURVE_REACH, CURVE_POINTS = 2.0, 81


@dataclass(frozen=True, slots=True, eq=False)
class Working:
    """One value of one layer, taken apart.

    For everything linear ``output = Σ inputs · weights + bias``; where a layer is not, ``function`` says what it does
    with its input and ``weights`` is None.

    Attributes
    ----------
    layer, kind, place : whose value it is
    inputs : what was read: a patch [h_f, w_f, c] of an image, all of a vector [d], or one value [1]
    inside : False where ``inputs`` lies in the padding, shaped like ``inputs``
    origin : place of the first of ``inputs`` in the layer before; rows and columns can be negative in the padding
    weights : shaped like ``inputs``; of a maximum 1 at the winner and 0 elsewhere, of a mean all the same
    bias : what is added; 0 where the layer has none
    function : how the output comes from the sum or the input, in a few words: ``max(x, 0)``
    output : the value
    maps : shape [h, w, c] of the maps whose numbers a vector of inputs are; None where there are none
    ingredients : what ``weights`` and ``bias`` are made of, by name, where these are not the layer's own
    curve : the function around the input, [2, points] of inputs and outputs; None where it is no function of one number
    """

    layer: str
    kind: str
    place: Place
    inputs: Numbers
    inside: NDArray[np.bool_]
    origin: Place
    weights: Numbers | None
    bias: float
    function: str
    output: float
    maps: Shape | None = None
    ingredients: Mapping[str, float] = field(default_factory=dict)
    curve: Numbers | None = None

    @property
    def products(self) -> Numbers | None:
        """``inputs · weights``, term by term; None where the layer is not linear."""
        return None if self.weights is None else self.inputs * self.weights

    @property
    def sum(self) -> float | None:
        """Sum of the products, without the bias; None where the layer is not linear."""
        products = self.products
        return None if products is None else float(products.sum())


def explain(model: Sequential, outputs: Sequence[Array], image: Array, layer: int, place: Place) -> Working:
    """The working of one value of layer number ``layer``.

    Parameters
    ----------
    outputs : output of every layer for one image, [h, w, c] or [d] each, as `look_inside` found them
    image : [h, w, c], what the first layer read
    layer, place : which value; raises `ShapeError` where there is none
    """
    what = model.layers[layer]
    check_place(outputs[layer].shape, place, what.label)
    before = (image if layer == 0 else outputs[layer - 1]).astype(np.float64)
    inputs, inside, origin = _read(what, before, place)
    weights, bias = _weights(what, inputs, place)
    function, output = _result(what, inputs, inside, weights, bias, place)
    maps = maps_before(model, layer) if isinstance(what, Dense) else None
    curve = _curve(what, float(inputs.flat[0]))
    return Working(
        what.name, what.kind, place, inputs, inside, origin, weights, bias, function, output, maps,
        _ingredients(what, place), curve,
    )  # fmt: skip


def onwards(model: Sequential, layer: int) -> range:
    """Numbers of the layers after ``layer`` that change each value by itself and leave it in its place."""
    end = layer + 1
    while end < len(model.layers) and works_value_by_value(model.layers[end]):
        end += 1
    return range(layer + 1, end)


def works_value_by_value(layer: Layer) -> bool:
    """Whether each output depends on the one input at its own place."""
    return isinstance(layer, (ReLU, LeakyReLU, Sigmoid, Tanh, Dropout, BatchNorm))


def maps_before(model: Sequential, layer: int) -> Shape | None:
    """Shape [h, w, c] of the maps that were flattened into what layer number ``layer`` reads, if they were."""
    before = layer - 1
    while before >= 0 and works_value_by_value(model.layers[before]):
        before -= 1
    if before < 0 or not isinstance(model.layers[before], Flatten):
        return None
    return model.summary()[before - 1].output_shape if before else model.input_shape


def _curve(layer: Layer, x: float) -> Numbers | None:
    if not isinstance(layer, (ReLU, LeakyReLU, Sigmoid, Tanh)):
        return None
    reach = max(abs(x) * 1.25, CURVE_REACH)
    at = np.linspace(-reach, reach, CURVE_POINTS)
    return np.stack([at, layer.forward(at[None], Tape())[0]])


def _read(layer: Layer, before: Numbers, place: Place) -> tuple[Numbers, NDArray[np.bool_], Place]:
    """The values that the output at ``place`` is made of, which of them are real, and where they begin."""
    match layer:
        case Conv2D():
            (top, _), (left, _) = layer.pads(before.shape[0], before.shape[1])
            corner = place[0] * layer.stride[0] - top, place[1] * layer.stride[1] - left
            patch, inside = _patch(before, corner, layer.kernel_size)
            return patch, inside, (*corner, 0)
        case MaxPool2D() | AveragePool2D():
            corner = place[0] * layer.stride[0], place[1] * layer.stride[1]
            channel = before[:, :, place[2] : place[2] + 1]
            patch, inside = _patch(channel, corner, layer.pool_size)
            return patch, inside, (*corner, place[2])
        case Dense() | Softmax():
            return before, np.ones(before.shape, bool), (0,)
        case Flatten():
            origin = tuple(int(i) for i in np.unravel_index(place[0], before.shape))
            return before[origin].reshape(1), np.ones(1, bool), origin
    return before[place].reshape(1), np.ones(1, bool), place


def _patch(values: Numbers, corner: tuple[int, int], size: tuple[int, int]) -> tuple[Numbers, NDArray[np.bool_]]:
    """The window of ``size`` at ``corner``, zeros where it reaches over the edge."""
    h, w, c = values.shape
    rows, columns = corner[0] + np.arange(size[0]), corner[1] + np.arange(size[1])
    inside = ((rows >= 0) & (rows < h))[:, None] & ((columns >= 0) & (columns < w))[None, :]
    patch = values[rows.clip(0, h - 1)[:, None], columns.clip(0, w - 1)[None, :]] * inside[:, :, None]
    return patch, np.repeat(inside[:, :, None], c, axis=2)


def _weights(layer: Layer, inputs: Numbers, place: Place) -> tuple[Numbers | None, float]:
    """What the inputs are multiplied with, and what is added."""
    match layer:
        case Conv2D() | Dense():
            weight, bias = layer.parameters["weight"], layer.parameters["bias"]
            return weight[..., place[-1]].astype(np.float64), float(bias[place[-1]])
        case AveragePool2D():
            return np.full(inputs.shape, 1 / inputs.size), 0.0
        case MaxPool2D():
            winner = np.zeros(inputs.size)
            winner[inputs.argmax()] = 1
            return winner.reshape(inputs.shape), 0.0
        case BatchNorm():
            of = _ingredients(layer, place)
            weight = of["scale"] / np.sqrt(of["variance"] + layer.epsilon)
            return np.full(1, weight), float(of["shift"] - of["mean"] * weight)
        case Flatten() | Dropout():
            return np.ones(1), 0.0
    return None, 0.0


def _ingredients(layer: Layer, place: Place) -> dict[str, float]:
    if not isinstance(layer, BatchNorm):
        return {}
    arrays = layer.parameters | layer.buffers
    return {name: float(arrays[name][place[-1]]) for name in ("mean", "variance", "scale", "shift")}


def _result(
    layer: Layer, inputs: Numbers, inside: NDArray[np.bool_], weights: Numbers | None, bias: float, place: Place
) -> tuple[str, float]:
    """In words and as a number, what comes out."""
    if weights is not None:
        return _LINEAR[type(layer)], float((inputs * weights)[inside].sum()) + bias
    x = float(inputs.flat[0])
    match layer:
        case ReLU():
            return "max(x, 0)", max(x, 0.0)
        case LeakyReLU():
            return f"max(x, {layer.slope:g} · x)", max(x, layer.slope * x)
        case Sigmoid():
            return "1 / (1 + e⁻ˣ)", 0.5 * float(np.tanh(0.5 * x)) + 0.5
        case Tanh():
            return "tanh(x)", float(np.tanh(x))
        case Softmax():
            powers = np.exp(inputs - inputs.max())
            return "eˣ / Σ eˣ", float(powers[place[0]] / powers.sum())
    raise NotImplementedError(f"No working is known for {layer.label}.")


_LINEAR: dict[type[Layer], str] = {
    Conv2D: "patch · kernel + bias",
    Dense: "input · weights + bias",
    AveragePool2D: "mean of the window",
    MaxPool2D: "largest of the window",
    BatchNorm: "(x - mean) / √(variance + ε) · scale + shift",
    Flatten: "the same number, in one row",
    Dropout: "the same number: dropout only works while training",
}
