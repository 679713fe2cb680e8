"""A folder of IDX files: MNIST's own names, or others of the kind, also EMNIST's, whose images lie on their side."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from cnn_core.datasets.class_names import MOST_CLASSES, as_names, missing_words
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress
from cnn_core.datasets.idx import read_idx
from cnn_core.datasets.scaling import full_scale, scale_words, to_bytes_of
from cnn_core.datasets.source import FileSource, Stopped
from cnn_core.errors import DataError
from cnn_core.files import brief, read_file

IMAGES = re.compile(r"images?[-._]idx[34][-._]ubyte(\.gz)?$", re.IGNORECASE)
TRAIN, TEST = ("train",), ("t10k", "test")
MAPPING = re.compile(r"mapping\.txt$", re.IGNORECASE)
MOST_FILES, MOST_MAPPING_BYTES = 1000, 1 << 20


def image_files(folder: Path) -> list[Path]:
    """The files of IDX images in ``folder``, by name; of one that is there packed and unpacked, the unpacked."""
    found = sorted(path for path in _some(folder) if IMAGES.search(path.name))
    names = {path.name for path in found}
    return [path for path in found if not (path.name.endswith(".gz") and path.name.removesuffix(".gz") in names)]


def _some(folder: Path) -> list[Path]:
    try:
        return [path for _, path in zip(range(MOST_FILES), folder.iterdir(), strict=False)]
    except OSError:
        return []


class IdxFolder(FileSource):
    """A training pair of IDX files, and a test pair where there is one.

    Images and labels belong together by their names: ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``. A
    mapping file, ``emnist-letters-mapping.txt``, gives each label and the code of its character; images of such a
    folder lie on their side and are put upright. Source: Cohen et al.: "EMNIST" (2017).
    """

    def _read(self, progress: Progress, stopped: Stopped) -> tuple[Dataset, Dataset | None, Dataset | None]:
        files = image_files(self.path)
        train = next((file for file in files if _is(file, TRAIN)), None)
        test = next((file for file in files if _is(file, TEST)), None)
        if train is None:
            train, test = next((file for file in files if file != test), test), None
        if train is None:
            raise DataError(f"{self.title} expected IDX files such as train-images-idx3-ubyte, received none.")
        pairs = []
        chosen = [train] if test is None else [train, test]
        for number, file in enumerate(chosen):
            progress("reading", number, 2)
            pairs.append((read_idx(file, None, stopped), read_idx(self._labels_of(file), 1, stopped)))
        mapping = self._mapping()
        full = full_scale(self.title, [images for images, _ in pairs])
        labels = [_mapped(labels, mapping, self.title) for _, labels in pairs]
        highest = max((int(numbers.max(initial=0)) for numbers in labels), default=0)
        names = as_names(mapping.values()) if mapping else tuple(str(label) for label in range(highest + 1))
        if len(names) > MOST_CLASSES:
            raise DataError(f"{self.title} expected at most {MOST_CLASSES:,} classes, received {len(names):,}.")
        note = "; ".join(filter(None, [scale_words(full), missing_words(labels[0], names)]))
        parts = [
            Dataset(self.title, _upright(to_bytes_of(images, full), bool(mapping), self.title), numbers, names, note)
            for (images, _), numbers in zip(pairs, labels, strict=True)
        ]
        return parts[0], parts[1] if len(parts) > 1 else None, None

    def _labels_of(self, images: Path) -> Path:
        wanted = re.sub(r"idx[34]", "idx1", re.sub("image", "label", images.name, flags=re.IGNORECASE))
        for name in (wanted, wanted.removesuffix(".gz"), f"{wanted}.gz"):
            if (path := images.with_name(name)).is_file():
                return path
        raise DataError(f"{brief(images.name)} expected its labels beside it, in {brief(wanted)}, found none.")

    def _mapping(self) -> dict[int, str]:
        """Labels of a mapping file and the characters that they stand for, by label; empty where there is none."""
        file = next((path for path in sorted(_some(self.path)) if MAPPING.search(path.name)), None)
        if file is None:
            return {}
        text = read_file(file, MOST_MAPPING_BYTES, "mapping file", DataError).decode("ascii", "replace")
        mapping: dict[int, str] = {}
        try:
            for line in filter(str.strip, text.splitlines()):
                label, *codes = (int(part) for part in line.split())
                mapping[label] = "".join(chr(code) for code in codes)
        except (ValueError, OverflowError) as error:
            raise DataError(
                f"{brief(file.name)} expected lines of whole numbers, a label and a character's code, found others."
            ) from error
        if not mapping or len(mapping) > MOST_CLASSES:
            raise DataError(f"{brief(file.name)} expected up to {MOST_CLASSES:,} labels, found {len(mapping):,}.")
        return dict(sorted(mapping.items()))


def _is(file: Path, words: tuple[str, ...]) -> bool:
    return any(word in file.name.lower() for word in words)


def _mapped(labels: np.ndarray, mapping: dict[int, str], name: str) -> np.ndarray:
    """Labels [n] as numbers from 0; those of a mapping may begin anywhere, EMNIST's letters at 1."""
    if not mapping:
        return labels.astype(np.int64)
    known = np.array(list(mapping), np.int64)
    places = np.searchsorted(known, labels).clip(0, len(known) - 1)
    if not (known[places] == labels).all():
        raise DataError(f"{name} expected labels that its mapping names, received others. Take its own mapping.")
    return places.astype(np.int64)


def _upright(images: np.ndarray, lies: bool, name: str) -> np.ndarray:
    if images.ndim not in (3, 4):
        raise DataError(f"{name} expected images [n, h, w], received {brief(list(images.shape))}.")
    images = images if images.ndim == 4 else images[..., None]
    return np.ascontiguousarray(images.swapaxes(1, 2)) if lies else images
