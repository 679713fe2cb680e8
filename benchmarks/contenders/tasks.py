"""What all contenders are given: the same images, labels, weights and recipe."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from cnn_core.arrays import Shape
from cnn_core.datasets import Dataset
from cnn_core.digits import make_synthetic
from cnn_core.errors import CnnError
from cnn_core.model import Sequential
from cnn_core.presets import make_preset
from cnn_core.sources import load_dataset

LEARNING_RATE = 1e-3
RACE_BATCH = 64
RACE_LEARNING_RATE = 2e-3
RACE_GOAL = 0.99
RACE_LOOKS = 4
"""Looks at the test set in an epoch."""
RACE_EPOCHS = 12
"""The race ends without a winner after so many."""


def race_model(seed: int) -> Sequential:
    """The network of the race with the starting weights of a seed."""
    return make_preset("digits", np.random.default_rng(seed))


def images(count: int, shape: Shape = (28, 28, 1)) -> tuple[np.ndarray, np.ndarray]:
    """Images [n, h, w, c] in [0, 1] and their labels: synthetic digits, or noise where those have another shape."""
    if shape == (28, 28, 1):
        data = make_synthetic(1000, seed=1)
        return data.batch(np.arange(count) % len(data))
    rng = np.random.default_rng(1)
    return rng.random((count, *shape), np.float32), rng.integers(0, 10, count)


def mnist() -> tuple[Dataset, Dataset]:
    """Training and test set; raises `CnnError` where there is none."""
    folder = os.environ.get("CNN_DATA_DIR")
    parts = load_dataset("mnist", Path(folder) if folder else None)
    return parts.train, parts.test


def has_mnist() -> bool:
    """Whether MNIST is on this machine."""
    try:
        mnist()
    except CnnError:
        return False
    return True
