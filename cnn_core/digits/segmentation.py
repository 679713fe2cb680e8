"""A number written in one go, taken apart into its digits.

The drawing is cut into fragments, ordered from left to right. Every few neighbouring fragments may be one digit; how
well they look like one is asked of a network that was also shown things which are none. Of all ways to group the
fragments the cheapest is taken, found by dynamic programming. Source: the "segmentation graph" of LeCun, Bottou,
Bengio, Haffner: "Gradient-Based Learning Applied to Document Recognition" (1998), section VI.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cnn_core.arrays import Array
from cnn_core.digits.fragments import (
    Box,
    Fragment,
    InkFragment,
    StrokeFragment,
    around,
    fragments_of,
    part_of_stroke,
    picture_of,
    stroke_fragments,
)
from cnn_core.digits.letters import are_one_letter, is_straight
from cnn_core.digits.number_layout import lay_out
from cnn_core.drawing.erasing import Eraser
from cnn_core.drawing.normalize import BITMAP_SIDE_PX, Renderer
from cnn_core.drawing.strokes import Mark, Points, Stroke
from cnn_core.preprocessing import MOST_STROKES

Key = tuple[tuple[int, ...], ...]
Scorer = Callable[[Array], Array]
"""Images [n, 28, 28, 1] -> how much each looks like one digit, [n] from 0 to 1."""

MOST_FRAGMENTS = 24
"""More than this is no number, and is read as a whole."""
MOST_IN_DIGIT = 5
"""Strokes that one digit is put together from at most."""
EACH_DIGIT, EACH_OF_LINES = 0.6, 1.2
"""Price of another digit, so that none is taken apart without need; and of one of straight lines, which may as well be
strokes of its neighbour."""
INSIDE, WIDE_GAP = 0.7, 8.0
"""Price of a gap inside a digit, and of each row height that it is wider than a twentieth. On 24 writers' digits of
several strokes the boxes of the strokes overlapped along the row in 98 %."""
BETWEEN, OVERLAP, DEEP = 2.5, 0.16, 0.26
"""Price of digits whose boxes overlap along the row by more than so many row heights, and twice of each row height more
than the last. Who writes fast has neighbours overlap by a tenth."""
CUT = 0.4
"""Price of a digit that begins inside a stroke."""
LIGATURE = 0.4
"""Price of a part of a stroke that only joins two digits."""
SOFTNESS = 0.03
"""Share of the row's height over which overlap turns into gap."""
SMALL, SMALL_HEIGHT = 6.0, 0.45
"""Price of a digit that is lower than this share of the row, for the whole of what it lacks."""
SLOPING = 1.6
"""The row is at most so many times as high as its highest fragment."""
SURE = 0.7
"""Price up to which a stroke is a digit and is not cut: a score of one half."""
BOTH_SURE = 0.2
"""Price up to which each of two marks that touch is a digit, and the two no letter: a score of four fifths."""
TOUCH = 0.1
"""Least gap, in row heights, between a digit and something that is none."""
LEAST_SCORE = 1e-4
CACHE = 1000
"""Strokes, finished and under the pen, after which everything is forgotten."""
FOLLOWED_POINTS = 10
"""So many points of a growing stroke, and no more than it has, are taken for a part of the digits that were found
before the network is asked again: asking takes longer than all else that a point leads to."""
Outline = list[list[tuple[int, int, int | None]]]
"""Of each digit the pieces of strokes: number of the stroke, first and last point; None: as far as it goes."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """One digit of a drawing: its image [28, 28, 1] as MNIST's are, where it stands, and what it is made of.

    Attributes
    ----------
    sign : a point, a comma or a minus, where it is no digit; else empty
    row : of a drawing of several rows, from the top
    """

    image: Array
    box: Box
    fragments: tuple[Fragment, ...]
    sign: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The fragments of a digit or sign, before it has an image."""

    fragments: Sequence[Fragment]
    sign: str = ""
    row: int = 0

    @property
    def middle(self) -> float:
        return around([fragment.box for fragment in self.fragments]).middle


class Segmenter:
    """Takes drawings apart. Remembers what it asked the network, so that another point of a stroke costs little.

    Parameters
    ----------
    score : whether images look like a digit; a network that never saw anything but digits does not know
    """

    def __init__(self, score: Scorer) -> None:
        self._score = score
        self._eraser, self._renderer = Eraser(), Renderer(BITMAP_SIDE_PX)
        self._is_picture = False
        self._images: dict[Key, Array] = {}
        self._costs: dict[Key, float] = {}
        self._alive: dict[int, Mark] = {}
        self._marks: tuple[Mark, ...] = ()
        self._regions: tuple[Region, ...] = ()
        self._outline: Outline = []
        self._kinds: list[tuple[str, int]] = []
        self._followed = self._may_follow = 0

    def regions(self, marks: Sequence[Mark], growing: bool = False) -> tuple[Region, ...]:
        """The digits of a drawing from left to right; empty when there is nothing on the canvas.

        A region whose strokes are the same as at the last call has the same image object. While the last stroke is
        ``growing``, it may for some points be taken for a part of the digit that it was a part of.
        """
        same = len(marks) == len(self._marks) and all(a is b for a, b in zip(marks, self._marks, strict=True))
        if same and (growing or not self._followed):
            return self._regions
        follows = growing and self._goes_on(marks)
        self._keep_alive(marks)
        if follows:
            self._followed += 1
            strokes = [mark.points for mark in marks if isinstance(mark, Stroke)]
            groups = [
                _Group(fragments, sign, row)
                for fragments, (sign, row) in zip(self._along_outline(strokes), self._kinds, strict=True)
            ]
        else:
            self._followed = 0
            groups = self._found(marks, growing)
            self._outline = _outline([group.fragments for group in groups], marks) if growing else []
            self._kinds = [(group.sign, group.row) for group in groups]
            last = marks[-1] if self._outline else None
            self._may_follow = min(FOLLOWED_POINTS, len(last.points) - 1) if isinstance(last, Stroke) else 0
        self._regions = tuple(self._region(group) for group in groups)
        self._marks = tuple(marks)  # last: should something fail before, these marks have no regions yet
        return self._regions

    def _found(self, marks: Sequence[Mark], growing: bool) -> list[_Group]:
        """Digits and signs, row by row, each from left to right."""
        strokes = self._eraser(marks) if len(marks) <= MOST_STROKES else None
        rows = lay_out(strokes, growing) if strokes is not None and 1 < len(strokes) <= MOST_FRAGMENTS else ()
        if strokes is None or (len(rows) < 2 and not any(row.signs for row in rows)):
            fragments = fragments_of(marks, self._eraser, self._renderer, self._may_be_several)
            self._is_picture = any(isinstance(fragment, InkFragment) for fragment in fragments)
            return [_Group(group) for group in self._groups(fragments)]
        self._is_picture = False
        found: list[_Group] = []
        for number, row in enumerate(rows):
            own = stroke_fragments([strokes[n] for n in row.digits], self._may_be_several) if row.digits else []
            groups = [_Group(group, "", number) for group in self._groups(own)]
            for sign in row.signs:
                points = strokes[sign.stroke]
                groups.append(_Group([part_of_stroke(points, 0, len(points) - 1)], sign.text, number))
            found += sorted(groups, key=lambda group: group.middle)
        return found

    def _groups(self, fragments: Sequence[Fragment]) -> list[Sequence[Fragment]]:
        """The fragments of each digit."""
        if 1 < len(fragments) <= MOST_FRAGMENTS:
            return [fragments[i:j] for i, j in self._grouping(fragments)]
        return [fragments] if fragments else []

    def _goes_on(self, marks: Sequence[Mark]) -> bool:
        """Whether only the last stroke has grown, and not by much, since the network was asked."""
        if self._followed >= self._may_follow or len(marks) != len(self._marks):
            return False
        before, now = self._marks[-1], marks[-1]
        return (
            all(a is b for a, b in zip(marks[:-1], self._marks[:-1], strict=True))
            and isinstance(before, Stroke)
            and isinstance(now, Stroke)
            and before.erases == now.erases
            and np.array_equal(before.points, now.points[: len(before.points)])
        )

    def _along_outline(self, strokes: Sequence[Points]) -> list[Sequence[Fragment]]:
        """The groups as they were, the last stroke longer."""
        return [
            [
                part_of_stroke(strokes[number], start, len(strokes[number]) - 1 if stop is None else stop)
                for number, start, stop in digit
            ]
            for digit in self._outline
        ]

    def _may_be_several(self, stroke: StrokeFragment) -> bool:
        """Whether a stroke does not look like one digit as it is."""
        return self._costs_of([stroke], [(0, 1)])[0, 1] > SURE

    def _keep_alive(self, marks: Sequence[Mark]) -> None:
        """Keys are addresses of arrays: they hold as long as the marks, or the eraser, are kept that own these arrays.

        A picture's array is owned by neither.
        """
        if len(self._alive) > CACHE or self._is_picture:
            self._images.clear()
            self._costs.clear()
            self._alive.clear()
            self._eraser.forget()
        self._alive.update({id(mark): mark for mark in marks})

    def _grouping(self, fragments: Sequence[Fragment]) -> list[tuple[int, int]]:
        """Ranges of fragments, each a digit. What meets as the lines of a letter do is one drawing, and so is a pair
        that touches and of which one is doubtful: an H."""
        found = _letters_whole(fragments, self._best_grouping(fragments))
        if len(found) != 2:
            return found
        left, right = (around([fragment.box for fragment in fragments[i:j]]) for i, j in found)
        touch = right.left - left.right < TOUCH * around([left, right]).height
        doubt = max(self._costs_of(fragments, found).values()) > BOTH_SURE
        return [(0, len(fragments))] if touch and doubt else found

    def _best_grouping(self, fragments: Sequence[Fragment]) -> list[tuple[int, int]]:
        """Ranges of fragments, each a digit, at the least price in all."""
        row = _row_height(fragments)
        n = len(fragments)
        ranges = [(i, j) for i in range(n) for j in range(i + 1, min(n, i + MOST_IN_DIGIT) + 1)]
        costs = self._costs_of(fragments, ranges)
        least, before, is_digit = [0.0] + [float("inf")] * n, [0] * (n + 1), [True] * (n + 1)
        for i, j in ranges:
            if j == i + 1 and _is_ligature(fragments[i]) and least[i] + LIGATURE < least[j]:
                least[j], before[j], is_digit[j] = least[i] + LIGATURE, i, False
            price = least[i] + _each(fragments[i:j]) + costs[i, j] + _inside(fragments[i:j], row)
            price += _between(fragments[:i], fragments[i], row) if i else 0.0
            if price < least[j]:
                least[j], before[j], is_digit[j] = price, i, True
        grouping, j = [], n
        while j:
            if is_digit[j]:
                grouping.append((before[j], j))
            j = before[j]
        return grouping[::-1]

    def _costs_of(
        self, fragments: Sequence[Fragment], ranges: Sequence[tuple[int, int]]
    ) -> dict[tuple[int, int], float]:
        keys = {(i, j): _key(fragments[i:j]) for i, j in ranges}
        unknown = [r for r in ranges if keys[r] not in self._costs]
        if unknown:
            images = np.stack([self._image(fragments[i:j]) for i, j in unknown])
            for r, score in zip(unknown, self._score(images), strict=True):
                self._costs[keys[r]] = -float(np.log(max(float(score), LEAST_SCORE)))
        return {r: self._costs[keys[r]] for r in ranges}

    def _image(self, fragments: Sequence[Fragment]) -> Array:
        key = _key(fragments)
        if key not in self._images:
            self._images[key] = picture_of(fragments)[:, :, None]
        return self._images[key]

    def _region(self, group: _Group) -> Region:
        box = around([fragment.box for fragment in group.fragments])
        return Region(self._image(group.fragments), box, tuple(group.fragments), group.sign, group.row)


def _outline(groups: Sequence[Sequence[Fragment]], marks: Sequence[Mark]) -> Outline:
    """Where the pieces of each digit begin and end; empty where the drawing is not one of strokes alone."""
    numbers = {id(mark.points): number for number, mark in enumerate(marks) if isinstance(mark, Stroke)}
    if any(isinstance(mark, Stroke) and mark.erases for mark in marks):
        return []
    last = len(marks) - 1, len(marks[-1].points) - 1 if marks and isinstance(marks[-1], Stroke) else 0
    outline: Outline = []
    for group in groups:
        keys = [fragment.key for fragment in group if isinstance(fragment, StrokeFragment)]
        if len(keys) < len(group):
            return []
        pieces = [(numbers[address], start, stop) for address, start, stop in keys]
        outline.append([(n, start, None if (n, stop) == last else stop) for n, start, stop in pieces])
    return outline


def _key(fragments: Sequence[Fragment]) -> Key:
    return tuple(fragment.key for fragment in fragments)


def _row_height(fragments: Sequence[Fragment]) -> float:
    """How high a digit is at most: the row may climb or fall."""
    row = around([fragment.box for fragment in fragments])
    return max(min(row.height, SLOPING * max(fragment.box.height for fragment in fragments)), 1e-3)


def _letters_whole(fragments: Sequence[Fragment], found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges ``found``, those neighbours put together that are one letter."""
    whole: list[tuple[int, int]] = []
    for i, j in found:
        points = [
            [fragment.points for fragment in fragments[start:stop] if isinstance(fragment, StrokeFragment)]
            for start, stop in ([whole[-1], (i, j)] if whole else [])
        ]
        if points and all(points) and are_one_letter(*points):
            i = whole.pop()[0]
        whole.append((i, j))
    return whole


def _each(fragments: Sequence[Fragment]) -> float:
    """The price of a digit as such."""
    of_lines = all(isinstance(one, StrokeFragment) and is_straight(one.points) for one in fragments)
    return EACH_OF_LINES if of_lines else EACH_DIGIT


def _inside(fragments: Sequence[Fragment], height: float) -> float:
    """What gaps inside a digit and its height speak against it; ``height``: of the row."""
    price, reached = 0.0, fragments[0].box.right
    for before, after in pairwise(fragments):
        reached = max(reached, before.box.right)
        if not _joined(before, after):
            gap = (after.box.left - reached) / height
            price += INSIDE * _share_above(gap + 0.04) + WIDE_GAP * max(0.0, gap - 0.05)
    lacks = SMALL_HEIGHT - around([fragment.box for fragment in fragments]).height / height
    return price + SMALL * max(0.0, lacks) / SMALL_HEIGHT


def _between(left: Sequence[Fragment], right: Fragment, height: float) -> float:
    """What speaks against a digit that ends before ``right``, in a row so high."""
    if _joined(left[-1], right):
        return CUT
    overlap = (max(fragment.box.right for fragment in left) - right.box.left) / height
    return BETWEEN * (_share_above(overlap - OVERLAP) + 2 * max(0.0, overlap - DEEP))


def _is_ligature(fragment: Fragment) -> bool:
    return isinstance(fragment, StrokeFragment) and fragment.ligature


def _joined(left: Fragment, right: Fragment) -> bool:
    """Whether both were cut out of one stroke or one run of columns."""
    if isinstance(left, StrokeFragment) and isinstance(right, StrokeFragment):
        return left.key[0] == right.key[0]
    return left.box.right >= right.box.left


def _share_above(value: float) -> float:
    """0 well below zero, 1 well above."""
    return (1 + float(np.tanh(value / (2 * SOFTNESS)))) / 2
