"""Small random changes to training images, so that the network learns the digit and not the drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError

ELASTIC_GRID = 5
"""The elastic field is random on a grid of 5×5 points and smooth between them."""


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
    """

    rotation_deg: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift_px: float = 0.0
    elastic_px: float = 0.0
    pen: float = 0.0

    def __call__(self, images: Array, rng: np.random.Generator) -> Array:
        """Changed copies of images [n, h, w, c] in [0, 1]; each one in a way of its own."""
        n, h, w, _ = images.shape
        if self.pen:
            images = change_pen(images, rng.uniform(-self.pen, self.pen, n).astype(np.float32))
        return warp(images, self._sources(n, h, w, rng))

    def _sources(self, n: int, h: int, w: int, rng: np.random.Generator) -> Array:
        """Where each pixel of the result comes from: [n, 2, h, w], rows first."""
        angle = np.deg2rad(rng.uniform(-self.rotation_deg, self.rotation_deg, n))
        scale = 1 / (1 + rng.uniform(-self.scale, self.scale, (n, 2)))
        shear = rng.uniform(-self.shear, self.shear, n)
        shift = rng.uniform(-self.shift_px, self.shift_px, (n, 2))
        cos, sin = np.cos(angle), np.sin(angle)
        matrix = np.empty((n, 2, 3), np.float32)
        matrix[:, 0, 0], matrix[:, 0, 1] = cos * scale[:, 0], -sin * scale[:, 0]
        matrix[:, 1, 0], matrix[:, 1, 1] = (sin + shear * cos) * scale[:, 1], (cos - shear * sin) * scale[:, 1]
        matrix[:, :, 2] = np.add(shift, ((h - 1) / 2, (w - 1) / 2))
        rows, columns = np.mgrid[0:h, 0:w].astype(np.float32)
        plane = np.stack([rows - (h - 1) / 2, columns - (w - 1) / 2, np.ones_like(rows)]).reshape(3, -1)
        sources = (matrix @ plane).reshape(n, 2, h, w)
        if self.elastic_px:
            coarse = rng.standard_normal((n, 2, ELASTIC_GRID, ELASTIC_GRID), np.float32) * self.elastic_px
            sources += _smooth(h) @ coarse @ _smooth(w).T
        return sources


def _smooth(size: int) -> Array:
    """Cosine interpolation [size, ELASTIC_GRID] from the coarse grid to every pixel."""
    at = np.linspace(0, ELASTIC_GRID - 1, size)[:, None] - np.arange(ELASTIC_GRID)[None, :]
    return np.where(np.abs(at) < 1, 0.5 + 0.5 * np.cos(np.pi * at), 0).astype(np.float32)


def warp(images: Array, sources: Array) -> Array:
    """Fetch every pixel from its source [n, 2, h, w] (row, column), between pixels bilinearly, outside as 0."""
    n, h, w, c = images.shape
    padded = np.zeros((n, h + 2, w + 2, c), images.dtype)
    padded[:, 1:-1, 1:-1] = images
    rows = np.clip(sources[:, 0] + 1, 0, h + 0.999)
    columns = np.clip(sources[:, 1] + 1, 0, w + 0.999)
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    down, right = (rows - top.astype(np.float32))[..., None], (columns - left.astype(np.float32))[..., None]
    flat = padded.reshape(-1, c)
    index = top * (w + 2) + left + (np.arange(n, dtype=np.int32) * ((h + 2) * (w + 2)))[:, None, None]
    upper = flat[index] * (1 - right) + flat[index + 1] * right
    lower = flat[index + (w + 2)] * (1 - right) + flat[index + (w + 3)] * right
    return upper * (1 - down) + lower * down


def change_pen(images: Array, amount: Array) -> Array:
    """Wider (amount > 0) or thinner (< 0) lines, ``amount`` [n] in pixels on either side, from -1 to 1."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    centre = padded[:, 1:-1, 1:-1]
    neighbours = (padded[:, :-2, 1:-1], padded[:, 2:, 1:-1], padded[:, 1:-1, :-2], padded[:, 1:-1, 2:])
    wide, thin = centre, centre
    for neighbour in neighbours:
        wide, thin = np.maximum(wide, neighbour), np.minimum(thin, neighbour)
    amount = amount[:, None, None, None]
    return centre + np.where(amount > 0, amount * (wide - centre), -amount * (thin - centre))


AUGMENTATIONS: dict[str, Augmentation | None] = {
    "none": None,
    "light": Augmentation(rotation_deg=8, scale=0.08, shear=0.08, shift_px=1.2),
    "strong": Augmentation(rotation_deg=13, scale=0.14, shear=0.2, shift_px=1.6, elastic_px=0.6, pen=0.5),
}
"""What a user can choose by name."""


def make_augmentation(name: str) -> Augmentation | None:
    """The augmentation called ``name``; None for ``none``. Raises `ConfigError` for an unknown one."""
    if name not in AUGMENTATIONS:
        raise ConfigError(f"An augmentation expected one of {', '.join(AUGMENTATIONS)}, received {name!r}.")
    return AUGMENTATIONS[name]
