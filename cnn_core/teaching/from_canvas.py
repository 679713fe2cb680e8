"""A drawing to teach, from what is on a canvas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnn_core.digits.fragments import Fragment, InkFragment, StrokeFragment
from cnn_core.drawing.erasing import Eraser
from cnn_core.drawing.normalize import BITMAP_SIDE_PX, Renderer
from cnn_core.drawing.strokes import Mark, Stroke
from cnn_core.errors import DataError
from cnn_core.teaching.drawing_book import TaughtDrawing

USUAL_WIDTH = 0.06


def drawing_from(marks: Sequence[Mark], fragments: Sequence[Fragment], label: str, read: str = "") -> TaughtDrawing:
    """What is on the canvas, or of a number the digit that is made of ``fragments``, as a drawing to keep.

    Parameters
    ----------
    marks : all that was drawn
    fragments : of one item of `cnn_core.digits.reading.Reader.read`; empty where it has none
    label : the name of its class; read : what the network had read

    Raises `DataError` for an empty canvas.
    """
    width = next((mark.width for mark in marks if isinstance(mark, Stroke) and not mark.erases), USUAL_WIDTH)
    if fragments and isinstance(fragments[0], StrokeFragment):
        strokes = tuple(one.points for one in fragments if isinstance(one, StrokeFragment))
        return TaughtDrawing(label, strokes, width=width, read=read)
    if fragments and isinstance(first := fragments[0], InkFragment) and isinstance(last := fragments[-1], InkFragment):
        return TaughtDrawing(label, ink=np.ascontiguousarray(first.ink[:, first.left : last.right]), read=read)
    strokes = Eraser()(marks)
    if strokes:
        return TaughtDrawing(label, tuple(np.asarray(stroke, np.float64) for stroke in strokes), width=width, read=read)
    ink = Renderer(BITMAP_SIDE_PX)(marks)
    if not marks or not np.any(ink):
        raise DataError("Teaching expected something on the canvas, found nothing. Draw first, then say what it is.")
    return TaughtDrawing(label, ink=np.asarray(ink, np.float32), read=read)
