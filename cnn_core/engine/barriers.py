"""Where all shards of a batch meet: the layers that need the whole batch.

On the way forward each shard *arrives* with its values; when all have, each thread works out for itself what they come
to (`meet`), and the shards *leave* with the layer's output. On the way back likewise with the gradients. What a shard
does on its way in and out stands in its program (`kernels.batch_norm`, `kernels.reference`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.engine.tensors import Channels
from cnn_core.layers import BatchNorm, Layer, Tape

MOST_OFFSET = 16.0
"""Squared mean of a channel, as a multiple of its variance, up to which the difference of the mean square and the
squared mean is a good variance."""


class Barrier(ABC):
    """One layer, for one batch after the other.

    Attributes
    ----------
    layer : the layer
    tape : what it observed; complete after `meet`
    is_alone : whether one thread works in `meet_back` while the others have to wait for it
    """

    is_alone: bool

    def __init__(self, layer: Layer) -> None:
        self.layer, self.tape = layer, Tape(training=True)

    @abstractmethod
    def begin(self, n: int, shards: int, rng: np.random.Generator) -> None:
        """Begin a batch of n images in so many shards."""
        ...

    @abstractmethod
    def meet(self, thread: int) -> bool:
        """All have arrived; called on every thread. Whether all have to look at their values once more, and meet
        again."""
        ...

    @abstractmethod
    def meet_again(self, thread: int) -> None:
        """All have looked once more."""
        ...

    @abstractmethod
    def meet_back(self, thread: int) -> dict[str, Array]:
        """All have arrived with their gradients; called on every thread. Returns the gradients of the layer's
        parameters."""
        ...


class Coefficients(NamedTuple):
    """What a thread does with values and gradients, a number for each channel [c].

    Forward ``slope · x + offset``, backward ``slope · dy + d_slope · x + d_offset``.
    """

    slope: Array
    offset: Array
    d_slope: Array
    d_offset: Array


class BatchNormBarrier(Barrier):
    """Batch normalisation, of which only a few numbers a channel have to meet.

    A shard brings the sum of its values and of their squares. Where a channel's mean is large against its spread, the
    difference of the two would be all rounding errors: then the shards sum the squared distances from the mean in a
    second look, so that the variance is always good. Source: Chan, Golub, LeVeque: "Algorithms for Computing the Sample
    Variance: Analysis and Recommendations" (1983).
    """

    is_alone = False

    def __init__(self, layer: BatchNorm, shape: Shape, dtype: np.dtype, threads: int) -> None:
        super().__init__(layer)
        self._norm, self._dtype = layer, dtype
        self._positions = int(np.prod(shape[:-1]))
        self.of_thread = [Coefficients(*np.zeros((4, shape[-1]), dtype)) for _ in range(threads)]
        self.mean = np.zeros(shape[-1])
        self._moments: list[Array] = []
        self._distances: list[Array] = []
        self._d_sums: list[Array] = []
        self.begin(0, 0, np.random.default_rng())

    def begin(self, n: int, shards: int, rng: np.random.Generator) -> None:
        self.tape = Tape(training=True, rng=rng)
        self._count, self._shards = n * self._positions, shards

    def sums_of(self, number: int, channels: Channels) -> tuple[Array, Array, Array]:
        """Where shard ``number`` brings Σ x and Σ x², in a second look Σ (x - mean)², and on the way back Σ dy and
        Σ dy·x: [2 or 1, 1, pitch · channels], summed over columns and images only.

        Each has its own place, as a thread may be one meeting ahead of another.
        """
        self._channels = channels
        while len(self._moments) <= number:
            for sums, count in ((self._moments, 2), (self._distances, 1), (self._d_sums, 2)):
                sums.append(np.zeros((count, 1, channels.pitch * channels.count), self._dtype))
        return self._moments[number], self._distances[number], self._d_sums[number]

    def _by_channel(self, sums: list[Array]) -> Array:
        """Sums of all shards for each channel, [2 or 1, c]."""
        channels = self._channels
        together = np.array(sums[: self._shards]).reshape(-1, len(sums[0]), channels.pitch, channels.count)
        return together[:, :, : channels.pixels].sum(axis=(0, 2), dtype=np.float64)

    def meet(self, thread: int) -> bool:
        mean, mean_square = self._by_channel(self._moments) / self._count
        variance = mean_square - mean * mean
        self.mean = mean  # the same on every thread
        if not np.all(mean * mean <= MOST_OFFSET * variance):
            return True
        self._settle(thread, mean, variance)
        return False

    def meet_again(self, thread: int) -> None:
        self._settle(thread, self.mean, self._by_channel(self._distances)[0] / self._count)

    def _settle(self, thread: int, mean: Array, variance: Array) -> None:
        slope = self._norm.parameters["scale"] / np.sqrt(variance + self._norm.epsilon)
        np.copyto(self.of_thread[thread].slope, slope)
        # in the network's own type, so that slope · x + offset is the shift itself where x is the mean, as for a single
        # image; a rounding error above zero would pass a ReLU
        own = self._norm.parameters["shift"].dtype
        np.copyto(self.of_thread[thread].offset, self._norm.parameters["shift"] - mean.astype(own) * slope.astype(own))
        if thread == 0:
            self.variance = variance
            kind = self._dtype.type
            self._norm.note_statistics(mean.astype(kind), variance.astype(kind), self._count, self.tape)

    def meet_back(self, thread: int) -> dict[str, Array]:
        d_shift, along = self._by_channel(self._d_sums)
        inverse_std = 1 / np.sqrt(self.variance + self._norm.epsilon)
        slope = self._norm.parameters["scale"] * inverse_std
        d_scale = (along - self.mean * d_shift) * inverse_std
        through_variance = -slope * inverse_std * d_scale / self._count
        np.copyto(self.of_thread[thread].d_slope, through_variance)
        np.copyto(self.of_thread[thread].d_offset, -slope * d_shift / self._count - self.mean * through_variance)
        return {"scale": d_scale, "shift": d_shift}


class ReferenceBarrier(Barrier):
    """Any other layer: run by one thread on all images at once, while the others wait."""

    is_alone = True

    def __init__(self, layer: Layer, shape: Shape, dtype: np.dtype) -> None:
        super().__init__(layer)
        self._shape, self._dtype = shape, dtype
        self.begin(0, 0, np.random.default_rng())

    def begin(self, n: int, shards: int, rng: np.random.Generator) -> None:  # noqa: ARG002
        self.tape = Tape(training=True, rng=rng)
        self.values = np.empty((n, *self._shape), self._dtype)
        self.gradient = np.empty((n, *self.layer.output_shape_for(self._shape)), self._dtype)

    def meet(self, thread: int) -> bool:
        if thread == 0:
            self.output = self.layer.forward(self.values, self.tape)
        return True

    def meet_again(self, thread: int) -> None:
        """Nothing: the output is there."""

    def meet_back(self, thread: int) -> dict[str, Array]:
        if thread:
            return {}
        self.d_values = self.layer.backward(self.gradient, self.tape)
        return self.tape.gradients.get(self.layer, {})
