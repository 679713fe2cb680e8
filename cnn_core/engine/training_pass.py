"""One batch on its way through the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.engine.barriers import Barrier
from cnn_core.engine.kernels.dense import DenseRows
from cnn_core.engine.kernels.reference import BoundReferenceLayer
from cnn_core.engine.plan_cache import PlanCache
from cnn_core.engine.segments import Segment, Shard
from cnn_core.engine.thread_pool import ThreadPool, Work
from cnn_core.engine.workspace import Workspace
from cnn_core.errors import StoppedError
from cnn_core.layers import Tape
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.metrics import count_correct

Stopped = Callable[[], bool]
Source = Callable[[Shard, int], Array]
"""(shard, thread) -> the values [count, …] that go into a segment, or the gradient that comes back to it."""


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
    pool: ThreadPool,
    shards: Sequence[Shard],
    work: Callable[[Shard, int], None],
    stopped: Stopped,
    then: Work | None = None,
) -> None:
    """Every shard once: thread t takes t, t + threads, t + 2·threads, …; then, if given, ``then`` on all threads."""

    def share(thread: int) -> None:
        # weights that run away end in a loss that is not finite, which the caller looks at; no warnings on the way
        with np.errstate(over="ignore", invalid="ignore"):
            for shard in shards[thread :: pool.threads]:
                if stopped():
                    raise StoppedError("The batch was stopped.")
                work(shard, thread)

    if len(shards) > 1 or then is not None:
        pool.run(share, then)
    else:
        share(0)


class TrainingPass:
    """Forward, loss, backward and gradients of one batch.

    Through the last segment each shard goes there and back in one go. With several segments, all shards first go to the
    barrier between two of them, the layer there sees the whole batch at once, and on the way back likewise.
    """

    def __init__(
        self,
        cache: PlanCache,
        pool: ThreadPool,
        loss: SoftmaxCrossEntropy,
        images: Array,
        labels: NDArray[np.integer],
        second: SecondLabels | None,
        stopped: Stopped,
    ) -> None:
        assert cache.update is not None
        self._cache, self._pool, self._loss, self.update = cache, pool, loss, cache.update
        self._images, self._labels, self._second, self._stopped = images, labels, second, stopped
        self._finish: Work | None = None
        cut = cache.cut
        self._shards = [
            Shard(images_, number, number * cut.shard_images % cut.most_rows)
            for number, images_ in enumerate(cut.shards(len(images)))
        ]
        self._used = cache.gather(len(self._shards))
        self._sums = [_Sums() for _ in range(pool.threads)]
        self._settlements: list[_Settlement] = []

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
        return [barrier.tape for barrier in self._cache.barriers] + own

    def _run(self) -> None:
        for segment, workspaces in zip(self._cache.segments, self._used, strict=True):
            for stage in segment.stages:
                stage.kernel.prepare()
            for workspace in workspaces:
                workspace.begin()
        *early, last = self._cache.segments
        barriers = self._cache.barriers
        source: Source = self._image_part
        for workspaces, barrier in zip(self._used, barriers, strict=False):
            barrier.begin(len(self._images), self._cache.noise[0].generator)
            self._to_barrier(workspaces, source, barrier)
            barrier.meet()
            source = barrier.leave
        self._turn_round(last, self._used[-1], source, barriers[-1] if early else None)
        for i in reversed(range(len(early))):
            layer = early[i].barrier
            assert layer is not None
            self.update.take(layer, barriers[i].meet_back())
            self._back(early[i], self._used[i], barriers[i].leave_back, barriers[i - 1] if i else None)

    def _image_part(self, shard: Shard, thread: int) -> Array:  # noqa: ARG002 - a source
        return self._images[shard.images]

    def _to_barrier(self, workspaces: Sequence[Workspace], source: Source, barrier: Barrier) -> None:
        def forward(shard: Shard, thread: int) -> None:
            workspace = workspaces[shard.number]
            workspace.load(source(shard, thread))
            workspace.forward_program.run()
            barrier.arrive(shard, thread, workspace.output[: shard.count])

        each(self._pool, self._shards, forward, self._stopped)

    def _turn_round(
        self, segment: Segment, workspaces: Sequence[Workspace], source: Source, before: Barrier | None
    ) -> None:
        """The last segment forward, the loss, and the last segment backward, to the barrier ``before`` it."""

        def there_and_back(shard: Shard, thread: int) -> None:
            workspace, sums = workspaces[thread], self._sums[thread]
            workspace.load(source(shard, thread))
            workspace.forward_program.run()
            logits, labels = workspace.output[: shard.count], self._labels[shard.images]
            result = self._loss(logits, labels, None if self._second is None else self._second[shard.images])
            sums.loss += float(result.losses.sum())
            sums.correct += count_correct(logits, labels)
            _backward(workspace, result.dlogits / len(self._images), shard)
            if before is not None:
                before.arrive_back(shard, thread, workspace.d_input[: shard.count])

        self._in_turns(segment, there_and_back)

    def _back(self, segment: Segment, workspaces: Sequence[Workspace], source: Source, before: Barrier | None) -> None:
        def back(shard: Shard, thread: int) -> None:
            workspace = workspaces[shard.number]
            _backward(workspace, source(shard, thread), shard)
            if before is not None:
                before.arrive_back(shard, thread, workspace.d_input[: shard.count])

        self._in_turns(segment, back)

    def _in_turns(self, segment: Segment, work: Callable[[Shard, int], None]) -> None:
        """All shards. After each turn the gradients of the dense layers' weights are settled, after the last one with
        all other gradients, when the segment is the first: then every shard is back.
        """
        due: list[_Settlement] = []
        turns = list(self._cache.cut.turns(self._shards))
        for number, turn in enumerate(turns):
            if due:
                self._pool.run(partial(self._settle_in_between, due))
            due = [
                _Settlement(kernel, len(turn) * self._cache.cut.shard_images, number > 0) for kernel in segment.dense
            ]
            if number == len(turns) - 1:
                self._settlements += due
            every_shard_is_back = segment.is_start and number == len(turns) - 1
            each(self._pool, turn, work, self._stopped, self._complete if every_shard_is_back else None)

    def _settle_in_between(self, settlements: Sequence[_Settlement], thread: int) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            self._settle(settlements, thread)

    def _settle(self, settlements: Sequence[_Settlement], thread: int) -> None:
        for kernel, rows, add in settlements:
            kernel.weight_gradient(rows, thread, self._pool.threads, self.update.by_name[f"{kernel.name}.weight"], add)

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
