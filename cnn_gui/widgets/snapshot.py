"""A widget as a picture file."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from cnn_core.errors import ConfigError
from cnn_gui.widgets.translation import tr

SCALE = 2
FORMATS = (".png", ".svg")


def picture_of(widget: QWidget, suffix: str) -> bytes:
    """The widget as it looks now: ``.png`` at twice its size, ``.svg`` with its text and lines as such.

    Raises `ConfigError` for another suffix.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    size = widget.size()
    if suffix.lower() == ".svg":
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(widget.accessibleName() or "cnn-gui")
        painter = QPainter(generator)
        widget.render(painter, QPoint())
        painter.end()
    elif suffix.lower() == ".png":
        image = QImage(size * SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(SCALE)
        painter = QPainter(image)
        widget.render(painter, QPoint())
        painter.end()
        image.save(buffer, "PNG")  # type: ignore[call-overload]
    else:
        raise ConfigError(
            tr("A picture expected a name ending in {names}, received {value!r}.").format(
                names=" or ".join(FORMATS), value=suffix or "none"
            )
        )
    return bytes(buffer.data().data())
