"""What the kinds of layers are called, and what their options say in few words."""

from __future__ import annotations

from typing import Any

from cnn_core.inspection.kinds import traits_of
from cnn_core.layers import Layer
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

KIND_WORDS = {
    "Conv2D": QT_TR_NOOP("Convolution"),
    "MaxPool2D": QT_TR_NOOP("Max pool"),
    "AveragePool2D": QT_TR_NOOP("Average pool"),
    "ReLU": QT_TR_NOOP("ReLU"),
    "LeakyReLU": QT_TR_NOOP("Leaky ReLU"),
    "Tanh": QT_TR_NOOP("Tanh"),
    "Sigmoid": QT_TR_NOOP("Sigmoid"),
    "BatchNorm": QT_TR_NOOP("Batch norm"),
    "Dropout": QT_TR_NOOP("Dropout"),
    "Flatten": QT_TR_NOOP("Flatten"),
    "Dense": QT_TR_NOOP("Dense"),
    "Softmax": QT_TR_NOOP("Softmax"),
}
SENTENCES = {
    "Conv2D": QT_TR_NOOP("Slides kernels over the maps before it."),
    "MaxPool2D": QT_TR_NOOP("Keeps the largest number of each window."),
    "AveragePool2D": QT_TR_NOOP("Takes the mean of each window."),
    "ReLU": QT_TR_NOOP("Lets positive numbers through, makes the others 0."),
    "LeakyReLU": QT_TR_NOOP("Lets a little of negative numbers through."),
    "Tanh": QT_TR_NOOP("Squeezes every number between -1 and 1."),
    "Sigmoid": QT_TR_NOOP("Squeezes every number between 0 and 1."),
    "BatchNorm": QT_TR_NOOP("Gives each map mean 0 and spread 1, then scales it."),
    "Dropout": QT_TR_NOOP("Switches units off by chance while it learns."),
    "Flatten": QT_TR_NOOP("Lays all maps out as one row of numbers."),
    "Dense": QT_TR_NOOP("Each unit adds up all numbers before it, weighted."),
    "Softmax": QT_TR_NOOP("Makes shares of one from the last numbers."),
}
OPTION_WORDS = {
    "filters": QT_TR_NOOP("Filters"),
    "kernel_size": QT_TR_NOOP("Kernel"),
    "stride": QT_TR_NOOP("Stride"),
    "padding": QT_TR_NOOP("Padding"),
    "initializer": QT_TR_NOOP("Start"),
    "pool_size": QT_TR_NOOP("Window"),
    "units": QT_TR_NOOP("Units"),
    "rate": QT_TR_NOOP("Rate"),
    "slope": QT_TR_NOOP("Slope"),
    "momentum": QT_TR_NOOP("Momentum"),
    "epsilon": QT_TR_NOOP("Epsilon"),
}
ORDER = tuple(KIND_WORDS)
SHORT_WORDS = {
    "Conv2D": QT_TR_NOOP("Conv"),
    "AveragePool2D": QT_TR_NOOP("Avg pool"),
    "LeakyReLU": QT_TR_NOOP("Leaky"),
    "BatchNorm": QT_TR_NOOP("Norm"),
}


def kind_words(kind: str) -> str:
    """``Max pool`` for ``MaxPool2D``; of a kind of somebody else's its own name."""
    return tr(KIND_WORDS.get(kind, kind))


def short_kind_words(kind: str) -> str:
    """The same for a small button."""
    return tr(SHORT_WORDS[kind]) if kind in SHORT_WORDS else kind_words(kind)


def option_words(name: str) -> str:
    """``Kernel`` for ``kernel_size``."""
    return tr(OPTION_WORDS.get(name, name.replace("_", " ")))


def caption(layer: Layer | None) -> str:
    """The options in a few words: ``16 · 3×3 · same``."""
    if layer is None:
        return ""
    options = layer.options()
    match layer.kind:
        case "Conv2D":
            stride = "" if set(options["stride"]) == {1} else tr(" · stride {s}").format(s=_size(options["stride"]))
            return f"{options['filters']} · {_size(options['kernel_size'])} · {options['padding']}{stride}"
        case "MaxPool2D" | "AveragePool2D":
            return tr("{size} · stride {s}").format(size=_size(options["pool_size"]), s=_size(options["stride"]))
        case "Dense":
            return tr("{n} units").format(n=options["units"])
        case "Dropout":
            return tr("rate {rate:g}").format(rate=options["rate"])
        case "ReLU" | "LeakyReLU":
            return traits_of(layer.kind).caption(options)
        case "Flatten":
            return tr("one row of numbers")
        case "Softmax":
            return tr("sums to 1")
    return ""


def _size(value: Any) -> str:
    return str(value[0]) if value[0] == value[1] and value[0] == 1 else "×".join(map(str, value))


def shape_words(shape: tuple[int, ...] | None) -> str:
    """``28×28×16``."""
    return "×".join(map(str, shape)) if shape is not None else "–"


def layer_words(layer: Layer | None, kind: str) -> str:
    """``conv 1``."""
    return layer.name.replace("_", " ") if layer is not None else kind_words(kind).lower()
