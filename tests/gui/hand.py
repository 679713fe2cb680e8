"""A hand that draws on the canvas."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cnn_gui.hand.canvas_view import CanvasView

SEVEN = ((0.28, 0.25), (0.72, 0.25), (0.6, 0.5), (0.45, 0.82))
ONE = ((0.5, 0.2), (0.5, 0.8))


def draw(canvas: CanvasView, points=SEVEN, button=Qt.MouseButton.LeftButton, steps: int = 8) -> None:
    """A stroke through ``points`` in canvas units, with real mouse events."""
    corners = np.array(points) * canvas.width()
    path = [a + (b - a) * i / steps for a, b in pairwise(corners) for i in range(steps + 1)]
    places = [QPoint(int(x), int(y)) for x, y in path] or [QPoint(*map(int, corners[0]))]
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(canvas, button, none, places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, button, none, places[-1])
