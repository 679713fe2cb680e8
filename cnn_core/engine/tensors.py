"""Where values stand between two steps, and the memory they stand in."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from math import prod
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike, NDArray

from cnn_core.arrays import Array, Shape
from cnn_core.engine.program import Program

T = TypeVar("T")


@dataclass(slots=True)
class Tensor:
    """The values of one shard between two steps, and the gradient of the loss with respect to them.

    Attributes
    ----------
    value, gradient : views in the engine's logical order, images ``[w, n, h, c]`` (columns first) or rows ``[n, d]``;
        how the memory under them looks is the business of whoever made them
    dense, d_dense : the same memory in long contiguous stretches, with whatever lies between the images. What works
        element by element is several times quicker on them. None: the views themselves
    layout : "planes": ``dense`` is [w, rows·c], whole columns (`conv_planes`); "blocks": ``dense`` is
        [h_p, w_p, w, n·h, c], the members of pooling windows in blocks (`conv_patches`); "natural": it is [n, h, w, c],
        the order of the model; "turned": "planes" whose planes are rows, not columns; "plain": as `value`
    is_fixed : the values must stay as they are after the next step has read them
    pieces : who writes or reads the tensor as a whole does it piece by piece; one, unless the columns stand apart
    """

    value: Array
    gradient: Array
    dense: Array = None  # type: ignore[assignment] - set at once
    d_dense: Array = None  # type: ignore[assignment]
    layout: Literal["plain", "planes", "blocks", "natural", "turned"] = "plain"
    is_fixed: bool = False
    pieces: list[Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.dense is None:
            self.dense = self.value
        if self.d_dense is None:
            self.d_dense = self.gradient
        if not self.pieces:
            self.pieces = [Piece((), self.value, self.gradient)]

    def in_natural_order(self) -> Array:
        """A copy of the values as the model has them, [n, h, w, c] or [n, d]; of blocks without the rows and columns
        that make no whole window."""
        if self.layout != "blocks":
            return natural_order(self.value).copy()
        h_p, w_p, w, _, c = self.dense.shape
        n, h = self.value.shape[1], self.value.shape[2]
        members = self.dense.reshape(h_p, w_p, w, n, h, c).transpose(3, 4, 0, 2, 1, 5)
        return members.reshape(n, h * h_p, w * w_p, c).copy()

    def copy_from(self, program: Program, source: Tensor) -> None:
        """Append the calls that copy the values of ``source`` to here."""
        for piece in self.pieces:
            program.call(np.copyto, piece.value, source.value[piece.where])

    def copy_gradient_to(self, program: Program, source: Tensor) -> None:
        """Append the calls that copy the gradient from here to ``source``."""
        for piece in self.pieces:
            program.call(np.copyto, source.gradient[piece.where], piece.gradient)

    def with_memory(self, dense: Array, d_dense: Array) -> Tensor:
        """A tensor of the same layout on other memory, of the shape of `dense`."""
        value = as_strided(dense, self.value.shape, self.value.strides)
        gradient = as_strided(d_dense, self.gradient.shape, self.gradient.strides) if d_dense.size else d_dense
        return Tensor(value, gradient, dense, d_dense, self.layout)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some columns or rows of a tensor: what is at ``where`` in it."""

    where: tuple[slice, ...]
    value: Array
    gradient: Array


@dataclass(frozen=True, slots=True)
class Channels:
    """How the channels of a tensor repeat in its memory, whatever its layout.

    Attributes
    ----------
    columns, images : how many; images that are stored row by row count as one long column
    pitch : pixels from one image to the next
    pixels : of them, those that belong to the image; what follows is padding
    count : channels
    """

    columns: int
    images: int
    pitch: int
    pixels: int
    count: int

    @classmethod
    def of(cls, tensor: Tensor) -> Channels:
        """For a tensor whose `dense` begins with its first value."""
        value = tensor.value
        if value.ndim == 2:
            return cls(1, len(value), 1, 1, value.shape[1])
        if tensor.layout == "turned":
            value = value.transpose(2, 1, 0, 3)
        w, n, h, c = value.shape
        pixel = c * value.itemsize
        if tensor.layout == "natural":
            return cls(1, n, h * w, h * w, c)
        return cls(w, n, value.strides[1] // pixel if n > 1 else h, h, c)

    def by_column(self, dense: Array) -> Array:
        """Memory of the tensor as [columns, images · pitch · channels]."""
        plane = dense.strides[0] if dense.ndim == 2 and len(dense) == self.columns else 0
        width = self.images * self.pitch * self.count
        return as_strided(dense, (self.columns, width), (plane or width * dense.itemsize, dense.itemsize))

    def by_image(self, dense: Array) -> Array:
        """Memory of the tensor as [columns, images, pitch · channels]."""
        rows = self.by_column(dense)
        width, item = self.pitch * self.count, dense.itemsize
        return as_strided(rows, (self.columns, self.images, width), (rows.strides[0], width * item, item))


class Memory:
    """Arrays for what has to stay, handed out in the order in which they are asked for.

    After `rewind` the same ones are handed out again, to whoever asks in the same order.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._things: list[Any] = []
        self._next = 0

    def rewind(self) -> None:
        """Begin at the first one again."""
        self._next = 0

    def take(self, make: Callable[[], T]) -> T:
        """The next thing; ``make`` makes it the first time."""
        if self._next == len(self._things):
            self._things.append(make())
        self._next += 1
        return self._things[self._next - 1]

    def zeros(self, shape: Shape | int, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """The next array, zero when it was first asked for."""
        return self.take(lambda: np.zeros(shape, self.dtype if dtype is None else dtype))


class Scratch:
    """Memory of one thread that kernels use one after the other, so that it stays in the processor's cache.

    An array is shared by all who ask with the same key; the key must therefore hold everything on which the parts that
    stay zero depend.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._arrays: dict[Hashable, NDArray[Any]] = {}
        self._rough: dict[Hashable, Array] = {}

    def rough(self, key: Hashable, shape: Shape) -> Array:
        """An array of any content. All who ask with the same key get the same memory, whatever its shape; it is largest
        where layers are, so who asks for much should ask first."""
        size, held = prod(shape), self._rough.get(key)
        if held is None or held.size < size:
            held = self._rough[key] = np.zeros(size, self.dtype)
        return held[:size].reshape(shape)

    def zeros(self, key: tuple[Hashable, ...], shape: Shape | int, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """An array, of the network's type unless told otherwise, that was zero when it was first asked for."""
        dtype = self.dtype if dtype is None else np.dtype(dtype)
        full = (*key, shape, dtype)
        if full not in self._arrays:
            self._arrays[full] = np.zeros(shape, dtype)
        return self._arrays[full]


def image_order(array: Array) -> Array:
    """``[n, h, w, c]`` seen in the engine's order ``[w, n, h, c]``; rows ``[n, d]`` stay as they are."""
    return array.transpose(2, 0, 1, 3) if array.ndim == 4 else array


def natural_order(array: Array) -> Array:
    """The other way round: ``[w, n, h, c]`` seen as ``[n, h, w, c]``."""
    return array.transpose(1, 2, 0, 3) if array.ndim == 4 else array


def logical_shape(n: int, shape: Shape) -> Shape:
    """`Tensor` shape of n images of ``shape``: (w, n, h, c) or (n, d)."""
    return (shape[1], n, shape[0], shape[2]) if len(shape) == 3 else (n, *shape)


def plain_tensor(n: int, shape: Shape, scratch: Scratch, number: int, kept: Memory | None = None) -> Tensor:
    """A contiguous tensor in logical order, the one with this ``number`` between two kernels; its values in memory
    that is ``kept``, if given."""
    full = logical_shape(n, shape)
    value = scratch.zeros(("plain", number), full) if kept is None else kept.zeros(full)
    return Tensor(value, scratch.zeros(("plain gradient", number), full))
