"""Log-log pictures of `benchmarks.scaling`."""

from __future__ import annotations

import os
from collections import defaultdict
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

import pyqtgraph as pg
from pyqtgraph.exporters import ImageExporter
from PySide6.QtWidgets import QApplication

Row = dict[str, Any]
COLOURS = ("#2a6fdb", "#d9822b", "#2e9e6b", "#b04a8f")
SIZE = (560, 380)
Y_AXES = {"images_per_second": "images a second", "peak_mib": "largest memory of the process, MiB"}


def draw(rows: list[Row], folder: Path) -> None:
    """A picture for each thing that grows and each axis: ``scaling-batch-speed.png``, ``scaling-batch-memory.png``."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    grouped: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        grouped[row["series"].split()[0]][row["series"]].append(row)
    for what, series in grouped.items():
        for key, short in (("images_per_second", "speed"), ("peak_mib", "memory")):
            _save(_plot(what, series, key), folder / f"scaling-{what}-{short}.png")
    del application


def _plot(what: str, series: dict[str, list[Row]], key: str) -> pg.PlotWidget:
    widget = pg.PlotWidget(background="w")
    widget.resize(*SIZE)
    plot = widget.getPlotItem()
    assert plot is not None
    plot.setLogMode(True, True)
    plot.showGrid(True, True, 0.2)
    everything = [row for rows in series.values() for row in rows]
    x_values, y_values = sorted({row["value"] for row in everything}), [row[key] for row in everything]
    first, *_, last = series[what] if what in series else next(iter(series.values()))
    rises = last[key] >= first[key]
    plot.addLegend(offset=(70, 16) if rises else (-16, 16), labelTextColor="#333333", labelTextSize="10pt")
    plot.getAxis("bottom").setTicks([[(log10(value), _short(value)) for value in x_values]])
    plot.getAxis("left").setTicks([_decades(min(y_values), max(y_values))])
    plot.setLabel("bottom", {"images": "training images"}.get(what, what), color="#333333")
    plot.setLabel("left", Y_AXES[key], color="#333333")
    for axis in ("bottom", "left"):
        plot.getAxis(axis).setTextPen("#333333")
        plot.getAxis(axis).setPen("#999999")
    for colour, (name, rows) in zip(COLOURS, series.items(), strict=False):
        x, y = [row["value"] for row in rows], [row[key] for row in rows]
        name = name.replace(" bn", " with batch normalisation")
        plot.plot(x, y, pen=pg.mkPen(colour, width=2), symbol="o", symbolSize=6, symbolBrush=colour, name=name)
    return widget


def _short(value: int) -> str:
    """1,024; 10k; 1M."""
    for size, letter in ((1_000_000, "M"), (1000, "k")):
        if value % size == 0:
            return f"{value // size}{letter}"
    return f"{value:,}"


def _decades(low: float, high: float) -> list[tuple[float, str]]:
    """1, 2, 5, 10, … from below the lowest to above the highest, with their places on a logarithmic axis."""
    steps = [factor * 10**power for power in range(floor(log10(low)), ceil(log10(high)) + 1) for factor in (1, 2, 5)]
    return [(log10(step), f"{step:,}") for step in steps if low / 2.5 <= step <= high * 2.5]


def _save(widget: pg.PlotWidget, path: Path) -> None:
    """As PNG, twice as sharp."""
    widget.show()
    QApplication.processEvents()
    exporter = ImageExporter(widget.getPlotItem())
    exporter.parameters()["width"] = 2 * SIZE[0]
    exporter.export(str(path))
    widget.close()
