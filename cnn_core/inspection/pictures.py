"""Pictures of what inspection finds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.inspection.colors import colorize

DIM = 0.55
"""How bright the image stays under a map."""
MOST_COVER = 0.85


def laid_over(image: Array, values: Array | None, signed: bool) -> NDArray[np.uint8]:
    """RGB [h, w, 3] of ``image`` [h, w, c] in [0, 1] in grey with ``values`` [h, w] over it in colours.

    The larger a value, the less shows through; ``signed`` colours both signs, else what is below zero counts as zero.
    """
    brightness = np.clip(image.mean(axis=2, keepdims=True), 0, 1).repeat(3, axis=2)
    if values is None:
        return np.rint(brightness * 255).astype(np.uint8)
    limit = max(float(np.abs(values).max()), 1e-12)
    colours = colorize(values, -limit if signed else 0.0, limit, signed).astype(np.float32)
    strength = np.sqrt(np.clip(np.abs(values) / limit, 0, 1))[:, :, None] * MOST_COVER
    return np.rint(brightness * (255 * DIM) * (1 - strength) + colours * strength).astype(np.uint8)
