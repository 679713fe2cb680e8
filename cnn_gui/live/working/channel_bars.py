"""What each map adds to a sum, as bars around zero."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnn_core.arrays import Array
from cnn_gui.theme import Theme

MOST_WIDE_PX = 14


def paint_channel_bars(
    painter: QPainter, area: QRectF, sums: Array, chosen: int, theme: Theme, colours: tuple[str, str]
) -> QRectF:
    """Bars of ``sums`` [k], the ``chosen`` one on a ground of its own; returns where they stand. ``colours`` are those
    above and below zero."""
    bars = QRectF(area.left(), area.top(), min(area.width(), len(sums) * MOST_WIDE_PX), area.height())
    width, middle = bars.width() / len(sums), bars.center().y()
    limit = float(np.abs(sums).max()) or 1.0
    painter.setPen(Qt.PenStyle.NoPen)
    for number, value in enumerate(sums):
        height = float(value) / limit * bars.height() / 2
        bar = QRectF(bars.left() + number * width, middle - max(height, 0), max(width - 1, 1), abs(height))
        if number == chosen:
            painter.setBrush(QColor(theme.hover))
            painter.drawRect(QRectF(bar.left(), bars.top(), bar.width(), bars.height()))
        painter.setBrush(QColor(colours[0] if value >= 0 else colours[1]))
        painter.drawRect(bar)
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.drawLine(QPointF(bars.left(), middle), QPointF(bars.right(), middle))
    return bars


def bar_at(bars: QRectF, x: float, count: int) -> int:
    """Number of the bar at ``x``."""
    return min(max(int((x - bars.left()) / max(bars.width(), 1) * count), 0), count - 1)
