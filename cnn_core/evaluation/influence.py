"""Which training images made the network say that?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.datasets.dataset import Dataset, Subset
from cnn_core.errors import ConfigError, StoppedError
from cnn_core.evaluation.evaluate import check_fit
from cnn_core.inspection.exemplars import up_to
from cnn_core.layers import Dense
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential

BATCH = 256


@dataclass(frozen=True, slots=True)
class RecordedWeights:
    """The weights at some time of a run, and the learning rate that was used there."""

    arrays: Mapping[str, Array]
    rate: float


@dataclass(frozen=True, slots=True, eq=False)
class Influences:
    """How much each of n training images counts for an answer.

    Attributes
    ----------
    distance : [n] how far its features lie from those of the image, in the last hidden layer
    pull : [n] how much steps with it lowered the loss of the answer, in nats (a first-order estimate); negative where
        they raised it
    """

    distance: Array
    pull: Array

    def nearest(self, count: int) -> NDArray[np.int64]:
        """Numbers of the images most alike to the network."""
        return _first(self.distance, count)

    def most_for(self, count: int) -> NDArray[np.int64]:
        """Numbers of the images that pulled most towards the answer, the strongest first."""
        found = _first(-self.pull, count)
        return found[self.pull[found] > 0]

    def most_against(self, count: int) -> NDArray[np.int64]:
        """Numbers of the images that pulled most away from the answer, the strongest first."""
        found = _first(self.pull, count)
        return found[self.pull[found] < 0]


def _first(values: Array, count: int) -> NDArray[np.int64]:
    return np.argsort(values, kind="stable")[:count]


def find_influences(
    model: Sequential,
    recorded: Sequence[RecordedWeights],
    image: Array,
    answer: int,
    data: Dataset | Subset,
    progress: Callable[[int, int], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Influences:
    """How much the images of ``data`` count for reading ``image`` [h, w, c] as class ``answer``.

    For every weights in ``recorded`` the gradient of the answer's loss and that of each training image's are
    multiplied, times the learning rate, and added up; of the last dense layer only, where a product of two gradients is
    that of the errors times that of the features. ``distance`` is measured with the weights that come last. ``model``
    gives the architecture; its weights stay as they are.

    Raises `ConfigError` for a network whose last layer is not dense or nothing recorded, `ShapeError` for images that
    do not fit, `StoppedError` once ``stopped`` says so. Source: Pruthi, Liu, Sundararajan, Kale: "Estimating Training
    Data Influence by Tracing Gradient Descent" (2020), TracInCP.
    """
    check_fit(model, data)
    if not isinstance(model.trunk[-1], Dense) or len(model.trunk) < 2:
        raise ConfigError(f"Influences expected a network that ends with a dense layer, {model.name} does not.")
    if not recorded:
        raise ConfigError("Influences expected recorded weights of the run, received none. Train a network first.")
    n, total = len(data), len(recorded) * len(data)
    pull, distance = np.zeros(n, np.float64), np.zeros(n, np.float32)
    for number, weights in enumerate(recorded):
        with _Eye(model, weights.arrays) as eye:
            own_features, own_error = eye.look(image[None], np.array([answer]))
            for start in range(0, n, BATCH):
                if stopped():
                    raise StoppedError("The search for training images that count was stopped.")
                here = slice(start, start + BATCH)
                images, labels = data.batch(here)
                features, errors = eye.look(images, labels)
                pull[here] += weights.rate * (errors @ own_error[0]) * (features @ own_features[0] + 1)
                if number == len(recorded) - 1:
                    distance[here] = np.sqrt(((features - own_features) ** 2).sum(axis=1))
                progress(number * n + min(start + BATCH, n), total)
    return Influences(distance, pull.astype(np.float32))


class _Eye:
    """A network with some weights: what its last dense layer is given, and the error that comes back to it."""

    def __init__(self, model: Sequential, arrays: Mapping[str, Array]) -> None:
        own = model.twin()
        own.load(arrays)
        last = own.trunk[-1]
        self._weight, self._bias = last.parameters["weight"], last.parameters.get("bias", np.float32(0))
        self._loss = SoftmaxCrossEntropy()
        self._plan = engine.compile(up_to(own, len(own.trunk) - 2), BATCH, 1)

    def look(self, images: Array, labels: NDArray[np.int64]) -> tuple[Array, Array]:
        """Features [n, d] and the loss's gradient at the logits [n, k]."""
        features = self._plan.logits(images).reshape(len(images), -1)
        return features, self._loss(features @ self._weight + self._bias, labels).dlogits

    def __enter__(self) -> _Eye:
        return self

    def __exit__(self, *_: object) -> None:
        self._plan.close()
