"""A plan: one model prepared to run batches quickly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.engine.blas import SingleThreadedBlas
from cnn_core.engine.crew import Crew
from cnn_core.layers import Layer, Tape, softmax
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.metrics import count_correct
from cnn_core.model import Sequential

SHARD_IMAGES = 16
"""Images that one thread takes through the network at a time. Few enough that a layer's windows stay near the
processor, many enough that Python's share of the time is small: measured on the presets."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch gave: mean loss, images that were right, gradients of the mean loss by parameter name."""

    loss: float
    correct: int
    gradients: Mapping[str, Array]


@dataclass(slots=True)
class _Shard:
    """A run of consecutive images of the batch on its way through the network."""

    images: slice
    tape: Tape
    value: Array
    losses: Array | None = None
    correct: int = 0


class Plan:
    """Runs a model's reference layers on shards of the batch, side by side on the crew's threads.

    Layers that need the whole batch (batch normalisation while training) run on all of it at once; between them
    every shard goes its own way. Results do not depend on which thread ran what, only on the number of threads and
    on the batch size. A context manager; `close` ends its threads.
    """

    def __init__(
        self, model: Sequential, batch_size: int, threads: int, training: bool, loss: SoftmaxCrossEntropy
    ) -> None:
        self.model = model
        self.training = training
        self._loss = loss
        self._crew = Crew(threads)
        self._blas = SingleThreadedBlas()
        self._blas.__enter__()
        self._stages = _stages(model.trunk, training)
        self._shard_images = min(SHARD_IMAGES, max(1, -(-batch_size // threads)))
        self._open = True

    def gradients(self, images: Array, labels: NDArray[np.integer], rng: np.random.Generator) -> BatchResult:
        """Loss and gradients of one batch [n, h, w, c] with labels [n]; ``rng`` gives the dropout masks."""
        shards = self._cut(images, rng)
        for stage in self._stages:
            self._walk(stage, shards, forward=True)

        def judge(shard: _Shard) -> None:
            result = self._loss(shard.value, labels[shard.images])
            shard.correct = count_correct(shard.value, labels[shard.images])
            shard.losses, shard.value = result.losses, result.dlogits / len(images)

        self._each(shards, judge)
        for stage in reversed(self._stages):
            self._walk(stage, shards, forward=False)
        return self._collect(shards, len(images))

    def logits(self, images: Array) -> Array:
        """Logits [n, k] of images [n, h, w, c], any n."""
        shards = self._cut(images, None)
        for stage in self._stages:
            self._walk(stage, shards, forward=True)
        parts = [shard.value for shard in shards]
        return np.concatenate(parts) if parts else np.zeros((0, *self.model.output_shape), images.dtype)

    def predict(self, images: Array) -> Array:
        """Probabilities [n, k] of images [n, h, w, c], any n."""
        return softmax(self.logits(images))

    def close(self) -> None:
        """End the threads and give BLAS its threads back; the plan is of no use any more."""
        if self._open:
            self._open = False
            self._crew.close()
            self._blas.__exit__(None, None, None)

    def __enter__(self) -> Plan:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _cut(self, images: Array, rng: np.random.Generator | None) -> list[_Shard]:
        """Shards of equal size, the last one shorter, each with a tape and a generator of its own."""
        size = self._shard_images
        starts = range(0, len(images), size)
        rngs = rng.spawn(len(starts)) if rng is not None else [None] * len(starts)
        return [
            _Shard(slice(i, i + size), Tape(training=self.training, rng=own), images[i : i + size])
            for i, own in zip(starts, rngs, strict=True)
        ]

    def _each(self, shards: Sequence[_Shard], work) -> None:
        """Every shard once; thread t takes t, t + threads, t + 2·threads, …"""

        def share(thread: int) -> None:
            for shard in shards[thread :: self._crew.threads]:
                work(shard)

        self._crew.run(share)

    def _walk(self, stage: Sequence[Layer], shards: list[_Shard], forward: bool) -> None:
        """Take all shards through the layers of one stage."""
        if stage[0].needs_whole_batch and self.training:
            self._walk_together(stage[0], shards, forward)
            return

        def walk(shard: _Shard) -> None:
            if forward:
                for layer in stage:
                    shard.value = layer.forward(shard.value, shard.tape)
            else:
                for layer in reversed(stage):
                    if layer is self.model.layers[0]:
                        layer.backward_parameters(shard.value, shard.tape)
                    else:
                        shard.value = layer.backward(shard.value, shard.tape)

        self._each(shards, walk)

    def _walk_together(self, layer: Layer, shards: list[_Shard], forward: bool) -> None:
        whole = np.concatenate([shard.value for shard in shards])
        tape = shards[0].tape
        whole = layer.forward(whole, tape) if forward else layer.backward(whole, tape)
        for shard in shards:
            shard.value = whole[shard.images]

    def _collect(self, shards: list[_Shard], n: int) -> BatchResult:
        """Add up what the shards found, always in their order, so that the sum is the same every time."""
        gradients: dict[str, Array] = {}
        for shard in shards:
            for name, gradient in self.model.gradients(shard.tape).items():
                if name in gradients:
                    gradients[name] += gradient
                else:
                    gradients[name] = gradient
        self.model.absorb_statistics(shards[0].tape)
        loss = sum(float(shard.losses.sum()) for shard in shards if shard.losses is not None) / n
        return BatchResult(loss, sum(shard.correct for shard in shards), gradients)


def _stages(layers: Sequence[Layer], training: bool) -> list[list[Layer]]:
    """Cut the list of layers before and after each one that needs the whole batch."""
    stages: list[list[Layer]] = []
    for layer in layers:
        alone = training and layer.needs_whole_batch
        if not stages or alone or (training and stages[-1][0].needs_whole_batch):
            stages.append([])
        stages[-1].append(layer)
    return stages
