"""How the inspector speaks of places and layers."""

from __future__ import annotations

from cnn_core.inspection import Place
from cnn_gui.session.selection import Pin
from cnn_gui.widgets.translation import tr


def place_words(place: Place) -> str:
    """``map 3, row 4, column 5`` or ``unit 12``."""
    if len(place) == 1:
        return tr("unit {value}").format(value=place[0])
    row, column, channel = place
    return tr("map {channel}, row {row}, column {column}").format(channel=channel, row=row, column=column)


def title_of(pin: Pin) -> str:
    """``conv 2, map 3, row 4, column 5``."""
    return f"{pin.layer.replace('_', ' ')}, {place_words(pin.place)}"
