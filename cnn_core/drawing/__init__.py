"""Strokes and bitmaps -> the 28×28 image that MNIST would have made of them."""

from cnn_core.drawing.images import ink_from_grey, ink_from_rgba, picture_of, read_ink, read_picture
from cnn_core.drawing.normalize import BITMAP_SIDE_PX, Renderer, from_bitmap, from_strokes, render
from cnn_core.drawing.strokes import Drawing, Mark, Picture, Points, Stroke

__all__ = [
    "BITMAP_SIDE_PX",
    "Drawing",
    "Mark",
    "Picture",
    "Points",
    "Renderer",
    "Stroke",
    "from_bitmap",
    "from_strokes",
    "ink_from_grey",
    "ink_from_rgba",
    "picture_of",
    "read_ink",
    "read_picture",
    "render",
]
