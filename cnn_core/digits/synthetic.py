"""Digits of our own making: no download, no files, as many as wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.datasets.dataset import Dataset, to_bytes
from cnn_core.digits.glyphs import DIGIT_GLYPHS
from cnn_core.digits.handwriting import FREE, Hand, draw_form
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.drawing.normalize import SIDE_PX
from cnn_core.errors import ConfigError

CHUNK = 500
"""Digits drawn at a time; bounds the memory and paces the progress."""


def draw_digits(
    labels: NDArray[np.integer],
    rng: np.random.Generator,
    hand: Hand = FREE,
    look: Callable[[], None] = lambda: None,
) -> Array:
    """One image [n, 28, 28, 1] in [0, 1] for each label [n] from 0 to 9, every one different.

    ``look`` is called now and then; what it raises ends the work.
    """
    images = np.zeros((len(labels), SIDE_PX, SIDE_PX), np.float32)
    numbers = rng.integers(0, 1 << 30, len(labels))
    for label, variants in DIGIT_GLYPHS.items():
        for number, form in enumerate(variants):
            chosen = np.nonzero((labels == label) & (numbers % len(variants) == number))[0]
            look()
            if len(chosen):
                images[chosen] = draw_form(form, len(chosen), rng, hand)
    return images[..., None]


def make_synthetic(
    count: int = 12_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    name: str = "synthetic",
    hand: Hand = FREE,
) -> Dataset:
    """A data set of ``count`` drawn digits, every class equally often; same seed, same bytes.

    ``progress`` is called with (done, total) now and then; what it raises ends the work.
    """
    if count < 10:
        raise ConfigError(f"Synthetic digits expected a count of at least 10, received {count}.")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 10)
    parts = []
    for start in range(0, count, CHUNK):
        if progress:
            progress(start, count)
        look = partial(progress, start, count) if progress else lambda: None
        parts.append(to_bytes(draw_digits(labels[start : start + CHUNK], rng, hand, look)))
    return Dataset(name, np.concatenate(parts), labels, DIGIT_NAMES)
