"""An image of a data set as it may lie on the canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import to_float
from cnn_core.drawing.strokes import Picture
from cnn_core.preprocessing import DARK_ON_LIGHT, polarity_of


def picture_for(image: NDArray[np.uint8]) -> Picture:
    """Of an image [h, w, c], bytes: its ink, light or dark, and its pixels."""
    pixels = to_float(np.ascontiguousarray(image))
    colours = pixels if pixels.shape[2] == 3 else np.repeat(pixels[..., :1], 3, axis=2)
    ink = pixels.mean(axis=2)
    return Picture(1 - ink if polarity_of(image[None]) == DARK_ON_LIGHT else ink, colours)
