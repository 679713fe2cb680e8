"""Images of recorded pen strokes: each digit again and again, a little differently, as the canvas draws it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import Dataset, to_bytes
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.digits.unipen import PenDigit
from cnn_core.drawing import Points, from_strokes
from cnn_core.drawing.normalize import PEN_WIDTH_PX
from cnn_core.errors import DataError

PEN_WIDTHS_PX = (2.2, 2.7)
"""Around the width at which the canvas draws, `PEN_WIDTH_PX`."""
TREMBLE, KNOTS = 0.018, 6
"""How far the pen strays from its path, in sizes of the digit, at so many places along a stroke."""
STRAY, STRAY_ALONE = 0.03, 0.012
"""How far a stroke lies from where it was meant to, in sizes of the digit: a bar drawn too low; one that is alone."""
CUT, DRAWN_ON = 0.06, 0.12
"""An end loses up to this share of its points, or goes on by about so much of the digit's size."""
SHARE_DRAWN_ON = 0.35
FEWEST_POINTS = 12
"""Strokes of fewer points keep their ends."""
SMALLEST_PX = 30
"""Somebody who writes this small on the canvas leaves whole pixels only."""


DIGITS_A_LOOK = 20
"""Digits between two words about the progress, at which the work can be stopped."""


def vary(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """The same strokes [p, 2] as another movement of the hand: bent, turned, slanted, squeezed, their ends cut off or
    drawn on, and on a canvas where they cover few or many pixels."""
    lowest = np.min([points.min(axis=0) for points in strokes], axis=0)
    extent = max(float(np.max([(points - lowest).max() for points in strokes])), 1e-3)
    angle, slant = np.deg2rad(rng.normal(0, 7)), rng.normal(0, 0.15)
    squeeze = np.exp(rng.normal(0, 0.1, 2))
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.array([[squeeze[0], 0], [-slant, squeeze[1]]]) @ matrix
    waves = [(rng.normal(0, 0.03), rng.uniform(2, 7), rng.uniform(0, 2 * np.pi)) for _ in range(2)]
    pixels = np.exp(rng.uniform(np.log(SMALLEST_PX), np.log(400)))
    stray = STRAY if len(strokes) > 1 else STRAY_ALONE
    changed = []
    for points in strokes:
        points = _change_ends((points - lowest) / extent - 0.5, rng)
        points = points + rng.normal(0, stray, (1, 2)) + _tremble(len(points), rng)
        x, y = points[:, 0].copy(), points[:, 1].copy()
        for axis, other, (amplitude, frequency, phase) in ((0, y, waves[0]), (1, x, waves[1])):
            points[:, axis] += amplitude * np.sin(frequency * other + phase)
        changed.append(np.rint(points @ matrix * pixels) / pixels)
    return changed


def _tremble(count: int, rng: np.random.Generator) -> Points:
    """How far each of ``count`` points along a stroke strays, smoothly: [count, 2]."""
    knots = rng.normal(0, TREMBLE, (KNOTS, 2))
    at = np.abs(np.linspace(0, KNOTS - 1, count)[:, None] - np.arange(KNOTS)[None, :])
    return np.where(at < 1, 0.5 + 0.5 * np.cos(np.pi * at), 0) @ knots


def _change_ends(points: Points, rng: np.random.Generator) -> Points:
    """Each end cut off a little or, as when a loop is closed with a swing, drawn on."""
    n = len(points)
    if n < FEWEST_POINTS:
        return points
    drawn_on = rng.random(2) < SHARE_DRAWN_ON
    first, last = (0 if on else int(rng.uniform(0, CUT) * n) for on in drawn_on)
    points = points[first : n - last]
    before = _drawn_on(points[::-1], rng)[::-1] if drawn_on[0] else points[:0]
    after = _drawn_on(points, rng) if drawn_on[1] else points[:0]
    return np.concatenate([before, points, after])


def _drawn_on(points: Points, rng: np.random.Generator) -> Points:
    """Points that go on where ``points`` end, turning half as far as the last stretch did."""
    back = max(3, len(points) // 12)
    course, course_before = points[-1] - points[-1 - back], points[-1 - back] - points[-1 - 2 * back]
    if not course.any():
        return points[:0]
    side = course_before[0] * course[1] - course_before[1] * course[0]
    turn = np.arctan2(side, course_before @ course) / 2
    length = abs(rng.normal(0, DRAWN_ON))
    steps = max(2, int(length / 0.02))
    angles = np.arctan2(course[1], course[0]) + np.clip(turn, -0.5, 0.5) * np.arange(1, steps + 1) / steps
    return points[-1] + np.cumsum(np.stack([np.cos(angles), np.sin(angles)], axis=1), axis=0) * (length / steps)


def draw_pen_digits(
    digits: Sequence[PenDigit],
    copies: int,
    rng: np.random.Generator,
    name: str = "pendigits",
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Images of ``digits``: as the canvas draws them, and ``copies`` times as `vary` changes them.

    Raises `DataError` when there are no digits.
    """
    if not digits:
        raise DataError(f"{name} expected pen digits of the writers that are asked for, received none.")
    images: list[NDArray[np.uint8]] = []
    for number, digit in enumerate(digits):
        if progress and number % DIGITS_A_LOOK == 0:
            progress(number, len(digits))
        images.append(to_bytes(from_strokes(digit.strokes, PEN_WIDTH_PX)))
        for _ in range(copies):
            images.append(to_bytes(from_strokes(vary(digit.strokes, rng), rng.uniform(*PEN_WIDTHS_PX))))
    labels = np.repeat([digit.label for digit in digits], copies + 1)
    return Dataset(name, np.stack(images)[..., None], labels.astype(np.int64), DIGIT_NAMES)
