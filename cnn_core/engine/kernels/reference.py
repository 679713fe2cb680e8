"""Anything else: a reference layer, run on a shard as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.engine.barriers import ReferenceBarrier
from cnn_core.engine.kernels.base import Binding, Bound
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Tensor, image_order, natural_order
from cnn_core.layers import Layer, Tape


class ReferenceLayer:
    """A layer that has no kernel of its own. None as the layer: values just stand there, in the order of the model."""

    def __init__(self, layer: Layer | None, input_shape: Shape) -> None:
        self.layer, self.input_shape = layer, input_shape
        self.name = layer.name if layer else ""
        self.output_shape = layer.output_shape_for(input_shape) if layer else input_shape

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self.layer.parameters) if self.layer else ()

    def prepare(self) -> None:
        """Nothing: the layer reads its own parameters."""

    def bind(self, binding: Binding) -> BoundReferenceLayer:
        return BoundReferenceLayer(self, binding)

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        for name, gradient in gradients.items():
            gradient[...] = 0
            for part in parts:
                if isinstance(part, BoundReferenceLayer) and name in part.sums:
                    gradient += part.sums[name]


class BoundReferenceLayer:
    """`ReferenceLayer` with the buffers of one shard.

    ``natural`` and ``d_natural`` are its input as the model orders it; the first ``count`` images are of this shard.
    """

    def __init__(self, kernel: ReferenceLayer, binding: Binding) -> None:
        self.kernel, self._binding = kernel, binding
        self.natural = binding.kept.zeros((binding.n, *kernel.input_shape))
        self.d_natural = binding.kept.zeros(self.natural.shape) if binding.training else self.natural[:0]
        self.x = self.y = _tensor(self.natural, self.d_natural, is_fixed=True)
        self.sums: dict[str, Array] = binding.sums.take(dict)
        self.tape = Tape(training=binding.training)
        self.count = binding.n
        if kernel.layer is not None:
            self._out = binding.kept.zeros((binding.n, *kernel.output_shape))
            self._d_out = binding.kept.zeros(self._out.shape) if binding.training else self._out[:0]
            self.y = _tensor(self._out, self._d_out)

    def forward(self, program: Program) -> None:
        if self.kernel.layer is not None:
            program.call(self._forward, self.kernel.layer)

    def backward(self, program: Program) -> None:
        if self.kernel.layer is not None:
            program.call(self._backward, self.kernel.layer)

    def _forward(self, layer: Layer) -> None:
        noise = self._binding.noise
        self.tape = Tape(training=self._binding.training, rng=noise.generator)
        np.copyto(self._out[: self.count], layer.forward(self.natural[: self.count], self.tape))

    def _backward(self, layer: Layer) -> None:
        if not self._binding.wants_d_input:
            layer.backward_parameters(self._d_out[: self.count], self.tape)
        else:
            d_natural = layer.backward(self._d_out[: self.count], self.tape)
            np.copyto(self.d_natural[: self.count], d_natural)
            self.d_natural[self.count :] = 0
        for name, gradient in self.tape.gradients.get(layer, {}).items():
            self.sums[name] = self.sums[name] + gradient if name in self.sums else gradient
        self.tape.forget([layer])

    def begin(self) -> None:
        self.sums.clear()


def _tensor(natural: Array, d_natural: Array, is_fixed: bool = False) -> Tensor:
    """Values that stand in the order of the model."""
    return Tensor(image_order(natural), image_order(d_natural), natural, d_natural, "natural", is_fixed)


class ReferenceBarrierLink:
    """A layer that needs the whole batch and has no fast form, for the images from ``start`` on."""

    def __init__(self, barrier: ReferenceBarrier, source: Tensor, target: Tensor, start: int, n: int) -> None:
        self._barrier, self._source, self._target = barrier, source, target
        self._start = start
        self.set_count(n)

    def set_count(self, count: int) -> None:
        """The first ``count`` images are the shard's."""
        self._count, self._images = count, slice(self._start, self._start + count)

    def arrive(self, program: Program) -> None:
        """Bring the values."""
        program.call(self._bring, self._source.value, "values")

    def look_again(self) -> None:
        """Nothing: the layer has all it needs."""

    def leave(self, program: Program) -> None:
        """Take the output."""
        program.call(self._take, "output", self._target.value)

    def arrive_back(self, program: Program) -> None:
        """Bring the gradient."""
        program.call(self._bring, self._target.gradient, "gradient")

    def leave_back(self, program: Program) -> None:
        """Take the gradient with respect to the values."""
        program.call(self._take, "d_values", self._source.gradient)

    def _bring(self, values: Array, to: str) -> None:
        getattr(self._barrier, to)[self._images] = natural_order(values)[: self._count]

    def _take(self, what: str, values: Array) -> None:
        natural_order(values)[: self._count] = getattr(self._barrier, what)[self._images]
        natural_order(values)[self._count :] = 0
