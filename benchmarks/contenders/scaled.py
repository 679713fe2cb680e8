"""The engine on networks and data of any size, for `benchmarks.scaling`."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.contenders import tasks
from cnn_core import engine
from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import shuffled_batches
from cnn_core.layers import BatchNorm, Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU, Softmax
from cnn_core.model import Sequential
from cnn_core.optimizers import make_optimizer
from cnn_core.presets import make_preset

STEPS, BATCH, VALIDATION = 100, 64, 0.1
_ready: list[Callable[[], object]] = []


def prepare_point(batch: int, filters: int, side: int, depth: int, norm: bool) -> int:
    """Make a network; returns its multiplications for an image."""
    layers: list[Layer] = []
    for _ in range(depth):
        layers += [Conv2D(filters, 3, padding="same"), *([BatchNorm()] if norm else []), ReLU()]
    layers += [MaxPool2D(side // 4), Flatten(), Dense(10, "glorot"), Softmax()]
    model = Sequential(layers, "scaled").build((side, side, 1), np.random.default_rng(0))
    rng, optimizer = np.random.default_rng(0), make_optimizer("adam")
    x, labels = rng.random((batch, side, side, 1), np.float32), rng.integers(0, 10, batch)
    plan = engine.compile(model, batch, training=True)
    _ready[:] = [partial(plan.step, x, labels, rng, optimizer, tasks.LEARNING_RATE)]
    return model.multiply_adds


def prepare(kind: str) -> Callable[[], object]:  # noqa: ARG001
    """The training step of `prepare_point`."""
    return _ready[0]


def train_among(path: str, on_disk: bool) -> float:
    """Seconds an image, of some steps of `digits` on images drawn from a file of them, a part kept for validation."""
    images = np.load(path, mmap_mode="r" if on_disk else None)
    data = Dataset("noise", images, np.random.default_rng(0).integers(0, 10, len(images)))
    rng, optimizer = np.random.default_rng(0), make_optimizer("adam")
    train, validation = data.split(VALIDATION, rng)
    model = make_preset("digits", rng)
    with engine.compile(model, BATCH, training=True) as plan, engine.compile(model, 1024) as judge:
        judge.logits(validation.batch(slice(0, 1024))[0])
        durations: list[float] = []
        while len(durations) < STEPS:
            for indices in shuffled_batches(len(train), BATCH, rng):
                started = time.perf_counter()
                plan.step(*train.batch(indices), rng, optimizer, tasks.LEARNING_RATE)
                durations.append((time.perf_counter() - started) / len(indices))
                if len(durations) == STEPS:
                    break
    return float(np.median(durations))
