"""Where values stand between two steps, and the memory they stand in."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from cnn_core.arrays import Array, Shape

SMALL_PRODUCT = 1_000_000
"""OpenBLAS runs a matrix product with m·n·k up to this without first packing its operands into another order, on
processors for which it has such kernels. The kernels here cut their products to stay below; `benchmarks.ablation`
tells what that brings. Source: OpenBLAS, ``kernel/x86_64/sgemm_small_kernel_permit_skylakex.c``."""


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
        [h_p, w_p, w, n·h, c], the members of pooling windows in blocks (`conv_patches`); "plain": anything else
    is_fixed : the values must stay as they are after the next step has read them
    """

    value: Array
    gradient: Array
    dense: Array = None  # type: ignore[assignment] - set at once
    d_dense: Array = None  # type: ignore[assignment]
    layout: Literal["plain", "planes", "blocks"] = "plain"
    is_fixed: bool = False

    def __post_init__(self) -> None:
        if self.dense is None:
            self.dense = self.value
        if self.d_dense is None:
            self.d_dense = self.gradient


class Scratch:
    """Memory of one thread that kernels use one after the other, so that it stays in the processor's cache.

    An array is shared by all who ask with the same key; the key must therefore hold everything on which the parts that
    stay zero depend.
    """

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self._arrays: dict[Hashable, NDArray[Any]] = {}

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


def logical_shape(n: int, shape: Shape) -> Shape:
    """`Tensor` shape of n images of ``shape``: (w, n, h, c) or (n, d)."""
    return (shape[1], n, shape[0], shape[2]) if len(shape) == 3 else (n, *shape)


def plain_tensor(n: int, shape: Shape, scratch: Scratch, number: int) -> Tensor:
    """A contiguous tensor in logical order, the one with this ``number`` between two kernels."""
    full = logical_shape(n, shape)
    return Tensor(scratch.zeros(("plain", number), full), scratch.zeros(("plain gradient", number), full))


def parts_for_small_products(length: int, rows_times_columns: int) -> int:
    """Into how many equal parts to cut an axis so that one product (part · rows · columns) is a small one."""
    for parts in range(1, length + 1):
        if length % parts == 0 and rows_times_columns * (length // parts) <= SMALL_PRODUCT:
            return parts
    return 1


def cut_columns(matrix: Array, rows: int) -> Array:
    """``[r, p]`` as ``[parts, r, p / parts]``, so that a product with ``rows²`` numbers and each part is a small
    one."""
    r, p = matrix.shape
    parts = parts_for_small_products(p, rows * rows)
    return matrix.reshape(r, parts, p // parts).transpose(1, 0, 2)
