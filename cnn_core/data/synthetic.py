"""Digits of our own making: no download, no files, as many as wanted.

Every digit has several handwriting forms, each a few strokes given by control points. A sample takes a form, moves
its control points a little, runs a smooth curve through them, bends the plane, slants and squeezes it, and draws the
result with a pen of some width by the code that draws what a hand does on the canvas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.data.dataset import Dataset, to_bytes
from cnn_core.drawing.normalize import BOX_PX, SIDE_PX, shift_to_centre
from cnn_core.drawing.raster import draw_dots
from cnn_core.errors import ConfigError

Point = tuple[float, float]
Piece = Sequence[Point]
"""Control points of one smooth curve; the next piece of a stroke starts at its end, with a corner."""
Stroke = Sequence[Piece]

DOTS = 72
"""Dots along one piece."""
CHUNK = 500
"""Digits drawn at a time; bounds the memory and paces the progress."""

# x to the right, y down, the digit in the unit square
FORMS: dict[int, list[list[Stroke]]] = {
    0: [
        [[[(0.5, 0.0), (0.15, 0.15), (0.02, 0.5), (0.15, 0.87), (0.5, 1.0), (0.85, 0.85), (0.98, 0.5), (0.83, 0.14),
           (0.5, 0.0)]]],
        [[[(0.6, 0.02), (0.3, 0.12), (0.1, 0.5), (0.18, 0.88), (0.42, 0.98), (0.72, 0.8), (0.86, 0.4), (0.76, 0.08),
           (0.5, 0.06)]]],
        [[[(0.72, 0.12), (0.45, 0.02), (0.12, 0.3), (0.08, 0.72), (0.4, 1.0), (0.8, 0.82), (0.95, 0.42), (0.75, 0.08),
           (0.4, 0.1)]]],
    ],
    1: [
        [[[(0.5, 0.0), (0.5, 0.5), (0.5, 1.0)]]],
        [[[(0.62, 0.0), (0.5, 0.5), (0.38, 1.0)]]],
        [[[(0.25, 0.25), (0.55, 0.0)], [(0.55, 0.0), (0.55, 0.5), (0.55, 1.0)]]],
        [[[(0.25, 0.28), (0.52, 0.0)], [(0.52, 0.0), (0.52, 0.98)]], [[(0.22, 1.0), (0.82, 0.98)]]],
    ],
    2: [
        [[[(0.08, 0.25), (0.3, 0.03), (0.7, 0.04), (0.85, 0.28), (0.6, 0.6), (0.08, 0.96)],
          [(0.08, 0.96), (0.95, 0.94)]]],
        [[[(0.1, 0.22), (0.4, 0.0), (0.8, 0.16), (0.72, 0.5), (0.35, 0.85), (0.1, 0.95), (0.12, 0.78), (0.4, 0.84),
           (0.65, 0.97), (0.98, 0.88)]]],
        [[[(0.12, 0.12), (0.5, 0.0), (0.82, 0.15), (0.7, 0.45), (0.35, 0.75), (0.05, 1.0)],
          [(0.05, 1.0), (0.5, 0.9), (0.95, 0.98)]]],
    ],
    3: [
        [[[(0.1, 0.1), (0.5, 0.0), (0.82, 0.2), (0.65, 0.43), (0.35, 0.47)],
          [(0.35, 0.47), (0.75, 0.52), (0.92, 0.76), (0.6, 0.99), (0.08, 0.9)]]],
        [[[(0.12, 0.16), (0.45, 0.0), (0.8, 0.18), (0.62, 0.42), (0.4, 0.48), (0.7, 0.52), (0.9, 0.74), (0.55, 1.0),
           (0.1, 0.88)]]],
        [[[(0.12, 0.03), (0.85, 0.03)], [(0.85, 0.03), (0.42, 0.42)],
          [(0.42, 0.42), (0.8, 0.5), (0.9, 0.75), (0.55, 1.0), (0.08, 0.9)]]],
    ],
    4: [
        [[[(0.28, 0.0), (0.12, 0.35), (0.05, 0.6)], [(0.05, 0.6), (0.95, 0.58)]], [[(0.72, 0.18), (0.68, 1.0)]]],
        [[[(0.68, 0.0), (0.35, 0.35), (0.03, 0.66)], [(0.03, 0.66), (0.97, 0.66)]], [[(0.68, 0.0), (0.68, 1.0)]]],
        [[[(0.18, 0.0), (0.08, 0.35), (0.3, 0.52), (0.84, 0.42)]], [[(0.88, 0.0), (0.82, 0.5), (0.74, 1.0)]]],
        [[[(0.15, 0.02), (0.12, 0.5)], [(0.12, 0.5), (0.82, 0.48)]], [[(0.85, 0.0), (0.78, 1.0)]]],
    ],
    5: [
        [[[(0.92, 0.03), (0.25, 0.04)], [(0.25, 0.04), (0.18, 0.44)],
          [(0.18, 0.44), (0.55, 0.37), (0.9, 0.62), (0.68, 0.95), (0.08, 0.92)]]],
        [[[(0.25, 0.05), (0.18, 0.45)], [(0.18, 0.45), (0.6, 0.38), (0.88, 0.68), (0.55, 1.0), (0.08, 0.88)]],
         [[(0.22, 0.05), (0.92, 0.0)]]],
        [[[(0.9, 0.0), (0.35, 0.06), (0.25, 0.42), (0.6, 0.48), (0.82, 0.72), (0.5, 1.0), (0.08, 0.9)]]],
    ],
    6: [
        [[[(0.75, 0.02), (0.35, 0.25), (0.1, 0.65), (0.3, 0.98), (0.75, 0.9), (0.8, 0.6), (0.45, 0.52), (0.14, 0.75)]]],
        [[[(0.55, 0.0), (0.25, 0.35), (0.12, 0.72), (0.4, 1.0), (0.8, 0.8), (0.62, 0.55), (0.3, 0.62), (0.16, 0.82)]]],
        [[[(0.3, 0.0), (0.14, 0.4), (0.12, 0.8), (0.5, 1.0), (0.86, 0.8), (0.7, 0.55), (0.35, 0.56), (0.12, 0.76)]]],
    ],
    7: [
        [[[(0.05, 0.06), (0.95, 0.04)], [(0.95, 0.04), (0.6, 0.5), (0.4, 1.0)]]],
        [[[(0.05, 0.06), (0.92, 0.04)], [(0.92, 0.04), (0.6, 0.5), (0.42, 1.0)]], [[(0.28, 0.5), (0.85, 0.47)]]],
        [[[(0.08, 0.22), (0.1, 0.04)], [(0.1, 0.04), (0.92, 0.05)], [(0.92, 0.05), (0.55, 0.45), (0.45, 1.0)]]],
        [[[(0.05, 0.12), (0.5, 0.02), (0.9, 0.06), (0.78, 0.35), (0.5, 1.0)]]],
    ],
    8: [
        [[[(0.78, 0.12), (0.45, 0.0), (0.18, 0.2), (0.5, 0.47), (0.84, 0.75), (0.5, 1.0), (0.16, 0.78), (0.5, 0.48),
           (0.82, 0.2), (0.7, 0.06)]]],
        [[[(0.5, 0.0), (0.2, 0.2), (0.5, 0.46), (0.8, 0.22), (0.5, 0.0)]],
         [[(0.5, 0.46), (0.14, 0.74), (0.5, 1.0), (0.86, 0.74), (0.5, 0.46)]]],
        [[[(0.5, 0.46), (0.2, 0.25), (0.5, 0.0), (0.8, 0.2), (0.5, 0.46), (0.16, 0.76), (0.5, 1.0), (0.84, 0.78),
           (0.52, 0.48)]]],
    ],
    9: [
        [[[(0.82, 0.2), (0.5, 0.0), (0.15, 0.22), (0.35, 0.5), (0.72, 0.4), (0.84, 0.12)],
          [(0.84, 0.12), (0.8, 0.55), (0.72, 1.0)]]],
        [[[(0.8, 0.15), (0.45, 0.02), (0.14, 0.28), (0.45, 0.52), (0.8, 0.3), (0.84, 0.12)],
          [(0.84, 0.12), (0.88, 0.6), (0.65, 0.96), (0.15, 0.92)]]],
        [[[(0.75, 0.1), (0.4, 0.03), (0.2, 0.3), (0.5, 0.48), (0.8, 0.2), (0.78, 0.5), (0.55, 1.0)]]],
    ],
}  # fmt: skip


@cache
def _curve_weights(count: int) -> NDArray[np.float64]:
    """Matrix [DOTS, count] that turns control points into dots on the Catmull–Rom curve through them.

    Source: Catmull, Rom: "A class of local interpolating splines" (1974); the ends are continued by reflection.
    """
    weights = np.zeros((DOTS, count))
    for row, t in enumerate(np.linspace(0, count - 1, DOTS)):
        i = min(int(t), count - 2)
        u = t - i
        basis = (
            (-u + 2 * u**2 - u**3) / 2, (2 - 5 * u**2 + 3 * u**3) / 2, (u + 4 * u**2 - 3 * u**3) / 2, (u**3 - u**2) / 2,
        )  # fmt: skip
        for k, weight in zip(range(i - 1, i + 3), basis, strict=True):
            if k < 0:
                weights[row, 0] += 2 * weight
                weights[row, 1] -= weight
            elif k >= count:
                weights[row, count - 1] += 2 * weight
                weights[row, count - 2] -= weight
            else:
                weights[row, k] += weight
    return weights


def draw_digits(labels: NDArray[np.integer], rng: np.random.Generator) -> Array:
    """One image [n, 28, 28, 1] in [0, 1] for each label [n] from 0 to 9, every one different."""
    images = np.zeros((len(labels), SIDE_PX, SIDE_PX), np.float32)
    forms = rng.integers(0, 1 << 30, len(labels))
    for digit, variants in FORMS.items():
        for number, form in enumerate(variants):
            chosen = np.nonzero((labels == digit) & (forms % len(variants) == number))[0]
            if len(chosen):
                images[chosen] = _draw_form(form, len(chosen), rng)
    return images[..., None]


def _draw_form(form: list[Stroke], count: int, rng: np.random.Generator) -> Array:
    """``count`` samples [count, 28, 28] of one handwriting form."""
    curves = []
    for stroke in form:
        drift = rng.normal(0, 0.025, (count, 1, 2))  # strokes of one digit do not meet perfectly
        end = None
        for piece in stroke:
            control = np.asarray(piece) + rng.normal(0, 0.035, (count, len(piece), 2)) + drift
            if end is not None:
                control[:, 0] = end
            end = control[:, -1]
            curves.append(np.einsum("tp,npx->ntx", _curve_weights(len(piece)), control))
    points = _deform(np.concatenate(curves, axis=1) - 0.5, rng)
    width = rng.uniform(1.8, 3.6, count)
    return _draw_normalized(points, width)


def _deform(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Bend, stretch, slant and turn each digit [n, p, 2] in a way of its own."""
    n = len(points)
    for axis in (0, 1):  # elastic: two slow waves across the other axis
        amplitude = rng.normal(0, 0.03, (n, 1))
        phase, frequency = rng.uniform(0, 2 * np.pi, (n, 1)), rng.uniform(2, 6, (n, 1))
        points[:, :, axis] += amplitude * np.sin(frequency * points[:, :, 1 - axis] + phase)
    angle = np.deg2rad(rng.normal(0, 7, n))
    slant, aspect = rng.normal(0.12, 0.18, n), rng.uniform(0.45, 0.95, n)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    shape = np.zeros((n, 2, 2))
    shape[:, 0, 0], shape[:, 0, 1], shape[:, 1, 1] = aspect, -slant, 1
    return points @ (turn @ shape).transpose(0, 2, 1)


def _draw_normalized(points: NDArray[np.float64], pen_width_px: NDArray[np.float64]) -> Array:
    """MNIST's geometry for many digits at once: longer side 20 pixels, centre of mass in the middle."""
    count, dots = points.shape[:2]
    lowest, highest = points.min(axis=1), points.max(axis=1)
    scale = (BOX_PX - pen_width_px) / (highest - lowest).max(axis=1)
    points = (points - ((lowest + highest) / 2)[:, None]) * scale[:, None, None] + SIDE_PX / 2
    owner = np.repeat(np.arange(count), dots)
    images = draw_dots(points.reshape(-1, 2), owner, count, (SIDE_PX, SIDE_PX), pen_width_px.astype(np.float32))
    return np.stack([shift_to_centre(image) for image in images])


def make_synthetic(
    count: int = 12_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    name: str = "synthetic",
) -> Dataset:
    """A data set of ``count`` drawn digits, every class equally often; same seed, same bytes.

    ``progress`` is called with (done, total) now and then; what it raises ends the work.
    """
    if count < 10:
        raise ConfigError(f"Synthetic digits expected a count of at least 10, received {count}.")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 10)
    parts = []
    for start in range(0, count, CHUNK):
        if progress:
            progress(start, count)
        parts.append(to_bytes(draw_digits(labels[start : start + CHUNK], rng)))
    return Dataset(name, np.concatenate(parts), labels)
