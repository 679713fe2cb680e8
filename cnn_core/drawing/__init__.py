"""Strokes and bitmaps -> the 28×28 image that MNIST would have made of them."""

from cnn_core.drawing.fragments import Box
from cnn_core.drawing.images import ink_from_grey, ink_from_rgba, read_ink
from cnn_core.drawing.normalize import BITMAP_SIDE_PX, Renderer, from_bitmap, from_strokes, render
from cnn_core.drawing.segmentation import Part, Segmenter, to_network_input, whole
from cnn_core.drawing.strokes import Drawing, Mark, Picture, Points, Stroke

__all__ = [
    "BITMAP_SIDE_PX",
    "Box",
    "Drawing",
    "Mark",
    "Part",
    "Picture",
    "Points",
    "Renderer",
    "Segmenter",
    "Stroke",
    "from_bitmap",
    "from_strokes",
    "ink_from_grey",
    "ink_from_rgba",
    "read_ink",
    "render",
    "to_network_input",
    "whole",
]
