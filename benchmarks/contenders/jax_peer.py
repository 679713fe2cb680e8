"""JAX on the CPU: the step, Adam included, compiled as one function that may write over its arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.contenders import tasks
from benchmarks.networks import make_model
from cnn_core.layers import Layer
from cnn_core.model import Sequential

Weights = dict[str, Any]
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
READ_AT_ONCE = 256


def prepare(kind: str, network: str, batch: int, variant: str) -> Callable[[], object]:  # noqa: ARG001
    """What is to be timed: one training step, one pass over ``batch`` images, or one image."""
    model = make_model(network)
    x, labels = tasks.images(batch, model.input_shape)
    weights: Weights = {name: jnp.array(array) for name, array in (model.parameters | model.buffers).items()}
    if kind != "train":
        read = jax.jit(partial(_forward, model, key=None))
        chunks = [jnp.array(x[start : start + READ_AT_ONCE]) for start in range(0, batch, READ_AT_ONCE)]
        return lambda: [read(weights, chunk)[0].block_until_ready() for chunk in chunks]
    state = _State(model, weights)
    return partial(state.step, jnp.array(x), jnp.array(labels))


class _State:
    """Weights and Adam's slots between two steps."""

    def __init__(self, model: Sequential, weights: Weights) -> None:
        self._names, self._weights, self._key = list(model.parameters), weights, jax.random.key(0)
        self._slots = [{name: jnp.zeros_like(weights[name]) for name in self._names} for _ in range(2)]
        self._count = 0

        def loss(trained: Weights, buffers: Weights, x: Any, labels: Any, key: Any) -> tuple[Any, Weights]:
            logits, moved = _forward(model, trained | buffers, x, key)
            return -jnp.mean(jax.nn.log_softmax(logits)[jnp.arange(len(labels)), labels]), moved

        def step(weights: Weights, slots: Any, count: Any, x: Any, labels: Any, key: Any) -> tuple[Weights, Any, Any]:
            trained = {name: weights[name] for name in self._names}
            buffers = {name: weights[name] for name in weights if name not in trained}
            (value, moved), gradients = jax.value_and_grad(loss, has_aux=True)(trained, buffers, x, labels, key)
            means, squares = slots
            rate = tasks.LEARNING_RATE * jnp.sqrt(1 - BETA_2**count) / (1 - BETA_1**count)
            means = {n: BETA_1 * means[n] + (1 - BETA_1) * gradients[n] for n in trained}
            squares = {n: BETA_2 * squares[n] + (1 - BETA_2) * gradients[n] ** 2 for n in trained}
            trained = {n: trained[n] - rate * means[n] / (jnp.sqrt(squares[n]) + EPSILON) for n in trained}
            return trained | buffers | moved, [means, squares], value

        self._step = jax.jit(step, donate_argnums=(0, 1))

    def step(self, x: Any, labels: Any) -> None:
        self._count += 1
        key = jax.random.fold_in(self._key, self._count)
        self._weights, self._slots, loss = self._step(self._weights, self._slots, float(self._count), x, labels, key)
        loss.block_until_ready()


def _forward(model: Sequential, weights: Weights, x: Any, key: Any) -> tuple[Any, Weights]:
    """Logits, and the running statistics after a training step; ``key`` seeds dropout, None: not training."""
    moved: Weights = {}
    for number, layer in enumerate(model):
        x = _layer(layer, weights, x, None if key is None else jax.random.fold_in(key, number), moved)
    return x, moved


def _layer(layer: Layer, weights: Weights, x: Any, key: Any, moved: Weights) -> Any:
    options, name = layer.options(), layer.name
    match layer.kind:
        case "Conv2D":
            pads = layer.pads(*x.shape[1:3])  # type: ignore[attr-defined]
            form = ("NHWC", "HWIO", "NHWC")
            y = jax.lax.conv_general_dilated(
                x, weights[f"{name}.weight"], options["stride"], pads, dimension_numbers=form
            )
            return y + weights[f"{name}.bias"]
        case "BatchNorm":
            return _batch_norm(layer, weights, x, key is not None, moved)
        case "MaxPool2D" | "AveragePool2D":
            size, stride = (1, *options["pool_size"], 1), (1, *options["stride"], 1)
            if layer.kind == "MaxPool2D":
                return jax.lax.reduce_window(x, -np.inf, jax.lax.max, size, stride, "VALID")
            return jax.lax.reduce_window(x, 0.0, jax.lax.add, size, stride, "VALID") / (size[1] * size[2])
        case "Flatten":
            return x.reshape(len(x), -1)
        case "Dense":
            return x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]
        case "Dropout":
            if key is None:
                return x
            keep = 1 - options["rate"]
            return jnp.where(jax.random.bernoulli(key, keep, x.shape), x / keep, 0)
        case "ReLU":
            return jnp.maximum(x, 0)
        case "LeakyReLU":
            return jnp.where(x > 0, x, x * options["slope"])
        case "Tanh":
            return jnp.tanh(x)
        case "Softmax":
            return x  # part of the loss
        case kind:
            raise ValueError(f"a layer that is not translated: {kind}")


def _batch_norm(layer: Layer, weights: Weights, x: Any, training: bool, moved: Weights) -> Any:
    name, options = layer.name, layer.options()
    mean, variance = weights[f"{name}.mean"], weights[f"{name}.variance"]
    if training:
        axes, keep = tuple(range(x.ndim - 1)), options["momentum"]
        count = x.size // x.shape[-1]
        batch_mean, batch_variance = x.mean(axes), x.var(axes)
        moved[f"{name}.mean"] = keep * mean + (1 - keep) * batch_mean
        moved[f"{name}.variance"] = keep * variance + (1 - keep) * batch_variance * count / max(count - 1, 1)
        mean, variance = batch_mean, batch_variance
    slope = weights[f"{name}.scale"] / jnp.sqrt(variance + options["epsilon"])
    return x * slope + (weights[f"{name}.shift"] - mean * slope)
