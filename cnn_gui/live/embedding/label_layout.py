"""Names that would lie on one another, moved apart. Knows no Qt."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

MOST_ROUNDS = 60


def spread_labels(middles: NDArray[np.floating], sizes: NDArray[np.floating]) -> NDArray[np.float64]:
    """Middles [n, 2] of boxes of ``sizes`` [n, 2] (x, y), moved as little as it takes until no two boxes overlap.

    In each round every pair that overlaps gives way along the axis on which less is missing; where there is no room
    for all within `MOST_ROUNDS`, some overlap is left.
    """
    places, sizes = np.array(middles, np.float64), np.asarray(sizes, np.float64)
    for _ in range(MOST_ROUNDS):
        moved = False
        for i, j in combinations(range(len(places)), 2):
            away = places[j] - places[i]
            missing = (sizes[i] + sizes[j]) / 2 - np.abs(away)
            if (missing > 1e-6).all():
                axis = int(missing.argmin())
                step = np.copysign(missing[axis] / 2, away[axis])
                places[i, axis] -= step
                places[j, axis] += step
                moved = True
        if not moved:
            break
    return places
