"""What is lost when a part of the drawing is covered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.errors import StoppedError
from cnn_core.inspection.attribution import check_class
from cnn_core.layers import softmax
from cnn_core.model import Sequential

BATCH = 112
Progress = Callable[[int, int], None]
Stopped = Callable[[], bool]


def occlusion(
    model: Sequential,
    image: Array,
    chosen: int,
    size: int = 5,
    progress: Progress = lambda *_: None,
    stopped: Stopped = lambda: False,
) -> Array:
    """How much less probable class ``chosen`` gets with a blank square of ``size`` pixels laid on ``image`` [h, w, c].

    Returns [h, w]: the loss of probability, from -1 to 1, with the square's middle on each pixel; negative where
    something stood in the way of the class. ``progress`` is called with (done, total) squares. Raises `StoppedError`
    when ``stopped`` says so. Source: Zeiler, Fergus: "Visualizing and Understanding Convolutional Networks" (2013).
    """
    check_class(model, chosen)
    h, w, _ = image.shape
    change = np.zeros(h * w, np.float32)
    places = [place for place in range(h * w) if _window(image, place, size).any()]  # covering nothing changes nothing
    with engine.compile(model, BATCH, 1) as plan:
        whole = float(softmax(plan.logits(image[None]))[0, chosen])
        for start in range(0, len(places), BATCH):
            if stopped():
                raise StoppedError("The occlusion map was stopped.")
            some = places[start : start + BATCH]
            covered = np.repeat(image[None], len(some), axis=0)
            for one, place in zip(covered, some, strict=True):
                _window(one, place, size)[...] = 0
            change[some] = whole - softmax(plan.logits(covered))[:, chosen]
            progress(start + len(some), len(places))
    return change.reshape(h, w)


def _window(image: Array, place: int, size: int) -> Array:
    """View of the square around pixel number ``place``, as far as it lies on the image."""
    row, column = divmod(place, image.shape[1])
    top, left = row - size // 2, column - size // 2
    return image[max(top, 0) : top + size, max(left, 0) : left + size]
