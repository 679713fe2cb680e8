"""Colours for numbers: a sequential scale for what is at least zero, a diverging one for both signs."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array

# Anchors taken from matplotlib's "inferno" (Smith, van der Walt, CC0) and ColorBrewer's "RdBu" (Brewer, Apache 2.0),
# the latter with a dark middle so that zero recedes and either sign stands out.
_SEQUENTIAL = (
    (0, 0, 4), (27, 12, 65), (74, 12, 107), (120, 28, 109), (165, 44, 96), (207, 68, 70), (237, 105, 37),
    (251, 155, 6), (247, 209, 61), (252, 255, 164),
)  # fmt: skip
_DIVERGING = (
    (209, 229, 240), (103, 169, 207), (44, 107, 166), (26, 54, 94), (16, 18, 24), (94, 34, 38), (178, 58, 48),
    (239, 138, 98), (253, 219, 199),
)  # fmt: skip


# On a light ground, for paper and projectors: ColorBrewer "Blues" and "RdBu" (Brewer, Apache 2.0). The colour-blind can
# tell both apart, and the first one is right in grey print too.
_LIGHT_SEQUENTIAL = (
    (255, 255, 255), (222, 235, 247), (198, 219, 239), (158, 202, 225), (107, 174, 214), (66, 146, 198), (33, 113, 181),
    (8, 81, 156), (8, 48, 107),
)  # fmt: skip
_LIGHT_DIVERGING = (
    (5, 48, 97), (33, 102, 172), (67, 147, 195), (146, 197, 222), (250, 250, 250), (244, 165, 130), (214, 96, 77),
    (178, 24, 43), (103, 0, 31),
)  # fmt: skip


def _table(anchors: tuple[tuple[int, int, int], ...]) -> NDArray[np.uint8]:
    at = np.linspace(0, len(anchors) - 1, 256)
    channels = [np.interp(at, np.arange(len(anchors)), channel) for channel in zip(*anchors, strict=True)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


SEQUENTIAL = _table(_SEQUENTIAL)
DIVERGING = _table(_DIVERGING)
LIGHT_SEQUENTIAL = _table(_LIGHT_SEQUENTIAL)
LIGHT_DIVERGING = _table(_LIGHT_DIVERGING)


SIGNED_BELOW = -1e-6
"""Values below this are no rounding errors."""


def is_signed(values: Array) -> bool:
    """Whether the diverging scale fits: some value lies clearly below zero."""
    return bool(values.size) and float(values.min()) < SIGNED_BELOW


def colorize(values: Array, low: float, high: float, signed: bool, light: bool = False) -> NDArray[np.uint8]:
    """RGB [..., 3] of ``values`` [...]; ``signed`` puts zero in the middle and the larger of the two limits at both
    ends, otherwise 0 or ``low`` is dark and ``high`` is bright. ``light`` takes the colours for a light ground."""
    if signed:
        limit = max(abs(low), abs(high), 1e-12)
        level = (values + limit) * np.float32(255 / (2 * limit))
        return (LIGHT_DIVERGING if light else DIVERGING)[to_indices(np.clip(level, 0, 255))]
    low = min(low, 0.0) if low < 0 else 0.0
    level = (values - low) * np.float32(255 / max(high - low, 1e-12))
    return (LIGHT_SEQUENTIAL if light else SEQUENTIAL)[to_indices(np.clip(level, 0, 255))]


def to_indices(levels: Array) -> NDArray[np.uint8]:
    """Levels from 0 to 255 as whole numbers; any at all for what is no number, of a network whose weights have grown
    too large."""
    with np.errstate(invalid="ignore"):
        return levels.astype(np.uint8)


CLASS_COLOURS = (
    "#4e9af1", "#f28e2b", "#59b36a", "#e15759", "#9c6ade", "#b07a5a", "#f06fb0", "#8f98a8", "#c6b832", "#3bb8c4",
)  # fmt: skip
"""One for each class, after Tableau's ten (Stone, 2014), a little brighter so that they stand out on dark and light."""


SHADES = ((0.95, 0.45), (0.7, 0.75), (0.85, 0.6))
"""Brightness and strength of further colours, in turn."""


def class_colours(count: int) -> tuple[str, ...]:
    """A colour for each of ``count`` classes, all of them different; the first ten are `CLASS_COLOURS`.

    Beyond, hues a golden section of the circle apart, in three strengths.
    """
    more: list[str] = []
    for number in range(count - len(CLASS_COLOURS)):
        hue, (value, strength) = (0.11 + number * 0.618034) % 1, SHADES[number % len(SHADES)]
        red, green, blue = colorsys.hsv_to_rgb(hue, strength, value)
        more.append(f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}")
    return (*CLASS_COLOURS, *more)[:count]
