"""Data sets of one's own from ``.npz`` files."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Container, Iterable
from math import prod
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np

from cnn_core.class_names import as_names
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress
from cnn_core.datasets.labels import MOST_CLASSES, missing_words
from cnn_core.datasets.scaling import full_scale, scale_words, to_bytes_of
from cnn_core.datasets.source import FileSource, Stopped
from cnn_core.errors import CnnError, DataError
from cnn_core.files import brief, expect_unpackable, open_file, reason

MOST_IMAGES = 2_000_000
MOST_SIDE_PX, MOST_CHANNELS = 4096, 16
MOST_DIRECTORY_BYTES = 1 << 20
END_OF_ZIP, ZIP64_LOCATOR = b"PK\5\6", b"PK\6\7"
"""How the last record of a zip file begins, and what stands before it in one of more than 4 GB."""
END_BYTES, MOST_COMMENT_BYTES = 22 + 20, 1 << 16
"""How long both are, and what may follow them."""
NUMBERS = "uifb"
"""Kinds of arrays that hold plain numbers."""
PAIRS = (("x_train", "y_train"), ("images", "labels"))
TEST_PAIR, VALIDATION_PAIR, NAMES = ("x_test", "y_test"), ("x_val", "y_val"), "class_names"
MOST_NAMES_BYTES, MOST_CODE = 1 << 20, 0x10FFFF


class NpzFile(FileSource):
    """An ``.npz`` file of the user's own; see `read_npz`."""

    def _read(self, progress: Progress, stopped: Stopped) -> tuple[Dataset, Dataset | None, Dataset | None]:  # noqa: ARG002
        return read_npz(self.path)


def read_npz(path: str | Path) -> tuple[Dataset, Dataset | None, Dataset | None]:
    """Training and, where they are there, test and validation part of an ``.npz`` file.

    It holds ``x_train`` [n, h, w] or [n, h, w, c] and ``y_train`` [n], and may hold ``x_test`` and ``y_test`` (the
    names that Keras uses), ``x_val`` and ``y_val``, or just ``images`` and ``labels``; and ``class_names``, texts [k].
    `cnn_core.datasets.scaling` says which values images may have. Other arrays are not even unpacked, and pickled
    objects are never loaded. Raises `DataError`.
    """
    path = Path(path)
    name = brief(path.name)
    arrays = _arrays(path, name)
    images, labels = next(pair for pair in PAIRS if set(pair) <= arrays.keys())
    there = [(images, labels), *(pair for pair in (TEST_PAIR, VALIDATION_PAIR) if set(pair) <= arrays.keys())]
    parts = [(_images(name, arrays[x]), _labels(name, arrays[y])) for x, y in there]
    extremes = [(int(y.min()), int(y.max())) for _, y in parts if len(y)]
    if not extremes:
        raise DataError(f"{name} expected images with labels, received none.")
    low, high = min(low for low, _ in extremes), max(high for _, high in extremes)
    if low < 0 or high >= MOST_CLASSES:
        raise DataError(f"{name} expected labels from 0 to {MOST_CLASSES - 1}, received {low} to {high}.")
    names = _class_names(name, arrays.get(NAMES), high)
    full = full_scale(name, [x for x, _ in parts])
    note = "; ".join(filter(None, [scale_words(full), missing_words(parts[0][1], names)]))
    made = {
        pair: Dataset(path.name, to_bytes_of(x, full), y.astype(np.int64), names, note)
        for pair, (x, y) in zip(there, parts, strict=True)
    }
    return made[(images, labels)], made.get(TEST_PAIR), made.get(VALIDATION_PAIR)


def _class_names(name: str, given: np.ndarray | None, highest: int) -> tuple[str, ...]:
    """The names that the file gives, at least one for each label; the labels themselves where it gives none."""
    if given is None:
        return tuple(str(label) for label in range(highest + 1))
    if given.dtype.kind not in "US" or given.ndim != 1 or given.nbytes > MOST_NAMES_BYTES:
        raise DataError(f"{NAMES} in {name} expected a row of texts, received {brief(given.dtype, 40)}.")
    if not highest < len(given) <= MOST_CLASSES:
        raise DataError(
            f"{NAMES} in {name} expected a name for each label up to {highest}, {MOST_CLASSES:,} at most, received "
            f"{len(given)}."
        )
    native = given.astype(given.dtype.newbyteorder("="))
    if given.dtype.kind == "U" and native.view(np.uint32).max(initial=0) > MOST_CODE:
        raise DataError(f"{NAMES} in {name} expected texts, received signs that no text has. The file is damaged.")
    return as_names(x.decode("utf-8", "replace") if isinstance(x, bytes) else x for x in given.tolist())


def read_npz_array(path: str | Path, array: str) -> np.ndarray:
    """One array of an ``.npz`` file, with the same care; raises `DataError`."""
    path = Path(path)
    return _unpacked(path, brief(path.name), lambda members: _expect_member(members, array, path))[array]


def _expect_member(members: Container[str], array: str, path: Path) -> list[str]:
    if array not in members:
        raise DataError(f"{brief(path.name)} expected the array {array}, found none.")
    return [array]


def _arrays(path: Path, name: str) -> dict[str, np.ndarray]:
    """The arrays that a data set is made of."""

    def wanted(members: Iterable[str]) -> list[str]:
        pair = next((pair for pair in PAIRS if set(pair) <= set(members)), None)
        if pair is None:
            there = brief(", ".join(sorted(members)[:8])) or "none"
            raise DataError(f"{name} expected the arrays x_train and y_train (or images and labels), received {there}.")
        return [n for n in (*pair, *TEST_PAIR, *VALIDATION_PAIR, NAMES) if n in set(members)]

    return _unpacked(path, name, wanted)


def _unpacked(
    path: Path, name: str, choose: Callable[[dict[str, zipfile.ZipInfo]], list[str]]
) -> dict[str, np.ndarray]:
    """The arrays that ``choose`` takes of those that there are."""
    with open_file(path, "NumPy .npz file") as stream:
        try:
            _expect_small_directory(stream, name)
            with zipfile.ZipFile(stream) as archive:
                members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
                wanted = choose(members)
                for one in wanted:
                    if members[one].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                        raise DataError(f"{one} in {name} expected to be packed as numpy does, found another way.")
                    expect_unpackable(f"{one} in {name}", members[one].compress_size, members[one].file_size)
                return {one: _array(archive, members[one], f"{one} in {name}") for one in wanted}
        except CnnError:
            raise
        except Exception as error:  # the readers of zip and of headers raise more kinds than can be listed
            raise DataError(f"{name} expected a NumPy .npz file of plain arrays, received {_found(error)}.") from error


def _found(error: BaseException) -> str:
    if isinstance(error, (OSError, MemoryError, EOFError, zlib.error)):
        return reason(error)
    return "something else, or damaged data"


def _expect_small_directory(stream: BinaryIO, name: str) -> None:
    """A zip file's list of members is read whole, so it must not be of a million."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - END_BYTES - MOST_COMMENT_BYTES))
    end = stream.read()
    ends = [match.start() for match in re.finditer(re.escape(END_OF_ZIP), end)]
    if not ends:
        raise DataError(f"{name} expected a NumPy .npz file, received something else. Write one with numpy.savez.")
    # which of several counts is the reader's choice
    sizes = [int.from_bytes(end[at + 12 : at + 16], "little") for at in ends]
    if max(sizes) > MOST_DIRECTORY_BYTES or any(end[at - 20 : at - 16] == ZIP64_LOCATOR for at in ends):
        raise DataError(f"{name} expected an .npz file of a few arrays, received one with a very long list of members.")
    stream.seek(0)


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> np.ndarray:
    """One array, whose header has to promise just the bytes that are there."""
    with archive.open(info) as member:
        shape, is_fortran, dtype = _header(member, name)
        size = prod(shape) * dtype.itemsize
        if dtype.hasobject:
            raise DataError(f"{name} expected plain numbers, received Python objects. Save numbers instead.")
        if size != info.file_size - member.tell() or any(side < 0 for side in shape):
            raise DataError(f"{name} expected as many values as its shape says, received others. The file is damaged.")
        content = member.read(size)
        member.read(1)  # the end, where the checksum is looked at
    if len(content) != size:
        raise DataError(f"{name} expected {size:,} bytes, received {len(content):,}. The file is damaged.")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if is_fortran else "C")


def _header(member: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(member)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(member)
    raise DataError(f"{name} expected an array as numpy.savez writes it, received one of another version.")


def _images(name: str, images: np.ndarray) -> np.ndarray:
    if images.ndim == 3:
        images = images[..., None]
    if images.dtype.kind not in NUMBERS:
        raise DataError(f"{name} expected images of numbers, received {brief(images.dtype, 40)}.")
    if images.ndim != 4 or max(images.shape[1:3]) > MOST_SIDE_PX or images.shape[3] > MOST_CHANNELS:
        raise DataError(
            f"{name} expected images [n, h, w, c] or [n, h, w] of at most {MOST_SIDE_PX} pixels a side, received "
            f"{brief(list(images.shape))}."
        )
    if len(images) > MOST_IMAGES:
        raise DataError(f"{name} expected at most {MOST_IMAGES:,} images, received {len(images):,}.")
    if min(images.shape[1:]) < 1:
        raise DataError(f"{name} expected images with pixels in them, received {brief(list(images.shape))}.")
    return images


def _labels(name: str, labels: np.ndarray) -> np.ndarray:
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.dtype.kind not in "iub":
        raise DataError(f"{name} expected whole numbers as labels, received {brief(labels.dtype, 40)}.")
    if labels.ndim != 1:
        raise DataError(f"{name} expected one label an image, received labels {brief(list(labels.shape))}.")
    return labels
