"""Batch normalisation outside training, where it is no more than a factor and an offset for each channel."""

from __future__ import annotations

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.engine.kernels.base import Binding
from cnn_core.engine.kernels.reference import BoundReferenceLayer, ReferenceLayer
from cnn_core.engine.program import Program
from cnn_core.layers import BatchNorm


class FixedBatchNorm(ReferenceLayer):
    """``y = slope · x + offset``, from the running mean and variance: two calls instead of four, into ready memory."""

    def __init__(self, layer: BatchNorm, input_shape: Shape) -> None:
        super().__init__(layer, input_shape)
        self._layer = layer
        self.slope: Array = np.empty_like(layer.parameters["scale"])
        self.offset = np.empty_like(self.slope)

    def prepare(self) -> None:
        parameters, buffers, epsilon = self._layer.parameters, self._layer.buffers, self._layer.epsilon
        np.add(buffers["variance"], self.slope.dtype.type(epsilon), out=self.slope)
        np.divide(parameters["scale"], np.sqrt(self.slope, out=self.slope), out=self.slope)
        np.multiply(buffers["mean"], self.slope, out=self.offset)
        np.subtract(parameters["shift"], self.offset, out=self.offset)

    def bind(self, binding: Binding) -> BoundReferenceLayer:
        return super().bind(binding) if binding.training else BoundFixedBatchNorm(self, binding)


class BoundFixedBatchNorm(BoundReferenceLayer):
    """`FixedBatchNorm` with the buffers of one shard."""

    def __init__(self, kernel: FixedBatchNorm, binding: Binding) -> None:
        super().__init__(kernel, binding)
        self._fixed = kernel

    def forward(self, program: Program) -> None:
        program.call(np.multiply, self.natural, self._fixed.slope, self._out)
        program.call(np.add, self._out, self._fixed.offset, self._out)
