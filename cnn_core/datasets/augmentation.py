"""Small random changes to training images, so that the network learns the digit and not the drawing.

Bending an image means fetching each of its pixels from elsewhere, which costs more than a small network's whole
training step if it is done image by image. So 64 images share a change: they lie side by side in memory, pixel by
pixel, and one fetch moves 64 values. Neighbours in the shuffled order get different changes, and who shares one with
whom is another lottery in every epoch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError

ELASTIC_GRID = 5
"""The elastic field is random on a grid of 5×5 points and smooth between them."""
ERASURE_RADII_PX = (0.8, 2.2)
SHARPENING = 1.15
"""Of an image before it is fetched from between its pixels, which softens it: along each axis this much per pixel² of
variance that the fetching spreads a pixel by. Chosen so that neighbouring pixels of changed MNIST images differ by as
much in the mean square as those of the images themselves; without it by a third less, and a network never sees an edge
as sharp as those it will be asked about."""
SHARED_BY = 64
"""Images that share a change, and changes that are made at a time: a chunk has at most 64 × 64 images."""
MOST_VALUES = 12_000_000
"""Pixels of a chunk: 48 MB, of which three may be in memory. Of larger images there are fewer in it."""
BLOCK = 2
"""Changes worked on at a time: their images fit into a core's cache, and each call is long enough to be worth it."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far an image may be changed; each value is the standard deviation or the limit of a random number.

    Attributes
    ----------
    rotation_deg : limit of the turn about the middle
    scale : limit of the change of size along each axis, as a share
    shear : limit of the slant
    shift_px : limit of the move along each axis
    elastic_px : standard deviation of the elastic displacement
    pen : limit of the change of line width, as a share of one pixel on either side
    erasures : mean number of small round erasures
    """

    rotation_deg: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift_px: float = 0.0
    elastic_px: float = 0.0
    pen: float = 0.0
    erasures: float = 0.0

    def __call__(self, images: NDArray[np.uint8], rng: np.random.Generator) -> Array:
        """Changed copies of images [n, h, w, c], bytes, each in a way of its own: [n, h, w, c] float32 in [0, 1]."""
        changes = _Changes(self, len(images), images.shape[1], images.shape[2], rng)
        return changes.apply(images[None])[0]

    def chunk(self, images: NDArray[np.uint8], rng: np.random.Generator) -> Array:
        """The same for many images and at a fraction of the cost; images i and i + `SHARED_BY` share their change."""
        n = len(images)
        if n <= SHARED_BY:
            return self(images, rng)
        changes = _Changes(self, SHARED_BY, images.shape[1], images.shape[2], rng)
        whole = n // SHARED_BY * SHARED_BY
        rows = images[:whole].reshape(-1, SHARED_BY, *images.shape[1:])
        parts = [changes.apply(rows).reshape(whole, *images.shape[1:])]
        if whole < n:
            parts.append(changes.apply(images[None, whole:])[0])
        return np.concatenate(parts) if len(parts) > 1 else parts[0]


class _Changes:
    """``count`` different changes, each ready to be made to any number of images."""

    def __init__(self, how: Augmentation, count: int, h: int, w: int, rng: np.random.Generator) -> None:
        self._shape = h, w
        sources = _sources(how, count, h, w, rng)
        rows, columns = np.clip(sources[:, 0] + 1, 0, h + 0.999), np.clip(sources[:, 1] + 1, 0, w + 0.999)
        top, left = rows.astype(np.int32), columns.astype(np.int32)
        down, right = rows - top, columns - left
        self._sharpening = [SHARPENING * (at * (1 - at)).mean(axis=(1, 2)) for at in (down, right)]
        ink = _kept(how.erasures, count, h, w, rng)
        self._index = (top * (w + 2) + left).reshape(count, -1)
        corners = ((1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right)
        # the bytes' 1/255, the erasures and the sharpening's scale are part of the weights, so they cost nothing
        ink *= np.prod([1 + 2 * amounts for amounts in self._sharpening], axis=0)[:, None, None] / np.float32(255)
        self._weights = np.stack([(c * ink).reshape(count, -1, 1) for c in corners]).astype(np.float32)
        self._steps = (0, 1, w + 2, w + 3)
        self._pen = rng.uniform(-how.pen, how.pen, count) if how.pen else np.zeros(count)

    def apply(self, images: NDArray[np.uint8]) -> Array:
        """Images [m, count, h, w, c], bytes; the images [:, i] are changed by change i. float32 in [0, 1]."""
        m, count, h, w, c = images.shape
        result = np.empty(images.shape, np.float32)
        table = np.zeros((BLOCK, h + 2, w + 2, m * c), np.float32)
        changed, other = np.empty((2, BLOCK, h * w, m * c), np.float32)
        for start in range(0, count, BLOCK):
            part = slice(start, min(start + BLOCK, count))
            size = part.stop - part.start
            table[:size, 1:-1, 1:-1] = images[:, part].transpose(1, 2, 3, 0, 4).reshape(size, h, w, m * c)
            for i in range(size):
                scratch = other[i].reshape(h, w, m * c)
                _change_pen(table[i], self._pen[start + i], scratch)
                for axis, amounts in enumerate(self._sharpening):
                    _sharpen(table[i].swapaxes(0, axis), amounts[start + i], scratch.swapaxes(0, axis))
            self._fetch(table.reshape(-1, m * c), part, changed[:size], other[:size])
            result[:, part] = changed[:size].reshape(size, h, w, m, c).transpose(3, 0, 1, 2, 4)
        return result

    def _fetch(self, table: Array, part: slice, changed: Array, other: Array) -> None:
        """Each pixel of ``changed`` [n, h * w, m] from between four rows of ``table``; ``other`` is written over."""
        h, w = self._shape
        index = self._index[part] + np.arange(len(changed), dtype=np.int32)[:, None] * ((h + 2) * (w + 2))
        for number, (step, weights) in enumerate(zip(self._steps, self._weights[:, part], strict=True)):
            target = changed if number == 0 else other
            np.take(table, index + step, axis=0, out=target, mode="clip")
            np.multiply(target, weights, out=target)
            if number:
                np.add(changed, other, out=changed)
        np.clip(changed, 0, 1, out=changed)


def _sources(how: Augmentation, n: int, h: int, w: int, rng: np.random.Generator) -> Array:
    """Where each pixel of the result comes from: [n, 2, h, w], rows first."""
    angle = np.deg2rad(rng.uniform(-how.rotation_deg, how.rotation_deg, n))
    scale = 1 / (1 + rng.uniform(-how.scale, how.scale, (n, 2)))
    shear = rng.uniform(-how.shear, how.shear, n)
    shift = rng.uniform(-how.shift_px, how.shift_px, (n, 2))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.empty((n, 2, 3), np.float32)
    matrix[:, 0, 0], matrix[:, 0, 1] = cos * scale[:, 0], -sin * scale[:, 0]
    matrix[:, 1, 0], matrix[:, 1, 1] = (sin + shear * cos) * scale[:, 1], (cos - shear * sin) * scale[:, 1]
    matrix[:, :, 2] = np.add(shift, ((h - 1) / 2, (w - 1) / 2))
    rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
    plane = np.stack([rows - (h - 1) / 2, columns - (w - 1) / 2, np.ones_like(rows)]).reshape(3, -1)
    sources = (matrix @ plane).reshape(n, 2, h, w)
    if how.elastic_px:
        coarse = rng.standard_normal((n, 2, ELASTIC_GRID, ELASTIC_GRID), np.float32) * how.elastic_px
        sources += _smooth(h) @ coarse @ _smooth(w).T
    return sources


def _smooth(size: int) -> Array:
    """Cosine interpolation [size, ELASTIC_GRID] from the coarse grid to every pixel."""
    at = np.linspace(0, ELASTIC_GRID - 1, size)[:, None] - np.arange(ELASTIC_GRID)[None, :]
    return np.where(np.abs(at) < 1, 0.5 + 0.5 * np.cos(np.pi * at), 0).astype(np.float32)


def _kept(mean: float, n: int, h: int, w: int, rng: np.random.Generator) -> Array:
    """Share [n, h, w] of the ink that small erasures leave."""
    kept = np.ones((n, h, w), np.float32)
    if not mean:
        return kept
    rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
    for i, erasures in enumerate(rng.poisson(mean, n)):
        for _ in range(erasures):
            y, x, radius = rng.uniform(0, h), rng.uniform(0, w), rng.uniform(*ERASURE_RADII_PX)
            kept[i] *= np.clip(np.hypot(rows - y, columns - x) - radius + 0.5, 0, 1)
    return kept


def _change_pen(table: Array, amount: float, scratch: Array) -> None:
    """Wider (``amount`` > 0) or thinner (< 0) lines by so many pixels on either side, from -1 to 1; in place.

    ``table`` [h + 2, w + 2, m]: images side by side, with a margin of one pixel; ``scratch`` [h, w, m] is written over.
    """
    if not amount:
        return
    extreme = np.maximum if amount > 0 else np.minimum
    centre = table[1:-1, 1:-1]
    extreme(table[:-2, 1:-1], table[2:, 1:-1], out=scratch)
    extreme(scratch, table[1:-1, :-2], out=scratch)
    extreme(scratch, table[1:-1, 2:], out=scratch)
    extreme(scratch, centre, out=scratch)
    scratch -= centre
    scratch *= np.float32(abs(amount))
    centre += scratch


def _sharpen(table: Array, amount: float, scratch: Array) -> None:
    """Take ``amount`` of each pixel's two neighbours along the first axis away; values may leave 0 to 255.

    Shapes as in `_change_pen`, in place as well. All is 1 + 2 ``amount`` too small then, for the weights of what comes
    next to make good.
    """
    if not amount:
        return
    table[0], table[-1] = table[1], table[-2]  # bright ground must get no rim where the image ends
    np.add(table[:-2, 1:-1], table[2:, 1:-1], out=scratch)
    scratch *= np.float32(amount / (1 + 2 * amount))
    table[1:-1, 1:-1] -= scratch
    table[0] = table[-1] = 0


def changed_chunks(
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    order: NDArray[np.int64],
    batch_size: int,
    how: Augmentation,
    rng: np.random.Generator,
) -> Iterator[tuple[Array, NDArray[np.int64]]]:
    """Changed ``images`` and their ``labels`` in this ``order``: whole batches, as many as a chunk holds."""
    at_once = min(SHARED_BY * SHARED_BY, MOST_VALUES // max(1, images[0].size)) if len(images) else 1
    size = batch_size * max(1, at_once // batch_size)
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        yield how.chunk(images[chosen], rng), labels[chosen]


AUGMENTATIONS: dict[str, Augmentation | None] = {
    "none": None,
    "light": Augmentation(rotation_deg=8, scale=0.08, shear=0.08, shift_px=1.2),
    "strong": Augmentation(rotation_deg=13, scale=0.14, shear=0.2, shift_px=1.6, elastic_px=0.6, pen=0.5),
    "hand": Augmentation(rotation_deg=10, scale=0.1, shear=0.12, shift_px=1.0, elastic_px=0.5, pen=0.2, erasures=0.1),
    "wide": Augmentation(rotation_deg=10, scale=0.1, shear=0.12, shift_px=2, elastic_px=0.5, pen=0.15, erasures=0.05),
}
"""What a user can choose by name."""


def make_augmentation(name: str) -> Augmentation | None:
    """The augmentation called ``name``; None for ``none``. Raises `ConfigError` for an unknown one."""
    if name not in AUGMENTATIONS:
        raise ConfigError(f"An augmentation expected one of {', '.join(AUGMENTATIONS)}, received {name!r}.")
    return AUGMENTATIONS[name]
