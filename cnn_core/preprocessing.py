"""What a drawing or a picture must become before a model sees it: its `InputSpec`, saved with the model.

Two geometries. ``centred`` is MNIST's: the drawing's bounding box is scaled to a box in the image, and its centre of
mass comes to the middle (`cnn_core.drawing.normalize`). ``whole`` shows the canvas or the picture as it is, resized,
its proportions kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array, Shape
from cnn_core.drawing.erasing import Eraser
from cnn_core.drawing.normalize import (
    BITMAP_SIDE_PX,
    BOX_PX,
    PEN_WIDTH_PX,
    SIDE_PX,
    Renderer,
    from_bitmap,
    from_strokes,
    resample_area,
    square,
)
from cnn_core.drawing.strokes import Mark, Picture, Points
from cnn_core.errors import ConfigError
from cnn_core.files import brief

CENTRED, WHOLE = "centred", "whole"
LIGHT_ON_DARK, DARK_ON_LIGHT = "light on dark", "dark on light"
MOST_STROKES = 48
"""Of a drawing of more, the picture is remembered instead of the paths: another stroke costs no more than the first."""
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in brightness. Source: ITU-R BT.601."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What images a model takes, and how a drawing becomes one.

    Attributes
    ----------
    shape : [h, w, c]; c = 1 is grey, c = 3 colour
    geometry : ``centred`` or ``whole``
    polarity : ``light on dark``, as MNIST's digits are, or ``dark on light``
    box_px : longest side of a centred drawing
    pen_width_px : width of a centred drawing's lines
    """

    shape: tuple[int, int, int] = (SIDE_PX, SIDE_PX, 1)
    geometry: str = CENTRED
    polarity: str = LIGHT_ON_DARK
    box_px: float = float(BOX_PX)
    pen_width_px: float = PEN_WIDTH_PX

    def __post_init__(self) -> None:
        if self.geometry not in (CENTRED, WHOLE):
            raise ConfigError(f"The geometry expected {CENTRED} or {WHOLE}, received {brief(self.geometry, 40)!r}.")
        if self.polarity not in (LIGHT_ON_DARK, DARK_ON_LIGHT):
            raise ConfigError(
                f"The polarity expected '{LIGHT_ON_DARK}' or '{DARK_ON_LIGHT}', received {brief(self.polarity, 40)!r}."
            )
        for value, what in ((self.box_px, "box"), (self.pen_width_px, "pen's width")):
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not is_number or not 0 < value <= self.side:
                raise ConfigError(f"The {what} expected pixels up to {self.side}, received {brief(value, 40)}.")

    @classmethod
    def for_shape(cls, shape: Shape, geometry: str = CENTRED, polarity: str = LIGHT_ON_DARK) -> InputSpec:
        """MNIST's geometry scaled to images of ``shape`` [h, w, c], or the whole picture at that size."""
        h, w, c = shape
        scale = min(h, w) / SIDE_PX
        return cls((h, w, c), geometry, polarity, BOX_PX * scale, PEN_WIDTH_PX * scale)

    @property
    def side(self) -> int:
        """Pixels of the square in the middle of the image, which a drawing fills."""
        return min(self.shape[0], self.shape[1])

    @property
    def is_mnist(self) -> bool:
        """Whether images are just what MNIST's are."""
        return self == MNIST

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, with words for people; `from_dict` is its twin."""
        h, w, _ = self.shape
        words = {
            CENTRED: f"{self.box_px:g}×{self.box_px:g} box, centre of mass on the centre of {h}×{w}",
            WHOLE: f"the whole picture, resized to {h}×{w}",
        }
        return {
            "scale": "bytes / 255",
            "geometry": words[self.geometry],
            "kind": self.geometry,
            "shape": list(self.shape),
            "polarity": self.polarity,
            "box_px": self.box_px,
            "pen_width_px": self.pen_width_px,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], shape: Shape) -> InputSpec:
        """Of a file whose model takes images of ``shape``; what an older file does not say is as MNIST's.

        Raises `ConfigError` for values that make no sense.
        """
        if len(shape) != 3:
            raise ConfigError(f"expected images [h, w, c], found {list(shape)}")
        usual = cls.for_shape(shape)
        if "kind" not in values:
            return usual
        if values.get("shape") != list(shape):
            raise ConfigError(f"The input's shape expected {list(shape)}, received {brief(values.get('shape'), 40)}.")
        return cls(
            usual.shape,
            values["kind"],
            values.get("polarity", usual.polarity),
            values.get("box_px", usual.box_px),
            values.get("pen_width_px", usual.pen_width_px),
        )

    # --- Images

    def blank(self) -> Array:
        """The image [h, w, c] of an empty canvas."""
        return self.finished(np.zeros((self.side, self.side), np.float32))

    def of_strokes(self, strokes: Sequence[Points]) -> Array:
        """The image [h, w, c] of polylines [p, 2] in canvas units, centred."""
        return self.finished(from_strokes(strokes, self.pen_width_px, self.side, self.box_px))

    def of_ink(self, ink: Array) -> Array:
        """The image [h, w, c] of ink [h', w'] from 0 (paper) to 1, centred."""
        return self.finished(from_bitmap(ink, self.side, self.box_px))

    def of_pixels(self, pixels: Array) -> Array:
        """The image [h, w, c] of a picture [h', w', 3] in [0, 1] as it is, resized."""
        image = fit(pixels, self.shape[:2])
        return image if self.shape[2] == 3 else np.repeat((image @ LUMINANCE)[..., None], self.shape[2], axis=2)

    def finished(self, ink: Array) -> Array:
        """Ink [side, side] as the model takes it: in the middle, with its polarity and channels."""
        h, w, c = self.shape
        top, left = (h - self.side) // 2, (w - self.side) // 2
        image = np.pad(ink, ((top, h - self.side - top), (left, w - self.side - left)))
        if self.polarity == DARK_ON_LIGHT:
            image = 1 - image
        return np.repeat(image[..., None].astype(np.float32), c, axis=2)


MNIST = InputSpec()


class Preprocessor:
    """Turns drawings into images for one `InputSpec`; remembers what it drew, so that another mark costs that alone.

    Belongs to one thread.
    """

    def __init__(self, spec: InputSpec) -> None:
        self.spec = spec
        self._eraser, self._renderer = Eraser(), Renderer(BITMAP_SIDE_PX)

    def __call__(self, marks: Sequence[Mark]) -> Array:
        """The image [h, w, c] of a whole drawing; `InputSpec.blank` for an empty one."""
        spec = self.spec
        if not marks:
            return spec.blank()
        last = marks[-1]
        if spec.geometry == WHOLE:
            if isinstance(last, Picture) and last.pixels is not None:
                return spec.of_pixels(last.pixels)
            return spec.finished(np.clip(resample_area(self._renderer(marks), spec.side), 0, 1))
        strokes = self._eraser(marks) if len(marks) <= MOST_STROKES else None
        if strokes is not None:
            return spec.of_strokes(strokes) if strokes else spec.blank()
        if len(marks) == 1 and isinstance(last, Picture):
            return spec.of_ink(square(last.ink))
        return spec.of_ink(self._renderer(marks))


def image_of(marks: Sequence[Mark], spec: InputSpec = MNIST) -> Array:
    """`Preprocessor` for a single time: the image [h, w, c] in [0, 1] that a model receives for a drawing."""
    return Preprocessor(spec)(marks)


def fit(pixels: Array, size: tuple[int, int]) -> Array:
    """A picture [h', w', c] in [0, 1] resized to ``size`` (h, w); see `resized`."""
    return np.clip(resized(pixels, size), 0, 1)


def resized(pixels: Array, size: tuple[int, int]) -> Array:
    """A picture [h', w', c] of any values resized to ``size`` (h, w), each pixel the average of what it covers.

    Its proportions are kept; what is left over has the colour that is commonest along the picture's edge.
    """
    h, w = size
    scale = min(h / pixels.shape[0], w / pixels.shape[1])
    inner = max(1, round(pixels.shape[0] * scale)), max(1, round(pixels.shape[1] * scale))
    small = _averages(inner[0], pixels.shape[0]) @ pixels.reshape(pixels.shape[0], -1)
    small = small.reshape(inner[0], pixels.shape[1], -1).swapaxes(0, 1)
    small = _averages(inner[1], pixels.shape[1]) @ small.reshape(pixels.shape[1], -1)
    small = np.ascontiguousarray(small.reshape(inner[1], inner[0], -1).swapaxes(0, 1))
    if inner == (h, w):
        return small.astype(np.float32)
    image = np.empty((h, w, pixels.shape[2]), np.float32)
    image[...] = np.median(border(pixels), axis=0)
    top, left = (h - inner[0]) // 2, (w - inner[1]) // 2
    image[top : top + inner[0], left : left + inner[1]] = small
    return image


def _averages(new: int, old: int) -> NDArray[np.float32]:
    """The matrix [new, old] that takes means over neighbouring entries."""
    edges = np.arange(new + 1) * (old / new)
    start, end, entry = edges[:-1, None], edges[1:, None], np.arange(old)[None, :]
    overlap = np.clip(np.minimum(end, entry + 1) - np.maximum(start, entry), 0, None)
    return (overlap / overlap.sum(axis=1, keepdims=True)).astype(np.float32)


def border(images: NDArray[Any]) -> NDArray[Any]:
    """The values along the edge of a picture [h, w, c], as [p, c]."""
    edges = (images[0], images[-1], images[:, 0], images[:, -1])
    return np.concatenate([edge.reshape(-1, images.shape[-1]) for edge in edges])


def polarity_of(images: NDArray[np.uint8]) -> str:
    """Whether images [n, h, w, c] show light things on a dark ground or the other way round, as most of their edges
    say."""
    if not len(images):
        return LIGHT_ON_DARK
    chosen = images[:: max(1, len(images) // 256)]
    edges = np.concatenate([chosen[:, [0, -1]].reshape(-1), chosen[:, :, [0, -1]].reshape(-1)])
    return DARK_ON_LIGHT if float(np.median(edges)) > 127 else LIGHT_ON_DARK
