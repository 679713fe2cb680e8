"""Convolution with stride 1 by the Toom-Cook scheme: along one axis with fewer products, along the other directly.

Memory. The images of a shard stand side by side as columns: plane x holds column x of every image, ``[pixel,
channel]``, image after image, with zeros between them that are the padding below one and above the next::

    plane x:   0 | image 0: y = 0 … h-1 | 0 | image 1: y = 0 … h-1 | 0 | …        each entry: c numbers

    planes:    0   1   2   3   4   5   6   7   8   9 …          plane 0 is the padding at the left
               └────────── tile 0: B ──────────┘
                               m = 7 further  └─ tile 1 …       tiles overlap by kernel width - 1 planes

Forward, tile by tile (w is the kernel, i counts the a = m + w_f - 1 products of the scheme):

1. ``V[i] = Σ_j B[i, j] · plane[j]``: the inputs at the evaluation points. One small matrix product over whole planes.
2. ``M[i] = window(V[i]) @ U[i]``: the h_f pixels of a window and their channels are h_f·c neighbouring numbers of a
plane, so
   the matrix of windows needs no copy: it is the plane itself, read with another stride. Overlapping rows are not a
   matrix to BLAS, hence the rows q, q + h_f, q + 2·h_f, … are taken together, for q = 0 … h_f - 1.
3. ``Y[j] = Σ_i A[j, i] · M[i]``: m columns of the output.

For a 3×3 kernel and m = 7 step 2 does 9/7 · 3 = 3.9 products for an output instead of 9. Backward is the exact adjoint:
``dM = Aᵀ dY``, ``dU = windows(V)ᵀ dM``, ``dw = Gᵀ dU``, ``dV = window(dM) @ flipped(U)ᵀ``, ``dx = Bᵀ dV``; the tiles
add up where they overlap. V is made again rather than kept: it costs as much as reading it from memory would, and no
memory.

Sources: `toom_cook`; for convolving whole columns of many images at once: Lavin, Gray (2016), section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.arrays import Array, Shape
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.kernels.toom_cook import MOST_PRODUCTS, ONE, ToomCook, best_outputs, toom_cook
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Tensor, cut_columns
from cnn_core.layers import Conv2D


class ConvPlanes:
    """The kernel of one `Conv2D` with stride 1 and a kernel 2 to 5 wide."""

    @staticmethod
    def suits(layer: Conv2D, output_shape: Shape, most_products: int = MOST_PRODUCTS) -> bool:
        """Whether this kernel can run the layer."""
        taps = layer.kernel_size[1]
        return layer.stride == (1, 1) and taps > 1 and best_outputs(output_shape[1], taps, most_products) > 0

    def __init__(self, layer: Conv2D, input_shape: Shape, most_products: int = MOST_PRODUCTS) -> None:
        self.name, self.layer, self.input_shape = layer.name, layer, input_shape
        self.output_shape = layer.output_shape_for(input_shape)
        h_f, w_f = layer.kernel_size
        self.dtype = layer.parameters["weight"].dtype
        self.scheme = toom_cook(best_outputs(self.output_shape[1], w_f, most_products), w_f, self.dtype)
        a, c, filters = self.scheme.products, input_shape[2], layer.filters
        self.U = np.empty((a, 1, h_f * c, filters), self.dtype)
        self._U_back: Array | None = None  # only who trains needs it
        self._kernel = np.full((w_f, h_f, c, filters), np.nan, self.dtype)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.layer.parameters)

    def prepare(self) -> None:
        a, w_f = self.scheme.products, self.layer.kernel_size[1]
        weight = self.layer.parameters["weight"].swapaxes(0, 1)
        if np.array_equal(self._kernel, weight):  # as it always is where nobody trains
            return
        np.copyto(self._kernel, weight)
        np.matmul(self.scheme.G, self._kernel.reshape(w_f, -1), out=self.U.reshape(a, -1))
        self._turn()

    @property
    def U_back(self) -> Array:
        """``U`` with its rows the other way round and its channels exchanged, for the gradient of the input."""
        if self._U_back is None:
            self._U_back = np.empty(
                (len(self.U), 1, self.U.shape[2] // self._kernel.shape[2] * self.layer.filters, self._kernel.shape[2]),
                self.dtype,
            )
            self._turn()
        return self._U_back

    def _turn(self) -> None:
        if self._U_back is not None:
            U = self.U.reshape(len(self.U), -1, *self._kernel.shape[2:])
            back = self._U_back.reshape(len(U), -1, U.shape[3], U.shape[2])
            np.copyto(back, U[:, ::-1].swapaxes(2, 3))

    def bind(self, binding: Binding) -> BoundConvPlanes:
        return BoundConvPlanes(self, binding)

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        a, (h_f, w_f) = self.scheme.products, self.layer.kernel_size
        first, *others = [part for part in parts if isinstance(part, BoundConvPlanes)]
        dU, bias = first.dU, first.d_bias
        for other in others:
            dU, bias = dU + other.dU, bias + other.d_bias
        kernel = (self.scheme.G.T @ dU.reshape(a, -1)).reshape(w_f, h_f, *self._kernel.shape[2:])
        np.copyto(gradients["weight"], kernel.swapaxes(0, 1))
        np.copyto(gradients["bias"], bias[0])


@dataclass(frozen=True)
class _Geometry:
    """Where the images of a shard lie in planes."""

    n: int
    top: int  # zero pixels above the first image
    left: int  # zero planes before column 0
    pitch: int  # pixels from one image to the next
    rows: int  # pixels of a plane, a multiple of the kernel's height
    tiles: int
    planes_in: int
    planes_out: int

    @classmethod
    def of(cls, layer: Conv2D, input_shape: Shape, output_shape: Shape, scheme: ToomCook, n: int) -> _Geometry:
        (top, bottom), (left, _) = layer.pads(*input_shape[:2])
        pitch = input_shape[0] + max(top, bottom)
        h_f = layer.kernel_size[0]
        rows = -(-(top + n * pitch) // h_f) * h_f
        tiles = -(-output_shape[1] // scheme.outputs)
        planes_out = tiles * scheme.outputs
        return cls(n, top, left, pitch, rows, tiles, planes_out + scheme.taps - 1, planes_out)

    def view(self, planes: Array, first_plane: int, first_row: int, shape: Shape) -> Array:
        """Images [w, n, h, c] of ``shape`` (h, w, c) in planes [p, rows·c]."""
        h, w, c = shape
        start, item = planes[first_plane:, first_row * c :], planes.itemsize
        return as_strided(start, (w, self.n, h, c), (planes.strides[0], self.pitch * c * item, c * item, item))


class BoundConvPlanes:
    """`ConvPlanes` with the buffers of one shard; see the module for the letters."""

    def __init__(self, kernel: ConvPlanes, binding: Binding) -> None:
        self.kernel, self._binding = kernel, binding
        c, filters = kernel.input_shape[2], kernel.layer.filters
        h_f = kernel.layer.kernel_size[0]
        geometry = _Geometry.of(kernel.layer, kernel.input_shape, kernel.output_shape, kernel.scheme, binding.n)
        self.geometry, rows, a = geometry, geometry.rows, kernel.scheme.products
        where = ("planes", kernel.layer.kernel_size, kernel.input_shape, kernel.output_shape, geometry)
        zeros = binding.scratch.zeros
        self._X = np.zeros((geometry.planes_in, rows * c), kernel.dtype)
        self._Y = zeros((*where, "Y"), (geometry.planes_out, rows * filters))
        slack = h_f - 1  # windows of the last rows reach that far beyond the last plane
        self._V = zeros((*where, "V"), (a * rows + slack) * c)
        self._M = zeros((*where, "M"), a * rows * filters).reshape(a, -1)
        self._bias = np.zeros(rows * filters, kernel.dtype)
        self._dX = self._dY = self._X[:0]
        if binding.training:
            self._dY = zeros((*where, "dY"), (geometry.planes_out, rows * filters))
            self._dM = zeros((*where, "dM"), (slack + a * rows) * filters)
            self.dU = np.zeros((a, h_f, c, filters), kernel.dtype)
            self.d_bias = np.zeros((1, filters), kernel.dtype)
            if binding.wants_d_input:
                self._dX = zeros((*where, "dX"), (geometry.planes_in, rows * c))
                self._over = zeros((*where, "over"), (kernel.scheme.taps - 1, rows * c))
        self.x, self.y = self._tensors()

    def _tensors(self) -> tuple[Tensor, Tensor]:
        geometry, kernel = self.geometry, self.kernel

        def inside(planes: Array) -> Array:
            return geometry.view(planes, geometry.left, geometry.top, kernel.input_shape) if len(planes) else planes

        def outside(planes: Array) -> Array:
            return geometry.view(planes, 0, 0, kernel.output_shape) if len(planes) else planes

        width = kernel.output_shape[1]
        y = Tensor(outside(self._Y), outside(self._dY), self._Y[:width], self._dY[:width], "planes")
        return Tensor(inside(self._X), inside(self._dX)), y

    def _by_phase(self, flat: Array, channels: int, width: int) -> Array:
        """[a, h_f, rows / h_f, width]: ``width`` numbers from each pixel on.

        Pixels 0, h_f, 2·h_f, … come first, then 1, h_f + 1, …, and so on.
        With width h_f·channels these are windows, whose neighbours in memory touch without overlapping, as rows of a
        matrix have to; with width channels they are the pixels in the same order.
        """
        a, rows, h_f = self.kernel.scheme.products, self.geometry.rows, self.kernel.layer.kernel_size[0]
        item = flat.itemsize
        pixel = channels * item
        return as_strided(flat, (a, h_f, rows // h_f, width), (rows * pixel, pixel, h_f * pixel, item))

    def _windows(self, flat: Array, channels: int) -> Array:
        return self._by_phase(flat, channels, self.kernel.layer.kernel_size[0] * channels)

    def _pixels(self, flat: Array, channels: int) -> Array:
        return self._by_phase(flat, channels, channels)

    def _tile(self, planes: Array, tile: int, count: int) -> Array:
        start = tile * self.kernel.scheme.outputs
        return planes[start : start + count]

    def forward(self, program: Program) -> None:
        kernel, scheme, geometry = self.kernel, self.kernel.scheme, self.geometry
        a, m, c, filters = scheme.products, scheme.outputs, kernel.input_shape[2], kernel.layer.filters
        V = self._V[: a * geometry.rows * c].reshape(a, -1)
        windows, products = self._windows(self._V, c), self._pixels(self._M, filters)
        for tile in range(geometry.tiles):
            program.call(np.matmul, scheme.B, cut_columns(self._tile(self._X, tile, a), a), cut_columns(V, a))
            program.call(np.matmul, windows, kernel.U, products)
            program.call(np.add, self._M[ONE], self._bias, self._M[ONE])
            program.call(np.matmul, scheme.A, cut_columns(self._M, a), cut_columns(self._tile(self._Y, tile, m), a))
        if self._binding.training:
            program.call(self._settle_blanks)

    def _settle_blanks(self) -> None:
        """In a network with fresh biases of zero, give outputs that see nothing but zeros exactly zero.

        There a ReLU passes no gradient, but it would if rounding errors of the tile's other pixels lifted the output
        above zero, and much of a drawing is blank. Once trained, biases are far larger than a rounding error.
        """
        bias = self.kernel.layer.parameters["bias"]
        if bias.any():
            return
        (h_f, w_f), (h, w, _) = self.kernel.layer.kernel_size, self.kernel.output_shape
        (top, bottom), (left, right) = self.kernel.layer.pads(*self.kernel.input_shape[:2])
        ink = np.pad(self.x.value.any(axis=3), ((left, right), (0, 0), (top, bottom)))
        seen = np.zeros((w, ink.shape[1], h), bool)
        for j in range(w_f):
            for i in range(h_f):
                seen |= ink[j : j + w, :, i : i + h]
        self.y.value[~seen] = 0

    def backward(self, program: Program) -> None:
        kernel, scheme, geometry = self.kernel, self.kernel.scheme, self.geometry
        a, m, c, filters = scheme.products, scheme.outputs, kernel.input_shape[2], kernel.layer.filters
        h_f, rows = kernel.layer.kernel_size[0], geometry.rows
        lead = (h_f - 1) * filters  # zeros before the first pixel: windows of dM reach back, not ahead
        dM = self._dM[lead:].reshape(a, -1)
        V = self._V[: a * rows * c].reshape(a, -1)
        last = (geometry.n - 1) * geometry.pitch + kernel.output_shape[0]  # pixels up to the last that counts
        item = kernel.dtype.itemsize
        pixel, sums = c * item, filters * item
        windows_T = as_strided(self._V, (a, h_f, c, last), (rows * pixel, pixel, item, pixel))
        dM_pixels = as_strided(self._dM[lead:], (a, 1, last, filters), (rows * sums, 0, sums, item))
        dU, d_bias = np.empty_like(self.dU), np.empty_like(self.d_bias)
        ones = np.ones((1, rows), kernel.dtype)
        A_T, B_T = np.ascontiguousarray(scheme.A.T), np.ascontiguousarray(scheme.B.T)
        for tile in range(geometry.tiles):
            program.call(np.matmul, A_T, cut_columns(self._tile(self._dY, tile, m), a), cut_columns(dM, a))
            program.call(np.matmul, scheme.B, cut_columns(self._tile(self._X, tile, a), a), cut_columns(V, a))
            program.call(np.matmul, windows_T, dM_pixels, dU)
            program.call(np.add, self.dU, dU, self.dU)
            program.call(np.matmul, ones, dM[ONE].reshape(rows, filters), d_bias)
            program.call(np.add, self.d_bias, d_bias, self.d_bias)
            if self._binding.wants_d_input:
                program.call(np.matmul, self._windows(self._dM, filters), kernel.U_back, self._pixels(self._V, c))
                self._spread(program, tile, B_T, V)

    def _spread(self, program: Program, tile: int, B_T: Array, dV: Array) -> None:
        """``dx = Bᵀ dV`` of a tile; what belongs to the next tile as well waits in ``over``."""
        a, m, overlap = self.kernel.scheme.products, self.kernel.scheme.outputs, self.kernel.scheme.taps - 1
        start, is_last = tile * m, tile == self.geometry.tiles - 1
        ahead = self._dX[start + m : start + a] if is_last else self._over
        program.call(np.matmul, B_T[:m], cut_columns(dV, a), cut_columns(self._dX[start : start + m], a))
        if tile:
            shared = self._dX[start : start + overlap]
            program.call(np.add, shared, self._over, shared)
        program.call(np.matmul, B_T[m:], cut_columns(dV, a), cut_columns(ahead, a))

    def begin(self) -> None:
        np.copyto(self._bias.reshape(-1, self.kernel.layer.filters), self.kernel.layer.parameters["bias"])
        if self._binding.training:
            self.dU[...] = 0
            self.d_bias[...] = 0
