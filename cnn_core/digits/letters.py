"""Whether two groups of strokes meet as the lines of one letter do, and those of two digits do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.drawing.raster import densify
from cnn_core.drawing.strokes import Points

SPACING = 0.02
NEAR = 0.06
"""Lines that come so close meet; in heights of the higher one, as all lengths here."""
APART = 0.35
"""Least distance, up or down, of two places that a bow begins and ends or touches at: B, D, R."""
MIDDLE = 0.25, 0.75
"""Between these shares of their lengths two lines cross in their middles: X."""
STRAIGHT = 0.7
"""The lines of an X and the stem of a B are straight, those of most digits are not: least distance of the ends, as a
share of the length."""
STEEP = 0.5
"""Sine of the angle at which lines cross at least; a one may touch the side of a zero."""
FLAT = 0.25
"""Dashes, whose height is chance, are taken to be as high as this share of their width."""
MOST_POINTS = 1000
"""A line of more, 20 heights long, is shading and no line of a letter."""


def are_one_letter(left: Sequence[Points], right: Sequence[Points]) -> bool:
    """Whether straight strokes [p, 2] of neighbours cross in their middles, or a stroke of the right one sets out from
    a straight stroke of the left one and meets it again far from there."""
    extents = (np.ptp(np.concatenate(group), axis=0) for group in (left, right))
    height = max(max(float(high), float(wide) * FLAT) for wide, high in extents)
    if height <= 0:
        return False
    a_lines, b_lines = (_dense(group, SPACING * height) for group in (left, right))
    for a in filter(is_straight, a_lines):
        for b in b_lines:
            distances = np.hypot(*(a[:, None] - b).transpose(2, 0, 1)) / height
            if (is_straight(b) and _cross(a, b, distances)) or _is_bow(b, distances.min(axis=0), height):
                return True
    return False


def is_straight(line: Points) -> bool:
    """Whether a stroke [p, 2] leads nearly the shortest way from its beginning to its end; a dot does not."""
    length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    return float(np.hypot(*(line[-1] - line[0]))) >= STRAIGHT * length > 0


def _dense(group: Sequence[Points], spacing: float) -> list[Points]:
    """The lines of a group that may be those of a letter, with points so close together."""
    lengths = [float(np.hypot(*np.diff(points, axis=0).T).sum()) for points in group]
    return [
        densify(points, spacing)
        for points, length in zip(group, lengths, strict=True)
        if length <= MOST_POINTS * spacing
    ]


def _cross(a: Points, b: Points, distances: NDArray[np.float64]) -> bool:
    """Whether two lines meet in the middle of both at an angle; ``distances`` of all their points [a, b]."""
    i, j = (int(index) for index in np.unravel_index(int(distances.argmin()), distances.shape))
    if distances[i, j] >= SPACING or not all(
        MIDDLE[0] < k / max(len(line) - 1, 1) < MIDDLE[1] for k, line in ((i, a), (j, b))
    ):
        return False
    (ax, ay), (bx, by) = a[i + 1] - a[i - 1], b[j + 1] - b[j - 1]
    return abs(ax * by - ay * bx) > STEEP * np.hypot(ax, ay) * np.hypot(bx, by)


def _is_bow(line: Points, distances: NDArray[np.float64], height: float) -> bool:
    """Whether a line [p, 2] begins or ends at another, of which its points are so far, and comes back to it."""
    near = distances < NEAR
    if near.all() or not (near[0] or near[-1]):
        return False
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    heights = [float(line[start:stop, 1].mean()) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
    return max(heights) - min(heights) > APART * height
