"""A stroke's points as paths, the same line that the network receives: straight from point to point."""

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
        yield stroke_piece(points[max(0, newest - 1) : newest + 1])


def stroke_piece(points: NDArray[np.float64]) -> QPainterPath:
    """The line between two points [2, 2], or a dot [1, 2]; the pen's round ends make the corners round."""
    path = QPainterPath(QPointF(*points[0]))
    if len(points) == 1:
        path.lineTo(QPointF(*points[0]) + QPointF(0.01, 0))  # a path of no length is not painted
    else:
        path.lineTo(QPointF(*points[1]))
    return path
