"""What a person has set right in a data set: labels changed, images left out. The data themselves are never touched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset, checksum
from cnn_core.datasets.source import user_data
from cnn_core.errors import CnnError, DataError, ModelFileError
from cnn_core.files import brief, is_file, read_file, reason, write_atomically

MOST_EDITS, MOST_BYTES, MOST_NUMBER = 200_000, 16 << 20, 1 << 40


@dataclass(frozen=True, slots=True)
class DataEdits:
    """Changes to one part of a data set, by the numbers of its images.

    Attributes
    ----------
    labels : pairs (image, label), in the order of the images; `NOT_A_CLASS` says that it shows none of the classes
    excluded : images that are left out, in their order

    Raises
    ------
    DataError : for anything but whole numbers, an image named twice, or more than `MOST_EDITS`
    """

    labels: tuple[tuple[int, int], ...] = ()
    excluded: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        numbers = [value for pair in self.labels for value in pair] + list(self.excluded)
        whole = all(isinstance(n, int) and not isinstance(n, bool) and -1 <= n < MOST_NUMBER for n in numbers)
        images = [image for image, _ in self.labels]
        once = len(set(images)) == len(images) and len(set(self.excluded)) == len(self.excluded)
        if not whole or not once or len(numbers) > 2 * MOST_EDITS or min([*images, *self.excluded], default=0) < 0:
            raise DataError(
                f"Changes to a data set expected numbers of images and labels, each image once and {MOST_EDITS:,} at "
                "most, received others."
            )

    def __bool__(self) -> bool:
        return bool(self.labels or self.excluded)

    def __len__(self) -> int:
        """How many images they change."""
        return len({image for image, _ in self.labels} | set(self.excluded))

    def relabelled(self, images: Iterable[int], label: int) -> DataEdits:
        """The same and a new label for these images."""
        return DataEdits(tuple(sorted((dict(self.labels) | dict.fromkeys(images, label)).items())), self.excluded)

    def without(self, images: Iterable[int]) -> DataEdits:
        """The same and these images left out."""
        return DataEdits(self.labels, tuple(sorted({*self.excluded, *images})))

    def forgotten(self, images: Iterable[int]) -> DataEdits:
        """These images as they were."""
        gone = set(images)
        return DataEdits(
            tuple(pair for pair in self.labels if pair[0] not in gone),
            tuple(image for image in self.excluded if image not in gone),
        )

    def relabel(self, data: Dataset) -> Dataset:
        """``data`` with the changed labels and all of its images; raises `DataError` where these do not fit it."""
        self.expect_fit(data)
        if not self.labels:
            return data
        labels = data.labels.copy()
        images, new = (np.array(column, np.int64) for column in zip(*self.labels, strict=True))
        labels[images] = new
        return Dataset(data.name, data.images, labels, data.class_names, data.note)

    def kept(self, count: int) -> NDArray[np.int64]:
        """Numbers of the images that are not left out, of ``count``."""
        mask = np.ones(count, np.bool_)
        mask[list(self.excluded)] = False
        return np.flatnonzero(mask)

    def applied(self, data: Dataset) -> Dataset:
        """``data`` with the changed labels and without what is left out; raises `DataError` where these do not fit."""
        relabelled = self.relabel(data)
        return relabelled.take(self.kept(len(data))) if self.excluded else relabelled

    def expect_fit(self, data: Dataset) -> None:
        """Raise `DataError` where these are no changes to ``data``."""
        highest = max([*(image for image, _ in self.labels), *self.excluded], default=-1)
        label = max((label for _, label in self.labels), default=NOT_A_CLASS)
        if highest >= len(data) or label >= len(data.class_names):
            raise DataError(
                f"The changes to {brief(data.name)} expected an image {highest} and a class {label}, found "
                f"{len(data)} images and {len(data.class_names)} classes. They belong to other data."
            )

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"labels": [list(pair) for pair in self.labels], "excluded": list(self.excluded)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DataEdits:
        """The twin of `as_dict`; raises `DataError`."""
        try:
            labels = tuple((image, label) for image, label in values.get("labels", ()))
            return cls(labels, tuple(values.get("excluded", ())))
        except (TypeError, ValueError, AttributeError) as error:
            raise DataError("Changes to a data set expected pairs of image and label, received others.") from error


NO_EDITS = DataEdits()


class EditBook:
    """The changes to all data sets, a small file each in a folder, named by the data's `checksum`."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else user_data() / "edits"

    def read(self, data: Dataset) -> DataEdits:
        """The changes to ``data``, none where there are none; raises `DataError` for a damaged file."""
        path = self._path(data)
        if not is_file(path):
            return NO_EDITS
        try:
            values = json.loads(read_file(path, MOST_BYTES, "file of changes"))
            edits = DataEdits.from_dict(values)
            edits.expect_fit(data)
        except (CnnError, ValueError, RecursionError) as error:
            raise DataError(
                f"The changes to {brief(data.name)} expected a file of the program's own, found another in "
                f"{brief(path)}. Move it away to go on without them."
            ) from error
        return edits

    def write(self, data: Dataset, edits: DataEdits) -> None:
        """Keep the changes to ``data``; raises `DataError` where they do not fit and `ModelFileError` where nothing can
        be written."""
        edits.expect_fit(data)
        path = self._path(data)
        try:
            if edits:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, json.dumps({"data": brief(data.name), **edits.as_dict()}).encode())
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise ModelFileError(
                f"The changes to {brief(data.name)} cannot be kept in {brief(self.folder)}: {reason(error)}."
            ) from error

    def _path(self, data: Dataset) -> Path:
        return self.folder / f"{checksum(data)}.json"
