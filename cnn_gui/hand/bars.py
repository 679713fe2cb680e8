"""A bar for each class: name, probability, figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from cnn_gui.theme import Theme
from cnn_gui.widgets.format import tenths
from cnn_gui.widgets.painted_text import RIGHT, colour_of, face, write

ROW_PX = (11, 24)
"""A row is so high at least and at most."""
MOST_ROWS = 12
COLUMN_GAP_PX = 14
DIMMED = 0.45
"""How strong the bars are when what is drawn looks like none of the classes."""


@dataclass(frozen=True, slots=True)
class Bars:
    """What is shown: names and probabilities of all classes, the best one (-1: none), whether there are figures."""

    names: Sequence[str]
    values: Sequence[float]
    best: int
    has_figures: bool
    dimmed: bool


def paint_bars(painter: QPainter, area: QRectF, bars: Bars, theme: Theme) -> None:
    """Paint ``bars`` into ``area``: in one column, in two where it is too low for one, else only the most probable."""
    count = len(bars.values)
    rows = max(1, min(MOST_ROWS, int(area.height()) // ROW_PX[0]))
    columns = 2 if rows < count <= 2 * rows else 1
    shown = list(range(count))
    if count > rows * columns:
        shown = sorted(shown, key=bars.values.__getitem__, reverse=True)[:rows]
    per_column = -(-len(shown) // columns)
    row = min(area.height() / max(per_column, 1), float(ROW_PX[1]))
    size_px = int(min(12, max(9, row - 2)))
    bold = face(size_px, QFont.Weight.Bold)
    width = (area.width() - (columns - 1) * COLUMN_GAP_PX) / columns
    name_px = min(0.4 * width, max((bold.width(bars.names[i]) for i in shown), default=10) + 8)
    track_px = width - name_px - bold.width(">99.9") - 6
    painter.setOpacity(DIMMED if bars.dimmed else 1.0)
    for place, i in enumerate(shown):
        column, line = divmod(place, per_column)
        left, top = area.left() + column * (width + COLUMN_GAP_PX), area.top() + line * row
        colour = theme.text if i == bars.best else theme.muted
        written = bold if i == bars.best else face(size_px)
        painter.setFont(written.font)
        painter.setPen(colour_of(colour))
        write(painter, written, QRectF(left, top, name_px - 6, row), bars.names[i])
        if bars.has_figures:
            write(painter, written, QRectF(left, top, width, row), tenths(bars.values[i]), RIGHT)
        track = QRectF(left + name_px, top + row / 2 - 3, track_px, 6)
        _paint_bar(painter, track, bars.values[i], theme.track, theme.accent if i == bars.best else theme.muted)
    painter.setOpacity(1.0)


def _paint_bar(painter: QPainter, track: QRectF, value: float, empty: str, full: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour_of(empty))
    painter.drawRoundedRect(track, 3, 3)
    if value * track.width() >= 0.5:
        bar = QRectF(track)
        bar.setWidth(max(value * track.width(), 3.0))
        painter.setBrush(colour_of(full))
        painter.drawRoundedRect(bar, min(3.0, bar.width() / 2), 3)
