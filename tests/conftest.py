"""What all tests share: no network, no user files, data only where CNN_DATA_DIR says."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cnn_core.datasets import Dataset
from cnn_core.datasets.download import fetch
from cnn_core.datasets.mnist_family import FILES
from cnn_core.datasets.source import DATA_DIR_VARIABLE
from cnn_core.digits import make_synthetic
from cnn_core.digits.digit_sources import PEN_FILE

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

REAL_DATA_DIR = os.environ.get(DATA_DIR_VARIABLE)


@pytest.fixture(autouse=True)
def no_outside_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The user's cache and runs are an empty folder, mirrors are a port on which nobody answers."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    nowhere = ["http://127.0.0.1:9/"]
    monkeypatch.setattr("cnn_core.datasets.mnist_family.fetch", lambda _, *others: fetch(nowhere, *others))


@pytest.fixture
def mnist_dir() -> Path:
    """The folder with the real MNIST files; without them the test is skipped, which CI counts as a failure."""
    folder = Path(REAL_DATA_DIR or "nowhere")
    if not all((folder / "mnist" / file).exists() for file in FILES):
        pytest.skip(f"{DATA_DIR_VARIABLE} holds no mnist/")
    return folder


@pytest.fixture
def pen_dir() -> Path:
    """The folder with the recorded pen digits; without them the test is skipped, which CI counts as a failure."""
    folder = Path(REAL_DATA_DIR or "nowhere")
    if not (folder / "pendigits" / PEN_FILE).exists():
        pytest.skip(f"{DATA_DIR_VARIABLE} holds no pendigits/")
    return folder


@pytest.fixture(scope="session")
def small_digits() -> Dataset:
    """600 synthetic digits."""
    return make_synthetic(600, seed=3)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)
