"""Can the confidence be trusted, and what does it cost to answer only when sure?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.evaluation.statistics import wilson_interval

BINS = 10
FEWEST_IN_BIN = 10


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Images of which the network is about equally sure.

    Attributes
    ----------
    confidence : their mean confidence
    accuracy : share of them that is read rightly
    interval : 95 % of that share, from and to
    count : how many they are
    """

    confidence: float
    accuracy: float
    interval: tuple[float, float]
    count: int


def reliability_bins(probabilities: Array, labels: NDArray[np.integer], bins: int = BINS) -> tuple[ReliabilityBin, ...]:
    """Images [n, k] in groups of equal width in confidence, from the least sure to the surest.

    A group of fewer than `FEWEST_IN_BIN` joins the next surer one: of two images nothing can be said. A network that
    is right as often as it is sure has all of them on the diagonal. Source: Guo et al.: "On Calibration of Modern
    Neural Networks" (2017), figure 1.
    """
    sure = probabilities.max(axis=1) if len(probabilities) else np.zeros(0, np.float32)
    right = probabilities.argmax(axis=1) == labels if len(probabilities) else np.zeros(0, np.bool_)
    lowest = 1 / probabilities.shape[1]
    edges = np.linspace(lowest, 1, bins + 1)
    places = np.clip(np.searchsorted(edges, sure, side="right") - 1, 0, bins - 1)
    found, waiting = list[ReliabilityBin](), np.zeros(len(sure), np.bool_)
    for number in range(bins):
        waiting |= places == number
        count = int(waiting.sum())
        if count >= FEWEST_IN_BIN or (count and number == bins - 1):
            share = float(right[waiting].mean())
            found.append(ReliabilityBin(float(sure[waiting].mean()), share, wilson_interval(share, count), count))
            waiting = np.zeros(len(sure), np.bool_)
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class CoverageCurve:
    """How many images are answered, and how many of these rightly, if the network answers only where its confidence is
    at least ``threshold``; all [n + 1], from all images to the surest.

    The first is of all images.
    """

    threshold: NDArray[np.float64]
    coverage: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    def coverage_for(self, accuracy: float) -> float:
        """The largest share of images that can be answered with at least this accuracy; 0 where none."""
        good = self.accuracy >= accuracy
        return float(self.coverage[good].max()) if good.any() else 0.0


def coverage_curve(probabilities: Array, labels: NDArray[np.integer]) -> CoverageCurve:
    """Of images [n, k] and their labels [n]. Source: El-Yaniv, Wiener: "On the Foundations of Noise-free Selective
    Classification" (2010)."""
    n = len(labels)
    if n == 0:
        return CoverageCurve(*(np.zeros(0) for _ in range(3)))
    sure = probabilities.max(axis=1).astype(np.float64)
    order = np.argsort(-sure, kind="stable")
    right = (probabilities.argmax(axis=1) == labels)[order]
    answered = np.arange(1, n + 1)
    return CoverageCurve(sure[order][::-1], (answered / n)[::-1], (np.cumsum(right) / answered)[::-1])
