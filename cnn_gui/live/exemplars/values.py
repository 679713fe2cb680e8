"""What the room shows. Frozen, knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_core.inspection import Dream


@dataclass(frozen=True, slots=True, eq=False)
class ShownExemplars:
    """What excites one map or unit: images of a data set, and an image made for it.

    Attributes
    ----------
    layer, channel : whose likes
    images : [n, h, w, c] bytes, the most exciting first
    values : the activation in each
    seen : for each image the block of it that the most excited number sees, (rows, columns)
    dream : made from noise; None while it is not there yet
    words : what the images are, or why there are none
    progress : from 0 to 1
    """

    layer: str
    channel: int
    images: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 1, 1, 1), np.uint8))
    values: tuple[float, ...] = ()
    seen: tuple[tuple[slice, slice], ...] = ()
    dream: Dream | None = None
    words: str = ""
    progress: float = 0.0
