"""Images of what a network has learnt already, to be shown again while it learns something new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cnn_core.arrays import Shape
from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset
from cnn_core.digits import make_synthetic
from cnn_core.digits.reading import are_digits
from cnn_core.errors import CnnError, StoppedError
from cnn_core.sources import sample_images

IMAGES = 6000


def replay_for(
    dataset: str,
    class_names: Sequence[str],
    shape: Shape,
    data_dir: str | Path | None = None,
    count: int = IMAGES,
    stopped: Callable[[], bool] = lambda: False,
) -> Dataset | None:
    """Some of the training images of the data set that a network of ``class_names`` has learnt from; nothing is
    downloaded.

    Where they are not here, synthetic digits for a network that reads digits; None where there is nothing to show.
    Raises `StoppedError`. Source: Robins: "Catastrophic Forgetting, Rehearsal and Pseudorehearsal" (1995).
    """
    found = None
    try:
        if dataset:
            found = sample_images(dataset, count, data_dir, stopped).for_classes(class_names)
    except StoppedError:
        raise
    except CnnError:
        found = None
    if (found is None or found.image_shape != shape) and are_digits(class_names):
        found = make_synthetic(count, 72)
    return found if found is not None and found.image_shape == shape else None


def relabelled_for(replay: Dataset, class_names: Sequence[str]) -> Dataset:
    """The same images for a network of ``class_names``; those of a class that it does not have are none."""
    places = [class_names.index(name) if name in class_names else NOT_A_CLASS for name in replay.class_names]
    labels = np.where(replay.labels >= 0, np.array(places, np.int64)[replay.labels], NOT_A_CLASS)
    return Dataset(replay.name, replay.images, labels, tuple(class_names))
