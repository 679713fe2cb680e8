"""Ruled and squared paper: its printed lines are taken away, and the strokes that cross them stay whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array

Mask = NDArray[np.bool_]
LEAST_RUN = 1 / 16
"""Least length of a line's piece in one row of pixels, as a share of the width: a line may lie a little askew."""
REACH, EDGES = (0.12, 0.88), (0.02, 0.98)
"""A printed line reaches at least from here to here along the picture, a margin from edge to edge; a digit's own bar
hardly ever does."""
LEAST_LINES = 3
"""Fewer lines are no ruled paper: a seven that fills the picture has one, a two may have one as well."""
MOST_THICKNESS = 1 / 40
"""Of a printed line, as a share of the picture's height."""
HALO_PX = 1
"""So far beyond a line its smooth edge reaches."""
SPARE_PX = 2
"""By so much a line may be thicker than most of it is."""


def without_ruled_lines(ink: Array, threshold: float) -> Array:
    """``ink`` [h, w] from 0 to 1 without long thin lines along its rows or columns that come at least in threes, and
    without a margin that crosses those from edge to edge."""
    found = [_lines(view > threshold) is not None for view in (ink, ink.T)]
    for turned, ruled, other in ((False, *found), (True, *found[::-1])):
        view = ink.T if turned else ink
        inked = view > threshold
        lines = _lines(inked) if ruled else _lines(inked, 1, EDGES) if other else None
        if lines is not None:
            view = np.where(_to_remove(inked, lines), np.float32(0), view)
            ink = view.T if turned else view
    return ink


def _lines(inked: Mask, least: int = LEAST_LINES, reach: tuple[float, float] = REACH) -> Mask | None:
    """The pixels of the printed lines along the rows; None where there are too few lines."""
    h, w = inked.shape
    runs = _long_runs(inked, max(8, round(w * LEAST_RUN)))
    left, right = (min(int(w * share), w - 1) for share in reach)
    if min(_count(runs[:, left]), _count(runs[:, right])) < least:
        return None
    joined = _grown_down(runs, HALO_PX)
    lines = runs & _reached_from(joined, left) & _reached_from(joined, right)
    thick = _thickness(lines)
    if _count(lines[:, (left + right) // 2]) < least or thick > max(3, h * MOST_THICKNESS):
        return None
    return lines


def _to_remove(inked: Mask, lines: Mask) -> Mask:
    """The lines and their edges, where they are no thicker than a line: a stroke that crosses or touches one is."""
    thin = ~_long_runs(inked.T, _thickness(lines) + SPARE_PX + 1).T
    return _grown_down(lines & thin, HALO_PX) & (thin | ~inked)


def _long_runs(inked: Mask, least: int) -> Mask:
    """Pixels of runs along the rows that are at least so long."""
    h, w = inked.shape
    padded = np.zeros((h, w + 2), np.int8)
    padded[:, 1:-1] = inked
    changes = np.diff(padded, axis=1)
    starts, stops = np.nonzero(changes == 1), np.nonzero(changes == -1)
    long = stops[1] - starts[1] >= least
    edges = np.zeros((h, w + 1), np.int8)
    edges[starts[0][long], starts[1][long]] = 1
    edges[stops[0][long], stops[1][long]] = -1
    return np.cumsum(edges, axis=1)[:, :-1] > 0


def _reached_from(mask: Mask, column: int) -> Mask:
    """Pixels of ``mask`` to which it leads from a column, a step at a time to the left or to the right."""
    reached = np.zeros_like(mask)
    reached[:, column] = mask[:, column]
    for columns in (range(column + 1, mask.shape[1]), range(column - 1, -1, -1)):
        before = reached[:, column]
        for x in columns:
            before = _grown_line(before) & mask[:, x]
            reached[:, x] = before
    return reached


def _grown_line(column: Mask) -> Mask:
    """A column [h] and the pixels above and below."""
    grown = column.copy()
    grown[1:] |= column[:-1]
    grown[:-1] |= column[1:]
    return grown


def _grown_down(mask: Mask, reach: int) -> Mask:
    """``mask`` and so many pixels above and below."""
    grown = mask.copy()
    for step in range(1, reach + 1):
        grown[step:] |= mask[:-step]
        grown[:-step] |= mask[step:]
    return grown


def _count(column: Mask) -> int:
    """How many runs there are in a column [h]."""
    return int(column[0]) + int(np.count_nonzero(column[1:] & ~column[:-1]))


def _thickness(lines: Mask) -> int:
    """Of the lines, in most columns."""
    counts = [(int(column.sum()), _count(column)) for column in lines.T[:: max(1, lines.shape[1] // 64)]]
    return max(1, round(float(np.median([total / runs for total, runs in counts if runs] or [1]))))
