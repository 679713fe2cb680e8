"""A column whose first child is square."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

GAP_PX = 10


class SquareOnTop(QWidget):
    """The square takes the whole width unless that leaves too little height for what stands below it: a row of its
    own height, and a widget that gets the rest."""

    def __init__(self, square: QWidget, row: QWidget, rest: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._square, self._row, self._rest = square, row, rest
        for child in (square, row, rest):
            child.setParent(self)

    def sizeHint(self) -> QSize:
        width = self._square.sizeHint().width()
        return QSize(width, width + self._below(self._rest.sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        width = max(self._square.minimumWidth(), self._row.sizeHint().width(), self._rest.minimumSizeHint().width())
        return QSize(width, self._square.minimumHeight() + self._below(self._rest.minimumSizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        row = self._row.sizeHint().height()
        side = min(self.width(), self.height() - self._below(self._rest.minimumSizeHint().height()))
        self._square.setGeometry((self.width() - side) // 2, 0, side, side)
        self._row.setGeometry(0, side + GAP_PX, self.width(), row)
        top = side + row + 2 * GAP_PX
        self._rest.setGeometry(0, top, self.width(), self.height() - top)
        super().resizeEvent(event)

    def _below(self, rest: int) -> int:
        return self._row.sizeHint().height() + rest + 2 * GAP_PX
