"""Where all shards of a batch meet: the layers that need the whole batch.

On the way forward each shard *arrives* with its values, then one thread lets them *meet*, and each *leaves* with the
layer's output; on the way back likewise with the gradients. Arriving and leaving happen on the shards' threads.
"""

from __future__ import annotations

from math import prod
from typing import Protocol

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.engine.segments import Shard
from cnn_core.layers import BatchNorm, Layer, Tape


class Barrier(Protocol):
    """One layer, for one batch after the other."""

    tape: Tape
    """What the layer observed; complete after `meet`."""

    def begin(self, n: int, rng: np.random.Generator) -> None:
        """Begin a batch of n images."""
        ...

    def arrive(self, shard: Shard, thread: int, values: Array) -> None:
        """Take a shard's ``values`` [count, …], which stay as they are until the batch is over."""
        ...

    def meet(self) -> None:
        """All have arrived."""
        ...

    def leave(self, shard: Shard, thread: int) -> Array:
        """The layer's output for a shard, good until ``thread`` asks again."""
        ...

    def arrive_back(self, shard: Shard, thread: int, gradient: Array) -> None:
        """Take the gradient with respect to a shard's output."""
        ...

    def meet_back(self) -> dict[str, Array]:
        """All have arrived; returns the gradients of the layer's parameters."""
        ...

    def leave_back(self, shard: Shard, thread: int) -> Array:
        """The gradient with respect to a shard's values, good until ``thread`` asks again."""
        ...


def make_barrier(layer: Layer, shape: Shape, dtype: np.dtype) -> Barrier:
    """The fastest way for ``layer`` and inputs of ``shape``."""
    if type(layer) is BatchNorm and all(array.dtype == dtype for array in layer.parameters.values()):
        return BatchNormBarrier(layer, shape, dtype)
    return ReferenceBarrier(layer, shape, dtype)


class ReferenceBarrier:
    """The reference layer, run on all images at once."""

    def __init__(self, layer: Layer, shape: Shape, dtype: np.dtype) -> None:
        self._layer, self._shape, self._dtype = layer, shape, dtype
        self.begin(0, np.random.default_rng())

    def begin(self, n: int, rng: np.random.Generator) -> None:
        self.tape = Tape(training=True, rng=rng)
        self._values = np.empty((n, *self._shape), self._dtype)
        self._gradient = np.empty((n, *self._layer.output_shape_for(self._shape)), self._dtype)

    def arrive(self, shard: Shard, thread: int, values: Array) -> None:  # noqa: ARG002
        self._values[shard.images] = values

    def meet(self) -> None:
        self._output = self._layer.forward(self._values, self.tape)

    def leave(self, shard: Shard, thread: int) -> Array:  # noqa: ARG002
        return self._output[shard.images]

    def arrive_back(self, shard: Shard, thread: int, gradient: Array) -> None:  # noqa: ARG002
        self._gradient[shard.images] = gradient

    def meet_back(self) -> dict[str, Array]:
        self._d_values = self._layer.backward(self._gradient, self.tape)
        return self.tape.gradients.get(self._layer, {})

    def leave_back(self, shard: Shard, thread: int) -> Array:  # noqa: ARG002
        return self._d_values[shard.images]


class BatchNormBarrier:
    """Batch normalisation, of which only a few numbers a channel have to meet.

    A shard brings the mean of each channel and the squared distances from it; together they give the batch's. Source:
    Chan, Golub, LeVeque: "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979). What is
    left to do with the values, ``a · x + b``, each shard does on its way out, and likewise with the gradients:
    ``a · dy + b · x + c``.
    """

    def __init__(self, layer: BatchNorm, shape: Shape, dtype: np.dtype) -> None:
        self._layer, self._shape, self._dtype = layer, shape, dtype
        self._channels = shape[-1]
        self._repeats = shape[-2] if len(shape) == 3 else 1
        self._work: dict[tuple[str, int, int], Array] = {}
        self.begin(0, np.random.default_rng())

    def begin(self, n: int, rng: np.random.Generator) -> None:
        self.tape = Tape(training=True, rng=rng)
        self._count = n * prod(self._shape[:-1])
        self._values: dict[int, Array] = {}
        self._gradients: dict[int, Array] = {}
        self._moments: dict[int, tuple[int, Array, Array]] = {}
        self._sums: dict[int, tuple[Array, Array]] = {}

    def arrive(self, shard: Shard, thread: int, values: Array) -> None:
        x = self._rows(values)
        work = self._work_like(x, thread, "a")
        count = x.size // self._channels
        mean = self._sum(x) / count
        np.subtract(x, self._across(mean), out=work)
        np.multiply(work, work, out=work)
        self._values[shard.number] = x
        self._moments[shard.number] = count, mean, self._sum(work)

    def meet(self) -> None:
        moments = [self._moments[number] for number in sorted(self._moments)]
        mean = np.sum([count * own for count, own, _ in moments], axis=0) / self._count
        squares = [own_squares + count * (own - mean) ** 2 for count, own, own_squares in moments]
        variance = np.sum(squares, axis=0) / self._count
        self._mean, self._inverse_std = mean, 1 / np.sqrt(variance + self._layer.epsilon)
        self._slope = self._layer.parameters["scale"] * self._inverse_std
        self._slopes = self._across(self._slope)
        self._offsets = self._across(self._layer.parameters["shift"] - mean * self._slope)
        self._layer.note_statistics(mean.astype(self._dtype), variance.astype(self._dtype), self._count, self.tape)

    def leave(self, shard: Shard, thread: int) -> Array:
        x = self._values[shard.number]
        work = self._work_like(x, thread, "a")
        np.multiply(x, self._slopes, out=work)
        np.add(work, self._offsets, out=work)
        return self._images(work)

    def arrive_back(self, shard: Shard, thread: int, gradient: Array) -> None:
        x = self._values[shard.number]
        kept = self._gradients[shard.number] = self._work_like(x, shard.number, "gradient")
        np.copyto(self._images(kept), gradient)
        work = self._work_like(x, thread, "a")
        np.subtract(x, self._across(self._mean), out=work)
        np.multiply(work, kept, out=work)
        self._sums[shard.number] = self._sum(kept), self._sum(work)

    def meet_back(self) -> dict[str, Array]:
        sums = [self._sums[number] for number in sorted(self._sums)]
        d_shift, along = (np.sum([part[i] for part in sums], axis=0) for i in range(2))
        d_scale = along * self._inverse_std
        through_variance = -self._slope * self._inverse_std * d_scale / self._count
        self._d_slopes = self._across(through_variance)
        self._d_offsets = self._across(-self._slope * d_shift / self._count - self._mean * through_variance)
        return {"scale": d_scale.astype(self._dtype), "shift": d_shift.astype(self._dtype)}

    def leave_back(self, shard: Shard, thread: int) -> Array:
        x, gradient = self._values[shard.number], self._gradients[shard.number]
        through_gradient, work = self._work_like(x, thread, "a"), self._work_like(x, thread, "b")
        np.multiply(gradient, self._slopes, out=through_gradient)
        np.multiply(x, self._d_slopes, out=work)
        np.add(work, self._d_offsets, out=work)
        np.add(work, through_gradient, out=work)
        return self._images(work)

    def _rows(self, values: Array) -> Array:
        """Values [count, h, w, c] as [count·h, w·c], as NumPy likes long rows; [count, d] stay as they are."""
        return values.reshape(-1, self._repeats * self._channels)

    def _images(self, rows: Array) -> Array:
        return rows.reshape(-1, *self._shape)

    def _sum(self, rows: Array) -> Array:
        """Sum of each channel [c], float64."""
        ones = np.ones(len(rows), rows.dtype)
        return (ones @ rows).astype(np.float64).reshape(self._repeats, self._channels).sum(axis=0)

    def _across(self, channels: Array) -> Array:
        """Numbers of the channels [c], for a row of values [w·c]."""
        return np.tile(channels.astype(self._dtype), self._repeats)

    def _work_like(self, rows: Array, owner: int, purpose: str) -> Array:
        """Memory that a thread, or a shard, keeps for a purpose."""
        key = purpose, owner, len(rows)
        if key not in self._work:
            self._work[key] = np.empty_like(rows)
        return self._work[key]
