"""One batch on its way through the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.engine.crew import Crew, Work
from cnn_core.engine.kernels.dense import DenseRows
from cnn_core.engine.kernels.reference import BoundReferenceLayer
from cnn_core.engine.segments import Segment
from cnn_core.engine.workshop import Workshop
from cnn_core.engine.workspace import Workspace
from cnn_core.errors import StoppedError
from cnn_core.layers import Tape
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.metrics import count_correct

Stopped = Callable[[], bool]


@dataclass(slots=True)
class Shard:
    """Consecutive images of the batch; ``number`` counts them, ``row`` is where its dense layers put things aside."""

    images: slice
    number: int
    row: int

    @property
    def count(self) -> int:
        """How many images."""
        return self.images.stop - self.images.start


class _Settlement(NamedTuple):
    """Gradients of a dense layer's weights that are still to be made from the rows put aside."""

    kernel: DenseRows
    rows: int
    add: bool


class _Sums:
    """What one thread has added up over its shards."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.correct = 0


def each(
    crew: Crew, shards: Sequence[Shard], work: Callable[[Shard, int], None], stopped: Stopped, then: Work | None = None
) -> None:
    """Every shard once: thread t takes t, t + threads, t + 2·threads, …; then, if given, ``then`` on all threads."""

    def share(thread: int) -> None:
        # weights that run away end in a loss that is not finite, which the caller looks at; no warnings on the way
        with np.errstate(over="ignore", invalid="ignore"):
            for shard in shards[thread :: crew.threads]:
                if stopped():
                    raise StoppedError("The batch was stopped.")
                work(shard, thread)

    if len(shards) > 1 or then is not None:
        crew.run(share, then)
    else:
        share(0)


class TrainingPass:
    """Forward, loss, backward and gradients of one batch.

    Through the last segment each shard goes there and back in one go. With several segments, all shards first go to the
    barrier between two of them, the layer there sees the whole batch at once, and on the way back likewise.
    """

    def __init__(
        self,
        workshop: Workshop,
        crew: Crew,
        loss: SoftmaxCrossEntropy,
        images: Array,
        labels: NDArray[np.integer],
        stopped: Stopped,
    ) -> None:
        assert workshop.update is not None
        self._workshop, self._crew, self._loss, self.update = workshop, crew, loss, workshop.update
        self._images, self._labels, self._stopped = images, labels, stopped
        self._finish: Work | None = None
        cut = workshop.cut
        self._shards = [
            Shard(images_, number, number * cut.shard_images % cut.most_rows)
            for number, images_ in enumerate(cut.shards(len(images)))
        ]
        self._used = workshop.gather(len(self._shards))
        self._sums = [_Sums() for _ in range(crew.threads)]
        self._settlements: list[_Settlement] = []
        self.tapes: list[Tape] = []

    @property
    def loss(self) -> float:
        """Mean loss of the batch; complete once all shards have met the loss."""
        return sum(part.loss for part in self._sums) / len(self._images)

    @property
    def correct(self) -> int:
        """Images that were right."""
        return sum(part.correct for part in self._sums)

    def run(self, finish: Work | None = None) -> None:
        """There and back; then ``finish(thread)`` on every thread, for its part of the gradients."""
        self._finish = finish
        with np.errstate(over="ignore", invalid="ignore"):
            self._run()

    def all_tapes(self) -> list[Tape]:
        """What layers observed: on the tapes of the barriers, and of reference layers in the first workspaces."""
        bounds = [bound for used in self._used for bound in used[0].bounds]
        own = [bound.tape for bound in bounds if isinstance(bound, BoundReferenceLayer)]
        return self.tapes + own

    def _run(self) -> None:
        for segment, workspaces in zip(self._workshop.segments, self._used, strict=True):
            for stage in segment.stages:
                stage.kernel.prepare()
            for workspace in workspaces:
                workspace.begin()
        *early, last = self._workshop.segments
        values = self._images
        for segment, workspaces in zip(early, self._used, strict=False):
            values = self._through_barrier(segment, self._to_barrier(segment, workspaces, values))
        d_values = self._turn_round(last, self._used[-1], values)
        for i, segment in reversed(list(enumerate(early))):
            d_values = self._back_through_barrier(segment, self.tapes[i], d_values)
            d_values = self._back(segment, self._used[i], d_values)

    def _to_barrier(self, segment: Segment, workspaces: Sequence[Workspace], values: Array) -> Array:
        out = np.empty((len(values), *segment.output_shape), self._workshop.dtype)

        def forward(shard: Shard, _: int) -> None:
            workspace = workspaces[shard.number]
            workspace.load(values[shard.images])
            workspace.forward_program.run()
            out[shard.images] = workspace.output[: shard.count]

        each(self._crew, self._shards, forward, self._stopped)
        return out

    def _through_barrier(self, segment: Segment, values: Array) -> Array:
        assert segment.barrier is not None
        self.tapes.append(Tape(training=True, rng=self._workshop.noise[0].generator))
        return segment.barrier.forward(values, self.tapes[-1])

    def _back_through_barrier(self, segment: Segment, tape: Tape, d_values: Array) -> Array:
        assert segment.barrier is not None
        d_values = segment.barrier.backward(d_values, tape)
        self.update.take(segment.barrier, tape.gradients.get(segment.barrier, {}))
        return d_values

    def _turn_round(self, segment: Segment, workspaces: Sequence[Workspace], values: Array) -> Array:
        """The last segment forward, the loss, and the last segment backward; returns the gradient of ``values``."""
        d_values = self._room_for_gradient(segment, values.shape)

        def there_and_back(shard: Shard, thread: int) -> None:
            workspace, sums = workspaces[thread], self._sums[thread]
            workspace.load(values[shard.images])
            workspace.forward_program.run()
            logits, labels = workspace.output[: shard.count], self._labels[shard.images]
            result = self._loss(logits, labels)
            sums.loss += float(result.losses.sum())
            sums.correct += count_correct(logits, labels)
            _backward(workspace, result.dlogits / len(self._images), shard)
            if not segment.is_start:
                d_values[shard.images] = workspace.d_input[: shard.count]

        self._in_turns(segment, there_and_back)
        return d_values

    def _back(self, segment: Segment, workspaces: Sequence[Workspace], d_out: Array) -> Array:
        d_values = self._room_for_gradient(segment, (len(d_out), *segment.input_shape))

        def back(shard: Shard, _: int) -> None:
            workspace = workspaces[shard.number]
            _backward(workspace, d_out[shard.images], shard)
            if not segment.is_start:
                d_values[shard.images] = workspace.d_input[: shard.count]

        self._in_turns(segment, back)
        return d_values

    def _room_for_gradient(self, segment: Segment, shape: tuple[int, ...]) -> Array:
        """Nobody asks for the gradient of the images."""
        return np.empty((0,) if segment.is_start else shape, self._workshop.dtype)

    def _in_turns(self, segment: Segment, work: Callable[[Shard, int], None]) -> None:
        """All shards. After each turn the gradients of the dense layers' weights are settled, after the last one with
        all other gradients, when the segment is the first: then every shard is back.
        """
        due: list[_Settlement] = []
        turns = list(self._workshop.cut.turns(self._shards))
        for number, turn in enumerate(turns):
            if due:
                self._crew.run(partial(self._settle_in_between, due))
            due = [
                _Settlement(kernel, len(turn) * self._workshop.cut.shard_images, number > 0) for kernel in segment.dense
            ]
            if number == len(turns) - 1:
                self._settlements += due
            every_shard_is_back = segment.is_start and number == len(turns) - 1
            each(self._crew, turn, work, self._stopped, self._complete if every_shard_is_back else None)

    def _settle_in_between(self, settlements: Sequence[_Settlement], thread: int) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            self._settle(settlements, thread)

    def _settle(self, settlements: Sequence[_Settlement], thread: int) -> None:
        for kernel, rows, add in settlements:
            kernel.weight_gradient(rows, thread, self._crew.threads, self.update.by_name[f"{kernel.name}.weight"], add)

    def _complete(self, thread: int) -> None:
        """This thread's share of turning the threads' sums into gradients, and of what is done with them."""
        with np.errstate(over="ignore", invalid="ignore"):
            self._settle(self._settlements, thread)
            self.update.collect(thread)
            if self._finish is not None:
                self._finish(thread)


def _backward(workspace: Workspace, d_output: Array, shard: Shard) -> None:
    workspace.d_output[: shard.count] = d_output
    workspace.d_output[shard.count :] = 0  # what is left of an earlier, longer shard must not count
    workspace.backward_program.run()
    workspace.put_aside(slice(shard.row, shard.row + workspace.n))
