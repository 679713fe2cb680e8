"""Numbers in small cells: none of them is cut."""

from __future__ import annotations

from cnn_core.arrays import Array
from cnn_gui.widgets.format import short, tiny
from cnn_gui.widgets.painted_text import face


def cell_numbers(values: Array, width: int, sizes_px: tuple[int, int] = (11, 10)) -> tuple[int, list[str]]:
    """Size in px and texts of ``values``: the smaller size, without zeros before the point, where one of them would not
    fit into ``width`` otherwise."""
    texts = [short(float(value)) for value in values.flat]
    if all(face(sizes_px[0]).width(text) <= width for text in texts):
        return sizes_px[0], texts
    return sizes_px[1], [tiny(float(value)) for value in values.flat]
