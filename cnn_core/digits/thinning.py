"""Digits of a data set as the canvas's pen would have drawn them: thinned to the middle of their lines, moved a little
as another hand would, and drawn anew. So thousands of hands have the canvas's line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import Dataset, to_bytes
from cnn_core.digits.pen import PEN_WIDTHS_PX
from cnn_core.drawing.normalize import BOX_PX, SIDE_PX, shift_to_centre
from cnn_core.drawing.raster import draw_dots

Dots = NDArray[np.float64]
"""Points [p, 2], x and y, that lie so close that they make a line."""
Owner = NDArray[np.intp]
"""Number of the image that each point belongs to: [p]."""
Report = Callable[[int, int], None]

FINER = 3
"""Lines are thinned at so many times the resolution, where their middles lie a third of a pixel apart."""
INK = 110
"""Bytes above this are line."""
SMOOTHED = 8
"""How often each point of a line moves half way to the middle of its two neighbours."""
TURN_DEG, SLANT, SQUEEZE, BEND = 7, 0.13, 0.1, 0.03
"""Standard deviations of what another hand does."""
LOOPS = {"0": 1, "6": 1, "8": 2, "9": 1}
"""Loops of the classes that are written with any, by name."""
CHUNK = 1000


def thin(digits: Dataset, rng: np.random.Generator, progress: Report = lambda *_: None) -> Dataset:
    """Digits [28, 28], thinned, changed and drawn anew.

    Of a class that is written with loops only those are kept that have them all: a 6 that was a blob below comes out as
    a hook. Of MNIST's 6, 8 and 9 that takes 16 to 27 %. What has no line at all is left out as well.
    """
    images: list[NDArray[np.uint8]] = [np.zeros((0, SIDE_PX, SIDE_PX), np.uint8)]
    for start in range(0, len(digits), CHUNK):
        progress(start, len(digits))
        chunk = digits.images[start : start + CHUNK, :, :, 0]
        dots, owner = middles(chunk)
        images.append(_draw(_vary(dots, owner, len(chunk), rng), owner, rng.uniform(*PEN_WIDTHS_PX, len(chunk))))
    drawn = np.concatenate(images)
    of_class = np.array([*(LOOPS.get(name, 0) for name in digits.class_names), 0])  # the last: of no class
    loops = of_class[digits.labels]
    whole = (loops == 0) | (parts_less_holes(drawn > INK) <= 1 - loops)
    kept = np.nonzero(whole & drawn.any(axis=(1, 2)))[0]
    return Dataset(digits.name, drawn[kept][..., None], digits.labels[kept], digits.class_names)


def middles(images: NDArray[np.uint8]) -> tuple[Dots, Owner]:
    """Points in the middle of the lines of square ``images`` [n, s, s], in pixels, and the image of each."""
    finer = finer_ink(images)
    at, neighbours = _thin(finer)
    owner, rows, columns = np.unravel_index(at, (len(images), finer.shape[1] + 2, finer.shape[2] + 2))
    dots = np.stack([columns, rows], axis=1) - 0.5  # off the border, on the pixel's middle
    there = neighbours >= 0
    on_a_line = (there.sum(axis=1) == 2)[:, None]
    for _ in range(SMOOTHED):
        middle = (dots[np.where(there, neighbours, 0)] * there[..., None]).sum(axis=1) / 2
        dots = np.where(on_a_line, (dots + middle) / 2, dots)
    return dots / FINER, owner


def finer_ink(images: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """What is line in square ``images`` [n, s, s], at `FINER` times as many pixels along each axis."""
    side = images.shape[1]
    at = (np.arange(side * FINER) + 0.5) / FINER - 0.5
    weights = np.clip(1 - np.abs(np.clip(at, 0, side - 1)[:, None] - np.arange(side)), 0, None).astype(np.float32)
    return weights @ images.astype(np.float32) @ weights.T > INK


def parts_less_holes(ink: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The Euler number of each image [n, h, w]: how many pieces it has, less the holes in them. A pixel hangs together
    with all eight around it. Source: Gray: "Local properties of binary images in two dimensions" (1971)."""
    padded = np.pad(ink, ((0, 0), (1, 1), (1, 1))).astype(np.int8)
    a, b, c, d = padded[:, :-1, :-1], padded[:, :-1, 1:], padded[:, 1:, :-1], padded[:, 1:, 1:]
    count = a + b + c + d
    diagonal = (count == 2) & (a == d)
    return ((count == 1).sum((1, 2)) - (count == 3).sum((1, 2)) - 2 * diagonal.sum((1, 2))) // 4


def _thin(ink: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """What is left of ``ink`` [n, h, w] when lines are one pixel wide: flat places in the images with a border of one
    pixel, and for each its neighbours [p, 8] as numbers of places, -1 for none.

    Source: Zhang, Suen: "A fast parallel algorithm for thinning digital patterns" (1984).
    """
    padded = np.pad(ink, ((0, 0), (1, 1), (1, 1))).astype(np.uint8)
    width, flat = padded.shape[2], padded.reshape(-1)
    around = np.array([-width, 1 - width, 1, 1 + width, width, width - 1, -1, -1 - width])  # clockwise from above
    goes = _zhang_suen()
    at, before = np.flatnonzero(flat), -1
    while len(at) != before:
        before = len(at)
        for rule in goes:
            pattern = np.zeros(len(at), np.uint8)
            for bit, step in enumerate(around):
                pattern |= flat[at + step] << bit
            leaves = rule[pattern]
            flat[at[leaves]] = 0
            at = at[~leaves]
    number = np.full(len(flat), -1, np.intp)
    number[at] = np.arange(len(at))
    neighbours = number[at[:, None] + around]
    straight = neighbours[:, ::2] >= 0
    # a diagonal neighbour that a straight one leads to is no other way out
    neighbours[:, 1::2][straight | np.roll(straight, -1, axis=1)] = -1
    return at, neighbours


def _zhang_suen() -> NDArray[np.bool_]:
    """Whether a pixel goes, for both rules and every pattern of its neighbours: [2, 256]."""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    count = bits.sum(axis=1)
    begins = ((bits == 0) & (np.roll(bits, -1, axis=1) == 1)).sum(axis=1)
    above, right, below, left = (bits[:, i].astype(bool) for i in (0, 2, 4, 6))
    border = (count >= 2) & (count <= 6) & (begins == 1)
    first = ~(above & right & below) & ~(right & below & left)
    second = ~(above & right & left) & ~(above & below & left)
    return np.stack([border & first, border & second])


def _vary(dots: Dots, owner: Owner, count: int, rng: np.random.Generator) -> Dots:
    """The points of ``count`` images, each turned, slanted, squeezed and bent about its middle, in sizes of a digit."""
    size = np.maximum(np.bincount(owner, minlength=count), 1)
    centre = np.stack([np.bincount(owner, dots[:, axis], count) / size for axis in (0, 1)], axis=1)
    dots = (dots - centre[owner]) / BOX_PX
    angle, slant = np.deg2rad(rng.normal(0, TURN_DEG, count)), rng.normal(0, SLANT, count)
    squeeze = np.exp(rng.normal(0, SQUEEZE, (count, 2)))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]).transpose(2, 0, 1)
    other = np.array([[squeeze[:, 0], np.zeros(count)], [-slant, squeeze[:, 1]]]).transpose(2, 0, 1)
    bent = dots.copy()
    for axis in (0, 1):
        height, often, phase = rng.normal(0, BEND, count), rng.uniform(2, 7, count), rng.uniform(0, 2 * np.pi, count)
        bent[:, axis] += height[owner] * np.sin(often[owner] * dots[:, 1 - axis] + phase[owner])
    return np.einsum("pi,pij->pj", bent, (other @ turn)[owner])


def _draw(dots: Dots, owner: Owner, pen_widths_px: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Images [n, 28, 28] of points in sizes of a digit, as `cnn_core.drawing.from_strokes` makes them of strokes."""
    count = len(pen_widths_px)
    low, high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
    np.minimum.at(low, owner, dots)
    np.maximum.at(high, owner, dots)
    low, high = np.where(low > high, 0, low), np.where(low > high, 0, high)  # nothing was left of it
    scale = (BOX_PX - pen_widths_px) / np.maximum((high - low).max(axis=1), 0.05)
    dots = (dots - ((low + high) / 2)[owner]) * scale[owner, None] + SIDE_PX / 2
    drawn = draw_dots(dots, owner, count, (SIDE_PX, SIDE_PX), pen_widths_px.astype(np.float32))
    return to_bytes(np.stack([shift_to_centre(image) for image in drawn]))
