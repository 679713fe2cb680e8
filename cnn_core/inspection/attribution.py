"""Why this class? What each pixel has to do with it, by gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError, StoppedError
from cnn_core.layers import BatchNorm, Conv2D, LeakyReLU, ReLU, Sigmoid, Tanh, Tape
from cnn_core.model import Sequential

IG_STEPS = 64
"""Points on the way from the blank to the image."""
IG_AT_ONCE, IG_ELEMENTS = 16, 1 << 26
"""Points that go through the network at a time; fewer where it is large: numbers in memory, about."""
LEAST_MAP = 1 / 6
"""Maps with a smaller share of the image's rows or columns do not show where something is."""
VALUE_BY_VALUE = (BatchNorm, LeakyReLU, ReLU, Sigmoid, Tanh)


def class_gradient(model: Sequential, images: Array, chosen: int) -> Array:
    """Gradient [n, h, w, c] of the logit of class ``chosen`` with respect to each of ``images`` [n, h, w, c]."""
    tape = Tape(record=True, inputs_only=True)
    logits = model.forward(images, tape)
    check_class(model, chosen)
    return model.backward(_one(logits, chosen), tape)


def saliency(model: Sequential, image: Array, chosen: int) -> Array:
    """How fast the logit of ``chosen`` rises when a pixel of ``image`` [h, w, c] gets brighter: [h, w, c], signed.

    Source: Simonyan, Vedaldi, Zisserman: "Deep Inside Convolutional Networks" (2013).
    """
    return class_gradient(model, image[None], chosen)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What each pixel adds to the logit of a class, [h, w, c]; all together they make up ``difference``.

    Attributes
    ----------
    pixels : contributions, negative where a pixel speaks against the class
    difference : logit of the image minus logit of a blank one
    """

    pixels: Array
    difference: float

    @property
    def error(self) -> float:
        """What the contributions miss of the difference: the sum along the way is only nearly the integral."""
        return float(self.pixels.sum(dtype=np.float64)) - self.difference


def contributions(
    model: Sequential,
    image: Array,
    chosen: int,
    steps: int = IG_STEPS,
    stopped: Callable[[], bool] = lambda: False,
) -> Contributions:
    """Integrated gradients of the logit of ``chosen`` along the straight way from a blank image to ``image``.

    Raises `StoppedError` when ``stopped`` says so. Source: Sundararajan, Taly, Yan: "Axiomatic Attribution for Deep
    Networks" (2017).
    """
    way = (np.arange(steps, dtype=image.dtype) + image.dtype.type(0.5)) / image.dtype.type(steps)
    total, at_once = np.zeros_like(image), max(1, min(IG_AT_ONCE, IG_ELEMENTS // max(model.image_elements, 1)))
    for start in range(0, steps, at_once):
        if stopped():
            raise StoppedError("The contributions were stopped.")
        part = way[start : start + at_once, None, None, None] * image
        total += class_gradient(model, part, chosen).sum(axis=0)
    gradient = total / image.dtype.type(steps)
    ends = model.forward(np.stack([image, np.zeros_like(image)]))[:, chosen]
    return Contributions(gradient * image, float(ends[0] - ends[1]))


def default_cam_layer(model: Sequential) -> int:
    """The last convolution whose maps are not too small to show a place, or what follows it value by value; raises
    `ConfigError` if the model has none."""
    sizes = {row.name: min(row.output_shape[:2]) / min(model.input_shape[:2]) for row in model.summary()}
    found = [i for i, layer in enumerate(model.layers) if isinstance(layer, Conv2D)]
    if not found:
        raise ConfigError(f"Grad-CAM expected a network with a convolution, received {model.name}, which has none.")
    last = max((i for i in found if sizes[model.layers[i].name] >= LEAST_MAP), default=found[-1])
    while last + 1 < len(model.layers) and isinstance(model.layers[last + 1], VALUE_BY_VALUE):
        last += 1
    return last


def grad_cam(model: Sequential, image: Array, chosen: int, layer: int | None = None) -> Array:
    """Where the maps of ``layer`` that speak for class ``chosen`` are active: [h, w] of that layer, none below 0.

    Each map is weighted with the mean gradient of the class's logit over it; what is negative in the sum is cut off.
    Source: Selvaraju et al.: "Grad-CAM" (2017).
    """
    layer = default_cam_layer(model) if layer is None else layer
    check_class(model, chosen)
    tape = Tape(record=True, inputs_only=True)
    values = image[None]
    maps = values
    for number, step in enumerate(model.trunk):
        values = step.forward(values, tape)
        if number == layer:
            maps = values
    if maps.ndim != 4 or not 0 <= layer < len(model.trunk):
        raise ConfigError(f"Grad-CAM expected a layer with feature maps, received layer {layer} of {model.name}.")
    gradient = _one(values, chosen)
    for step in reversed(model.trunk[layer + 1 :]):
        gradient = step.backward(gradient, tape)
    weights = gradient.mean(axis=(1, 2), keepdims=True)
    return np.maximum((maps * weights).sum(axis=3), 0)[0]


def enlarge(small: Array, h: int, w: int) -> Array:
    """``small`` [h', w'] on h×w pixels, bilinear, its outer pixels' middles kept in their places."""
    return _stretch(h, small.shape[0]) @ small.astype(np.float32) @ _stretch(w, small.shape[1]).T


def check_class(model: Sequential, chosen: int) -> None:
    """Raise `ConfigError` unless the model has a class ``chosen``."""
    classes = model.output_shape[0]
    if not 0 <= chosen < classes:
        raise ConfigError(f"A class expected a number from 0 to {classes - 1}, received {chosen}.")


def _one(logits: Array, chosen: int) -> Array:
    gradient = np.zeros_like(logits)
    gradient[:, chosen] = 1
    return gradient


def _stretch(size: int, source: int) -> Array:
    """Weights [size, source] of linear interpolation."""
    at = ((np.arange(size) + 0.5) * source / size - 0.5).clip(0, source - 1)
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(source)[None, :])).astype(np.float32)
