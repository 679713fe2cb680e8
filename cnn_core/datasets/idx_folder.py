"""A folder of IDX files: MNIST's own names, or others of the kind, also EMNIST's, whose images lie on their side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnn_core.class_names import as_names
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress
from cnn_core.datasets.idx import read_idx
from cnn_core.datasets.labels import missing_words
from cnn_core.datasets.scaling import full_scale, scale_words, to_bytes_of
from cnn_core.datasets.source import FileSource, Stopped
from cnn_core.errors import DataError
from cnn_core.files import brief, is_file, is_folder, read_file

IMAGES = re.compile(r"images?[-._]idx[34][-._]ubyte(\.gz)?$", re.IGNORECASE)
BETWEEN = re.compile(r"[-._ ]+")
TRAIN, TEST = ("train", "training"), ("t10k", "test", "testing")
MAPPING = re.compile(r"mapping\.txt$", re.IGNORECASE)
MOST_FILES, MOST_MAPPING_BYTES, HIGHEST_LABEL = 1000, 1 << 20, 255
LYING = "emnist"
"""Images of a set with this in its name lie on their side."""


@dataclass(frozen=True, slots=True)
class IdxFiles:
    """The files of images of one set: ``train-images-idx3-ubyte`` and ``t10k-images-idx3-ubyte`` are of that without a
    name, ``emnist-letters-train-images-idx3-ubyte`` is of ``emnist-letters``."""

    name: str
    train: Path
    test: Path | None = None


def idx_sets(folder: Path) -> dict[str, IdxFiles]:
    """The sets of IDX images in ``folder`` by name; of a file that is there packed and unpacked, the unpacked."""
    found = sorted(path for path in _some(folder) if IMAGES.search(path.name))
    names = {path.name for path in found}
    sets: dict[str, dict[str, Path]] = {}
    for path in found:
        if not (path.name.endswith(".gz") and path.name.removesuffix(".gz") in names):
            name, part = _name_and_part(IMAGES.sub("", path.name))
            sets.setdefault(name, {})[part] = path
    made = {}
    for name, parts in sorted(sets.items()):
        train = parts.get("train") or parts.get("")
        made[name] = IdxFiles(name, train, parts.get("test")) if train else IdxFiles(name, parts["test"])
    return made


def _name_and_part(start: str) -> tuple[str, str]:
    """The name of a set and ``train``, ``test`` or nothing, of the beginning of a file's name."""
    words = [word for word in BETWEEN.split(start.lower()) if word]
    for part, known in (("train", TRAIN), ("test", TEST)):
        if words and words[-1] in known:
            return "-".join(words[:-1]), part
    return "-".join(words), ""


def _some(folder: Path) -> list[Path]:
    try:
        return [path for _, path in zip(range(MOST_FILES), folder.iterdir(), strict=False)]
    except (OSError, ValueError):
        return []


class IdxFolder(FileSource):
    """A training pair of IDX files, and a test pair where there is one.

    Images and labels belong together by their names: ``train-images-idx3-ubyte`` and ``train-labels-idx1-ubyte``. A
    mapping file, ``emnist-letters-mapping.txt``, gives each label and the code of its character. EMNIST's images lie on
    their side and are put upright. Source: Cohen et al.: "EMNIST" (2017).

    Of a folder with several sets one is named: ``folder/emnist-letters``.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self._folder, self._set = (self.path, "") if is_folder(self.path) else (self.path.parent, self.path.name)

    @property
    def title(self) -> str:
        return brief(self.path.name)

    @property
    def _place(self) -> Path:
        return self._folder

    def _read(self, progress: Progress, stopped: Stopped) -> tuple[Dataset, Dataset | None, Dataset | None]:
        files = self._files()
        chosen = [files.train] if files.test is None else [files.train, files.test]
        pairs = []
        for number, file in enumerate(chosen):
            progress("reading", number, len(chosen))
            pairs.append((read_idx(file, None, stopped), read_idx(_labels_of(file), 1, stopped)))
        mapping = self._mapping(files.name)
        full = full_scale(self.title, [images for images, _ in pairs])
        labels = [_mapped(labels, mapping, self.title) for _, labels in pairs]
        highest = max((int(numbers.max(initial=0)) for numbers in labels), default=0)
        names = as_names(mapping.values()) if mapping else tuple(str(label) for label in range(highest + 1))
        note = "; ".join(filter(None, [scale_words(full), missing_words(labels[0], names)]))
        lies = bool(mapping) or LYING in files.name
        parts = [
            Dataset(self.title, _upright(to_bytes_of(images, full), lies, self.title), numbers, names, note)
            for (images, _), numbers in zip(pairs, labels, strict=True)
        ]
        return parts[0], parts[1] if len(parts) > 1 else None, None

    def _files(self) -> IdxFiles:
        sets = idx_sets(self._folder)
        if self._set.lower() in sets:
            return sets[self._set.lower()]
        if len(sets) == 1 and not self._set:
            return next(iter(sets.values()))
        if not sets or self._set:
            raise DataError(f"{self.title} expected IDX files such as train-images-idx3-ubyte, received none.")
        named = [name or "one without a name" for name in sets]
        raise DataError(
            f"{self.title} expected IDX files of one data set, found {len(named)}: {brief(', '.join(named))}. Put each "
            f"into a folder of its own, or name one, such as {brief(self._folder / next(filter(None, sets)))}."
        )

    def _mapping(self, name: str) -> dict[int, str]:
        """Labels of the set's mapping file and the characters that they stand for, by label; empty where there is
        none."""
        mappings = {_name_and_part(MAPPING.sub("", file.name))[0]: file for file in _some(self._folder)
                    if MAPPING.search(file.name)}  # fmt: skip
        file = mappings.get(name) or mappings.get("")
        if file is None:
            if mappings:
                other = next(iter(mappings.values())).name
                raise DataError(
                    f"{self.title} expected its own mapping, {brief(f'{name}-mapping.txt'.lstrip('-'))}, found "
                    f"{brief(other)}. Add the right one, or move that one away."
                )
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
        if not mapping or not 0 <= min(mapping) <= max(mapping) <= HIGHEST_LABEL:
            raise DataError(f"{brief(file.name)} expected labels from 0 to {HIGHEST_LABEL}, found others or none.")
        return dict(sorted(mapping.items()))


def _labels_of(images: Path) -> Path:
    wanted = re.sub(r"idx[34]", "idx1", re.sub("image(?=s?[-._]idx)", "label", images.name, flags=re.IGNORECASE))
    for name in (wanted, wanted.removesuffix(".gz"), f"{wanted}.gz"):
        if is_file(path := images.with_name(name)):
            return path
    raise DataError(f"{brief(images.name)} expected its labels beside it, in {brief(wanted)}, found none.")


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
