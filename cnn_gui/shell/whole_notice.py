"""A notice that does not fit into the training bar, in whole above it for a while."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtGui import QHideEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from cnn_gui.widgets.card import label
from cnn_gui.widgets.elided_label import ElidedLabel

SHOWN_MS, GAP_PX, WIDEST_PX = 8000, 8, 520


class WholeNotice(QLabel):
    """Lies over the window, right above the bar and the end of ``short`` in it; a click, or time, takes it away."""

    def __init__(self, short: ElidedLabel, bar: QWidget, window: QWidget) -> None:
        super().__init__(window)
        self._short, self._bar, self._window = short, bar, window
        self.setTextFormat(label().textFormat())
        self.setObjectName("wholeNotice")
        self.setProperty("card", True)
        self.setWordWrap(True)
        self.setContentsMargins(12, 8, 12, 8)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._timer, self._wait = QTimer(self), QTimer(self)
        for timer, after, slot in ((self._timer, SHOWN_MS, self.hide), (self._wait, 0, self._show_if_cut)):
            timer.setSingleShot(True)
            timer.setInterval(after)
            timer.timeout.connect(slot)
        self.hide()

    @Slot()
    def say(self) -> None:
        """There is another notice; whether it fits is known when the bar has laid it out."""
        self.hide()
        self._wait.start()

    @Slot()
    def _show_if_cut(self) -> None:
        whole = self._short.whole_text()
        if not self._short.isVisible() or self._short.text() == whole:
            return
        self.setText(whole)
        window = self._window
        width = min(WIDEST_PX, window.width() - 4 * GAP_PX, self.fontMetrics().horizontalAdvance(whole) + 40)
        self.setFixedWidth(width)
        self.setFixedHeight(self.heightForWidth(width))
        end = self._short.mapTo(window, self._short.rect().topRight())
        left = max(GAP_PX, min(end.x() - width, window.width() - width - GAP_PX))
        self.move(left, self._bar.mapTo(window, QPoint()).y() - self.height() - GAP_PX)
        self.show()
        self.raise_()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()
        event.accept()
