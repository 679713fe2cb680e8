"""What widgets that paint themselves have in common: a line of text, and the mark of the one that has the keys."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

FOCUS_PX = 2
LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def sized(font: QFont, size_px: int, strong: bool = False) -> QFont:
    """The same font in another size, half bold if ``strong``."""
    font = QFont(font)
    font.setPixelSize(size_px)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return font


def paint_line(
    painter: QPainter,
    place: QRectF,
    text: str,
    colour: str,
    *,
    size_px: int = 12,
    strong: bool = False,
    align: Qt.AlignmentFlag = LINE,
) -> float:
    """Paint as much of ``text`` as ``place`` has room for; returns the width that it takes."""
    painter.setFont(sized(painter.font(), size_px, strong))
    painter.setPen(QColor(colour))
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, align, text)
    return float(painter.fontMetrics().horizontalAdvance(text))


def paint_focus(painter: QPainter, area: QRect, colour: str) -> None:
    """A line along the lower edge of ``area``."""
    painter.fillRect(QRect(area.left(), area.bottom() - FOCUS_PX + 1, area.width(), FOCUS_PX), QColor(colour))
