"""What widgets that paint themselves have in common: a line of text, and the frame of the one that has the keys."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

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
    """A thin frame inside ``area``."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 1))
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
