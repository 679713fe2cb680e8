"""Batch normalisation, between two kernels.

``slope · x + offset`` with numbers of the channels is all that it does to a value. At rest they are known beforehand
(`FixedBatchNorm`). While training they come from the whole batch: `BatchNormLink` sums up a shard's values where the
kernel before has just left them, and goes on when all shards have met.

The sums are matrix products with a row of ones. All arithmetic runs over whole columns of images, padding included;
where something must stay zero there, the numbers that it is multiplied by are zero.
"""

from __future__ import annotations

import numpy as np

from cnn_core.arrays import Array
from cnn_core.engine.barriers import BatchNormBarrier, Coefficients
from cnn_core.engine.kernels.base import Binding
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Channels, Tensor
from cnn_core.layers import BatchNorm


class FixedBatchNorm:
    """``slope`` and ``offset`` of a layer at rest [c], from its running mean and variance."""

    def __init__(self, layer: BatchNorm) -> None:
        self._layer = layer
        self.slope: Array = np.empty_like(layer.parameters["scale"])
        self.offset = np.empty_like(self.slope)

    def prepare(self) -> None:
        """Take the layer's numbers as they are now."""
        parameters, buffers, epsilon = self._layer.parameters, self._layer.buffers, self._layer.epsilon
        np.add(buffers["variance"], self.slope.dtype.type(epsilon), out=self.slope)
        np.divide(parameters["scale"], np.sqrt(self.slope, out=self.slope), out=self.slope)
        np.multiply(buffers["mean"], self.slope, out=self.offset)
        np.subtract(parameters["shift"], self.offset, out=self.offset)


class FixedBatchNormLink:
    """``target = slope · source + offset``, in place where ``target`` is ``source``."""

    def __init__(self, fixed: FixedBatchNorm, source: Tensor, target: Tensor, binding: Binding) -> None:
        self._fixed, self._source, self._target = fixed, source, target
        channels = Channels.of(target)
        self._values = channels.by_column(target.dense)
        self._slopes, self._offsets = (binding.sums.zeros(self._values.shape[1:]) for _ in range(2))

    def begin(self) -> None:
        """Spread the numbers over a column of images."""
        np.copyto(self._slopes.reshape(-1, len(self._fixed.slope)), self._fixed.slope)
        np.copyto(self._offsets.reshape(-1, len(self._fixed.offset)), self._fixed.offset)

    def forward(self, program: Program) -> None:
        if self._target is not self._source:
            self._target.copy_from(program, self._source)
        program.call(np.multiply, self._values, self._slopes, self._values)
        program.call(np.add, self._values, self._offsets, self._values)

    def backward(self, program: Program) -> None:
        """Nothing: a network at rest does not learn."""


class BatchNormLink:
    """From ``source``, whose values are kept, to ``target`` of the same layout, whose gradient is kept.

    ``number`` is the shard's; it may have fewer than n images (`set_count`).
    """

    def __init__(
        self, barrier: BatchNormBarrier, source: Tensor, target: Tensor, number: int, binding: Binding
    ) -> None:
        self._barrier, self._number, self._noise = barrier, number, binding.noise
        self._source, self._target = source, target
        self._channels = channels = Channels.of(source)
        # the channels' numbers spread over a column of images; for gradients zero in what is no image's
        shape = (channels.images, channels.pitch, channels.count)
        self._slopes, self._offsets, self._d_slopes, self._d_offsets = (binding.sums.zeros(shape) for _ in range(4))
        width = channels.pitch * channels.count
        self._sums = binding.scratch.zeros(("batch norm sums",), (2, channels.columns, 1, width))
        self._ones = np.ones((1, channels.images), binding.scratch.dtype)
        self._column_ones = np.ones((1, channels.columns), binding.scratch.dtype)
        self._moments, self._distances, self._d_sums = barrier.sums_of(number, channels)
        self.set_count(channels.images)

    def set_count(self, count: int) -> None:
        """The first ``count`` images are the shard's."""
        self._count = count
        self._ones[0, :count] = 1
        self._ones[0, count:] = 0

    def arrive(self, program: Program) -> None:
        """Sums of the values and of their squares."""
        x, work = self._source.dense, self._target.dense
        program.call(np.matmul, self._ones, self._channels.by_image(x), self._sums[0])
        program.call(np.multiply, x, x, work)
        program.call(np.matmul, self._ones, self._channels.by_image(work), self._sums[1])
        program.call(np.matmul, self._column_ones, self._sums[:, :, 0], self._moments)

    def look_again(self) -> None:
        """Sum of the squared distances from the mean that all have found."""
        x, work = (self._channels.by_column(tensor.dense) for tensor in (self._source, self._target))
        means = np.tile(self._barrier.mean.astype(work.dtype), work.shape[1] // self._channels.count)
        np.subtract(x, means, out=work)
        np.multiply(work, work, out=work)
        np.matmul(self._ones, self._channels.by_image(self._target.dense), out=self._sums[0])
        np.matmul(self._column_ones, self._sums[0, :, 0], out=self._distances[0])

    def leave(self, program: Program) -> None:
        """The layer's output."""
        x, y = (self._channels.by_column(tensor.dense) for tensor in (self._source, self._target))
        numbers = self._numbers
        program.call(np.copyto, self._slopes, numbers.slope)
        program.call(np.copyto, self._offsets, numbers.offset)
        program.call(np.multiply, x, self._slopes.reshape(-1), y)
        program.call(np.add, y, self._offsets.reshape(-1), y)

    def arrive_back(self, program: Program) -> None:
        """Sums of the gradient, and of its product with the values."""
        x, dy, work = self._source.dense, self._target.d_dense, self._target.dense
        program.call(np.matmul, self._ones, self._channels.by_image(dy), self._sums[0])
        program.call(np.multiply, x, dy, work)
        program.call(np.matmul, self._ones, self._channels.by_image(work), self._sums[1])
        program.call(np.matmul, self._column_ones, self._sums[:, :, 0], self._d_sums)

    def leave_back(self, program: Program) -> None:
        """The gradient with respect to the values."""
        channels, target = self._channels, self._target
        x, work = channels.by_column(self._source.dense), channels.by_column(target.dense)
        dy, dx = channels.by_column(target.d_dense), channels.by_column(self._source.d_dense)
        numbers, pixels = self._numbers, channels.pixels
        program.call(np.copyto, self._d_slopes[:, :pixels], numbers.d_slope)
        program.call(np.copyto, self._d_offsets[:, :pixels], numbers.d_offset)
        program.call(self._leave_out_the_rest)
        program.call(np.multiply, x, self._d_slopes.reshape(-1), work)
        program.call(np.add, work, self._d_offsets.reshape(-1), work)
        program.call(np.multiply, dy, self._slopes.reshape(-1), dx)
        program.call(np.add, dx, work, dx)

    @property
    def _numbers(self) -> Coefficients:
        """What the barrier tells this shard's thread."""
        return self._barrier.of_thread[self._number % len(self._barrier.of_thread)]

    def _leave_out_the_rest(self) -> None:
        """No gradient for the images that a shorter shard has not."""
        if self._count < self._channels.images:
            self._d_slopes[self._count :] = 0
            self._d_offsets[self._count :] = 0
