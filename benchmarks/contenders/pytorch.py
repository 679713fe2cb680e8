"""PyTorch on the CPU, as fast as it goes: all cores, fused Adam, either memory format."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch import nn

from benchmarks.contenders import tasks
from cnn_core.datasets.dataset import shuffled_batches
from cnn_core.presets import PRESETS

MEMORY_FORMATS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


def _network(preset: str, dropout: bool = True) -> nn.Sequential:
    """The preset, layer by layer."""
    modules: list[nn.Module] = []
    channels, side, features = 1, 28, 0
    for layer in PRESETS[preset].layers(10):
        options = layer.options()
        match layer.kind:
            case "Conv2D":
                kernel, filters = options["kernel_size"][0], options["filters"]
                padding = kernel // 2 if options["padding"] == "same" else 0
                modules.append(nn.Conv2d(channels, filters, kernel, padding=padding))
                channels, side = filters, side + 2 * padding - kernel + 1
            case "MaxPool2D" | "AveragePool2D":
                size = options["pool_size"][0]
                modules.append((nn.MaxPool2d if layer.kind == "MaxPool2D" else nn.AvgPool2d)(size))
                side //= size
            case "Flatten":
                modules.append(nn.Flatten())
                features = channels * side * side
            case "Dense":
                modules.append(nn.Linear(features, options["units"]))
                features = options["units"]
            case "Dropout":
                modules.append(nn.Dropout(options["rate"] if dropout else 0.0))
            case "ReLU":
                modules.append(nn.ReLU())
            case "Tanh":
                modules.append(nn.Tanh())
            case "Softmax":
                pass  # part of the loss
            case kind:
                raise ValueError(f"{preset} has a layer that is not translated: {kind}")
    return nn.Sequential(*modules)


def _named(network: nn.Sequential) -> Iterator[tuple[str, nn.Conv2d | nn.Linear, tuple[int, int]]]:
    """Modules with parameters, their names in `cnn_core`, and (channels, side) of the image before a first dense
    layer."""
    convolutions, dense, image = 0, 0, (1, 28)
    for module in network:
        if isinstance(module, nn.Conv2d):
            convolutions += 1
            side = image[1] + 2 * int(module.padding[0]) - module.kernel_size[0] + 1
            image = (module.out_channels, side)
            yield f"conv_{convolutions}", module, (0, 0)
        elif isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
            image = (image[0], image[1] // int(module.kernel_size))
        elif isinstance(module, nn.Linear):
            dense += 1
            yield f"dense_{dense}", module, image if dense == 1 else (0, 0)


def _load(network: nn.Sequential, weights: dict[str, np.ndarray]) -> nn.Sequential:
    """Take weights in the order of axes of `cnn_core`; a first dense layer sees (c, h, w) here and (h, w, c) there."""
    with torch.no_grad():
        for name, module, (c, side) in _named(network):
            weight = weights[f"{name}.weight"]
            if weight.ndim == 4:
                weight = weight.transpose(3, 2, 0, 1)
            elif c:
                weight = weight.reshape(side, side, c, -1).transpose(3, 2, 0, 1).reshape(weight.shape[::-1])
            else:
                weight = weight.T
            module.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
            module.bias.copy_(torch.from_numpy(weights[f"{name}.bias"]))
    return network


def _gradients(network: nn.Sequential) -> dict[str, np.ndarray]:
    """Gradients by the names and in the order of axes of `cnn_core`."""
    found = {}
    for name, module, (c, side) in _named(network):
        assert module.weight.grad is not None
        assert module.bias.grad is not None
        weight = module.weight.grad.numpy()
        if weight.ndim == 4:
            weight = weight.transpose(2, 3, 1, 0)
        elif c:
            weight = weight.reshape(-1, c, side, side).transpose(2, 3, 1, 0).reshape(weight.shape[::-1])
        else:
            weight = weight.T
        found[f"{name}.weight"], found[f"{name}.bias"] = weight.copy(), module.bias.grad.numpy().copy()
    return found


def prepare(kind: str, preset: str, batch: int, memory_format: str) -> Callable[[], None]:
    """What is to be timed: one training step, one pass over ``batch`` images, or one image."""
    layout = MEMORY_FORMATS[memory_format]
    x, labels = tasks.images(batch)
    images = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    targets = torch.from_numpy(labels)
    network = _load(_network(preset), tasks.weights(preset)).to(memory_format=layout)
    if kind == "train":
        optimizer = torch.optim.Adam(network.parameters(), tasks.LEARNING_RATE, fused=True)
        return partial(_step, network, optimizer, images, targets)
    network.eval()
    chunks = images.split(256)

    def read() -> None:
        with torch.inference_mode():
            for chunk in chunks:
                network(chunk)

    return read


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, images: torch.Tensor, targets: torch.Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    nn.functional.cross_entropy(network(images), targets).backward()
    optimizer.step()


def gradients(preset: str, count: int, dtype: str) -> dict[str, np.ndarray]:
    """Gradients of the mean loss for the starting weights, without dropout."""
    kind = torch.float64 if dtype == "float64" else torch.float32
    network = _load(_network(preset, dropout=False), tasks.weights(preset)).to(kind)
    x, labels = tasks.images(count)
    logits = network(torch.from_numpy(x).permute(0, 3, 1, 2).to(kind))
    nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
    return _gradients(network)


def race(seed: int, memory_format: str) -> tuple[float, int]:
    """Seconds and steps from random weights to `tasks.RACE_GOAL` on MNIST's test set."""
    train, test = tasks.mnist()
    layout, rng, steps = MEMORY_FORMATS[memory_format], np.random.default_rng(seed), 0
    torch.manual_seed(seed)
    network = _load(_network("digits"), tasks.weights("digits", seed)).to(memory_format=layout)
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


def train_on_mnist(preset: str, batch: int, steps: int) -> None:
    """Some steps on the real data, to see the memory they take."""
    train, _ = tasks.mnist()
    rng, layout = np.random.default_rng(0), torch.channels_last
    network = _network(preset).to(memory_format=layout)
    optimizer = torch.optim.Adam(network.parameters(), tasks.LEARNING_RATE, fused=True)
    for _, indices in zip(range(steps), shuffled_batches(len(train), batch, rng), strict=False):
        _step(network, optimizer, *_tensors(*train.batch(indices), layout))
