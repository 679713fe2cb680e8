"""Gradients by their definition, to hold the layers' own against."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.layers import Layer, Tape

STEP = 1e-5


def build(layer: Layer, input_shape: tuple[int, ...], rng: np.random.Generator) -> Layer:
    """The layer with float64 weights, none of them at a special value such as zero."""
    layer.output_shape_for(input_shape)
    layer.initialize(input_shape, rng, np.float64)
    for store in (layer.parameters, layer.buffers):
        for name, array in store.items():
            noise = rng.normal(size=array.shape) * 0.3
            store[name] = np.abs(array + noise) + 0.1 if name == "variance" else array + noise
    return layer


def numeric_gradient(function: Callable[[], float], array: np.ndarray) -> np.ndarray:
    """Central differences of ``function`` with respect to every element of ``array``, which is changed in place."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        before = array[index]
        array[index] = before + STEP
        above = function()
        array[index] = before - STEP
        below = function()
        array[index] = before
        gradient[index] = (above - below) / (2 * STEP)
    return gradient


def check_layer(layer: Layer, x: np.ndarray, rng: np.random.Generator, make_tape: Callable[[], Tape]) -> None:
    """Hold ``backward`` for the input and for every parameter against central differences of ``forward``."""
    tape = make_tape()
    y = layer.forward(x, tape)
    assert y.shape == (len(x), *layer.output_shape_for(x.shape[1:]))
    dy = rng.normal(size=y.shape)

    def value() -> float:
        return float((layer.forward(x, make_tape()) * dy).sum())

    dx = layer.backward(dy, tape)
    np.testing.assert_allclose(dx, numeric_gradient(value, x), atol=2e-6, rtol=1e-5)
    for name, parameter in layer.parameters.items():
        expected = numeric_gradient(value, parameter)
        np.testing.assert_allclose(tape.gradients[layer][name], expected, atol=2e-6, rtol=1e-5, err_msg=name)
