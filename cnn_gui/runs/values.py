"""What the workspace shows of runs. Frozen, knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.runs import RunRecord
from cnn_core.training import Change

Numbers = NDArray[np.float64]
MOST_POINTS = 5000
"""Of a curve on the screen; all of them are on the disk."""
SMOOTHING = 0.93


@dataclass(frozen=True, slots=True, eq=False)
class LayerCurves:
    """Of one layer: lengths of weights, gradient and step, at the steps where they were measured."""

    weights: Numbers
    gradients: Numbers
    updates: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class RunCurves:
    """One run's curves.

    Attributes
    ----------
    axes : where the points of ``loss``, ``accuracy`` and ``rate`` stand, on each of `AXES`
    smooth_loss, smooth_accuracy : their moving averages
    ends : where ``validation_loss`` and ``validation_accuracy`` stand: at the end of each epoch
    norm_axes : where the norms in ``layers`` stand
    changes : each change, and where it stands on every axis
    """

    axes: Mapping[str, Numbers]
    loss: Numbers
    smooth_loss: Numbers
    accuracy: Numbers
    smooth_accuracy: Numbers
    rate: Numbers
    ends: Mapping[str, Numbers]
    validation_loss: Numbers
    validation_accuracy: Numbers
    norm_axes: Mapping[str, Numbers] = field(default_factory=dict)
    layers: Mapping[str, LayerCurves] = field(default_factory=dict)
    changes: tuple[tuple[Mapping[str, float], Change], ...] = ()


AXES = ("epochs", "steps", "seconds", "images")


def curves_of(
    record: RunRecord, metrics: Iterable[Mapping[str, Any]], stopped: Callable[[], bool] = lambda: False
) -> RunCurves:
    """The curves of a run, thinned to what a screen can show, from the lines of its metrics; fewer once stopped."""
    batches, norms, seconds, images = [], [], 0.0, 0.0
    ends: list[tuple[float, float, float, float, float, float]] = []
    size_of = record.config.batch_sizes()
    for line in metrics:
        kind = line.get("kind")
        if stopped():
            break
        if kind == "batch":
            size = size_of(int(line["step"]))
            images += size
            seconds += size / max(float(line["images_per_second"]), 1e-9)
            batches.append((float(line["epoch"]), float(line["step"]), seconds, images, float(line["loss"]),
                            float(line["accuracy"]), float(line["learning_rate"])))  # fmt: skip
        elif kind == "epoch":
            ends.append((float(line["epoch"]), float(line["step"]), seconds, images, float(line["validation_loss"]),
                         float(line["validation_accuracy"])))  # fmt: skip
        elif kind == "norms":
            norms.append((line, seconds, images))
    table = np.array(batches, dtype=float).reshape(-1, 7)
    smooth = np.column_stack([_smoothed(table[:, 4]), _smoothed(table[:, 5])]) if len(table) else np.zeros((0, 2))
    every = max(1, -(-len(table) // MOST_POINTS))
    keep = slice(every - 1, None, every)
    last = np.array(ends, dtype=float).reshape(-1, 6)
    layers, norm_axes = _norms(norms)
    return RunCurves(
        _axes(table[keep]), table[keep, 4], smooth[keep, 0], table[keep, 5], smooth[keep, 1], table[keep, 6],
        _axes(last), last[:, 4], last[:, 5], norm_axes, layers, _changes(record, table),
    )  # fmt: skip


def _axes(table: Numbers) -> dict[str, Numbers]:
    return {name: table[:, number] for number, name in enumerate(AXES)}


def _smoothed(values: Numbers) -> Numbers:
    """An exponential average, unbiased from the first value on."""
    mean, weight, made = 0.0, 0.0, np.empty_like(values)
    for number, value in enumerate(values.tolist()):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * value
        weight = SMOOTHING * weight + 1 - SMOOTHING
        made[number] = mean / weight
    return made


def _norms(lines: list[tuple[Mapping[str, Any], float, float]]) -> tuple[dict[str, LayerCurves], dict[str, Numbers]]:
    every = max(1, -(-len(lines) // MOST_POINTS))
    lines = lines[::every]
    rows = np.array([(float(n["epoch"]), float(n["step"]), s, i) for n, s, i in lines], dtype=float).reshape(-1, 4)
    layers: dict[str, list[tuple[float, float, float]]] = {}
    for line, _, _ in lines:
        for one in line["layers"]:
            figures = float(one["weights"]), float(one["gradient"]), float(one["update"])
            layers.setdefault(str(one["layer"]), []).append(figures)
    made = {}
    for name, figures in layers.items():
        table = np.array(figures, dtype=float)
        if len(table) == len(rows):
            made[name] = LayerCurves(table[:, 0], table[:, 1], table[:, 2])
    return made, _axes(rows)


def _changes(record: RunRecord, table: Numbers) -> tuple[tuple[dict[str, float], Change], ...]:
    """Each change, and where it stands on every axis."""
    found = []
    for change in record.config.changes:
        place = int(np.searchsorted(table[:, 1], change.step, side="right")) - 1
        at = {name: float(table[place, number]) if place >= 0 else 0.0 for number, name in enumerate(AXES)}
        found.append((at, change))
    return tuple(found)
