"""The fully connected layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ShapeError
from cnn_core.initializers import INITIALIZERS
from cnn_core.layers.base import Layer, Tape, show_shape
from cnn_core.layers.options import choice, whole_number


class Dense(Layer):
    """Affine map ``y = x @ weight + bias``.

    Shapes: x [n, d] -> y [n, units]; weight [d, units]; bias [units].
    Backward: ``dx = dy @ weightᵀ``, ``dweight = xᵀ @ dy``, ``dbias = Σ_n dy``.
    """

    stem = "dense"
    OPTIONS = (
        whole_number("units", "How many units the layer has; each sees all numbers of the layer before."),
        choice("initializer", "How large the starting weights are: he for ReLU, glorot for tanh and softmax.", "he",
               tuple(INITIALIZERS)),
    )  # fmt: skip
    units: int
    initializer: str

    def __init__(self, units: int, initializer: str = "he") -> None:
        super().__init__()
        self._take(units=units, initializer=initializer)

    def output_shape_for(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1:
            raise ShapeError(
                f"{self.label} expected [n, d], received {show_shape(input_shape)}. Put a Flatten before it."
            )
        return (self.units,)

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        return {"weight": (input_shape[0], self.units), "bias": (self.units,)}

    def multiply_adds(self, input_shape: Shape) -> int:
        return input_shape[0] * self.units

    def initialize(self, input_shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> None:
        self.parameters["weight"] = INITIALIZERS[self.initializer]((input_shape[0], self.units), rng, dtype)
        self.parameters["bias"] = np.zeros(self.units, dtype)

    def forward(self, x: Array, tape: Tape) -> Array:
        weight = self.parameters["weight"]
        if x.ndim != 2 or x.shape[1] != weight.shape[0]:
            raise ShapeError(f"{self.label} expected [n, {weight.shape[0]}], received {list(x.shape)}.")
        tape.keep(self, x)
        y = x @ weight
        y += self.parameters["bias"]
        return y

    def backward(self, dy: Array, tape: Tape) -> Array:
        if not tape.inputs_only:
            self.backward_parameters(dy, tape)
        return dy @ self.parameters["weight"].T

    def backward_parameters(self, dy: Array, tape: Tape) -> None:
        (x,) = tape.kept(self)
        tape.add_gradient(self, weight=x.T @ dy, bias=dy.sum(axis=0))
