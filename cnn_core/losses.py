"""What training makes small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.errors import DataError, ShapeError
from cnn_core.layers.options import fraction

NOT_A_CLASS = -1
"""Label of an image that belongs to none of the classes: a network learns as much, and accuracy leaves it out."""
WEIGHT_OF_NO_CLASS = 0.5
"""Of the loss of an image that belongs to none of the classes, as in the source."""


@dataclass(frozen=True, slots=True)
class LossResult:
    """Loss of every image [n], and the gradient of their *sum* with respect to the logits [n, k]."""

    losses: Array
    dlogits: Array


@dataclass(frozen=True, slots=True, eq=False)
class SecondLabels:
    """What else each image of a batch shows: ``labels`` [n] and their ``shares`` [n] of it, from 0 to 1.

    Raises `ShapeError` where these are not one whole number and one share each.
    """

    labels: NDArray[np.integer]
    shares: Array

    def __post_init__(self) -> None:
        labels, shares = np.asarray(self.labels), np.asarray(self.shares)
        fit = labels.ndim == 1 and labels.dtype.kind in "iu" and shares.shape == labels.shape
        if not fit or not ((shares >= 0) & (shares <= 1)).all():
            raise ShapeError(
                f"Second labels expected whole numbers [n] and their shares [n] from 0 to 1, received "
                f"{list(labels.shape)} of {labels.dtype} and {list(shares.shape)}."
            )

    def __getitem__(self, images: slice) -> SecondLabels:
        return SecondLabels(self.labels[images], self.shares[images])


class SoftmaxCrossEntropy:
    """Cross-entropy between the labels and the softmax of the logits, in one numerically safe step.

    ``loss = -Σ_k target_k · log softmax(logits)_k``, so that the gradient is just ``softmax(logits) - target``.

    The target of an image labelled `NOT_A_CLASS` is 1/k for each class: the network learns to have no opinion. Its loss
    is counted from there (log k less), so that 0 is perfect here too, and half (`WEIGHT_OF_NO_CLASS`). Source:
    Hendrycks, Mazeika, Dietterich: "Deep Anomaly Detection with Outlier Exposure" (2019).

    Parameters
    ----------
    label_smoothing : float in [0, 1)
        The target is ``1 - s + s/k`` for the right class and ``s/k`` for the others. Source: Szegedy et al.:
        "Rethinking the Inception Architecture" (2016), section 7.
    """

    def __init__(self, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = fraction(label_smoothing, "label_smoothing")

    def __call__(self, logits: Array, labels: NDArray[np.integer], second: SecondLabels | None = None) -> LossResult:
        """Losses and gradient for logits [n, k] and labels [n] from 0 to k - 1, or `NOT_A_CLASS`.

        With ``second`` each is the mean of those for either label, weighted by the shares.
        """
        if second is None:
            return self._of_one(logits, labels)
        if second.labels.shape != labels.shape:
            raise ShapeError(
                f"The loss expected as many second labels as labels, received {len(second.labels)} and {len(labels)}."
            )
        one, other = self._of_one(logits, labels), self._of_one(logits, second.labels)
        share = second.shares.astype(logits.dtype)
        return LossResult(
            one.losses + share * (other.losses - one.losses),
            one.dlogits + share[:, None] * (other.dlogits - one.dlogits),
        )

    def _of_one(self, logits: Array, labels: NDArray[np.integer]) -> LossResult:
        if logits.ndim != 2 or labels.shape != logits.shape[:1]:
            raise ShapeError(
                f"The loss expected logits [n, k] and labels [n], received {list(logits.shape)} and "
                f"{list(labels.shape)}."
            )
        n, k = logits.shape
        least = labels.min() if n else 0
        if n and (least < NOT_A_CLASS or labels.max() >= k):
            raise DataError(
                f"The loss expected labels from 0 to {k - 1}, received {labels.min()} to {labels.max()}. "
                f"Use a network with as many outputs as the data set has classes."
            )
        shifted = logits - logits.max(axis=1, keepdims=True)
        exp = np.exp(shifted)
        total = exp.sum(axis=1, keepdims=True)
        log_total = np.log(total)
        smoothing = self.label_smoothing
        rows = np.arange(n)
        losses = log_total[:, 0] - shifted[rows, labels]
        dlogits = exp / total
        dlogits[rows, labels] -= 1 - smoothing
        if not smoothing and least > NOT_A_CLASS:
            return LossResult(losses, dlogits)
        losses *= 1 - smoothing
        log_probabilities = shifted - log_total
        if smoothing:
            losses -= smoothing / k * log_probabilities.sum(axis=1)
            dlogits -= logits.dtype.type(smoothing / k)
        others = np.nonzero(labels == NOT_A_CLASS)[0]
        if len(others):
            losses[others] = -WEIGHT_OF_NO_CLASS * (log_probabilities[others].mean(axis=1) + np.log(k))
            dlogits[others] = logits.dtype.type(WEIGHT_OF_NO_CLASS) * (exp[others] / total[others] - 1 / k)
        return LossResult(losses, dlogits)
