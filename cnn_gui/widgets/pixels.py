"""NumPy pictures to Qt pictures."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

OPAQUE = np.uint32(0xFF000000)


def rgb_image(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage with a copy of ``pixels`` [h, w, 3], in the format that Qt paints soonest."""
    red, green, blue = pixels.astype(np.uint32).transpose(2, 0, 1)
    return packed_image(OPAQUE | red << 16 | green << 8 | blue)


def packed_image(pixels: NDArray[np.uint32]) -> QImage:
    """A QImage with a copy of ``pixels`` [h, w], 0xffRRGGBB each."""
    h, w = pixels.shape
    pixels = np.ascontiguousarray(pixels)  # QImage reads memory as it lies
    return QImage(pixels.data, w, h, 4 * w, QImage.Format.Format_RGB32).copy()


def blank_image(h: int, w: int, colour: int) -> tuple[QImage, NDArray[np.uint32]]:
    """A QImage in ``colour``, 0xffRRGGBB, and its pixels [h, w] to write into, for as long as the image is there."""
    image = QImage(w, h, QImage.Format.Format_RGB32)
    image.fill(colour)
    return image, np.frombuffer(image.bits(), np.uint32).reshape(h, w)


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """A QImage of an image of a data set: three channels as colours, else the first one in grey."""
    return rgb_image(pixels if pixels.shape[2] == 3 else pixels[:, :, :1].repeat(3, axis=2))


def fitted(room: QRectF, h: int, w: int) -> QRectF:
    """The largest place in ``room`` for an image of h×w pixels that keeps them square, at its upper left."""
    scale = min(room.width() / w, room.height() / h)
    return QRectF(room.left(), room.top(), w * scale, h * scale)
