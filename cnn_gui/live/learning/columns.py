"""Which part of each layer is shown of a step: the way from the weight that is told to the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.arrays import Array
from cnn_core.inspection.gradients import Mask
from cnn_core.inspection.kinds import traits_of
from cnn_core.training import LayerOfStep, StepWorking
from cnn_gui.widgets.translation import tr

MOST_UNITS = 64
"""Of a vector so many are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class StepColumn:
    """One layer on the way.

    Attributes
    ----------
    name : of the layer, as people read it
    words : what of it is shown: ``map 3 of 32``, ``64 of 128``
    value, gradient : a map [h, w], or units [d]
    gate : what lets the gradient through, shaped alike; None where nothing is in its way
    gate_words : how much of it is open
    """

    name: str
    words: str
    value: Array
    gradient: Array
    gate: Mask | None
    gate_words: str

    @property
    def is_map(self) -> bool:
        return self.value.ndim == 2


def columns_of(story: StepWorking) -> list[StepColumn]:
    """From the layer before the weight to the logits, the map that the weight makes followed as far as there is one."""
    owner = story.parameter.rpartition(".")[0]
    names = [layer.name for layer in story.layers]
    at = names.index(owner)
    columns = []
    channel: int | None = story.index[2] if len(story.index) == 4 else None
    for number in range(max(at - 1, 0), len(story.layers)):
        layer = story.layers[number]
        if layer.kind == "Softmax":
            continue  # it belongs to the loss
        if number == at:
            channel = story.index[-1]
        elif number > at and traits_of(layer.kind).sums:
            channel = None
        columns.append(_column(layer, channel))
        if layer.value.ndim == 3 and channel is None:
            channel = _strongest(layer)
    return columns


def _strongest(layer: LayerOfStep) -> int:
    """The map with the largest gradient."""
    return int(np.abs(layer.gradient).reshape(-1, layer.gradient.shape[-1]).max(axis=0).argmax())


def _column(layer: LayerOfStep, channel: int | None) -> StepColumn:
    name = layer.name.replace("_", " ")
    if layer.value.ndim == 3:
        chosen = _strongest(layer) if channel is None or channel >= layer.value.shape[-1] else channel
        words = tr("map {n} of {count}").format(n=chosen, count=layer.value.shape[-1])
        part: object = (slice(None), slice(None), chosen)
    else:
        count = len(layer.value)
        start = 0 if channel is None or channel < MOST_UNITS else min(channel - MOST_UNITS // 2, count - MOST_UNITS)
        part = slice(start, start + MOST_UNITS)
        words = tr("{n} units").format(n=count) if count <= MOST_UNITS else tr("{n} of {count}").format(
            n=MOST_UNITS, count=count)  # fmt: skip
    gate = layer.gate[part] if layer.gate is not None else None  # type: ignore[index]
    return StepColumn(
        name,
        words,
        layer.value[part],
        layer.gradient[part],
        gate,
        _gate_words(layer.kind, gate),  # type: ignore[index]
    )


def _gate_words(kind: str, gate: Mask | None) -> str:
    """How much of what is shown is open."""
    if gate is None:
        return ""
    share = float(gate.mean()) * 100
    if kind == "MaxPool2D":
        return tr("{share:.0f} % won").format(share=share)
    return (tr("{share:.0f} % kept") if kind == "Dropout" else tr("{share:.0f} % open")).format(share=share)
