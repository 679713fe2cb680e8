"""The way of the article: channels first, im2col by index arrays, col2im by ``np.add.at``, float64, one thread.

Written after the description in "Let's code Convolutional Neural Network in plain NumPy" (P. Skalski); its im2col goes
back to the course notes CS231n. Only what the preset `article` needs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.contenders import tasks
from benchmarks.networks import make_model
from cnn_core.presets import PRESETS


class Convolution:
    """3×3, padding 1, stride 1."""

    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        self.w, self.b = weight.transpose(3, 2, 0, 1).astype(np.float64), bias.astype(np.float64)

    def forward(self, x: np.ndarray) -> np.ndarray:
        n, c, h, w = x.shape
        self.shape = x.shape
        i0 = np.tile(np.repeat(np.arange(3), 3), c)
        i1 = np.repeat(np.arange(h), w)
        j0 = np.tile(np.arange(3), 3 * c)
        j1 = np.tile(np.arange(w), h)
        self.i, self.j = i0.reshape(-1, 1) + i1.reshape(1, -1), j0.reshape(-1, 1) + j1.reshape(1, -1)
        self.k = np.repeat(np.arange(c), 9).reshape(-1, 1)
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        self.columns = padded[:, self.k, self.i, self.j].transpose(1, 2, 0).reshape(9 * c, -1)
        y = self.w.reshape(len(self.w), -1) @ self.columns
        return y.reshape(len(self.w), h, w, n).transpose(3, 0, 1, 2) + self.b.reshape(1, -1, 1, 1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        n, c, h, w = self.shape
        self.db = dy.sum(axis=(0, 2, 3))
        flat = dy.transpose(1, 2, 3, 0).reshape(len(self.w), -1)
        self.dw = (flat @ self.columns.T).reshape(self.w.shape)
        columns = (self.w.reshape(len(self.w), -1).T @ flat).reshape(9 * c, -1, n).transpose(2, 0, 1)
        padded = np.zeros((n, c, h + 2, w + 2))
        places = (slice(None), self.k, self.i, self.j)
        np.add.at(padded, places, columns)  # type: ignore[arg-type] - the stubs know no tuples
        return padded[:, :, 1:-1, 1:-1]


class MaxPool:
    """2×2, window by window, with a mask."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        n, c, h, w = x.shape
        y, self.masks, self.shape = np.zeros((n, c, h // 2, w // 2)), {}, x.shape
        for i in range(h // 2):
            for j in range(w // 2):
                window = x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                flat = window.reshape(n, c, 4)
                mask = np.zeros_like(flat)
                best = flat.argmax(axis=2)
                np.put_along_axis(mask, best[..., None], 1.0, axis=2)
                self.masks[i, j] = mask.reshape(window.shape)
                y[:, :, i, j] = window.max(axis=(2, 3))
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        dx = np.zeros(self.shape)
        for (i, j), mask in self.masks.items():
            dx[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] = dy[:, :, i : i + 1, j : j + 1] * mask
        return dx


class Relu:
    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return np.maximum(0, x)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        dx = np.array(dy, copy=True)
        dx[self.x <= 0] = 0
        return dx


class Dropout:
    def __init__(self, rate: float) -> None:
        self.keep = 1 - rate

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.mask = np.random.default_rng().random(x.shape) < self.keep
        return x * self.mask / self.keep

    def backward(self, dy: np.ndarray) -> np.ndarray:
        return dy * self.mask / self.keep


class Flatten:
    def forward(self, x: np.ndarray) -> np.ndarray:
        self.shape = x.shape
        return np.ravel(x).reshape(len(x), -1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        return dy.reshape(self.shape)


class Dense:
    def __init__(self, weight: np.ndarray, bias: np.ndarray) -> None:
        self.w, self.b = weight.T.astype(np.float64), bias.astype(np.float64)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return np.dot(x, self.w.T) + self.b

    def backward(self, dy: np.ndarray) -> np.ndarray:
        self.dw, self.db = np.dot(dy.T, self.x), dy.sum(axis=0)
        return np.dot(dy, self.w)


def prepare(kind: str, preset: str, batch: int) -> Callable[[], None]:
    """One training step with Adam."""
    if (kind, preset) != ("train", "article"):
        raise ValueError(f"only 'train article' was written this way, asked for {kind} {preset}")
    threadpool_limits(limits=1, user_api="blas")
    weights, layers = make_model(preset).parameters, []
    for layer in PRESETS[preset].layers(10):
        own, stem = (Convolution, "conv") if layer.kind == "Conv2D" else (Dense, "dense")
        name = f"{stem}_{1 + sum(isinstance(other, own) for other in layers)}"
        match layer.kind:
            case "Conv2D":
                layers.append(Convolution(weights[f"{name}.weight"], weights[f"{name}.bias"]))
            case "Dense":
                layers.append(Dense(weights[f"{name}.weight"], weights[f"{name}.bias"]))
            case "MaxPool2D":
                layers.append(MaxPool())
            case "ReLU":
                layers.append(Relu())
            case "Dropout":
                layers.append(Dropout(layer.options()["rate"]))
            case "Flatten":
                layers.append(Flatten())
    x, labels = tasks.images(batch)
    images, targets = x.transpose(0, 3, 1, 2).astype(np.float64), np.eye(10)[labels]
    cache: dict[int, list[np.ndarray]] = {}
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        value = images
        for layer in layers:
            value = layer.forward(value)
        exponentials = np.exp(value - value.max(axis=1, keepdims=True))
        value = (exponentials / exponentials.sum(axis=1, keepdims=True) - targets) / batch
        for layer in reversed(layers):
            value = layer.backward(value)
        for number, layer in enumerate(layers):
            if isinstance(layer, Convolution | Dense):
                slots = cache.setdefault(number, [np.zeros_like(a) for a in (layer.w, layer.b, layer.w, layer.b)])
                for k, (parameter, gradient) in enumerate(((layer.w, layer.dw), (layer.b, layer.db))):
                    slots[k] = 0.9 * slots[k] + 0.1 * gradient
                    slots[k + 2] = 0.999 * slots[k + 2] + 0.001 * np.square(gradient)
                    mean, square = slots[k] / (1 - 0.9**steps), slots[k + 2] / (1 - 0.999**steps)
                    parameter -= tasks.LEARNING_RATE * mean / (np.sqrt(square) + 1e-8)

    return step
