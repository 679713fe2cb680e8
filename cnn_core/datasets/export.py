"""Data sets as files that other programs read, and this one too."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnn_core.datasets.dataset import Dataset
from cnn_core.errors import DataError
from cnn_core.files import brief, file_name, write_atomically

BYTES = 8
"""What IDX calls unsigned bytes."""


def export_npz(path: str | Path, parts: Mapping[str, Dataset]) -> None:
    """Write ``train`` and, where they are there, ``test`` and ``val`` with the names that Keras uses.

    What is of no class is left out.

    Raises `DataError` where nothing is left, `ModelFileError` where nothing can be written.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for part, data in parts.items():
        known = _of_a_class(data)
        arrays[f"x_{part}"], arrays[f"y_{part}"] = known.images, known.labels
        arrays["class_names"] = np.array(data.class_names)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    write_atomically(Path(path), buffer.getvalue())


def export_idx(folder: str | Path, parts: Mapping[str, Dataset]) -> None:
    """Write MNIST's four files, gzip, into ``folder``. Source: LeCun, Cortes, Burges: "The MNIST database" (1998).

    Raises `DataError` for images in colour or labels above 255, `ModelFileError`.
    """
    names = {"train": "train", "test": "t10k"}
    if "val" in parts:
        raise DataError("IDX expected a training and a test part, found a validation part too. Export as .npz.")
    Path(folder).mkdir(parents=True, exist_ok=True)
    for part, data in parts.items():
        if data.image_shape[2] != 1 or len(data.class_names) > 256:
            raise DataError("IDX expected grey images of at most 256 classes, received others. Export as .npz.")
        known = _of_a_class(data)
        for what, array in (
            ("images-idx3", known.images[..., 0]), ("labels-idx1", known.labels.astype(np.uint8)),
        ):  # fmt: skip
            head = struct.pack(f">BBBB{array.ndim}I", 0, 0, BYTES, array.ndim, *array.shape)
            packed = gzip.compress(head + np.ascontiguousarray(array).tobytes(), mtime=0)
            write_atomically(Path(folder) / f"{names[part]}-{what}-ubyte.gz", packed)


def export_pictures(
    folder: str | Path,
    parts: Mapping[str, Dataset],
    progress: Callable[[int, int], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Write ``PART/CLASS/000042.png`` into ``folder``; ends early once ``stopped`` says so.

    Raises `DataError` for a folder that holds something already, which would be mixed up with it, and for images that
    are neither grey nor in colour.
    """
    folder, total, done = Path(folder), sum(len(data) for data in parts.values()), 0
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{brief(folder.name)} expected an empty folder, found one that holds something. Name another.")
    folders = {part: _folders(data.class_names) for part, data in parts.items()}
    for part, data in parts.items():
        if data.image_shape[2] not in (1, 3):
            raise DataError(f"Pictures expected 1 or 3 channels, found {data.image_shape[2]}. Export as .npz.")
        for name in folders[part]:  # also of a class without images, so that all parts know the same
            _make(folder / part / name)
        for number, label in enumerate(data.labels.tolist()):
            if stopped():
                return
            done += 1
            if label < 0:
                continue
            place = folder / part / folders[part][label] / f"{number:06}.png"
            try:
                pixels = data.images[number]
                Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[..., 0]).save(place)
            except OSError as error:
                raise DataError(f"The pictures cannot be written into {brief(folder)}: {error.strerror}.") from error
            progress(done, total)


def _folders(names: Sequence[str]) -> tuple[str, ...]:
    """A folder's name for each class, no two alike, also where a disk takes large and small letters for the same."""
    made: list[str] = []
    for number, name in enumerate(names):
        plain = (file_name(name) or str(number)).lstrip("_") or f"class {number}"  # readers pass over __MACOSX
        known, unique, again = {one.lower() for one in made}, plain, 2
        while unique.lower() in known:
            unique, again = f"{plain}-{again}", again + 1
        made.append(unique)
    return tuple(made)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"The pictures cannot be written into {brief(folder)}: {error.strerror}.") from error


def _of_a_class(data: Dataset) -> Dataset:
    known = np.flatnonzero(data.labels >= 0)
    if len(data) and not len(known):
        raise DataError(f"{brief(data.name)} expected images of a class to write, found none: all show no class.")
    return data.take(known)


EXPORTS = {"npz": export_npz, "idx": export_idx, "png": export_pictures}
