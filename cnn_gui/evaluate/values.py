"""What the workspace is told by its jobs: all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.calibration import Calibration
from cnn_core.datasets.dataset import Dataset
from cnn_core.evaluation import AnswersCompared, Evaluation, Influences, LabelIssues
from cnn_gui.session.frozen_model import FrozenModel

OPEN = "open"


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A network that can be judged.

    Attributes
    ----------
    key : `OPEN` for the one that reads the canvas, else the model's file
    title : for people
    epochs : files of the epochs that its run has kept, with their numbers
    """

    key: str
    title: str
    epochs: tuple[tuple[int, Path], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A network and what it reads in the images.

    Attributes
    ----------
    model : to ask it more
    raw : the images as they lie on the disk
    data : the same, labelled by the network's classes and as somebody has set them right
    words : what the images are
    found : logits and labels
    seconds : how long the reading took
    """

    title: str
    model: FrozenModel
    class_names: tuple[str, ...]
    calibration: Calibration
    raw: Dataset
    data: Dataset
    words: str
    found: Evaluation
    seconds: float
    probabilities: Array
    """[n, k] of the images of a class, once and for all"""

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """[n] which are misread."""
        return self.found.predicted != self.found.labels


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two networks on the same images."""

    a: Judged
    b: Judged
    answers: AnswersCompared


@dataclass(frozen=True, slots=True, eq=False)
class Issues:
    """Labels that are doubtful, of the training images."""

    data: Dataset
    found: LabelIssues


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Training images that count for the answer on the canvas.

    Attributes
    ----------
    run : the folder's name of the run whose weights were followed
    numbers : of ``data``'s images in the data set as it lies on the disk
    """

    answer: str
    run: str
    data: Dataset
    numbers: NDArray[np.int64]
    found: Influences
