"""Random starting weights whose scale keeps the signal's variance from layer to layer."""

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.arrays import Array, Shape


def _fans(shape: Shape) -> tuple[int, int]:
    """Inputs and outputs of one unit; for filters ``[h_f, w_f, c_in, c_out]`` the window counts as well."""
    window = int(np.prod(shape[:-2]))
    return window * shape[-2], window * shape[-1]


def he_normal(shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float32) -> Array:
    """Normal weights with variance 2 / fan-in, for layers followed by ReLU.

    Source: He, Zhang, Ren, Sun: "Delving Deep into Rectifiers" (2015), equation 10.
    """
    fan_in, _ = _fans(shape)
    return (rng.standard_normal(shape) * np.sqrt(2.0 / fan_in)).astype(dtype)


def glorot_uniform(shape: Shape, rng: np.random.Generator, dtype: DTypeLike = np.float32) -> Array:
    """Uniform weights with variance 2 / (fan-in + fan-out), for sigmoid, tanh and softmax layers.

    Source: Glorot, Bengio: "Understanding the difficulty of training deep feedforward neural networks" (2010),
    equation 16.
    """
    fan_in, fan_out = _fans(shape)
    limit = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, shape).astype(dtype)


INITIALIZERS = {"he": he_normal, "glorot": glorot_uniform}
