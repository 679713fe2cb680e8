"""Non-linearities. All but softmax work element by element and keep any shape."""

from __future__ import annotations

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ShapeError
from cnn_core.layers.base import Layer, Tape, show_shape
from cnn_core.layers.options import number


class ReLU(Layer):
    """``y = max(x, 0)``. The gradient at exactly 0 is taken as 0."""

    stem = "relu"

    def forward(self, x: Array, tape: Tape) -> Array:
        y = np.maximum(x, 0)
        tape.keep(self, y)
        return y

    def backward(self, dy: Array, tape: Tape) -> Array:
        (y,) = tape.kept(self)
        return dy * (y > 0)


class LeakyReLU(Layer):
    """``y = x`` where x > 0, else ``slope · x``: no unit can die entirely.

    Source: Maas, Hannun, Ng: "Rectifier Nonlinearities Improve Neural Network Acoustic Models" (2013).
    """

    stem = "leaky_relu"
    OPTIONS = (number("slope", "How much of a negative number is let through.", 0.01, 0, 1),)
    slope: float

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        self._take(slope=slope)

    def forward(self, x: Array, tape: Tape) -> Array:
        tape.keep(self, x)
        return np.maximum(x, x * self.slope)

    def backward(self, dy: Array, tape: Tape) -> Array:
        (x,) = tape.kept(self)
        return np.where(x > 0, dy, dy * self.slope)


class Sigmoid(Layer):
    """``y = 1 / (1 + e^-x)``, computed through tanh so that large \\|x\\| cannot overflow."""

    stem = "sigmoid"

    def forward(self, x: Array, tape: Tape) -> Array:
        y = 0.5 * np.tanh(0.5 * x) + 0.5
        tape.keep(self, y)
        return y

    def backward(self, dy: Array, tape: Tape) -> Array:
        (y,) = tape.kept(self)
        return dy * y * (1 - y)


class Tanh(Layer):
    """``y = tanh(x)``."""

    stem = "tanh"

    def forward(self, x: Array, tape: Tape) -> Array:
        y = np.tanh(x)
        tape.keep(self, y)
        return y

    def backward(self, dy: Array, tape: Tape) -> Array:
        (y,) = tape.kept(self)
        return dy * (1 - y * y)


def softmax(logits: Array) -> Array:
    """Probabilities over the last axis; shifted by the maximum so that nothing overflows."""
    y = np.exp(logits - logits.max(axis=-1, keepdims=True))
    y /= y.sum(axis=-1, keepdims=True)
    return y


class Softmax(Layer):
    """Probabilities from logits: ``y_i = e^x_i / Σ_j e^x_j``.

    Shapes: [n, k] -> [n, k]. As the last layer it is left out while training, because the loss takes logits
    (`cnn_core.losses.SoftmaxCrossEntropy`); in any other place it is an ordinary layer.
    """

    stem = "softmax"

    def output_shape_for(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 1:
            raise ShapeError(
                f"{self.label} expected [n, k], received {show_shape(input_shape)}. Put a Flatten before it."
            )
        return input_shape

    def forward(self, x: Array, tape: Tape) -> Array:
        y = softmax(x)
        tape.keep(self, y)
        return y

    def backward(self, dy: Array, tape: Tape) -> Array:
        (y,) = tape.kept(self)
        return y * (dy - (dy * y).sum(axis=-1, keepdims=True))
