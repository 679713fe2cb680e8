"""What a painter paints on: the screen, a picture or a drawing of lines. Of a widget that is being exported, its own
``devicePixelRatio`` tells only about the screen."""

from PySide6.QtGui import QPaintEngine, QPainter


def is_drawing(painter: QPainter) -> bool:
    """Whether lines and texts are kept as such, so that nothing that was painted before may take their place."""
    return painter.paintEngine().type() is QPaintEngine.Type.SVG


def pixel_ratio(painter: QPainter) -> float:
    """Pixels of the device along one of the painter's."""
    return painter.paintEngine().paintDevice().devicePixelRatio()
