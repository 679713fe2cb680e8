"""What an eraser leaves of strokes, as strokes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.drawing.raster import densify
from cnn_core.drawing.strokes import Mark, Picture, Points, Stroke

SPACING = 0.25
"""Distance of the points that are looked at, in radii of the eraser."""
AT_A_TIME = 64
"""Pieces of the eraser's line that are measured at a time: memory must not grow with it."""
Distances = NDArray[np.float64]
Reached = tuple[Points, Distances, int]
"""A stroke's points, how far the eraser was from each, and how many points it had then."""
CRUMB = 0.5
"""What is cut off and shorter than this, in radii, is gone too: less than half of a dot can be seen of it."""


class Eraser:
    """Takes eraser marks out of a drawing, and remembers how, so that strokes it left alone stay the same objects."""

    def __init__(self) -> None:
        self._left: dict[tuple[int, int], list[Points]] = {}
        self._growing: Stroke | None = None
        self._reached: dict[int, Reached] = {}

    def forget(self) -> None:
        """To be called before marks of earlier drawings cease to exist: they are known by their addresses."""
        self._left.clear()
        self._growing, self._reached = None, {}

    def __call__(self, marks: Sequence[Mark]) -> list[Points] | None:
        """The strokes of a drawing, each cut where its middle line was erased; ``marks`` must be kept meanwhile.

        None where only the pixels tell what is left: in a picture, and of a line that is wider than its eraser.
        """
        lines: list[tuple[Points, float]] = []
        for mark in marks:
            if isinstance(mark, Picture):
                return None
            if not mark.erases:
                lines.append((mark.points, mark.width))
                continue
            if any(mark.width < width and _touches(points, width, mark) for points, width in lines):
                return None
            lines = [(part, width) for points, width in lines for part in self._parts(points, mark)]
        return [points for points, _ in lines]

    def _parts(self, points: Points, mark: Stroke) -> list[Points]:
        key = id(points), id(mark)
        if key not in self._left:
            self._left[key] = self._cut(points, mark)
        return self._left[key]

    def _cut(self, points: Points, mark: Stroke) -> list[Points]:
        """What ``mark`` leaves of a stroke; [``points``] itself where it leaves it alone."""
        radius = mark.width / 2
        if not _is_near(points, mark, radius):
            return [points]
        dense, distances = self._distances_of(points, mark)
        kept = distances >= radius
        if kept.all():
            return [points]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(np.int8)))
        parts = [dense[start:stop] for start, stop in zip(edges[::2], edges[1::2], strict=True)]
        return [part for part in parts if (len(part) - 1) * SPACING > CRUMB]

    def _distances_of(self, points: Points, mark: Stroke) -> tuple[Points, Distances]:
        """A stroke's points and how far each is from the eraser's line.

        The eraser under the hand has grown since it was asked: only what is new of it is measured.
        """
        if self._growing is None or not _goes_on(self._growing, mark):
            self._reached = {}
        self._growing = mark
        before = self._reached.get(id(points))
        if before is None:
            dense = _dense(points, mark)
            distances = _distances(dense, mark.points)
        else:
            dense, known, measured = before
            distances = np.minimum(known, _distances(dense, mark.points[measured - 1 :]))
        self._reached[id(points)] = dense, distances, len(mark.points)
        return dense, distances


def _goes_on(before: Stroke, now: Stroke) -> bool:
    """Whether one eraser mark is the other, moved on."""
    return before.width == now.width and np.array_equal(before.points, now.points[: len(before.points)])


def _touches(points: Points, width: float, mark: Stroke) -> bool:
    reach = (width + mark.width) / 2
    return _is_near(points, mark, reach) and bool((_distances(_dense(points, mark), mark.points) < reach).any())


def _is_near(points: Points, mark: Stroke, reach: float) -> bool:
    """Whether the bounds come so close; quickly said of most strokes."""
    gap = np.maximum(points.min(axis=0) - mark.points.max(axis=0), mark.points.min(axis=0) - points.max(axis=0))
    return bool((gap < reach).all())


def _dense(points: Points, mark: Stroke) -> Points:
    return densify(points, max(mark.width / 2 * SPACING, 1e-3))


def _distances(points: Points, line: Points) -> Distances:
    """Of each point [p, 2] to the nearest of a line [q, 2], [p]."""
    starts, ends = line[:-1], line[1:]
    if not len(starts):
        starts = ends = line
    least = np.full(len(points), np.inf)
    for first in range(0, len(starts), AT_A_TIME):
        start = starts[first : first + AT_A_TIME]
        along = ends[first : first + AT_A_TIME] - start
        length = np.maximum((along * along).sum(axis=1), 1e-12)
        to_points = points[:, None, :] - start
        share = np.clip((to_points * along).sum(axis=2) / length, 0, 1)
        distances = np.hypot(*(to_points - share[:, :, None] * along).transpose(2, 0, 1))
        np.minimum(least, distances.min(axis=1), out=least)
    return least
