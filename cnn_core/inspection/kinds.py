"""What the inspector has to know of each kind of layer, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KindTraits:
    """How a kind of layer is shown.

    Attributes
    ----------
    caption : its settings in a few words, from its options
    computes : whether it begins a column of the strip; what works value by value stands below
    window : what goes over the layer before: ``kernel``, ``window``, or nothing
    pools : whether a number is made of a window of one map, without weights of its own
    picks : whether it is one of those in the window
    sums : what is multiplied by weights and added up for a number: ``patch``, ``row``, or nothing
    scales : whether a number is scaled and shifted as learned
    shares : whether the numbers are shares of a whole
    """

    caption: Callable[[Options], str]
    computes: bool = False
    window: str = ""
    pools: bool = False
    picks: bool = False
    sums: str = ""
    scales: bool = False
    shares: bool = False


def _size(options: Options, name: str) -> str:
    return "×".join(map(str, options.get(name, ())))


def _conv(options: Options) -> str:
    stride = "" if set(options["stride"]) == {1} else f", stride {_size(options, 'stride')}"
    return f"{_size(options, 'kernel_size')} {options['padding']}{stride}"


KINDS: dict[str, KindTraits] = {
    "Conv2D": KindTraits(_conv, computes=True, window="kernel", sums="patch"),
    "Dense": KindTraits(lambda _: "x·W + b", computes=True, sums="row"),
    "MaxPool2D": KindTraits(
        lambda o: f"{_size(o, 'pool_size')} max", computes=True, window="window", pools=True, picks=True
    ),
    "AveragePool2D": KindTraits(lambda o: f"{_size(o, 'pool_size')} mean", computes=True, window="window", pools=True),
    "Flatten": KindTraits(lambda _: "one long row", computes=True),
    "Dropout": KindTraits(lambda o: f"{o['rate'] * 100:.0f} %, rests now"),
    "BatchNorm": KindTraits(lambda _: "x·scale + shift", scales=True),
    "ReLU": KindTraits(lambda _: "max(x, 0)"),
    "LeakyReLU": KindTraits(lambda o: f"max(x, {o['slope']:g}·x)"),
    "Sigmoid": KindTraits(lambda _: "1 / (1 + e⁻ˣ)"),
    "Tanh": KindTraits(lambda _: "tanh x"),
    "Softmax": KindTraits(lambda _: "sums to 1", shares=True),
}


def traits_of(kind: str) -> KindTraits:
    """Of a kind of layer; of one that nobody has described, its name for a caption and nothing else."""
    return KINDS.get(kind) or KindTraits(lambda _: kind)
