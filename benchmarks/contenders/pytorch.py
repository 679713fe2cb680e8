"""PyTorch on the CPU, as fast as it goes: all cores, fused Adam, either memory format, or compiled."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.contenders import tasks, torch_network
from benchmarks.networks import make_model
from cnn_core.datasets.dataset import shuffled_batches

MEMORY_FORMATS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}
COMPILED = "compiled"
READ_AT_ONCE = 256


def prepare(kind: str, network: str, batch: int, variant: str) -> Callable[[], object]:
    """What is to be timed: one training step, one pass over ``batch`` images, or one image.

    ``variant``: a memory format, or "compiled" for `torch.compile`, which chooses its own.
    """
    layout = MEMORY_FORMATS.get(variant, torch.contiguous_format)
    model = make_model(network)
    images, targets = _tensors(*tasks.images(batch, model.input_shape), layout)
    module = torch_network.translate(model)[0].to(memory_format=layout)
    called: Any = torch.compile(module) if variant == COMPILED else module
    if kind == "train":
        optimizer = torch.optim.Adam(module.parameters(), tasks.LEARNING_RATE, fused=True)
        return partial(_step, called, optimizer, images, targets)
    module.eval()
    chunks = images.split(READ_AT_ONCE)

    def read() -> None:
        with torch.inference_mode():
            for chunk in chunks:
                called(chunk)

    return read


def _step(
    network: Callable[[torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    targets: torch.Tensor,
) -> None:
    optimizer.zero_grad(set_to_none=True)
    nn.functional.cross_entropy(network(images), targets).backward()
    optimizer.step()


def gradients(network: str, count: int, dtype: str) -> dict[str, np.ndarray]:
    """Gradients of the mean loss for the starting weights, without dropout."""
    model = make_model(network, dropout=False)
    module, named = torch_network.translate(model)
    module.to(torch.float64 if dtype == "float64" else torch.float32)
    x, labels = tasks.images(count, model.input_shape)
    logits = module(torch.from_numpy(x.astype(dtype)).permute(0, 3, 1, 2))
    nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
    return torch_network.gradients(named)


def race(seed: int, memory_format: str) -> tuple[float, int]:
    """Seconds and steps from random weights to `tasks.RACE_GOAL` on MNIST's test set."""
    train, test = tasks.mnist()
    layout, rng, steps = MEMORY_FORMATS[memory_format], np.random.default_rng(seed), 0
    torch.manual_seed(seed)
    network = torch_network.translate(tasks.race_model(seed))[0].to(memory_format=layout)
    optimizer = torch.optim.Adam(network.parameters(), tasks.RACE_LEARNING_RATE, fused=True)
    look = len(train) // tasks.RACE_BATCH // tasks.RACE_LOOKS
    test_images, test_labels = _tensors(*test.batch(slice(None)), layout)
    started = time.perf_counter()
    for _ in range(tasks.RACE_EPOCHS):
        for indices in shuffled_batches(len(train), tasks.RACE_BATCH, rng):
            _step(network, optimizer, *_tensors(*train.batch(indices), layout))
            steps += 1
            if steps % look == 0:
                network.eval()
                with torch.inference_mode():
                    found = torch.cat([network(chunk).argmax(1) for chunk in test_images.split(256)])
                network.train()
                if (found == test_labels).float().mean().item() >= tasks.RACE_GOAL:
                    return time.perf_counter() - started, steps
    raise RuntimeError(f"the goal was not reached in {tasks.RACE_EPOCHS} epochs")


def _tensors(x: np.ndarray, labels: np.ndarray, layout: torch.memory_format) -> tuple[torch.Tensor, torch.Tensor]:
    images = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    return images, torch.from_numpy(labels.copy())


def train_on_mnist(network: str, batch: int, steps: int) -> None:
    """Some steps on the real data, to see the memory they take."""
    train, _ = tasks.mnist()
    rng, layout = np.random.default_rng(0), torch.channels_last
    module = torch_network.translate(make_model(network))[0].to(memory_format=layout)
    optimizer = torch.optim.Adam(module.parameters(), tasks.LEARNING_RATE, fused=True)
    for _, indices in zip(range(steps), shuffled_batches(len(train), batch, rng), strict=False):
        _step(module, optimizer, *_tensors(*train.batch(indices), layout))
