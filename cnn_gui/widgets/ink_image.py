"""A drawing as a small picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from cnn_core.teaching import TaughtDrawing

MARGIN = 0.12
LEAST_WIDTH = 0.05


def drawing_image(drawing: TaughtDrawing, side_px: int, light_on_dark: bool) -> QImage:
    """A square picture with the drawing in its middle."""
    paper, ink = (QColor("black"), QColor("white")) if light_on_dark else (QColor("white"), QColor("black"))
    image = QImage(side_px, side_px, QImage.Format.Format_RGB32)
    image.fill(paper)
    if drawing.ink is not None:
        shades = np.ascontiguousarray(np.rint(drawing.ink * 255).astype(np.uint8))
        shades = shades if light_on_dark else 255 - shades
        h, w = shades.shape
        grey = QImage(shades.tobytes(), w, h, w, QImage.Format.Format_Grayscale8).copy()
        return grey.scaled(
            side_px, side_px, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    points = np.concatenate(drawing.strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = max(float((high - low).max()), LEAST_WIDTH)
    scale = side_px * (1 - 2 * MARGIN) / extent
    middle = (low + high) / 2
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = max(1.5, min(drawing.width * scale, side_px / 8))
    painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    for stroke in drawing.strokes:
        placed = (stroke - middle) * scale + side_px / 2
        points_px = [QPointF(x, y) for x, y in placed.tolist()]
        if len(points_px) == 1:
            painter.drawPoint(points_px[0])
        else:
            painter.drawPolyline(QPolygonF(points_px))
    painter.end()
    return image
