"""Precision, recall and F1 of every class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ClassReport:
    """One class. Shares are nan where nothing can be said: no image was read as the class, or none is of it.

    Attributes
    ----------
    images : how many are of the class
    read : how many were read as the class
    right : how many of either are both
    """

    images: int
    read: int
    right: int

    @property
    def precision(self) -> float:
        """Share of what was read as the class that is of it."""
        return self.right / self.read if self.read else float("nan")

    @property
    def recall(self) -> float:
        """Share of the class that was read as it."""
        return self.right / self.images if self.images else float("nan")

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.right / (self.images + self.read) if self.images + self.read else float("nan")


def class_report(confusion: NDArray[np.integer]) -> tuple[ClassReport, ...]:
    """Of each class, from a confusion matrix [k, k]: rows what it is, columns what it was read as.

    Source: van Rijsbergen: "Information Retrieval" (1979), chapter 7.
    """
    return tuple(
        ClassReport(int(confusion[i].sum()), int(confusion[:, i].sum()), int(confusion[i, i]))
        for i in range(len(confusion))
    )
