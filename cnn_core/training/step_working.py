"""One training step taken apart: what each image pulls at, how the gradient walks back, what the optimizer makes of it.

Loss, gradients, masks and the new weights are the engine's own (`NextStep`); what single images add to them is found by
the reference layers, on the same masks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ConfigError, ShapeError
from cnn_core.inspection.gradients import Mask, stopped_by, walk_back
from cnn_core.inspection.workings import maps_before
from cnn_core.layers import BatchNorm, Conv2D, Dense, Layer, Softmax, Tape, softmax
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.training.next_step import NextStep
from cnn_core.training.update_working import UpdateLine, explain_update

AT_ONCE = 1 << 25
"""Numbers of a pass in memory at once, about."""
MOST_AT_ONCE = 1 << 27
"""The same where the whole batch has to stay together."""
LONGEST_ROW = 64
"""Of a vector of weights so many are shown around the chosen one."""

Index = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LayerOfStep:
    """One layer's part in the step, for the image that is looked at.

    Attributes
    ----------
    value : its output on the way there, dropout at work, [h, w, c] or [d]
    gate : True where it lets the gradient through; None for layers without one
    gradient : of this image's loss with respect to the output; of a closing softmax to the logits, p - target
    """

    name: str
    kind: str
    value: Array
    gate: Mask | None
    gradient: Array


@dataclass(frozen=True, slots=True, eq=False)
class StepWorking:
    """A step, told for one weight and one image of its batch.

    Attributes
    ----------
    next_step : what it was told from
    losses, probabilities, dlogits : of each image, [n], [n, k] and [n, k], dropout at work
    image : number of the image that is looked at
    pixel_gradient : of its loss with respect to its pixels, [h, w, c]
    layers : in order
    parameter, index : which weight is told, such as ``conv_2.weight`` at (0, 0, 7, 3)
    pulls : what each image adds to the sum of which the gradient is made, [n]
    pictures : the same for the weights around it, [n, rows, columns]
    cell : where the weight is in these pictures
    maps : shape [h, w, c] of the maps that a dense layer with this weight reads in one row; None where there are none
    gradient : of the mean loss, the engine's: the sum of the pulls, divided by n
    lines : what the optimizer makes of it
    loss_before, loss_after : mean loss of the batch without dropout, before the step and after it
    before, after : the image's probabilities [k] likewise
    """

    next_step: NextStep
    losses: Array
    probabilities: Array
    dlogits: Array
    image: int
    pixel_gradient: Array
    layers: tuple[LayerOfStep, ...]
    parameter: str
    index: Index
    pulls: Array
    pictures: Array
    cell: tuple[int, int]
    maps: Shape | None
    gradient: float
    lines: tuple[UpdateLine, ...]
    loss_before: float
    loss_after: float
    before: Array
    after: Array

    @property
    def strongest(self) -> NDArray[np.int64]:
        """Numbers of the images, the largest pull first."""
        return np.argsort(-np.abs(self.pulls), kind="stable")


def explain_step(told: NextStep, parameter: str = "", index: Index = (), image: int | None = None) -> StepWorking:
    """Take a step apart for the weight ``parameter`` at ``index``.

    Parameters
    ----------
    parameter : such as ``conv_2.weight``; empty chooses one, with the largest gradient among the last filters
    image : which image of the batch is looked at; None takes the one that pulls hardest

    Raises `ShapeError` for a weight or image that is not there, `ConfigError` for a batch that is too large to tell.
    """
    model = told.model()
    if not parameter:
        parameter, index = _telling_weight(model, told)
    array = told.weights.get(parameter)
    if array is None or parameter not in told.gradients or not _is_in(index, array.shape):
        raise ShapeError(f"{model.name} expected one of its weights, received {parameter!r} at {list(index)}.")
    n = len(told.labels)
    if image is not None and not 0 <= image < n:
        raise ShapeError(f"The batch expected an image from 0 to {n - 1}, received {image}.")
    batch = _Batch(model, told)
    batch.run(parameter, index)
    shown = int(np.abs(batch.pulls).argmax()) if image is None else image
    pixel_gradient, layers = batch.look_at(shown)
    after, optimizer = told.taken()
    optimizer.steps = told.steps
    slots = {
        slot: float(told.slots.get(slot, {}).get(parameter, np.zeros(array.shape))[index])
        for slot in optimizer.slot_names
    }
    gradient = float(told.gradients[parameter][index])
    lines = explain_update(optimizer, float(array[index]), gradient, slots, told.learning_rate, array.ndim > 1)
    loss_before, before = _judge(model, told, shown)
    loss_after, later = _judge(after, told, shown)
    return StepWorking(
        told, batch.losses, batch.probabilities, batch.dlogits, shown, pixel_gradient, layers, parameter, index,
        batch.pulls, batch.pictures, batch.cell, batch.maps, gradient, lines, loss_before, loss_after, before, later,
    )  # fmt: skip


def _is_in(index: Index, shape: Shape) -> bool:
    return len(index) == len(shape) and all(0 <= i < size for i, size in zip(index, shape, strict=True))


def _telling_weight(model: Sequential, told: NextStep) -> tuple[str, Index]:
    """The weight with the largest gradient of the last convolution, or of the first layer that has weights."""
    named = [layer for layer in model if f"{layer.name}.weight" in told.gradients]
    if not named:
        raise ConfigError(f"{model.name} expected a layer with weights, it has none.")
    layer = next((layer for layer in reversed(named) if isinstance(layer, Conv2D)), named[0])
    gradient = told.gradients[f"{layer.name}.weight"]
    place = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
    return f"{layer.name}.weight", tuple(int(i) for i in place)


def _judge(model: Sequential, told: NextStep, image: int) -> tuple[float, Array]:
    """Mean loss of the batch without dropout, and the probabilities of one image."""
    loss, total = SoftmaxCrossEntropy(told.label_smoothing), 0.0
    size = max(1, min(len(told.labels), AT_ONCE // max(model.image_elements, 1)))
    for start in range(0, len(told.labels), size):
        part = slice(start, start + size)
        second = told.second[part] if told.second is not None else None
        total += float(loss(model.forward(told.images[part]), told.labels[part], second).losses.sum())
    return total / len(told.labels), softmax(model.forward(told.images[image : image + 1]))[0]


class _Batch:
    """The training pass of the batch by the reference layers, in parts where that makes no difference."""

    def __init__(self, model: Sequential, told: NextStep) -> None:
        n, k = len(told.labels), model.output_shape[0]
        self._model, self._told = model, told
        self.losses = np.zeros(n, np.float32)
        self.probabilities, self.dlogits = np.zeros((n, k), np.float32), np.zeros((n, k), np.float32)
        self.pulls = np.zeros(n, np.float32)
        self.pictures = np.zeros((n, 1, 1), np.float32)
        self.cell = (0, 0)
        self.maps: Shape | None = None
        self._size = self._at_once(n)

    def _at_once(self, n: int) -> int:
        elements = max(self._model.image_elements, 1)
        if not any(layer.needs_whole_batch for layer in self._model):
            return max(1, min(n, AT_ONCE // elements))
        if n * elements > MOST_AT_ONCE:
            raise ConfigError(
                f"A step that is told expected at most {MOST_AT_ONCE:,} numbers on the way, this batch has "
                f"{n * elements:,}. Choose a smaller batch."
            )
        return n

    def _passes(self, of: slice) -> Iterator[tuple[slice, Tape, list[Array], list[Array]]]:
        """Part by part of the images ``of``: the tape, the outputs and the gradients of the trunk's layers."""
        told, loss = self._told, SoftmaxCrossEntropy(self._told.label_smoothing)
        for start in range(of.start, of.stop, self._size):
            part = slice(start, min(start + self._size, of.stop))
            tape = Tape(training=True, dropout={name: mask[part] for name, mask in told.dropout.items()})
            outputs, x = list[Array](), told.images[part]
            for layer in self._model.trunk:
                x = layer.forward(x, tape)
                outputs.append(x)
            second = told.second[part] if told.second is not None else None
            result = loss(x, told.labels[part], second)
            self.losses[part], self.dlogits[part] = result.losses, result.dlogits
            self.probabilities[part] = softmax(x)
            yield part, tape, outputs, walk_back(self._model, result.dlogits, tape)

    def run(self, parameter: str, index: Index) -> None:
        """All images: their losses, and their pulls at one weight."""
        owner, _, name = parameter.rpartition(".")
        at = next(number for number, layer in enumerate(self._model.trunk) if layer.name == owner)
        layer = self._model.trunk[at]
        maps = self.maps = maps_before(self._model, at) if isinstance(layer, Dense) else None
        for part, tape, _, gradients in self._passes(slice(0, len(self._told.labels))):
            pictures, self.cell = _pulls(layer, name, index, tape, gradients[at + 1], maps)
            if self.pictures.shape[1:] != pictures.shape[1:]:
                self.pictures = np.zeros((len(self.pulls), *pictures.shape[1:]), np.float32)
            self.pictures[part] = pictures
        self.pulls = self.pictures[:, self.cell[0], self.cell[1]].copy()

    def look_at(self, image: int) -> tuple[Array, tuple[LayerOfStep, ...]]:
        """What happens to one image, layer by layer; where images depend on each other, among the others."""
        whole = self._size == len(self._told.labels)
        of = slice(0, self._size) if whole else slice(image, image + 1)
        _, tape, outputs, gradients = next(self._passes(of))
        row = image - of.start
        found = []
        for number, layer in enumerate(self._model.trunk):
            stopped = stopped_by(layer, tape)
            gate = None if stopped is None else ~stopped[row]
            found.append(
                LayerOfStep(
                    layer.name, layer.kind, outputs[number][row].copy(), gate, gradients[number + 1][row].copy()
                )
            )
        if isinstance(last := self._model.layers[-1], Softmax):
            found.append(
                LayerOfStep(last.name, last.kind, self.probabilities[image].copy(), None, self.dlogits[image].copy())
            )
        return gradients[0][row].copy(), tuple(found)


def _pulls(
    layer: Layer, name: str, index: Index, tape: Tape, dy: Array, maps: Shape | None
) -> tuple[Array, tuple[int, int]]:
    """What each image adds to the gradients of the weights around one, [n, rows, columns], and where that one is.

    ``maps`` is the shape [h, w, c] of the maps that a dense layer reads in one row, if it does.
    """
    n = len(dy)
    over_places = dy.reshape(n, -1, dy.shape[-1])
    match layer, name:
        case Conv2D(), "weight":
            row, column, channel, unit = index
            _, windows = tape.kept(layer)
            seen = windows.reshape(n, over_places.shape[1], *layer.kernel_size, -1)[..., channel]
            return np.einsum("npab,np->nab", seen, over_places[..., unit]), (row, column)
        case Dense(), "weight":
            (x,) = tape.kept(layer)
            pulls = x * dy[:, index[1], None]
            if maps is not None:
                row, column, channel = (int(i) for i in np.unravel_index(index[0], maps))
                return pulls.reshape(n, *maps)[..., channel], (row, column)
            return _part_of_row(pulls, index[0])
        case BatchNorm(), "scale":
            normalized, *_ = tape.kept(layer)
            return _part_of_row((over_places * normalized.reshape(over_places.shape)).sum(axis=1), index[0])
    return _part_of_row(over_places.sum(axis=1), index[0])  # a bias or a shift is added everywhere


def _part_of_row(pulls: Array, at: int) -> tuple[Array, tuple[int, int]]:
    """Of a row of weights [n, d] those around the one ``at``."""
    start = max(0, min(at - LONGEST_ROW // 2, pulls.shape[1] - LONGEST_ROW))
    return pulls[:, None, start : start + LONGEST_ROW], (0, at - start)
