"""A column whose first child is square."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

GAP_PX = 10


class SquareOnTop(QWidget):
    """The square takes the whole width unless that leaves too little height for what stands below it: rows of their
    own height, and a widget that gets the rest."""

    def __init__(self, square: QWidget, rows: Sequence[QWidget], rest: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._square, self._rows, self._rest = square, rows, rest
        for child in (square, *rows, rest):
            child.setParent(self)

    def sizeHint(self) -> QSize:
        width = self._square.sizeHint().width()
        return QSize(width, width + self._below(self._rest.sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        width = max(
            self._square.minimumWidth(),
            *(row.sizeHint().width() for row in self._rows),
            self._rest.minimumSizeHint().width(),
        )
        return QSize(width, self._square.minimumHeight() + self._below(self._rest.minimumSizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = min(self.width(), self.height() - self._below(self._rest.minimumSizeHint().height()))
        self._square.setGeometry((self.width() - side) // 2, 0, side, side)
        top = side + GAP_PX
        for row in self._rows:
            row.setGeometry(0, top, self.width(), row.sizeHint().height())
            top += row.sizeHint().height() + GAP_PX
        self._rest.setGeometry(0, top, self.width(), self.height() - top)
        super().resizeEvent(event)

    def _below(self, rest: int) -> int:
        return sum(row.sizeHint().height() + GAP_PX for row in self._rows) + GAP_PX + rest
