"""Convolution whose planes are rows of pixels instead of columns.

`conv_planes` saves products along the width only. A kernel that is taller than it is wide has more to save along its
height: the same scheme, with height and width exchanged. No value moves for that; only views are turned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy

from cnn_core.arrays import Array, Shape
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.kernels.conv_planes import ConvPlanes
from cnn_core.engine.kernels.toom_cook import MOST_PRODUCTS
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Piece, Tensor
from cnn_core.layers import Conv2D


def _turned_layer(layer: Conv2D) -> Conv2D:
    """The layer for images with height and width exchanged, on the same memory."""
    turned = copy(layer)
    (h_f, w_f), (s_h, s_w) = layer.kernel_size, layer.stride
    turned.kernel_size, turned.stride = (w_f, h_f), (s_w, s_h)
    turned.parameters = dict(layer.parameters) | {"weight": layer.parameters["weight"].swapaxes(0, 1)}
    return turned


def _turned_shape(shape: Shape) -> Shape:
    return shape[1], shape[0], shape[2]


def _turned(tensor: Tensor) -> Tensor:
    """The same values, columns [w, n, h, c] instead of rows [h, n, w, c]."""

    def views(values: Array) -> Array:
        return values.transpose(2, 1, 0, 3) if values.ndim == 4 else values

    everything = slice(None)
    pieces = [
        Piece((everything, everything, *piece.where), views(piece.value), views(piece.gradient))
        for piece in tensor.pieces
    ]
    layout = "turned" if tensor.layout == "planes" else "plain"
    return Tensor(views(tensor.value), views(tensor.gradient), tensor.dense, tensor.d_dense, layout, pieces=pieces)


class ConvInRows:
    """`ConvPlanes` with height and width exchanged."""

    @staticmethod
    def suits(layer: Conv2D, output_shape: Shape, most_products: int = MOST_PRODUCTS) -> bool:
        """Whether this kernel can run the layer."""
        return ConvPlanes.suits(_turned_layer(layer), _turned_shape(output_shape), most_products)

    @staticmethod
    def products_per_output(layer: Conv2D, output_shape: Shape, most_products: int) -> float:
        """Of each channel with each filter."""
        return ConvPlanes.products_per_output(_turned_layer(layer), _turned_shape(output_shape), most_products)

    def __init__(self, layer: Conv2D, input_shape: Shape, most_products: int = MOST_PRODUCTS) -> None:
        self.name, self.input_shape = layer.name, input_shape
        self.planes = ConvPlanes(_turned_layer(layer), _turned_shape(input_shape), most_products)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return self.planes.parameter_names

    def prepare(self) -> None:
        self.planes.prepare()

    def bind(self, binding: Binding) -> BoundConvInRows:
        return BoundConvInRows(self, binding)

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        turned = dict(gradients) | {"weight": gradients["weight"].swapaxes(0, 1)}
        self.planes.collect([part.planes for part in parts if isinstance(part, BoundConvInRows)], turned)


class BoundConvInRows:
    """`ConvInRows` with the buffers of one shard."""

    def __init__(self, kernel: ConvInRows, binding: Binding) -> None:
        self.planes = kernel.planes.bind(binding)
        self.x, self.y = _turned(self.planes.x), _turned(self.planes.y)

    def forward(self, program: Program) -> None:
        self.planes.forward(program)

    def backward(self, program: Program) -> None:
        self.planes.backward(program)

    def begin(self) -> None:
        self.planes.begin()
