"""A bar for each class: name, probability, figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from cnn_gui.theme import Theme

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


def paint_bars(painter: QPainter, area: QRectF, bars: Bars, theme: Theme, base_font: QFont) -> None:
    """Paint ``bars`` into ``area``: in one column, in two where it is too low for one, else only the most probable."""
    count = len(bars.values)
    rows = max(1, min(MOST_ROWS, int(area.height()) // ROW_PX[0]))
    columns = 2 if rows < count <= 2 * rows else 1
    shown = list(range(count))
    if count > rows * columns:
        shown = sorted(shown, key=bars.values.__getitem__, reverse=True)[:rows]
    per_column = -(-len(shown) // columns)
    row = min(area.height() / max(per_column, 1), float(ROW_PX[1]))
    font = QFont(base_font)
    font.setPixelSize(int(min(12, max(9, row - 2))))
    width = (area.width() - (columns - 1) * COLUMN_GAP_PX) / columns
    painter.setOpacity(DIMMED if bars.dimmed else 1.0)
    for place, i in enumerate(shown):
        column, line = divmod(place, per_column)
        left, top = area.left() + column * (width + COLUMN_GAP_PX), area.top() + line * row
        _paint_bar(painter, QRectF(left, top, width, row), bars, i, theme, font)
    painter.setOpacity(1.0)


def _paint_bar(painter: QPainter, line: QRectF, bars: Bars, i: int, theme: Theme, font: QFont) -> None:
    strong, value = i == bars.best, bars.values[i]
    bold = QFont(font)
    bold.setWeight(QFont.Weight.Bold)
    metrics = QFontMetricsF(bold)
    widest = max((metrics.horizontalAdvance(name) for name in bars.names), default=10) + 8
    name_width, value_width = min(0.4 * line.width(), widest), metrics.horizontalAdvance("100.0") + 6
    painter.setFont(bold if strong else font)
    painter.setPen(QColor(theme.text if strong else theme.muted))
    name = painter.fontMetrics().elidedText(bars.names[i], Qt.TextElideMode.ElideRight, int(name_width) - 6)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
    if bars.has_figures:
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{value * 100:.1f}")
    track = QRectF(line.left() + name_width, line.center().y() - 3, line.width() - name_width - value_width, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.track))
    painter.drawRoundedRect(track, 3, 3)
    if value * track.width() >= 0.5:
        bar = QRectF(track)
        bar.setWidth(max(value * track.width(), 3.0))
        painter.setBrush(QColor(theme.accent if strong else theme.muted))
        painter.drawRoundedRect(bar, min(3.0, bar.width() / 2), 3)
