"""What a data set holds, to be looked at before anything is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.source import DataSplits, classes_in_turn
from cnn_core.errors import DataError

SAMPLES = 10


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What was found.

    Attributes
    ----------
    parts : name and number of images of each part
    shape : [h, w, c] that every image has now
    classes : each class's name and how many training images it has
    samples : some training images as a network will see them
    refused : files that were left out, each with the reason
    note : what people should know
    """

    title: str
    place: str
    parts: tuple[tuple[str, int], ...]
    shape: tuple[int, ...]
    classes: tuple[tuple[str, int], ...]
    samples: Dataset
    refused: tuple[tuple[str, str], ...] = ()
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, without the pixels."""
        return {
            "title": self.title,
            "place": self.place,
            "parts": dict(self.parts),
            "shape": list(self.shape),
            "classes": dict(self.classes),
            "refused": [{"file": name, "why": why} for name, why in self.refused],
            "note": self.note,
        }


def survey(data: DataSplits) -> Survey:
    """Look through what was loaded; raises `DataError` where no training image is of a class."""
    train = data.train
    known = train.labels[train.labels >= 0]
    if not len(known):
        raise DataError(f"{data.title} expected training images with labels, found none.")
    parts = [("training", len(train))]
    if data.validation is not None:
        parts.append(("validation", len(data.validation)))
    parts.append(("test", len(data.test)))
    counts = np.bincount(known, minlength=len(train.class_names))
    chosen = classes_in_turn(train.labels, SAMPLES, np.random.default_rng(0))
    return Survey(
        data.title,
        data.place,
        tuple(parts),
        train.image_shape,
        tuple(zip(train.class_names, counts.tolist(), strict=True)),
        train.take(chosen),
        data.refused,
        data.note,
    )
