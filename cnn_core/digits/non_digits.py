"""Pictures of everything but a digit: what a network must see to learn when to say that it does not know.

Scribbles, letters, signs, shapes, dots, several digits at once, digits lying on their side, textures and noise, all in
the geometry in which the canvas or a picture file would bring them. Training so is called outlier exposure. Source:
Hendrycks, Mazeika, Dietterich: "Deep Anomaly Detection with Outlier Exposure" (2019).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset, to_bytes, to_float
from cnn_core.digits.handwriting import NEAT, Hand, draw_form, draw_normalized
from cnn_core.digits.other_glyphs import LETTER_GLYPHS, SHAPE_GLYPHS, SIGN_GLYPHS
from cnn_core.digits.unipen import PenDigit
from cnn_core.drawing import from_bitmap, from_strokes
from cnn_core.drawing.normalize import SIDE_PX

CHUNK = 500
THIN_PX = (1.6, 2.8)
Maker = Callable[[int, np.random.Generator], Array]
"""(count, rng) -> images [count, 28, 28] in [0, 1]."""


def _from_forms(forms: Mapping[str, Sequence[str]], hand: Hand = NEAT) -> Maker:
    every = [form for variants in forms.values() for form in variants]

    def make(count: int, rng: np.random.Generator) -> Array:
        images = np.zeros((count, SIDE_PX, SIDE_PX), np.float32)
        chosen = rng.integers(0, len(every), count)
        for number, form in enumerate(every):
            places = np.nonzero(chosen == number)[0]
            if len(places):
                images[places] = draw_form(form, len(places), rng, hand)
        return images

    return make


def _scribbles(count: int, rng: np.random.Generator) -> Array:
    """Long wandering lines: the direction turns at random, the pen stays near the middle."""
    steps = 600
    turning = rng.uniform(0.15, 0.5, (count, 1))
    drift = rng.normal(0, 0.12, (count, 1)) * rng.integers(0, 2, (count, 1))
    angles = np.cumsum(rng.normal(0, 1, (count, steps)) * turning + drift, axis=1)
    points, here = np.empty((count, steps, 2)), rng.normal(0, 0.1, (count, 2))
    pull, step = rng.uniform(0.005, 0.06, (count, 1)), rng.uniform(0.015, 0.05, (count, 1))
    for i in range(steps):
        move = np.stack([np.cos(angles[:, i]), np.sin(angles[:, i])], axis=1) * step
        here = here + move - here * pull
        points[:, i] = here
    return draw_normalized(points, rng.uniform(*THIN_PX, count))


def _hatchings(count: int, rng: np.random.Generator) -> Array:
    """To and fro, five times or more, and spirals."""
    t = np.linspace(0, 1, 700)[None, :]
    turns = rng.uniform(3.5, 9, (count, 1))
    swing = np.sin(2 * np.pi * turns * t + rng.uniform(0, 6, (count, 1)))
    to_and_fro = np.stack([swing, (t - 0.5) * rng.uniform(0.6, 3, (count, 1))], axis=2)
    radius = 0.15 + t * rng.uniform(0.3, 1, (count, 1))
    angle = 2 * np.pi * turns / 1.5 * t
    spirals = np.stack([radius * np.cos(angle), radius * np.sin(angle) * rng.uniform(0.5, 1, (count, 1))], axis=2)
    points = np.where(rng.integers(0, 3, (count, 1, 1)) > 0, to_and_fro, spirals)
    turn = rng.uniform(0, np.pi, count)
    cos, sin = np.cos(turn), np.sin(turn)
    points = points @ np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    noise = rng.normal(0, 1, (count, 24, 2)) * rng.uniform(0, 0.15, (count, 1, 1))
    points = points + _smooth_columns(24, points.shape[1]) @ noise
    return draw_normalized(points, rng.uniform(*THIN_PX, count))


def _sticks(count: int, rng: np.random.Generator) -> Array:
    """Three to six lines, straight or bent, put anywhere: a drawing, a sign of some other script."""
    images = np.zeros((count, SIDE_PX, SIDE_PX), np.float32)
    for strokes in range(3, 7):
        chosen = np.nonzero(np.arange(count) % 4 == strokes - 3)[0]
        ends = rng.uniform(-0.5, 0.5, (len(chosen), strokes, 2, 2))
        middles = ends.mean(axis=2) + rng.normal(0, 0.12, (len(chosen), strokes, 2))
        t = np.linspace(0, 1, 48)[:, None]
        lines = (1 - t) ** 2 * ends[:, :, None, 0] + 2 * t * (1 - t) * middles[:, :, None] + t**2 * ends[:, :, None, 1]
        points = lines.reshape(len(chosen), strokes * len(t), 2)
        images[chosen] = draw_normalized(points, rng.uniform(*THIN_PX, len(chosen)))
    return images


def _dots(count: int, rng: np.random.Generator) -> Array:
    """One to five specks, none long enough to be a one."""
    images = np.zeros((count, SIDE_PX, SIDE_PX), np.float32)
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX] + 0.5
    for image in images:
        for _ in range(rng.integers(1, 6)):
            at, radius = rng.uniform(6, 22, 2), rng.uniform(0.6, 3.2)
            stretch = rng.uniform(0.7, 1.4)
            distance = np.hypot((rows - at[0]) * stretch, (columns - at[1]) / stretch)
            np.maximum(image, np.clip(radius + 0.5 - distance, 0, 1), out=image)
    alone = rng.random(count) < 0.4
    for image in images[alone]:  # one speck in the middle, as a single touch of the pen gives
        radius = rng.uniform(0.8, 5)
        image[...] = np.clip(radius + 0.5 - np.hypot(rows - 14, columns - 14), 0, 1)
    return images


def _blobs(count: int, rng: np.random.Generator) -> Array:
    """Smooth spots of every size, with a hard or a soft edge: photographs, smears, shadows."""
    images = np.empty((count, SIDE_PX, SIDE_PX), np.float32)
    grids = rng.choice((5, 8, 13), count)
    for grid in (5, 8, 13):
        chosen = np.nonzero(grids == grid)[0]
        smooth = _smooth_columns(grid, SIDE_PX).astype(np.float32)
        field = smooth @ rng.normal(0, 1, (len(chosen), grid, grid)).astype(np.float32) @ smooth.T
        hardness = np.exp(rng.uniform(np.log(0.4), np.log(12), (len(chosen), 1, 1)))
        images[chosen] = 1 / (1 + np.exp(-hardness * (field - rng.normal(0.1, 0.4, (len(chosen), 1, 1)))))
    framed = rng.random(count) < 0.5
    images[framed, :4], images[framed, -4:] = 0, 0
    images[framed, :, :4], images[framed, :, -4:] = 0, 0
    return images


def _noise(count: int, rng: np.random.Generator) -> Array:
    """Grain: even, speckled, or in coarse pixels."""
    even = rng.random((count, SIDE_PX, SIDE_PX), np.float32)
    speckled = (even < rng.uniform(0.02, 0.6, (count, 1, 1))).astype(np.float32)
    coarse = rng.random((count, 7, 7), np.float32).repeat(4, axis=1).repeat(4, axis=2)
    kind = rng.integers(0, 4, (count, 1, 1))
    images = np.select([kind == 0, kind == 1, kind == 2], [even, speckled, coarse], (coarse > 0.6).astype(np.float32))
    images *= rng.uniform(0.3, 1, (count, 1, 1))
    framed = rng.random(count) < 0.5
    images[framed, :4], images[framed, -4:] = 0, 0
    images[framed, :, :4], images[framed, :, -4:] = 0, 0
    return images.astype(np.float32)


def _patches(count: int, rng: np.random.Generator) -> Array:
    """Overlapping bright and dark rectangles and ellipses, as a photograph of some thing looks when it is tiny."""
    rows, columns = (np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32) - 13.5) / 14
    images = np.zeros((count, SIDE_PX, SIDE_PX), np.float32)
    for image in images:
        image += rng.uniform(0, 0.6) + rng.normal(0, 0.3) * rows + rng.normal(0, 0.3) * columns
        for _ in range(rng.integers(2, 7)):
            y, x, size = rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.8), rng.uniform(0.15, 0.9, 2)
            u, v = np.abs(rows - y) / size[0], np.abs(columns - x) / size[1]
            inside = np.maximum(u, v) < 1 if rng.random() < 0.5 else np.hypot(u, v) < 1
            image[inside] = rng.uniform(0, 1)
        image += rng.normal(0, 0.05, image.shape)
    return np.clip(images, 0, 1)


def _smooth_columns(grid: int, size: int) -> NDArray[np.float64]:
    """Cosine interpolation [size, grid] from a coarse row of values to a fine one."""
    at = np.abs(np.linspace(0, grid - 1, size)[:, None] - np.arange(grid)[None, :])
    return np.where(at < 1, 0.5 + 0.5 * np.cos(np.pi * at), 0)


LINES, SOLID = 0.05, 0.5
"""Share of the ink that is left when 2 pixels are taken off all round: of lines hardly any, of filled areas half."""
LEAST_SIDE_PX, LEAST_FILLED = 15, 0.6


def _never_fat(maker: Maker) -> Maker:
    """Only lines, or large filled areas: what lies between looks like a fat one or a closed zero."""

    def make(count: int, rng: np.random.Generator) -> Array:
        images = np.zeros((0, SIDE_PX, SIDE_PX), np.float32)
        while len(images) < count:
            made = maker(count, rng)
            ink = made > 0.5
            inner = ink
            for _ in range(2):
                inner = _eroded(inner)
            total = np.maximum(ink.sum(axis=(1, 2)), 1)
            solid = inner.sum(axis=(1, 2)) / total
            sides = np.stack([ink.any(axis=1).sum(axis=1), ink.any(axis=2).sum(axis=1)])
            area = (sides.min(axis=0) >= LEAST_SIDE_PX) & (total / np.maximum(sides.prod(axis=0), 1) >= LEAST_FILLED)
            images = np.concatenate([images, made[(solid < LINES) | ((solid > SOLID) & area)]])
        return images[:count]

    return make


def _eroded(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    across = padded[:, 1:-1, :-2] & padded[:, 1:-1, 1:-1] & padded[:, 1:-1, 2:]
    return across & padded[:, :-2, 1:-1] & padded[:, 2:, 1:-1]


MAKERS: dict[str, tuple[Maker, float]] = {
    "letters": (_from_forms(LETTER_GLYPHS), 5),
    "signs": (_from_forms(SIGN_GLYPHS), 2),
    "shapes": (_from_forms(SHAPE_GLYPHS, replace(NEAT, aspects=(0.8, 1.1))), 3),
    "scribbles": (_never_fat(_scribbles), 3),
    "hatchings": (_never_fat(_hatchings), 2),
    "sticks": (_sticks, 2),
    "dots": (_dots, 1.5),
    "blobs": (_blobs, 1.5),
    "noise": (_noise, 1),
    "patches": (_patches, 1.5),
}
"""What is drawn from nothing, and in which proportion."""


def several_digits(digits: Dataset, count: int, rng: np.random.Generator) -> Array:
    """Two or three images side by side, read as if they were one digit: [count, 28, 28]."""
    images = np.empty((count, SIDE_PX, SIDE_PX), np.float32)
    for image in images:
        row = [_trimmed(to_float(digits.images[i, :, :, 0])) for i in rng.integers(0, len(digits), rng.integers(2, 4))]
        gaps = [np.zeros((SIDE_PX, rng.integers(0, 6)), np.float32) for _ in row]
        image[...] = from_bitmap(
            np.concatenate([part for pair in zip(row, gaps, strict=True) for part in pair], axis=1)
        )
    return images


def _trimmed(image: Array) -> Array:
    columns = np.nonzero(image.any(axis=0))[0]
    return image[:, columns[0] : columns[-1] + 1] if len(columns) else image


def several_pen_digits(pen: Sequence[PenDigit], count: int, rng: np.random.Generator) -> Array:
    """Two or three pen digits so close that their strokes might be one digit's: [count, 28, 28].

    Every other pair has a one in it, which most looks like a part of its neighbour.
    """
    ones = [digit for digit in pen if digit.label == 1]
    images = np.empty((count, SIDE_PX, SIDE_PX), np.float32)
    for image in images:
        row = [pen[i] for i in rng.integers(0, len(pen), 2 if rng.random() < 0.8 else 3)]
        if ones and rng.random() < 0.5:
            row[rng.integers(0, len(row))] = ones[rng.integers(0, len(ones))]
        strokes, reached = [], 0.0
        for digit in row:
            points = np.concatenate(digit.strokes)
            (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
            scale = rng.uniform(0.8, 1.1) / max(bottom - top, 0.5 * (right - left), 0.05)
            strokes += [
                (s - (left, (top + bottom) / 2)) * scale + (reached, rng.normal(0, 0.04)) for s in digit.strokes
            ]
            reached += (right - left) * scale + rng.uniform(-0.06, 0.25)
        image[...] = from_strokes(strokes, rng.uniform(1.8, 3.2))
    return images


LYING = (3, 4, 7)
"""Digits that are none when they lie on their side."""


def lying_digits(digits: Dataset, count: int, rng: np.random.Generator) -> Array:
    """Digits turned by a quarter: [count, 28, 28]."""
    usable = np.nonzero(np.isin(digits.labels, LYING))[0]
    chosen = to_float(digits.images[rng.choice(usable, count), :, :, 0])
    to_left = rng.random(count)[:, None, None] < 0.5
    return np.where(to_left, np.rot90(chosen, 1, (1, 2)), np.rot90(chosen, 3, (1, 2)))


SEVERAL, SEVERAL_PEN, LYING_WEIGHT = 3, 5, 0.5


def make_non_digits(
    count: int,
    digits: Dataset,
    pen: Sequence[PenDigit],
    rng: np.random.Generator,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """``count`` images that are no digits, labelled `NOT_A_CLASS`; several and lying digits are made of ``digits`` and
    ``pen``. ``progress`` is called with (done, total)."""
    makers = [
        *MAKERS.values(),
        (lambda n, rng: several_digits(digits, n, rng), SEVERAL),
        (lambda n, rng: several_pen_digits(pen, n, rng), SEVERAL_PEN),
        (lambda n, rng: lying_digits(digits, n, rng), LYING_WEIGHT),
    ]
    total = sum(weight for _, weight in makers)
    parts: list[NDArray[np.uint8]] = []
    done = 0
    for make, weight in makers:
        wanted = round(count * weight / total)
        for start in range(0, wanted, CHUNK):
            if progress:
                progress(done + start, count)
            parts.append(to_bytes(make(min(CHUNK, wanted - start), rng)))
        done += wanted
    images = np.concatenate(parts)[..., None]
    return Dataset("non-digits", images, np.full(len(images), NOT_A_CLASS), digits.class_names)
