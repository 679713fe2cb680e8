"""From a list of layers to stages: which kernel runs what, and what is done on the way from one to the next.

A *stage* is one kernel and the *links* after it: steps that can read any memory and write into the next kernel's own.
So ``conv, relu, max pool, dropout`` is one stage: the convolution leaves its sums where it likes, pooling and
activation pick them up there and put the result where the next kernel wants it, padding included.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np

from cnn_core.arrays import Shape
from cnn_core.engine.barriers import Barrier, BatchNormBarrier, ReferenceBarrier
from cnn_core.engine.kernels.base import Kernel
from cnn_core.engine.kernels.batch_norm import FixedBatchNorm
from cnn_core.engine.kernels.conv_patches import ConvPatches
from cnn_core.engine.kernels.conv_planes import ConvPlanes
from cnn_core.engine.kernels.conv_rows import ConvInRows
from cnn_core.engine.kernels.conv_windows import ConvWindows
from cnn_core.engine.kernels.dense import DenseRows
from cnn_core.engine.kernels.elementwise import ACTIVATIONS
from cnn_core.engine.kernels.reference import ReferenceLayer
from cnn_core.engine.kernels.toom_cook import MOST_PRODUCTS
from cnn_core.layers import AveragePool2D, BatchNorm, Conv2D, Dense, Dropout, Flatten, Layer, MaxPool2D

Pool = MaxPool2D | AveragePool2D


@dataclass(frozen=True, slots=True)
class ElementwiseStep:
    """An activation, a dropout, or both in this order; neither: a copy."""

    activation: Layer | None
    dropout: Dropout | None
    output_shape: Shape


@dataclass(frozen=True, slots=True)
class PoolStep:
    """Pooling whose windows do not overlap."""

    layer: Pool
    output_shape: Shape


@dataclass(frozen=True, slots=True)
class FixedBatchNormStep:
    """Batch normalisation at rest."""

    fixed: FixedBatchNorm
    output_shape: Shape


@dataclass(frozen=True, slots=True)
class BarrierStep:
    """A layer at which all shards meet."""

    barrier: Barrier
    output_shape: Shape


Step = ElementwiseStep | PoolStep | FixedBatchNormStep | BarrierStep


@dataclass(slots=True)
class Stage:
    """A kernel and the steps from its output to the input of the next one."""

    kernel: Kernel
    kernel_shape: Shape
    steps: list[Step] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    folded: FoldedBatchNorm | None = None

    def prepare(self) -> None:
        """Take the weights as they are now; once a batch, before any thread starts."""
        if self.folded is not None:
            self.folded.prepare()
        self.kernel.prepare()
        for step in self.steps:
            if isinstance(step, FixedBatchNormStep):
                step.fixed.prepare()

    @property
    def barriers(self) -> list[Barrier]:
        """Of the steps, in order."""
        return [step.barrier for step in self.steps if isinstance(step, BarrierStep)]

    @property
    def output_shape(self) -> Shape:
        """Shape of one image after the last step."""
        return self.steps[-1].output_shape if self.steps else self.kernel_shape


class FoldedBatchNorm:
    """A convolution or dense layer and the batch normalisation at rest after it, as one layer with other weights.

    ``slope · (x @ w + b) + offset = x @ (slope · w) + (slope · b + offset)``.
    """

    def __init__(self, layer: Conv2D | Dense, norm: BatchNorm) -> None:
        self._original, self._fixed = layer, FixedBatchNorm(norm)
        self.layer = copy(layer)
        self.layer.parameters = {name: np.empty_like(array) for name, array in layer.parameters.items()}

    def prepare(self) -> None:
        """Take the weights of both as they are now."""
        self._fixed.prepare()
        for name, folded in self.layer.parameters.items():
            np.multiply(self._original.parameters[name], self._fixed.slope, out=folded)
        self.layer.parameters["bias"] += self._fixed.offset


def is_elementwise(layer: Layer) -> bool:
    """Whether the layer can be part of an `ElementwiseStep`."""
    return type(layer) in ACTIVATIONS or type(layer) is Dropout


def is_simple_pool(layer: Layer) -> bool:
    """Whether the layer can be a `PoolStep`."""
    return type(layer) in (MaxPool2D, AveragePool2D) and layer.stride == layer.pool_size  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Fusion:
    """How to fuse.

    Attributes
    ----------
    dtype : type that the network computes in; a layer with other parameters runs as a reference layer
    most_rows : images of a batch that dense layers can put aside
    most_products : how far convolutions may save products at the cost of rounding errors (`toom_cook`); 0: not at all
    training : whether layers see the batch, or are at rest
    threads : that a training batch is shared by
    folds : whether batch normalisation at rest becomes part of the weights before it
    """

    dtype: np.dtype
    most_rows: int = 0
    most_products: int = MOST_PRODUCTS
    training: bool = False
    threads: int = 1
    folds: bool = True

    def stages(self, layers: Sequence[Layer], input_shape: Shape, is_start: bool = True) -> list[Stage]:
        """Stages of ``layers``, the first for inputs of ``input_shape``.

        ``is_start``: the inputs are the images themselves, whose gradient nobody asks for. A first layer that is not a
        kernel's gets a stage that only holds the input.
        """
        stages: list[Stage] = []
        shape, image_shape = input_shape, ()
        rest = list(layers)
        while rest:
            layer = rest.pop(0)
            before, shape = shape, layer.output_shape_for(shape)
            across = self._across_images(layer, before)
            joins = is_elementwise(layer) or is_simple_pool(layer) or (type(layer) is Flatten and len(before) in (1, 3))
            if (joins or across) and not stages:
                stages.append(Stage(ReferenceLayer(None, before), before))
            if across and image_shape:  # its channels are the numbers of a row
                stages.append(Stage(ReferenceLayer(Flatten(), image_shape), before))
                image_shape = ()
            if type(layer) is Flatten and joins:
                image_shape = before if len(before) == 3 else image_shape
            elif across:
                stages[-1].steps.append(across)
            elif joins:
                _add_step(stages[-1], layer, image_shape or shape)
            else:
                folded = self._folded(layer, rest)
                kernel = self._kernel(
                    folded.layer if folded else layer, before, image_shape, rest, is_start and not stages
                )
                _add_kernel(stages, kernel, before, shape, image_shape)
                stages[-1].folded = folded
                image_shape = ()
            stages[-1].layers.append(layer)
            if not joins and not across and stages[-1].folded:
                stages[-1].layers.append(rest.pop(0))
        if image_shape:
            stages.append(Stage(ReferenceLayer(Flatten(), image_shape), shape))
        return stages or [Stage(ReferenceLayer(None, input_shape), input_shape)]

    def _across_images(self, layer: Layer, shape: Shape) -> Step | None:
        """The step of a layer whose numbers come from many images, while training or at rest; None for any other."""
        has_fast_form = type(layer) is BatchNorm and self._has_type(layer)
        if self.training and layer.needs_whole_batch:
            if has_fast_form:
                assert isinstance(layer, BatchNorm)
                return BarrierStep(BatchNormBarrier(layer, shape, self.dtype, self.threads), shape)
            return BarrierStep(ReferenceBarrier(layer, shape, self.dtype), layer.output_shape_for(shape))
        if has_fast_form:
            assert isinstance(layer, BatchNorm)
            return FixedBatchNormStep(FixedBatchNorm(layer), shape)
        return None

    def _has_type(self, layer: Layer) -> bool:
        return all(array.dtype == self.dtype for array in layer.parameters.values())

    def _folded(self, layer: Layer, following: Sequence[Layer]) -> FoldedBatchNorm | None:
        norm = following[0] if following else None
        if self.training or not self.folds or type(norm) is not BatchNorm or type(layer) not in (Conv2D, Dense):
            return None
        assert isinstance(layer, Conv2D | Dense)
        return FoldedBatchNorm(layer, norm) if self._has_type(layer) and self._has_type(norm) else None

    def _kernel(
        self, layer: Layer, before: Shape, image_shape: Shape, following: Sequence[Layer], first: bool
    ) -> Kernel:
        if not self._has_type(layer):
            return ReferenceLayer(layer, before)
        if type(layer) is Dense:
            return DenseRows(layer, image_shape, self.most_rows)
        if type(layer) is Conv2D:
            return self._convolution(layer, before, following, first)
        return ReferenceLayer(layer, before)

    def _convolution(self, layer: Conv2D, before: Shape, following: Sequence[Layer], first: bool) -> Kernel:
        after = layer.output_shape_for(before)
        if first:
            for pool in (self._pool_that_follows(following, after), (1, 1)):
                if ConvPatches.suits(layer, before, pool):
                    return ConvPatches(layer, before, pool)
        kinds: list[type[ConvPlanes] | type[ConvInRows]] = [ConvPlanes, ConvInRows]
        suited = [kind for kind in kinds if kind.suits(layer, after, self.most_products)]
        if not suited:
            return ConvWindows(layer, before)
        best = min(suited, key=lambda kind: kind.products_per_output(layer, after, self.most_products))
        return best(layer, before, self.most_products)

    def _pool_that_follows(self, layers: Sequence[Layer], shape: Shape) -> tuple[int, int]:
        """The windows of the pooling that the next stage boundary or kernel has not come before; (1, 1) if there is
        none. Batch normalisation counts every pixel of ``shape``, also those that are in no window."""
        counts_all = False
        for layer in layers:
            if is_simple_pool(layer):
                assert isinstance(layer, Pool)
                h_p, w_p = layer.pool_size
                return (1, 1) if counts_all and (shape[0] % h_p or shape[1] % w_p) else (h_p, w_p)
            is_step = type(layer) is BatchNorm and self._has_type(layer)
            counts_all |= is_step
            if not is_elementwise(layer) and not is_step:
                break
        return 1, 1


def _add_kernel(stages: list[Stage], kernel: Kernel, before: Shape, shape: Shape, image_shape: Shape) -> None:
    if image_shape and not isinstance(kernel, DenseRows):  # only dense layers read images as rows by themselves
        stages.append(Stage(ReferenceLayer(Flatten(), image_shape), before))
    stage = Stage(kernel, shape)
    if len(stages) == 1 and isinstance(kernel, DenseRows) and _only_holds(stages[0]):
        stage.layers = stages.pop().layers  # the images can be written into the kernel's memory at once
    stages.append(stage)


def _only_holds(stage: Stage) -> bool:
    return isinstance(stage.kernel, ReferenceLayer) and stage.kernel.layer is None and not stage.steps


def _add_step(stage: Stage, layer: Layer, shape: Shape) -> None:
    """Append a step to the stage, together with or before the last one where that is the same and cheaper."""
    last = stage.steps[-1] if stage.steps else None
    if isinstance(layer, Pool):
        if isinstance(last, ElementwiseStep) and last.dropout is None and isinstance(layer, MaxPool2D):
            # the largest of activated values is the activated largest value, and there are fewer of them
            stage.steps[-1:] = [PoolStep(layer, shape), ElementwiseStep(last.activation, None, shape)]
        else:
            stage.steps.append(PoolStep(layer, shape))
    elif isinstance(layer, Dropout):
        if isinstance(last, ElementwiseStep) and last.dropout is None:
            stage.steps[-1] = ElementwiseStep(last.activation, layer, shape)
        else:
            stage.steps.append(ElementwiseStep(None, layer, shape))
    else:
        stage.steps.append(ElementwiseStep(layer, None, shape))
