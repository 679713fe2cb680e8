"""The pieces of a drawing that are taken apart no further: strokes, parts of wide ones, runs of inked columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.drawing.erasing import Eraser
from cnn_core.drawing.normalize import INK, Renderer, from_bitmap, from_strokes, square
from cnn_core.drawing.strokes import Mark, Picture, Points
from cnn_core.preprocessing import MOST_STROKES, InputSpec

WIDE = 0.75
"""A stroke or run of columns wider than this share of the row's height may hold more than one digit."""
MOST_CUTS = 5
LIGATURE_COLUMNS = 3
COLUMNS = 64
"""Resolution at which a stroke is searched for places to cut."""


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds in canvas units; x to the right, y down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Where it is along the row."""
        return (self.left + self.right) / 2


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all ``boxes``."""
    return Box(
        min(b.left for b in boxes), min(b.top for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
    )


@dataclass(frozen=True, slots=True, eq=False)
class StrokeFragment:
    """A stroke or a part of one; ``key`` is the same whenever the points are.

    A ``ligature`` is a part that may join two digits and belong to neither.
    """

    points: Points
    box: Box
    key: tuple[int, ...]
    ligature: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class InkFragment:
    """Columns left … right of a picture, whose whole ink [h, w] from 0 to 1 is here."""

    ink: Array
    left: int
    right: int
    box: Box
    key: tuple[int, ...]


Fragment = StrokeFragment | InkFragment


def picture_of(fragments: Sequence[Fragment]) -> Array:
    """The image [28, 28] of neighbouring fragments of one drawing, as if nothing else had been drawn."""
    if isinstance(fragments[0], StrokeFragment):
        return from_strokes([f.points for f in fragments if isinstance(f, StrokeFragment)])
    first, last = fragments[0], fragments[-1]
    assert isinstance(first, InkFragment)
    assert isinstance(last, InkFragment)
    return from_bitmap(first.ink[:, first.left : last.right])


def image_for(fragments: Sequence[Fragment], spec: InputSpec) -> Array:
    """The image [h, w, c] of neighbouring fragments of one drawing for a model of any size; see `picture_of`."""
    if isinstance(fragments[0], StrokeFragment):
        return spec.of_strokes([f.points for f in fragments if isinstance(f, StrokeFragment)])
    first, last = fragments[0], fragments[-1]
    assert isinstance(first, InkFragment)
    assert isinstance(last, InkFragment)
    return spec.of_ink(first.ink[:, first.left : last.right])


def fragments_of(
    marks: Sequence[Mark], eraser: Eraser, renderer: Renderer, may_be_several: Callable[[StrokeFragment], bool]
) -> Sequence[Fragment]:
    """The fragments of a drawing from left to right: of the strokes that ``eraser`` leaves, or, where they do not tell
    all, of the picture that ``renderer`` makes. ``may_be_several`` says whether a wide stroke is cut.

    What has been drawn with so many strokes that it is no number is one fragment: the renderer remembers what was there
    before, so that a stroke costs no more however many there are already."""
    if len(marks) > MOST_STROKES:
        return _whole_ink(renderer(marks))
    strokes = eraser(marks)
    if strokes is not None:
        return stroke_fragments(strokes, may_be_several) if strokes else []
    if len(marks) == 1 and isinstance(marks[0], Picture):
        return ink_fragments(square(marks[0].ink))
    return ink_fragments(renderer(marks))


def _whole_ink(ink: Array) -> list[InkFragment]:
    """All that a picture [side, side] of the canvas shows, as one fragment; none where it shows nothing."""
    inked = ink > INK * float(ink.max(initial=0.0))
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return []
    side, (left, right) = len(ink), (int(columns[0]), int(columns[-1]) + 1)
    box = Box(left / side, int(rows[0]) / side, right / side, (int(rows[-1]) + 1) / side)
    return [InkFragment(ink, left, right, box, (id(ink), left, right))]


def part_of_stroke(points: Points, start: int, stop: int, ligature: bool = False) -> StrokeFragment:
    """The points ``start`` … ``stop`` of a stroke [p, 2]."""
    part = points[start : stop + 1]
    return StrokeFragment(part, bounds_of(part), (id(points), start, stop), ligature)


def stroke_fragments(
    strokes: Sequence[Points], may_be_several: Callable[[StrokeFragment], bool] = lambda _: True
) -> list[StrokeFragment]:
    """Strokes [p, 2] from left to right, wide ones cut where they may be several digits written in one go."""
    row = around([bounds_of(points) for points in strokes])
    height = max(row.height, 1e-3)
    found = []
    for points in strokes:
        last = len(points) - 1
        uncut = part_of_stroke(points, 0, last)
        wide = uncut.box.width > WIDE * height and last > 1
        thin = _thin_parts(points, uncut.box) if wide else []
        if thin and not may_be_several(uncut):  # asked last: it costs most
            thin = []
        cuts = sorted({index for part in thin for index in part})
        for start, stop in pairwise([0, *cuts, last]) if cuts else []:
            found.append(part_of_stroke(points, start, stop, (start, stop) in thin))
        if not cuts:
            found.append(uncut)
    return sorted(found, key=lambda fragment: fragment.box.middle)


def bounds_of(points: Points) -> Box:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def _thin_parts(points: Points, box: Box) -> list[tuple[int, int]]:
    """First and last point of the inner parts where a vertical line meets the stroke just once; where such a part is
    short, its middle point twice."""
    edges = np.linspace(box.left, box.right, COLUMNS + 1)
    centres = (edges[:-1] + edges[1:]) / 2
    x = points[:, 0]
    crosses = (np.minimum(x[:-1], x[1:])[:, None] <= centres) & (np.maximum(x[:-1], x[1:])[:, None] > centres)
    once = crosses.sum(axis=0) == 1
    at = lambda column: int(np.flatnonzero(crosses[:, column])[0]) + 1  # noqa: E731
    found = []
    for start, stop in _runs(once):
        if start == 0 or stop == COLUMNS:  # a digit's own beginning or end
            continue
        first, last = (
            sorted((at(start), at(stop - 1))) if stop - start >= LIGATURE_COLUMNS else [at((start + stop) // 2)] * 2
        )
        if 1 < first <= last < len(points) - 2 and all(first > before[1] or last < before[0] for before in found):
            found.append((first, last))
    return found[:MOST_CUTS]


def _runs(wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Ranges start … stop over which ``wanted`` holds."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(changes[::2], changes[1::2], strict=True)]


def ink_fragments(ink: Array) -> list[InkFragment]:
    """Runs of inked columns of a picture [side, side] that shows a whole canvas, wide ones cut where they are thin."""
    side = ink.shape[1]
    inked = ink > INK * float(ink.max(initial=0.0))
    rows = np.flatnonzero(inked.any(axis=1))
    if not len(rows):
        return []
    height = int(rows[-1] - rows[0] + 1)
    column_ink = ink.sum(axis=0)
    found = []
    for start, stop in _runs(np.asarray(inked.any(axis=0))):
        cuts = _valleys(column_ink[start:stop], height) if stop - start > WIDE * height else []
        for left, right in pairwise([start, *(start + cut for cut in cuts), stop]):
            filled = np.flatnonzero(inked[:, left:right].any(axis=1))
            if len(filled):
                box = Box(left / side, filled[0] / side, right / side, (filled[-1] + 1) / side)
                found.append(InkFragment(ink, left, right, box, (id(ink), left, right)))
    return found


def _valleys(column_ink: Array, height: int) -> list[int]:
    """Columns that hold less ink than what lies left and right of them, the thinnest first, in order."""
    reach = max(2, height // 8)
    limit = 0.6 * float(column_ink.mean())
    middle = range(reach, len(column_ink) - reach)
    lowest = [
        i for i in middle if column_ink[i] <= limit and column_ink[i] == column_ink[i - reach : i + reach + 1].min()
    ]
    apart: list[int] = []
    for i in lowest:  # of a flat valley, one
        if not apart or i - apart[-1] > reach:
            apart.append(i)
    return sorted(sorted(apart, key=lambda i: column_ink[i])[:MOST_CUTS])
