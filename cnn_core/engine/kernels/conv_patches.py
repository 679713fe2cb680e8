"""The first convolution: few input channels, and nobody asks for the gradient of its input.

With one input channel a window holds only h_f·w_f numbers, too few for `conv_planes`. Instead the windows are laid out
as a matrix (im2col) with one *row* for each element of the window, so that filling it is a handful of long copies, and
a row of ones, so that the bias is one more weight.

When pooling follows, all windows that one pooling window needs overlap in one patch: 2×2 pooling after a 3×3 kernel
sees 4×4 inputs. Four products with the same matrix, of 16 rows, give its four outputs in four separate blocks::

    patch 4×4      weights for the output (0, 0)    (0, 1)      (1, 0)      (1, 1)
    . . . .              w w w .     . w w w     . . . .     . . . .
    . . . .              w w w .     . w w w     w w w .     . w w w
    . . . .              w w w .     . w w w     w w w .     . w w w
    . . . .              . . . .     . . . .     w w w .     . w w w

and the pooling that follows compares whole blocks: no strides, no gathering. That is 16/9 of the multiplications for
much less moving of memory.

Source of im2col: Chellapilla, Puri, Simard (2006).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.arrays import Array, Shape
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Tensor
from cnn_core.layers import Conv2D

MOST_TAPS = 80
"""Elements of a patch above which the matrix of windows is no longer worth its memory."""


class ConvPatches:
    """The kernel of a first `Conv2D`, and the windows (h_p, w_p) of the pooling that follows or (1,
    1)."""

    @staticmethod
    def suits(layer: Conv2D, input_shape: Shape, pool: tuple[int, int]) -> bool:
        """Whether this kernel can run the layer; it has to be the first one."""
        (h_f, w_f), (h_p, w_p) = layer.kernel_size, pool
        s_h, s_w = layer.stride
        return (h_f + (h_p - 1) * s_h) * (w_f + (w_p - 1) * s_w) * input_shape[2] <= MOST_TAPS

    def __init__(self, layer: Conv2D, input_shape: Shape, pool: tuple[int, int]) -> None:
        self.name, self.layer, self.input_shape, self.pool = layer.name, layer, input_shape, pool
        h, w, filters = layer.output_shape_for(input_shape)
        self.blocks_shape = (h // pool[0], w // pool[1], filters)
        (h_f, w_f), (s_h, s_w), c = layer.kernel_size, layer.stride, input_shape[2]
        self.patch = (w_f + (pool[1] - 1) * s_w, h_f + (pool[0] - 1) * s_h, c)
        taps = int(np.prod(self.patch)) + 1
        self.E = np.zeros((*pool, taps, filters), layer.parameters["weight"].dtype)

    def _placed(self, E: Array) -> list[Array]:
        """For every output of a patch the part of its weights that is not zero, [w_f, h_f, c, filters]."""
        (h_f, w_f), (s_h, s_w), (h_p, w_p) = self.layer.kernel_size, self.layer.stride, self.pool
        weights = E[:, :, :-1].reshape(h_p, w_p, *self.patch, -1)
        places = [(i, j, j * s_w, i * s_h) for i in range(h_p) for j in range(w_p)]
        return [weights[i, j, x : x + w_f, y : y + h_f] for i, j, x, y in places]

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.layer.parameters)

    def prepare(self) -> None:
        weight = self.layer.parameters["weight"].swapaxes(0, 1)
        for place in self._placed(self.E):
            place[...] = weight
        self.E[:, :, -1] = self.layer.parameters["bias"]

    def bind(self, binding: Binding) -> BoundConvPatches:
        return BoundConvPatches(self, binding)

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        dE = sum(part.dE for part in parts if isinstance(part, BoundConvPatches))
        by_tap = np.ascontiguousarray(np.asarray(dE).swapaxes(2, 3))
        np.copyto(gradients["weight"], np.asarray(sum(self._placed(by_tap))).swapaxes(0, 1))
        np.copyto(gradients["bias"], by_tap[:, :, -1].sum(axis=(0, 1)))


class BoundConvPatches:
    """`ConvPatches` with the buffers of one shard. ``y`` holds the blocks: `Tensor.dense` is [h_p, w_p, w, n·h,
    filters]."""

    def __init__(self, kernel: ConvPatches, binding: Binding) -> None:
        self.kernel, self._binding = kernel, binding
        n, (h, w, c) = binding.n, kernel.input_shape
        (top, bottom), (left, right) = kernel.layer.pads(h, w)
        h_out, w_out, filters = kernel.blocks_shape
        padded = binding.kept.zeros((left + w + right, n, top + h + bottom, c))
        images = padded[left : left + w, :, top : top + h]
        self.x = Tensor(images, images[:0])
        s_x, s_n, s_y, s_c = padded.strides
        (h_p, w_p), (s_h, s_w), taps = kernel.pool, kernel.layer.stride, kernel.E.shape[2]
        strides = (s_x, s_y, s_c, w_p * s_w * s_x, s_n, h_p * s_h * s_y)
        self._patches = as_strided(padded, (*kernel.patch, w_out, n, h_out), strides)
        rows = binding.kept.zeros((taps, w_out, n * h_out))
        rows[-1] = 1
        self._rows = rows[:-1].reshape(*kernel.patch, w_out, n, h_out)
        self._matrix = rows.transpose(1, 2, 0)  # [w, n·h, taps], one small product a column
        shape = (h_p, w_p, w_out, n * h_out, filters)
        self._Y = binding.output(shape)
        self._dY = binding.scratch.zeros(("patches dY",), shape) if binding.training else self._Y[:0]
        self.y = Tensor(self._images(self._Y), self._images(self._dY))
        if kernel.pool != (1, 1):
            self.y = Tensor(self.y.value, self.y.gradient, self._Y, self._dY, "blocks")
        self.dE = binding.sums.zeros((h_p, w_p, filters, taps))

    def _images(self, blocks: Array) -> Array:
        """The blocks as images of their own, [h_p·w_p·w, n, h, filters]: right for all that works element by
        element."""
        h_out, _, filters = self.kernel.blocks_shape
        return blocks.reshape(-1, self._binding.n, h_out, filters)

    def forward(self, program: Program) -> None:
        program.call(np.copyto, self._rows, self._patches)
        program.call(np.matmul, self._matrix, self.kernel.E[:, :, None], self._Y)

    def backward(self, program: Program) -> None:
        rough = self._binding.scratch.rough
        dE, total = rough("dU by place", (*self._dY.shape[:3], *self.dE.shape[2:])), rough("dU", self.dE.shape)
        program.call(np.matmul, self._dY.swapaxes(3, 4), self._matrix, dE)
        program.call(np.add.reduce, dE, axis=2, out=total)
        program.call(np.add, self.dE, total, self.dE)

    def begin(self) -> None:
        self.dE[...] = 0
