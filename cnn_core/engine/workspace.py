"""A segment of the network bound to buffers: what one thread runs for one shard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn_core.arrays import Array
from cnn_core.engine.fusion import ElementwiseStep, PoolStep, Stage, Step
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.kernels.dense import BoundDenseRows
from cnn_core.engine.kernels.elementwise import ElementwiseLink
from cnn_core.engine.kernels.pooling import PoolLink
from cnn_core.engine.kernels.reference import BoundReferenceLayer
from cnn_core.engine.noise import Noise
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Scratch, Tensor, image_order, plain_tensor

Link = ElementwiseLink | PoolLink


class Workspace:
    """Buffers and programs for shards of ``n`` images going through ``stages``.

    `load` images, run `forward`, read `output` [n, …]; then fill `d_output`, run `backward`, and, unless ``first``,
    read `d_input`. A shorter shard leaves the rest of the buffers as they are: set the rest of `d_output` to zero.
    """

    def __init__(
        self, stages: Sequence[Stage], n: int, scratch: Scratch, noise: Noise, training: bool, first: bool
    ) -> None:
        self.n = n
        # a gradient is wanted where something before it can learn
        self._learns_before = [not first]
        for stage in stages:
            self._learns_before.append(self._learns_before[-1] or any(layer.parameters for layer in stage.layers))
        self.bounds: list[Bound] = [
            stage.kernel.bind(Binding(n, scratch, noise, training, wanted))
            for stage, wanted in zip(stages, self._learns_before, strict=False)
        ]
        binding = Binding(n, scratch, noise, training, True)
        self._links: list[list[Link]] = []
        self._end = self.bounds[-1].y
        for i, stage in enumerate(stages):
            following = self.bounds[i + 1].x if i + 1 < len(stages) else None
            self._links.append(self._connect(stage, self.bounds[i].y, following, binding))
        shape = stages[-1].output_shape
        self.output = np.zeros((n, *shape), scratch.dtype)
        self.d_output = np.zeros((n, *shape), scratch.dtype)
        self.forward_program, self.backward_program = Program(), Program()
        self._write_programs(stages, training)

    def _connect(self, stage: Stage, source: Tensor, following: Tensor | None, binding: Binding) -> list[Link]:
        """The links from a kernel's output to the next kernel's input, or to the end of the segment."""
        links: list[Link] = []
        steps: list[Step] = list(stage.steps)
        if following is not None and (not steps or isinstance(steps[-1], PoolStep)):
            steps.append(ElementwiseStep(None, None, stage.output_shape))  # a copy
        for i, step in enumerate(steps):
            if following is not None and i == len(steps) - 1:
                target = following
            elif isinstance(step, PoolStep) or source.is_fixed:
                target = plain_tensor(binding.n, step.output_shape, binding.scratch, i)
            else:
                target = source  # nothing has to move
            if isinstance(step, PoolStep):
                links.append(PoolLink(step.layer, source, target, binding))
            else:
                links.append(ElementwiseLink(step.activation, step.dropout, source, target, binding))
            source = target
        if following is None:
            self._end = source
        return links

    def _write_programs(self, stages: Sequence[Stage], training: bool) -> None:
        for stage, bound, links in zip(stages, self.bounds, self._links, strict=True):
            label = " + ".join(layer.name for layer in stage.layers) or "input"
            self.forward_program.section(f"{label} forward")
            bound.forward(self.forward_program)
            for link in links:
                link.forward(self.forward_program)
        self.forward_program.call(np.copyto, image_order(self.output), self._end.value)
        if not training:
            return
        self.backward_program.call(np.copyto, self._end.gradient, image_order(self.d_output))
        for i in reversed(range(len(stages))):
            self.backward_program.section(f"{' + '.join(layer.name for layer in stages[i].layers) or 'input'} backward")
            if self._learns_before[i + 1]:
                for link in reversed(self._links[i]):
                    link.backward(self.backward_program)
                self.bounds[i].backward(self.backward_program)

    def begin(self) -> None:
        """Begin a batch: take the weights as they are, start the gradients' sums at zero."""
        for bound in self.bounds:
            bound.begin()

    def load(self, images: Array) -> None:
        """Put up to n images [n, …] where the first kernel reads them."""
        for bound in self.bounds:
            if isinstance(bound, BoundReferenceLayer):
                bound.count = len(images)
        value = self.bounds[0].x.value
        if value.ndim == 4:
            np.copyto(value[:, : len(images)], image_order(images))
        else:
            np.copyto(value[: len(images)], images)

    @property
    def d_input(self) -> Array:
        """Gradient with respect to what was loaded, [n, …]."""
        gradient = self.bounds[0].x.gradient
        return gradient.transpose(1, 2, 0, 3) if gradient.ndim == 4 else gradient

    def put_aside(self, rows: slice) -> None:
        """Keep what the dense layers need for their weights' gradients as ``rows`` of the batch."""
        for bound in self.bounds:
            if isinstance(bound, BoundDenseRows):
                bound.kernel.put_aside(bound, rows)
