"""A folder of pictures by class: ``train/CLASS/*`` and ``test/CLASS/*``, or just ``CLASS/*``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.class_names import as_names
from cnn_core.datasets.dataset import Dataset, to_bytes
from cnn_core.datasets.download import Progress
from cnn_core.datasets.labels import MOST_CLASSES, in_order, missing_words
from cnn_core.datasets.source import FileSource, Stopped
from cnn_core.drawing.images import FULL_SCALES, colours_of
from cnn_core.drawing.picture_file import SUFFIXES, read_pixels
from cnn_core.errors import CnnError, DataError, StoppedError
from cnn_core.files import brief, size_words
from cnn_core.preprocessing import LUMINANCE, WHOLE, fit, resized

TRAIN, TEST, VALIDATION = ("train", "training"), ("test", "testing"), ("val", "valid", "validation")
MOST_SIDE_PX, USUAL_SIDE_PX = 128, 64
"""Pictures up to the first are taken at the size that most have; larger ones are made as large as the second."""
LOOKED_AT, MOST_REFUSED = 64, 1000
"""Pictures whose size is looked at."""
MOST_PICTURES, MOST_BYTES = 1_000_000, 4 << 30
COLOUR, CLEAR_COLOUR, SHARE = 3, 24, 0.001
"""Red, green and blue of a grey pixel differ by less than the first, as JPEG does not keep them exactly. Pictures are
in colour where a share of the pixels differs by more, or any by more than the second."""


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
        train, *others = _layout(self.path, self.title)
        names = _classes(train, self.title)
        parts = [_listed(train, names, self.title)]
        parts += [_listed(folder, names, self.title) if folder else _Part((), ()) for folder in others]
        if not parts[0].files:
            raise DataError(
                f"{self.title} expected pictures in its folders ({', '.join(SUFFIXES[:4])}, …), found none."
            )
        side = _side([file for part in parts for file in part.files], stopped)
        bytes_in_all = sum(len(part.files) for part in parts) * side[0] * side[1] * 3
        if bytes_in_all > MOST_BYTES:
            raise DataError(
                f"{self.title} expected at most {size_words(MOST_BYTES)} of pixels, found {size_words(bytes_in_all)}."
            )
        reader = _Reader(side, sum(len(part.files) for part in parts), progress, stopped)
        arrays = [reader.read(part) for part in parts]
        reader.finish()
        self.refused = tuple(reader.refused[:MOST_REFUSED])
        if not any(_is_coloured(images) for images, _ in arrays):
            arrays = [(_grey(images), labels) for images, labels in arrays]
        note = "; ".join(filter(None, [reader.note, missing_words(arrays[0][1], as_names(names))]))
        if not len(arrays[0][0]):
            raise DataError(f"{self.title} expected pictures that can be read, found none: {note}.")
        made = [Dataset(self.title, images, labels, as_names(names), note) for images, labels in arrays]
        return made[0], made[1] if len(made[1]) else None, made[2] if len(made[2]) else None


def has_pictures_by_class(folder: Path) -> bool:
    """Whether ``folder`` looks like one of pictures by class."""
    starts = [part for part in (_part(folder, words) for words in (TRAIN, TEST, VALIDATION)) if part] or [folder]
    return any(_has_pictures(sub) for start in starts for sub in _folders(start)[:LOOKED_AT])


def _has_pictures(folder: Path) -> bool:
    return any(_is_picture(path) for path in _entries(folder, LOOKED_AT))


def _layout(folder: Path, title: str) -> tuple[Path, Path | None, Path | None]:
    """The folders of the training, test and validation part; ``folder`` itself where it has no parts."""
    train, test, validation = (_part(folder, words) for words in (TRAIN, TEST, VALIDATION))
    other = test or validation
    if train is None and other is not None:
        raise DataError(
            f"{title} expected a folder train beside {brief(other.name, 40)}, found none. Put the pictures to learn "
            f"from into train, with a folder for each class, or move the classes out of {brief(other.name, 40)}."
        )
    return train or folder, test, validation


def _part(folder: Path, words: tuple[str, ...]) -> Path | None:
    """The folder of a part, which holds folders; one of that name with pictures in it is a class."""
    named = [path for path in _folders(folder) if path.name.lower() in words]
    return next((path for path in named if _folders(path) and not _has_pictures(path)), None)


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


def _side(files: Sequence[Path], stopped: Stopped) -> tuple[int, int]:
    """The size (h, w) that the pictures are brought to."""
    sizes: Counter[tuple[int, int]] = Counter()
    for file in files[:: max(1, len(files) // LOOKED_AT)]:
        _expect_wanted(stopped)
        try:
            sizes[read_pixels(file).shape[:2]] += 1
        except CnnError:  # it is named when all are read
            continue
    size, _ = sizes.most_common(1)[0] if sizes else ((USUAL_SIDE_PX, USUAL_SIDE_PX), 0)
    return size if max(size) <= MOST_SIDE_PX else (USUAL_SIDE_PX, USUAL_SIDE_PX)


def _expect_wanted(stopped: Stopped) -> None:
    if stopped():
        raise StoppedError("Reading the pictures was stopped.")


Images, Labels = NDArray[np.uint8], NDArray[np.int64]


class _Reader:
    """Reads the pictures of all parts, each brought to one size.

    Of pictures with more than 8 bits the brightest of all tells what is white, so they wait until all are read.
    """

    def __init__(self, size: tuple[int, int], total: int, progress: Progress, stopped: Stopped) -> None:
        self._size, self._total, self._progress, self._stopped = size, total, progress, stopped
        self._done, self.refused = 0, list[tuple[str, str]]()
        self._deep: list[tuple[Images, int, Array]] = []
        self._brightest = 0.0
        self._other_sizes: Counter[tuple[int, int]] = Counter()

    def read(self, part: _Part) -> tuple[Images, Labels]:
        """Images [n, h, w, 3] and labels [n] of the files that can be read; deep ones come with `finish`."""
        images = np.empty((len(part.files), *self._size, 3), np.uint8)
        labels: list[int] = []
        for file, label in zip(part.files, part.labels, strict=True):
            _expect_wanted(self._stopped)
            self._progress("reading pictures", self._done, self._total)
            self._done += 1
            try:
                self._put(images, len(labels), read_pixels(file))
            except CnnError as error:
                self.refused.append((f"{brief(file.parent.name, 30)}/{brief(file.name, 60)}", brief(error, 160)))
                continue
            labels.append(label)
        return images[: len(labels)], np.array(labels, np.int64)

    def _put(self, images: Images, place: int, pixels: Array) -> None:
        if pixels.shape[:2] != self._size:
            self._other_sizes[(pixels.shape[0], pixels.shape[1])] += 1
        if pixels.ndim == 3:
            images[place] = to_bytes(fit(colours_of(pixels), self._size))
            return
        pixels = np.maximum(np.nan_to_num(pixels, posinf=0.0, neginf=0.0), 0)
        self._brightest = max(self._brightest, float(pixels.max(initial=0)))
        self._deep.append((images, place, resized(pixels[..., None], self._size)[..., 0]))

    def finish(self) -> None:
        """Put the deep pictures into the arrays that `read` has returned."""
        full = next((float(top) for top in FULL_SCALES if self._brightest <= top), self._brightest)
        for images, place, grey in self._deep:
            images[place] = to_bytes(grey / full)[..., None]
        self._deep.clear()

    @property
    def note(self) -> str:
        """Which files could not be read, and which pictures were of another size."""
        count, others, words = len(self.refused), self._other_sizes, list[str]()
        if count:
            words.append(f"{count:,} of {self._total:,} files could not be read, such as {self.refused[0][0]}")
        if others:
            smallest, largest = min(others, key=np.prod), max(others, key=np.prod)
            sizes = _size_words(smallest) + (f" to {_size_words(largest)}" if len(others) > 1 else "")
            words.append(f"{others.total():,} pictures of {sizes} were brought to {_size_words(self._size)}")
        return "; ".join(words)


def _size_words(size: tuple[int, int]) -> str:
    return f"{size[1]}×{size[0]}"


def _is_coloured(images: Images) -> bool:
    for i in range(0, len(images), 256):
        differences = np.ptp(images[i : i + 256], axis=3)
        if differences.max(initial=0) > CLEAR_COLOUR or (differences > COLOUR).mean() > SHARE:
            return True
    return False


def _grey(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = np.empty((*images.shape[:3], 1), np.uint8)
    for i in range(0, len(images), 1024):
        grey[i : i + 1024, ..., 0] = np.rint(images[i : i + 1024] @ LUMINANCE)
    return grey
