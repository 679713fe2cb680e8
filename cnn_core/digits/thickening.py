"""Digits of a data set as a broader pen would have written them.

Somebody who writes small with a thick pen fills loops and gaps, and scaled to MNIST's box the lines are twice as wide
as most. There are few of these among MNIST's images, and a network that knows no more of them misreads many.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import Dataset, to_bytes
from cnn_core.digits.thinning import CHUNK, Report, finer_ink
from cnn_core.drawing.normalize import from_bitmap

BROADER = (2, 6)
"""How much line is added on either side, least and most, in pixels of `finer_ink`."""


def thicken(digits: Dataset, rng: np.random.Generator, progress: Report = lambda *_: None) -> Dataset:
    """Digits [28, 28], each with lines broader by `BROADER`, put into MNIST's box again, where all is smaller then."""
    images = np.empty_like(digits.images)
    steps = rng.integers(BROADER[0], BROADER[1] + 1, len(digits))
    for start in range(0, len(digits), CHUNK):
        progress(start, len(digits))
        part = slice(start, start + CHUNK)
        ink = _broaden(finer_ink(digits.images[part, :, :, 0]), steps[part])
        for i, one in enumerate(ink):
            images[start + i, :, :, 0] = to_bytes(from_bitmap(one.astype(np.float32)))
    return Dataset(digits.name, images, digits.labels, digits.class_names)


def _broaden(ink: NDArray[np.bool_], steps: NDArray[np.integer]) -> NDArray[np.bool_]:
    """``ink`` [n, s, s] grown by ``steps`` [n] pixels on all sides, on paper as much larger as the longest needs.

    Pixels above, below and beside in odd steps, and those at the corners too in even ones: together nearly round.
    """
    most = int(steps.max(initial=0))
    ink = np.pad(ink, ((0, 0), (most, most), (most, most)))
    for step in range(1, most + 1):
        growing = np.nonzero(steps >= step)[0]
        before = ink[growing]
        columns = _with_neighbours(before, 1)
        ink[growing] = columns | _with_neighbours(before if step % 2 else columns, 2)
    return ink


def _with_neighbours(ink: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """What is ink itself or next to ink along ``axis``; there is none at the edge."""
    return ink | np.roll(ink, 1, axis) | np.roll(ink, -1, axis)
