"""Names of classes, as data sets and model files give them and as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from cnn_core.files import brief

MOST_NAME = 60


def as_names(values: Iterable[object]) -> tuple[str, ...]:
    """Names for people: one line each, of `MOST_NAME` letters at most, none empty, none twice."""
    names: dict[str, None] = {}
    for value in values:
        name = brief(" ".join(str(value).split()), MOST_NAME) or "?"
        unique, number = name, 2
        while unique in names:
            unique, number = f"{name[: MOST_NAME - 8]} ({number})", number + 1
        names[unique] = None
    return tuple(names)
