"""Convolution of any stride, padding and kernel: the windows as the rows of one matrix.

The same im2col as in the reference layer, ``y = windows @ weight`` and its two transposed products, but into arrays
that are made once.

Where few images come at a time, this is also quicker than `conv_planes`, whose products are thin then.

Source: Chellapilla, Puri, Simard: "High Performance Convolutional Neural Networks for Document Processing" (2006).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.arrays import Array, Shape
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Tensor, image_order
from cnn_core.layers import Conv2D


class ConvWindows:
    """The kernel of any `Conv2D`."""

    def __init__(self, layer: Conv2D, input_shape: Shape) -> None:
        self.name, self.layer, self.input_shape = layer.name, layer, input_shape
        self.output_shape = layer.output_shape_for(input_shape)
        taps = layer.kernel_size[0] * layer.kernel_size[1] * input_shape[2]
        dtype = layer.parameters["weight"].dtype
        self.taps, self.dtype = taps, dtype
        self.weight_T = np.empty((0, 0), dtype)  # made for whoever trains

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.layer.parameters)

    def prepare(self) -> None:
        if len(self.weight_T):
            np.copyto(self.weight_T, self.layer.parameters["weight"].reshape(self.taps, -1).T)

    def bind(self, binding: Binding) -> BoundConvWindows:
        if binding.training and not len(self.weight_T):
            self.weight_T = np.empty((self.layer.filters, self.taps), self.dtype)
        return BoundConvWindows(self, binding)

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        bounds = [part for part in parts if isinstance(part, BoundConvWindows)]
        np.copyto(gradients["weight"], np.asarray(sum(b.d_weight for b in bounds)).reshape(gradients["weight"].shape))
        np.copyto(gradients["bias"], sum(b.d_bias for b in bounds))


class BoundConvWindows:
    """`ConvWindows` with the buffers of one shard."""

    def __init__(self, kernel: ConvWindows, binding: Binding) -> None:
        self.kernel, self._binding = kernel, binding
        n, (h, w, c) = binding.n, kernel.input_shape
        (h_f, w_f), (s_h, s_w) = kernel.layer.kernel_size, kernel.layer.stride
        (top, bottom), (left, right) = kernel.layer.pads(h, w)
        h_out, w_out, filters = kernel.output_shape
        zeros = binding.scratch.zeros
        self._padded = zeros(("windows x", kernel.layer, n), (n, top + h + bottom, left + w + right, c))
        inside = (slice(None), slice(top, top + h), slice(left, left + w))
        s_n, s_y, s_x, s_c = self._padded.strides
        strides = (s_w * s_x, s_n, s_h * s_y, s_y, s_x, s_c)
        self._seen = as_strided(self._padded, (w_out, n, h_out, h_f, w_f, c), strides)
        rows, taps = n * h_out * w_out, h_f * w_f * c
        self._windows = binding.kept.zeros((rows, taps))  # kept for the gradient of the weights
        self._Y = binding.output((rows, filters))
        self._dY = zeros(("windows dY",), (rows, filters))
        backward = binding.training and binding.wants_d_input
        self._d_windows = zeros(("d windows",), (rows, taps)) if backward else self._windows[:0]
        self._d_padded = zeros(("windows dx",), self._padded.shape) if backward else self._padded[:0]
        d_images = self._d_padded[inside] if backward else self._d_padded
        self.x = Tensor(image_order(self._padded[inside]), image_order(d_images))
        shape = (w_out, n, h_out, filters)
        self.y = Tensor(self._Y.reshape(shape), self._dY.reshape(shape))
        self.d_weight = binding.sums.zeros((taps if binding.training else 0, filters))
        self.d_bias = binding.sums.zeros(filters)

    def forward(self, program: Program) -> None:
        taps, filters = self._windows.shape[1], self.kernel.layer.filters
        weight = self.kernel.layer.parameters["weight"].reshape(taps, filters)
        program.call(np.copyto, self._windows.reshape(self._seen.shape), self._seen)
        program.call(np.matmul, self._windows, weight, self._Y)
        program.call(np.add, self._Y, self.kernel.layer.parameters["bias"], self._Y)

    def backward(self, program: Program) -> None:
        rough = self._binding.scratch.rough
        d_weight, d_bias = rough("dU", self.d_weight.shape), rough("d_bias", self.d_bias.shape)
        program.call(np.matmul, self._windows.T, self._dY, d_weight)
        program.call(np.add, self.d_weight, d_weight, self.d_weight)
        program.call(np.add.reduce, self._dY, axis=0, out=d_bias)
        program.call(np.add, self.d_bias, d_bias, self.d_bias)
        if self._binding.wants_d_input:
            program.call(np.matmul, self._dY, self.kernel.weight_T, self._d_windows)
            self._scatter(program)

    def _scatter(self, program: Program) -> None:
        """Every pixel collects from all windows that saw it (col2im)."""
        (h_f, w_f), (s_h, s_w) = self.kernel.layer.kernel_size, self.kernel.layer.stride
        d_windows = self._d_windows.reshape(self._seen.shape)
        w_out, _, h_out = self._seen.shape[:3]
        program.call(self._d_padded.fill, 0)
        for i in range(h_f):
            for j in range(w_f):
                place = self._d_padded[:, i : i + h_out * s_h : s_h, j : j + w_out * s_w : s_w]
                program.call(np.add, place, d_windows[:, :, :, i, j].transpose(1, 2, 0, 3), place)

    def begin(self) -> None:
        self.d_weight[...] = 0
        self.d_bias[...] = 0
