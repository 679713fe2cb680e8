"""How the inspector speaks of places and layers."""

from __future__ import annotations

from cnn_core.inspection import Place
from cnn_gui.session.selection import Pin
from cnn_gui.widgets.translation import QT_TR_NOOP, tr


def place_words(place: Place) -> str:
    """``map 3, row 4, column 5`` or ``unit 12``."""
    if len(place) == 1:
        return tr("unit {value}").format(value=place[0])
    row, column, channel = place
    return tr("map {channel}, row {row}, column {column}").format(channel=channel, row=row, column=column)


def title_of(pin: Pin) -> str:
    """``conv 2, map 3, row 4, column 5``."""
    return f"{pin.layer.replace('_', ' ')}, {place_words(pin.place)}"


FUNCTIONS = (
    QT_TR_NOOP("patch · kernel + bias"), QT_TR_NOOP("input · weights + bias"), QT_TR_NOOP("mean of the window"),
    QT_TR_NOOP("largest of the window"), QT_TR_NOOP("(x - mean) / √(variance + ε) · scale + shift"),
    QT_TR_NOOP("the same number, in one row"), QT_TR_NOOP("the same number: dropout only works while training"),
)  # fmt: skip
"""What `cnn_core.inspection.explain` calls what layers do, for translators."""
