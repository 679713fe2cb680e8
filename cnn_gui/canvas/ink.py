"""A stroke's points as smooth paths."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath


def stroke_pieces(points: NDArray[np.float64]) -> Iterator[QPainterPath]:
    """What each new point of the polyline [p, 2] adds to the stroke, as it was painted under the pen.

    One path for all of it would show hairlines where it runs back beside itself: there Qt takes the coverage of a pixel
    by one edge off that by the other.
    """
    for newest in range(len(points)):
        yield stroke_path(points[max(0, newest - 2) : newest + 1], continues=newest > 2)


def stroke_path(points: NDArray[np.float64], continues: bool = False) -> QPainterPath:
    """Curve through the midpoints of the polyline [p, 2], which rounds the corners that a slow mouse leaves.

    With ``continues`` the path begins at the first midpoint, where the previous piece ended.
    """
    path = QPainterPath()
    first = QPointF(*points[0])
    if len(points) == 1:
        path.moveTo(first)
        path.lineTo(first + QPointF(0.01, 0))  # a dot: a path of no length is not painted
        return path
    middles = (points[:-1] + points[1:]) / 2
    path.moveTo(QPointF(*middles[0]) if continues else first)
    if not continues:
        path.lineTo(QPointF(*middles[0]))
    for corner, middle in zip(points[1:-1], middles[1:], strict=True):
        path.quadTo(QPointF(*corner), QPointF(*middle))
    path.lineTo(QPointF(*points[-1]))
    return path
