"""Keeps the drawing: strokes come in, the state is told what lies on the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from cnn_core.drawing import Drawing, Mark, Picture, Stroke, picture_of, read_picture
from cnn_core.files import is_folder
from cnn_core.preprocessing import WHOLE
from cnn_core.sources import FILE_SOURCES
from cnn_core.teaching import BookEntry
from cnn_gui.errors import ErrorSink
from cnn_gui.session.jobs import LatestJob
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr

LARGEST_SIDE_PX = 1024
SMOOTH = Qt.TransformationMode.SmoothTransformation


class CanvasController(QObject):
    """Owns the `Drawing` with its undo and redo."""

    data_dropped = Signal(str)

    def __init__(self, state: State, errors: ErrorSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._errors = state, errors
        self._drawing = Drawing()
        self._opening = LatestJob(self, reads=True)
        self._opening.finished.connect(self._show_picture)
        self._opening.failed.connect(self._on_failed)
        self._arrived: Picture | None = None
        state.drawing.marks_wanted.connect(self.put)

    @Slot(object)
    def on_stroke_moved(self, stroke: Stroke) -> None:
        """The network reads the stroke while the pen is still down."""
        self._show((*self._drawing.marks, stroke), growing=True)

    @Slot(object)
    def on_stroke_finished(self, stroke: Stroke) -> None:
        if stroke.erases and not self._drawing.marks:
            self._publish()
            return
        self._drawing.add(stroke)
        self._publish()
        self._show_arrived()

    @Slot()
    def on_stroke_cancelled(self) -> None:
        self._publish()
        self._show_arrived()

    @Slot()
    def undo(self) -> None:
        """Take back the last stroke; while the pen is down, the one under it."""
        self._forget_picture()
        if not self._state.drawing.growing:
            self._drawing.undo()
        self._publish()

    @Slot()
    def redo(self) -> None:
        """Make what was undone again; not while the pen is down, whose stroke would be lost."""
        if self._drawing.can_redo and not self._state.drawing.growing:
            self._forget_picture()
            self._drawing.redo()
            self._publish()

    @Slot()
    def clear(self) -> None:
        self._forget_picture()
        self._drawing.clear()
        self._publish()

    @Slot()
    def paste(self) -> None:
        """Take the clipboard's image, or the image file that was copied in a file manager."""
        self.take_content(QGuiApplication.clipboard().mimeData())

    @Slot(QMimeData)
    def take_content(self, content: QMimeData) -> None:
        """Begin to put a pasted or dropped image on the canvas; a dialog says why when it cannot be."""
        if content.hasUrls() and content.urls() and content.urls()[0].isLocalFile():
            path = content.urls()[0].toLocalFile()
            if Path(path).suffix.lower() in FILE_SOURCES or is_folder(path):
                self.data_dropped.emit(path)
            else:
                self.open_image(path)
            return
        image = QImage(content.imageData()) if content.hasImage() else QImage()
        if image.isNull():
            self._on_failed(tr("There is no picture on the clipboard. Copy one, then paste again."))
            return
        pixels, whole = _rgba(image), self._reads_whole()
        self._opening.start(lambda _: picture_of(pixels, whole))

    def open_image(self, path: str) -> None:
        """Begin to put an image file on the canvas: a photograph takes some tenths of a second."""
        whole = self._reads_whole()
        self._opening.start(lambda _: read_picture(path, whole))

    @Slot(object)
    def put_entry(self, entry: BookEntry) -> None:
        """Put a drawing that was kept on the canvas; undo brings back what was there."""
        drawing = entry.drawing
        if drawing.ink is not None:
            self.put((Picture(drawing.ink),))
        else:
            self.put(tuple(Stroke(points, drawing.width) for points in drawing.strokes))

    @Slot(object)
    def put(self, marks: Sequence[Mark]) -> None:
        """Put these marks on the canvas in place of what is there, which undo brings back."""
        if self._state.drawing.growing:
            return
        self._forget_picture()
        self._drawing.replace(marks)
        self._publish()

    def _reads_whole(self) -> bool:
        """Whether the model looks at a picture as it is, and not for ink in it."""
        model = self._state.model.info
        return model is not None and model.input_spec is not None and model.input_spec.geometry == WHOLE

    def request_stop(self) -> None:
        """Give up the image that is being read."""
        self._opening.request_stop()

    def has_stopped(self) -> bool:
        """Whether no image is being read any more."""
        return self._opening.has_stopped()

    @property
    def abandoned(self) -> bool:
        """Whether a reader hangs."""
        return self._opening.abandoned

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._errors.show(tr("This cannot be put on the canvas"), problem)

    @Slot(object)
    def _show_picture(self, picture: Picture) -> None:
        """Put a picture on the canvas; while the pen is down, after its stroke, which undo brings back."""
        self._arrived = picture
        self._errors.dismiss()
        if not self._state.drawing.growing:
            self._show_arrived()

    def _show_arrived(self) -> None:
        if self._arrived is not None:
            self._drawing.replace([self._arrived])
            self._arrived = None
            self._publish()

    def _forget_picture(self) -> None:
        """What is done meanwhile is newer than the picture that is still being read."""
        self._opening.cancel()
        self._arrived = None

    def _publish(self) -> None:
        self._show(self._drawing.marks)

    def _show(self, marks: tuple[Mark, ...], growing: bool = False) -> None:
        """Tell the state; what is looked into follows the pen again."""
        self._state.drawing.set_drawing(marks, growing or self._drawing.can_undo, self._drawing.can_redo, growing)


def _rgba(image: QImage) -> np.ndarray:
    """Pixels [h, w, 4] in [0, 1], a copy; rows of a QImage are padded to whole words."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    if max(image.width(), image.height()) > LARGEST_SIDE_PX:
        image = image.scaled(LARGEST_SIDE_PX, LARGEST_SIDE_PX, Qt.AspectRatioMode.KeepAspectRatio, SMOOTH)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).astype(np.float32) / 255
