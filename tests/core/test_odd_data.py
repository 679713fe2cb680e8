"""Data of one's own that are not as they should be: a sentence each, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.datasets import read_idx, read_npz
from cnn_core.datasets.mnist_family import MnistFamily
from cnn_core.digits import PenDigit, digit_sources, make_synthetic, read_unipen
from cnn_core.digits.digit_sources import PEN_FILE
from cnn_core.digits.pen import draw_pen_digits
from cnn_core.errors import DataError, StoppedError
from cnn_core.runs import RunRecord
from cnn_core.sources import about, load_dataset, sample_images
from cnn_core.training import TrainingConfig

SEGMENT = """.SEGMENT DIGIT 0 ? "{label}"
.COMMENT 1 {writer} 3
.PEN_DOWN
 {x} 450
 250 50
.PEN_UP
"""


def put_pens(folder: Path, writers: range, labels: int = 10, x: str = "250") -> Path:
    """A small file of pen digits under ``folder``/pendigits."""
    (folder / "pendigits").mkdir()
    segments = [SEGMENT.format(label=i % labels, writer=writer, x=x) for writer in writers for i in range(labels)]
    (folder / "pendigits" / PEN_FILE).write_text("".join(segments))
    return folder


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_npz_file_is_told(tmp_path, seed):
    rng, path = np.random.default_rng(seed), tmp_path / "own.npz"
    data = make_synthetic(20, seed=1)
    np.savez_compressed(path, images=data.images, labels=data.labels)
    content = bytearray(path.read_bytes())
    for place in rng.integers(0, len(content), 40):
        content[place] = rng.integers(256)
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_npz(path)


@pytest.mark.parametrize("images", [np.zeros((4, 5, 5), complex), np.zeros((4, 5, 5), "m8[s]")])
def test_images_of_odd_numbers_are_refused(tmp_path, images):
    np.savez(tmp_path / "own.npz", images=images, labels=np.arange(4))
    with pytest.raises(DataError, match="expected images of numbers"):
        read_npz(tmp_path / "own.npz")


def test_labels_may_stand_in_a_column(tmp_path):
    np.savez(tmp_path / "own.npz", images=np.zeros((4, 5, 5), np.uint8), labels=np.arange(4)[:, None])
    assert read_npz(tmp_path / "own.npz")[0].labels.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("test", [np.zeros((3, 9, 9), np.uint8), np.zeros((0, 8, 8), np.uint8)])
def test_parts_that_do_not_fit_are_found_before_the_training(tmp_path, test):
    labels = np.arange(6) % 2
    np.savez(tmp_path / "own.npz", x_train=np.zeros((6, 8, 8), np.uint8), y_train=labels, x_test=test,
             y_test=labels[: len(test)])  # fmt: skip
    with pytest.raises(DataError, match="in all of its parts"):
        load_dataset(str(tmp_path / "own.npz"))


def test_a_file_called_mnist_is_not_mnist(tmp_path):
    path = tmp_path / "mnist.npz"
    np.savez(path, images=np.zeros((12, 8, 8), np.uint8), labels=np.arange(12) % 2)
    data = load_dataset(str(path))
    told = RunRecord(TrainingConfig(dataset=str(path)), dataset=data.train.name).description()
    assert told["dataset"] == "mnist.npz"
    assert str(path) in told["command"]


def test_an_empty_idx_file_of_huge_images_is_told(tmp_path):
    sides = (0, 2**32 - 1, 2**32 - 1)
    (tmp_path / "images").write_bytes(b"\0\0\x08\3" + np.array(sides, ">u4").tobytes())
    with pytest.raises(DataError, match="damaged"):
        read_idx(tmp_path / "images")


def test_pen_digits_without_the_writers_that_are_asked_for(tmp_path):
    with pytest.raises(DataError, match="received none"):
        load_dataset("pendigits", put_pens(tmp_path, range(1, 4)))
    with pytest.raises(DataError, match="received none"):
        draw_pen_digits([], 1, np.random.default_rng(0))


@pytest.mark.parametrize("x", ["nan", "inf", "-inf"])
def test_coordinates_that_are_no_numbers_are_told(tmp_path, x):
    folder = put_pens(tmp_path, range(1, 6), x=x)
    with pytest.raises(DataError, match="in line 4"):
        read_unipen(folder / "pendigits" / PEN_FILE)


def test_drawing_pen_digits_can_be_stopped(tmp_path):
    folder = put_pens(tmp_path, range(1, 31))
    with pytest.raises(StoppedError):
        load_dataset("pendigits", folder, stopped=lambda: True)
    asked = []
    assert len(load_dataset("pendigits", folder, stopped=lambda: bool(asked.append(1))).train) == 480
    assert len(asked) > 3


def test_samples_of_few_digits_and_missing_classes(tmp_path, monkeypatch):
    folder = put_pens(tmp_path, range(1, 6), labels=3)
    assert sorted(set(sample_images("pendigits", 10, folder).labels)) == [0, 1, 2]
    digit = PenDigit(1, 1, (np.array([(0.5, 0.1), (0.5, 0.9)]),))
    monkeypatch.setattr(digit_sources.PenDigits, "recorded", lambda *_: ((digit,) * 7, folder))
    monkeypatch.setattr(digit_sources, "make_non_digits", lambda count, *_: make_synthetic(count, 1))
    monkeypatch.setattr(MnistFamily, "sample", lambda _, count, *__: make_synthetic(20, 2).take(slice(0, count)))
    assert len(sample_images("mixed", 10, folder)) == 10


def test_a_folder_that_may_not_be_looked_into_holds_nothing(monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    assert not about("mnist").available
