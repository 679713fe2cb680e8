"""What differs between the ticked runs, and whether the difference of their accuracies is more than chance."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cnn_core.evaluation import compare_accuracies, wilson_interval
from cnn_core.runs import RunSummary, differences
from cnn_gui.runs.columns import shown
from cnn_gui.runs.state import LETTERS, RunsState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.painted_text import CENTRE, RIGHT, paint_line
from cnn_gui.widgets.translation import tr

ROW_PX, NAME_PX, LEAST_CELL_PX = 20, 78, 62
MOST_COLUMNS = 4
LEAST_CHANCE = 1e-4
Row = tuple[str, tuple[str, ...], int]
"""A name, a value for each run, and which of them is the best; -1 where none is."""


class DiffersTable(QWidget):
    """A painted table: a column for each of the first four ticked runs."""

    def __init__(self, state: State, runs: RunsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._runs = state, runs
        self._rows: list[Row] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: list[Row]) -> None:
        self._rows = rows
        self.setFixedHeight(self.sizeHint().height())
        self.setMinimumWidth(NAME_PX + LEAST_CELL_PX * len(self._runs.ticked[:MOST_COLUMNS]))
        self.setToolTip("\n".join(f"{name}: {' | '.join(values)}" for name, values, _ in rows if "…" not in name))
        self.setAccessibleName("; ".join(f"{name}: {', '.join(values)}" for name, values, _ in rows))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, ROW_PX * (len(self._rows) + 1) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self), self._state.appearance.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ticked = self._runs.ticked[:MOST_COLUMNS]
        cell = max((self.width() - NAME_PX) / max(len(ticked), 1), LEAST_CELL_PX)
        for column in range(len(ticked)):
            tag = QRectF(NAME_PX + column * cell + cell - 18, 1, 16, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.runs[column]))
            painter.drawRoundedRect(tag, 4, 4)
            paint_line(painter, tag, LETTERS[column], theme.accent_text, size_px=11, strong=True, align=CENTRE)
        for number, (name, values, best) in enumerate(self._rows, 1):
            top = number * ROW_PX
            paint_line(painter, QRectF(0, top, NAME_PX, ROW_PX), name, theme.muted)
            for column, value in enumerate(values):
                place = QRectF(NAME_PX + column * cell, top, cell - 2, ROW_PX)
                paint_line(painter, place, value, theme.text, strong=column == best, align=RIGHT)
        painter.end()


class DiffersView(Card):
    """Settings that are not the same, and the figures; in words what can be believed of the difference."""

    def __init__(self, state: State, runs: RunsState, parent: QWidget | None = None) -> None:
        super().__init__(tr("What differs"), parent)
        self.setObjectName("runsDiffer")
        self._runs = runs
        self.table = DiffersTable(state, runs)
        self.words = label(small=True, muted=True)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        inside = QWidget()
        inside.setObjectName("runsDifferInside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addWidget(self.table)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        self.setMinimumWidth(200)
        runs.runs_changed.connect(self._on_changed)
        runs.ticked_changed.connect(self._on_changed)
        state.appearance.theme_changed.connect(self.table.update)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        ticked = self._runs.ticked[:MOST_COLUMNS]
        rows, same = rows_of(ticked)
        self.table.show_rows(rows)
        self.words.setText(in_words(ticked, same))


def rows_of(runs: Sequence[RunSummary]) -> tuple[list[Row], int]:
    """The rows of the table, and how many settings are the same."""
    if not runs:
        return [], 0
    different = differences([run.settings for run in runs]) if len(runs) > 1 else {}
    rows: list[Row] = [
        (name.replace("_", " ").replace("learning ", ""), tuple(shown(value) for value in values), -1)
        for name, values in different.items()
    ]
    for name, values in (
        (tr("validation"), [run.validation for run in runs]),
        (tr("test"), [run.test for run in runs]),
    ):
        texts = tuple(f"{value * 100:.2f}" if value is not None else "–" for value in values)
        rows.append((f"{name} %", texts, _best(values)))
    spreads = tuple(_spread(run) for run in runs)
    rows.append((tr("± at 95 %"), spreads, -1))
    speeds = [run.images_per_second for run in runs]
    rows.append((tr("images/s"), tuple(thousands(speed) for speed in speeds), _best(speeds)))
    return rows, len(runs[0].settings) - len(different)


def _spread(run: RunSummary) -> str:
    """Half the width of the interval of the test accuracy, in points."""
    if run.test is None:
        return "–"
    low, high = wilson_interval(run.test, run.test_images)
    return f"{(high - low) * 50:.2f}"


def _best(values: Sequence[float | None]) -> int:
    known = [value for value in values if value is not None]
    return values.index(max(known)) if len(known) > 1 and len(set(known)) > 1 else -1


def chance_words(chance: float) -> str:
    """``p = 0.36``, ``p < 0.0001``."""
    return f"p = {chance:.2g}" if chance >= LEAST_CHANCE else f"p < {LEAST_CHANCE:g}"


def in_words(runs: Sequence[RunSummary], same: int) -> str:
    """Which run is better, and whether that is more than chance."""
    if len(runs) < 2:
        return tr("Tick two runs or more to compare them.")
    said = tr("{n} settings are the same.").format(n=same)
    known = [(run.test, number) for number, run in enumerate(runs) if run.test is not None]
    if len(known) < 2:
        return said
    (first, a_place), (other, b_place) = sorted(known, key=lambda one: -one[0])[:2]
    best, second = runs[a_place], runs[b_place]
    if (best.data, best.test_images) != (second.data, second.test_images):
        return tr("{said} They were judged by different images: their accuracies cannot be compared.").format(said=said)
    found = compare_accuracies(first, best.test_images, other, second.test_images)
    a, b = LETTERS[a_place], LETTERS[b_place]
    if found.value == 0:
        return tr("{said} {a} and {b} are equally good.").format(said=said, a=a, b=b)
    beats = tr("{a} beats {b} by {points:.2f} points").format(a=a, b=b, points=found.value * 100)
    judged = tr("more than chance") if found.is_real else tr("which may be chance")
    return tr("{said} {beats}, {judged} ({n} test images, {chance}).").format(
        said=said, beats=beats, judged=judged, n=thousands(best.test_images), chance=chance_words(found.chance)
    )
