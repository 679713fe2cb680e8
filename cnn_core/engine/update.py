"""The gradients of a batch as one vector, and the optimizer's step over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cnn_core.arrays import Array
from cnn_core.engine.fusion import Stage
from cnn_core.engine.workspace import Workspace
from cnn_core.layers import Dense, Layer
from cnn_core.model import Sequential
from cnn_core.optimizers import Optimizer, Part

BLOCK = 1 << 18
"""Elements that the optimizer works on at a time. Fewer would stay in a core's cache, but make calls so short that the
threads
wait for each other's turn in the interpreter more than that saves."""


@dataclass(frozen=True, slots=True)
class Range:
    """Elements start … stop of the vector, all of matrices or none of them."""

    start: int
    stop: int
    is_matrix: bool


class FlatUpdate:
    """Parameters, gradients and an optimizer's slots, each as one vector; the names are views of them.

    Every thread looks after a part of the vector: it makes the gradient there and takes the step there, so that nobody
    has to wait in between. Weights of dense layers are cut by rows over all threads, everything else belongs to one of
    them.
    """

    def __init__(self, model: Sequential, threads: int) -> None:
        self.parameters = model.pack()
        self.gradient = np.zeros_like(self.parameters)
        self._threads = threads
        self._optimizer: Optimizer | None = None
        self._slots: list[Array] = []
        self._merged: list[list[Range]] = []
        self._work = [np.empty(BLOCK, self.parameters.dtype) for _ in range(threads)]
        self._jobs: list[list[Callable[[], None]]] = [[] for _ in range(threads)]
        self._ranges: list[list[Range]] = [[] for _ in range(threads)]
        self._places: dict[str, tuple[int, int]] = {}
        self.by_name: dict[str, Array] = {}
        start = 0
        for name, array in model.parameters.items():
            stop = start + array.size
            self._places[name] = start, stop
            self.by_name[name] = self.gradient[start:stop].reshape(array.shape)
            start = stop
        owners = [layer for layer in model.layers if layer.parameters]
        self._owner = {layer.name: threads - 1 - i % threads for i, layer in enumerate(owners)}
        for layer in owners:
            for name in layer.parameters:
                if type(layer) is Dense and name == "weight":
                    for thread in range(threads):
                        self._ranges[thread].append(self._range_of(f"{layer.name}.weight", thread, threads))
                else:
                    self._ranges[self._owner[layer.name]].append(self._range_of(f"{layer.name}.{name}", 0, 1))

    def collect_from(self, stages: Sequence[Stage], used: Sequence[Workspace]) -> None:
        """Note where the threads' sums of the gradients will lie: with each stage's kernel in the workspaces
        ``used``, one a thread."""
        self._jobs = [[] for _ in self._jobs]
        for position, stage in enumerate(stages):
            kernel = stage.kernel
            if kernel.parameter_names:
                parts = [workspace.bounds[position] for workspace in used]
                gradients = {name: self.by_name[f"{kernel.name}.{name}"] for name in kernel.parameter_names}
                self._jobs[self._owner[kernel.name]].append(partial(kernel.collect, parts, gradients))

    def take(self, layer: Layer, gradients: Mapping[str, Array]) -> None:
        """Copy a layer's gradients, by its own names, to their place."""
        for name, gradient in gradients.items():
            self.by_name[f"{layer.name}.{name}"][...] = gradient

    def collect(self, thread: int) -> None:
        """Make the gradients of this thread's part, but for the weights of dense layers."""
        for job in self._jobs[thread]:
            job()

    def _range_of(self, name: str, part: int, parts: int) -> Range:
        """Where the parameter ``name`` stands; of a matrix cut by rows into ``parts``, where the part stands."""
        start, _ = self._places[name]
        shape = self.by_name[name].shape
        row = int(np.prod(shape[1:]))
        return Range(
            start + shape[0] * part // parts * row, start + shape[0] * (part + 1) // parts * row, len(shape) > 1
        )

    def attach(self, optimizer: Optimizer) -> None:
        """Move the optimizer's slots into vectors; their names stay, for checkpoints."""
        if optimizer is self._optimizer and self._still_ours(optimizer):
            return
        self._slots = []
        for by_name in optimizer.slots.values():
            vector = np.zeros_like(self.parameters)
            for name, (start, stop) in self._places.items():
                place = vector[start:stop].reshape(self.by_name[name].shape)
                if name in by_name:
                    place[...] = by_name[name]
                by_name[name] = place
            self._slots.append(vector)
        self._optimizer = optimizer
        self._merged = [merged(ranges, optimizer.spares_vectors) for ranges in self._ranges]

    def _still_ours(self, optimizer: Optimizer) -> bool:
        slots = zip(optimizer.slots.values(), self._slots, strict=True)
        return all(
            by_name.get(name) is not None and by_name[name].base is vector
            for by_name, vector in slots
            for name in self._places
        )

    def step(self, thread: int, learning_rate: float) -> None:
        """The step of the optimizer that was attached, on this thread's part of the parameters."""
        assert self._optimizer is not None
        for range_ in self._merged[thread]:
            for start in range(range_.start, range_.stop, BLOCK):
                piece = slice(start, min(start + BLOCK, range_.stop))
                slots = [slot[piece] for slot in self._slots]
                work = self._work[thread][: piece.stop - start]
                part = Part(self.parameters[piece], self.gradient[piece], slots, range_.is_matrix, work)
                self._optimizer.update(part, learning_rate)


def merged(ranges: Iterable[Range], keep_kinds_apart: bool) -> list[Range]:
    """The ranges in order, neighbours joined: fewer and longer calls."""
    result: list[Range] = []
    for range_ in sorted(ranges, key=lambda r: r.start):
        alike = bool(result) and (result[-1].is_matrix == range_.is_matrix or not keep_kinds_apart)
        if alike and result[-1].stop == range_.start:
            result[-1] = Range(result[-1].start, range_.stop, range_.is_matrix)
        elif range_.start < range_.stop:
            result.append(range_)
    return result
