"""How the strip speaks of layers, maps and units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_core.inspection import LayerGradient
from cnn_core.inspection.kinds import traits_of
from cnn_gui.live.strip.layout import Layer
from cnn_gui.widgets.format import scientific, short
from cnn_gui.widgets.translation import tr


def describe_tile(layer: Layer, index: int) -> str:
    """What a map or a unit holds, in a line."""
    values = layer.values[..., index]
    if values.ndim == 0:
        return tr("{name}, unit {index}: {value:.4f}").format(name=layer.name, index=index, value=float(values))
    if not values.any():
        return tr("{name}, map {index}: all zero").format(name=layer.name, index=index)
    return tr("{name}, map {index}: {min:.3f} to {max:.3f}, mean {mean:.3f}").format(
        name=layer.name, index=index, min=values.min(), max=values.max(), mean=values.mean()
    )


def describe_gradient(layer: LayerGradient, index: int) -> str:
    """The gradients of a map or a unit, in a line."""
    values = layer.values[..., index]
    if values.ndim == 0:
        stopped = layer.stopped is not None and layer.stopped[index]
        words = tr("{name}, unit {index}: stopped by the next layer") if stopped else tr("{name}, unit {index}: {v}")
        return words.format(name=layer.name, index=index, v=scientific(float(values)))
    share = float(layer.stopped[..., index].mean()) if layer.stopped is not None else 0.0
    words = tr("{name}, map {index}: gradients from {min} to {max}, {share:.0f} % stopped")
    return words.format(name=layer.name, index=index, min=scientific(float(values.min())),
                        max=scientific(float(values.max())), share=share * 100)  # fmt: skip


def spoken(name: str) -> str:
    """A layer's name for people: ``conv 1``."""
    return name.replace("_", " ")


def shape_words(layer: Layer) -> str:
    """``28×28×16``"""
    return "×".join(map(str, layer.shape))


def range_words(span: tuple[float, float]) -> tuple[str, ...]:
    """``−1.2 … 3.4``, word by word."""
    return short(span[0]), " … ", short(span[1])


def limit_words(limit: float) -> tuple[str, ...]:
    """``±1.6e−4``; nothing where all is zero."""
    return (f"±{scientific(limit)}",) if limit else ("0",)


GATES = ("ReLU", "LeakyReLU", "Sigmoid", "Tanh", "MaxPool2D", "Dropout")


def back_caption(kind: str, caption: str) -> str:
    """What a layer does on the way back: ``gate``, ``p - target``, else its settings."""
    if kind == "Softmax":
        return tr("p − target")
    return tr("gate") if kind in GATES else caption


def caption_words(kind: str, options: Mapping[str, Any]) -> str:
    """A layer's settings in a few words."""
    if kind == "Dropout":
        return tr("{rate:.0f} %, rests now").format(rate=options["rate"] * 100)
    plain = {"Flatten": tr("one long row"), "Softmax": tr("sums to 1")}
    return plain.get(kind) or traits_of(kind).caption(options)
