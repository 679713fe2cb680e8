"""What a map likes: the images of a data set that excite it the most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.errors import StoppedError
from cnn_core.inspection.occlusion import Progress, Stopped
from cnn_core.inspection.receptive_field import Place
from cnn_core.model import Sequential

BATCH = 256
BEST = 9


@dataclass(frozen=True, slots=True, eq=False)
class Exemplars:
    """For each map or unit of a layer the images that excite it most, best first.

    Attributes
    ----------
    layer : number of the layer
    images : numbers of the images in the data set, [c, best]
    values : the highest activation in each, [c, best]
    places : where on the map, [c, best, 2] rows and columns; zeros for units
    """

    layer: int
    images: NDArray[np.int64]
    values: Array
    places: NDArray[np.int64]

    def place(self, channel: int, rank: int, is_map: bool) -> Place:
        """Where the value number ``rank`` of ``channel`` stands in the layer's output."""
        row, column = (int(i) for i in self.places[channel, rank])
        return (row, column, channel) if is_map else (channel,)


def up_to(model: Sequential, layer: int) -> Sequential:
    """The model's layers up to number ``layer``, as a model of its own; the layers and their weights are the same."""
    return Sequential(model.layers[: layer + 1], f"{model.name} up to {model.layers[layer].name}").infer_shapes(
        model.input_shape
    )


def find_exemplars(
    model: Sequential,
    images: NDArray[np.uint8],
    layer: int,
    best: int = BEST,
    progress: Progress = lambda *_: None,
    stopped: Stopped = lambda: False,
) -> Exemplars:
    """The ``best`` of ``images`` [n, h, w, c], bytes, for each map or unit of layer number ``layer``.

    ``progress`` is called with (done, total) images. Raises `StoppedError` when ``stopped`` says so.
    """
    best = min(best, len(images))
    part = up_to(model, layer)
    count = part.output_shape[-1]
    values = np.full((count, 0), -np.inf, np.float32)
    found, places = np.zeros((count, 0), np.int64), np.zeros((count, 0), np.int64)
    with engine.compile(part, BATCH, 1) as plan:
        for start in range(0, len(images), BATCH):
            if stopped():
                raise StoppedError("The search for images was stopped.")
            numbers = np.arange(start, min(start + BATCH, len(images)))
            outputs = plan.logits(images[numbers] * np.float32(1 / 255)).reshape(len(numbers), -1, count)
            highest = outputs.max(axis=1).T
            values = np.concatenate([values, highest], axis=1)
            found = np.concatenate([found, np.broadcast_to(numbers, highest.shape)], axis=1)
            places = np.concatenate([places, outputs.argmax(axis=1).T], axis=1)
            order = np.argsort(-values, axis=1, kind="stable")[:, :best]
            values = np.take_along_axis(values, order, axis=1)
            found, places = np.take_along_axis(found, order, axis=1), np.take_along_axis(places, order, axis=1)
            progress(int(numbers[-1]) + 1, len(images))
    width = part.output_shape[1] if len(part.output_shape) == 3 else 1
    return Exemplars(layer, found, values, np.stack(np.divmod(places, width), axis=2))
