"""What all contenders are given: the same images, labels, weights and recipe."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from cnn_core.datasets import Dataset
from cnn_core.digits import make_synthetic
from cnn_core.errors import CnnError
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


def weights(preset: str, seed: int = 0) -> dict[str, np.ndarray]:
    """Starting weights by the names of `cnn_core`."""
    return dict(make_preset(preset, np.random.default_rng(seed)).parameters)


def images(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Synthetic digits [n, 28, 28, 1] in [0, 1] and their labels."""
    data = make_synthetic(1000, seed=1)
    indices = np.arange(count) % len(data)
    return data.batch(indices)


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
