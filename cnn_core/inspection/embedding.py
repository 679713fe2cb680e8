"""Where an image stands among others, as the network's last hidden layer sees them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.errors import ConfigError, StoppedError
from cnn_core.inspection.exemplars import up_to
from cnn_core.inspection.occlusion import Progress, Stopped
from cnn_core.layers import Dense
from cnn_core.model import Sequential

BATCH = 256


def last_hidden_layer(model: Sequential) -> int:
    """Number of the layer whose output the last dense layer reads; raises `ConfigError` if there is none."""
    dense = [i for i, layer in enumerate(model.layers) if isinstance(layer, Dense)]
    if not dense or dense[-1] == 0:
        raise ConfigError(
            f"A map of the data expected a network with a layer before its last Dense, {model.name} has none."
        )
    return dense[-1] - 1


MOST_FEATURES = 1024
"""Up to so many, their products are looked at as a whole."""
SUBSPACE, ROUNDS = 8, 12


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Images as points of the plane that shows the most of how their features differ (principal components).

    Attributes
    ----------
    layer : number of the layer whose output the features are
    points : [n, 2]
    features : [n, d]
    mean, axes : of the projection, [d] and [d, 2]
    explained : share of the features' variance that the two axes show
    """

    layer: int
    points: Array
    features: Array
    mean: Array
    axes: Array
    explained: float
    _halved_squares: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        squares = np.einsum("nd,nd->n", self.features, self.features) * np.float32(0.5)
        object.__setattr__(self, "_halved_squares", squares)

    def place(self, feature: Array) -> Array:
        """Where an image with the ``feature`` [d] stands: [2]."""
        return (feature - self.mean) @ self.axes

    def nearest(self, feature: Array, count: int = 8) -> NDArray[np.int64]:
        """Numbers of the images with the nearest features, of the whole layer and not just of the plane."""
        # |f - x|² = |f|² - 2 f·x + |x|², of which the last is the same for all
        distance = self._halved_squares - self.features @ feature
        count = min(count, len(distance))
        some = np.argpartition(distance, count - 1)[:count]
        return some[np.argsort(distance[some], kind="stable")]


def embed(
    model: Sequential,
    images: NDArray[np.uint8],
    progress: Progress = lambda *_: None,
    stopped: Stopped = lambda: False,
) -> Embedding:
    """Images [n, h, w, c], bytes, by their two principal components in the last hidden layer.

    The sign of each axis is chosen so that its largest element is positive: the same weights give the same picture.
    Source: Jolliffe: "Principal Component Analysis" (2002).
    """
    layer = last_hidden_layer(model)
    part = up_to(model, layer)
    features = np.empty((len(images), *part.output_shape), np.float32)
    with engine.compile(part, BATCH, 1) as plan:
        for start in range(0, len(images), BATCH):
            if stopped():
                raise StoppedError("The map of the data was stopped.")
            numbers = np.arange(start, min(start + BATCH, len(images)))
            features[numbers] = plan.logits(images[numbers] * np.float32(1 / 255))
            progress(int(numbers[-1]) + 1, len(images))
    features = features.reshape(len(images), -1)
    mean = features.mean(axis=0)
    centred = features - mean
    axes, shown = _principal_axes(centred, stopped)
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    explained = shown / max(float(np.einsum("nd,nd->", centred, centred, dtype=np.float64)), 1e-30)
    axes = axes.astype(np.float32)
    return Embedding(layer, centred @ axes, features, mean, axes, explained)


def _principal_axes(centred: Array, stopped: Stopped) -> tuple[NDArray[np.float64], float]:
    """The two directions [d, 2] in which rows [n, d] differ most, and how much of their squares lies along them.

    Of many features the matrix [d, d] of their products would fill the memory, so that they are found by subspace
    iteration. Source: Halko, Martinsson, Tropp: "Finding structure with randomness" (2011), algorithm 4.4.
    """
    d = centred.shape[1]
    if d <= MOST_FEATURES:
        variances, directions = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
        return directions[:, ::-1][:, :2], float(variances[::-1][:2].sum())
    basis = np.random.default_rng(0).standard_normal((d, SUBSPACE)).astype(np.float32)
    for _ in range(ROUNDS):
        if stopped():
            raise StoppedError("The map of the data was stopped.")
        basis = np.linalg.qr(centred.T @ (centred @ basis))[0]
    _, sizes, turns = np.linalg.svd(centred @ basis, full_matrices=False)
    return (basis @ turns.T)[:, :2].astype(np.float64), float((sizes[:2].astype(np.float64) ** 2).sum())
