"""Pen strokes to grey pixels, for one image or for thousands at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array

SPACING_PX = 0.25
"""Distance between the dots that stand for a line: their envelope differs from it by under 0.01 px."""


def densify(points: NDArray[np.floating], spacing: float) -> NDArray[np.float64]:
    """Points [p, 2] along the same polyline, at most ``spacing`` apart; a single point stays one."""
    points = np.asarray(points, np.float64)
    steps = np.hypot(*np.diff(points, axis=0).T) if len(points) > 1 else np.zeros(0)
    length = np.concatenate([[0.0], np.cumsum(steps)])
    if length[-1] == 0:
        return points[:1]
    at = np.linspace(0, length[-1], int(np.ceil(length[-1] / spacing)) + 1)
    return np.stack([np.interp(at, length, points[:, axis]) for axis in (0, 1)], axis=1)


def draw_dots(
    dots: NDArray[np.floating],
    owner: NDArray[np.integer],
    count: int,
    shape: tuple[int, int],
    pen_width_px: float | Array,
) -> Array:
    """Draw round dots on ``count`` black images; where they lie close they make lines.

    A pixel's value is how far the nearest dot's edge covers it: 1 inside, 0 outside, and a ramp one pixel wide
    between, which is what averaging a large drawing down gives as well.

    Parameters
    ----------
    dots : [d, 2], x and y in pixels; the centre of the top left pixel is (0.5, 0.5)
    owner : [d], the image that each dot belongs to
    count : number of images
    shape : (h, w) of an image
    pen_width_px : width of the line, one for all or [count]

    Returns
    -------
    [count, h, w] float32 in [0, 1]
    """
    h, w = shape
    widths = np.broadcast_to(np.asarray(pen_width_px, np.float32), (count,))
    reach = int(np.ceil(float(widths.max(initial=0.0)) / 2 + 0.5))
    near = np.full(count * (h + 2 * reach) * (w + 2 * reach), np.float32(1e6))
    padded_w, padded = w + 2 * reach, (h + 2 * reach) * (w + 2 * reach)
    cell = np.floor(dots).astype(np.int64)
    inside = ((cell >= -reach) & (cell < (w + reach, h + reach))).all(axis=1)
    # a border of `reach` pixels takes what falls over the edge; cells are clipped so that windows stay in it
    cell = np.clip(cell[inside], 0, (w - 1, h - 1))
    dots, owner = dots[inside].astype(np.float32), owner[inside]
    base = owner * padded + (cell[:, 1] + reach) * padded_w + cell[:, 0] + reach
    from_centre = cell.astype(np.float32) + np.float32(0.5) - dots
    along = np.arange(-reach, reach + 1)
    across = (from_centre[:, :1] + along.astype(np.float32)) ** 2
    places = base[:, None] + along
    for dy in along:  # a row of the window at a time: fewer calls than pixel by pixel, less memory than all of it
        down = (from_centre[:, 1:] + np.float32(dy)) ** 2
        np.minimum.at(near, (places + dy * padded_w).reshape(-1), (across + down).reshape(-1))
    distance = np.sqrt(near).reshape(count, h + 2 * reach, w + 2 * reach)
    distance = distance[:, reach : reach + h, reach : reach + w]
    return np.clip(widths[:, None, None] / 2 + np.float32(0.5) - distance, 0, 1)


MOST_DOTS = 4000
"""Long scribbles are dotted more sparsely, so that one can be drawn within a frame."""


def draw_strokes(strokes: Sequence[NDArray[np.floating]], shape: tuple[int, int], pen_width_px: float) -> Array:
    """Draw polylines [p, 2] in pixels on one black image (h, w); see `draw_dots`."""
    if not strokes:
        return np.zeros(shape, np.float32)
    length = sum(float(np.hypot(*np.diff(points, axis=0).T).sum()) for points in strokes)
    spacing = max(SPACING_PX, length / MOST_DOTS)
    dots = np.concatenate([densify(points, spacing) for points in strokes])
    return draw_dots(dots, np.zeros(len(dots), np.int64), 1, shape, pen_width_px)[0]
