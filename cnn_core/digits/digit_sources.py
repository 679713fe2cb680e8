"""The sources that know digits: those that the program draws itself, recorded pen digits, and a mixture of both."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import Dataset, join
from cnn_core.datasets.download import Progress
from cnn_core.datasets.npz import read_npz_array
from cnn_core.datasets.source import (
    DATA_DIR_VARIABLE,
    About,
    DataSource,
    DataSplits,
    Stopped,
    classes_in_turn,
    existing,
    find_folder,
    never,
    user_cache,
)
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.digits.mixture import by_writer, mix
from cnn_core.digits.non_digits import make_non_digits
from cnn_core.digits.omniglot import Character, read_omniglot
from cnn_core.digits.pen import draw_pen_digits
from cnn_core.digits.synthetic import make_synthetic
from cnn_core.digits.unipen import PenDigit, read_unipen
from cnn_core.errors import DataError, DataUnavailableError, StoppedError

PEN_FILE = "pendigits-orig.tra.gz"
CHARACTERS_FILE, WRITERS_FILE = "strokes_background_small1.zip", "mnist-writers.npz"
PEN_PAGE = "archive.ics.uci.edu/dataset/81"
PEN_LICENCE = "CC BY 4.0, E. Alpaydin, F. Alimoglu"
CHARACTERS_LICENCE = "MIT, B. Lake"
TRAIN_IMAGES, TEST_IMAGES = 20_000, 2_000
"""Synthetic digits that are drawn."""


class SyntheticDigits:
    """Digits drawn by the program; they are drawn once, so that the next run need not wait for them again."""

    name, title = "synthetic", "synthetic digits, drawn by the program"

    def __init__(self) -> None:
        self._drawn: dict[tuple[int, int], Dataset] = {}

    def about(self, data_dir: str | Path | None = None) -> About:  # noqa: ARG002
        return About(self.name, self.title, "free of any", True, None, "built in", DIGIT_NAMES)

    def locate(self, data_dir: str | Path | None = None) -> Path | None:  # noqa: ARG002
        return None

    def load(
        self,
        data_dir: str | Path | None = None,  # noqa: ARG002
        *,
        download: bool = True,  # noqa: ARG002
        progress: Progress | None = None,
        stopped: Stopped = never,
    ) -> DataSplits:
        report = partial(_stoppable(progress, stopped), "drawing synthetic digits")
        train, test = (self._made(n, seed, report) for n, seed in ((TRAIN_IMAGES, 1), (TEST_IMAGES, 2)))
        return DataSplits(train, test, "synthetic digits", "drawn by the program")

    def _made(self, count: int, seed: int, report: partial[None]) -> Dataset:
        if (count, seed) not in self._drawn:
            self._drawn[count, seed] = make_synthetic(count, seed, report)
        report(count, count)
        return self._drawn[count, seed]

    def sample(self, count: int, data_dir: str | Path | None = None, stopped: Stopped = never) -> Dataset:  # noqa: ARG002
        seed = int(np.random.default_rng().integers(1 << 31))
        return make_synthetic(max(count, 10), seed).take(slice(0, count))


class PenDigits:
    """7 494 digits of 30 people on a pen tablet, drawn as MNIST's are. Source: UCI "Pen-Based Recognition of
    Handwritten Digits", E. Alpaydin, F. Alimoglu."""

    name, title = "pendigits", "pen digits of 30 people"

    def about(self, data_dir: str | Path | None = None) -> About:
        place = self.locate(data_dir)
        return About(
            self.name, self.title, PEN_LICENCE, place is not None, str(place) if place else None,
            class_names=DIGIT_NAMES,
        )  # fmt: skip

    def locate(self, data_dir: str | Path | None = None) -> Path | None:
        if (found := find_folder(self.name, (PEN_FILE,), data_dir)) is not None:
            return found
        cached = user_cache() / self.name
        return cached if existing(cached, PEN_FILE) else None

    def recorded(self, data_dir: str | Path | None, stopped: Stopped = never) -> tuple[tuple[PenDigit, ...], Path]:
        """The recordings and the folder that they were found in; raises `DataError`."""
        folder = self.locate(data_dir)
        if folder is None:
            raise DataUnavailableError(
                f"Expected the pen digits, found none. Fetch pendigits-orig.tra from the UCI repository ({PEN_PAGE}) "
                f"and put it, unpacked or as {PEN_FILE}, into the folder pendigits of the folder in "
                f"{DATA_DIR_VARIABLE}."
            )
        return read_unipen(existing(folder, PEN_FILE) or folder / PEN_FILE, stopped), folder

    def load(
        self,
        data_dir: str | Path | None = None,
        *,
        download: bool = True,  # noqa: ARG002 - they have to be fetched by hand
        progress: Progress | None = None,
        stopped: Stopped = never,
    ) -> DataSplits:
        digits, folder = self.recorded(data_dir, stopped)
        learn, choose = by_writer(digits)
        report = partial(_stoppable(progress, stopped), "drawing pen digits")
        train = draw_pen_digits(learn, 1, np.random.default_rng(1), progress=report)
        test = draw_pen_digits(choose, 0, np.random.default_rng(2), progress=report)
        return DataSplits(train, test, self.title, str(folder), PEN_LICENCE)

    def sample(self, count: int, data_dir: str | Path | None = None, stopped: Stopped = never) -> Dataset:
        rng = np.random.default_rng()
        learn = by_writer(self.recorded(data_dir, stopped)[0])[0]
        chosen = classes_in_turn(np.array([digit.label for digit in learn]), count, rng)
        return draw_pen_digits([learn[i] for i in chosen], 0, rng)


def find_characters(data_dir: str | Path | None, stopped: Stopped = never) -> tuple[Character, ...]:
    """Characters of other scripts from the folder ``omniglot``, none where it is not there; raises `DataError`."""
    folder = find_folder("omniglot", (CHARACTERS_FILE,), data_dir)
    return read_omniglot(folder / CHARACTERS_FILE, stopped) if folder is not None else ()


def find_writers(data_dir: str | Path | None, images: int, part: str = "train") -> NDArray[np.int64] | None:
    """Who wrote each of MNIST's images [n], of the part ``train`` or ``test``, from ``mnist-writers.npz`` beside the
    folder ``mnist``; None where that is not there. Source: the labels of QMNIST. Raises `DataError`."""
    folder = find_folder("mnist", (), data_dir)
    file = folder.parent / WRITERS_FILE if folder is not None else None
    if file is None or not file.is_file():
        return None
    writers = read_npz_array(file, f"{part}_writers")
    if writers.shape != (images,) or writers.dtype.kind not in "iu":
        raise DataError(f"{WRITERS_FILE} expected {images:,} writers, found {list(writers.shape)} {writers.dtype}.")
    return writers.astype(np.int64)


class MixedDigits:
    """MNIST, pen digits and things that are no digits: what the network that ships has learnt from."""

    name, title = "mixed", "MNIST, pen digits and non-digits"

    def __init__(self, mnist: DataSource, pen: PenDigits) -> None:
        self._mnist, self._pen = mnist, pen

    def about(self, data_dir: str | Path | None = None) -> About:
        there = all(source.locate(data_dir) for source in (self._mnist, self._pen))
        note = "made of both" if there else ""
        return About(self.name, self.title, "those of its parts", there, None, note, DIGIT_NAMES)

    def locate(self, data_dir: str | Path | None = None) -> Path | None:
        return self._mnist.locate(data_dir) if self._pen.locate(data_dir) else None

    def load(
        self,
        data_dir: str | Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        stopped: Stopped = never,
    ) -> DataSplits:
        pen, folder = self._pen.recorded(data_dir, stopped)
        mnist = self._mnist.load(data_dir, download=download, progress=progress, stopped=stopped)
        characters, writers = find_characters(data_dir, stopped), find_writers(data_dir, len(mnist.train))
        train, validation = mix(mnist.train, pen, _stoppable(progress, stopped), characters, writers)
        licence = f"MNIST: {mnist.licence}; pen digits: {PEN_LICENCE}"
        if characters:
            licence += f"; characters: {CHARACTERS_LICENCE}"
        return DataSplits(train, mnist.test, self.title, f"{mnist.place}, {folder}", licence, validation)

    def sample(self, count: int, data_dir: str | Path | None = None, stopped: Stopped = never) -> Dataset:
        """Some of MNIST, some pen digits and some that are none: to draw all of them takes long."""
        rng = np.random.default_rng()
        mnist = self._mnist.sample(count - count // 2, data_dir, stopped)
        recorded = self._pen.recorded(data_dir, stopped)[0]
        pen = [recorded[i] for i in rng.integers(0, len(recorded), count // 3)]
        others = make_non_digits(100, mnist, pen, rng)
        drawn = draw_pen_digits(pen, 0, rng)
        return join(self.name, (mnist, drawn, others.take(rng.integers(0, len(others), count // 2 - count // 3))))


def _stoppable(progress: Progress | None, stopped: Stopped) -> Progress:
    """What a source is told on the way: goes on to ``progress``, and ends the work once it is to stop."""

    def report(what: str, done: int, total: int) -> None:
        if stopped():
            raise StoppedError("Drawing the images was stopped.")
        if progress:
            progress(what, done, total)

    return report
