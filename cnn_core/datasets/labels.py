"""Labels that data sets give as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.class_names import as_names
from cnn_core.errors import DataError

MOST_CLASSES = 1000


def in_order(names: Iterable[str]) -> list[str]:
    """Whole numbers by their value, all else by the alphabet."""
    return sorted(names, key=lambda name: (0, int(name), name) if _is_number(name) else (1, 0, name))


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 9


def number_labels(name: str, labels: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels given as text: the number of each, [n], and the names, in order. Whole numbers stand for themselves.

    Raises `DataError` for more classes than `MOST_CLASSES`.
    """
    labels = _whole(labels)
    found = set(labels)
    if len(found) > MOST_CLASSES:
        raise DataError(f"{name} expected at most {MOST_CLASSES:,} classes, received {len(found):,}.")
    if all(_is_number(label) for label in found):
        numbers = np.array([int(label) for label in labels], np.int64)
        highest = int(numbers.max(initial=0))
        if highest < MOST_CLASSES:
            return numbers, tuple(str(number) for number in range(highest + 1))
    names = in_order(found)
    number = {label: i for i, label in enumerate(names)}
    return np.array([number[label] for label in labels], np.int64), as_names(names)


def _whole(labels: Sequence[str]) -> Sequence[str]:
    """``2.0`` as ``2``, where all labels are whole numbers: some programs write them so."""
    plain: dict[str, str] = {}
    for label in set(labels):
        whole, _, rest = label.partition(".")
        if not _is_number(whole) or rest.strip("0"):
            return labels
        plain[label] = str(int(whole))
    return [plain[label] for label in labels]


def missing_words(labels: NDArray[np.integer], class_names: Sequence[str]) -> str:
    """What people should know of classes without images: labels from 1 on make one too many."""
    missing = sorted(set(range(len(class_names))) - set(np.unique(labels).tolist()))
    if not missing:
        return ""
    named = ", ".join(class_names[i] for i in missing[:5])
    return f"no image is labelled {named}{' …' if len(missing) > 5 else ''}"
