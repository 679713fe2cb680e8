"""A model whose weights are the average of the last few hundred steps: steadier than any of them, and usually better.

Source: Polyak, Juditsky: "Acceleration of stochastic approximation by averaging" (1992), here with exponentially fading
weights.
"""

from __future__ import annotations

import numpy as np

from cnn_core.arrays import Array
from cnn_core.model import Sequential

EVERY_STEPS = 8
"""Steps between two updates; the average would hardly differ if it took in every one."""


class WeightAverage:
    """``average ← decay · average + (1 - decay) · weights`` after every step, done once for every `EVERY_STEPS`.

    The running statistics of batch normalisation are averaged likewise, so that they fit the weights.

    Until there are enough steps for that it forgets faster: after t updates the decay is at most (1 + t) / (3 + t),
    which weighs each update by its number. Source: polynomial-decay averaging, Shamir, Zhang: "Stochastic gradient
    descent for non-smooth optimization" (2013).
    """

    def __init__(self, source: Sequential, decay: float) -> None:
        self.model = source.twin()
        self._source, self._decay = source, decay
        self._updates = 0
        self._work: Array = np.empty(0, np.float32)

    def after_step(self, step: int) -> None:
        """Take the weights in, if it is time to; ``step`` counts from 1. The first steps are all taken in: a run may be
        short."""
        if step > EVERY_STEPS and step % EVERY_STEPS:
            return
        self._updates += 1
        keep = min(self._decay**EVERY_STEPS, (1 + self._updates) / (3 + self._updates))
        average, weights = self.model.pack(), self._source.pack()
        if self._work.shape != average.shape:
            self._work = np.empty_like(average)
        np.subtract(weights, average, out=self._work)
        self._work *= average.dtype.type(1 - keep)
        average += self._work
        for name, buffer in self.model.buffers.items():
            buffer += buffer.dtype.type(1 - keep) * (self._source.buffers[name] - buffer)

    def take_up(self, step: int, arrays: dict[str, Array]) -> None:
        """Go on from an average that was saved after ``step``."""
        self.model.load(arrays)
        self._updates = min(step, EVERY_STEPS) + max(step // EVERY_STEPS - 1, 0)
