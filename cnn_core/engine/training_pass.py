"""One batch on its way through the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.engine.kernels.dense import DenseRows
from cnn_core.engine.kernels.reference import BoundReferenceLayer
from cnn_core.engine.plan_cache import PlanCache
from cnn_core.engine.shards import Shard
from cnn_core.engine.thread_pool import ThreadPool, Work
from cnn_core.engine.workspace import Workspace
from cnn_core.errors import StoppedError
from cnn_core.layers import Tape
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.metrics import count_correct

Stopped = Callable[[], bool]


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


class TrainingPass:
    """Forward, loss, backward and gradients of one batch.

    Thread t takes the shards t, t + threads, …. Without barriers a shard goes there and back before the next one
    starts. At a barrier all shards of all threads meet, on the way there and on the way back; after the last one each
    goes to the end and back to it in one go.
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
        slices = cache.cut.shards(len(images))
        self._workspaces = cache.gather(len(slices))
        cut = cache.cut
        self._shards = [
            Shard(images_, number, number * cut.shard_images % cut.most_rows) for number, images_ in enumerate(slices)
        ]
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
        for stage in self._cache.stages:
            stage.prepare()
        for workspace in self._workspaces[: self._pool.threads]:
            workspace.begin()
        for barrier in self._cache.barriers:
            barrier.begin(len(self._images), len(self._shards), self._cache.noise[0].generator)
        self._pool.run(self._there_and_back, self._complete)

    def all_tapes(self) -> list[Tape]:
        """What layers observed: on the tapes of the barriers, and of reference layers in the first workspace."""
        bounds = self._workspaces[0].bounds
        own = [bound.tape for bound in bounds if isinstance(bound, BoundReferenceLayer)]
        return [barrier.tape for barrier in self._cache.barriers] + own

    def _there_and_back(self, thread: int) -> None:
        last = len(self._cache.barriers)
        # weights that run away end in a loss that is not finite, which the caller looks at; no warnings on the way
        with np.errstate(over="ignore", invalid="ignore"):
            for phase in range(last):
                for shard, workspace in self._shards_of(thread, self._shards):
                    if phase == 0:
                        workspace.load(self._images[shard.images])
                    workspace.forward_programs[phase].run()
                self._meet(phase, thread)
            self._in_turns(last, thread, self._turn_round)
            for phase in reversed(range(last)):
                self._meet_back(phase, thread)
                self._in_turns(phase, thread, self._back)

    def _shards_of(self, thread: int, shards: Sequence[Shard]) -> Iterator[tuple[Shard, Workspace]]:
        threads = self._pool.threads
        for shard in shards:
            if shard.number % threads == thread:
                if self._stopped():
                    raise StoppedError("The batch was stopped.")
                yield shard, self._workspaces[shard.number if self._cache.barriers else thread]

    def _meet(self, phase: int, thread: int) -> None:
        """All shards meet at the barrier after a phase."""
        barrier = self._cache.barriers[phase]
        self._pool.meet(thread)
        if barrier.meet(thread):
            for _, workspace in self._shards_of(thread, self._shards):
                workspace.look_again(phase)
            self._pool.meet(thread)
            barrier.meet_again(thread)

    def _meet_back(self, phase: int, thread: int) -> None:
        barrier = self._cache.barriers[phase]
        self._pool.meet(thread)
        gradients = barrier.meet_back(thread)
        if thread == 0:
            self.update.take(barrier.layer, gradients)
        if barrier.is_alone:
            self._pool.meet(thread)

    def _turn_round(self, phase: int, shard: Shard, workspace: Workspace, sums: _Sums) -> None:
        """After the last barrier: forward, the loss, and back to the barrier."""
        if phase == 0:
            workspace.load(self._images[shard.images])
        workspace.forward_programs[phase].run()
        logits, labels = workspace.output[: shard.count], self._labels[shard.images]
        result = self._loss(logits, labels, None if self._second is None else self._second[shard.images])
        sums.loss += float(result.losses.sum())
        sums.correct += count_correct(logits, labels)
        workspace.back(result.dlogits / len(self._images))

    def _back(self, phase: int, shard: Shard, workspace: Workspace, sums: _Sums) -> None:  # noqa: ARG002
        workspace.backward_programs[phase].run()

    def _in_turns(self, phase: int, thread: int, work: Callable[[int, Shard, Workspace, _Sums], None]) -> None:
        """All shards of the thread. After each turn the gradients of the dense layers' weights are settled, after the
        last one with all other gradients, when every shard is back."""
        turns = list(self._cache.cut.turns(self._shards))
        for number, turn in enumerate(turns):
            before = None
            for shard, workspace in self._shards_of(thread, turn):
                if workspace is before:  # the rows where the thread works are the last shard's in the end
                    workspace.move_aside(shard.row)
                before = workspace
                work(phase, shard, workspace, self._sums[thread])
            due = [
                _Settlement(kernel, len(turn) * self._cache.cut.shard_images, number > 0)
                for kernel in self._cache.dense_of_phase[phase]
            ]
            if number < len(turns) - 1:
                self._pool.meet(thread)
                self._settle(due, thread)
                self._pool.meet(thread)  # before the rows are written over
            elif thread == 0:
                self._settlements += due

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
