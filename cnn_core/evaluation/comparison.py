"""Two networks on the same images: where they disagree, and whether one is better by more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.evaluation.evaluate import Evaluation
from cnn_core.evaluation.statistics import mcnemar


@dataclass(frozen=True, slots=True, eq=False)
class AnswersCompared:
    """What two networks, A and B, read in the same images of a class.

    Attributes
    ----------
    both_right, only_a, only_b, both_wrong : how many images
    disagree : where in the data set the images stand that were read differently, those first of which the two are
        surest together
    chance : of a difference at least so large where both are equally good (McNemar's test)
    """

    both_right: int
    only_a: int
    only_b: int
    both_wrong: int
    disagree: NDArray[np.int64]
    chance: float

    @property
    def is_real(self) -> bool:
        """Whether the difference is more than chance, at 5 %."""
        return self.chance < 0.05


def compare_answers(a: Evaluation, b: Evaluation) -> AnswersCompared:
    """Compare two passes over the same data set; raises `ShapeError` where the images or labels are not the same."""
    if not (np.array_equal(a.labels, b.labels) and np.array_equal(a.indices, b.indices)):
        raise ShapeError(
            f"Two networks are compared on the same images; expected {a.n:,} with the same labels, received {b.n:,}."
        )
    a_right, b_right = a.predicted == a.labels, b.predicted == b.labels
    differ = np.flatnonzero(a.predicted != b.predicted)
    surety = a.probabilities.max(axis=1)[differ] + b.probabilities.max(axis=1)[differ]
    only_a, only_b = int((a_right & ~b_right).sum()), int((b_right & ~a_right).sum())
    return AnswersCompared(
        int((a_right & b_right).sum()),
        only_a,
        only_b,
        int((~a_right & ~b_right).sum()),
        a.indices[differ[np.argsort(-surety, kind="stable")]],
        mcnemar(only_a, only_b),
    )
