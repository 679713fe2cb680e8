"""The data sets that the program knows, and where to find them.

Looked for in this order: the folder that the user chose, the folder in the environment variable CNN_DATA_DIR, the
user's cache, a download into that cache. Each folder holds one folder a data set: ``mnist/``, ``fashion-mnist/``, …
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pooch
from numpy.typing import NDArray

from cnn_core.data.arrays_file import read_npz
from cnn_core.data.dataset import Dataset, join
from cnn_core.data.download import Progress, fetch, is_whole
from cnn_core.data.idx import read_idx
from cnn_core.data.mixed import by_writer, mix
from cnn_core.data.non_digits import make_non_digits
from cnn_core.data.pen import draw_pen_digits
from cnn_core.data.scaling import full_scale, scale_words, to_bytes_of
from cnn_core.data.synthetic import make_synthetic
from cnn_core.data.unipen import PenDigit, read_unipen
from cnn_core.errors import ConfigError, DataError, DataUnavailableError, StoppedError
from cnn_core.files import brief
from cnn_core.labels import DIGIT_NAMES

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
AXES = (3, 1, 3, 1)
DATA_DIR_VARIABLE = "CNN_DATA_DIR"
SYNTHETIC_TRAIN, SYNTHETIC_TEST = 20_000, 2_000


class Parts(NamedTuple):
    """A data set as it was found: its two parts and, for people, what it is and where it was."""

    train: Dataset
    test: Dataset
    title: str
    place: str
    licence: str = ""
    validation: Dataset | None = None
    """Images to choose by, where they must not be a random share of ``train``."""
    note: str = ""
    """What people should know of it before they use it."""

    @property
    def source(self) -> str:
        """``MNIST (/home/me/data/mnist)``"""
        return f"{self.title} ({self.place})"


@dataclass(frozen=True, slots=True)
class Entry:
    """A data set of the catalogue in MNIST's file format; checksums and sizes in bytes in the order of `FILES`."""

    name: str
    title: str
    class_names: tuple[str, ...]
    mirrors: tuple[str, ...]
    sha256: tuple[str, ...]
    sizes: tuple[int, ...]
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
        (9_912_422, 28_881, 1_648_877, 4_542),
        "CC BY-SA 3.0, Y. LeCun, C. Cortes",
    ),
    "fashion-mnist": Entry(
        "fashion-mnist",
        "Fashion-MNIST, articles of clothing",
        ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
        (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        ),
        (
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
        (26_421_880, 29_515, 4_422_102, 5_148),
        "MIT, Zalando SE",
    ),
    "kmnist": Entry(
        "kmnist",
        "Kuzushiji-MNIST, cursive Japanese characters",
        ("お o", "き ki", "す su", "つ tsu", "な na", "は ha", "ま ma", "や ya", "れ re", "を wo"),
        ("https://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        (
            "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
            "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
            "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
            "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
        ),
        (18_165_135, 29_497, 3_041_136, 5_120),
        "CC BY-SA 4.0, ROIS-DS Center for Open Data in the Humanities",
    ),
}

PEN_FILE = "pendigits-orig.tra.gz"
PEN_PAGE = "archive.ics.uci.edu/dataset/81"
PEN_LICENCE = "CC BY 4.0, E. Alpaydin, F. Alimoglu"
PEN_TITLE, MIXED_TITLE = "pen digits of 30 people", "MNIST, pen digits and non-digits"
SYNTHETIC_TITLE = "synthetic digits, drawn by the program"
DATASETS = (*CATALOG, "pendigits", "mixed", "synthetic")
"""Every name that `load_dataset` knows; a path to an ``.npz`` file is one too."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a data set without reading it; ``path`` is the folder of its files, where it needs one."""

    name: str
    title: str
    licence: str
    available: bool
    path: str | None
    note: str = ""


def title_of(name: str) -> str:
    """What the data set called ``name`` is, in a few words."""
    if name in CATALOG:
        return CATALOG[name].title
    return {"pendigits": PEN_TITLE, "mixed": MIXED_TITLE, "synthetic": SYNTHETIC_TITLE}[name]


def about(name: str, data_dir: str | Path | None = None) -> About:
    """What is known of the data set called ``name``, one of `DATASETS`."""
    if name == "synthetic":
        return About(name, SYNTHETIC_TITLE, "free of any", True, None, "built in")
    if name == "mixed":
        places = [locate(part, data_dir) for part in ("mnist", "pendigits")]
        there = all(places)
        return About(name, MIXED_TITLE, "those of its parts", there, None, "made of both" if there else "")
    place = locate(name, data_dir)
    licence = CATALOG[name].licence if name in CATALOG else PEN_LICENCE
    return About(name, title_of(name), licence, place is not None, str(place) if place else None)


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
    parts = _load(name, data_dir, download, progress, stopped)
    for part in (parts.test, *([parts.validation] if parts.validation else [])):
        if part.image_shape != parts.train.image_shape or not len(part):
            raise DataError(
                f"{parts.train.name} expected images of {list(parts.train.image_shape)} in all of its parts, received "
                f"{len(part)} of {list(part.image_shape)} beside {len(parts.train)} to learn from."
            )
    return parts


def _load(
    name: str,
    data_dir: str | Path | None,
    download: bool,
    progress: Progress | None,
    stopped: Callable[[], bool],
) -> Parts:
    if name.endswith(".npz"):
        return _own_file(name)
    if name == "synthetic":
        return _synthetic(progress, stopped)
    if name == "pendigits":
        return _pen_digits(data_dir, progress, stopped)
    if name == "mixed":
        return _mixed(data_dir, download=download, progress=progress, stopped=stopped)
    if name not in CATALOG:
        raise ConfigError(
            f"A data set expected one of {', '.join(DATASETS)} or an .npz file, received {brief(name)!r}."
        )
    entry = CATALOG[name]
    folder = locate(name, data_dir)
    if folder is None:
        if not download:
            raise DataUnavailableError(
                f"Expected the files of {entry.title}, found none. Allow the download, or put {FILES[0]} and its "
                f"three companions into the folder {name} of the folder that {DATA_DIR_VARIABLE} names."
            )
        folder = user_cache() / name
        for file, sha256, size in zip(FILES, entry.sha256, entry.sizes, strict=True):
            fetch([mirror + file for mirror in entry.mirrors], sha256, size, folder / file, progress, stopped)
    arrays = [
        read_idx(_existing(folder, file) or folder / file, axes, stopped)
        for file, axes in zip(FILES, AXES, strict=True)
    ]
    full = full_scale(name, (arrays[0], arrays[2]))
    train, test = (
        Dataset(
            name, to_bytes_of(images, full)[..., None], labels.astype("int64"), entry.class_names, scale_words(full)
        )
        for images, labels in (arrays[:2], arrays[2:])
    )
    return Parts(train, test, entry.title.split(",")[0], str(folder), entry.licence, note=train.note)


def sample_images(
    name: str, count: int, data_dir: str | Path | None = None, stopped: Callable[[], bool] = lambda: False
) -> Dataset:
    """``count`` training images of a data set, the classes in turn; never downloads. Raises as `load_dataset` does.

    Of ``mixed``, which takes long to draw, some of MNIST, some pen digits and some that are none.
    """
    rng = np.random.default_rng()
    if name == "synthetic":
        return make_synthetic(max(count, 10), int(rng.integers(1 << 31))).take(slice(0, count))
    if name == "pendigits":
        learn = by_writer(pen_digits(data_dir, stopped)[0])[0]
        chosen = _classes_in_turn(np.array([digit.label for digit in learn]), count, rng)
        return draw_pen_digits([learn[i] for i in chosen], 0, rng)
    if name == "mixed":
        mnist = sample_images("mnist", count - count // 2, data_dir, stopped)
        recorded = pen_digits(data_dir, stopped)[0]
        pen = [recorded[i] for i in rng.integers(0, len(recorded), count // 3)]
        others = make_non_digits(100, mnist, pen, rng)
        drawn = draw_pen_digits(pen, 0, rng)
        return join(name, (mnist, drawn, others.take(rng.integers(0, len(others), count // 2 - count // 3))))
    train = load_dataset(name, data_dir, download=False, stopped=stopped).train
    return train.take(_classes_in_turn(train.labels, count, rng))


def _classes_in_turn(labels: NDArray[np.integer], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``count`` indices into ``labels``, by chance, the classes that there are one after the other."""
    classes = np.unique(labels)
    if not len(classes):
        raise DataError("Expected images to show, found none in the data set.")
    turns = classes[np.arange(count) % len(classes)]
    return np.array([rng.choice(np.flatnonzero(labels == label)) for label in turns], np.int64)


def locate(name: str, data_dir: str | Path | None = None) -> Path | None:
    """The folder that already holds the files of a data set, or None.

    ``data_dir`` is looked into first; raises `DataUnavailableError` when there is no such folder.
    """
    if data_dir is not None and not _is_folder(data_dir):
        raise DataUnavailableError(
            f"Expected the folder of the data sets, found none at {brief(data_dir)}. Check the name."
        )
    files = (PEN_FILE,) if name == "pendigits" else FILES
    for candidate in (data_dir, os.environ.get(DATA_DIR_VARIABLE)):
        if candidate and all(_existing(Path(candidate) / name, file) for file in files):
            return Path(candidate) / name
    cached = user_cache() / name
    if name not in CATALOG:
        return cached if all(_existing(cached, file) for file in files) else None
    whole = all(is_whole(cached / file, sha) for file, sha in zip(files, CATALOG[name].sha256, strict=True))
    return cached if whole else None


def pen_digits(
    data_dir: str | Path | None = None, stopped: Callable[[], bool] = lambda: False
) -> tuple[tuple[PenDigit, ...], Path]:
    """The recorded pen digits and the folder that they were found in; raises `DataError`."""
    folder = locate("pendigits", data_dir)
    if folder is None:
        raise DataUnavailableError(
            f"Expected the pen digits, found none. Fetch pendigits-orig.tra from the UCI repository ({PEN_PAGE}) and "
            f"put it, unpacked or as {PEN_FILE}, into the folder pendigits of the folder in {DATA_DIR_VARIABLE}."
        )
    return read_unipen(_existing(folder, PEN_FILE) or folder / PEN_FILE, stopped), folder


def _stoppable(progress: Progress | None, stopped: Callable[[], bool]) -> Progress:
    """What `load_dataset` is told on the way: goes on to ``progress``, and ends the work once it is to stop."""

    def report(what: str, done: int, total: int) -> None:
        if stopped():
            raise StoppedError("Drawing the images was stopped.")
        if progress:
            progress(what, done, total)

    return report


def _pen_digits(data_dir: str | Path | None, progress: Progress | None, stopped: Callable[[], bool]) -> Parts:
    digits, folder = pen_digits(data_dir, stopped)
    learn, choose = by_writer(digits)
    report = partial(_stoppable(progress, stopped), "drawing pen digits")
    train = draw_pen_digits(learn, 1, np.random.default_rng(1), progress=report)
    test = draw_pen_digits(choose, 0, np.random.default_rng(2), progress=report)
    return Parts(train, test, PEN_TITLE, str(folder), PEN_LICENCE)


def _mixed(
    data_dir: str | Path | None, *, download: bool, progress: Progress | None, stopped: Callable[[], bool]
) -> Parts:
    pen, folder = pen_digits(data_dir, stopped)
    mnist = load_dataset("mnist", data_dir, download=download, progress=progress, stopped=stopped)
    train, validation = mix(mnist.train, pen, _stoppable(progress, stopped))
    licence = f"MNIST: {mnist.licence}; pen digits: {PEN_LICENCE}"
    return Parts(train, mnist.test, MIXED_TITLE, f"{mnist.place}, {folder}", licence, validation)


def _is_folder(path: str | Path) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # a name that is too long, or with a NUL in it
        return False


def _existing(folder: Path, file: str) -> Path | None:
    """The file as it was published or unpacked."""
    for path in (folder / file, folder / file.removesuffix(".gz")):
        with suppress(OSError, ValueError):  # of a folder that may not be looked into, of a name that is too long
            if path.is_file():
                return path
    return None


_drawn: dict[tuple[int, int], Dataset] = {}
"""Synthetic digits by how many they are and their seed, so that the next run need not wait for them again."""


def _synthetic(progress: Progress | None, stopped: Callable[[], bool]) -> Parts:
    def report(done: int, total: int) -> None:
        if stopped():
            raise StoppedError("Drawing synthetic digits was stopped.")
        if progress:
            progress("drawing synthetic digits", done, total)

    def drawn(count: int, seed: int) -> Dataset:
        if (count, seed) not in _drawn:
            _drawn[count, seed] = make_synthetic(count, seed, report)
        report(count, count)
        return _drawn[count, seed]

    return Parts(drawn(SYNTHETIC_TRAIN, 1), drawn(SYNTHETIC_TEST, 2), "synthetic digits", "drawn by the program")


def _own_file(path: str) -> Parts:
    train, test = read_npz(path)
    note = train.note
    if test is None:
        train, test = train.split(1 / 6, np.random.default_rng(0))
    return Parts(train, test, Path(path).stem, path, note=note)
