"""Numbers that say how well it goes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array


def count_correct(scores: Array, labels: NDArray[np.integer]) -> int:
    """How many rows of ``scores`` [n, k] (logits or probabilities) are largest at their label [n]."""
    return int(np.count_nonzero(scores.argmax(axis=1) == labels))


def accuracy(scores: Array, labels: NDArray[np.integer]) -> float:
    """Share of rows that are right, from 0 to 1; 0 when there are none."""
    return count_correct(scores, labels) / len(labels) if len(labels) else 0.0


def expected_calibration_error(probabilities: Array, labels: NDArray[np.integer], bins: int = 15) -> float:
    """How far confidence and accuracy lie apart, from 0 to 1: the mean over equally wide bins of confidence, weighted
    by the images in each. ``probabilities`` [n, k], labels [n].

    Source: Naeini, Cooper, Hauskrecht: "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (2015).
    """
    if not len(labels):
        return 0.0
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    apart = np.bincount(place, right, bins) - np.bincount(place, confidence, bins)
    return float(np.abs(apart).sum() / len(labels))


def auroc(positive: Array, negative: Array) -> float:
    """Probability that a score of ``positive`` [n] exceeds one of ``negative`` [m], ties counting half: the area under
    the receiver operating characteristic."""
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(negative)
    below, not_above = np.searchsorted(ordered, positive, "left"), np.searchsorted(ordered, positive, "right")
    return float((below + not_above).mean() / 2 / len(negative))


class RunningMean:
    """Mean of all that was added, each with its weight; for example a loss over the batches of an epoch."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._weight = 0.0

    def add(self, value: float, weight: float = 1.0) -> None:
        """Count ``value`` ``weight`` times."""
        self._sum += value * weight
        self._weight += weight

    @property
    def value(self) -> float:
        """The mean so far; 0 before anything was added."""
        return self._sum / self._weight if self._weight else 0.0


class MovingAverage:
    """Exponential average that forgets: each new value counts ``1 - memory``; unbiased from the first one on."""

    def __init__(self, memory: float = 0.9) -> None:
        self.memory = memory
        self._sum = 0.0
        self._weight = 0.0

    def add(self, value: float) -> float:
        """Count ``value`` and return the average."""
        self._sum = self.memory * self._sum + (1 - self.memory) * value
        self._weight = self.memory * self._weight + (1 - self.memory)
        return self.value

    @property
    def value(self) -> float:
        """The average so far; 0 before anything was added."""
        return self._sum / self._weight if self._weight else 0.0
