"""Convolution over volume, as a matrix product."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import DTypeLike

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ShapeError
from cnn_core.initializers import INITIALIZERS
from cnn_core.layers.base import Layer, Tape, show_shape
from cnn_core.layers.options import choice, size, whole_number
from cnn_core.layers.windows import count_windows, same_padding, shifted


class Conv2D(Layer):
    """Slide every filter over the image and write down how well each place matches.

    ``y[n, i, j, k] = bias[k] + Σ_{a, b, c} x[n, i·s + a, j·s + b, c] · weight[a, b, c, k]``

    Shapes: x [n, h, w, c] -> y [n, h_out, w_out, filters]; weight [h_f, w_f, c, filters]; bias [filters].
    ``valid`` uses only whole windows; ``same`` pads with zeros so that h_out = ceil(h / stride).

    The windows are laid out as the rows of one matrix (im2col), so that all of the work is a single product with the
    filters as columns; the backward pass is its two transposed products. Source: Chellapilla, Puri, Simard: "High
    Performance Convolutional Neural Networks for Document Processing" (2006).
    """

    stem = "conv"
    OPTIONS = (
        whole_number("filters", "How many filters slide over the image; each makes a feature map."),
        size("kernel_size", "Height and width of every filter, in pixels.", 3),
        size("stride", "Pixels from one place of the filter to the next.", 1),
        choice("padding", "What happens at the edge: only whole windows, or zeros around the image.", "valid",
               ("valid", "same")),
        choice("initializer", "How large the starting weights are: he for ReLU, glorot for tanh and softmax.", "he",
               tuple(INITIALIZERS)),
    )  # fmt: skip
    filters: int
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: str
    initializer: str

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int] = 3,
        stride: int | tuple[int, int] = 1,
        padding: str = "valid",
        initializer: str = "he",
    ) -> None:
        super().__init__()
        self._take(filters=filters, kernel_size=kernel_size, stride=stride, padding=padding, initializer=initializer)

    def pads(self, h: int, w: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Zeros (before, after) along the height and along the width."""
        if self.padding == "valid":
            return (0, 0), (0, 0)
        (h_f, w_f), (s_h, s_w) = self.kernel_size, self.stride
        return same_padding(h, h_f, s_h), same_padding(w, w_f, s_w)

    def output_shape_for(self, input_shape: Shape) -> Shape:
        h, w, _ = self.expect_image(input_shape)
        rows, columns = self.pads(h, w)
        h, w = h + sum(rows), w + sum(columns)
        if h < self.kernel_size[0] or w < self.kernel_size[1]:
            raise ShapeError(
                f"{self.label} expected images of at least {self.kernel_size[0]}×{self.kernel_size[1]} pixels, the "
                f"size of its kernel, received {show_shape(input_shape)}. Use a smaller kernel or padding 'same'."
            )
        h_out = count_windows(h, self.kernel_size[0], self.stride[0])
        w_out = count_windows(w, self.kernel_size[1], self.stride[1])
        return h_out, w_out, self.filters

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        return {"weight": (*self.kernel_size, input_shape[2], self.filters), "bias": (self.filters,)}

    def multiply_adds(self, input_shape: Shape) -> int:
        h_out, w_out, _ = self.output_shape_for(input_shape)
        return h_out * w_out * prod(self.parameter_shapes(input_shape)["weight"])

    def work_elements(self, input_shape: Shape) -> int:
        """The padded image and the matrix of all windows."""
        h_out, w_out, _ = self.output_shape_for(input_shape)
        rows, columns = self.pads(*input_shape[:2])
        padded = (input_shape[0] + sum(rows)) * (input_shape[1] + sum(columns)) * input_shape[2]
        return padded + h_out * w_out * prod(self.kernel_size) * input_shape[2]

    def initialize(self, input_shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> None:
        shapes = self.parameter_shapes(input_shape)
        self.parameters["weight"] = INITIALIZERS[self.initializer](shapes["weight"], rng, dtype)
        self.parameters["bias"] = np.zeros(shapes["bias"], dtype)

    def forward(self, x: Array, tape: Tape) -> Array:
        weight, bias = self.parameters["weight"], self.parameters["bias"]
        if x.ndim != 4 or x.shape[3] != weight.shape[2]:
            raise ShapeError(
                f"{self.label} expected [n, h, w, {weight.shape[2]}] as its filters were built for "
                f"{weight.shape[2]} channels, received {list(x.shape)}."
            )
        windows = self._windows(x)
        tape.keep(self, x.shape, windows)
        n, h_out, w_out = x.shape[0], *self.output_shape_for(x.shape[1:])[:2]
        y = windows @ weight.reshape(-1, self.filters)
        y += bias
        return y.reshape(n, h_out, w_out, self.filters)

    def backward(self, dy: Array, tape: Tape) -> Array:
        if not tape.inputs_only:
            self.backward_parameters(dy, tape)
        x_shape, _ = tape.kept(self)
        weight = self.parameters["weight"].reshape(-1, self.filters)
        return self._scatter(dy.reshape(-1, self.filters) @ weight.T, x_shape, dy.shape)

    def backward_parameters(self, dy: Array, tape: Tape) -> None:
        _, windows = tape.kept(self)
        flat = dy.reshape(-1, self.filters)
        weight = (windows.T @ flat).reshape(self.parameters["weight"].shape)
        tape.add_gradient(self, weight=weight, bias=flat.sum(axis=0))

    def _windows(self, x: Array) -> Array:
        """im2col: one row per window, [n·h_out·w_out, h_f·w_f·c], in the order of the filters' elements."""
        rows, columns = self.pads(x.shape[1], x.shape[2])
        if any(rows + columns):
            x = np.pad(x, ((0, 0), rows, columns, (0, 0)))
        windows = sliding_window_view(x, self.kernel_size, axis=(1, 2))  # type: ignore[call-overload]
        windows = windows[:, :: self.stride[0], :: self.stride[1]]
        return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, self.kernel_size[0] * self.kernel_size[1] * x.shape[3])

    def _scatter(self, d_windows: Array, x_shape: Shape, y_shape: Shape) -> Array:
        """col2im, the adjoint of `_windows`: every pixel collects from all windows that saw it."""
        n, h, w, c = x_shape
        rows, columns = self.pads(h, w)
        d_windows = d_windows.reshape(*y_shape[:3], *self.kernel_size, c)
        dx = np.zeros((n, h + sum(rows), w + sum(columns), c), d_windows.dtype)
        for i in range(self.kernel_size[0]):
            for j in range(self.kernel_size[1]):
                place = shifted(dx, i, j, (y_shape[1], y_shape[2]), self.stride)
                place += d_windows[:, :, :, i, j]
        return dx[:, rows[0] : rows[0] + h, columns[0] : columns[0] + w]
