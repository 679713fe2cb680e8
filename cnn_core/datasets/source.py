"""What every source of data can do, and what comes of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import platformdirs
import pooch
from numpy.typing import NDArray

from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress
from cnn_core.errors import DataError, DataUnavailableError
from cnn_core.files import brief, exists, is_file, is_folder
from cnn_core.preprocessing import CENTRED, InputSpec, polarity_of

DATA_DIR_VARIABLE = "CNN_DATA_DIR"
TEST_SHARE, TEST_SEED = 1 / 5, 0
"""Of data without a test part a fifth is kept as test, drawn with this seed: the same fifth every time."""
Stopped = Callable[[], bool]


def never() -> bool:
    """The `Stopped` of work that nobody ends."""
    return False


class DataSplits(NamedTuple):
    """A data set as it was found: its parts and, for people, what it is and where it was."""

    train: Dataset
    test: Dataset
    title: str
    place: str
    licence: str = ""
    validation: Dataset | None = None
    """Images to choose by, where they must not be a random share of ``train``."""
    note: str = ""
    """What people should know of it before they use it."""
    geometry: str = CENTRED
    """How a drawing becomes an image like these; see `cnn_core.preprocessing`."""
    refused: tuple[tuple[str, str], ...] = ()
    """Files that were left out, each with the reason."""

    @property
    def source(self) -> str:
        """``MNIST (/home/me/data/mnist)``"""
        return f"{self.title} ({self.place})"

    @property
    def input_spec(self) -> InputSpec:
        """What a drawing must become to be like these images."""
        return InputSpec.for_shape(self.train.image_shape, self.geometry, polarity_of(self.train.images))


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a source without reading its data.

    Attributes
    ----------
    available : whether its files are on this machine
    path : the folder or file of its data, where it needs one
    class_names : empty where they are known only once the data are read
    downloads : whether it can be fetched
    """

    name: str
    title: str
    licence: str
    available: bool
    path: str | None
    note: str = ""
    class_names: tuple[str, ...] = field(default=())
    downloads: bool = False


class DataSource(Protocol):
    """Where a data set comes from; ``name`` is what ``--dataset`` takes."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        ...

    def about(self, data_dir: str | Path | None = None) -> About:
        """What is known without reading the data."""
        ...

    def locate(self, data_dir: str | Path | None = None) -> Path | None:
        """Where its files lie on this machine; None where they are not, or where it needs none.

        ``data_dir`` is looked into first; raises `DataUnavailableError` when there is no such folder.
        """
        ...

    def load(
        self,
        data_dir: str | Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        stopped: Stopped = never,
    ) -> DataSplits:
        """All its images.

        Raises `DataError` when the files are damaged, its kind `DataUnavailableError` when they are not to be had, and
        `StoppedError` once ``stopped`` says so.
        """
        ...

    def sample(self, count: int, data_dir: str | Path | None = None, stopped: Stopped = never) -> Dataset:
        """``count`` training images, the classes in turn; never downloads. Raises as `load` does."""
        ...


def user_data() -> Path:
    """Where runs, drawings and changes to data are kept when nobody says where."""
    return Path(platformdirs.user_data_path("cnn-gui", appauthor=False))


def user_cache() -> Path:
    """Where downloads are kept."""
    return Path(pooch.os_cache("cnn-gui"))


def find_folder(name: str, files: tuple[str, ...], data_dir: str | Path | None) -> Path | None:
    """The folder ``name`` that holds all ``files``: in ``data_dir``, else where `DATA_DIR_VARIABLE` says.

    Raises `DataUnavailableError` when there is no folder ``data_dir``.
    """
    if data_dir is not None and not is_folder(data_dir):
        raise DataUnavailableError(
            f"Expected the folder of the data sets, found none at {brief(data_dir)}. Check the name."
        )
    for candidate in (data_dir, os.environ.get(DATA_DIR_VARIABLE)):
        if candidate and all(existing(Path(candidate) / name, file) for file in files):
            return Path(candidate) / name
    return None


def existing(folder: Path, file: str) -> Path | None:
    """The file as it was published or unpacked."""
    return next((path for path in (folder / file, folder / file.removesuffix(".gz")) if is_file(path)), None)


def classes_in_turn(labels: NDArray[np.integer], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``count`` indices into ``labels``, by chance, the classes that there are one after the other."""
    classes = np.unique(labels)
    if not len(classes):
        raise DataError("Expected images to show, found none in the data set.")
    turns = classes[np.arange(count) % len(classes)]
    return np.array([rng.choice(np.flatnonzero(labels == label)) for label in turns], np.int64)


def expect_one_shape(splits: DataSplits) -> None:
    """Raise `DataError` for parts of different shapes, or empty ones."""
    for part in (splits.test, *([splits.validation] if splits.validation else [])):
        if part.image_shape != splits.train.image_shape or not len(part):
            raise DataError(
                f"{splits.train.name} expected images of {list(splits.train.image_shape)} in all of its parts, "
                f"received {len(part)} of {list(part.image_shape)} beside {len(splits.train)} to learn from."
            )


class FileSource:
    """A source that is one path; what it holds is known only once it is read."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.refused: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The path, as ``--dataset`` takes it."""
        return str(self.path)

    @property
    def title(self) -> str:
        """Its name without the folder and the ending."""
        return brief(self.path.stem)

    def about(self, data_dir: str | Path | None = None) -> About:  # noqa: ARG002 - it lies where it lies
        return About(self.name, self.title, "", exists(self._place), self.name)

    def locate(self, data_dir: str | Path | None = None) -> Path | None:  # noqa: ARG002
        return self._place if exists(self._place) else None

    def load(
        self,
        data_dir: str | Path | None = None,  # noqa: ARG002
        *,
        download: bool = True,  # noqa: ARG002
        progress: Progress | None = None,
        stopped: Stopped = never,
    ) -> DataSplits:
        """All images; a fifth is kept as test where the source has no such part."""
        train, test, validation = self._read(progress or (lambda *_: None), stopped)
        note = train.note
        if test is None:
            train, test = (part.copied() for part in train.split(TEST_SHARE, np.random.default_rng(TEST_SEED)))
            note = "; ".join(filter(None, [note, f"{len(test):,} images kept as test"]))
        splits = DataSplits(
            train, test, self.title, self.name, validation=validation, note=note, geometry=self.geometry,
            refused=self.refused,
        )  # fmt: skip
        expect_one_shape(splits)
        return splits

    def sample(self, count: int, data_dir: str | Path | None = None, stopped: Stopped = never) -> Dataset:
        train = self.load(data_dir, stopped=stopped).train
        return train.take(classes_in_turn(train.labels, count, np.random.default_rng()))

    geometry = CENTRED

    @property
    def _place(self) -> Path:
        """The file or folder that must be there."""
        return self.path

    def _read(self, progress: Progress, stopped: Stopped) -> tuple[Dataset, Dataset | None, Dataset | None]:
        """Training, test and validation part, the latter two where they are there."""
        raise NotImplementedError
