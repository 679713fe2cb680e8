"""Taught drawings as images with labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset, to_bytes
from cnn_core.errors import DataError
from cnn_core.preprocessing import InputSpec
from cnn_core.teaching.drawing_book import NONE, BookEntry
from cnn_core.teaching.fine_tune import drawn_image


def book_as_dataset(entries: Sequence[BookEntry], spec: InputSpec, class_names: Sequence[str] = ()) -> Dataset:
    """The drawings as a model with ``spec`` receives them; classes are ``class_names`` and what else they are called.

    Raises `DataError` where there is none.
    """
    if not entries:
        raise DataError("The drawings expected one at least, found none. Draw something and say what it is.")
    labels = dict.fromkeys([*class_names, *(e.drawing.label for e in entries if e.drawing.label != NONE)])
    names = tuple(labels) or (NONE,)
    numbers = [NOT_A_CLASS if e.drawing.label == NONE else names.index(e.drawing.label) for e in entries]
    images = to_bytes(np.stack([drawn_image(entry.drawing, spec) for entry in entries]))
    return Dataset("my drawings", images, np.array(numbers, np.int64), names)
