"""Which number is white? Images come as 0 and 1, as 0…16, as bytes, as 16 bits and as fractions.

The brightest value of all images tells. What would be learnt as nearly black is refused and not guessed at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import DataError

WHOLE_SCALES = (1, 16, 255, 4095, 65535)
"""Brightest values of images of whole numbers: bits, as in the digits of scikit-learn, bytes, 12 and 16 bits."""
LEAST_SHARE = 0.4
"""Images whose brightest pixel is less than this share of white are too dark to be right."""
CHUNK = 1 << 20


def full_scale(name: str, parts: Sequence[np.ndarray]) -> float:
    """The value that stands for white in the image arrays ``parts`` of the data set called ``name``; 255 for bytes.

    Raises `DataError` where values are negative, not finite, or where no scale fits, and names the brightest value.
    """
    filled = [part for part in parts if part.size]
    if not all(np.isfinite(part).all() for part in filled if part.dtype.kind == "f"):
        raise DataError(f"{name} expected images of finite numbers, received NaN or infinity. Replace these values.")
    low, high = (float(f([f(part) for part in filled], initial=0)) for f in (np.min, np.max))
    if low < 0:
        raise DataError(
            f"{name} expected images from 0 (black) to 255, or from 0 to 1, received values down to {low:g}. "
            "Shift and scale them before you save them."
        )
    is_whole = all(part.dtype.kind in "uib" for part in parts)
    scales = WHOLE_SCALES if is_whole else (1.0,)
    full = next((float(scale) for scale in scales if high <= scale), 0.0)
    if high == 0:  # all black: nothing tells, and nothing is lost
        return 255.0 if is_whole else 1.0
    if not full or (high < full * LEAST_SHARE and (full > 16 or not is_whole)):
        wanted = "whole numbers from 0 to 255" if is_whole else "numbers from 0 to 1"
        raise DataError(
            f"{name} expected images of {wanted} that use this range, received {high:g} as the brightest value. "
            "Scale them before you save them."
        )
    return full


def to_bytes_of(images: np.ndarray, full: float) -> NDArray[np.uint8]:
    """Images whose white is ``full`` as bytes 0…255, rounded; bytes are taken as they are."""
    if images.dtype == np.uint8 and full == 255:
        return images
    result = np.empty(images.shape, np.uint8)
    flat, source = result.reshape(-1), images.reshape(-1)
    for start in range(0, len(flat), CHUNK):  # a data set of float64 would else stand in memory three times
        part = source[start : start + CHUNK].astype(np.float64)
        flat[start : start + CHUNK] = np.rint(np.clip(part * (255 / full), 0, 255))
    return result


def scale_words(full: float) -> str:
    """What people should know of a scale that is not the ordinary one; empty for bytes and fractions."""
    return f"its brightest value is {full:g}, which is taken for white" if full not in (1.0, 255.0) else ""
