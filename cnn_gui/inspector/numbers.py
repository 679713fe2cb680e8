"""Numbers as people read them, and grids of them in colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnn_core.arrays import Array
from cnn_core.inspection import colorize
from cnn_gui.theme import Theme
from cnn_gui.widgets.painted_text import CENTRE, colour_of, face, write
from cnn_gui.widgets.pixels import rgb_image

TEXT_FROM_PX = 26
"""Cells narrower than this show their colour only."""
COMFORTABLE_PX = 34
"""In cells narrower than this numbers are written small and without the zero before the point."""
MINUS = "\u2212"


def short(value: float, signed: bool = False) -> str:
    """A number in about five signs, with a real minus: ``0.42``, ``−1.3e+05``; ``signed`` shows a plus as well."""
    size = abs(value)
    text = f"{size:.2f}" if size < 100 else f"{size:.0f}" if size < 10_000 else f"{size:.1e}"
    if value < 0 and float(text) != 0:
        return MINUS + text
    return ("+" + text) if signed and float(text) != 0 else text


def tiny(value: float) -> str:
    """The same without the zero before the point: ``.42``, ``−.42``, but ``10.42``."""
    text = short(value)
    return text.replace("0.", ".", 1) if text.lstrip(MINUS).startswith("0.") else text


def exact(value: float) -> str:
    """A number to four places, with a real minus."""
    text = f"{abs(value):.4f}" if abs(value) < 100_000 else f"{abs(value):.4e}"
    return MINUS + text if value < 0 and float(text) != 0 else text


def paint_grid(
    painter: QPainter, place: QRectF, values: Array, low: float, high: float, signed: bool, theme: Theme, marks: Array
) -> None:
    """``values`` [rows, columns] as coloured cells with their numbers, as far as there is room for them.

    ``marks`` [rows, columns] is 0 for an ordinary cell, 1 for one that lies outside the image, 2 for the winner.
    """
    rows, columns = values.shape
    colours = colorize(values, low, high, signed)
    w, h = place.width() / columns, place.height() / rows
    if w < TEXT_FROM_PX or h < 14:
        painter.drawImage(place, rgb_image(colours))
        return
    tight = w < COMFORTABLE_PX
    face_, in_words = face(10 if tight else 11), tiny if tight else short
    painter.setFont(face_.font)
    cells = zip(np.ndindex(rows, columns), colours.reshape(-1, 3).tolist(), marks.flat, values.flat, strict=True)
    for (row, column), rgb, mark, value in cells:
        cell = QRectF(place.left() + column * w, place.top() + row * h, w - 2, h - 2)
        if mark == 1:
            painter.setPen(QPen(QColor(theme.border), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(QColor(theme.muted))
        else:
            painter.setPen(QPen(QColor(theme.accent), 2) if mark == 2 else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(*rgb))
            painter.drawRoundedRect(cell, 3, 3)
            painter.setPen(colour_of("#000000" if min(rgb) + max(rgb) > 255 else "#ffffff"))  # light or dark
        write(painter, face_, cell, in_words(float(value)), CENTRE)
