"""What widgets that paint themselves have in common: a line of text, and the mark of the one that has the keys.

Fonts, widths and colours are made ready once and kept, and so are texts once they come back. Not before: most numbers
never do, and to lay a text out for later takes several times as long as to paint it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QStaticText, QTransform

FOCUS_PX = 2
MOST_TEXTS = 1000
LEFT, RIGHT, CENTRE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter


class Face:
    """A font, and the texts that were written in it."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetricsF(font)
        self._half_height, self._ascent = self._metrics.height() / 2, self._metrics.ascent()
        self._widths: dict[str, float] = {}
        self._written: dict[str, QStaticText | None] = {}

    def width(self, text: str) -> float:
        """In pixels."""
        known = self._widths.get(text)
        if known is None:
            if len(self._widths) >= MOST_TEXTS:
                self._widths.clear()
            known = self._widths[text] = self._metrics.horizontalAdvance(text)
        return known

    def fitted(self, text: str, room: float) -> tuple[str, float]:
        """As much of ``text`` as ``room`` has room for, and its width in pixels."""
        width = self.width(text)
        if width <= room:
            return text, width
        text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        return text, self.width(text)

    def write(self, painter: QPainter, left: float, middle: float, text: str) -> None:
        """Paint ``text`` from ``left``, its height about ``middle``; the painter has this font."""
        top = round(middle - self._half_height)
        if text not in self._written:
            if len(self._written) >= MOST_TEXTS:
                self._written.clear()
            self._written[text] = None
            painter.drawText(QPointF(left, top + self._ascent), text)
            return
        ready = self._written[text]
        if ready is None:
            ready = self._written[text] = QStaticText(text)
            ready.setTextFormat(Qt.TextFormat.PlainText)
            ready.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            ready.prepare(QTransform(), self.font)
        painter.drawStaticText(QPointF(left, top), ready)


@cache
def face(size_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> Face:
    """The program's font, which is the same in both themes, in this size."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(size_px)
    font.setWeight(weight)
    return Face(font)


def first_fitting(room: float, texts: Sequence[str], size_px: int = 12) -> str:
    """The first of ``texts`` that ``room`` has room for, else the last: say the same in fewer and fewer words."""
    return next((text for text in texts if face(size_px).width(text) <= room), texts[-1])


@cache
def colour_of(name: str) -> QColor:
    """The colour called ``name``, for whoever does not change it."""
    return QColor(name)


def paint_line(
    painter: QPainter,
    place: QRectF,
    text: str,
    colour: str,
    *,
    size_px: int = 12,
    strong: bool = False,
    align: Qt.AlignmentFlag = LEFT,
) -> float:
    """Paint as much of ``text`` as ``place`` has room for, in the middle of its height; returns the width that it
    takes."""
    face_ = face(size_px, QFont.Weight.DemiBold) if strong else face(size_px)
    painter.setFont(face_.font)
    painter.setPen(colour_of(colour))
    return write(painter, face_, place, text, align)


def write(painter: QPainter, face_: Face, place: QRectF, text: str, align: Qt.AlignmentFlag = LEFT) -> float:
    """The same with the painter's own pen, and the font of ``face_``, which it has to have."""
    left, top, room, height = place.left(), place.top(), place.width(), place.height()
    text, width = face_.fitted(text, room)
    if align == RIGHT:
        left += room - width
    elif align == CENTRE:
        left += (room - width) / 2
    face_.write(painter, left, top + height / 2, text)
    return width


def paint_focus(painter: QPainter, area: QRect, colour: str) -> None:
    """A line along the lower edge of ``area``."""
    painter.fillRect(QRect(area.left(), area.bottom() - FOCUS_PX + 1, area.width(), FOCUS_PX), QColor(colour))
