"""A frame of the film of learning as one picture, drawn with Pillow: the window and the files show the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from cnn_core.arrays import Array
from cnn_core.inspection.colors import class_colours, colorize, is_signed
from cnn_core.inspection.film import FilmFrame

SIZE = (1200, 600)
"""Width and height of a picture in a file, at scale 1."""
MARGIN, GAP, LINE, SPACE = 20, 12, 22, 5
LEFT, RIGHT = 150, 320
MOST_BARS, MOST_MAPS, MOST_KERNELS = 10, 24, 24
TEXT_PX, LARGE_PX, POINT_PX = 14, 17, 4
BAR_LINE, LEAST_BAR_LINE, NAME_PX, NAMED_CELL_PX, LEAST_TILES_PX = 20, 14, 44, 15, 16
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FilmStyle:
    """Colours as ``#rrggbb``; ``light`` takes the maps' colours for a light ground."""

    ground: str = "#16191f"
    text: str = "#e8ebf0"
    muted: str = "#a0a8b4"
    accent: str = "#4e9af1"
    line: str = "#2c323c"
    light: bool = False


DARK = FilmStyle()
LIGHT = FilmStyle("#ffffff", "#16191f", "#596273", "#1769e0", "#dde1e8", light=True)


@dataclass(frozen=True, slots=True)
class FilmTitles:
    """What stands above the parts; ``{layer}`` and ``{count}`` are filled in."""

    image: str = "the image"
    kernels: str = "kernels of the first convolution"
    maps: str = "maps after {layer}"
    among: str = "{count} test images on a plane"
    confusion: str = "is (row) · is read as (column)"


TITLES = FilmTitles()


def draw_frame(
    frame: FilmFrame,
    words: str,
    style: FilmStyle = DARK,
    scale: float = 1.0,
    size: tuple[int, int] = SIZE,
    titles: FilmTitles = TITLES,
) -> Image.Image:
    """The whole picture, ``size`` times ``scale`` pixels; ``words`` stand above it. Letters stay as they are however
    small ``size`` is; ``scale`` makes all of it larger."""
    return _Sheet(frame, words, style, scale, size, titles).picture


class _Sheet:
    """The picture being drawn; places are in pixels at scale 1."""

    def __init__(
        self, frame: FilmFrame, words: str, style: FilmStyle, scale: float, size: tuple[int, int], titles: FilmTitles
    ) -> None:
        self._frame, self._style, self._scale, self._titles = frame, style, scale, titles
        width, height = size
        self.picture = Image.new("RGB", (round(width * scale), round(height * scale)), style.ground)
        self._pen = ImageDraw.Draw(self.picture)
        self._fonts = {px: ImageFont.load_default(px * scale) for px in (TEXT_PX, LARGE_PX)}
        top, bottom = MARGIN + 2 * LINE - 8, height - MARGIN
        left_px, right_px = min(LEFT, width // 6), min(RIGHT, round(width * 0.28))
        left, right = MARGIN + left_px, width - MARGIN - right_px
        half = (top + bottom) // 2
        self._text((MARGIN, MARGIN - 4), words, style.text, width - 2 * MARGIN, LARGE_PX)
        self._answer((MARGIN, top, left, bottom))
        self._maps((left + 2 * GAP, top, right - 2 * GAP, bottom))
        self._among((right, top, width - MARGIN, half - GAP // 2))
        self._confusion((right, half + GAP // 2, width - MARGIN, bottom))

    # --- Parts

    def _answer(self, box: Box) -> None:
        """The image, and the classes it is most likely taken for."""
        left, top, right, bottom = box
        image, shares = self._frame.image, self._frame.probabilities
        self._text((left, top), self._titles.image, self._style.muted, right - left)
        side = max(min(right - left, bottom - top - LINE), 0)
        self._paste(_grey_or_colour(image), (left, top + LINE, left + side, top + LINE + side))
        best, y = int(np.argmax(shares)), top + LINE + side + GAP
        count = min(len(shares), MOST_BARS, max(bottom - y, 0) // LEAST_BAR_LINE)
        line = min(BAR_LINE, (bottom - y) // max(count, 1))
        likely = np.argsort(-shares, kind="stable")[:count] if count < len(shares) else range(count)
        for number in map(int, likely):
            colour = self._style.accent if number == best else self._style.muted
            self._text((left, y), self._frame.class_names[number], colour, NAME_PX - 6)
            start, end = left + NAME_PX, right
            self._rectangle((start, y + 6, end, y + 13), self._style.line)
            self._rectangle((start, y + 6, start + round((end - start) * float(shares[number])), y + 13), colour)
            y += line

    def _maps(self, box: Box) -> None:
        """Feature maps of the first convolutions, and the kernels of the first one."""
        left, top, right, bottom = box
        parts = [
            (self._titles.maps.format(layer=name.replace("_", " ")), values[:, :, :MOST_MAPS])
            for name, values in self._frame.maps
        ]
        kernels = self._frame.kernels
        if kernels is not None:
            shown = kernels.mean(axis=2)[:, :, :MOST_KERNELS]
            parts.insert(0, (self._titles.kernels, shown))
        if not parts:
            return
        height = (bottom - top - GAP * (len(parts) - 1)) // len(parts)
        for title, values in parts:
            self._text((left, top), title, self._style.muted, right - left)
            self._tiles(values, (left, top + LINE, right, top + height))
            top += height + GAP

    def _tiles(self, values: Array, box: Box) -> None:
        """Maps [h, w, n] beside one another, as large as the box allows."""
        left, top, right, bottom = box
        if right - left < LEAST_TILES_PX or bottom - top < LEAST_TILES_PX:
            return
        h, w, count = values.shape
        low, high, signed = float(values.min()), float(values.max()), is_signed(values)
        rows = max(1, round(sqrt(count * (bottom - top) * w / ((right - left) * h))))
        rows = max(rows, ceil(count * 8 / (right - left)))
        columns = ceil(count / rows)
        side = min((bottom - top + SPACE) / rows / h, (right - left + SPACE) / columns / w)
        for number in range(count):
            x, y = left + number % columns * w * side, top + number // columns * h * side
            pixels = colorize(values[:, :, number], low, high, signed, self._style.light)
            place = (round(x), round(y), round(x + w * side) - SPACE, round(y + h * side) - SPACE)
            self._paste(pixels, place)
            self._outline(place)

    def _among(self, box: Box) -> None:
        """The images as points, coloured by their class."""
        left, top, right, bottom = box
        title = self._titles.among.format(count=len(self._frame.labels))
        self._text((left, top), title, self._style.muted, right - left)
        if (points := self._frame.points) is None:
            return
        middle, half = np.array([(left + right) / 2, (top + LINE + bottom) / 2]), (bottom - top - LINE) / 2 - 4
        wide = (right - left) / 2 - 4
        places = middle + np.clip(points, -1.15, 1.15) / 1.15 * (wide, half)
        colours, r = class_colours(max(len(self._frame.class_names), 1)), POINT_PX / 2
        for (x, y), label in zip(places, self._frame.labels, strict=True):
            if label >= 0:
                spot = self._pixels((x - r, y - r, x + r, y + r))
                self._pen.ellipse(spot, fill=colours[int(label) % len(colours)])

    def _confusion(self, box: Box) -> None:
        """Rows: what they are; columns: what they are read as."""
        left, top, right, bottom = box
        self._text((left, top), self._titles.confusion, self._style.muted, right - left)
        counts = self._frame.confusion
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        side = max(min(bottom - top - LINE, right - left), 0)
        names = self._frame.class_names
        written = side >= len(names) * NAMED_CELL_PX and all(len(name) <= 2 for name in names)
        indent = LINE if written else 0
        square = (left + indent, top + LINE, left + side, top + side + LINE - indent)
        pixels = colorize(shares.astype(np.float32), 0.0, 1.0, False, self._style.light)
        self._paste(pixels, square)
        self._outline(square)
        if written:
            cell = (side - indent) / len(names)
            for number, name in enumerate(names):
                self._text((left + 2, round(square[1] + (number + 0.5) * cell - 9)), name, self._style.muted, LINE)
                self._text((round(square[0] + (number + 0.5) * cell - 4), square[3] + 3), name, self._style.muted, LINE)

    # --- Tools

    def _pixels(self, places: tuple[float, ...]) -> tuple[int, ...]:
        return tuple(round(place * self._scale) for place in places)

    def _text(self, at: tuple[int, int], words: str, colour: str, width: int, px: int = TEXT_PX) -> None:
        """As much of ``words`` as ``width`` has room for."""
        font, room = self._fonts[px], width * self._scale
        if font.getlength(words) > room:
            while words and font.getlength(f"{words}…") > room:
                words = words[:-1]
            words = f"{words.rstrip()}…"
        self._pen.text((at[0] * self._scale, at[1] * self._scale), words, fill=colour, font=font)

    def _rectangle(self, box: Box, colour: str) -> None:
        left, top, right, bottom = self._pixels(box)
        if right > left:
            self._pen.rectangle((left, top, right - 1, bottom - 1), fill=colour)

    def _outline(self, box: Box) -> None:
        left, top, right, bottom = self._pixels(box)
        if right > left and bottom > top:
            self._pen.rectangle((left - 1, top - 1, right, bottom), outline=self._style.line)

    def _paste(self, pixels: NDArray[np.uint8], box: Box) -> None:
        left, top, right, bottom = self._pixels(box)
        if right > left and bottom > top:
            shown = Image.fromarray(pixels).resize((right - left, bottom - top), Image.Resampling.NEAREST)
            self.picture.paste(shown, (left, top))


def _grey_or_colour(image: Array) -> NDArray[np.uint8]:
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    return pixels if pixels.shape[2] == 3 else pixels[:, :, :1].repeat(3, axis=2)
