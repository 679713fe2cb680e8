"""What the library says in English, in the language of the window."""

from __future__ import annotations

from cnn_core.inspection import Edit, MapScaled
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

PREPARING = (
    QT_TR_NOOP("drawing synthetic digits"), QT_TR_NOOP("drawing pen digits"), QT_TR_NOOP("bending MNIST"),
    QT_TR_NOOP("drawing MNIST anew"), QT_TR_NOOP("drawing MNIST with broader lines"), QT_TR_NOOP("drawing non-digits"),
    QT_TR_NOOP("drawing more pen digits"),
)  # fmt: skip
"""What data sources say that they do, for translators."""
_TEST_IMAGES = "test images of "


def images_words(words: str) -> str:
    """Which images those of `cnn_core.sources.reference_images` are."""
    if words.startswith(_TEST_IMAGES):
        return tr("test images of {title}").format(title=words.removeprefix(_TEST_IMAGES))
    return tr("synthetic digits") if words == "synthetic digits" else words


def channel_words(layer: str, channel: int, is_map: bool) -> str:
    """A map or a unit of a layer: ``conv 2, map 11``."""
    words = tr("{layer}, map {n}") if is_map else tr("{layer}, unit {n}")
    return words.format(layer=layer.replace("_", " "), n=channel)


def edit_words(edit: Edit) -> str:
    """A change by hand: ``conv 2, 11 off``."""
    if isinstance(edit, MapScaled) and edit.factor == 0:
        return tr("{layer}, {n} off").format(layer=edit.layer.replace("_", " "), n=edit.channel)
    return str(edit).replace("_", " ")
