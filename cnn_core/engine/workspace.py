"""The network bound to buffers: what one thread runs for one shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cnn_core.arrays import Array
from cnn_core.engine.barriers import BatchNormBarrier, ReferenceBarrier
from cnn_core.engine.fusion import BarrierStep, ElementwiseStep, FixedBatchNormStep, PoolStep, Stage, Step
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.kernels.batch_norm import BatchNormLink, FixedBatchNormLink
from cnn_core.engine.kernels.dense import BoundDenseRows
from cnn_core.engine.kernels.elementwise import ElementwiseLink
from cnn_core.engine.kernels.pooling import PoolLink
from cnn_core.engine.kernels.reference import BoundReferenceLayer, ReferenceBarrierLink
from cnn_core.engine.noise import Noise
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Memory, Scratch, Tensor, image_order, plain_tensor

BarrierLink = BatchNormLink | ReferenceBarrierLink
Link = ElementwiseLink | PoolLink | FixedBatchNormLink | BarrierLink


class ThreadMemory:
    """The memory that all workspaces of one thread for shards of one size share."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch, self.sums, self.kept = scratch, Memory(scratch.dtype), Memory(scratch.dtype)

    def rewind(self) -> None:
        """For the next workspace."""
        self.sums.rewind()
        self.kept.rewind()


class Workspace:
    """Buffers and programs for a shard of ``n`` images going through ``stages``.

    Barriers cut the way into phases: `load` images, run ``forward_programs`` in order, all shards meeting in between,
    and read `output` [n, …]; then fill `d_output` and run ``backward_programs`` from the last to the first. A shorter
    shard leaves the rest of the buffers as they are: set the rest of `d_output` to zero.

    ``number`` is that of the shard, if barriers tell shards apart. What it needs after the last barrier it shares with
    the other shards of its thread. Its dense layers keep their rows from ``first_row`` on.
    """

    def __init__(
        self,
        stages: Sequence[Stage],
        n: int,
        memory: ThreadMemory,
        noise: Noise,
        training: bool,
        number: int = 0,
        first_row: int = 0,
    ) -> None:
        self.n, self._number = n, number
        memory.rewind()
        self._own, self._memory = Memory(memory.scratch.dtype), memory
        self._barriers_left = sum(len(stage.barriers) for stage in stages)
        self._learns_before = [False]  # a gradient is wanted where something before it can learn
        for stage in stages:
            self._learns_before.append(self._learns_before[-1] or any(layer.parameters for layer in stage.layers))
        binding = Binding(n, memory.scratch, self._kept, memory.sums, noise, training, True, first_row)
        self.bounds: list[Bound] = []
        self.links: list[list[Link]] = []
        sources: list[Tensor] = []
        for stage, wanted in zip(stages, self._learns_before, strict=False):
            keeps = _reaches_barrier(stage.steps)
            bound = stage.kernel.bind(replace(binding, kept=self._kept, wants_d_input=wanted, keeps_output=keeps))
            if self.bounds:
                self._connect_to(bound.x, sources[-1], replace(binding, kept=self._kept))
            self.bounds.append(bound)
            self.links.append([])
            sources.append(self._follow(stage, bound.y, binding))
        self._end = sources[-1]
        self.output = self._kept.zeros((n, *stages[-1].output_shape))
        self.d_output = self._kept.zeros(self.output.shape)
        self._write_programs(stages, training)

    @property
    def _kept(self) -> Memory:
        """Shards that still have to wait for others need memory of their own."""
        return self._own if self._barriers_left else self._memory.kept

    def _follow(self, stage: Stage, source: Tensor, binding: Binding) -> Tensor:
        """Make the links after a kernel; returns where they end."""
        for i, step in enumerate(stage.steps):
            keeps = _reaches_barrier(stage.steps[i + 1 :])
            link, source = self._link(step, source, i, keeps, replace(binding, kept=self._kept))
            self.links[-1].append(link)
        return source

    def _link(self, step: Step, source: Tensor, i: int, keeps: bool, binding: Binding) -> tuple[Link, Tensor]:
        """The link of a step, and its target, whose values are to wait for the backward pass if it ``keeps``."""
        scratch, kept = binding.scratch, binding.kept
        if isinstance(step, BarrierStep):
            self._barriers_left -= 1
            after = self._kept if keeps else None
            if isinstance(step.barrier, BatchNormBarrier):
                key, shape = ("batch norm", i), source.dense.shape
                values = scratch.rough(key, shape) if after is None else after.zeros(shape)
                target = source.with_memory(values, kept.zeros(shape))
                return BatchNormLink(step.barrier, source, target, self._number, binding), target
            assert isinstance(step.barrier, ReferenceBarrier)
            target = plain_tensor(self.n, step.output_shape, scratch, i, after)
            return ReferenceBarrierLink(step.barrier, source, target, self._number * self.n, self.n), target
        target = source
        if isinstance(step, PoolStep) or source.is_fixed:
            target = plain_tensor(self.n, step.output_shape, scratch, i, kept if keeps else None)
        match step:
            case PoolStep():
                return PoolLink(step.layer, source, target, binding), target
            case FixedBatchNormStep():
                return FixedBatchNormLink(step.fixed, source, target, binding), target
            case ElementwiseStep():
                return ElementwiseLink(step.activation, step.dropout, source, target, binding), target

    def _connect_to(self, following: Tensor, source: Tensor, binding: Binding) -> None:
        """Copy the last link's target to where the next kernel reads."""
        self.links[-1].append(ElementwiseLink(None, None, source, following, binding))

    def _write_programs(self, stages: Sequence[Stage], training: bool) -> None:
        names = [" + ".join(layer.name for layer in stage.layers) or "input" for stage in stages]
        program = Program()
        self.forward_programs = [program]
        self._waiting: list[BarrierLink] = []
        for name, bound, links in zip(names, self.bounds, self.links, strict=True):
            program.section(f"{name} forward")
            bound.forward(program)
            for link in links:
                if isinstance(link, BarrierLink):
                    link.arrive(program)
                    program = Program()
                    program.section(f"{name} forward")
                    self.forward_programs.append(program)
                    self._waiting.append(link)
                    link.leave(program)
                else:
                    link.forward(program)
        program.call(np.copyto, image_order(self.output), self._end.value)
        self.backward_programs = [program := Program()]
        if not training:
            return
        program.call(np.copyto, self._end.gradient, image_order(self.d_output))
        for name, bound, links, learns in reversed(
            list(zip(names, self.bounds, self.links, self._learns_before[1:], strict=True))
        ):
            program.section(f"{name} backward")
            for link in reversed(links):
                if isinstance(link, BarrierLink):
                    link.arrive_back(program)
                    program = Program()
                    program.section(f"{name} backward")
                    self.backward_programs.insert(0, program)
                    link.leave_back(program)
                elif learns:
                    link.backward(program)
            if learns:
                bound.backward(program)

    def begin(self) -> None:
        """Begin a batch: take the weights as they are, start the gradients' sums at zero."""
        for bound in self.bounds:
            bound.begin()
        for links in self.links:
            for link in links:
                if isinstance(link, FixedBatchNormLink):
                    link.begin()

    def load(self, images: Array) -> None:
        """Put up to n images [n, …] where the first kernel reads them."""
        for bound in self.bounds:
            if isinstance(bound, BoundReferenceLayer):
                bound.count = len(images)
        for link in self._waiting:
            link.set_count(len(images))
        values = image_order(images)
        for piece in self.bounds[0].x.pieces:
            if values.ndim == 4:
                np.copyto(piece.value[:, : len(images)], values[piece.where])
            else:
                np.copyto(piece.value[: len(images)], values)

    def next_dropout(self, phase: int, generator: np.random.Generator) -> dict[str, Array]:
        """Factors [n, …] of each dropout that the forward program of a phase would draw with ``generator``."""
        found, at = {}, 0
        for link in (link for links in self.links for link in links):
            at += isinstance(link, BarrierLink)
            drawn = link.next_dropout(generator) if at == phase and isinstance(link, ElementwiseLink) else None
            if drawn is not None:
                found[drawn[0]] = drawn[1]
        return found

    def look_again(self, phase: int) -> None:
        """Whatever the barrier after this phase asked for."""
        self._waiting[phase].look_again()

    def back(self, d_output: Array) -> None:
        """The last phase backward, from the gradient of its up to n outputs."""
        self.d_output[: len(d_output)] = d_output
        self.d_output[len(d_output) :] = 0  # what is left of an earlier, longer shard must not count
        self.backward_programs[-1].run()

    def move_aside(self, first_row: int) -> None:
        """Keep what the dense layers need for their weights' gradients elsewhere: another shard comes."""
        for bound in self.bounds:
            if isinstance(bound, BoundDenseRows):
                bound.move_aside(first_row)


def _reaches_barrier(steps: Sequence[Step]) -> bool:
    """Whether the steps begin with batch normalisation over the batch, which has to look at its input twice. What only
    changes values in place may come before."""
    for step in steps:
        if isinstance(step, BarrierStep):
            return isinstance(step.barrier, BatchNormBarrier)
        if isinstance(step, PoolStep):
            break
    return False
