"""Images with their labels, and how they are cut into parts and batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array, Shape
from cnn_core.errors import DataError
from cnn_core.files import brief
from cnn_core.losses import NOT_A_CLASS


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Labelled images that nobody can change.

    Attributes
    ----------
    name : what it is called in messages and files
    images : [n, h, w, c] uint8; `batch` turns them into float32 in [0, 1]
    labels : [n] int64 from 0 to k - 1, or `NOT_A_CLASS`
    class_names : the k names of the classes; none given: each by its number
    note : what people should know of it, such as which value was taken for white
    """

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    class_names: tuple[str, ...] = ()
    note: str = ""
    known_checksum: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    """Once it was asked for: nothing of the data can change."""

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != np.uint8:
            raise DataError(
                f"{self.name} expected images [n, h, w, c] as uint8, received {list(self.images.shape)} as "
                f"{self.images.dtype}."
            )
        if self.labels.shape != (len(self.images),):
            raise DataError(
                f"{self.name} expected one label an image, received {self.labels.size} labels for "
                f"{len(self.images)} images."
            )
        if not self.class_names:
            highest = int(self.labels.max(initial=0))
            object.__setattr__(self, "class_names", tuple(str(number) for number in range(highest + 1)))
        classes = len(self.class_names)
        if len(self.labels) and not NOT_A_CLASS <= self.labels.min() <= self.labels.max() < classes:
            raise DataError(
                f"{self.name} expected labels from 0 to {classes - 1}, received {self.labels.min()} to "
                f"{self.labels.max()}."
            )
        for attribute, array in (("images", self.images), ("labels", self.labels.astype(np.int64))):
            view = array.view()
            view.flags.writeable = False
            object.__setattr__(self, attribute, view)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def image_shape(self) -> Shape:
        """``(h, w, c)`` of an image."""
        return self.images.shape[1:]

    def batch(self, indices: NDArray[np.integer] | slice) -> tuple[Array, NDArray[np.int64]]:
        """Images float32 [b, h, w, c] in [0, 1] and labels [b] at ``indices``."""
        return to_float(self.images[indices]), self.labels[indices]

    def take(self, indices: NDArray[np.integer] | slice, name: str | None = None) -> Dataset:
        """The part of the data set at ``indices``."""
        return Dataset(name or self.name, self.images[indices], self.labels[indices], self.class_names)

    def for_classes(self, class_names: Sequence[str]) -> Dataset:
        """The same images, labelled by a model's ``class_names``.

        A class is the one of the same name. Where no name is shared and either side only counts its classes, the first
        is the first, the second the second, and `note` says so. Raises `DataError` for a class that the model does
        not know.
        """
        names, note = tuple(class_names), ""
        if names == self.class_names:
            return self
        by_name = len(set(names)) == len(names) and set(self.class_names) <= set(names)
        counts = any(own == tuple(map(str, range(len(own)))) for own in (names, self.class_names))
        by_order = counts and not set(self.class_names) & set(names) and len(self.class_names) <= len(names)
        if not by_name and not by_order:
            unknown = [name for name in self.class_names if name not in names] or list(self.class_names)
            raise DataError(
                f"{brief(self.name)} expected classes that the model knows ({brief(', '.join(names))}), received "
                f"{brief(', '.join(unknown))}. Choose another data set or model."
            )
        if by_name:
            places = np.array([names.index(name) for name in self.class_names], np.int64)
            labels = np.where(self.labels >= 0, places[self.labels], self.labels)
        else:
            labels = self.labels
            pairs = [f"{own} is {name}" for own, name in zip(self.class_names, names, strict=False)]
            note = f"classes without names are matched by their order: {brief(', '.join(pairs))}"
        return Dataset(self.name, self.images, labels, names, "; ".join(filter(None, [self.note, note])))

    def split(self, fraction: float, rng: np.random.Generator) -> tuple[Subset, Subset]:
        """Two parts without overlap; the second holds ``fraction`` of the images, drawn at random. Nothing is
        copied."""
        order = rng.permutation(len(self))
        count = round(len(self) * fraction)
        if not 0 < count < len(self):
            raise DataError(
                f"{brief(self.name)} expected enough images to keep some of them aside, found {len(self)} to learn "
                f"from. Take more images."
            )
        return Subset(self, np.sort(order[count:])), Subset(self, np.sort(order[:count]))

    def whole(self) -> Subset:
        """All of it."""
        return Subset(self, np.arange(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Subset:
    """Some images of a data set, in place: only those of a batch are ever copied.

    Attributes
    ----------
    data : where the images are
    indices : [m] which of them
    """

    data: Dataset
    indices: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def name(self) -> str:
        """The data set's."""
        return self.data.name

    @property
    def labels(self) -> NDArray[np.int64]:
        """[m] of these images."""
        return self.data.labels[self.indices]

    @property
    def class_names(self) -> tuple[str, ...]:
        """The data set's."""
        return self.data.class_names

    @property
    def image_shape(self) -> Shape:
        """``(h, w, c)`` of an image."""
        return self.data.image_shape

    def batch(self, indices: NDArray[np.integer] | slice) -> tuple[Array, NDArray[np.int64]]:
        """Images float32 [b, h, w, c] in [0, 1] and labels [b]; ``indices`` count the images of this part."""
        return self.data.batch(self.indices[indices])

    def copied(self) -> Dataset:
        """A data set of its own."""
        return self.data.take(self.indices)


def to_float(images: NDArray[np.uint8]) -> Array:
    """Bytes 0…255 as float32 in [0, 1]."""
    return images.astype(np.float32) * np.float32(1 / 255)


def to_bytes(images: Array) -> NDArray[np.uint8]:
    """Values in [0, 1] as bytes, rounded."""
    return np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)


def join(name: str, parts: Sequence[Dataset]) -> Dataset:
    """The images of all ``parts``, which have the same classes, one after the other."""
    images, labels = (np.concatenate(arrays) for arrays in zip(*((p.images, p.labels) for p in parts), strict=True))
    return Dataset(name, images, labels, parts[0].class_names)


def shuffled_batches(n: int, batch_size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Indices 0…n-1 in random order, ``batch_size`` at a time; the last batch may be shorter."""
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


CHECKED_AT_ONCE = 4096


def checksum(data: Dataset | Subset) -> str:
    """Tells one part of a data set from another, and whether anything in it has changed: of all images and labels."""
    if isinstance(data, Dataset) and data.known_checksum:
        return data.known_checksum[0]
    found = hashlib.sha256(str((len(data), *data.image_shape)).encode() + data.labels.tobytes())
    for start in range(0, len(data), CHECKED_AT_ONCE):
        here = slice(start, start + CHECKED_AT_ONCE)
        found.update(
            (data.images[here] if isinstance(data, Dataset) else data.data.images[data.indices[here]]).tobytes()
        )
    if isinstance(data, Dataset):
        data.known_checksum[:] = [found.hexdigest()]
    return found.hexdigest()
