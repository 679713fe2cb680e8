"""Where problems end: one dialog for the user's, one hook for our own."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from cnn_core.files import brief
from cnn_gui.widgets.translation import tr

MOST_LETTERS = 300


class ErrorSink(QObject):
    """Shows problems as dialogs that do not stop the window; the latest replaces the one before."""

    shown = Signal(str, str)

    def __init__(self, window: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._box: QMessageBox | None = None

    def set_window(self, window: QWidget) -> None:
        """The window that dialogs belong to."""
        self._window = window
        self.setParent(window)

    @Slot(str, str)
    def show(self, title: str, text: str) -> None:
        """Say what was expected, what was received and what to do."""
        if self._box is not None:
            self._box.close()
        box = QMessageBox(QMessageBox.Icon.Warning, "cnn-gui", title, QMessageBox.StandardButton.Ok, self._window)
        box.setInformativeText(brief(text, MOST_LETTERS))
        for part in box.findChildren(QLabel):  # a name in a file could else be a heading, a link or a picture
            part.setTextFormat(Qt.TextFormat.PlainText)
        box.setObjectName("errorDialog")
        box.setModal(False)
        box.finished.connect(self._on_closed)
        self._box = box
        box.show()
        self.shown.emit(title, text)

    @Slot()
    def dismiss(self) -> None:
        """Take the dialog away: what it told of is no longer so."""
        if self._box is not None:
            self._box.close()

    @Slot()
    def _on_closed(self) -> None:
        if self._box is not None:
            self._box.deleteLater()
            self._box = None


def install_excepthook(sink: ErrorSink) -> None:
    """A bug in a slot is written to standard error in full and told to the user in one sentence; the window lives."""

    def on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        sys.stderr.write("".join(traceback.format_exception(kind, error, trace)))
        sink.show(
            tr("Something went wrong in the program"),
            tr("{kind}: {problem}. Your work is still there.").format(kind=kind.__name__, problem=brief(error, 200)),
        )

    sys.excepthook = on_exception
