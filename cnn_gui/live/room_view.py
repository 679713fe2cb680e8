"""What the inspector's rooms have in common: they work only while somebody looks, and say how far the work is."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnn_gui.widgets.elided_label import ElidedLabel


class RoomView(QWidget):
    """`top` is its first line, `column` what it stands in; `watched` tells whether it is on the screen."""

    watched = Signal(bool)

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.top = QHBoxLayout()
        self.top.setSpacing(8)
        self.column.addLayout(self.top)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watched.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watched.emit(False)


class WorkLine(QWidget):
    """What is worked out, how far it is, and the button that stops it or asks for it ``again``.

    With no word for "again" there is only something to stop.
    """

    again_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, again: str, stop: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._again, self._stop, self._working = again, stop, False
        self.words = ElidedLabel()
        self.words.setProperty("muted", True)
        self.words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.button = QPushButton(again or stop)
        self.button.setAccessibleName(again or stop)
        self.button.setToolTip(tip)
        self.button.setProperty("tight", True)
        self.button.setFixedWidth(self.button.sizeHint().width() + 12)
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 2)
        row.addWidget(self.progress, 1)
        row.addWidget(self.button)

    def show_work(self, words: str, share: float | None) -> None:
        """``share`` of the work is done; None when there is nothing under way."""
        self._working = share is not None
        self.words.set_whole_text(words)
        self.words.setToolTip(words)
        self.progress.setVisible(self._working)
        self.progress.setValue(round(100 * (share or 0.0)))
        self.button.setVisible(self._working or bool(self._again))
        text = self._stop if self._working else self._again
        self.button.setText(text)
        self.button.setAccessibleName(text)

    @Slot()
    def _on_clicked(self) -> None:
        (self.cancel_requested if self._working else self.again_requested).emit()
