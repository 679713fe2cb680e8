"""Data sets: files good and bad, the catalogue, downloads from a server of the test's own, synthetic digits."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import threading
import zlib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.datasets import (
    AUGMENTATIONS,
    Dataset,
    make_augmentation,
    mnist_family,
    read_idx,
    read_npz,
    shuffled_batches,
    to_bytes,
    write_idx,
)
from cnn_core.datasets.augmentation import SHARED_BY, SHARPENING, Augmentation, _sources, changed_chunks
from cnn_core.datasets.download import fetch
from cnn_core.datasets.mnist_family import FILES
from cnn_core.datasets.source import DATA_DIR_VARIABLE
from cnn_core.digits import digit_sources, make_synthetic
from cnn_core.errors import ConfigError, DataError, DataUnavailableError, StoppedError
from cnn_core.sources import SOURCES, load_dataset


def put_mnist(folder: Path, n: int = 20, packed: bool = True) -> Path:
    """Small files in MNIST's format under ``folder``/mnist."""
    rng = np.random.default_rng(0)
    target = folder / "mnist"
    target.mkdir(parents=True)
    for file in FILES:
        array = rng.integers(0, 256, (n, 28, 28), np.uint8) if "images" in file else np.arange(n, dtype=np.uint8) % 10
        name = target / file.removesuffix(".gz")
        write_idx(name, array)
        if packed:
            (target / file).write_bytes(gzip.compress(name.read_bytes()))
            name.unlink()
    return folder


@pytest.mark.parametrize("packed", [True, False])
def test_idx_files_raw_and_packed(tmp_path, packed):
    parts = load_dataset("mnist", put_mnist(tmp_path, packed=packed))
    assert parts.train.images.shape == (20, 28, 28, 1)
    assert parts.test.labels.tolist() == (list(range(10)) * 2)
    assert str(tmp_path) in parts.source
    with pytest.raises(ValueError, match="read-only"):
        parts.train.images[0] = 0


GOOD = bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected an IDX file"), (b"\x01\x02\x03\x04", "expected an IDX file"), (GOOD[:6], "header of 8 bytes"),
        (GOOD[:-1], "expected 3 values"), (GOOD + b"x", "expected 3 values"),
        (bytes([0, 0, 0x0D, 1]) + GOOD[4:], "type 0x0d"), (bytes([0, 0, 8, 2]) + GOOD[4:], "expected 1 axes"),
        (bytes([0, 0, 8, 1, 255, 255, 255, 255, 1]), "expected at most 1.07 GB of values"),
        (gzip.compress(GOOD)[:-6], "readable IDX"), (b"\x1f\x8b garbage", "readable IDX"),
    ],
)  # fmt: skip
def test_bad_idx_files_are_refused(tmp_path, content, message):
    file = tmp_path / "labels"
    file.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_idx(file, axes=1)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=60), packed=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path_factory, content, packed):
    file = tmp_path_factory.mktemp("idx") / "x"
    file.write_bytes(gzip.compress(content) if packed else content)
    try:
        array = read_idx(file)
    except DataError:
        return
    assert array.dtype == np.uint8


def test_a_missing_idx_file_is_told(tmp_path):
    with pytest.raises(DataError, match="found nothing"):
        read_idx(tmp_path / "none")
    with pytest.raises(DataError, match="found a folder"):
        read_idx(tmp_path)


def test_lookup_order(tmp_path, monkeypatch):
    chosen, variable = put_mnist(tmp_path / "a"), put_mnist(tmp_path / "b")
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(variable))
    assert str(chosen) in load_dataset("mnist", chosen).source
    (tmp_path / "empty").mkdir()
    assert str(variable) in load_dataset("mnist", tmp_path / "empty").source
    assert str(variable) in load_dataset("mnist").source


def test_a_named_folder_that_is_not_there_is_told(tmp_path):
    """Not passed over for the folder in the environment."""
    with pytest.raises(DataUnavailableError, match=r"found none at .*nowhere"):
        load_dataset("mnist", tmp_path / "nowhere", download=False)
    with pytest.raises(DataUnavailableError, match=r"found none at .*nowhere"):
        load_dataset("pendigits", tmp_path / "nowhere", download=False)


def test_without_files_and_network_it_says_so():
    with pytest.raises(DataUnavailableError, match=r"train-images.* could not be downloaded"):
        load_dataset("mnist")
    with pytest.raises(DataUnavailableError, match=DATA_DIR_VARIABLE):
        load_dataset("kmnist", download=False)
    with pytest.raises(ConfigError, match="expected one of mnist"):
        load_dataset("cifar")


def test_a_damaged_file_is_not_mistaken_for_a_missing_one(tmp_path):
    folder = put_mnist(tmp_path)
    (folder / "mnist" / FILES[0]).write_bytes(b"nonsense")
    with pytest.raises(DataError, match="train-images") as caught:
        load_dataset("mnist", folder)
    assert not isinstance(caught.value, DataUnavailableError)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path):
    """A mirror on this machine; its folder and its address."""
    folder = put_mnist(tmp_path / "served") / "mnist"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{httpd.server_port}/"
        httpd.shutdown()
        thread.join()


def mirror(monkeypatch, folder: Path, *urls: str) -> None:
    sums = tuple(hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in FILES)
    monkeypatch.setattr(mnist_family, "fetch", fetch)
    monkeypatch.setitem(SOURCES, "mnist", dataclasses.replace(SOURCES["mnist"], mirrors=urls, sha256=sums))


def test_download_tries_the_mirrors_and_keeps_the_files(server, monkeypatch, tmp_path):
    folder, url = server
    mirror(monkeypatch, folder, "http://127.0.0.1:9/", url)
    told = []
    parts = load_dataset("mnist", progress=lambda *what: told.append(what))
    assert len(parts.train) == 20
    assert told
    assert all(0 <= done <= total for _, done, total in told)
    mirror(monkeypatch, folder, "http://127.0.0.1:9/")
    assert len(load_dataset("mnist").train) == 20, "the second time it comes from the cache"


def test_a_download_with_another_checksum_is_refused(server, monkeypatch, tmp_path):
    folder, url = server
    mirror(monkeypatch, folder, url)
    (folder / FILES[0]).write_bytes(b"something else")
    with pytest.raises(DataUnavailableError, match="could not be downloaded"):
        load_dataset("mnist")
    assert not list((tmp_path / "cache").rglob("train-images*"))


def test_getting_data_can_be_stopped():
    for name in ("mnist", "synthetic"):
        with pytest.raises(StoppedError, match="was stopped"):
            load_dataset(name, stopped=lambda: True)


def test_synthetic_digits_are_drawn_once(monkeypatch):
    monkeypatch.setattr(digit_sources, "TRAIN_IMAGES", 310)
    monkeypatch.setattr(digit_sources, "TEST_IMAGES", 30)
    first = load_dataset("synthetic")
    calls = []
    again = load_dataset("synthetic", progress=lambda words, done, total: calls.append((done, total)))
    assert again.train.images is first.train.images
    assert all(done == total for done, total in calls)
    with pytest.raises(StoppedError, match="was stopped"):
        load_dataset("synthetic", stopped=lambda: True)


def test_npz_files(tmp_path):
    images, labels = np.zeros((6, 5, 4), np.uint8), np.array([0, 1, 2, 0, 1, 2])
    np.savez(tmp_path / "own.npz", x_train=images, y_train=labels, x_test=images[:2], y_test=labels[:2])
    parts = load_dataset(str(tmp_path / "own.npz"))
    assert parts.train.image_shape == (5, 4, 1)
    assert parts.train.class_names == ("0", "1", "2")
    np.savez(tmp_path / "floats.npz", images=images / 255.0, labels=labels)
    assert read_npz(tmp_path / "floats.npz")[1] is None
    assert len(load_dataset(str(tmp_path / "floats.npz")).test) == 1


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": np.zeros(3)}, "expected the arrays x_train"),
        ({"images": np.zeros((2, 4, 4)) + 7, "labels": np.zeros(2, int)}, "numbers from 0 to 1"),
        ({"images": np.zeros((2, 4, 4), np.uint8), "labels": np.zeros(3, int)}, "one label an image"),
        ({"images": np.zeros((2, 4, 4), np.uint8), "labels": np.zeros(2)}, "whole numbers"),
        ({"images": np.zeros((2, 4), np.uint8), "labels": np.zeros(2, int)}, r"images \[n, h, w, c\]"),
        ({"images": np.zeros((2, 4, 4), np.uint8), "labels": np.array([0, -1])}, "labels from 0"),
        ({"images": np.zeros((2, 4, 4), np.uint8), "labels": np.array([0, 30_000_000])}, "labels from 0 to 999"),
        ({"images": np.array([{}, {}], dtype=object), "labels": np.zeros(2, int)}, "plain numbers"),
    ],
)  # fmt: skip
def test_bad_npz_files_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(DataError, match=message):
        load_dataset(str(tmp_path / "bad.npz"))


def test_no_npz_file_at_all(tmp_path):
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 no zip")
    for name in ("bad.npz", "missing.npz"):
        with pytest.raises(DataError, match=r"[Ee]xpected"):
            load_dataset(str(tmp_path / name))


def test_split_and_batches_use_every_image_once(small_digits):
    train, validation = small_digits.split(0.25, np.random.default_rng(0))
    assert (len(train), len(validation)) == (450, 150)
    assert train.data is small_digits, "nothing is copied"
    together = np.concatenate([train.copied().images, validation.copied().images]).reshape(600, -1)
    assert len(np.unique(together, axis=0)) == len(np.unique(small_digits.images.reshape(600, -1), axis=0))
    images, labels = validation.batch(slice(3, 7))
    np.testing.assert_array_equal(images, small_digits.batch(validation.indices[3:7])[0])
    np.testing.assert_array_equal(labels, validation.labels[3:7])
    batches = list(shuffled_batches(10, 4, np.random.default_rng(0)))
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches).tolist()) == list(range(10))
    with pytest.raises(DataError, match="enough images to keep"):
        small_digits.split(0.0001, np.random.default_rng(0))


def test_images_may_stay_on_the_disk(small_digits, tmp_path):
    """A data set takes an array that lies in a file, and reads of it what a batch needs."""
    np.save(tmp_path / "images.npy", small_digits.images)
    mapped = Dataset("mapped", np.load(tmp_path / "images.npy", mmap_mode="r"), small_digits.labels)
    train, _ = mapped.split(0.25, np.random.default_rng(0))
    images, labels = train.batch(np.array([5, 2]))
    assert isinstance(mapped.images.base, np.memmap)
    np.testing.assert_array_equal(images, small_digits.batch(train.indices[[5, 2]])[0])
    np.testing.assert_array_equal(labels, small_digits.labels[train.indices[[5, 2]]])


def test_synthetic_digits_are_seeded_balanced_and_shaped(small_digits):
    again = make_synthetic(600, seed=3)
    np.testing.assert_array_equal(again.images, small_digits.images)
    assert np.bincount(small_digits.labels).tolist() == [60] * 10
    assert not np.array_equal(make_synthetic(600, seed=4).images, small_digits.images)
    images = small_digits.images[..., 0].astype(float) / 255
    rows = np.arange(28) + 0.5
    centre = (images.sum(axis=2) @ rows) / images.sum(axis=(1, 2))
    assert np.abs(centre - 14.5).max() <= 0.51, "MNIST's centre of mass"
    assert images.max(axis=(1, 2)).min() > 0.9
    extents = [np.ptp(np.nonzero(image.max(axis=1) > 0.5)[0]) + 1 for image in images]
    assert 17 <= np.median(extents) <= 21


def test_augmentation_changes_a_little_and_only_by_its_generator(small_digits):
    images = small_digits.images[:50]
    x = images / 255
    for name, augment in AUGMENTATIONS.items():
        if augment is None:
            continue
        y = augment(images, np.random.default_rng(1))
        np.testing.assert_array_equal(y, augment(images, np.random.default_rng(1)))
        assert y.shape == x.shape
        assert y.dtype == np.float32
        assert 0 <= y.min() <= y.max() <= 1.0001
        assert 0.5 < y.sum() / x.sum() < 1.6
        assert np.abs(y - x).mean() > 0.005, name
    with pytest.raises(ConfigError, match="augmentation expected"):
        make_augmentation("wild")


def random_bytes(rng, n: int, h: int = 9, w: int = 7, c: int = 2):
    return rng.integers(0, 256, (n, h, w, c)).astype(np.uint8)


def test_no_augmentation_is_the_identity(rng):
    images = random_bytes(rng, 2 * SHARED_BY + 5)
    np.testing.assert_allclose(Augmentation()(images, rng), images / 255, atol=1e-6)
    np.testing.assert_allclose(Augmentation().chunk(images, rng), images / 255, atol=1e-6)


def warped_plainly(image, rows, columns):
    """Sharpened, then bilinear interpolation at (rows, columns) [h, w], by definition; outside there is nothing."""
    h, w = image.shape
    rows, columns = np.clip(rows, -1, h - 1e-3), np.clip(columns, -1, w - 1e-3)
    for axis, place in enumerate((rows, columns)):
        amount = SHARPENING * (place % 1 * (1 - place % 1)).mean()
        padded = np.pad(image.swapaxes(0, axis), ((1, 1), (0, 0)), "edge")
        image = (1 + 2 * amount) * image - amount * (padded[:-2] + padded[2:]).swapaxes(0, axis)
    at = lambda y, x: image[y, x] if 0 <= y < h and 0 <= x < w else 0.0  # noqa: E731
    result = np.zeros(rows.shape)
    for place in np.ndindex(rows.shape):
        y, x = rows[place], columns[place]
        top, left = int(np.floor(y)), int(np.floor(x))
        down, right = y - top, x - left
        upper = at(top, left) * (1 - right) + at(top, left + 1) * right
        result[place] = upper * (1 - down) + (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * down
    return np.clip(result, 0, 1)


def test_warping_fetches_every_pixel_from_its_source(rng):
    images = random_bytes(rng, 3, c=1)
    how = Augmentation(rotation_deg=40, scale=0.3, shear=0.3, shift_px=2, elastic_px=1)
    found = how(images, np.random.default_rng(5))
    sources = _sources(how, 3, 9, 7, np.random.default_rng(5))
    for image, result, (rows, columns) in zip(images, found, sources, strict=True):
        np.testing.assert_allclose(result[..., 0], warped_plainly(image[..., 0] / 255, rows, columns), atol=2e-3)


def bump(h, w):
    """A soft round spot in the middle, bytes [1, h, w, 1]."""
    rows, columns = np.mgrid[0:h, 0:w] - np.array([h // 2, w // 2])[:, None, None]
    return np.rint(200 * np.exp(-(rows**2 + columns**2) / 4)).astype(np.uint8)[None, :, :, None]


def test_a_shift_moves_everything_alike():
    image = bump(15, 15)
    whole = image.sum() / 255
    centres = []
    for seed in range(40):
        moved = Augmentation(shift_px=2)(image, np.random.default_rng(seed))[0, :, :, 0]
        assert moved.sum() == pytest.approx(whole, rel=0.01)
        centres.append([(moved.sum(axis=axis) @ np.arange(15)) / moved.sum() - 7 for axis in (1, 0)])
    assert 1.5 < np.abs(centres).max() <= 2.0001


def test_even_ground_gets_no_rim():
    grey = np.full((8, 12, 12, 1), 128, np.uint8)
    changed = Augmentation(shift_px=1)(grey, np.random.default_rng(0))
    assert changed.max() == pytest.approx(128 / 255)
    np.testing.assert_allclose(changed[:, 2:-2, 2:-2], 128 / 255, rtol=1e-6)


def test_changed_images_are_as_sharp_as_the_images(small_digits):
    steps = lambda x: float((np.diff(x, axis=1) ** 2).mean() + (np.diff(x, axis=2) ** 2).mean())  # noqa: E731
    images = small_digits.images
    for how in (Augmentation(rotation_deg=10, shear=0.1), Augmentation(shift_px=1.5), Augmentation(elastic_px=0.5)):
        changed = how.chunk(images, np.random.default_rng(0))
        assert 0.85 < steps(changed) / steps(images / 255) < 1.1, how


def test_the_pen_grows_and_shrinks_by_its_neighbours(rng):
    image = random_bytes(rng, 1, 9, 9, 1)
    grey = image[0, :, :, 0] / 255
    padded = np.pad(grey, 1)
    near = np.stack([padded[1:-1, 1:-1], padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
    limits = []
    for seed in range(30):
        changed = Augmentation(pen=1.0)(image, np.random.default_rng(seed))[0, :, :, 0]
        assert (changed <= near.max(axis=0) + 1e-6).all()
        assert (changed >= near.min(axis=0) - 1e-6).all()
        limits.append(float((changed - grey).mean()))
    assert min(limits) < -0.1 < 0.1 < max(limits)


def test_erasures_only_take_ink_away():
    image = np.full((200, 20, 20, 1), 255, np.uint8)
    kept = Augmentation(erasures=1.0)(image, np.random.default_rng(0))
    assert kept.max() <= 1.0001
    gone = 1 - kept.mean(axis=(1, 2, 3))
    assert 0.25 < (gone < 1e-6).mean() < 0.5, "about 1/e of the images have none"
    assert gone.max() < 0.3


def test_large_images_come_in_smaller_chunks(rng):
    images = np.zeros((300, 224, 224, 3), np.uint8)
    first, _ = next(changed_chunks(images, np.zeros(300, int), np.arange(300), 16, AUGMENTATIONS["light"], rng))
    assert first.nbytes < 60e6


@pytest.mark.parametrize("n", [3, SHARED_BY + 1, 3 * SHARED_BY, 5000])
def test_chunks_hold_every_image_once_with_its_label(rng, n):
    images = rng.integers(0, 256, (n, 4, 5, 1)).astype(np.uint8)
    labels, order = rng.integers(0, 10, n), rng.permutation(n)
    found = list(changed_chunks(images, labels, order, 64, Augmentation(), rng))
    assert all(len(chunk) % 64 == 0 for chunk, _ in found[:-1]), "batches are not cut by chunks"
    np.testing.assert_allclose(np.concatenate([chunk for chunk, _ in found]), images[order] / 255, atol=1e-6)
    np.testing.assert_array_equal(np.concatenate([part for _, part in found]), labels[order])


def test_neighbours_in_a_chunk_are_changed_differently(small_digits):
    same = np.repeat(small_digits.images[:1], 3 * SHARED_BY, axis=0)
    changed = AUGMENTATIONS["strong"].chunk(same, np.random.default_rng(0))
    assert len(np.unique(changed[:SHARED_BY].reshape(SHARED_BY, -1), axis=0)) == SHARED_BY
    np.testing.assert_array_equal(changed[:SHARED_BY], changed[SHARED_BY : 2 * SHARED_BY])


def test_datasets_are_checked():
    with pytest.raises(DataError, match="uint8"):
        Dataset("x", np.zeros((2, 3, 3, 1)), np.zeros(2, np.int64))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="labels from 0 to 9"):
        Dataset("x", np.zeros((1, 3, 3, 1), np.uint8), np.array([10]), tuple("0123456789"))
    assert Dataset("x", np.zeros((1, 3, 3, 1), np.uint8), np.array([2])).class_names == ("0", "1", "2")
    assert to_bytes(np.array([0.0, 0.5, 1.0, 2.0])).tolist() == [0, 128, 255, 255]


def test_gzip_errors_are_the_ones_caught():
    """The reader relies on these two being what a damaged stream raises."""
    with pytest.raises((OSError, EOFError, zlib.error)):
        gzip.decompress(gzip.compress(b"abc")[:-3])


def test_labels_follow_the_names_of_a_models_classes():
    images, labels = np.zeros((3, 2, 2, 1), np.uint8), np.array([0, 1, -1])
    pets = Dataset("pets", images, labels, ("bee", "cat"))
    found = pets.for_classes(("ant", "bee", "cat"))
    assert (found.labels.tolist(), found.class_names, found.note) == ([1, 2, -1], ("ant", "bee", "cat"), "")
    unnamed = Dataset("unnamed", images, labels).for_classes(("ant", "bee", "cat"))
    assert unnamed.labels.tolist() == [0, 1, -1]
    assert "0 is ant, 1 is bee" in unnamed.note
    for names, message in ((("xen", "yak"), "received xen, yak"), (("0", "1", "-1"), "received 0, 1, -1")):
        with pytest.raises(DataError, match=message):
            Dataset("odd", images, labels, names).for_classes(("ant", "bee", "cat"))
    with pytest.raises(DataError, match="received -1"):
        Dataset("odd", images, labels, ("0", "1", "-1")).for_classes(("0", "1", "2"))
