"""What the jobs of the workspace hand out: all frozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.edits import DataEdits
from cnn_core.datasets.source import DataSplits
from cnn_core.datasets.survey import Survey

TRAINING, VALIDATION, TEST = "training", "validation", "test"
ALL, RIGHT, WRONG, DOUBTFUL, EDITED = "all", "right", "wrong", "doubtful", "edited"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A line of the list of sources."""

    name: str
    title: str
    is_here: bool
    downloads: bool
    is_own: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A data set that was read, and what was changed in its parts."""

    name: str
    splits: DataSplits
    survey: Survey
    parts: dict[str, Dataset]
    edits: dict[str, DataEdits]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the network reads in a part: the most probable class of each image [n], how sure it is, and which network.

    ``probabilities`` [n, k] are kept as halves: of a million images they are still 20 MB for ten classes.
    """

    probabilities: NDArray[np.float16]
    class_names: tuple[str, ...]
    network: str

    @property
    def read(self) -> NDArray[np.int64]:
        return self.probabilities.argmax(axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Doubts:
    """How doubtful each label of a part is: [n], above 0 where it counts as wrong; and what it may be instead."""

    doubt: Array
    likely: NDArray[np.int64]
    is_suspected: NDArray[np.bool_]
