"""The drawings that were kept last, small; a click puts one back on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.teaching import NONE, BookEntry
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.ink_image import drawing_image
from cnn_gui.widgets.painted_text import CENTRE, paint_focus, paint_line
from cnn_gui.widgets.translation import tr

TILE_PX, GAP_PX, NAME_PX, ROWS = 36, 8, 16, 2


class LastDrawings(Card):
    """A title line and two rows of tiles. `drawing_chosen` carries a `BookEntry`."""

    drawing_chosen = Signal(object)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("lastDrawings")
        self.setProperty("card", False)
        self.body.setContentsMargins(0, 4, 0, 0)
        self._state = state
        self.head.addWidget(label(tr("Your last drawings"), title=True))
        self.count = label(small=True, muted=True)
        self.head.addStretch(1)
        self.head.addWidget(self.count)
        self.body.addLayout(self.head)
        self.tiles = DrawingTiles(state)
        self.tiles.drawing_chosen.connect(self.drawing_chosen)
        self.body.addWidget(self.tiles)
        state.teaching.entries_changed.connect(self._on_changed)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        entries = self._state.teaching.entries
        self.count.setText(tr("{n} kept").format(n=len(entries)) if entries else "")


class DrawingTiles(QWidget):
    """Painted; the newest stands first. Arrow keys choose, Enter puts it on the canvas."""

    drawing_chosen = Signal(object)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawingTiles")
        self.setAccessibleName(tr("Drawings that were kept last"))
        self.setToolTip(tr("Click one to put it back on the canvas"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._state, self._chosen = state, 0
        state.teaching.entries_changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, ROWS * (TILE_PX + NAME_PX + GAP_PX) - GAP_PX)

    @property
    def _columns(self) -> int:
        return max(1, (self.width() + GAP_PX) // (TILE_PX + GAP_PX))

    @property
    def _shown(self) -> tuple[BookEntry, ...]:
        return tuple(reversed(self._state.teaching.entries[-self._columns * ROWS :]))

    def _place(self, number: int) -> QRect:
        step = (self.width() - TILE_PX) / max(self._columns - 1, 1)
        row, column = divmod(number, self._columns)
        return QRect(round(column * step), row * (TILE_PX + NAME_PX + GAP_PX), TILE_PX, TILE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self), self._state.appearance.theme
        shown = self._shown
        if not shown:
            words = tr("Draw something and press its key: it is kept here.")
            paint_line(painter, QRectF(0, 0, self.width(), NAME_PX), words, theme.muted)
        for number, entry in enumerate(shown):
            place = self._place(number)
            painter.drawImage(place, drawing_image(entry.drawing, 2 * TILE_PX, theme.name == "dark"))
            name = QRectF(place.left() - 4, place.bottom() + 1, TILE_PX + 8, NAME_PX)
            words = entry.drawing.label if entry.drawing.label != NONE else tr("none")
            paint_line(painter, name, words, theme.muted, align=CENTRE)
            if self.hasFocus() and number == self._chosen:
                painter.setPen(QPen(QColor(theme.accent), 2))
                painter.drawRect(place.adjusted(-2, -2, 1, 1))
        if self.hasFocus():
            paint_focus(painter, self.rect(), theme.accent)
        painter.end()

    def _at(self, point: QPointF) -> int:
        for number in range(len(self._shown)):
            if self._place(number).contains(point.toPoint()):
                return number
        return -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (number := self._at(event.position())) >= 0:
            self._chosen = number
            self.drawing_chosen.emit(self._shown[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        shown, key = self._shown, event.key()
        if key in steps and shown:
            self._chosen = max(0, min(self._chosen + steps[Qt.Key(key)], len(shown) - 1))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen < len(shown):
            self.drawing_chosen.emit(shown[self._chosen])
        else:
            super().keyPressEvent(event)
