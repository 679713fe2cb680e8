"""Pictures from files and other programs: which part of them is ink?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from cnn_core.arrays import Array
from cnn_core.errors import ImageError

LARGEST_SIDE_PX = 1024
"""Larger pictures are reduced first; a digit needs no more."""
DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
FLAT = 0.06
"""A picture whose brightness varies by less than this has nothing to read in it."""


def read_ink(path: str | Path) -> Array:
    """Ink [h, w] from 0 to 1 of an image file; see `ink_from_grey`. Raises `ImageError`."""
    try:
        with Image.open(path) as image:
            image.draft("L", (LARGEST_SIDE_PX, LARGEST_SIDE_PX))
            image = ImageOps.exif_transpose(image)
            image.thumbnail((LARGEST_SIDE_PX, LARGEST_SIDE_PX), Image.Resampling.BOX)
            if image.mode in DEEP_MODES:
                return ink_from_grey(_deep_grey(image))
            rgba = np.asarray(image.convert("RGBA"), np.float32) / 255
    except FileNotFoundError as error:
        raise ImageError(f"Expected an image file, found nothing at {path}. Check the name.") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ImageError(
            f"Expected an image (PNG, JPEG, BMP, …), received {path}, which cannot be read as one. "
            "Save it as PNG and try again."
        ) from error
    return ink_from_rgba(rgba)


def _deep_grey(image: Image.Image) -> Array:
    """Brightness in [0, 1] of a picture with more than 8 bits a pixel, which Pillow would cut off at 255."""
    grey = np.nan_to_num(np.asarray(image, np.float32))
    low, high = float(grey.min(initial=0.0)), float(grey.max(initial=0.0))
    full = 65535.0 if 255 < high <= 65535 else max(high, 255.0) if high > 1 else 1.0
    return np.clip((grey - min(low, 0.0)) / full, 0, 1)


def ink_from_rgba(rgba: NDArray[np.floating]) -> Array:
    """Ink [h, w] of a colour picture [h, w, 4] in [0, 1]; where it is transparent there is paper."""
    alpha = rgba[:, :, 3]
    luminance = rgba[:, :, :3] @ np.array([0.299, 0.587, 0.114], rgba.dtype)
    if float(alpha.min(initial=1.0)) >= 1:
        return ink_from_grey(luminance)
    solid = luminance[alpha > 0.5]
    # a drawing on a transparent ground: the paper is whatever the drawing is not
    paper = 0.0 if solid.size and float(np.median(solid)) > 0.5 else 1.0
    return ink_from_grey(luminance * alpha + paper * (1 - alpha))


def ink_from_grey(grey: NDArray[np.floating]) -> Array:
    """Ink [h, w] of a picture [h, w] of brightness in [0, 1], dark on light or light on dark.

    The paper is the most common brightness along the edge; ink is whatever differs from it. What differs little,
    such as noise and shadow, counts as paper. Raises `ImageError` when nothing differs.
    """
    if grey.ndim != 2 or min(grey.shape, default=0) < 2:
        raise ImageError(f"Expected a picture of at least 2×2 pixels, received {list(grey.shape)}.")
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(border))
    lighter, darker = float(grey.max()) - paper, paper - float(grey.min())
    contrast = max(lighter, darker)
    if contrast < FLAT:
        raise ImageError("Expected a picture with a digit in it, received one in a single shade.")
    ink = (grey - paper if lighter > darker else paper - grey) / contrast
    floor = 0.2  # below it: shadow, paper grain, compression noise
    return np.clip((ink - floor) / (1 - floor), 0, 1).astype(np.float32)
