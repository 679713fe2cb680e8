"""What training makes small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.errors import DataError, ShapeError
from cnn_core.layers.base import fraction


@dataclass(frozen=True, slots=True)
class LossResult:
    """Loss of every image [n], and the gradient of their *sum* with respect to the logits [n, k]."""

    losses: Array
    dlogits: Array


class SoftmaxCrossEntropy:
    """Cross-entropy between the labels and the softmax of the logits, in one numerically safe step.

    ``loss = -Σ_k target_k · log softmax(logits)_k``, so that the gradient is just ``softmax(logits) - target``.

    Parameters
    ----------
    label_smoothing : float in [0, 1)
        The target is ``1 - s + s/k`` for the right class and ``s/k`` for the others. Source: Szegedy et al.:
        "Rethinking the Inception Architecture" (2016), section 7.
    """

    def __init__(self, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = fraction(label_smoothing, "label_smoothing")

    def __call__(self, logits: Array, labels: NDArray[np.integer]) -> LossResult:
        """Losses and gradient for logits [n, k] and labels [n] from 0 to k - 1."""
        if logits.ndim != 2 or labels.shape != logits.shape[:1]:
            raise ShapeError(
                f"The loss expected logits [n, k] and labels [n], received {list(logits.shape)} and "
                f"{list(labels.shape)}."
            )
        n, k = logits.shape
        if n and (labels.min() < 0 or labels.max() >= k):
            raise DataError(
                f"The loss expected labels from 0 to {k - 1}, received {labels.min()} to {labels.max()}. "
                f"Use a network with as many outputs as the data set has classes."
            )
        shifted = logits - logits.max(axis=1, keepdims=True)
        exp = np.exp(shifted)
        total = exp.sum(axis=1, keepdims=True)
        log_probabilities = shifted - np.log(total)
        smoothing = self.label_smoothing
        rows = np.arange(n)
        losses = -(1 - smoothing) * log_probabilities[rows, labels]
        dlogits = exp / total
        dlogits[rows, labels] -= 1 - smoothing
        if smoothing:
            losses -= smoothing / k * log_probabilities.sum(axis=1)
            dlogits -= logits.dtype.type(smoothing / k)
        return LossResult(losses, dlogits)
