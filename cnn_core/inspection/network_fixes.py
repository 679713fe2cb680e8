"""Changes that would make a network fit; each is tried before it is offered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from cnn_core.architecture import CLASSES, Architecture, LayerSpec
from cnn_core.inspection.network_report import NetworkReport, report_network

MOST_FIXES, MOST_TRIED = 4, 24
"""So many are offered of so many that are tried, each with a look at the whole network."""
WINDOWS = {"Conv2D": "kernel_size", "MaxPool2D": "pool_size", "AveragePool2D": "pool_size"}


@dataclass(frozen=True, slots=True)
class Fix:
    """What it does, in a few words, and the network with it; of one ``way`` to mend it, one is enough."""

    words: str
    architecture: Architecture
    way: str = ""


def find_fixes(architecture: Architecture, report: NetworkReport) -> tuple[Fix, ...]:
    """Up to four changes after which the layer that did not fit does, the smallest first. Where all layers fit
    each other but not the data, after which the network can be trained."""
    found: list[Fix] = []
    for fix in islice(_candidates(architecture, report), MOST_TRIED):
        known = any(fix.architecture == one.architecture or (fix.way and fix.way == one.way) for one in found)
        after = report_network(fix.architecture, report.input_shape, report.classes)
        if not known and _is_mended(report, after, fix):
            found.append(fix)
        if len(found) == MOST_FIXES:
            break
    return tuple(found)


def _is_mended(before: NetworkReport, after: NetworkReport, fix: Fix) -> bool:
    if before.broken is None:
        return after.fits
    shift = len(fix.architecture.layers) - len(before.layers)  # where the layer stands now
    return bool(after.layers) and (after.broken is None or after.broken > before.broken + shift)


def _candidates(architecture: Architecture, report: NetworkReport) -> Iterator[Fix]:
    layers, at = architecture.layers, report.broken
    if at is None:
        yield from _endings(architecture)
        return
    names = [row.layer.name.replace("_", " ") if row.layer is not None else row.kind for row in report.layers]
    broken = layers[at]
    if broken.kind == "Conv2D":
        yield Fix("padding same", architecture.with_layer(at, broken.with_options(padding="same")))
    if (option := WINDOWS.get(broken.kind)) is not None:
        largest = max(_sides(dict(broken.options).get(option, 3 if option == "kernel_size" else 2)))
        word = "kernel" if option == "kernel_size" else "window"
        for side in range(min(largest, 12) - 1, 0, -1):
            changed = broken.with_options(**{option: side})
            yield Fix(f"{word} {side}×{side}", architecture.with_layer(at, changed), "window")
    if _ends_with_numbers(report, at):
        yield Fix("flatten before it", architecture.with_inserted(at, LayerSpec("Flatten")))
    for number in range(at - 1, -1, -1):
        if layers[number].kind == "Conv2D" and dict(layers[number].options).get("padding", "valid") == "valid":
            wider = layers[number].with_options(padding="same")
            yield Fix(f"padding same in {names[number]}", architecture.with_layer(number, wider), "padding")
    for number in range(at - 1, -1, -1):
        if layers[number].kind in ("MaxPool2D", "AveragePool2D"):
            yield Fix(f"no {names[number]}", architecture.without(number), "pool")
    for number in range(at - 1, -1, -1):
        if layers[number].kind == "Flatten":
            yield Fix(f"{names[number]} behind it", architecture.moved(number, at))
            yield Fix(f"no {names[number]}", architecture.without(number))
    yield Fix(f"no {names[at]}", architecture.without(at))


def _ends_with_numbers(report: NetworkReport, at: int) -> bool:
    """Whether layer ``at`` is given maps and could do without: no layer from there on needs them."""
    before = report.layers[at - 1].output_shape if at else report.input_shape
    needs_maps = {"Conv2D", "MaxPool2D", "AveragePool2D", "Flatten"}
    return before is not None and len(before) == 3 and not needs_maps & {row.kind for row in report.layers[at:]}


def _endings(architecture: Architecture) -> Iterator[Fix]:
    """A head that ends with the classes."""
    layers = architecture.layers
    end = len(layers) - 1 if layers and layers[-1].kind == "Softmax" else len(layers)
    if end and layers[end - 1].kind == "Dense":
        head = layers[end - 1].with_options(units=CLASSES)
        yield Fix("as many units as classes at the end", architecture.with_layer(end - 1, head))
    dense = LayerSpec("Dense", (("units", CLASSES), ("initializer", "glorot")))
    yield Fix("add a dense layer for the classes", architecture.with_inserted(end, dense))
    flat = architecture.with_inserted(end, LayerSpec("Flatten"))
    yield Fix("add flatten and a dense layer for the classes", flat.with_inserted(end + 1, dense))


def _sides(value: object) -> tuple[int, ...]:
    sides = value if isinstance(value, (tuple, list)) else (value,)
    return tuple(side for side in sides if isinstance(side, int)) or (1,)  # what is no number has no smaller one
