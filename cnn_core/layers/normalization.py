"""Batch normalisation."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.arrays import Array, Shape
from cnn_core.layers.base import Layer, Tape
from cnn_core.layers.options import number


class BatchNorm(Layer):
    """Give every channel mean 0 and variance 1 over the batch, then scale and shift it as learned.

    ``y = scale · (x - mean) / √(variance + epsilon) + shift``

    Shapes: [n, h, w, c] or [n, c], unchanged; scale, shift, mean, variance [c].
    While training, mean and variance are the batch's own; a running average of them, moved by ``1 - momentum`` each
    step (the unbiased variance, as at inference it stands for all images), is what inference uses.
    Source: Ioffe, Szegedy: "Batch Normalization" (2015).
    """

    stem = "batch_norm"
    OPTIONS = (
        number("momentum", "How much of the running mean and variance is kept at each step.", 0.9, 0, 1, is_open=True),
        number("epsilon", "Added to the variance, so that nothing is divided by zero.", 1e-5, 1e-12, 1, is_open=True),
    )
    momentum: float
    epsilon: float
    needs_whole_batch = True

    def __init__(self, momentum: float = 0.9, epsilon: float = 1e-5) -> None:
        super().__init__()
        self._take(momentum=momentum, epsilon=epsilon)

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        return {"scale": (input_shape[-1],), "shift": (input_shape[-1],)}

    def buffer_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        return {"mean": (input_shape[-1],), "variance": (input_shape[-1],)}

    def initialize(self, input_shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> None:  # noqa: ARG002
        c = input_shape[-1]
        self.parameters.update(scale=np.ones(c, dtype), shift=np.zeros(c, dtype))
        self.buffers.update(mean=np.zeros(c, dtype), variance=np.ones(c, dtype))

    def forward(self, x: Array, tape: Tape) -> Array:
        axes = tuple(range(x.ndim - 1))
        if tape.training:
            mean, variance = x.mean(axis=axes), x.var(axis=axes)
            self.note_statistics(mean, variance, x.size // x.shape[-1], tape)
        else:
            mean, variance = self.buffers["mean"], self.buffers["variance"]
        inverse_std = 1 / np.sqrt(variance + x.dtype.type(self.epsilon))
        normalized = (x - mean) * inverse_std
        tape.keep(self, normalized, inverse_std, tape.training)
        return normalized * self.parameters["scale"] + self.parameters["shift"]

    def backward(self, dy: Array, tape: Tape) -> Array:
        normalized, inverse_std, training = tape.kept(self)
        axes = tuple(range(dy.ndim - 1))
        d_scale, d_shift = (dy * normalized).sum(axis=axes), dy.sum(axis=axes)
        if not tape.inputs_only:
            tape.add_gradient(self, scale=d_scale, shift=d_shift)
        dx = dy
        if training:  # mean and variance depend on x as well
            count = dy.size // dy.shape[-1]
            dx = dy - (d_shift + normalized * d_scale) / count
        return dx * (inverse_std * self.parameters["scale"])

    def note_statistics(self, mean: Array, variance: Array, count: int, tape: Tape) -> None:
        """Note on ``tape`` where a batch's ``mean`` and ``variance`` [c], of ``count`` values each, move the running
        ones."""
        unbiased = variance * (count / max(count - 1, 1))
        keep = self.momentum
        tape.observe(
            self,
            mean=keep * self.buffers["mean"] + (1 - keep) * mean,
            variance=keep * self.buffers["variance"] + (1 - keep) * unbiased,
        )
