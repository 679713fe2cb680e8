"""Data sets of one's own from ``.npz`` files."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from cnn_core.data.dataset import Dataset, to_bytes
from cnn_core.errors import DataError

MOST_CLASSES = 1000
UNREADABLE = (
    OSError, ValueError, TypeError, AttributeError, LookupError, EOFError, RuntimeError,
    OverflowError, MemoryError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What a damaged file makes the zip and the array reader raise."""
NUMBERS = "uifb"
"""Kinds of arrays that hold plain numbers."""


def read_npz(path: str | Path) -> tuple[Dataset, Dataset | None]:
    """Training and, where it is there, test part of an ``.npz`` file.

    It holds ``x_train`` [n, h, w] or [n, h, w, c] (bytes 0…255, or floats in [0, 1]) and ``y_train`` [n], and may hold
    ``x_test`` and ``y_test`` (the names that Keras uses), or just ``images`` and ``labels``. Pickled objects are
    never loaded. Raises `DataError`.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except FileNotFoundError as error:
        raise DataError(f"Expected an .npz file, found nothing at {path}.") from error
    except UNREADABLE as error:
        raise DataError(f"{path.name} expected a NumPy .npz file of plain arrays, received {error}.") from error
    for images, labels in (("x_train", "y_train"), ("images", "labels")):
        if images in arrays and labels in arrays:
            train = (arrays[images], arrays[labels])
            break
    else:
        raise DataError(
            f"{path.name} expected the arrays x_train and y_train (or images and labels), received "
            f"{', '.join(arrays) or 'none'}."
        )
    test = (arrays["x_test"], arrays["y_test"]) if {"x_test", "y_test"} <= arrays.keys() else None
    try:
        labels = np.concatenate([part[1].ravel() for part in (train, test) if part])
        low, high = int(labels.min()), int(labels.max())
    except (TypeError, ValueError) as error:
        raise DataError(f"{path.name} expected whole numbers as labels, received something else.") from error
    if low < 0 or high >= MOST_CLASSES:
        raise DataError(f"{path.name} expected labels from 0 to {MOST_CLASSES - 1}, received {low} to {high}.")
    classes = 1 + high
    names = tuple(str(i) for i in range(classes))
    return _part(path.name, *train, names), _part(path.name, *test, names) if test else None


def _part(name: str, images: np.ndarray, labels: np.ndarray, class_names: tuple[str, ...]) -> Dataset:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if images.ndim == 3:
        images = images[..., None]
    if images.dtype != np.uint8:
        if images.dtype.kind not in NUMBERS or not np.isfinite(images).all():
            raise DataError(f"{name} expected images of numbers, received {images.dtype}.")
        if images.size and not 0 <= images.min() <= images.max() <= 1:
            raise DataError(
                f"{name} expected bytes (uint8), or numbers from 0 to 1, received {images.dtype} from "
                f"{images.min():g} to {images.max():g}."
            )
        images = to_bytes(images)
    if not np.issubdtype(labels.dtype, np.integer):
        raise DataError(f"{name} expected whole numbers as labels, received {labels.dtype}.")
    return Dataset(name, images, labels.astype(np.int64), class_names)
