"""A plan: one model prepared to run batches quickly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.engine.blas import SingleThreadedBlas
from cnn_core.engine.crew import Crew
from cnn_core.errors import StoppedError
from cnn_core.layers import Layer, Tape, softmax
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.metrics import count_correct
from cnn_core.model import Sequential

SHARD_IMAGES = 16
"""Images that one thread takes through the network at a time. Few enough that a layer's windows stay near the
processor, many enough that Python's share of the time is small: measured on the presets."""


NOTHING = np.zeros(0, np.float32)
"""What is left of a shard that has come back to the input."""


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


@dataclass(slots=True)
class _Sum:
    """What one thread has added up over its shards."""

    loss: float = 0.0
    correct: int = 0
    gradients: dict[str, Array] = field(default_factory=dict)

    def add(self, gradients: Mapping[str, Array]) -> None:
        for name, gradient in gradients.items():
            if name in self.gradients:
                self.gradients[name] += gradient
            else:
                self.gradients[name] = gradient


class Plan:
    """Runs a model's reference layers on shards of the batch, side by side on the crew's threads.

    Layers that need the whole batch (batch normalisation while training) run on all of it at once; between them
    every shard goes its own way. Where there are none, a shard goes all the way and back before the next one starts, so
    that the memory does not grow with the batch. Each thread adds up its own shards in their order: the same number of
    threads gives the same result to the last bit. A context manager; `close` ends its threads.
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

    def gradients(
        self,
        images: Array,
        labels: NDArray[np.integer],
        rng: np.random.Generator,
        stopped: Callable[[], bool] = lambda: False,
    ) -> BatchResult:
        """Loss and gradients of one batch [n, h, w, c] with labels [n]; ``rng`` gives the dropout masks.

        Raises `StoppedError` soon after ``stopped`` has turned true, however large the batch.
        """
        shards = self._cut(images, rng)
        sums = [_Sum() for _ in range(self._crew.threads)]
        *early, last = self._stages
        for stage in early:
            self._forward_all(stage, shards, stopped)

        def turn_round(shard: _Shard, thread: int) -> None:
            """The last stage forward, the loss, and the last stage backward: nothing is kept for longer."""
            self._forward(last, shard)
            result = self._loss(shard.value, labels[shard.images])
            sums[thread].loss += float(result.losses.sum())
            sums[thread].correct += count_correct(shard.value, labels[shard.images])
            shard.value = result.dlogits / len(images)
            self._backward(last, shard)
            sums[thread].add(self.model.gradients(shard.tape))
            shard.tape.forget(last)

        self._each(shards, turn_round, stopped)
        for stage in reversed(early):
            self._backward_all(stage, shards, sums, stopped)
        self.model.absorb_statistics(shards[0].tape)
        total = sums[0]
        for other in sums[1:]:
            total.add(other.gradients)
        loss, correct = sum(part.loss for part in sums), sum(part.correct for part in sums)
        return BatchResult(loss / len(images), correct, total.gradients)

    def logits(self, images: Array) -> Array:
        """Logits [n, k] of images [n, h, w, c], any n."""
        shards = self._cut(images, None)
        for stage in self._stages:
            self._forward_all(stage, shards, lambda: False)
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

    def _each(self, shards: Sequence[_Shard], work: Callable[[_Shard, int], None], stopped: Callable[[], bool]) -> None:
        """Every shard once; thread t takes t, t + threads, t + 2·threads, …"""

        def share(thread: int) -> None:
            # weights that run away end in a loss that is not finite, which the caller looks at; no warnings on the way
            with np.errstate(over="ignore", invalid="ignore"):
                for shard in shards[thread :: self._crew.threads]:
                    if stopped():
                        raise StoppedError("The batch was stopped.")
                    work(shard, thread)

        self._crew.run(share)

    def _forward(self, stage: Sequence[Layer], shard: _Shard) -> None:
        for layer in stage:
            shard.value = layer.forward(shard.value, shard.tape)

    def _backward(self, stage: Sequence[Layer], shard: _Shard) -> None:
        for layer in reversed(stage):
            if layer is self.model.layers[0]:
                layer.backward_parameters(shard.value, shard.tape)
                shard.value = NOTHING
            else:
                shard.value = layer.backward(shard.value, shard.tape)

    def _together(self, stage: Sequence[Layer]) -> bool:
        """Whether the stage is a layer that has to see all shards at once."""
        return self.training and bool(stage) and stage[0].needs_whole_batch

    def _forward_all(self, stage: Sequence[Layer], shards: list[_Shard], stopped: Callable[[], bool]) -> None:
        if self._together(stage):
            whole = np.concatenate([shard.value for shard in shards])
            whole = stage[0].forward(whole, shards[0].tape)
            for shard in shards:
                shard.value = whole[shard.images]
        else:
            self._each(shards, lambda shard, _: self._forward(stage, shard), stopped)

    def _backward_all(
        self, stage: Sequence[Layer], shards: list[_Shard], sums: list[_Sum], stopped: Callable[[], bool]
    ) -> None:
        if self._together(stage):
            whole = np.concatenate([shard.value for shard in shards])
            whole = stage[0].backward(whole, shards[0].tape)
            sums[0].add(self.model.gradients(shards[0].tape))
            shards[0].tape.forget(stage)
            for shard in shards:
                shard.value = whole[shard.images]
            return

        def back(shard: _Shard, thread: int) -> None:
            self._backward(stage, shard)
            sums[thread].add(self.model.gradients(shard.tape))
            shard.tape.forget(stage)

        self._each(shards, back, stopped)


def _stages(layers: Sequence[Layer], training: bool) -> list[list[Layer]]:
    """Cut the list of layers before and after each one that needs the whole batch."""
    stages: list[list[Layer]] = []
    for layer in layers:
        alone = training and layer.needs_whole_batch
        if not stages or alone or (training and stages[-1][0].needs_whole_batch):
            stages.append([])
        stages[-1].append(layer)
    if training and stages[-1][0].needs_whole_batch:
        stages.append([])  # the last stage is the one in which every shard meets the loss on its own
    return stages
