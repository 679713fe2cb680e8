"""A label that gives way: what does not fit is left out at its end, or in its middle."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

PADDING_PX = 30
SMALLEST_PX = 120


class ElidedLabel(QLabel):
    """Wants as much room as its whole text needs, and is content with less."""

    def __init__(self, parent: QWidget | None = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(parent)
        self._whole, self._mode = "", mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_whole_text(self, text: str) -> None:
        """The text, of which as much is shown as fits."""
        self._whole = text
        self._fit()
        self.updateGeometry()

    def whole_text(self) -> str:
        """The text as it would be with room enough."""
        return self._whole

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + PADDING_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(SMALLEST_PX, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(self.width() - PADDING_PX + 2, 0)
        self.setText(self.fontMetrics().elidedText(self._whole, self._mode, room))
