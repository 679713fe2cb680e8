"""What nearly is a digit and is none: written digits that are mirrored, upside down or crossed by another line.

A network that has seen only digits and things far from them takes for a digit whatever lies between. Characters of
other scripts often do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset, to_bytes
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.digits.pen import PEN_WIDTHS_PX, vary
from cnn_core.digits.unipen import PenDigit
from cnn_core.drawing import Points, from_strokes

MIRRORED, UPSIDE_DOWN, CROSSED = frozenset({3, 6, 7, 9}), frozenset({4, 7}), frozenset({2, 3, 4, 5, 6, 8, 9})
"""Digits that are none when left and right are exchanged, or top and bottom, or with a line across: a mirrored 2 is a
5, a 3 on its head a 3, a crossed 7 a 7."""
SHORTEST, LONGEST = 0.6, 1.2
"""A line across, in sizes of the digit."""
STRAYS = 0.15
APART, FREE, MOST_TRIES = 0.09, 0.6, 20
"""So much of the line lies so far from the digit's own lines."""
DIGITS_A_LOOK = 200


def _mirrored(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:  # noqa: ARG001
    return [stroke * (-1.0, 1.0) for stroke in strokes]


def _upside_down(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:  # noqa: ARG001
    return [stroke * (1.0, -1.0) for stroke in strokes]


def _crossed(strokes: Sequence[Points], rng: np.random.Generator) -> list[Points]:
    """With one more line through it, straight or bent, that does not just follow one of its own."""
    points = np.concatenate(list(strokes))
    low, high = points.min(axis=0), points.max(axis=0)
    size = max(float((high - low).max()), 1e-3)
    t = np.linspace(-1, 1, 24)[:, None]
    line = points[:0]
    for _ in range(MOST_TRIES):
        middle = (low + high) / 2 + rng.normal(0, STRAYS * size, 2)
        angle, length = rng.uniform(0, np.pi), rng.uniform(SHORTEST, LONGEST) * size
        reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        line = middle + t * reach + (1 - t * t) * rng.normal(0, STRAYS * size, 2)
        distance = np.hypot(*(line[:, None] - points[None]).transpose(2, 0, 1)).min(axis=1)
        if (distance > APART * size).mean() >= FREE:
            break
    return [*strokes, line]


WAYS: tuple[tuple[Callable[[Sequence[Points], np.random.Generator], list[Points]], frozenset[int], float], ...] = (
    (_mirrored, MIRRORED, 0.35),
    (_upside_down, UPSIDE_DOWN, 0.15),
    (_crossed, CROSSED, 0.5),
)
"""What is done, to which digits, and to which share of the images."""


def draw_near_digits(
    digits: Sequence[PenDigit],
    count: int,
    rng: np.random.Generator,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """About ``count`` images labelled `NOT_A_CLASS`, made of ``digits`` as `cnn_core.digits.pen.vary` varies them."""
    images: list[NDArray[np.uint8]] = []
    for change, labels, share in WAYS:
        usable = [digit for digit in digits if digit.label in labels]
        for _ in range(round(count * share) if usable else 0):
            if progress and len(images) % DIGITS_A_LOOK == 0:
                progress(len(images), count)
            strokes = vary(change(usable[int(rng.integers(len(usable)))].strokes, rng), rng)
            images.append(to_bytes(from_strokes(strokes, rng.uniform(*PEN_WIDTHS_PX))))
    pixels = np.stack(images)[..., None] if images else np.zeros((0, 28, 28, 1), np.uint8)
    return Dataset("near digits", pixels, np.full(len(pixels), NOT_A_CLASS), DIGIT_NAMES)
