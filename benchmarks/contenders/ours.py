"""The engine of `cnn_core`."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.contenders import tasks
from benchmarks.networks import make_model
from cnn_core import engine
from cnn_core.datasets.dataset import shuffled_batches
from cnn_core.optimizers import make_optimizer


def prepare(kind: str, network: str, batch: int, variant: str = "") -> Callable[[], object]:  # noqa: ARG001
    """What is to be timed: one training step, one pass over ``batch`` images, or one image."""
    model, rng, optimizer = make_model(network), np.random.default_rng(0), make_optimizer("adam")
    x, labels = tasks.images(batch, model.input_shape)
    if kind == "train":
        plan = engine.compile(model, batch, training=True)
        return partial(plan.step, x, labels, rng, optimizer, tasks.LEARNING_RATE)
    plan = engine.compile(model, min(batch, 1024))
    return partial(plan.logits, x)


def gradients(network: str, count: int, dtype: str) -> dict[str, np.ndarray]:
    """Gradients of the mean loss for the starting weights, without dropout."""
    model = make_model(network, dropout=False, dtype=dtype)
    x, labels = tasks.images(count, model.input_shape)
    with engine.compile(model, count, training=True) as plan:
        found = plan.gradients(x.astype(dtype), labels, np.random.default_rng(0)).gradients
        return {name: array.copy() for name, array in found.items()}


def race(seed: int) -> tuple[float, int]:
    """Seconds and steps from random weights to `tasks.RACE_GOAL` on MNIST's test set."""
    train, test = tasks.mnist()
    model = tasks.race_model(seed)
    rng, optimizer, steps = np.random.default_rng(seed), make_optimizer("adam"), 0
    look = len(train) // tasks.RACE_BATCH // tasks.RACE_LOOKS
    test_images, test_labels = test.batch(slice(None))
    started = time.perf_counter()
    with (
        engine.compile(model, tasks.RACE_BATCH, training=True) as plan,
        engine.compile(model, 1024) as judge,
    ):
        for _ in range(tasks.RACE_EPOCHS):
            for indices in shuffled_batches(len(train), tasks.RACE_BATCH, rng):
                plan.step(*train.batch(indices), rng, optimizer, tasks.RACE_LEARNING_RATE)
                steps += 1
                if steps % look == 0:
                    found = judge.logits(test_images).argmax(axis=1)
                    if (found == test_labels).mean() >= tasks.RACE_GOAL:
                        return time.perf_counter() - started, steps
    raise RuntimeError(f"the goal was not reached in {tasks.RACE_EPOCHS} epochs")


def train_on_mnist(network: str, batch: int, steps: int) -> None:
    """Some steps on the real data, to see the memory they take."""
    train, _ = tasks.mnist()
    model, rng, optimizer = make_model(network), np.random.default_rng(0), make_optimizer("adam")
    with engine.compile(model, batch, training=True) as plan:
        for _, indices in zip(range(steps), shuffled_batches(len(train), batch, rng), strict=False):
            plan.step(*train.batch(indices), rng, optimizer, tasks.LEARNING_RATE)
