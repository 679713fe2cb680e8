"""What of a number is no digit, a point, a comma or a minus, and in which rows its digits stand.

Told by form and place alone, of strokes: a point is a speck on the line that the digits stand on, a comma goes on below
it, a minus is a level line before a row's first digit. Rows stand apart where a level gap divides tall strokes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cnn_core.digits.fragments import Box, around, bounds_of
from cnn_core.drawing.strokes import Points

POINT, COMMA, MINUS = ".", ",", "\N{MINUS SIGN}"
TALL = 0.5
"""A digit's stroke is at least so high, as a share of the highest stroke of its row."""
SPECK, SPECK_COMMA = 0.2, 0.4
"""A point is no larger than this in row heights, a comma no higher; neither is wider than `SPECK`."""
LOW = 0.72
"""A point's middle lies below this share of the row's height."""
BELOW = 0.06
"""A comma ends so far below the line, in row heights."""
FLAT, SHORTEST, LONGEST = 0.35, 0.2, 1.3
"""A minus is lower than this share of its width, which is between these row heights."""
MIDDLE = 0.2, 0.8
"""Between these shares of the row's height a minus lies."""
GAP, GAP_OF_ONE = 0.1, 0.35
"""Least gap between two rows, in heights of the highest stroke; and where each may be a half of an eight, as no row has
two tall strokes side by side."""
APART = 0.04
"""Least gap between a sign and the tall strokes, in row heights: what touches is a part of a digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """A stroke that is no digit: its number among the strokes, and what it is."""

    stroke: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The numbers of the strokes of a row's digits, and its signs."""

    digits: tuple[int, ...]
    signs: tuple[Sign, ...] = ()


def lay_out(strokes: Sequence[Points], growing: bool = False) -> tuple[Row, ...]:
    """The rows of strokes [p, 2], from the top; one without signs where nothing else can be told.

    ``growing``: the last stroke is still under the pen, and may become anything.
    """
    boxes = [bounds_of(points) for points in strokes]
    rows = _rows(boxes)
    found = [_row(row, boxes, len(strokes) - 1 if growing else -1) for row in rows]
    return tuple(found)


def _rows(boxes: Sequence[Box]) -> list[list[int]]:
    """Numbers of the boxes of each row."""
    order = sorted(range(len(boxes)), key=lambda n: boxes[n].top)
    groups: list[list[int]] = []
    reached = -np.inf
    highest = max((box.height for box in boxes), default=0.0)
    for number in order:
        if groups and boxes[number].top - reached < GAP * highest:
            groups[-1].append(number)
        else:
            groups.append([number])
        reached = max(reached, boxes[number].bottom)
    tall = [any(boxes[n].height >= TALL * highest for n in group) for group in groups]
    if sum(tall) < 2:
        return [sorted(n for group in groups for n in group)]
    rows = _small_to_the_nearest(groups, tall, boxes)
    several = any(sum(boxes[n].height >= TALL * highest for n in row) > 1 for row in rows)
    gaps = [b.top - a.bottom for a, b in pairwise(around([boxes[n] for n in row]) for row in rows)]
    return rows if several or min(gaps) >= GAP_OF_ONE * highest else [sorted(n for row in rows for n in row)]


def _small_to_the_nearest(groups: list[list[int]], tall: list[bool], boxes: Sequence[Box]) -> list[list[int]]:
    """A group without a tall stroke, such as a speck between two rows, belongs to the row that is nearer."""
    rows = [list(group) for group, is_tall in zip(groups, tall, strict=True) if is_tall]
    bounds = [around([boxes[n] for n in row]) for row in rows]
    for group, is_tall in zip(groups, tall, strict=True):
        if not is_tall:
            box = around([boxes[n] for n in group])
            apart = [max(row.top - box.bottom, box.top - row.bottom, 0.0) for row in bounds]
            rows[int(np.argmin(apart))] += group
    return [sorted(row) for row in rows]


def _row(numbers: Sequence[int], boxes: Sequence[Box], growing: int) -> Row:
    highest = max(boxes[n].height for n in numbers)
    tall = [n for n in numbers if boxes[n].height >= TALL * highest]
    row = around([boxes[n] for n in tall])
    signs = []
    for number in numbers:
        if number not in tall and number != growing and (text := _sign(boxes[number], row, boxes, tall)):
            signs.append(Sign(number, text))
    taken = {sign.stroke for sign in signs}
    return Row(tuple(n for n in numbers if n not in taken), tuple(signs))


def _sign(box: Box, row: Box, boxes: Sequence[Box], tall: Sequence[int]) -> str:
    """What a small stroke is; empty where it is a part of a digit."""
    height = max(row.height, 1e-6)
    apart = APART * height
    alone = all(box.right + apart <= boxes[n].left or box.left >= boxes[n].right + apart for n in tall)
    if not alone:
        return ""
    middle = (box.top + box.bottom) / 2
    if box.width <= SPECK * height and (middle - row.top) / height >= LOW:
        if box.height <= SPECK * height and box.bottom <= row.bottom + BELOW * height:
            return POINT if any(boxes[n].right <= box.left for n in tall) else ""
        if box.height <= SPECK_COMMA * height and box.bottom > row.bottom:
            return COMMA if any(boxes[n].right <= box.left for n in tall) else ""
        return ""
    is_first = all(box.right <= boxes[n].left for n in tall)
    level = box.height <= FLAT * box.width and SHORTEST * height <= box.width <= LONGEST * height
    inside = MIDDLE[0] <= (middle - row.top) / height <= MIDDLE[1]
    return MINUS if is_first and level and inside else ""
