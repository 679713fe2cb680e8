"""A hand that writes given forms, each time a little differently.

A form is a text: strokes are parted by ``|``, smooth pieces of a stroke by ``/`` (there the pen turns a corner), and
each piece is a row of control points ``x,y`` in hundredths of the digit's box, x to the right and y down. A piece
starts where the one before it ends.

Writing a form moves its control points a little, runs a smooth curve through them, bends the plane, slants and squeezes
it. Drawing it uses the code that draws what a hand does on the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.drawing.normalize import BOX_PX, SIDE_PX, shift_to_centre
from cnn_core.drawing.raster import draw_dots

Piece = NDArray[np.float64]
"""``[p, 2]``: control points of one smooth curve."""
DOTS = 80
"""Dots along one piece."""


@cache
def parse_form(text: str) -> tuple[tuple[Piece, ...], ...]:
    """Strokes of pieces; all but the first piece of a stroke begin with the last point of the one before."""
    strokes = []
    for stroke in text.split("|"):
        pieces: list[Piece] = []
        for piece in stroke.split("/"):
            points = np.array([[float(x) for x in point.split(",")] for point in piece.split()]) / 100
            pieces.append(np.concatenate([pieces[-1][-1:], points]) if pieces else points)
        strokes.append(tuple(pieces))
    return tuple(strokes)


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


@dataclass(frozen=True, slots=True)
class Hand:
    """How freely somebody writes; pairs are limits between which each drawing has a value of its own.

    Attributes
    ----------
    aspects : width as a share of the form's own
    looseness : how far control points stray, in units of 3.5 % of the height
    bend : standard deviation of the perspective
    pen_widths_px : width of the line on the 28×28 image
    """

    aspects: tuple[float, float] = (0.45, 1.2)
    looseness: tuple[float, float] = (0.5, 2.6)
    bend: float = 0.22
    pen_widths_px: tuple[float, float] = (1.5, 4.5)


FREE = Hand()
"""As different as MNIST's writers."""
NEAT = Hand(aspects=(0.6, 1.0), looseness=(0.4, 1.6), bend=0.12, pen_widths_px=(1.8, 3.2))
"""So that a letter stays that letter."""


def write(form: str, count: int, rng: np.random.Generator, hand: Hand = FREE) -> NDArray[np.float64]:
    """``count`` ways to write ``form``: dots [count, DOTS · pieces, 2] around the origin, about one unit high."""
    curves = []
    looseness = rng.uniform(*hand.looseness, (count, 1, 1))
    for stroke in parse_form(form):
        drift = rng.normal(0, 0.025, (count, 1, 2)) * looseness  # strokes of one digit do not meet perfectly
        end = None
        for piece in stroke:
            control = piece + rng.normal(0, 0.035, (count, len(piece), 2)) * looseness + drift
            if end is not None:
                control[:, 0] = end
            end = control[:, -1]
            curves.append(np.einsum("tp,npx->ntx", _curve_weights(len(piece)), control))
    return _deform(np.concatenate(curves, axis=1) - 0.5, rng, hand)


def _deform(points: NDArray[np.float64], rng: np.random.Generator, hand: Hand) -> NDArray[np.float64]:
    """Bend, stretch, slant and turn each drawing [n, p, 2] in a way of its own."""
    n = len(points)
    for axis in (0, 1):  # elastic: two slow waves across the other axis
        amplitude = rng.normal(0, 0.03, (n, 1))
        phase, frequency = rng.uniform(0, 2 * np.pi, (n, 1)), rng.uniform(2, 6, (n, 1))
        points[:, :, axis] += amplitude * np.sin(frequency * points[:, :, 1 - axis] + phase)
    for axis in (0, 1):  # perspective: one half larger than the other
        tilt = rng.normal(0, hand.bend, (n, 1))
        points[:, :, axis] *= 1 + tilt * points[:, :, 1 - axis]
        points[:, :, axis] += rng.normal(0, hand.bend, (n, 1)) * (points[:, :, axis] ** 2 - 0.1)
    angle = np.deg2rad(rng.normal(0, 8, n))
    slant, aspect = rng.normal(0.15, 0.25, n), rng.uniform(*hand.aspects, n)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    shape = np.zeros((n, 2, 2))
    shape[:, 0, 0], shape[:, 0, 1], shape[:, 1, 1] = aspect, -slant, 1
    return points @ (turn @ shape).transpose(0, 2, 1)


def draw_normalized(points: NDArray[np.float64], pen_width_px: NDArray[np.float64]) -> Array:
    """Drawings of dots [n, p, 2] in MNIST's geometry: longer side 20 pixels, centre of mass in the middle.

    Returns
    -------
    [n, 28, 28] float32 in [0, 1], lines ``pen_width_px`` [n] wide
    """
    count, dots = points.shape[:2]
    lowest, highest = points.min(axis=1), points.max(axis=1)
    scale = (BOX_PX - pen_width_px) / np.maximum((highest - lowest).max(axis=1), 1e-3)
    points = (points - ((lowest + highest) / 2)[:, None]) * scale[:, None, None] + SIDE_PX / 2
    owner = np.repeat(np.arange(count), dots)
    images = draw_dots(points.reshape(-1, 2), owner, count, (SIDE_PX, SIDE_PX), pen_width_px.astype(np.float32))
    for image in images:
        image[...] = shift_to_centre(image)
    return images


def draw_form(form: str, count: int, rng: np.random.Generator, hand: Hand = FREE) -> Array:
    """``count`` drawings [count, 28, 28] of one form."""
    thin, thick = np.log(hand.pen_widths_px)
    return draw_normalized(write(form, count, rng, hand), np.exp(rng.uniform(thin, thick, count)))
