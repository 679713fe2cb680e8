"""Changes by hand: a map switched off or scaled, a weight set. They are kept as a list and applied to the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError
from cnn_core.inspection.receptive_field import check_place
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Layer,
    LeakyReLU,
    MaxPool2D,
    ReLU,
)
from cnn_core.model import Sequential


@dataclass(frozen=True, slots=True)
class MapScaled:
    """Map or unit ``channel`` of layer ``layer`` times ``factor`` ≥ 0; 0 switches it off."""

    layer: str
    channel: int
    factor: float

    def __str__(self) -> str:
        what = f"{self.layer}, {self.channel}"
        return f"{what} off" if self.factor == 0 else f"{what} × {self.factor:g}"


@dataclass(frozen=True, slots=True)
class WeightSet:
    """One element of a parameter set to ``value``: ``conv_1.weight`` at (0, 1, 0, 5)."""

    parameter: str
    index: tuple[int, ...]
    value: float

    def __str__(self) -> str:
        return f"{self.parameter}[{', '.join(map(str, self.index))}] = {self.value:g}"


Edit = MapScaled | WeightSet


def check_edit(model: Sequential, edit: Edit) -> None:
    """Raise `ConfigError` or `ShapeError` unless ``edit`` can be made to ``model``."""
    if isinstance(edit, WeightSet):
        if edit.parameter not in model.parameters:
            raise ConfigError(f"An edit expected a parameter of {model.name}, received {edit.parameter!r}.")
        check_place(model.parameters[edit.parameter].shape, edit.index, edit.parameter)
        if not isfinite(edit.value):
            raise ConfigError(f"A weight expected a finite number, received {edit.value!r}.")
        return
    source = model.layers[source_of(model, edit.layer)]
    check_place((_channels(source),), (edit.channel,), edit.layer)
    if not isfinite(edit.factor) or edit.factor < 0:
        raise ConfigError(f"A map expected to be scaled by 0 or more, received {edit.factor!r}.")


def source_of(model: Sequential, layer: str) -> int:
    """Number of the layer whose weights make the maps of ``layer``, so that scaling its weights scales them.

    Between the two may lie what keeps a factor: ReLU, pooling, dropout. Raises `ConfigError` where something else does.
    """
    names = [one.name for one in model.layers]
    if layer not in names:
        raise ConfigError(f"An edit expected a layer of {model.name}, received {layer!r}.")
    number = names.index(layer)
    while number >= 0 and isinstance(model.layers[number], (ReLU, LeakyReLU, MaxPool2D, AveragePool2D, Dropout)):
        number -= 1
    if number < 0 or type(model.layers[number]) not in _SCALED:
        raise ConfigError(
            f"Scaling a map expected a convolution, a dense layer or a normalisation, or ReLU and pooling after one, "
            f"received {layer}. Choose the layer before it."
        )
    return number


def scaled_by(model: Sequential, layer: str) -> str | None:
    """Name of the layer whose weights scale the maps or units of ``layer``; None where there is none."""
    try:
        return model.layers[source_of(model, layer)].name
    except ConfigError:
        return None


def apply_edits(model: Sequential, weights: Mapping[str, Array], edits: Sequence[Edit]) -> dict[str, Array]:
    """``weights`` with ``edits`` made to them in order; arrays that none touches are passed on, no array is changed.

    Of several scalings of one map the last one counts, and a map that is off stays off whatever its weights are set to.
    """
    edited = dict(weights)
    last = {(edit.layer, edit.channel): edit for edit in edits if isinstance(edit, MapScaled)}
    copied: set[str] = set()

    def writable(name: str) -> Array:
        if name not in copied:
            edited[name] = np.array(edited[name])
            copied.add(name)
        return edited[name]

    for edit in edits:
        check_edit(model, edit)
        if isinstance(edit, WeightSet):
            writable(edit.parameter)[edit.index] = edit.value
        elif edit is last[edit.layer, edit.channel]:
            source = model.layers[source_of(model, edit.layer)]
            for name in _SCALED[type(source)]:
                writable(f"{source.name}.{name}")[..., edit.channel] *= edit.factor
    for edit in last.values():
        if edit.factor == 0:
            source = model.layers[source_of(model, edit.layer)]
            for name in _SCALED[type(source)]:
                edited[f"{source.name}.{name}"][..., edit.channel] = 0
    return edited


_SCALED: dict[type[Layer], tuple[str, str]] = {
    Conv2D: ("weight", "bias"),
    Dense: ("weight", "bias"),
    BatchNorm: ("scale", "shift"),
}
"""The parameters that scale a layer's output, whose last axis are its channels."""


def _channels(layer: Layer) -> int:
    return layer.parameters[_SCALED[type(layer)][0]].shape[-1]
