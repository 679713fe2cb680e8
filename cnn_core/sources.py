"""All sources of data that the program knows, and any path to data of one's own.

Files are looked for in this order: the folder that the user chose, the folder in the environment variable CNN_DATA_DIR,
the user's cache, a download into that cache. Each folder holds one folder a data set: ``mnist/``, ``fashion-mnist/``, …
"""

from __future__ import annotations

from pathlib import Path

from cnn_core.arrays import Shape
from cnn_core.datasets.csv_file import CsvFile
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress
from cnn_core.datasets.idx_folder import IdxFolder, idx_sets
from cnn_core.datasets.image_folder import ImageFolder, has_pictures_by_class
from cnn_core.datasets.mnist_family import MNIST_FAMILY
from cnn_core.datasets.npz import NpzFile
from cnn_core.datasets.reference_images import pick_reference_images
from cnn_core.datasets.source import About, DataSource, DataSplits, Stopped, never, user_cache
from cnn_core.digits.digit_sources import MixedDigits, PenDigits, SyntheticDigits
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.digits.synthetic import make_synthetic
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief, exists, is_folder

_PEN = PenDigits()
_MNIST = next(source for source in MNIST_FAMILY if source.name == "mnist")
SOURCES: dict[str, DataSource] = {
    source.name: source for source in (*MNIST_FAMILY, _PEN, MixedDigits(_MNIST, _PEN), SyntheticDigits())
}
"""Every source with a name."""
FILE_SOURCES = {".npz": NpzFile, ".csv": CsvFile}
SYNTHETIC_REFERENCES, SYNTHETIC_SEED = 2000, 71

__all__ = [
    "SOURCES",
    "About",
    "DataSource",
    "DataSplits",
    "about",
    "absolute",
    "load_dataset",
    "locate",
    "reference_images",
    "sample_images",
    "source_of",
    "user_cache",
]


def source_of(name: str) -> DataSource:
    """The source called ``name``, or the one for a path: ``.npz``, ``.csv``, a folder of IDX files or of pictures.

    Raises `ConfigError` for what is neither.
    """
    if name in SOURCES:
        return SOURCES[name]
    path = Path(name)
    if kind := FILE_SOURCES.get(path.suffix.lower()):
        return kind(path)
    if is_folder(path):
        if idx_sets(path):
            return IdxFolder(path)
        if has_pictures_by_class(path):
            return ImageFolder(path)
        raise ConfigError(
            f"A data set expected a folder of IDX files, or of pictures with a folder for each class, found neither in "
            f"{brief(name)!r}."
        )
    if _is_set_in_folder(path):
        return IdxFolder(path)
    raise ConfigError(
        f"A data set expected one of {', '.join(SOURCES)}, an .npz or .csv file or a folder of pictures, received "
        f"{brief(name)!r}."
    )


def absolute(name: str) -> str:
    """``name`` of a source as it is; a path so that it leads to the same data from any folder."""
    is_path = name not in SOURCES and (exists(name) or _is_set_in_folder(Path(name)))
    return str(Path(name).absolute()) if is_path else name


def _is_set_in_folder(path: Path) -> bool:
    """Whether ``path`` is no file, but names one of the sets of IDX files in its folder."""
    return bool(path.name) and path.name.lower() in idx_sets(path.parent)


def load_dataset(
    name: str,
    data_dir: str | Path | None = None,
    *,
    download: bool = True,
    progress: Progress | None = None,
    stopped: Stopped = never,
) -> DataSplits:
    """All parts of the data set called ``name``.

    Parameters
    ----------
    name : one of `SOURCES`, or a path; see `source_of`
    data_dir : the folder to look in first
    download : whether the network may be asked
    progress : called with (what, done, total); ``stopped`` : ends the wait when it turns true

    Raises
    ------
    ConfigError for an unknown name; DataError when the files are damaged, its kind DataUnavailableError when they are
    not to be had; StoppedError.
    """
    return source_of(name).load(data_dir, download=download, progress=progress, stopped=stopped)


def sample_images(name: str, count: int, data_dir: str | Path | None = None, stopped: Stopped = never) -> Dataset:
    """``count`` training images of a data set, the classes in turn; never downloads. Raises as `load_dataset` does."""
    return source_of(name).sample(count, data_dir, stopped)


def about(name: str, data_dir: str | Path | None = None) -> About:
    """What is known of a data set without reading it; raises `ConfigError` for an unknown name."""
    return source_of(name).about(data_dir)


def locate(name: str, data_dir: str | Path | None = None) -> Path | None:
    """Where the files of a data set lie on this machine, or None. Raises as `DataSource.locate` does."""
    return source_of(name).locate(data_dir)


def tested_on(dataset: str) -> str:
    """The data set whose test images judge a model that was trained on ``dataset``: its own, or MNIST where it was a
    mixture that is drawn anew each time."""
    try:
        own = source_of(dataset) if dataset else None
    except CnnError:  # of a file that is gone
        return dataset
    return "mnist" if own is None or isinstance(own, MixedDigits) else dataset


def reference_images(
    dataset: str, shape: Shape, data_dir: str | Path | None = None, stopped: Stopped = never
) -> tuple[Dataset, str]:
    """Test images for a model that was trained on ``dataset``, and what they are in words; never downloads.

    The data set's own where it is on this machine; for a model of digits, or one of which nobody knows what it was
    trained on, else MNIST's, else synthetic digits. Their names are their own (`Dataset.class_names`). Raises
    `DataUnavailableError` when none is there, or none has the ``shape`` that the model reads.
    """
    try:
        own = source_of(dataset) if dataset else None
    except CnnError:  # of a file that is gone
        own = None
    if isinstance(own, (MixedDigits, SyntheticDigits, PenDigits)):
        own = None  # MNIST's are the same digits, and are there at once
    return pick_reference_images(
        own, _MNIST, DIGIT_NAMES, lambda: make_synthetic(SYNTHETIC_REFERENCES, SYNTHETIC_SEED), shape, data_dir, stopped
    )
