"""MNIST and its relatives: four IDX files each, in a folder, in the cache, or fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.download import Progress, fetch, is_whole
from cnn_core.datasets.idx import read_idx
from cnn_core.datasets.scaling import full_scale, scale_words, to_bytes_of
from cnn_core.datasets.source import (
    DATA_DIR_VARIABLE,
    About,
    DataSplits,
    Stopped,
    classes_in_turn,
    existing,
    expect_one_shape,
    find_folder,
    never,
    user_cache,
)
from cnn_core.errors import DataUnavailableError

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
AXES = (3, 1, 3, 1)


@dataclass(frozen=True, slots=True)
class MnistFamily:
    """A data set of MNIST's kind; checksums and sizes in bytes in the order of `FILES`."""

    name: str
    title: str
    class_names: tuple[str, ...]
    mirrors: tuple[str, ...]
    sha256: tuple[str, ...]
    sizes: tuple[int, ...]
    licence: str

    def about(self, data_dir: str | Path | None = None) -> About:
        place = self.locate(data_dir)
        return About(
            self.name, self.title, self.licence, place is not None, str(place) if place else None,
            class_names=self.class_names, downloads=True,
        )  # fmt: skip

    def locate(self, data_dir: str | Path | None = None) -> Path | None:
        """The folder that holds all four files; in the cache they must be the very files that were published."""
        if (found := find_folder(self.name, FILES, data_dir)) is not None:
            return found
        cached = user_cache() / self.name
        whole = all(is_whole(cached / file, sha) for file, sha in zip(FILES, self.sha256, strict=True))
        return cached if whole else None

    def load(
        self,
        data_dir: str | Path | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
        stopped: Stopped = never,
    ) -> DataSplits:
        """See `cnn_core.datasets.source.DataSource.load`."""
        folder = self.locate(data_dir)
        if folder is None:
            folder = self._fetched(download, progress, stopped)
        arrays = [
            read_idx(existing(folder, file) or folder / file, axes, stopped)
            for file, axes in zip(FILES, AXES, strict=True)
        ]
        full = full_scale(self.name, (arrays[0], arrays[2]))
        train, test = (
            Dataset(
                self.name,
                to_bytes_of(images, full)[..., None],
                labels.astype(np.int64),
                self.class_names,
                scale_words(full),
            )
            for images, labels in (arrays[:2], arrays[2:])
        )
        splits = DataSplits(train, test, self.title.split(",")[0], str(folder), self.licence, note=train.note)
        expect_one_shape(splits)
        return splits

    def _fetched(self, download: bool, progress: Progress | None, stopped: Stopped) -> Path:
        if not download:
            raise DataUnavailableError(
                f"Expected the files of {self.title}, found none. Allow the download, or put {FILES[0]} and its "
                f"three companions into the folder {self.name} of the folder that {DATA_DIR_VARIABLE} names."
            )
        folder = user_cache() / self.name
        for file, sha256, size in zip(FILES, self.sha256, self.sizes, strict=True):
            fetch([mirror + file for mirror in self.mirrors], sha256, size, folder / file, progress, stopped)
        return folder

    def sample(self, count: int, data_dir: str | Path | None = None, stopped: Stopped = never) -> Dataset:
        """See `cnn_core.datasets.source.DataSource.sample`."""
        train = self.load(data_dir, download=False, stopped=stopped).train
        return train.take(classes_in_turn(train.labels, count, np.random.default_rng()))


MNIST_FAMILY = (
    MnistFamily(
        "mnist",
        "MNIST, handwritten digits",
        tuple("0123456789"),
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
    MnistFamily(
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
    MnistFamily(
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
)
"""Every data set of this kind that can be fetched."""
