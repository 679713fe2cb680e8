"""What a kernel is: the fast form of one layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from cnn_core.arrays import Array, Shape
from cnn_core.engine.noise import Noise
from cnn_core.engine.program import Program
from cnn_core.engine.tensors import Memory, Scratch, Tensor


@dataclass(frozen=True, slots=True)
class Binding:
    """What a kernel is bound for.

    Attributes
    ----------
    n : images of a shard
    scratch : memory of the thread that will run it, for what is used at once
    kept : memory for what has to wait for the backward pass
    sums : memory of the thread for what it adds up over its shards, and for what is the same for all of them
    training : whether there is a backward pass
    wants_d_input : whether somebody asks for the gradient of its input
    first_row : of the rows that dense layers put aside, the first of this shard
    keeps_output : whether the output, too, has to wait for the backward pass
    noise : where that thread's random numbers come from
    """

    n: int
    scratch: Scratch
    kept: Memory
    sums: Memory
    noise: Noise
    training: bool
    wants_d_input: bool
    first_row: int = 0
    keeps_output: bool = False

    def output(self, shape: Shape) -> Array:
        """Memory for a kernel's output, scratch where that will do."""
        return self.kept.zeros(shape) if self.keeps_output else self.scratch.rough("output", shape)


class Bound(Protocol):
    """A kernel with buffers for one shard. It reads ``x.value`` and writes ``y.value``, and the gradients the other
    way.

    ``x`` keeps its values until the backward pass; what ``y`` and the gradients hold must be used at once.
    """

    x: Tensor
    y: Tensor

    def forward(self, program: Program) -> None:
        """Append the calls from ``x.value`` to ``y.value``."""

    def backward(self, program: Program) -> None:
        """Append the calls from ``y.gradient`` to ``x.gradient`` that also add to the sums of the parameters'
        gradients."""

    def begin(self) -> None:
        """Begin a batch: take the weights as they are now, and start the sums of the parameters' gradients at zero."""


class Kernel(Protocol):
    """The fast form of one layer, shared by all threads."""

    name: str
    input_shape: Shape

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What `collect` has to fill, by the layer's own names."""
        ...

    def prepare(self) -> None:
        """Derive from the layer's weights what the products need; once a batch, before any thread starts."""

    def bind(self, binding: Binding) -> Bound:
        """Buffers and views for one shard."""
        ...

    def collect(self, parts: Iterable[Bound], gradients: Mapping[str, Array]) -> None:
        """Write the sum over the ``parts`` (one a thread) into ``gradients``, which has the names of the layer's
        parameters."""
