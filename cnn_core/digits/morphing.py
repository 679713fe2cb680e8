"""Digits between two of their class: each one bent part of the way to another, as if a third hand had written it.

Turns and random bends are the same for all classes; how one person's 5 differs from another's they do not know. Two
images of a class do: the field that lays one over the other changes slopes, loops and lengths together as people do.

Source: Hauberg et al.: "Dreaming More Data: Class-dependent Distributions over Diffeomorphisms for Learned Data
Augmentation" (2016), which fits distributions to such fields; here each is used as it is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.datasets.dataset import Dataset, to_bytes, to_float
from cnn_core.digits.thinning import Report

WAY = (0.35, 0.85)
"""How far an image is bent towards the other one, least and most, as a share."""
OFFERED, NEARER = 60, 20
"""So many of the class are looked at, and one of the nearer ones is taken: to bend a 7 with a bar into one without
would tear it."""
ALIKE_PX = 2.0
"""Images are blurred by this standard deviation before they are compared."""
COARSE_TO_FINE = ((2.0, 8), (1.2, 8), (0.7, 6))
"""Blur of both images in pixels, and steps made with it: first the large differences, then the small ones."""
SMOOTHNESS_PX = 1.5
"""Standard deviation by which the field is smoothed after every step, so that lines bend and do not tear."""
GAIN = 2.5
"""Steps are so much longer than the demons algorithm says: smoothing takes most of each away again."""
AT_ONCE = 50
"""Images whose fields fit into a core's cache together."""
CHUNK = 1000


def morph(digits: Dataset, others: Dataset, rng: np.random.Generator, progress: Report = lambda *_: None) -> Dataset:
    """Digits [s, s], each bent by a share of `WAY` of the field that lays it over one of ``others`` of its class.

    An image without any other of its class is left as it is; ``others`` may be ``digits``.
    """
    places = [np.flatnonzero(others.labels == label) for label in range(len(digits.class_names))]
    coarse = _blurred_rows(others.images)
    result = np.empty_like(digits.images)
    for start in range(0, len(digits), CHUNK):
        progress(start, len(digits))
        part = slice(start, start + CHUNK)
        images, labels = digits.images[part], digits.labels[part]
        known = np.array([label >= 0 and len(places[label]) > 0 for label in labels])
        result[part] = images
        rows, candidates = _blurred_rows(images[known]), [places[label] for label in labels[known]]
        chosen = [_near(row, coarse, of_class, rng) for row, of_class in zip(rows, candidates, strict=True)]
        source, target = to_float(images[known])[..., 0], to_float(others.images[chosen])[..., 0]
        way = rng.uniform(*WAY, len(source)).astype(np.float32)[:, None, None, None]
        result[part][known] = to_bytes(fetch(source, way * field(source, target)))[..., None]
    return Dataset(digits.name, result, digits.labels, digits.class_names)


def field(source: Array, target: Array) -> Array:
    """Where each pixel of ``target`` [n, s, s] comes from in ``source``, less where it is: [n, 2, s, s], rows first.

    Source: Thirion: "Image matching as a diffusion process: an analogy with Maxwell's demons" (1998).
    """
    result = np.zeros((len(source), 2, *source.shape[1:]), np.float32)
    for start in range(0, len(source), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        result[part] = _demons(source[part], target[part])
    return result


def fetch(images: Array, displacement: Array) -> Array:
    """``images`` [n, s, s] with each pixel fetched from ``displacement`` [n, 2, s, s] away, between its neighbours."""
    n, side = len(images), images.shape[1]
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    rows = np.clip(displacement[:, 0] + rows, 0, side - 1)
    columns = np.clip(displacement[:, 1] + columns, 0, side - 1)
    top, left = (np.minimum(at.astype(np.int32), side - 2) for at in (rows, columns))
    down, right = rows - top.astype(np.float32), columns - left.astype(np.float32)
    at, flat = np.arange(n)[:, None, None] * side**2 + top * side + left, images.reshape(-1)
    above = flat[at] * (1 - right) + flat[at + 1] * right
    below = flat[at + side] * (1 - right) + flat[at + side + 1] * right
    return above * (1 - down) + below * down


def _demons(source: Array, target: Array) -> Array:
    """`field` of a few images: every step goes along the gradient, as far as the difference there would need."""
    side = source.shape[1]
    smooth = _gaussian(side, SMOOTHNESS_PX)
    result = np.zeros((len(source), 2, side, side), np.float32)
    for blur_px, steps in COARSE_TO_FINE:
        blur = _gaussian(side, blur_px)
        blurred, wanted = blur @ source @ blur.T, blur @ target @ blur.T
        for _ in range(steps):
            there = fetch(blurred, result)
            difference = wanted - there
            slope = np.zeros_like(result)
            slope[:, 0, 1:-1] = (there[:, 2:] - there[:, :-2]) / 2
            slope[:, 1, :, 1:-1] = (there[:, :, 2:] - there[:, :, :-2]) / 2
            steepness = (slope * slope).sum(axis=1) + difference * difference + 1e-4
            slope *= (difference / steepness)[:, None]
            np.clip(slope, -1, 1, out=slope)
            result = smooth @ (result + GAIN * slope) @ smooth.T
    return result


def _near(row: Array, coarse: Array, of_class: NDArray[np.intp], rng: np.random.Generator) -> int:
    """One of those ``of_class`` that are nearer to ``row`` than most of the class; not the image itself, if there is
    another."""
    offered = rng.choice(of_class, min(OFFERED, len(of_class)), replace=False)
    differences = coarse[offered] - row
    distances = np.einsum("ij,ij->i", differences, differences)
    order = np.argsort(distances)
    itself = int(distances[order[0]] == 0 and len(order) > 1)
    nearer = max(1, len(order) * NEARER // OFFERED)
    return int(offered[order[itself + rng.integers(min(nearer, len(order) - itself))]])


def _blurred_rows(images: NDArray[np.uint8]) -> Array:
    """Images [n, s, s, 1] blurred by `ALIKE_PX`, as rows [n, s * s]."""
    blur = _gaussian(images.shape[1], ALIKE_PX)
    rows = np.empty((len(images), images.shape[1] * images.shape[2]), np.float32)
    for start in range(0, len(images), CHUNK):
        part = slice(start, start + CHUNK)
        rows[part] = (blur @ to_float(images[part])[..., 0] @ blur.T).reshape(-1, rows.shape[1])
    return rows


def _gaussian(side: int, deviation_px: float) -> Array:
    """A matrix [side, side] that blurs along one axis; each row's weights add up to 1, also at the edge."""
    at = np.arange(side)
    weights = np.exp(-((at[:, None] - at) ** 2) / (2 * deviation_px**2))
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
