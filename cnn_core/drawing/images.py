"""Pictures from files and other programs: which part of them is ink?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.drawing.paper import find_sheet, lines_on_sheet
from cnn_core.drawing.picture_file import read_pixels
from cnn_core.drawing.ruled import without_ruled_lines
from cnn_core.drawing.strokes import Picture
from cnn_core.errors import ImageError

FULL_SCALES = (1, 255, 1023, 4095, 16383, 65535)
"""Brightest value of 0 to 1, and of 8, 10, 12, 14 and 16 bits."""
FLAT = 0.06
"""A picture whose brightness varies by less than this has nothing to read in it."""
MOST_SWEEPS = 16
STRONG = 0.5
"""Fainter ink than this share of the darkest belongs to a line only where it hangs together with stronger ink."""
SHEET_SOLID, SHEET_CONTRAST, SHEET_INK = 0.8, 0.3, 0.002
"""A sheet on a transparent ground fills the box around it, and some of it differs clearly from the rest."""
MOST_COLOURS_PX = 512
"""Longest side of the colours that are kept of a picture."""
EVEN = 0.02
"""Paper whose edge varies by less than this was not photographed."""


def read_ink(path: str | Path) -> Array:
    """Ink [h, w] from 0 to 1 of an image file; see `ink_from_grey`. Raises `ImageError`."""
    pixels = read_pixels(path)
    return ink_from_grey(_deep_grey(pixels)) if pixels.ndim == 2 else ink_from_rgba(pixels)


def read_picture(path: str | Path, whole: bool = False) -> Picture:
    """An image file as a mark for a drawing: its ink, and its colours for models that look at those.

    ``whole``: the colours are what counts; where nothing in them is ink, as in a photograph of a cat, what is dark is
    shown as ink. Raises `ImageError`.
    """
    pixels = read_pixels(path)
    return picture_of(pixels, whole)


def picture_of(pixels: Array, whole: bool = False) -> Picture:
    """`read_picture` of pixels that are there already: [h, w, 4], or [h, w] of more than 8 bits."""
    colours = _halved(colours_of(pixels))
    try:
        ink = ink_from_grey(_deep_grey(pixels)) if pixels.ndim == 2 else ink_from_rgba(pixels)
    except ImageError:
        if not whole:
            raise
        ink = 1 - colours.mean(axis=2)
    return Picture(ink, colours)


def colours_of(pixels: Array) -> Array:
    """Red, green and blue [h, w, 3] in [0, 1] of what `read_pixels` returns; white where it is transparent."""
    if pixels.ndim == 2:
        return np.repeat(_deep_grey(pixels)[..., None], 3, axis=2)
    return pixels[..., :3] * pixels[..., 3:] + (1 - pixels[..., 3:])


def _halved(colours: Array) -> Array:
    """``colours`` [h, w, 3], made half as large until no side is longer than `MOST_COLOURS_PX`."""
    while max(colours.shape[:2]) > MOST_COLOURS_PX and min(colours.shape[:2]) > 1:
        h, w = (side // 2 * 2 for side in colours.shape[:2])
        colours = colours[:h, :w].reshape(h // 2, 2, w // 2, 2, 3).mean(axis=(1, 3))
    return colours


def _deep_grey(pixels: Array) -> Array:
    """Brightness in [0, 1] of a picture with more than 8 bits a pixel."""
    grey = np.nan_to_num(pixels, posinf=0.0, neginf=0.0)
    low, high = float(grey.min(initial=0.0)), float(grey.max(initial=0.0))
    full = next((float(top) for top in FULL_SCALES if high <= top), high)
    return np.clip((grey - min(low, 0.0)) / full, 0, 1)


def ink_from_rgba(rgba: NDArray[np.floating]) -> Array:
    """Ink [h, w] of a colour picture [h, w, 4] in [0, 1]; where it is transparent there is paper."""
    alpha = rgba[:, :, 3]
    luminance = rgba[:, :, :3] @ np.array([0.299, 0.587, 0.114], rgba.dtype)
    if float(alpha.min(initial=1.0)) >= 1:
        return ink_from_grey(luminance)
    paper = _paper_behind(luminance, alpha > 0.5)
    return ink_from_grey(luminance * alpha + paper * (1 - alpha))


def _paper_behind(luminance: Array, solid: NDArray[np.bool_]) -> float:
    """What the transparent ground of a picture stands for: more paper, where a whole sheet lies on it; else whatever
    the drawing on it is not."""
    if not solid.any():
        return 1.0
    shades = luminance[solid]
    shade = float(np.median(shades))
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    box = solid[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    is_sheet = box.mean() > SHEET_SOLID and (np.abs(shades - shade) > SHEET_CONTRAST).mean() > SHEET_INK
    if is_sheet:
        return shade
    return 0.0 if shade > 0.5 else 1.0


def ink_from_grey(grey: NDArray[np.floating]) -> Array:
    """Ink [h, w] of a picture [h, w] of brightness in [0, 1], dark on light or light on dark, scanned or photographed.

    Ink is what differs from the paper to one side, beyond a threshold after Otsu; on a photograph, lines that differ
    from what they lie on (`lines_on_sheet`). Of a sheet on a table of one shade only the sheet is looked at. Specks,
    faint things apart from all strong ink, and what reaches in over the edge where the picture shows more than the
    sheet, are left out. Raises `ImageError` when nothing differs.
    """
    if grey.ndim != 2 or min(grey.shape, default=0) < 2:
        raise ImageError("Expected a picture of at least 2×2 pixels, received a narrower one.")
    grey = grey.astype(np.float32)
    flat = _flat_paper(grey)
    if flat is not None and (sheet := find_sheet(grey, flat)) is not None:
        grey, flat = sheet, None
    if flat is not None:
        ink = grey - flat if _is_light_on_dark(grey - flat) else flat - grey
    else:
        ink = lines_on_sheet(grey, _contrast)
    contrast = _contrast(ink)
    if float(ink.max()) < FLAT or contrast < FLAT / 2:
        raise ImageError(
            "Expected a picture with a digit in it, received one in which nothing is clearly darker or lighter."
        )
    ink = np.clip(ink / contrast, 0, 1)
    ink = without_ruled_lines(ink, _threshold(ink))
    ink = _without_specks(ink, _threshold(ink))
    if not ink.any():
        raise ImageError("Expected a picture with a digit in it, received one with nothing but specks.")
    return ink.astype(np.float32)


def _flat_paper(grey: Array) -> float | None:
    """The brightness of a flat picture's paper, the most common along its edge; None where that varies, as on a
    photograph."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    flat = float(np.median(border))
    return flat if float(np.quantile(np.abs(border - flat), 0.9)) < EVEN else None


def _contrast(ink: Array) -> float:
    """Of the darkest pixels but a few, which do not set the scale."""
    return float(np.quantile(ink, 1 - min(0.002, 4 / ink.size)))


def _is_light_on_dark(difference: Array) -> bool:
    """Whether ink is brighter than the paper: most of what differs clearly does so to that side."""
    reach = max(float(np.abs(difference).max()) / 2, 1e-6)
    return int((difference > reach).sum()) >= int((difference < -reach).sum())


def _threshold(ink: Array) -> float:
    """Below it: shadow, paper grain, compression noise. Between a fifth and a half, where the two sides of the
    histogram differ most. Source: Otsu: "A threshold selection method from gray-level histograms" (1979)."""
    counts, edges = np.histogram(ink, 64, (0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    best = float(edges[1 + int(np.argmax(np.nan_to_num(apart)))])
    return float(np.clip(best * 0.6, 0.2, 0.5))


def _without_specks(ink: Array, floor: float) -> Array:
    """Ink above ``floor`` that hangs together with strong ink, without pixels that stand alone and without what is
    joined to the edge of the picture."""
    inked = ink > floor
    near = _neighbours(inked) >= (3 if min(ink.shape) >= 100 else 1)
    inked &= near
    edge = np.zeros_like(inked)
    edge[[0, -1]], edge[:, [0, -1]] = True, True
    strong = inked & (ink > STRONG)
    inner = _reached(strong & ~_reached(strong & edge, inked), inked)
    if inner.sum() < 4:  # a drawing that touches the edge itself
        inner = inked
    shown = near & (_neighbours(inner) > 0)
    return np.where(shown, np.clip((ink - floor * 0.6) / (1 - floor * 0.6), 0, 1), 0)


def _neighbours(inked: NDArray[np.bool_]) -> NDArray[np.int8]:
    """How many of the 3×3 pixels around each [h, w] are inked."""
    padded = np.pad(inked, 1).astype(np.int8)
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]


def _reached(seeds: NDArray[np.bool_], inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The inked pixels [h, w] to which inked pixels lead from ``seeds``, which are inked themselves.

    Sweeps to and fro carry the mark along rows and columns; a picture of a sheet needs a few, and after `MOST_SWEEPS`
    what winds on is left out.
    """
    marked = seeds.copy()
    for _ in range(MOST_SWEEPS):
        before = int(marked.sum())
        for turned, sheet in ((marked, inked), (marked.T, inked.T)):
            for rows in (range(1, len(sheet)), range(len(sheet) - 2, -1, -1)):
                step = 1 if rows.step < 0 else -1
                for i in rows:
                    turned[i] |= turned[i + step] & sheet[i]
        if int(marked.sum()) == before:
            break
    return marked
