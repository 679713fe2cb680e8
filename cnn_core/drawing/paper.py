"""What lies on a photographed sheet, whatever light and shadow fall on it.

Paper is what is left when everything narrower than a window is taken away: where a window fits into a shadow, the
shadow is paper as well. Source: the "top-hat" of mathematical morphology; Meyer: "Contrast feature extraction" (1979).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

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
SHARP = 0.5
"""Steps in brightness that are explained are sharp from this share of the largest on."""
ALL, SPARE = 0.9, 1
"""Lines of whose steps this share is there are whole, but where they meet they may still be missing: one more."""
SHEET_FROM_PX = 64
"""Shorter side of pictures that may show a table as well."""
SHEET_SIDE, SHEET_CROOKED, SHEET_SOLID, SHEET_RIM = 0.25, 0.02, 0.85, 0.02
"""A sheet's sides as shares of the picture's, how far its outline may be from four straight lines, how much of it is
paper at least, and what is cut off along the box around it."""
SHEET_WRITTEN, SHEET_CONTRAST = 0.001, 0.12
"""Share of a sheet that something stands on at least, and by how much that differs from its paper: a block is none."""
LEAST_STEP = 0.06
"""By how much a sheet is brighter or darker than the table at least."""
DARKEST = 0.4
"""Paper is taken to be no darker than this when the light that fell on it is divided out."""


def lines_on_sheet(grey: Array, contrast: Contrast) -> Array:
    """Ink [h, w] of a photograph [h, w] in [0, 1]: how much lines are darker, or all of them lighter, than what they
    lie on; what is dark ink comes as the share of the light that it swallows."""
    scale = max(1, round(min(grey.shape) / SEARCHED_PX))
    grey = _smooth(grey) if min(grey.shape) >= SMOOTH_FROM_PX else grey
    window, light = _best_window(_reduced(grey, scale), contrast)
    if light:
        return _lines(-grey, window * scale)
    ink = _lines(grey, window * scale)
    return ink / np.maximum(grey + ink, DARKEST)


def _best_window(grey: Array, contrast: Contrast) -> tuple[int, bool]:
    """The narrowest in which lines are whole, and whether they are lighter than what they lie on.

    The steps in brightness that lines explain, in the widest window, are those around them: a shadow's, or those of the
    table beside the sheet, are no line's. Lines of the right kind explain all of them, those of the other, such as the
    paper within a zero, about half.
    """
    widths = [max(LEAST_PX, round(min(grey.shape) * NARROWEST))]
    while widths[-1] * 2 <= min(grey.shape) * WIDEST:
        widths.append(widths[-1] * 2)
    step = _around(grey, np.maximum) - _around(grey, np.minimum)
    dark, light = (_explained(step, shade, widths[-1]) for shade in (grey, -grey))
    by_either = np.maximum(dark, light)
    sharp = by_either > SHARP * contrast(by_either)
    is_light = bool(light[sharp].sum() > dark[sharp].sum())
    kind, whole = (-grey, light) if is_light else (grey, dark)
    narrowest = next(
        number
        for number, width in enumerate(widths)
        if _explained(step, kind, width)[sharp].sum() >= ALL * whole[sharp].sum()
    )
    return widths[min(narrowest + SPARE, len(widths) - 1)], is_light


def _explained(step: Array, grey: Array, width: int) -> Array:
    """How much of the ``step`` in brightness around each pixel dark lines in such a window account for."""
    return np.minimum(_around(_lines(grey, width), np.maximum), step)


def _around(values: Array, extreme: Extreme) -> Array:
    """The largest or smallest value of the 3×3 pixels around each."""
    return _along(_along(values, 3, extreme).T, 3, extreme).T


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


def find_sheet(grey: Array, table: float) -> Array | None:
    """The part of a picture [h, w] that shows a sheet on a table of one shade: something large with four straight
    sides, which no digit has. None where there is no sheet.

    Where the table shows at the corners of a sheet that lies turned, there is paper instead.
    """
    difference = np.abs(grey - table)
    block = difference > max(float(difference.max()) / 4, LEAST_STEP)
    rows, columns = np.flatnonzero(block.any(axis=1)), np.flatnonzero(block.any(axis=0))
    if min(block.shape) < SHEET_FROM_PX or not len(rows):
        return None
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    inside = block[box]
    large = all(part >= whole * SHEET_SIDE for part, whole in zip(inside.shape, block.shape, strict=True))
    filled = _filled(inside)
    if not large or inside.shape == block.shape or not _is_four_sided(inside, filled):
        return None
    rim = max(2, round(min(inside.shape) * SHEET_RIM))
    beside = _over_octagon(1 - filled.astype(np.float32), 2 * rim, np.maximum) > 0
    sheet = np.where(beside, np.median(grey[box][filled]), grey[box])
    sheet = sheet[rim:-rim, rim:-rim]
    written = np.abs(sheet - float(np.median(sheet))) > SHEET_CONTRAST
    return sheet if written.mean() > SHEET_WRITTEN else None


def _filled(block: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """``block`` [h, w] and what lies between two of its pixels in a row or a column."""
    rows, columns = (
        np.maximum.accumulate(b, 1) & np.maximum.accumulate(b[:, ::-1], 1)[:, ::-1] for b in (block, block.T)
    )
    return rows | columns.T


def _is_four_sided(block: NDArray[np.bool_], filled: NDArray[np.bool_]) -> bool:
    """Whether ``block`` [h, w], which reaches to all four edges, fills the polygon through where it touches them, and
    nothing else; ``filled`` without its holes."""
    h, w = block.shape
    top, bottom, left, right = (np.flatnonzero(side) for side in (block[0], block[-1], block[:, 0], block[:, -1]))
    corners = np.array([
        (0, top[0]), (0, top[-1] + 1), (right[0], w), (right[-1] + 1, w),
        (h, bottom[-1] + 1), (h, bottom[0]), (left[-1] + 1, 0), (left[0], 0),
    ], float)  # fmt: skip
    y, x = corners.T
    polygon = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2
    area = int(filled.sum())
    return abs(polygon / area - 1) < SHEET_CROOKED and float(block.sum()) >= SHEET_SOLID * area
