"""Recorded pen digits, drawn on the real canvas with real mouse events: how many does the window read rightly?

``python -m benchmarks.canvas --strokes FILE [--writers choosing] [--numbers 300] [--model FILE] [--json]``

FILE is any UNIPEN file of digits. Each digit is drawn once as it was written, with every brush, at half and double its
size, and in every corner. ``--numbers`` also writes that many rows of two to six digits of one writer. The window is
the program's own, offscreen where there is no display.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.machine import describe_machine
from benchmarks.repaint import RepaintWatch
from cnn_core.digits import PenDigit, by_writer, read_unipen
from cnn_core.errors import CnnError
from cnn_gui.app import Application, create_application
from cnn_gui.hand.tools import BRUSHES

SCALES = {"half": 0.5, "one": 1.0, "double": 2.0}
CORNERS = {"top left": (0, 0), "top right": (1, 0), "bottom left": (0, 1), "bottom right": (1, 1)}
MARGIN = 0.06
LATENCY_DIGITS = 40
NUMBER_GAPS = (0.08, 0.35)
"""Space between the digits of a number, in their heights."""

Strokes = Sequence[NDArray[np.float64]]


class Hand:
    """Draws on the canvas of a program and reads what its window says."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._canvas = application.hand.canvas
        self._view = application.hand.prediction

    def read(self, strokes: Strokes) -> int:
        """The digit that the window reads once ``strokes`` are drawn; -1 when it reads none."""
        self._draw(strokes)
        return int(self._view.property("predictedDigit"))

    def read_number(self, strokes: Strokes) -> str:
        """All digits on the canvas once ``strokes`` are drawn."""
        self._draw(strokes)
        return str(self._view.property("predictedNumber"))

    def draw_measured(self, strokes: Strokes, watch: RepaintWatch) -> None:
        """Draw, and measure for every point how long it takes to reach the screen."""
        self._application.canvas.clear()
        for stroke in self._places(strokes):
            self._press(stroke[0])
            for before, place in itertools.pairwise(stroke):
                if place != before:
                    watch.measure(lambda place=place: QTest.mouseMove(self._canvas, place))
            self._release(stroke[-1])

    def _draw(self, strokes: Strokes) -> None:
        QTest.mouseClick(self._application.hand.tools.clear, Qt.MouseButton.LeftButton)
        for stroke in self._places(strokes):
            self._press(stroke[0])
            for place in stroke[1:]:
                QTest.mouseMove(self._canvas, place)
            self._release(stroke[-1])
        marks = self._application.state.drawing.marks
        read: list[bool] = []
        connection = self._application.state.model.prediction_changed.connect(lambda: read.append(True))
        while not read:
            QApplication.processEvents()
        self._application.state.model.prediction_changed.disconnect(connection)
        assert self._application.state.drawing.marks is marks

    def _places(self, strokes: Strokes) -> list[list[QPoint]]:
        side = self._canvas.width()
        return [[QPoint(int(x * side), int(y * side)) for x, y in stroke] for stroke in strokes]

    def _press(self, place: QPoint) -> None:
        QTest.mousePress(self._canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def _release(self, place: QPoint) -> None:
        QTest.mouseRelease(self._canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def bounds(strokes: Strokes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Top left and bottom right."""
    points = np.concatenate(strokes)
    return points.min(axis=0), points.max(axis=0)


def scaled(strokes: Strokes, factor: float) -> Strokes:
    """``factor`` times as large about the middle of the canvas, as far as it fits on it."""
    low, high = bounds(strokes)
    factor = min(factor, (1 - 2 * MARGIN) / max(float((high - low).max()), 1e-3)) if factor > 1 else factor
    return [(stroke - (low + high) / 2) * factor + 0.5 for stroke in strokes]


def cornered(strokes: Strokes, corner: tuple[int, int]) -> Strokes:
    """Moved into a corner."""
    low, high = bounds(strokes)
    target = np.where(np.array(corner) == 0, MARGIN - low, 1 - MARGIN - high)
    return [stroke + target for stroke in strokes]


def row_of(digits: Sequence[PenDigit], rng: np.random.Generator) -> Strokes:
    """A number: the digits side by side, about equally high, filling the canvas's width at most."""
    strokes: list[NDArray[np.float64]] = []
    reached = 0.0
    for digit in digits:
        low, high = bounds(digit.strokes)
        size = max(float(high[1] - low[1]), float(high[0] - low[0]) / 2, 0.05)
        scale = rng.uniform(0.85, 1.1) / size
        middle = (low[1] + high[1]) / 2
        strokes += [(stroke - (low[0], middle)) * scale + (reached, rng.normal(0, 0.03)) for stroke in digit.strokes]
        reached += float(high[0] - low[0]) * scale + rng.uniform(*NUMBER_GAPS)
    factor = min(0.9 / reached, 0.45)
    return [stroke * factor + (0.05, 0.5) for stroke in strokes]


def share(right: Sequence[bool]) -> float:
    return round(float(np.mean(right)), 5) if len(right) else float("nan")


def measure(digits: Sequence[PenDigit], numbers: int, model: str | None) -> dict[str, Any]:
    """All figures."""
    with program(model) as application:
        hand = Hand(application)
        tools = application.hand.tools

        def accuracy(change: Callable[[Strokes], Strokes] = lambda strokes: strokes) -> float:
            return share([hand.read(change(digit.strokes)) == digit.label for digit in digits])

        as_written = accuracy()
        by_brush = {}
        for name in BRUSHES:
            tools.widths[name].click()
            by_brush[name] = accuracy() if name != "medium" else as_written
        tools.widths["medium"].click()
        by_scale = {
            name: accuracy(lambda strokes, f=factor: scaled(strokes, f)) if factor != 1 else as_written
            for name, factor in SCALES.items()
        }
        by_position = {name: accuracy(lambda s, c=corner: cornered(s, c)) for name, corner in CORNERS.items()}
        refused = share([hand.read(digit.strokes) < 0 for digit in digits])
        watch = RepaintWatch(application)
        for digit in digits[:LATENCY_DIGITS]:
            hand.draw_measured(digit.strokes, watch)
        figures = {
            "accuracy": as_written, "n": len(digits), "refused": refused, "by_brush": by_brush, "by_scale": by_scale,
            "by_position": by_position, "latency_ms_p95": watch.percentile(95), "latency_ms_p50": watch.percentile(50),
        }  # fmt: skip
        return figures | (read_numbers(hand, digits, numbers) if numbers else {})


def read_numbers(hand: Hand, digits: Sequence[PenDigit], count: int) -> dict[str, Any]:
    """Rows of digits of one writer each: the share that is read rightly as a whole, also by length."""
    rng = np.random.default_rng(1)
    writers = sorted({digit.writer for digit in digits})
    right: dict[int, list[bool]] = {}
    for _ in range(count):
        own = [digit for digit in digits if digit.writer == writers[rng.integers(0, len(writers))]]
        chosen = [own[i] for i in rng.integers(0, len(own), rng.integers(2, 7))]
        found = hand.read_number(row_of(chosen, rng))
        right.setdefault(len(chosen), []).append(found == "".join(str(digit.label) for digit in chosen))
    return {
        "numbers": share([one for several in right.values() for one in several]),
        "numbers_n": count,
        "numbers_by_length": {length: share(right[length]) for length in sorted(right)},
    }


@contextmanager
def program(model: str | None) -> Iterator[Application]:
    """The window, with settings of its own."""
    _ = QApplication.instance() or QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        application = create_application(str(Path(folder) / "settings.json"), model)
        application.window.show()
        QApplication.processEvents()
        yield application
        application.window.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--strokes", required=True, help="a UNIPEN file of digits")
    parser.add_argument("--writers", choices=("all", "choosing"), default="all",
                        help="choosing: only those of the training file that nothing is learnt from")  # fmt: skip
    parser.add_argument("--limit", type=int, default=0, help="only so many digits, drawn at random")
    parser.add_argument("--numbers", type=int, default=0, help="so many rows of several digits as well")
    parser.add_argument("--model", help="a model file; default: the bundled one")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        digits = list(read_unipen(arguments.strokes))
    except CnnError as error:
        sys.exit(f"benchmarks.canvas: {error}")
    if arguments.writers == "choosing":
        digits = by_writer(digits)[1]
    if arguments.limit:
        chosen = np.random.default_rng(0).permutation(len(digits))[: arguments.limit]
        digits = [digits[i] for i in chosen]
    figures = measure(digits, arguments.numbers, arguments.model)
    if arguments.json:
        print(json.dumps({"machine": describe_machine()} | figures))
        return
    print(describe_machine())
    print("\n".join(f"{name:>18}  {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
