"""A folder of pictures by class: ``train/CLASS/*`` and ``test/CLASS/*``, or just ``CLASS/*``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.class_names import MOST_CLASSES, as_names, in_order
from cnn_core.datasets.dataset import Dataset, to_bytes
from cnn_core.datasets.download import Progress
from cnn_core.datasets.source import FileSource, Stopped
from cnn_core.drawing.images import colours_of
from cnn_core.drawing.picture_file import SUFFIXES, read_pixels
from cnn_core.errors import CnnError, DataError, StoppedError
from cnn_core.files import brief, size_words
from cnn_core.preprocessing import LUMINANCE, WHOLE, fit

TRAIN, TEST, VALIDATION = ("train", "training"), ("test", "testing"), ("val", "valid", "validation")
MOST_SIDE_PX, USUAL_SIDE_PX = 128, 64
"""Pictures up to the first are taken at the size that most have; larger ones are made as large as the second."""
LOOKED_AT = 64
"""Pictures whose size is looked at."""
MOST_PICTURES, MOST_BYTES = 1_000_000, 4 << 30
COLOUR = 3 / 255
"""Red, green and blue of a picture that is grey differ by less, as JPEG does not keep them exactly."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Files and the numbers of their classes, in order."""

    files: tuple[Path, ...]
    labels: tuple[int, ...]


class ImageFolder(FileSource):
    """Pictures of any size and kind, read whole: resized, their proportions kept, not centred.

    They are grey where none of them has a colour. Files that cannot be read are left out, and the note says so.
    """

    geometry = WHOLE

    @property
    def title(self) -> str:
        return brief(self.path.name)

    def _read(self, progress: Progress, stopped: Stopped) -> tuple[Dataset, Dataset | None, Dataset | None]:
        folders = {words: next((self.path / w for w in words if (self.path / w).is_dir()), None)
                   for words in (TRAIN, TEST, VALIDATION)}  # fmt: skip
        train = folders[TRAIN] or self.path
        names = _classes(train, self.title)
        parts = [_listed(train, names, self.title)]
        parts += [
            _listed(folder, names, self.title) if folder and folders[TRAIN] else _Part((), ())
            for folder in (folders[TEST], folders[VALIDATION])
        ]
        if not parts[0].files:
            raise DataError(
                f"{self.title} expected pictures in its folders ({', '.join(SUFFIXES[:4])}, …), found none."
            )
        side = _side([file for part in parts for file in part.files])
        bytes_in_all = sum(len(part.files) for part in parts) * side[0] * side[1] * 3
        if bytes_in_all > MOST_BYTES:
            raise DataError(
                f"{self.title} expected at most {size_words(MOST_BYTES)} of pixels, found {size_words(bytes_in_all)}."
            )
        total, refused = sum(len(part.files) for part in parts), list[str]()
        arrays, done = [], 0
        for part in parts:
            arrays.append(_pictures(part, side, refused, progress, stopped, done, total))
            done += len(part.files)
        if not any(_is_coloured(images) for images, _ in arrays):
            arrays = [(_grey(images), labels) for images, labels in arrays]
        note = f"{len(refused):,} of {total:,} files could not be read, such as {refused[0]}" if refused else ""
        if not len(arrays[0][0]):
            raise DataError(f"{self.title} expected pictures that can be read, found none: {note}.")
        made = [Dataset(self.title, images, labels, as_names(names), note) for images, labels in arrays]
        return made[0], made[1] if len(made[1]) else None, made[2] if len(made[2]) else None


def has_pictures_by_class(folder: Path) -> bool:
    """Whether ``folder`` looks like one of pictures by class."""
    start = next((folder / word for word in TRAIN if (folder / word).is_dir()), folder)
    return any(_is_picture(path) for sub in _folders(start)[:LOOKED_AT] for path in _entries(sub, LOOKED_AT))


def _entries(folder: Path, most: int = MOST_PICTURES) -> list[Path]:
    try:
        return sorted(path for _, path in zip(range(most), folder.iterdir(), strict=False))
    except OSError:
        return []


def _folders(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.is_dir() and not path.name.startswith((".", "__"))]


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def _classes(folder: Path, title: str) -> list[str]:
    names = in_order(path.name for path in _folders(folder))
    if not 2 <= len(names) <= MOST_CLASSES:
        raise DataError(
            f"{title} expected a folder for each of 2 to {MOST_CLASSES:,} classes, found {len(names):,}. Put the "
            "pictures of each class into a folder with its name."
        )
    return names


def _listed(folder: Path, names: Sequence[str], title: str) -> _Part:
    """The picture files of each class in ``folder``; a class that the training part does not know is refused."""
    strange = sorted({path.name for path in _folders(folder)} - set(names))
    if strange:
        raise DataError(
            f"{title} expected the classes of its training part everywhere, found also {brief(strange[0])}."
        )
    files: list[Path] = []
    labels: list[int] = []
    for number, name in enumerate(names):
        found = [path for path in _entries(folder / name) if _is_picture(path)]
        files += found
        labels += [number] * len(found)
        if len(files) > MOST_PICTURES:
            raise DataError(f"{title} expected at most {MOST_PICTURES:,} pictures, found more.")
    return _Part(tuple(files), tuple(labels))


def _side(files: Sequence[Path]) -> tuple[int, int]:
    """The size (h, w) that the pictures are brought to."""
    sizes: Counter[tuple[int, int]] = Counter()
    for file in files[:: max(1, len(files) // LOOKED_AT)]:
        try:
            sizes[read_pixels(file).shape[:2]] += 1
        except CnnError:  # it is named when all are read
            continue
    size, _ = sizes.most_common(1)[0] if sizes else ((USUAL_SIDE_PX, USUAL_SIDE_PX), 0)
    return size if max(size) <= MOST_SIDE_PX else (USUAL_SIDE_PX, USUAL_SIDE_PX)


def _pictures(
    part: _Part,
    size: tuple[int, int],
    refused: list[str],
    progress: Progress,
    stopped: Stopped,
    done: int,
    total: int,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images = np.empty((len(part.files), *size, 3), np.uint8)
    labels, count = [], 0
    for number, (file, label) in enumerate(zip(part.files, part.labels, strict=True)):
        if stopped():
            raise StoppedError("Reading the pictures was stopped.")
        progress("reading pictures", done + number, total)
        try:
            images[count] = to_bytes(fit(colours_of(read_pixels(file)), size))
        except CnnError:
            refused.append(f"{brief(file.parent.name, 30)}/{brief(file.name, 60)}")
            continue
        labels.append(label)
        count += 1
    return images[:count], np.array(labels, np.int64)


def _is_coloured(images: NDArray[np.uint8]) -> bool:
    return any(
        bool((np.ptp(images[i : i + 256], axis=3) > COLOUR * 255).mean() > 0.001) for i in range(0, len(images), 256)
    )


def _grey(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = np.empty((*images.shape[:3], 1), np.uint8)
    for i in range(0, len(images), 1024):
        grey[i : i + 1024, ..., 0] = np.rint(images[i : i + 1024] @ LUMINANCE)
    return grey
