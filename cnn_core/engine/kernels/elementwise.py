"""Activation and dropout, where one kernel left its output, and the copy from there to where the next one wants its
input.

NumPy's arithmetic is fast on contiguous memory and several times slower on strided views, while plain copies hardly
mind. So the arithmetic is done in place where values lie densely, and `numpy.copyto` changes the layout.

What the gradient needs is made on the way forward, while the values are at hand: for each element the factor by which
the gradient passes. For ReLU, with or without dropout, that is a bit: is the output above zero?
"""

from __future__ import annotations

from math import prod

import numpy as np

from cnn_core.arrays import Array
from cnn_core.engine.kernels.base import Binding
from cnn_core.engine.noise import Noise
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Tensor
from cnn_core.layers import Dropout, Layer, LeakyReLU, ReLU, Sigmoid, Tanh

ACTIVATIONS = (ReLU, LeakyReLU, Sigmoid, Tanh)
"""Those that have a fast form. All of them grow with their input, so they may trade places with max pooling."""


class ElementwiseLink:
    """``target = dropout(activation(source))``; either or both may be missing."""

    def __init__(
        self, activation: Layer | None, dropout: Dropout | None, source: Tensor, target: Tensor, binding: Binding
    ) -> None:
        self._activation, self._source, self._target = activation, source, target
        self._dropout = dropout if dropout is not None and dropout.rate > 0 and binding.training else None
        self._noise, self._training, self._number = binding.noise, binding.training, binding.scratch.dtype.type
        # a source that must stay as it is gets copied first and worked on in the target
        self._copy_first, self._copy_last = source.is_fixed and bool(activation or dropout), source is not target
        self._copy_last &= not self._copy_first
        at = target if self._copy_first else source
        self._at = at
        self._y, self._d = _as_matrices(at.dense, at.d_dense)
        shape, zeros = self._y.shape, binding.scratch.zeros
        # a row of zeros: ufuncs take an array operand several times faster than a scalar here
        self._zeros = np.zeros(shape[-1:], self._y.dtype)
        self._t = zeros(("elementwise t",), shape) if isinstance(activation, LeakyReLU | Sigmoid) else self._zeros
        if binding.training:
            is_bit = isinstance(activation, ReLU)
            self._slope = binding.kept.zeros(shape, bool if is_bit else None) if activation else self._zeros
        if self._dropout is not None:
            self._keep = zeros(("elementwise keep",), shape, bool)
            self._factors = binding.kept.zeros(shape)

    def forward(self, program: Program) -> None:
        y = self._y
        if self._copy_first:
            self._target.copy_from(program, self._source)
        self._activate(program)
        if self._dropout is not None:
            self._draw_factors(program, self._dropout.rate)
            program.call(np.multiply, y, self._factors, y)
        if isinstance(self._activation, ReLU) and self._training:
            program.call(np.greater, y, self._number(0), self._slope)
        if self._copy_last:
            self._target.copy_from(program, self._source)

    def _activate(self, program: Program) -> None:
        y, t, one = self._y, self._t, self._number(1)
        match self._activation:
            case ReLU():
                program.call(np.maximum, y, self._zeros, out=y)
            case LeakyReLU(slope=slope):
                if self._training:  # slope below zero, 1 above
                    program.call(np.greater, y, self._number(0), self._slope)
                    program.call(np.multiply, self._slope, self._number(1 - slope), self._slope)
                    program.call(np.add, self._slope, self._number(slope), self._slope)
                program.call(np.multiply, y, self._number(slope), t)
                program.call(np.maximum, y, t, out=y)
            case Tanh():
                program.call(np.tanh, y, y)
                if self._training:  # 1 - y²
                    program.call(np.square, y, self._slope)
                    program.call(np.subtract, one, self._slope, self._slope)
            case Sigmoid():  # through tanh, as large numbers cannot overflow there
                half = self._number(0.5)
                program.call(np.multiply, y, half, y)
                program.call(np.tanh, y, y)
                program.call(np.multiply, y, half, y)
                program.call(np.add, y, half, y)
                if self._training:  # y - y²
                    program.call(np.square, y, t)
                    program.call(np.subtract, y, t, self._slope)

    def _draw_factors(self, program: Program, rate: float) -> None:
        """1 / (1 - rate) for what stays, 0 for what is dropped."""
        kind, threshold, rate = _as_threshold(rate)
        program.call(self._noise.keep_mask, self._keep, threshold, kind)
        program.call(np.multiply, self._keep, self._number(1 / (1 - rate)), self._factors)

    def next_dropout(self, generator: np.random.Generator) -> tuple[str, Array] | None:
        """Name of the dropout, if there is one, and the factors [n, …] that `forward` would draw with ``generator``,
        which moves on. Called between two runs."""
        if self._dropout is None:
            return None
        kind, threshold, rate = _as_threshold(self._dropout.rate)
        noise, before = Noise(generator), self._y.copy()
        noise.keep_mask(self._keep, threshold, kind)
        np.multiply(self._keep, self._number(1 / (1 - rate)), self._y)  # where it lies, it can be read in any order
        factors = self._at.in_natural_order()
        self._y[...] = before
        return self._dropout.name, factors

    def backward(self, program: Program) -> None:
        d = self._d
        if self._copy_last:
            self._target.copy_gradient_to(program, self._source)
        if self._activation is not None:
            program.call(np.multiply, d, self._slope, d)
        if self._dropout is not None:
            through_bit = isinstance(self._activation, ReLU)  # it knows already what was dropped
            scale = self._number(1 / (1 - _as_threshold(self._dropout.rate)[2]))
            program.call(np.multiply, d, scale if through_bit else self._factors, d)
        if self._copy_first:
            self._target.copy_gradient_to(program, self._source)


def _as_threshold(rate: float) -> tuple[type[np.unsignedinteger], int, float]:
    """The kind of random number to draw, from which value on a unit stays, and the rate that this comes to.

    One random byte is enough for simple rates; others are rounded to 1/65 536.
    """
    if (rate * 256).is_integer():
        return np.uint8, round(rate * 256), rate
    threshold = min(round(rate * 65_536), 65_535)
    return np.uint16, threshold, threshold / 65_536


def _as_matrices(values: Array, gradient: Array) -> tuple[Array, Array]:
    """Both with a row for each image column, if they lie in one piece: the longer the rows the better."""
    dense = values.flags.c_contiguous and (gradient.flags.c_contiguous or not gradient.size)
    if not dense or values.ndim < 4 or not values.size:
        return values, gradient
    rows = prod(values.shape[:-2] if values.ndim == 5 else values.shape[:1])
    return values.reshape(rows, -1), gradient.reshape(rows, -1) if gradient.size else gradient
