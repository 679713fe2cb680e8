"""What the library promises on the real MNIST. These take minutes; without the files they are skipped."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cnn_core.assets import bundled_model_path
from cnn_core.data import load_dataset
from cnn_core.evaluation import evaluate
from cnn_core.storage import load_model

pytestmark = pytest.mark.mnist


def train(preset: str, folder, tmp_path) -> float:
    """Accuracy that the command line reports after three epochs."""
    options = ["--dataset", "mnist", "--preset", preset, "--epochs", "3", "--seed", "0", "--json"]
    command = [sys.executable, "-m", "cnn_core", "train", *options, "--data-dir", str(folder)]
    done = subprocess.run([*command, "--out", str(tmp_path / "m.safetensors")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["accuracy"]


def test_the_files_are_what_they_should_be(mnist_dir):
    parts = load_dataset("mnist", mnist_dir)
    assert parts.train.images.shape == (60_000, 28, 28, 1)
    assert parts.test.images.shape == (10_000, 28, 28, 1)
    assert parts.train.labels[:5].tolist() == [5, 0, 4, 1, 9]


def test_the_bundled_model_reads_the_test_set(mnist_dir):
    file = load_model(bundled_model_path())
    found = evaluate(file.model, load_dataset("mnist", mnist_dir).test)
    assert found.accuracy >= 0.992
    assert found.accuracy == pytest.approx(file.training["test_accuracy"], abs=2e-4)


def test_digits_reaches_its_mark(mnist_dir, tmp_path):
    assert train("digits", mnist_dir, tmp_path) >= 0.988


def test_article_reaches_its_mark(mnist_dir, tmp_path):
    assert train("article", mnist_dir, tmp_path) >= 0.990
