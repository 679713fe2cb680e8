"""Convolution in planes: along one axis by the Toom-Cook scheme, with fewer products, along the other directly.

Memory. The images of a shard stand side by side as columns: plane x holds column x of every image, ``[pixel,
channel]``, image after image, with zeros between them that are the padding below one and above the next::

    plane x:   0 | image 0: y = 0 … h-1 | 0 | image 1: y = 0 … h-1 | 0 | …        each entry: c numbers

    planes:    0   1   2   3   4   5   6   7   8   9 …          plane 0 is the padding at the left
               └────────── tile 0: B ──────────┘
                               m = 7 further  └─ tile 1 …       tiles overlap by kernel width - 1 planes

Forward, tile by tile (w is the kernel, i counts the a = m + w_f - 1 products of the scheme):

1. ``V[i] = Σ_j B[i, j] · plane[j]``: the inputs at the evaluation points. One small matrix product over whole planes.
2. ``M[i] = window(V[i]) @ U[i]``: the h_f pixels of a window and their channels are h_f·c neighbouring numbers of a
   plane, so the matrix of windows needs no copy: it is the plane itself, read with another stride. Overlapping rows are
   not a matrix to BLAS, hence the rows q, q + T, q + 2·T, … are taken together, for q = 0 … T - 1, where T windows
   further on nothing overlaps any more.
3. ``Y[j] = Σ_i A[j, i] · M[i]``: m columns of the output.

For a 3×3 kernel and m = 7 step 2 does 9/7 · 3 = 3.9 products for an output instead of 9. Backward is the exact adjoint:
``dM = Aᵀ dY``, ``dU = windows(V)ᵀ dM``, ``dw = Gᵀ dU``, ``dV = window(dM) @ flipped(U)ᵀ``, ``dx = Bᵀ dV``; the tiles
add up where they overlap. V is made again rather than kept: it costs as much as reading it from memory would, and no
memory.

A stride of s_w along the planes: s_w columns share a plane, as s_w times as many channels, and the kernel has w_f / s_w
taps, rounded up (in two dimensions this is known as space-to-depth). A stride of s_h within a plane: windows begin at
every s_h-th pixel; backward, pixel ``s_h·o + r`` collects from the taps r, r + s_h, …, one product for each r. Nothing
is computed that the stride leaves out. Where one tap is left along the planes, V is the planes and M the output.

Sources: `toom_cook`; for convolving whole columns of many images at once: Lavin, Gray (2016), section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.arrays import Array, Shape
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.kernels.plane_geometry import PlaneGeometry, taps_along_planes
from cnn_core.engine.kernels.toom_cook import MOST_PRODUCTS, ONE, ToomCook, best_outputs, toom_cook
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Piece, Tensor
from cnn_core.layers import Conv2D

FEW_CHANNELS = 8
"""Below so many, the gradient of the weights is made of whole windows."""
MOST_ELEMENTS = 300_000
"""Of all tiles that go through a step together. More at once make fewer and longer calls, until they no longer stay in
the cache from one step to the next."""


class ConvPlanes:
    """The kernel of one `Conv2D`, of any stride, whose windows reach over up to `MOST_PRODUCTS` - 1 planes."""

    @staticmethod
    def suits(layer: Conv2D, output_shape: Shape, most_products: int = MOST_PRODUCTS) -> bool:
        """Whether this kernel can run the layer."""
        taps = taps_along_planes(layer)
        return most_products > 0 and (taps == 1 or best_outputs(output_shape[1], taps, most_products) > 0)

    def __init__(self, layer: Conv2D, input_shape: Shape, most_products: int = MOST_PRODUCTS) -> None:
        self.name, self.layer, self.input_shape = layer.name, layer, input_shape
        self.output_shape = layer.output_shape_for(input_shape)
        self.dtype = layer.parameters["weight"].dtype
        (h_f, _), (s_h, s_w) = layer.kernel_size, layer.stride
        self.taps = taps_along_planes(layer)
        self.scheme: ToomCook | None = None
        if self.taps > 1:
            outputs = best_outputs(self.output_shape[1], self.taps, most_products)
            self.scheme = toom_cook(outputs, self.taps, self.dtype)
        self.products = self.scheme.products if self.scheme else 1
        self.channels, self.filters = s_w * input_shape[2], layer.filters
        self._kernel = np.zeros((self.taps, h_f, s_w, input_shape[2], self.filters), self.dtype)
        self._is_prepared = False
        self.U = np.empty((self.products, 1, h_f * self.channels, self.filters), self.dtype)
        self._U_back: list[Array] = []  # only who trains needs it
        self.taps_back = [-(-max(h_f - r, 0) // s_h) for r in range(s_h)]

    @staticmethod
    def products_per_output(layer: Conv2D, output_shape: Shape, most_products: int) -> float:
        """Of each channel with each filter."""
        taps = taps_along_planes(layer)
        outputs = best_outputs(output_shape[1], taps, most_products) if taps > 1 else 1
        return layer.kernel_size[0] * layer.stride[1] * (outputs + taps - 1) / max(outputs, 1)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.layer.parameters)

    def prepare(self) -> None:
        places = self._places(self._kernel)
        weight = self.layer.parameters["weight"].swapaxes(0, 1)
        if self._is_prepared and all(np.array_equal(place, weight[columns]) for columns, place in places):
            return  # as it always is where nobody trains
        for columns, place in places:
            np.copyto(place, weight[columns])
        self._is_prepared = True
        G = self.scheme.G if self.scheme else np.ones((1, 1), self.dtype)
        np.matmul(G, self._kernel.reshape(self.taps, -1), out=self.U.reshape(self.products, -1))
        self._turn()

    def _places(self, kernel: Array) -> list[tuple[slice, Array]]:
        """Columns of the layer's weight, and where they stand in ``kernel`` [taps, h_f, s_w, c, filters]."""
        w_f, s_w = self.layer.kernel_size[1], self.layer.stride[1]
        return [(slice(r, w_f, s_w), kernel[: -(-(w_f - r) // s_w), :, r]) for r in range(min(s_w, w_f))]

    @property
    def U_back(self) -> list[Array]:
        """For the gradient of the pixels r, r + s_h, …: the rows of ``U`` that reach them, the other way round, and
        with channels and filters exchanged."""
        if not self._U_back:
            sizes = [(self.products, 1, taps * self.filters, self.channels) for taps in self.taps_back]
            self._U_back = [np.empty(size, self.dtype) for size in sizes]
            self._turn()
        return self._U_back

    def _turn(self) -> None:
        h_f, s_h = self.layer.kernel_size[0], self.layer.stride[0]
        U = self.U.reshape(self.products, h_f, self.channels, self.filters)
        for r, U_back in enumerate(self._U_back):
            back = U_back.reshape(self.products, -1, self.filters, self.channels)
            np.copyto(back, U[:, r::s_h][:, ::-1].swapaxes(2, 3))

    def bind(self, binding: Binding) -> BoundConvPlanes:
        return BoundConvPlanes(self, binding)

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        first, *others = [part for part in parts if isinstance(part, BoundConvPlanes)]
        dU, bias = first.dU, first.d_bias
        for other in others:
            dU, bias = dU + other.dU, bias + other.d_bias
        G_T = self.scheme.G.T if self.scheme else np.ones((1, 1), self.dtype)
        kernel = (G_T @ dU.reshape(self.products, -1)).reshape(self._kernel.shape)
        weight = gradients["weight"].swapaxes(0, 1)
        for columns, place in self._places(kernel):
            np.copyto(weight[columns], place)
        np.copyto(gradients["bias"], bias[0])


def _tiles_at_once(tiles: int, elements: int) -> int:
    """How many tiles of so many ``elements`` go through a step together: a divisor of ``tiles``."""
    return max(
        count
        for count in range(1, tiles + 1)
        if tiles % count == 0 and (count == 1 or count * elements <= MOST_ELEMENTS)
    )


class BoundConvPlanes:
    """`ConvPlanes` with the buffers of one shard; see the module for the letters."""

    def __init__(self, kernel: ConvPlanes, binding: Binding) -> None:
        self.kernel, self._binding, self._at_once = kernel, binding, 1
        self.geometry = geometry = PlaneGeometry.of(kernel.layer, kernel.input_shape, kernel.scheme, binding.n)
        layer, scratch, a = kernel.layer, binding.scratch, kernel.products
        (h_f, _), s_h = layer.kernel_size, layer.stride[0]
        self._where = ("planes", layer.kernel_size, layer.stride, kernel.input_shape, kernel.output_shape, geometry)
        self._row_in, self._row_out = s_h * geometry.rows * kernel.channels, geometry.rows * kernel.filters
        self._slack = max(h_f - s_h, 0) * kernel.channels  # windows of the last rows reach that far beyond the end
        self._lead = (geometry.apart - 1) * kernel.filters  # and windows of gradients that far before the beginning
        self._X = binding.kept.zeros(geometry.planes_in * self._row_in + self._slack)
        self._Y = binding.output((geometry.planes_out, self._row_out))
        if kernel.scheme:
            self._at_once = _tiles_at_once(geometry.tiles, a * max(self._row_in, self._row_out))
        size_in, size_out = (self._at_once * a * row for row in (self._row_in, self._row_out))
        self._V = scratch.rough("V", (size_in + self._slack,)) if kernel.scheme else self._X
        # the gradient of M takes M's place on the way back
        products = scratch.rough("M", (self._lead + size_out,)) if kernel.scheme else self._Y
        self._M = products[self._lead :] if kernel.scheme else products
        self._bias = binding.sums.zeros(self._row_out)
        self._dX = self._dY = self._dM = self._X[:0]
        if binding.training:
            dY = scratch.zeros((*self._where, "dY"), self._lead + geometry.planes_out * self._row_out)
            self._dY = dY[self._lead :].reshape(geometry.planes_out, -1)
            self._dM = products if kernel.scheme else dY
            self.dU = binding.sums.zeros((a, h_f, kernel.channels, kernel.filters))
            self.d_bias = binding.sums.zeros((1, kernel.filters))
            if binding.wants_d_input:
                self._dX = scratch.rough("dX", (geometry.planes_in * self._row_in + self._slack,))
        self.x, self.y = self._input(), self._output()

    def _input(self) -> Tensor:
        """The images in the planes; with a stride along the planes, those columns that have the same place in one are
        a piece."""
        geometry, kernel, (h, w, c) = self.geometry, self.kernel, self.kernel.input_shape
        s_h, s_w = kernel.layer.stride
        item, pixel = self._X.itemsize, kernel.channels * self._X.itemsize

        def inside(planes: Array, first: int) -> Array:
            plane, place = divmod(geometry.left + first, s_w)
            start = plane * self._row_in + geometry.top * kernel.channels + place * c
            shape = (-(-(w - first) // s_w), geometry.n, h, c)
            strides = (self._row_in * item, s_h * geometry.pitch * pixel, pixel, item)
            return as_strided(planes[start:], shape, strides) if len(planes) else planes.reshape(0, 0, 0, 0)

        pieces = [
            Piece((slice(first, None, s_w),), inside(self._X, first), inside(self._dX, first))
            for first in range(min(s_w, w))
        ]
        return Tensor(pieces[0].value, pieces[0].gradient, pieces=pieces)

    def _output(self) -> Tensor:
        geometry, (h, w, filters) = self.geometry, self.kernel.output_shape
        item = self._Y.itemsize
        strides = (self._row_out * item, geometry.pitch * filters * item, filters * item, item)
        value = as_strided(self._Y, (w, geometry.n, h, filters), strides)
        gradient = as_strided(self._dY, value.shape, strides) if len(self._dY) else self._dY
        return Tensor(value, gradient, self._Y[:w], self._dY[:w], "planes")

    def _apart(self, flat: Array, per_row: int, step: int, width: int) -> Array:
        """[tiles, a, T, rows / T, width]: ``width`` numbers at every ``step``-th, ``per_row`` of them a plane.

        Those of outputs 0, T, 2·T, … come first, then of 1, T + 1, …, and so on. Where they are windows, they then do
        not overlap in memory, as the rows of a matrix must not.
        """
        geometry, item, a = self.geometry, flat.itemsize, self.kernel.products
        rows = geometry.rows
        if self.kernel.scheme is None:  # all planes are one
            rows *= geometry.planes_out
        shape = (self._at_once, a, geometry.apart, rows // geometry.apart, width)
        strides = (a * per_row * item, per_row * item, step * item, geometry.apart * step * item, item)
        return as_strided(flat, shape, strides)

    def _windows(self, V: Array) -> Array:
        kernel = self.kernel
        step = kernel.layer.stride[0] * kernel.channels
        return self._apart(V, self._row_in, step, kernel.layer.kernel_size[0] * kernel.channels)

    def _tiles(self, planes: Array, first: int, count: int) -> Array:
        """``count`` planes from the beginning of each tile on, [tiles, count, numbers of a plane]: those tiles that are
        worked on at once, from tile ``first`` on."""
        assert self.kernel.scheme is not None
        outputs, (plane, item) = self.kernel.scheme.outputs, planes.strides
        shape = (self._at_once, count, planes.shape[1])
        return as_strided(planes[first * outputs :], shape, (outputs * plane, plane, item))

    def _groups(self) -> range:
        return range(0, self.geometry.tiles, self._at_once)

    def _planes(self, flat: Array) -> Array:
        return flat[: self.geometry.planes_in * self._row_in].reshape(-1, self._row_in)

    def forward(self, program: Program) -> None:
        kernel, scheme, a = self.kernel, self.kernel.scheme, self.kernel.products
        products = self._apart(self._M, self._row_out, kernel.filters, kernel.filters)
        if scheme is None:
            program.call(np.matmul, self._windows(self._X), kernel.U, products)
            program.call(np.add, self._Y, self._bias, self._Y)
            return
        V, M = self._by_tile(self._V, self._row_in), self._by_tile(self._M, self._row_out)
        for first in self._groups():
            program.call(np.matmul, scheme.B, self._tiles(self._planes(self._X), first, a), V)
            program.call(np.matmul, self._windows(self._V), kernel.U, products)
            program.call(np.add, M[:, ONE], self._bias, M[:, ONE])
            program.call(np.matmul, scheme.A, M, self._tiles(self._Y, first, scheme.outputs))
        if self._binding.training:
            program.call(self._settle_blanks)

    def _by_tile(self, flat: Array, per_row: int) -> Array:
        """[tiles, a, numbers of a plane]."""
        a = self.kernel.products
        return flat.reshape(-1)[: self._at_once * a * per_row].reshape(self._at_once, a, per_row)

    def _settle_blanks(self) -> None:
        """In a network with fresh biases of zero, give outputs that see nothing but zeros exactly zero.

        There a ReLU passes no gradient, but it would if rounding errors of the tile's other pixels lifted the output
        above zero, and much of a drawing is blank. Once trained, biases are far larger than a rounding error.
        """
        layer = self.kernel.layer
        if layer.parameters["bias"].any():
            return
        (h, w, _), (h_out, w_out, _) = self.kernel.input_shape, self.kernel.output_shape
        (h_f, w_f), (s_h, s_w) = layer.kernel_size, layer.stride
        (top, bottom), (left, right) = layer.pads(h, w)
        ink = np.zeros((left + w + right, self._binding.n, top + h + bottom), bool)
        for piece in self.x.pieces:
            ink[left : left + w, :, top : top + h][piece.where] = piece.value.any(axis=3)
        seen = np.zeros((w_out, ink.shape[1], h_out), bool)
        for j in range(w_f):
            for i in range(h_f):
                seen |= ink[j : j + w_out * s_w : s_w, :, i : i + h_out * s_h : s_h][:w_out, :, :h_out]
        self.y.value[~seen] = 0

    def backward(self, program: Program) -> None:
        geometry, scheme, a = self.geometry, self.kernel.scheme, self.kernel.products
        if scheme is None:
            self._weight_gradient(program, self._X, self._dM)
            if self._binding.wants_d_input:
                self._input_gradient(program, self._dM, self._dX)
                self._leave_out(program, geometry.planes_out)
            return
        dM, V = self._by_tile(self._dM[self._lead :], self._row_out), self._by_tile(self._V, self._row_in)
        program.call(self._dM[: self._lead].fill, 0)
        if self._binding.wants_d_input:
            self._leave_out(program, geometry.planes_out + self.kernel.taps - 1)
        A_T, B_T = np.ascontiguousarray(scheme.A.T), np.ascontiguousarray(scheme.B.T)
        for first in self._groups():
            program.call(np.matmul, A_T, self._tiles(self._dY, first, scheme.outputs), dM)
            program.call(np.matmul, scheme.B, self._tiles(self._planes(self._X), first, a), V)
            self._weight_gradient(program, self._V, self._dM)
            if self._binding.wants_d_input:
                self._input_gradient(program, self._dM, self._V)
                self._spread(program, first, B_T, V)

    def _leave_out(self, program: Program, used: int) -> None:
        """Columns that are in no window have no gradient."""
        unused = self._planes(self._dX)[used:]
        if len(unused):
            program.call(unused.fill, 0)

    def _weight_gradient(self, program: Program, V: Array, dM: Array) -> None:
        """``dU += windows(V)ᵀ dM``, and the bias's."""
        kernel, geometry, item, tiles = self.kernel, self.geometry, V.itemsize, self._at_once
        a, c, filters = kernel.products, kernel.channels, kernel.filters
        h_f, s_h = kernel.layer.kernel_size[0], kernel.layer.stride[0]
        last = (geometry.n - 1) * geometry.pitch + kernel.output_shape[0]  # pixels up to the last that counts
        start, rows = self._lead + ONE * self._row_out, geometry.rows
        if kernel.scheme is None:
            last += (geometry.planes_out - 1) * geometry.rows
            start, rows = self._lead, geometry.planes_out * geometry.rows
        pixel, sum_ = c * item, filters * item
        per_tile_in, per_tile_out = a * self._row_in * item, a * self._row_out * item
        windows_T = as_strided(
            V, (tiles, a, h_f, c, last), (per_tile_in, self._row_in * item, pixel, item, s_h * pixel)
        )
        gradients = as_strided(
            dM[self._lead :], (tiles, a, 1, last, filters), (per_tile_out, self._row_out * item, 0, sum_, item)
        )
        over = as_strided(dM[start:], (tiles, rows, filters), (per_tile_out, sum_, item))
        rough = self._binding.scratch.rough
        dU, d_bias = rough("dU", (tiles, *self.dU.shape)), rough("d_bias", (tiles, *self.d_bias.shape))
        if c < FEW_CHANNELS:  # the rows of a product would be too few: all pixels of a window together
            windows_T = self._windows(V).swapaxes(3, 4)
            gradients = self._apart(dM[self._lead :], self._row_out, filters, filters)
            by_place = rough("dU by place", (*windows_T.shape[:4], filters))
            program.call(np.matmul, windows_T, gradients, by_place)
            program.call(np.add.reduce, by_place, axis=2, out=dU.reshape(tiles, a, -1, filters))
        else:
            program.call(np.matmul, windows_T, gradients, dU)
        program.call(np.matmul, np.ones((1, rows), kernel.dtype), over, d_bias)
        for sums, parts in ((self.dU, dU), (self.d_bias, d_bias)):
            for part in parts:
                program.call(np.add, sums, part, sums)

    def _input_gradient(self, program: Program, dM: Array, dV: Array) -> None:
        """``dV = window(dM) @ flipped(U)ᵀ``, the pixels r, r + s_h, … together."""
        kernel, s_h = self.kernel, self.kernel.layer.stride[0]
        for r, (taps, U_back) in enumerate(zip(kernel.taps_back, kernel.U_back, strict=True)):
            pixels = self._apart(dV[r * kernel.channels :], self._row_in, s_h * kernel.channels, kernel.channels)
            if not taps:  # the stride passes over them
                program.call(pixels.fill, 0)
                continue
            start = (self.geometry.apart - taps) * kernel.filters
            windows = self._apart(dM[start:], self._row_out, kernel.filters, taps * kernel.filters)
            program.call(np.matmul, windows, U_back, pixels)

    def _spread(self, program: Program, first: int, B_T: Array, dV: Array) -> None:
        """``dx = Bᵀ dV`` of some tiles. The planes that a tile shares with those before it were given a value by them,
        to which the tile adds its own."""
        assert self.kernel.scheme is not None
        overlap, outputs = self.kernel.taps - 1, self.kernel.scheme.outputs
        dX = self._planes(self._dX)
        if first == 0:
            program.call(dX[:overlap].fill, 0)
        new = self._tiles(dX[overlap:], first, outputs)
        program.call(np.matmul, B_T[overlap:], dV, new)
        sums = self._binding.scratch.rough("shared planes", (self._at_once, overlap, self._row_in))
        program.call(np.matmul, B_T[:overlap], dV, sums)
        if overlap <= outputs:
            shared = self._tiles(dX, first, overlap)
            program.call(np.add, shared, sums, shared)
            return
        for number in range(self._at_once):  # a plane may belong to several tiles
            shared = dX[(first + number) * outputs :][:overlap]
            program.call(np.add, shared, sums[number], shared)

    def begin(self) -> None:
        np.copyto(self._bias.reshape(-1, self.kernel.filters), self.kernel.layer.parameters["bias"])
        if self._binding.training:
            self.dU[...] = 0
            self.d_bias[...] = 0
