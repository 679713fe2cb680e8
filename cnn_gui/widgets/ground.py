"""Widgets on a card that paint its colour themselves: else Qt paints all that lies under them anew each time."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from cnn_gui.theme import Theme
from cnn_gui.widgets.painted_text import colour_of


def claim_ground(widget: QWidget) -> None:
    """Promise that ``widget`` paints every pixel, such as with `paint_ground`."""
    widget.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)


def paint_ground(painter: QPainter, area: QRect, theme: Theme) -> None:
    """The colour of the card in ``area``, which has to be painted; beyond it an exported drawing is not clipped."""
    painter.fillRect(area, colour_of(theme.surface))
