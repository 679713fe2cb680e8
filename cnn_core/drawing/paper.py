"""What lies on a photographed sheet, whatever light and shadow fall on it.

Paper is what is left when everything narrower than a window is taken away: where a window fits into a shadow, the
shadow is paper as well. Source: the "top-hat" of mathematical morphology; Meyer: "Contrast feature extraction" (1979).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnn_core.arrays import Array

Extreme = Callable[..., Array]
Contrast = Callable[[Array], float]

SEARCHED_PX = 256
"""Shorter side at which the window is looked for."""
SMOOTH_FROM_PX = 200
"""Shorter side of pictures whose lines are wide enough to be smoothed."""
NARROWEST, WIDEST = 1 / 40, 1 / 3
"""Of the windows that are tried, as shares of the shorter side; each is twice as wide as the one before."""
LEAST_PX = 5
ALL = 0.8
"""Lines that have this share of their contrast are there, but where they meet they may still be missing."""
DARKEST = 0.4
"""Paper is taken to be no darker than this when the light that fell on it is divided out."""


def lines_on_sheet(grey: Array, contrast: Contrast) -> Array:
    """Ink [h, w] of a photograph [h, w] in [0, 1]: how much lines are darker, or all of them lighter, than what they
    lie on; what is dark ink comes as the share of the light that it swallows."""
    scale = max(1, round(min(grey.shape) / SEARCHED_PX))
    grey = _smooth(grey) if min(grey.shape) >= SMOOTH_FROM_PX else grey
    small = _reduced(grey, scale)
    dark, light = _window(small, contrast), _window(-small, contrast)
    narrow = min(dark, light)  # between dark lines there are broad light ones
    if contrast(_lines(-small, narrow)) > contrast(_lines(small, narrow)):
        return _lines(-grey, light * scale)
    ink = _lines(grey, dark * scale)
    return ink / np.maximum(grey + ink, DARKEST)


def _window(grey: Array, contrast: Contrast) -> int:
    """The narrowest in which dark lines are whole."""
    windows = [max(LEAST_PX, round(min(grey.shape) * NARROWEST))]
    while windows[-1] * 2 <= min(grey.shape) * WIDEST:
        windows.append(windows[-1] * 2)
    best = contrast(_lines(grey, windows[-1]))
    for window in reversed(windows[:-1]):
        found = contrast(_lines(grey, window))
        if found < ALL * best:
            return 2 * window
        best = found
    return windows[min(1, len(windows) - 1)]


def _lines(grey: Array, window: int) -> Array:
    return np.maximum(_paper(grey, window) - grey, 0)


def _paper(grey: Array, window: int) -> Array:
    """``grey`` [h, w] without what is darker and narrower than an octagon so wide."""
    wider = np.pad(grey, window, mode="edge")  # else the dark side of a slope would stand out at the picture's edge
    return _over_octagon(_over_octagon(wider, window, np.maximum), window, np.minimum)[window:-window, window:-window]


def _over_octagon(values: Array, window: int, extreme: Extreme) -> Array:
    """The largest or smallest value within an octagon around each pixel: a square, then a diamond."""
    corner = round(window / 2 * 0.41 / 1.41)
    side = 2 * (window // 2 - corner) + 1
    values = _along(_along(values, side, extreme).T, side, extreme).T.copy()
    grown = values.copy()
    for _ in range(corner):
        extreme(grown[:-1], values[1:], out=grown[:-1])
        extreme(grown[1:], values[:-1], out=grown[1:])
        extreme(grown[:, :-1], values[:, 1:], out=grown[:, :-1])
        extreme(grown[:, 1:], values[:, :-1], out=grown[:, 1:])
        values[:] = grown
    return values


def _along(values: Array, side: int, extreme: Extreme) -> Array:
    """The same over ``side`` rows, an odd number; each step reaches twice as far as the one before."""
    n, reach = len(values), side // 2
    values = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    covered = 1
    while covered < side:
        step = min(covered, side - covered)
        values = extreme(values[:-step], values[step:])
        covered += step
    return values[:n]


def _reduced(grey: Array, scale: int) -> Array:
    """Means of ``scale`` × ``scale`` pixels."""
    h, w = (length // scale for length in grey.shape)
    return grey[: h * scale, : w * scale].reshape(h, scale, w, scale).mean(axis=(1, 3))


def _smooth(grey: Array) -> Array:
    """Means of 3×3 pixels: an extreme of single ones would be that of the camera's noise."""
    padded = np.pad(grey, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9
