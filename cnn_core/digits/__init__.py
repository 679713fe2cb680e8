"""All that knows digits: making them, taking numbers apart, reading them, and telling what is none."""

from cnn_core.digits.fragments import Box
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.digits.mixture import by_writer
from cnn_core.digits.non_digits import make_non_digits
from cnn_core.digits.segmentation import Region, Segmenter
from cnn_core.digits.synthetic import draw_digits, make_synthetic
from cnn_core.digits.unipen import PenDigit, read_unipen

__all__ = [
    "DIGIT_NAMES",
    "Box",
    "PenDigit",
    "Region",
    "Segmenter",
    "by_writer",
    "draw_digits",
    "make_non_digits",
    "make_synthetic",
    "read_unipen",
]
