"""Images laid over each other, so that a network learns to be as sure as what it sees allows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.losses import SecondLabels

ALPHA = 0.4
"""Of the symmetric beta distribution of the shares: mostly one image shows, and a little of the other."""


def mix_up(images: Array, labels: NDArray[np.integer], share: float, rng: np.random.Generator) -> SecondLabels:
    """Lay a second image over a ``share`` of the images, in place; returns what they show besides their labels now.

    Each of the first images of the batch is mixed with the one that stands some places further on, as it was, counted
    in a circle; the second shows by at most a half. What belongs to no class is left alone, so fewer may be mixed.

    Parameters
    ----------
    images : [n, h, w, c], in random order
    labels : [n]
    share : from 0 to less than 1
    rng : decides how many places further on, and how much the second ones show

    Source: Zhang, Cissé, Dauphin, Lopez-Paz: "mixup: Beyond Empirical Risk Minimization" (2018).
    """
    n = len(images)
    mixed = np.arange(min(round(n * share), n - 1))
    partners = (mixed + rng.integers(1, n)) % n if n > 1 else mixed
    both = (labels[mixed] >= 0) & (labels[partners] >= 0)
    mixed, partners = mixed[both], partners[both]
    shown = rng.beta(ALPHA, ALPHA, len(mixed)).astype(np.float32)
    shown = np.minimum(shown, 1 - shown)
    images[mixed] += shown[:, None, None, None] * (images[partners] - images[mixed])
    second = SecondLabels(labels.copy(), np.zeros(n, np.float32))
    second.labels[mixed], second.shares[mixed] = labels[partners], shown
    return second
