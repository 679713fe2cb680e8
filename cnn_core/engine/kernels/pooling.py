"""Pooling whose windows touch without overlapping, in two steps: first across columns, then down the rows.

``max`` over a 2×2 window is the maximum of two columns, then of two rows of the result; the same for sums. In the
engine's layouts a column is one long contiguous stretch, so the first step, with most of the work, runs without
strides. For the second step the rows are copied apart first: copies mind strides less than arithmetic does.

For the gradient of `max`, each comparison leaves a mask: "the later one was larger". Among equal values the earlier one
wins in both steps, which is the first in row-major order, as in the reference layer. Backward multiplies by the masks:
``d_later = d·mask``, ``d_earlier = d - d_later``. (Assigning through masks takes ten times as long on masks without
pattern.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cnn_core.arrays import Array
from cnn_core.engine.kernels.base import Binding
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Tensor
from cnn_core.layers import AveragePool2D, MaxPool2D


@dataclass(frozen=True, slots=True)
class _Steps:
    """Views for the two steps of one pass.

    Attributes
    ----------
    columns : the members of each window along the columns, one array each
    between : what the first step makes of them
    rows : the members along the rows, as views of ``between``
    """

    columns: list[Array]
    between: Array
    rows: list[Array]


class PoolLink:
    """Pooling from ``source``, in whatever memory, to a plain ``target`` [w, n, h, c]."""

    def __init__(self, layer: MaxPool2D | AveragePool2D, source: Tensor, target: Tensor, binding: Binding) -> None:
        self._takes_largest = isinstance(layer, MaxPool2D)
        self._pool, self._source, self._target = layer.pool_size, source, target
        self._key = (source.value.shape, source.value.strides, layer.pool_size)
        self._share = binding.scratch.dtype.type(1 / (layer.pool_size[0] * layer.pool_size[1]))
        self._there = self._steps(source.value, source.dense, binding, "there")
        if binding.training:
            self._back = self._steps(source.gradient, source.d_dense, binding, "back")
        shape, (h_p, w_p) = target.value.shape, layer.pool_size
        self._apart = [binding.scratch.rough(("pool rows", i), shape) for i in range(h_p)]
        needs_masks = binding.training and self._takes_largest
        self._column_masks = [
            binding.kept.zeros(self._there.between.shape, bool) for _ in range(w_p - 1) if needs_masks
        ]
        self._row_masks = [binding.kept.zeros(shape, bool) for _ in range(h_p - 1) if needs_masks]

    def _steps(self, images: Array, dense: Array, binding: Binding, way: str) -> _Steps:
        (h_p, w_p), shape, scratch = self._pool, self._target.value.shape, binding.scratch
        w, _, h, c = shape
        if self._source.layout == "blocks":  # the members stand in blocks [h_p, w_p, …] already
            blocks = dense.reshape(h_p, w_p, *shape)
            between = scratch.rough("pool between", (h_p, *shape))
            return _Steps([blocks[:, j] for j in range(w_p)], between, list(between))
        # between keeps the source's rows, with what lies between the images; there the gradient stays zero for ever
        source = dense if self._source.layout == "planes" else images
        columns = [source[j : j + w * w_p : w_p] for j in range(w_p)]
        if way == "there":
            between = scratch.rough("pool between", columns[0].shape)
        else:
            between = scratch.zeros(("pool between", self._key), columns[0].shape)
        if self._source.layout == "planes":
            _, s_n, s_h, s_c = images.strides
            starts = [between[:, i * c :] for i in range(h_p)]
            rows = [as_strided(start, shape, (start.strides[0], s_n, h_p * s_h, s_c)) for start in starts]
        else:
            rows = [between[:, :, i : i + h * h_p : h_p] for i in range(h_p)]
        return _Steps(columns, between, rows)

    def forward(self, program: Program) -> None:
        there, target = self._there, self._target.value
        self._join(program, there.columns, there.between, self._column_masks)
        rows = there.rows
        if self._source.layout != "blocks":
            rows = self._apart
            for apart, row in zip(rows, there.rows, strict=True):
                program.call(np.copyto, apart, row)
        self._join(program, rows, target, self._row_masks)
        if not self._takes_largest:
            program.call(np.multiply, target, self._share, target)

    def _join(self, program: Program, members: list[Array], out: Array, masks: list[Array]) -> None:
        """The largest or the sum of all members; ``masks[i]``: member i + 1 is larger than all before it."""
        held = members[0]
        if len(members) == 1:
            program.call(np.copyto, out, held)
        for i, member in enumerate(members[1:]):
            if self._takes_largest:
                if masks:
                    program.call(np.less, held, member, masks[i])
                program.call(np.maximum, held, member, out=out)
            else:
                program.call(np.add, held, member, out)
            held = out

    def backward(self, program: Program) -> None:
        back, gradient = self._back, self._target.gradient
        unused = self._source.gradient[back.columns[0].shape[0] * self._pool[1] :]
        if self._source.layout != "blocks" and len(unused):  # columns that make no whole window
            program.call(unused.fill, 0)
        if not self._takes_largest:
            program.call(np.multiply, gradient, self._share, gradient)
        self._part(
            program, gradient, back.rows, self._row_masks, None if self._source.layout == "blocks" else self._apart
        )
        self._part(program, back.between, back.columns, self._column_masks, None)

    def _part(
        self, program: Program, gradient: Array, places: list[Array], masks: list[Array], dense: list[Array] | None
    ) -> None:
        """Give each member its part of the gradient: the adjoint of `_join`. ``dense``: where to compute it, then to be
        copied."""
        at = places if dense is None else dense
        if not self._takes_largest or len(places) == 1:
            at = [gradient] * len(places)
        else:
            for i in range(len(places) - 1, 0, -1):
                program.call(np.multiply, gradient, masks[i - 1], at[i])
                program.call(np.subtract, gradient, at[i], at[0])
                gradient = at[0]
        for place, there in zip(places, at, strict=True):
            if place is not there:
                program.call(np.copyto, place, there)
