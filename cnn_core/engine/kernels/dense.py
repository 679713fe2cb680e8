"""The fully connected layer.

``y = x @ weight + bias`` with x [n, d] and d in the thousands: one product with a long inner sum.

Backward, a product with ``weightᵀ`` would make BLAS transpose the largest matrix of the network for each shard. ``dxᵀ =
weight @ dyᵀ`` needs only the small matrix dy turned, so x's gradient is kept as [d, n] and read through a transposed
view.

The gradient of the weights, ``xᵀ @ dy``, waits until all shards are done (`weight_gradient`): x and dy stand in
arrays with a row for each image of the batch, and one product over the whole batch, cut by rows of the weights over the
threads, needs no sums of large matrices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Tensor
from cnn_core.layers import Dense


class DenseRows:
    """The kernel of a `Dense`; ``image_shape`` says how its input looked before it was flattened, () if it never was
    one.

    ``most_rows`` images of a batch can be put aside before `weight_gradient` has to be called.
    """

    def __init__(self, layer: Dense, image_shape: Shape, most_rows: int) -> None:
        self.name, self.layer, self.image_shape = layer.name, layer, image_shape
        self.input_shape = image_shape or layer.parameters["weight"].shape[:1]
        (d, units), self.dtype = layer.parameters["weight"].shape, layer.parameters["weight"].dtype
        self._inputs = np.zeros((most_rows, d), self.dtype)
        self._d_outputs = np.zeros((most_rows, units), self.dtype)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.layer.parameters)

    def prepare(self) -> None:
        """Nothing: the weights are used as they are."""

    def bind(self, binding: Binding) -> BoundDenseRows:
        return BoundDenseRows(self, binding)

    def rows(self, first: int, n: int) -> tuple[Array, Array]:
        """Where n images' inputs and their outputs' gradients are put aside."""
        return self._inputs[first : first + n], self._d_outputs[first : first + n]

    def weight_gradient(self, used: int, part: int, parts: int, gradient: Array, add: bool) -> None:
        """Gradient of rows ``part`` of ``parts`` of the weight, from the first ``used`` rows that were put aside.

        ``add`` to what is there already, for a batch that comes in several rounds.
        """
        d = len(gradient)
        start, stop = d * part // parts, d * (part + 1) // parts
        if start == stop:
            return
        x_T, out = self._inputs[:used, start:stop].T, gradient[start:stop]
        if add:
            out += x_T @ self._d_outputs[:used]
        else:
            np.matmul(x_T, self._d_outputs[:used], out=out)

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        np.copyto(gradients["bias"], sum(part.d_bias for part in parts if isinstance(part, BoundDenseRows)))


class BoundDenseRows:
    """`DenseRows` with the buffers of one shard."""

    def __init__(self, kernel: DenseRows, binding: Binding) -> None:
        self.kernel, self._binding = kernel, binding
        d, units = kernel.layer.parameters["weight"].shape
        n, zeros = binding.n, binding.scratch.zeros
        if binding.training:  # what has to be put aside is made where it has to be
            self.rows, self.d_units = kernel.rows(binding.first_row, n)
        else:
            self.rows, self.d_units = zeros(("dense x", kernel.layer), (n, d)), zeros(("dense dy",), 0)
        self._d_rows_T = zeros(("dense dx",), (d, n)) if binding.training and binding.wants_d_input else self.rows[:0]
        self._units = binding.output((n, units))
        self.x = Tensor(self.rows, self._d_rows_T.T)
        if kernel.image_shape:
            h, w, c = kernel.image_shape
            d_images = self._d_rows_T
            if len(d_images):
                d_images = d_images.reshape(h, w, c, n).transpose(1, 3, 0, 2)
            self.x = Tensor(self.rows.reshape(n, h, w, c).transpose(2, 0, 1, 3), d_images)
        self.y = Tensor(self._units, self.d_units)
        self.d_bias = binding.sums.zeros(units)

    def forward(self, program: Program) -> None:
        weight, bias = (self.kernel.layer.parameters[name] for name in ("weight", "bias"))
        program.call(np.matmul, self.rows, weight, self._units)
        program.call(np.add, self._units, bias, self._units)

    def backward(self, program: Program) -> None:
        weight = self.kernel.layer.parameters["weight"]
        d_bias = np.empty_like(self.d_bias)
        program.call(np.add.reduce, self.d_units, axis=0, out=d_bias)
        program.call(np.add, self.d_bias, d_bias, self.d_bias)
        if not self._binding.wants_d_input:
            return
        program.call(np.matmul, weight, self.d_units.T, self._d_rows_T)

    def move_aside(self, first: int) -> None:
        """Make room for another shard: keep this one's rows from ``first`` on."""
        rows, d_units = self.kernel.rows(first, self._binding.n)
        np.copyto(rows, self.rows)
        np.copyto(d_units, self.d_units)

    def begin(self) -> None:
        self.d_bias[...] = 0
