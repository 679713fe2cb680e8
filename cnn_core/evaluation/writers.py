"""How well the hands of different people are read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.evaluation.evaluate import Evaluation

FEWEST = 10
"""People with fewer images are left out: of two images nothing can be said."""


def accuracy_by_writer(found: Evaluation, writers: NDArray[np.integer]) -> NDArray[np.float64]:
    """The share that is read rightly of each person's images, the lowest first; ``writers`` [n] say who wrote which
    image of the data set. Raises `ShapeError` where they are fewer than the images."""
    if len(writers) <= int(found.indices.max(initial=-1)):
        raise ShapeError(
            f"Writers expected one for each of the {int(found.indices.max()) + 1:,} images, received {len(writers):,}."
        )
    who = writers[found.indices]
    right = found.predicted == found.labels
    people, places = np.unique(who, return_inverse=True)
    counts = np.bincount(places, minlength=len(people))
    shares = np.bincount(places, weights=right, minlength=len(people)) / np.maximum(counts, 1)
    return np.sort(shares[counts >= FEWEST])
