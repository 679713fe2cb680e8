"""How fast a network trains on this machine: measured, not estimated."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from cnn_core import engine
from cnn_core.errors import StoppedError
from cnn_core.model import Sequential
from cnn_core.optimizers import make_optimizer
from cnn_core.training.config import TrainingConfig

SECONDS, LEAST_STEPS = 0.5, 3


def measure_speed(
    model: Sequential, config: TrainingConfig, seconds: float = SECONDS, stopped: Callable[[], bool] = lambda: False
) -> float:
    """Images a second of a few training steps of a copy of ``model``, which is built, on random images.

    Raises `StoppedError` once ``stopped`` says so.
    """
    copy, rng = model.twin(), np.random.default_rng(0)
    images = rng.random((config.batch_size, *model.input_shape), np.float32)
    labels = rng.integers(0, model.output_shape[0], config.batch_size)
    optimizer = make_optimizer(config.optimizer, **config.optimizer_options())
    times: list[float] = []
    with engine.compile(copy, config.batch_size, config.threads or None, training=True) as plan:
        plan.step(images, labels, rng, optimizer, 1e-4, stopped)  # not counted: buffers are made
        end = time.perf_counter() + seconds
        while len(times) < LEAST_STEPS or time.perf_counter() < end:
            if stopped():
                raise StoppedError("The measurement was stopped.")
            started = time.perf_counter()
            plan.step(images, labels, rng, optimizer, 1e-4, stopped)
            times.append(time.perf_counter() - started)
    return config.batch_size / statistics.median(times)
