"""How well a model does on a data set, and where it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.calibration import Calibration
from cnn_core.datasets.dataset import Dataset, Subset
from cnn_core.errors import ModelFileError, ShapeError
from cnn_core.layers import softmax
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.metrics import expected_calibration_error
from cnn_core.model import Sequential

CHUNK = 1024
"""Images between two looks at ``stopped``."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What a pass over a data set found. Images labelled `NOT_A_CLASS` count in nothing but the loss and the scores.

    Attributes
    ----------
    loss : mean cross-entropy, in nats
    logits : [n, k], of the images that belong to a class
    labels : [n], theirs
    other_logits : [m, k], of the images that belong to none
    indices : [n], where in the data set the images of a class stand
    """

    loss: float
    logits: Array
    labels: NDArray[np.int64]
    other_logits: Array
    indices: NDArray[np.int64]

    @property
    def n(self) -> int:
        """How many images of a class were seen."""
        return len(self.labels)

    @property
    def probabilities(self) -> Array:
        """[n, k]"""
        with np.errstate(over="ignore", invalid="ignore"):  # logits that are not finite: the caller looks at the loss
            return softmax(self.logits)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error, from 0 to 1."""
        return expected_calibration_error(self.probabilities, self.labels)

    def turned_away(self, calibration: Calibration) -> float:
        """Share of the images of a class that the threshold of ``calibration`` takes for something else."""
        return float(1 - calibration.knows(self.probabilities).mean()) if self.n else 0.0

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The most probable class of each image, [n]."""
        return self.logits.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """Share of images that were read rightly, from 0 to 1."""
        return float((self.predicted == self.labels).mean()) if self.n else 0.0

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How often class i (row) was read as class j (column), [k, k]."""
        k = self.logits.shape[1]
        return np.bincount(self.labels * k + self.predicted, minlength=k * k).reshape(k, k)

    @property
    def recall(self) -> Array:
        """Share of each class that was read rightly, [k]; nan for a class without images."""
        counts = self.confusion.sum(axis=1)
        return np.where(counts > 0, np.diag(self.confusion) / np.maximum(counts, 1), np.nan)

    def hardest(self, count: int) -> NDArray[np.int64]:
        """Where in the data set the images stand whose right class got the least probability, the hardest first."""
        right = self.probabilities[np.arange(self.n), self.labels]
        return self.indices[np.argsort(right, kind="stable")[:count]]


def check_fit(model: Sequential, data: Dataset | Subset) -> None:
    """Raise `ShapeError` when ``model`` cannot read the images or has too few classes for the labels."""
    if model.input_shape != data.image_shape:
        raise ShapeError(
            f"{model.name} expected images {list(model.input_shape)}, received {list(data.image_shape)} from "
            f"{data.name}. Choose another data set or model."
        )
    if model.output_shape[0] < len(data.class_names):
        raise ShapeError(
            f"{model.name} expected at most {model.output_shape[0]} classes, received {len(data.class_names)} from "
            f"{data.name}. Choose another data set or model."
        )


def evaluate(
    model: Sequential,
    data: Dataset | Subset,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """Send all of ``data`` through ``model`` at inference.

    ``progress`` is called with (done, total); once ``stopped`` says so, the evaluation ends early and holds only what
    was seen by then.
    """
    check_fit(model, data)
    with engine.compile(model, CHUNK, threads) as plan:
        return evaluate_with(plan, data, progress, stopped)


def evaluate_with(
    plan: engine.Plan,
    data: Dataset | Subset,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Evaluation:
    """`evaluate` with a plan that is already there."""
    loss, total, seen = SoftmaxCrossEntropy(), 0.0, 0
    parts = [np.zeros((0, *plan.model.output_shape), np.float32)]
    for start in range(0, len(data), CHUNK):
        if stopped():
            break
        images, labels = data.batch(slice(start, start + CHUNK))
        logits = plan.logits(images)
        with np.errstate(over="ignore", invalid="ignore"):  # the caller looks at the loss
            total += float(loss(logits, labels).losses.sum())
        parts.append(logits)
        seen += len(labels)
        if progress:
            progress(seen, len(data))
    logits, labels = np.concatenate(parts), data.labels[:seen]
    known = labels >= 0
    return Evaluation(total / max(seen, 1), logits[known], labels[known], logits[~known], np.flatnonzero(known))


NOTHING_LEARNT = "The network has learnt nothing: it reads the test images no better than always saying the same."
WHAT_TO_TRY = "Train longer, choose a lower rate, and look whether the images are light on dark."


def learnt_nothing(found: Evaluation) -> bool:
    """Whether a network reads images of several classes no better than always naming the commonest, give or take what
    chance explains (two standard errors)."""
    counts = np.bincount(found.labels) if found.n else np.zeros(1, np.int64)
    if np.count_nonzero(counts) < 2:
        return False
    guess = counts.max() / found.n
    return found.accuracy <= guess + 2 * float(np.sqrt(guess * (1 - guess) / found.n))


def expect_finite(model: Sequential, probabilities: Array) -> None:
    """Raise `ModelFileError` for a model that has answered with such ``probabilities`` if its weights are of no use."""
    if not np.isfinite(probabilities).all():
        raise ModelFileError(
            f"{model.name} expected to answer with finite numbers, received others: its weights are too large. "
            "Train it anew with a lower learning rate."
        )


def try_out(model: Sequential) -> None:
    """Have a model read a blank image, one full of ink, and noise; raises `ModelFileError` as `expect_finite` does."""
    noise = np.random.default_rng(0).random(model.input_shape, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        expect_finite(model, model.predict(np.stack([np.zeros_like(noise), np.ones_like(noise), noise])))
