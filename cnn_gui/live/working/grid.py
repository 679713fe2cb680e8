"""Grids of numbers in colours: a patch, a kernel, their products."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from cnn_core.arrays import Array
from cnn_core.inspection import colorize
from cnn_gui.theme import Theme
from cnn_gui.widgets.cell_numbers import cell_numbers
from cnn_gui.widgets.painted_device import is_drawing, pixel_ratio
from cnn_gui.widgets.painted_text import CENTRE, colour_of, face, write
from cnn_gui.widgets.pixels import rgb_image

TEXT_FROM_PX, USUAL_FROM_PX = 19, 26
"""Cells narrower than the first show their colour only, those narrower than the second smaller numbers."""
GAP_PX = 2
MARGIN_PX = 1
"""Around a cell's picture: the winner's line is painted half outside."""
RADIUS_PX = 3
MOST_CELLS = 800
ORDINARY, OUTSIDE, WINNER = 0, 1, 2
"""Marks of a cell: a place that lies outside the image, the winner of a pool."""


class Cell(NamedTuple):
    """All that a cell's looks depend on."""

    text: str
    colour: tuple[int, int, int]
    mark: int
    width: int
    height: int
    size_px: int


def paint_grid(
    painter: QPainter, place: QRectF, values: Array, low: float, high: float, signed: bool, theme: Theme, marks: Array
) -> None:
    """``values`` [rows, columns] as coloured cells with their numbers, as far as there is room for them.

    ``marks`` [rows, columns] holds `ORDINARY`, `OUTSIDE` and `WINNER`.
    """
    rows, columns = values.shape
    colours = colorize(values, low, high, signed, theme.light_maps)
    w, h = place.width() / columns, place.height() / rows
    if w < TEXT_FROM_PX or h < 14:
        painter.drawImage(place, rgb_image(colours))
        return
    size_px, texts = cell_numbers(values, int(w) - GAP_PX, (11, 10) if w >= USUAL_FROM_PX else (9, 8))
    ratio = None if is_drawing(painter) else pixel_ratio(painter)
    numbers = zip(np.ndindex(rows, columns), colours.reshape(-1, 3).tolist(), marks.flat, texts, strict=True)
    for (row, column), (red, green, blue), mark, text in numbers:
        left, top = round(place.left() + column * w), round(place.top() + row * h)
        colour, width, height = (red, green, blue), int(w) - GAP_PX, int(h) - GAP_PX
        cell = Cell(text, colour, int(mark), width, height, size_px)
        if ratio is None:
            _paint_cell(painter, left, top, cell, theme)
        else:
            painter.drawPixmap(left - MARGIN_PX, top - MARGIN_PX, _picture(cell, theme, ratio))


@lru_cache(MOST_CELLS)
def _picture(cell: Cell, theme: Theme, ratio: float) -> QPixmap:
    """A cell painted before: a kernel's numbers stay while the pen moves, and so do most zeros of a patch."""
    size = QSize(cell.width + 2 * MARGIN_PX, cell.height + 2 * MARGIN_PX)
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(colour_of(theme.surface))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_cell(painter, MARGIN_PX, MARGIN_PX, cell, theme)
    painter.end()
    return picture


def _paint_cell(painter: QPainter, left: int, top: int, cell: Cell, theme: Theme) -> None:
    area = QRectF(left, top, cell.width, cell.height)
    if cell.mark == OUTSIDE:
        painter.setPen(QPen(QColor(theme.border), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
        painter.setPen(QColor(theme.muted))
    else:
        painter.setPen(QPen(QColor(theme.accent), 2) if cell.mark == WINNER else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*cell.colour))
        painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        painter.setPen(colour_of("#000000" if min(cell.colour) + max(cell.colour) > 255 else "#ffffff"))
    face_ = face(cell.size_px)
    painter.setFont(face_.font)
    write(painter, face_, area, cell.text, CENTRE)
