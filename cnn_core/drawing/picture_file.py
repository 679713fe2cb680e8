"""Pictures from files of strangers: decoded in a few formats only, within limits of memory and time.

Pillow guesses a file's format by its content, and one of its readers (EPS) starts another program; so the formats are
named here. What a header promises is looked at before anything is unpacked. JPEG is decoded at an eighth of its size
where it is large, so that the photographs of today's telephones can be read.
"""

from __future__ import annotations

import io
import re
import struct
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from cnn_core.arrays import Array
from cnn_core.errors import CnnError, ImageError
from cnn_core.files import brief, read_file, size_words

LARGEST_SIDE_PX = 1024
"""Larger pictures are reduced first; a digit needs no more."""
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "MPO": "JPEG", "GIF": "GIF", "BMP": "BMP", "DIB": "BMP", "TIFF": "TIFF",
           "WEBP": "WebP", "PPM": "PPM"}  # fmt: skip
"""Pillow's names of the formats that are read, and ours. MPO is a JPEG with a second one behind it."""
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm")
MOST_FILE_BYTES = 256 << 20
MOST_DECODED_BYTES = 500_000_000
MOST_JPEG_PIXELS = 200_000_000
MOST_SCANS, MOST_SCANNED = 100, 3_000_000_000
"""Scans of a JPEG picture that comes in steps, and pixels of all of them: a few bytes can order any number of both."""
MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)
START_OF_IMAGE, END_OF_IMAGE, SCAN = 0xD8, 0xD9, 0xDA
TILE_WIDTH, TILE_LENGTH = 322, 323
STRIP_OFFSETS, TILE_OFFSETS = 273, 324
MOST_SIDE_PX, MOST_TILES, MOST_RLE_PIXELS = 65_536, 16_384, 4_000_000
"""Of a picture's longer side, of the pieces that it is packed in, and of BMP pictures that are packed byte by byte."""
MOST_SECONDS = 20.0
BIG_TIFF, MOST_TIFF_ENTRIES = 43, 4096
DEEP_MODES, DEEP_MODE = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N"), "F"
BYTES_A_PIXEL = {"1": 5, "L": 1, "P": 6, "PA": 8, "LA": 8, "RGB": 4, "RGBA": 4, "RGBX": 4, "CMYK": 8, "YCbCr": 4}
"""What Pillow takes for a pixel, together with what it is converted to; 8 where not known."""


def read_pixels(path: str | Path) -> Array:
    """The picture in a file, upright and at most `LARGEST_SIDE_PX` a side.

    Colours [h, w, 4] in [0, 1], or brightness [h, w], as it stands there, of one with more than 8 bits. Raises
    `ImageError`.
    """
    content = read_file(path, MOST_FILE_BYTES, "image file", ImageError)
    name = brief(Path(path).name)
    try:
        _expect_small_webp(content, name)
        _expect_few_pieces(content, name)
        image = _opened(content)
        _expect_affordable(image, content, name)
        image.draft(None, (LARGEST_SIDE_PX, LARGEST_SIDE_PX))
        image.load()
        image = _averageable(image)
        image.thumbnail((LARGEST_SIDE_PX, LARGEST_SIDE_PX), Image.Resampling.BOX)
        image = _upright(image)  # now that it is small: it makes a copy
        if image.mode == DEEP_MODE:
            return np.asarray(image, np.float32)
        return np.asarray(image.convert("RGBA"), np.float32) / 255
    except _TooSlowError as error:
        raise ImageError(
            f"{name} expected a picture that is read within {MOST_SECONDS:.0f} s, found a slower one. Save it as PNG."
        ) from error
    except CnnError:
        raise
    except Exception as error:  # Pillow's decoders raise more kinds than can be listed
        raise ImageError(
            "Expected an image (PNG, JPEG, GIF, BMP, TIFF, WebP, PPM), received something else or damaged data in "
            f"{name}. Save it as PNG and try again."
        ) from error


class _TooSlowError(Exception):
    """The time for decoding is over."""


class _Timed(io.BytesIO):
    """Bytes that can be read for so long: decoders ask for them piece by piece."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._end = time.monotonic() + MOST_SECONDS

    def read(self, size: int | None = -1, /) -> bytes:
        if time.monotonic() > self._end:
            raise _TooSlowError
        return super().read(size)


def _opened(content: bytes) -> Image.Image:
    """The header, by the first of our formats that takes it for its own.

    Not `Image.open`: that has limits of its own in a global variable, and warns where we refuse or do not mind.
    """
    Image.preinit()
    if not FORMATS.keys() <= Image.OPEN.keys():
        Image.init()
    for name in (name for name in FORMATS if name in Image.OPEN):
        factory, accept = Image.OPEN[name]
        accepted = accept is None or accept(content[:16])
        if accepted and not isinstance(accepted, str):
            try:
                return factory(_Timed(content), "")
            except (SyntaxError, IndexError, TypeError, KeyError, EOFError, struct.error):
                continue  # another format begins alike
    raise UnidentifiedImageError


def _expect_affordable(image: Image.Image, content: bytes, name: str) -> None:
    """Raise `ImageError` for a picture whose header promises more than will be unpacked."""
    pixels = image.width * image.height
    if image.format in ("JPEG", "MPO"):
        if pixels > MOST_JPEG_PIXELS:
            raise ImageError(
                f"{name} expected a JPEG picture of at most {MOST_JPEG_PIXELS // 10**6} megapixels, found "
                f"{pixels / 1e6:,.0f}. Make it smaller."
            )
        scans = _count_scans(content)
        kept = pixels * 2 * len(image.getbands()) if scans > 1 else 0  # coefficients wait for the last scan
        if scans > MOST_SCANS or (scans > 1 and scans * pixels > MOST_SCANNED) or kept > MOST_DECODED_BYTES:
            raise ImageError(
                f"{name} expected a JPEG picture that comes in one piece, found one of {pixels / 1e6:,.0f} megapixels "
                f"in {scans} steps. Save it without 'progressive'."
            )
        return
    if max(image.size) > MOST_SIDE_PX or len(getattr(image, "tile", ())) > MOST_TILES:
        raise ImageError(f"{name} expected a picture of a usual shape, found a very long one or very many pieces.")
    if image.format in ("BMP", "DIB") and image.info.get("compression") in (1, 2) and pixels > MOST_RLE_PIXELS:
        raise ImageError(f"{name} expected a small packed BMP picture, found a large one. Save it as PNG.")
    size = max(pixels, _tile_pixels(image)) * BYTES_A_PIXEL.get(image.mode, 8)
    if size > MOST_DECODED_BYTES:
        raise ImageError(
            f"{name} expected a picture of at most {size_words(MOST_DECODED_BYTES)} when it is unpacked, found one of "
            f"{image.width:,}×{image.height:,} pixels that takes {size_words(size)}. Save it as JPEG."
        )


def _tile_pixels(image: Image.Image) -> int:
    """Of one tile of a TIFF picture, which may be larger than the picture."""
    tags = getattr(image, "tag_v2", {})
    sides = [tags.get(tag, 0) for tag in (TILE_WIDTH, TILE_LENGTH)]
    return sides[0] * sides[1] if all(isinstance(side, int) for side in sides) else MOST_DECODED_BYTES


def _count_scans(content: bytes) -> int:
    """How often a JPEG picture is gone over; pictures within its tags, such as a small one of itself, do not count."""
    at, scans = 2, 0
    while (found := MARKER.search(content, at)) is not None:
        marker, at = content[found.end() - 1], found.end()
        if marker == END_OF_IMAGE:
            break
        if marker == SCAN:
            scans += 1
            if scans > MOST_SCANS:
                break
        if marker != START_OF_IMAGE:
            at += max(2, int.from_bytes(content[at : at + 2], "big"))
    return scans


def _expect_small_webp(content: bytes, name: str) -> None:
    """WebP's reader makes room for the whole picture as soon as it is opened, so its header is looked at before."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    size = width * height * 12  # two frames and what is handed out
    if size > MOST_DECODED_BYTES:
        raise ImageError(
            f"{name} expected a WebP picture of at most {size_words(MOST_DECODED_BYTES)} when it is unpacked, found "
            f"one of {width:,}×{height:,} pixels. Save it as JPEG."
        )


def _expect_few_pieces(content: bytes, name: str) -> None:
    """TIFF's reader makes a list of all the pieces of a picture as soon as it is opened, so they are counted before."""
    order = {b"II": "<", b"MM": ">"}.get(content[:2])
    if order is None or len(content) < 8:
        return
    large = struct.unpack(f"{order}H", content[2:4])[0] == BIG_TIFF
    count_type, place_type, entry = ("Q", "Q", 20) if large else ("H", "I", 12)
    try:
        (at,) = struct.unpack_from(order + place_type, content, 8 if large else 4)
        (entries,) = struct.unpack_from(order + count_type, content, at)
        at += struct.calcsize(order + count_type)
        for number in range(min(entries, MOST_TIFF_ENTRIES)):
            tag, _, count = struct.unpack_from(f"{order}HH{place_type}", content, at + number * entry)
            if tag in (STRIP_OFFSETS, TILE_OFFSETS) and count > MOST_TILES:
                raise ImageError(f"{name} expected a picture of a usual shape, found one of {count:,} pieces.")
    except struct.error:
        return  # cut short: its reader says so


def _upright(image: Image.Image) -> Image.Image:
    """``image`` turned as the camera was held; as it is where that cannot be made out."""
    try:
        return ImageOps.exif_transpose(image)
    except (struct.error, TypeError, ValueError, LookupError, SyntaxError, OSError, Warning):  # malformed tags
        return image


def _averageable(image: Image.Image) -> Image.Image:
    """``image`` with pixels of which Pillow can take means: of bits and of a palette's entries it takes single ones,
    and those of 16 bits it refuses."""
    if image.mode in DEEP_MODES:
        return image.convert("I").convert(DEEP_MODE) if image.mode.startswith("I;") else image.convert(DEEP_MODE)
    if image.mode in ("1", "P", "PA"):
        see_through = image.mode == "PA" or "transparency" in image.info
        return image.convert("RGBA" if see_through else "L" if image.mode == "1" else "RGB")
    return image
