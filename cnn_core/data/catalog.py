"""The data sets that the program knows, and where to find them.

Looked for in this order: the folder that the user chose, the folder in the environment variable CNN_DATA_DIR, the
user's cache, a download into that cache. Each folder holds one folder a data set: ``mnist/``, ``fashion-mnist/``, …
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch

from cnn_core.data.arrays_file import read_npz
from cnn_core.data.dataset import DIGIT_NAMES, Dataset
from cnn_core.data.download import Progress, fetch
from cnn_core.data.idx import read_idx
from cnn_core.data.synthetic import make_synthetic
from cnn_core.errors import ConfigError, DataUnavailableError, StoppedError

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
AXES = (3, 1, 3, 1)
DATA_DIR_VARIABLE = "CNN_DATA_DIR"
SYNTHETIC_TRAIN, SYNTHETIC_TEST = 12_000, 2_000


class Parts(NamedTuple):
    """A data set as it was found: its two parts and, for people, what it is and where it was."""

    train: Dataset
    test: Dataset
    title: str
    place: str

    @property
    def source(self) -> str:
        """``MNIST (/home/me/data/mnist)``"""
        return f"{self.title} ({self.place})"


@dataclass(frozen=True, slots=True)
class Entry:
    """A data set of the catalogue in MNIST's file format; checksums in the order of `FILES`."""

    name: str
    title: str
    class_names: tuple[str, ...]
    mirrors: tuple[str, ...]
    sha256: tuple[str, ...]
    licence: str


CATALOG: dict[str, Entry] = {
    "mnist": Entry(
        "mnist",
        "MNIST, handwritten digits",
        DIGIT_NAMES,
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        (
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
        "CC BY-SA 3.0, Y. LeCun, C. Cortes",
    ),
    "fashion-mnist": Entry(
        "fashion-mnist",
        "Fashion-MNIST, articles of clothing",
        ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
        "MIT, Zalando SE",
    ),
    "kmnist": Entry(
        "kmnist",
        "Kuzushiji-MNIST, cursive Japanese characters",
        ("お o", "き ki", "す su", "つ tsu", "な na", "は ha", "ま ma", "や ya", "れ re", "を wo"),
        ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        (
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        ),
        "CC BY-SA 4.0, ROIS-DS Center for Open Data in the Humanities",
    ),
}

DATASETS = (*CATALOG, "synthetic")
"""Every name that `load_dataset` knows; a path to an ``.npz`` file is one too."""


def user_cache() -> Path:
    """Where downloads are kept."""
    return Path(pooch.os_cache("cnn-gui"))


def load_dataset(
    name: str,
    data_dir: str | Path | None = None,
    *,
    download: bool = True,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Parts:
    """Training and test part of the data set called ``name``.

    Parameters
    ----------
    name : one of `DATASETS`, or the path of an ``.npz`` file
    data_dir : the folder to look in first
    download : whether the network may be asked
    progress : called with (what, done, total); ``stopped`` : ends the wait when it turns true

    Raises
    ------
    ConfigError for an unknown name; DataError when the files are damaged, its kind DataUnavailableError when they are
    not to be had; StoppedError.
    """
    if name.endswith(".npz"):
        return _own_file(name)
    if name == "synthetic":
        return _synthetic(progress, stopped)
    if name not in CATALOG:
        raise ConfigError(f"A data set expected one of {', '.join(DATASETS)} or an .npz file, received {name!r}.")
    entry = CATALOG[name]
    folder = locate(name, data_dir)
    if folder is None:
        if not download:
            raise DataUnavailableError(
                f"Expected the files of {entry.title}, found none. Allow the download, or put {FILES[0]} and its "
                f"three companions into the folder {name} of the folder that {DATA_DIR_VARIABLE} names."
            )
        folder = user_cache() / name
        for file, sha256 in zip(FILES, entry.sha256, strict=True):
            fetch([mirror + file for mirror in entry.mirrors], sha256, folder / file, progress, stopped)
    arrays = [read_idx(_existing(folder, file) or folder / file, axes) for file, axes in zip(FILES, AXES, strict=True)]
    train, test = (
        Dataset(name, images[..., None], labels.astype("int64"), entry.class_names)
        for images, labels in (arrays[:2], arrays[2:])
    )
    return Parts(train, test, entry.title.split(",")[0], str(folder))


def locate(name: str, data_dir: str | Path | None = None) -> Path | None:
    """The folder that already holds all four files of a data set of the catalogue, or None."""
    candidates = [data_dir, os.environ.get(DATA_DIR_VARIABLE), user_cache()]
    for candidate in candidates:
        if candidate and all(_existing(Path(candidate) / name, file) for file in FILES):
            return Path(candidate) / name
    return None


def _existing(folder: Path, file: str) -> Path | None:
    """The file as it was published or unpacked."""
    for path in (folder / file, folder / file.removesuffix(".gz")):
        if path.is_file():
            return path
    return None


def _synthetic(progress: Progress | None, stopped: Callable[[], bool]) -> Parts:
    def report(done: int, total: int) -> None:
        if stopped():
            raise StoppedError("Drawing synthetic digits was stopped.")
        if progress:
            progress("drawing synthetic digits", done, total)

    return Parts(
        make_synthetic(SYNTHETIC_TRAIN, 1, report),
        make_synthetic(SYNTHETIC_TEST, 2),
        "synthetic digits",
        "drawn by the program",
    )


def _own_file(path: str) -> Parts:
    train, test = read_npz(path)
    if test is None:
        train, test = train.split(1 / 6, np.random.default_rng(0))
    return Parts(train, test, Path(path).stem, path)
