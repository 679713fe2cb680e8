"""Strokes and bitmaps -> the 28×28 image that MNIST would have made of them."""

from cnn_core.drawing.images import ink_from_grey, ink_from_rgba, read_ink
from cnn_core.drawing.normalize import from_bitmap, from_strokes, render, to_network_input
from cnn_core.drawing.strokes import Drawing, Mark, Picture, Stroke

__all__ = [
    "Drawing",
    "Mark",
    "Picture",
    "Stroke",
    "from_bitmap",
    "from_strokes",
    "ink_from_grey",
    "ink_from_rgba",
    "read_ink",
    "render",
    "to_network_input",
]
