"""The film of learning: what a network makes of one image and of many, at each of the steps whose weights were kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.errors import ConfigError, ShapeError
from cnn_core.inspection.embedding import embed
from cnn_core.inspection.kinds import traits_of
from cnn_core.layers import Conv2D
from cnn_core.model import Sequential

MOST_LAYERS = 4
WIDEST = 98
"""Per cent of the points that the plane shows; few far ones would make all others small."""


@dataclass(frozen=True, slots=True, eq=False)
class FilmFrame:
    """One picture's content.

    Attributes
    ----------
    step : after so many steps of the run
    image : the image that is looked at, [h, w, c]
    probabilities : what the network makes of it, [classes]
    maps : name and output [h, w, c] of the first `MOST_LAYERS` convolutions, after their activation
    kernels : of the first convolution, [h, w, inputs, filters]; None without one
    points : where many images stand in the last hidden layer, [n, 2], within about −1 to 1; None without such a layer
    labels : of those images, [n]
    confusion : how many of each class (row) are read as which (column), [classes, classes]
    class_names : as the network's outputs
    is_finite : False where weights or values have grown beyond all numbers: the run had diverged, and what is not a
        number is shown as 0
    """

    step: int
    image: Array
    probabilities: Array
    maps: tuple[tuple[str, Array], ...]
    kernels: Array | None
    points: Array | None
    labels: NDArray[np.int64]
    confusion: NDArray[np.int64]
    class_names: tuple[str, ...]
    is_finite: bool = True

    @property
    def accuracy(self) -> float:
        """Share of the images that are read as what they are."""
        return float(np.trace(self.confusion) / max(int(self.confusion.sum()), 1))


class FilmMaker:
    """Makes the frames of one film, in the order of their steps.

    The plane of the points is turned and mirrored in each frame so that it lies as in the frame before: principal
    components of slowly changing weights may flip from one step to the next.

    Parameters
    ----------
    image : the image to look at, [h, w, c] in [0, 1]
    images, labels : many, [n, h, w, c] bytes and [n], with the network's classes
    class_names : as the network's outputs
    """

    def __init__(
        self, image: Array, images: NDArray[np.uint8], labels: NDArray[np.int64], class_names: tuple[str, ...]
    ) -> None:
        self._image, self._images, self._labels, self._class_names = image, images, labels, class_names
        self._before: Array | None = None

    def frame(self, model: Sequential, step: int) -> FilmFrame:
        """What ``model`` makes of all of it; raises `ShapeError` where images or classes do not fit."""
        if model.output_shape != (len(self._class_names),):
            raise ShapeError(
                f"A film expected {len(self._class_names)} classes at each step, found {model.output_shape[0]} at "
                f"step {step}."
            )
        with np.errstate(all="ignore"):  # a run that has diverged has such numbers
            activations = engine.Observer(model).activations(self._image)
            probabilities = model.predict(self._image[None])[0]
            answers = model.predict(self._images * np.float32(1 / 255)).argmax(axis=1)
            points = self._placed(model)
        kernels = next((layer.parameters["weight"] for layer in model if isinstance(layer, Conv2D)), None)
        maps = _feature_maps(model, activations)
        found = [probabilities, *(values for _, values in maps), *([kernels] if kernels is not None else [])]
        return FilmFrame(
            step,
            self._image,
            _numbers(probabilities),
            tuple((name, _numbers(values)) for name, values in maps),
            _numbers(kernels) if kernels is not None else None,
            points,
            self._labels,
            _confusion(answers, self._labels, len(self._class_names)),
            self._class_names,
            all(bool(np.isfinite(values).all()) for values in found),
        )

    def _placed(self, model: Sequential) -> Array | None:
        try:
            points = embed(model, self._images).points
        except (ConfigError, np.linalg.LinAlgError):  # a network without a hidden layer, or one that has diverged
            return None
        if not np.isfinite(points).all():
            return None
        points = points / max(float(np.percentile(np.abs(points), WIDEST)), 1e-9)
        if self._before is not None:
            points = turned_to(points, self._before)
        self._before = points
        return points


def _numbers(values: Array) -> Array:
    """``values`` with 0 for what is no number, or too large to be shown."""
    return values if np.isfinite(values).all() else np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def turned_to(points: Array, before: Array) -> Array:
    """``points`` [n, 2] turned or mirrored so that they lie nearest to ``before`` [n, 2].

    Source: Schönemann: "A generalized solution of the orthogonal Procrustes problem" (1966).
    """
    left, _, right = np.linalg.svd(points.T @ before)
    return (points @ (left @ right)).astype(np.float32)


def _feature_maps(model: Sequential, activations: dict[str, Array]) -> tuple[tuple[str, Array], ...]:
    """What each of the first convolutions hands on, after the activation and normalisation that belong to it."""
    found: list[tuple[str, Array]] = []
    belongs = False
    for layer in model:
        is_convolution = isinstance(layer, Conv2D)
        belongs = is_convolution or (belongs and not traits_of(layer.kind).computes)
        if belongs:
            found = found if is_convolution else found[:-1]
            found.append((layer.name, activations[layer.name]))
    return tuple(found[:MOST_LAYERS])


def _confusion(answers: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    known = (labels >= 0) & (labels < classes)
    pairs = labels[known] * classes + answers[known]
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
