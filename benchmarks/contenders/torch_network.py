"""A network of `cnn_core` written in PyTorch, layer by layer, with the same weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

from cnn_core.arrays import Shape
from cnn_core.model import Sequential


class Named:
    """A module, and the layer it stands for; ``image_shape`` is what a dense layer's input was before it was
    flattened, () if it never was an image."""

    def __init__(self, name: str, module: nn.Module, image_shape: Shape = ()) -> None:
        self.name, self.module, self.image_shape = name, module, image_shape


def translate(model: Sequential) -> tuple[nn.Sequential, list[Named]]:
    """The network, and its modules with parameters."""
    modules: list[nn.Module] = []
    named: list[Named] = []
    flat_from: Shape = ()
    for layer, row in zip(model, model.summary(), strict=True):
        options, shape = layer.options(), row.input_shape
        match layer.kind:
            case "Conv2D":
                modules += _convolution(layer, options, shape)
                named.append(Named(layer.name, modules[-1]))
            case "BatchNorm":
                kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
                modules.append(kind(shape[-1], eps=options["epsilon"], momentum=1 - options["momentum"]))
                named.append(Named(layer.name, modules[-1]))
            case "MaxPool2D" | "AveragePool2D":
                kind = nn.MaxPool2d if layer.kind == "MaxPool2D" else nn.AvgPool2d
                modules.append(kind(options["pool_size"], options["stride"]))
            case "Flatten":
                modules.append(nn.Flatten())
                flat_from = shape if len(shape) == 3 else flat_from
            case "Dense":
                modules.append(nn.Linear(shape[0], options["units"]))
                named.append(Named(layer.name, modules[-1], flat_from))
                flat_from = ()
            case "Dropout":
                modules.append(nn.Dropout(options["rate"]))
            case "ReLU":
                modules.append(nn.ReLU())
            case "LeakyReLU":
                modules.append(nn.LeakyReLU(options["slope"]))
            case "Tanh":
                modules.append(nn.Tanh())
            case "Softmax":
                pass  # part of the loss
            case kind:
                raise ValueError(f"{model.name} has a layer that is not translated: {kind}")
    _load(named, dict(model.parameters))
    return nn.Sequential(*modules), named


def _convolution(layer: Any, options: dict[str, Any], shape: Shape) -> list[nn.Module]:
    """The convolution; where one side gets more zeros than the other, those stand before it."""
    (top, bottom), (left, right) = layer.pads(*shape[:2])
    even = top == bottom and left == right
    convolution = nn.Conv2d(
        shape[2], options["filters"], options["kernel_size"], options["stride"], (top, left) if even else 0
    )
    return [convolution] if even else [nn.ZeroPad2d((left, right, top, bottom)), convolution]


def _load(named: list[Named], weights: dict[str, np.ndarray]) -> None:
    """Take weights in the order of axes of `cnn_core`."""
    with torch.no_grad():
        for name, parameter, backwards in _parameters(named):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(backwards(weights[name]))))


def gradients(named: list[Named]) -> dict[str, np.ndarray]:
    """Gradients by the names and in the order of axes of `cnn_core`."""
    found = {}
    for one in named:
        for key, parameter in one.module.named_parameters():
            assert parameter.grad is not None
            found[_name(one, key)] = _to_ours(one, parameter.grad.numpy()).copy()
    return found


def _parameters(named: list[Named]) -> Iterator[tuple[str, nn.Parameter, Any]]:
    for one in named:
        for key, parameter in one.module.named_parameters():
            yield _name(one, key), parameter, lambda array, one=one: _to_theirs(one, array)


def _name(one: Named, key: str) -> str:
    if isinstance(one.module, nn.BatchNorm1d | nn.BatchNorm2d):
        key = {"weight": "scale", "bias": "shift"}[key]
    return f"{one.name}.{key}"


def _to_theirs(one: Named, array: np.ndarray) -> np.ndarray:
    """A dense layer after an image sees (c, h, w) there and (h, w, c) here."""
    if array.ndim == 4:
        return array.transpose(3, 2, 0, 1)
    if array.ndim == 2 and one.image_shape:
        return array.reshape(*one.image_shape, -1).transpose(3, 2, 0, 1).reshape(array.shape[::-1])
    return array.T


def _to_ours(one: Named, array: np.ndarray) -> np.ndarray:
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0)
    if array.ndim == 2 and one.image_shape:
        h, w, c = one.image_shape
        return array.reshape(-1, c, h, w).transpose(2, 3, 1, 0).reshape(array.shape[::-1])
    return array.T
