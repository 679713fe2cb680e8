"""How often the curves of many runs can be redrawn: 20 runs, 100 000 points in all.

python -m benchmarks.redraws
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from benchmarks.machine import describe_machine
from cnn_gui.plots.curve_plot import CurvePlot, Line
from cnn_gui.theme import DARK, apply_theme


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--points", type=int, default=100_000, help="of all curves together")
    parser.add_argument("--redraws", type=int, default=120)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    app = QApplication([])
    pg.setConfigOptions(antialias=True)  # as the window does
    apply_theme(app, DARK)
    plot = CurvePlot("epochs", "nats")
    plot.set_theme(DARK)
    plot.resize(520, 260)
    plot.show()
    rng = np.random.default_rng(0)
    size = arguments.points // arguments.runs
    x = np.linspace(0, 3, size)
    curves = [np.exp(-x) + 0.05 * rng.standard_normal(size) for _ in range(arguments.runs)]
    seconds = []
    for number in range(arguments.redraws):
        lines = [Line(x, y + 0.001 * number, DARK.runs[i % 4], f"run {i}", width=1) for i, y in enumerate(curves)]
        started = time.perf_counter()
        plot.set_lines(lines)
        plot.set_range((0, 3), (0, 1.2))
        app.processEvents()
        plot.plot.viewport().repaint()
        seconds.append(time.perf_counter() - started)
    rate = 1 / statistics.median(seconds[10:])
    slow = 1 / statistics.quantiles(seconds[10:], n=20)[-1]
    result = {"machine": describe_machine(), "runs": arguments.runs, "points": arguments.points,
              "redraws_per_second": round(rate, 1), "redraws_per_second_p95": round(slow, 1)}  # fmt: skip
    print(json.dumps(result) if arguments.json else f"{rate:.0f} redraws/s, slow ones {slow:.0f}: {result}")


if __name__ == "__main__":
    main()
