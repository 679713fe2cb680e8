"""Labels that are probably wrong.

A network that did not learn from an image contradicts its label: either the network or the label is wrong. What it is
told (`find_label_issues`) are probabilities *out of fold*, each from a network that had not seen the image; see
`cnn_core.training.out_of_fold`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.errors import ShapeError


@dataclass(frozen=True, slots=True, eq=False)
class LabelIssues:
    """Images in the order in which their labels are doubtful.

    Attributes
    ----------
    order : [n] numbers of the images, the most doubtful first
    given : [n] the label of each image, in the data set's order
    likely : [n] the class that the network takes it for instead, in the data set's order
    doubt : [n] from -1 to 1, in the data set's order: the likely class's probability less the label's
    suspected : how many, from the beginning of ``order``, are counted as wrong
    """

    order: NDArray[np.int64]
    given: NDArray[np.int64]
    likely: NDArray[np.int64]
    doubt: Array
    suspected: int

    @property
    def suspects(self) -> NDArray[np.int64]:
        """Numbers of the images whose label is counted as wrong, the most doubtful first."""
        return self.order[: self.suspected]


def find_label_issues(probabilities: Array, labels: NDArray[np.integer]) -> LabelIssues:
    """Rank the labels [n] by out-of-fold probabilities [n, k].

    A class's *threshold* is the mean probability that images with its label get for it. An image counts as mislabelled
    when another class reaches its threshold while its own does not come first; all are ranked by the margin between
    both probabilities. Images labelled as none of the classes are never suspected. Source: Northcutt, Jiang, Chuang:
    "Confident Learning: Estimating Uncertainty in Dataset Labels" (2021), sections 3.1 and 3.2.
    """
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1]:
        raise ShapeError(
            f"Label issues expected probabilities [n, k] and labels [n], received {list(probabilities.shape)} and "
            f"{list(labels.shape)}."
        )
    n, k = probabilities.shape
    rows, known = np.arange(n), labels >= 0
    own = np.where(known, probabilities[rows, np.where(known, labels, 0)], 1.0)
    others = probabilities.copy()
    others[rows[known], labels[known]] = -1
    likely = others.argmax(axis=1)
    doubt = np.where(known, others[rows, likely] - own, -1.0).astype(np.float32)
    thresholds = np.array([own[known & (labels == i)].mean() if (labels == i).any() else 1.0 for i in range(k)])
    confident = known & (doubt > 0) & (others[rows, likely] >= thresholds[likely])
    order = np.lexsort((-doubt, ~confident))
    return LabelIssues(order, labels.astype(np.int64), likely, doubt, int(confident.sum()))
