"""Dropout, the inverted kind."""

from __future__ import annotations

import numpy as np

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError
from cnn_core.layers.base import Layer, Tape
from cnn_core.layers.options import REQUIRED, number


class Dropout(Layer):
    """Switch each unit off with probability ``rate`` while training; do nothing at inference.

    Those that stay on are scaled by 1 / (1 - rate), so that the expected signal is the same in both modes.
    Source: Srivastava et al.: "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014).
    """

    stem = "dropout"
    OPTIONS = (number("rate", "Share of the units that are switched off at each step.", REQUIRED, 0, 1, is_open=True),)
    rate: float

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._take(rate=rate)

    def forward(self, x: Array, tape: Tape) -> Array:
        if not tape.training or self.rate == 0:
            tape.keep(self, None)
            return x
        if self.name in tape.dropout:
            mask = tape.dropout[self.name]
            tape.keep(self, mask)
            return x * mask
        if tape.rng is None:
            raise ConfigError(f"{self.label} expected a random generator, received none. Use Tape(rng=...).")
        kept = tape.rng.random(x.shape, dtype=np.float32) >= self.rate
        mask = kept * x.dtype.type(1.0 / (1.0 - self.rate))
        tape.keep(self, mask)
        return x * mask

    def backward(self, dy: Array, tape: Tape) -> Array:
        (mask,) = tape.kept(self)
        return dy if mask is None else dy * mask
