"""All runs that are shown as lines through their settings: which values go with a good end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.runs import RunSummary, differences
from cnn_gui.runs.columns import shown
from cnn_gui.runs.state import RunsState
from cnn_gui.session.state import State
from cnn_gui.theme import mix
from cnn_gui.widgets.card import Card
from cnn_gui.widgets.painted_text import CENTRE, paint_line
from cnn_gui.widgets.translation import tr

TOP_PX, BOTTOM_PX, SIDE_PX = 22, 24, 60
MOST_RUNS, MOST_AXES = 500, 8
LOG_FROM = 20.0
"""Numbers above zero whose largest is so many times their smallest stand by their logarithms."""
NEAR_PX = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A setting, or how good a run was: heights from 0 to 1 for each run, and what stands at both ends."""

    title: str
    heights: np.ndarray
    low: str
    high: str


def axes_of(runs: Sequence[RunSummary]) -> tuple[Axis, ...]:
    """The settings that differ, and the validation accuracy at the end; none where nothing differs."""
    different = differences([run.settings for run in runs]) if len(runs) > 1 else {}
    axes = [_axis(name.replace("_", " "), values) for name, values in list(different.items())[: MOST_AXES - 1]]
    if not axes:
        return ()
    return (*axes, _axis(tr("validation"), [run.validation for run in runs], in_percent=True))


def _axis(title: str, values: Sequence[object], in_percent: bool = False) -> Axis:
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) == sum(value is not None for value in values) and numbers:
        data = np.array([value if isinstance(value, (int, float)) else np.nan for value in values], dtype=float)
        low, high = float(np.nanmin(data)), float(np.nanmax(data))
        scaled = np.log(data) if low > 0 and high / low >= LOG_FROM else data
        bottom, top = float(np.nanmin(scaled)), float(np.nanmax(scaled))
        heights = (scaled - bottom) / (top - bottom) if top > bottom else np.full(len(data), 0.5)
        words = [f"{one * 100:.2f} %" if in_percent else shown(one) for one in (low, high)]
        return Axis(title, heights, *words)
    kinds = sorted({shown(value) for value in values})
    places = {kind: number / max(len(kinds) - 1, 1) for number, kind in enumerate(kinds)}
    return Axis(title, np.array([places[shown(value)] for value in values]), kinds[0], kinds[-1])


class ParallelPlot(QWidget):
    """Painted; the line nearest to a click is chosen."""

    run_chosen = Signal(str)

    def __init__(self, state: State, runs: RunsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("parallelPlot")
        self._state, self._runs = state, runs
        self._shown: tuple[RunSummary, ...] = ()
        self._axes: tuple[Axis, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(80)
        runs.runs_changed.connect(self._on_changed)
        runs.selected_changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)
        self._on_changed()

    @property
    def axes(self) -> tuple[Axis, ...]:
        return self._axes

    @Slot()
    def _on_changed(self) -> None:
        if not self.isVisible():  # of thousands of runs it takes a moment; see `showEvent`
            return
        self._shown = tuple(run for run in self._runs.shown if run.validation is not None)[:MOST_RUNS]
        self._axes = axes_of(self._shown)
        names = ", ".join(axis.title for axis in self._axes)
        self.setAccessibleName(tr("{n} runs as lines through {names}").format(n=len(self._shown), names=names))
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_changed()

    def _points(self, number: int) -> list[QPointF]:
        step = (self.width() - 2 * SIDE_PX) / max(len(self._axes) - 1, 1)
        room = self.height() - TOP_PX - BOTTOM_PX
        return [
            QPointF(SIDE_PX + place * step, TOP_PX + room * (1 - float(axis.heights[number])))
            for place, axis in enumerate(self._axes)
            if not np.isnan(axis.heights[number])
        ]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self), self._state.appearance.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._axes:
            words = tr("The runs that are shown differ in nothing.") if self._shown else tr("No run has ended yet.")
            paint_line(painter, QRectF(self.rect()), words, theme.muted, size_px=13, align=CENTRE)
            painter.end()
            return
        goodness = self._axes[-1].heights
        selected = self._runs.selected
        order = sorted(range(len(self._shown)), key=lambda number: (
            selected is not None and self._shown[number].name == selected.name, float(goodness[number])))  # fmt: skip
        for number in order:
            chosen = selected is not None and self._shown[number].name == selected.name
            colour = QColor(theme.second) if chosen else mix(theme.border, theme.accent, float(goodness[number]))
            painter.setPen(QPen(colour, 2.5 if chosen else 1.4))
            painter.drawPolyline(QPolygonF(self._points(number)))
        step = (self.width() - 2 * SIDE_PX) / max(len(self._axes) - 1, 1)
        for place, axis in enumerate(self._axes):
            x = SIDE_PX + place * step
            painter.setPen(QPen(QColor(theme.muted), 1))
            painter.drawLine(QPointF(x, TOP_PX), QPointF(x, self.height() - BOTTOM_PX))
            width = min(step, 2 * SIDE_PX)
            for top, words, colour in (
                (0, f"{axis.title} · {axis.high}", theme.text),
                (self.height() - BOTTOM_PX + 2, axis.low, theme.muted),
            ):
                paint_line(painter, QRectF(x - width / 2, top, width, 20), words, colour, size_px=11, align=CENTRE)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the run whose line is nearest."""
        if event.button() != Qt.MouseButton.LeftButton or not self._axes:
            return
        spot, best, name = event.position(), NEAR_PX, ""
        for number, run in enumerate(self._shown):
            points = self._points(number)
            for a, b in pairwise(points):
                if a.x() <= spot.x() <= b.x() and b.x() > a.x():
                    y = a.y() + (b.y() - a.y()) * (spot.x() - a.x()) / (b.x() - a.x())
                    if abs(y - spot.y()) < best:
                        best, name = abs(y - spot.y()), run.name
        if name:
            self.run_chosen.emit(name)


class ParallelView(Card):
    """The picture with its title."""

    def __init__(self, state: State, runs: RunsState, parent: QWidget | None = None) -> None:
        super().__init__(tr("Settings and what came of them"), parent)
        self.setObjectName("parallelView")
        self.plot = ParallelPlot(state, runs)
        self.body.addWidget(self.plot, 1)
