"""Any drawing to the 28×28 image that MNIST would have made of it.

MNIST's recipe (LeCun et al. 1998; details after Yadav, Bottou: "Cold Case: The Lost MNIST Digits", 2019): the tight
bounding box is cut out as a square on its longer side, resampled to 20×20 by area, and put on 28×28 pixels so that
its centre of mass falls on the centre, moved by whole pixels.

Strokes go through the recipe as paths and are drawn last, so that the line is equally wide however large somebody
wrote. What exists only as pixels, pictures above all, is resampled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.drawing.raster import densify, draw_dots, draw_strokes
from cnn_core.drawing.strokes import Mark, Picture

SIDE_PX = 28
BOX_PX = 20
PEN_WIDTH_PX = 2.4
"""Line width on the 28×28 image. Of the widths tried (1.8, 2.0, 2.2, 2.4, 2.6, 3.0, 3.4) it is the one at which a
network trained on MNIST alone read recorded pen digits best (94.6 %; the others 93.6 to 94.6 %)."""
SMALLEST = 0.02
"""A drawing smaller than this share of the canvas is a dot and is not blown up to a digit's size."""
BITMAP_SIDE_PX = 168
"""Resolution at which a drawing that is not one of strokes alone is rendered before it is resampled."""
WIDE_PEN_PX = 32
MARKS_KEPT = 25
"""Of a large drawing every so often a picture is kept, so that an undone stroke does not cost all of them."""
FAINT = 0.3
INK = 0.01
"""What counts as ink when a bounding box is sought, as a share of the darkest ink."""


def from_strokes(
    strokes: Sequence[NDArray[np.floating]],
    pen_width_px: float = PEN_WIDTH_PX,
    side: int = SIDE_PX,
    box_px: float = BOX_PX,
) -> Array:
    """Image [side, side] of polylines [p, 2] in canvas units (x right, y down), drawn ``pen_width_px`` wide; the longer
    side of what they cover is ``box_px``."""
    if not strokes:
        return np.zeros((side, side), np.float32)
    lowest = np.min([points.min(axis=0) for points in strokes], axis=0)
    highest = np.max([points.max(axis=0) for points in strokes], axis=0)
    extent = max(float((highest - lowest).max()), SMALLEST)
    scale = max(box_px - pen_width_px, 1.0) / extent  # the line's own width counts as part of the box
    middle = (lowest + highest) / 2
    paths = [(points - middle) * scale + side / 2 for points in strokes]
    return shift_to_centre(draw_strokes(paths, (side, side), pen_width_px))


def from_bitmap(ink: Array, side: int = SIDE_PX, box_px: float = BOX_PX) -> Array:
    """Image [side, side] of a picture of any size, ink [h, w] from 0 (paper) to 1 (ink)."""
    peak = float(ink.max(initial=0.0))
    if peak <= 0:
        return np.zeros((side, side), np.float32)
    ink = ink.astype(np.float32) / peak
    rows, columns = np.nonzero((ink > INK).any(axis=1))[0], np.nonzero((ink > INK).any(axis=0))[0]
    crop = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    box = max(1, round(box_px))
    small = resample_area(square(crop), box)
    small /= max(float(small.max()), 1e-6)
    margin = (side - box) // 2
    return shift_to_centre(np.pad(small, (margin, side - box - margin)))


def square(crop: Array) -> Array:
    """``crop`` in the middle of a square as large as its longer side."""
    h, w = crop.shape
    side = max(h, w)
    top, left = (side - h) // 2, (side - w) // 2
    return np.pad(crop, ((top, side - h - top), (left, side - w - left)))


def resample_area(image: Array, side: int) -> Array:
    """Square ``image`` [s, s] at ``side`` × ``side`` pixels, each the average of the area that it covers."""
    old = image.shape[0]
    edges = np.arange(side + 1) * (old / side)
    start, end = edges[:-1, None], edges[1:, None]
    pixel = np.arange(old)[None, :]
    overlap = np.clip(np.minimum(end, pixel + 1) - np.maximum(start, pixel), 0, None) * (side / old)
    weights = overlap.astype(np.float32)
    return weights @ image @ weights.T


def shift_to_centre(image: Array) -> Array:
    """Move ``image`` [s, s] by whole pixels so that its centre of mass falls on the middle pixel, that of index s/2.

    So it is on every one of MNIST's images: the centre of mass lies between 14 and 15 pixels from the edge.

    Ink is never pushed over the edge: the move ends where the drawing would leave the image.
    """
    total = float(image.sum())
    if total <= 0:
        return image
    side = image.shape[0]
    shifted = image
    for axis in (0, 1):
        profile = image.sum(axis=1 - axis)
        centre = float(profile @ (np.arange(side) + 0.5)) / total
        filled = np.nonzero(profile > 0)[0]
        move = side // 2 - int(np.floor(centre))
        move = int(np.clip(move, -filled[0], side - 1 - filled[-1]))
        shifted = np.roll(shifted, move, axis=axis)
    return shifted


class Renderer:
    """Renders a drawing as the canvas shows it, and remembers it, so that another mark costs that mark alone."""

    def __init__(self, side: int) -> None:
        self.side = side
        self._marks: tuple[Mark, ...] = ()
        self._ink = np.zeros((side, side), np.float32)
        self._before = [self._ink]

    def __call__(self, marks: Sequence[Mark]) -> Array:
        """Ink [side, side] from 0 to 1, eraser marks and pictures included; read-only."""
        finished = tuple(marks[:-1])  # the last mark may still grow
        known = len(self._marks)
        if finished[:known] != self._marks:  # something was undone: go on from the last picture before it
            same = (
                number for number, pair in enumerate(zip(finished, self._marks, strict=False)) if pair[0] is not pair[1]
            )
            known = next(same, min(len(finished), known)) // MARKS_KEPT
            del self._before[known + 1 :]
            self._ink, known = self._before[known], known * MARKS_KEPT
        for number, mark in enumerate(finished[known:], start=known + 1):
            self._ink = _with_mark(self._ink, mark)
            if number % MARKS_KEPT == 0:
                self._before.append(self._ink)
        self._marks = finished
        return _with_mark(self._ink, marks[-1]) if marks else self._ink


def _with_mark(ink: Array, mark: Mark) -> Array:
    side = ink.shape[0]
    if isinstance(mark, Picture):
        return np.maximum(ink, fit_square(mark.ink, side))
    width = max(mark.width * side, 1.0)
    dots = densify(mark.points * side, max(1.0, width / WIDE_PEN_PX))  # of a very wide pen few dots make a line too
    cover = draw_dots(dots, np.zeros(len(dots), np.int64), 1, (side, side), width)[0]
    if not mark.erases:
        return np.maximum(ink, cover)
    left = ink * (1 - cover)
    left[left < FAINT] = 0  # the seam between two passes of the eraser, which nobody sees
    return left


def render(marks: Sequence[Mark], side: int) -> Array:
    """`Renderer` for a single time."""
    return Renderer(side)(marks)


def fit_square(ink: Array, side: int) -> Array:
    """A picture [h, w] resampled to [side, side], its proportions kept, paper around it."""
    return resample_area(square(ink), side)
