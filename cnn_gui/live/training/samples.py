"""Training images as the network will see them, and their state."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A few training images as the chosen augmentation changes them, [n, h, w, c] bytes.

    ``words`` say what they are, or that there are none, and ``reason`` why.
    """

    images: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 1, 1, 1), np.uint8))
    words: str = ""
    reason: str = ""


class SamplesState(QObject):
    """What the panel shows of the training images. GUI thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._samples = Samples()

    @property
    def samples(self) -> Samples:
        return self._samples

    def set_samples(self, samples: Samples) -> None:
        self._samples = samples
        self.changed.emit()
