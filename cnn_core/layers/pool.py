"""Pooling: one number for every small window, channel by channel."""

from __future__ import annotations

from math import prod

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ShapeError
from cnn_core.layers.base import Layer, Tape, show_shape
from cnn_core.layers.options import size
from cnn_core.layers.windows import count_windows, shifted


class _Pool2D(Layer):
    """The geometry that both kinds of pooling share."""

    stem = "pool"
    OPTIONS = (
        size("pool_size", "Height and width of the window that one number is made of.", 2),
        size("stride", "Pixels from one window to the next; none given: as large as the window.", None),
    )
    pool_size: tuple[int, int]
    stride: tuple[int, int]

    def __init__(self, pool_size: int | tuple[int, int] = 2, stride: int | tuple[int, int] | None = None) -> None:
        super().__init__()
        self._take(pool_size=pool_size, stride=pool_size if stride is None else stride)

    def output_shape_for(self, input_shape: Shape) -> tuple[int, int, int]:
        h, w, c = self.expect_image(input_shape)
        if h < self.pool_size[0] or w < self.pool_size[1]:
            raise ShapeError(
                f"{self.label} expected images of at least {self.pool_size[0]}×{self.pool_size[1]} pixels, the size "
                f"of its window, received {show_shape(input_shape)}. Use a smaller window or fewer pooling layers."
            )
        h_out = count_windows(h, self.pool_size[0], self.stride[0])
        w_out = count_windows(w, self.pool_size[1], self.stride[1])
        return h_out, w_out, c

    def multiply_adds(self, input_shape: Shape) -> int:
        return 4 * prod(self.output_shape_for(input_shape)) * prod(self.pool_size)  # bound by memory, not by sums

    def _places(self) -> list[tuple[int, int]]:
        """Elements of a window in row-major order."""
        return [(i, j) for i in range(self.pool_size[0]) for j in range(self.pool_size[1])]


class MaxPool2D(_Pool2D):
    """Keep the largest value of every window.

    Shapes: x [n, h, w, c] -> y [n, h_out, w_out, c], whole windows only.
    The gradient goes to the place where the maximum was; on ties to the first one in row-major order.
    """

    def forward(self, x: Array, tape: Tape) -> Array:
        h_out, w_out, _ = self.output_shape_for(x.shape[1:])
        first, *others = (shifted(x, i, j, (h_out, w_out), self.stride) for i, j in self._places())
        y = first.copy()
        for candidate in others:
            np.maximum(y, candidate, out=y)
        tape.keep(self, x, y)
        return y

    def backward(self, dy: Array, tape: Tape) -> Array:
        x, y = tape.kept(self)
        dx = np.zeros_like(x)
        unclaimed = np.ones(y.shape, bool)
        for i, j in self._places():
            wins = shifted(x, i, j, y.shape[1:3], self.stride) == y
            wins &= unclaimed
            unclaimed ^= wins
            place = shifted(dx, i, j, y.shape[1:3], self.stride)
            place += dy * wins
        return dx


class AveragePool2D(_Pool2D):
    """Average of every window.

    Shapes: x [n, h, w, c] -> y [n, h_out, w_out, c], whole windows only. Every element gets an equal share of the
    gradient.
    """

    def forward(self, x: Array, tape: Tape) -> Array:
        h_out, w_out, _ = self.output_shape_for(x.shape[1:])
        tape.keep(self, x.shape)
        first, *others = (shifted(x, i, j, (h_out, w_out), self.stride) for i, j in self._places())
        y = first.copy()
        for part in others:
            y += part
        y *= 1.0 / len(self._places())
        return y

    def backward(self, dy: Array, tape: Tape) -> Array:
        (x_shape,) = tape.kept(self)
        dx = np.zeros(x_shape, dy.dtype)
        share = dy * (1.0 / len(self._places()))
        for i, j in self._places():
            place = shifted(dx, i, j, (dy.shape[1], dy.shape[2]), self.stride)
            place += share
        return dx
