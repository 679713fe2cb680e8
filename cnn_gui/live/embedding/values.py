"""What the room shows. Frozen, knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_core.inspection import Embedding


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """The test images as points of a plane, and the drawing among them.

    Attributes
    ----------
    embedding : where they stand; None while it is being worked out
    images, labels : [n, h, w, c] bytes and [n]
    class_names : the images' own names, which need not be the model's
    here : the drawing's point; None on a blank canvas
    nearest : numbers of the images most like it, nearest first
    words : what the images are, or why there is nothing
    progress : from 0 to 1
    outdated : whether the weights have changed since
    """

    embedding: Embedding | None = None
    images: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 1, 1, 1), np.uint8))
    labels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    class_names: tuple[str, ...] = ()
    here: tuple[float, float] | None = None
    nearest: tuple[int, ...] = ()
    words: str = ""
    progress: float = 0.0
    outdated: bool = False
