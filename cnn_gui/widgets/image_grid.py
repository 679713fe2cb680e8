"""Many small images in rows; only those that are seen are painted, so a million cost no more than a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from cnn_gui.theme import DARK, Theme
from cnn_gui.widgets.painted_text import CENTRE, paint_focus, paint_line
from cnn_gui.widgets.pixels import image_of
from cnn_gui.widgets.translation import tr

GAP_PX, CAPTION_PX, MARK_PX = 8, 16, 15
Images = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands below an image: words, ``strong`` ones where it is misread or so, and a sign in its corner."""

    words: str = ""
    strong: str = ""
    mark: str = ""
    """``✕`` misread, ``?`` a label that is doubtful, ``✎`` changed, ``–`` left out; empty: nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class GridImages:
    """What a grid shows: images [n, h, w, c] as bytes, and the numbers of those that are shown, in their order."""

    images: Images
    numbers: NDArray[np.int64]
    caption: Callable[[int], Caption] = lambda _: Caption()


NOTHING = GridImages(np.zeros((0, 1, 1, 1), np.uint8), np.zeros(0, np.int64))


class ImageGrid(QAbstractScrollArea):
    """`chosen` and `opened` carry the number of an image; `selection_changed`: others are marked (Ctrl, Shift)."""

    chosen = Signal(int)
    opened = Signal(int)
    selection_changed = Signal()

    def __init__(self, name: str, tile_px: int = 58, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self._theme: Theme = DARK
        self._tile_px = tile_px
        self._shown, self._words = NOTHING, ""
        self._current, self._anchor = -1, -1
        self._selected: set[int] = set()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.viewport().update()

    # --- What is shown

    def show_images(self, shown: GridImages, words: str = "") -> None:
        """Show these; the image that was chosen stays so where it is among them. ``words`` stand where none is."""
        before = self.current
        self._shown, self._words = shown, words
        places = np.flatnonzero(shown.numbers == before) if before >= 0 else np.zeros(0, np.int64)
        self._current = int(places[0]) if len(places) else (0 if len(shown.numbers) else -1)
        self._anchor = self._current
        kept = {number for number in self._selected if number in shown.numbers} if len(self._selected) > 1 else set()
        self._selected = kept or ({self.current} if self.current >= 0 else set())
        self.setAccessibleDescription(tr("{n} images").format(n=len(shown.numbers)))
        self._fit()
        self.viewport().update()

    def forget_selection(self) -> None:
        """Other images come: their numbers mean something else."""
        self._selected, self._current, self._anchor = set(), -1, -1

    def repaint_captions(self) -> None:
        """The words below may have changed."""
        self.viewport().update()

    @property
    def shown(self) -> GridImages:
        return self._shown

    @property
    def current(self) -> int:
        """The number of the image that is chosen; -1 where none is."""
        return int(self._shown.numbers[self._current]) if 0 <= self._current < len(self._shown.numbers) else -1

    @property
    def selected(self) -> tuple[int, ...]:
        """The numbers of all that are marked."""
        return tuple(sorted(self._selected))

    def choose(self, number: int) -> bool:
        """Choose the image of this number and scroll to it; False where it is not shown."""
        places = np.flatnonzero(self._shown.numbers == number)
        if not len(places):
            return False
        self._go(int(places[0]))
        return True

    @property
    def visible(self) -> range:
        """Places of the images that are on the screen, counted from 0 in the order that they have here."""
        first = self.verticalScrollBar().value() // self._row_px * self._columns
        rows = self.viewport().height() // self._row_px + 2
        return range(first, min(first + rows * self._columns, len(self._shown.numbers)))

    # --- Places

    @property
    def _row_px(self) -> int:
        return self._tile_px + CAPTION_PX + GAP_PX

    @property
    def _columns(self) -> int:
        return max(1, (self.viewport().width() + GAP_PX) // (self._tile_px + GAP_PX))

    def _place(self, at: int) -> QRect:
        row, column = divmod(at, self._columns)
        spare = self.viewport().width() - self._columns * self._tile_px
        step = self._tile_px + spare / max(self._columns - 1, 1) if self._columns > 1 else self._tile_px
        step = min(step, self._tile_px + 2.5 * GAP_PX)
        top = row * self._row_px - self.verticalScrollBar().value() + 3
        return QRect(round(column * step) + 2, top, self._tile_px - 4, self._tile_px - 4)

    def _fit(self) -> None:
        rows = -(-len(self._shown.numbers) // self._columns)
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, rows * self._row_px - page))
        bar.setPageStep(max(page, 1))
        bar.setSingleStep(self._row_px // 2)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # --- Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self.viewport()), self._theme
        painter.fillRect(self.viewport().rect(), QColor(theme.surface))
        if not len(self._shown.numbers):
            paint_line(painter, QRectF(0, 6, self.viewport().width(), 24), self._words, theme.muted, size_px=13)
        for at in self.visible:
            self._paint_tile(painter, at)
        if self.hasFocus():
            paint_focus(painter, self.viewport().rect(), theme.accent)
        painter.end()

    def _paint_tile(self, painter: QPainter, at: int) -> None:
        theme, place, number = self._theme, self._place(at), int(self._shown.numbers[at])
        painter.drawImage(place, image_of(self._shown.images[number]))
        is_current = at == self._current and self.hasFocus()
        if is_current or number in self._selected:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(place.adjusted(-2, -2, 1, 1))
        caption = self._shown.caption(number)
        below = QRectF(place.left() - 3, place.bottom() + 2, place.width() + 6, CAPTION_PX)
        words = f"{caption.words} {caption.strong}".strip()
        paint_line(painter, below, words, self._theme.text if caption.strong else self._theme.muted, align=CENTRE)
        if caption.mark:
            corner = QRectF(place.right() - MARK_PX + 3, place.top() - 1, MARK_PX, MARK_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.bad if caption.mark == "✕" else theme.second))
            painter.drawRoundedRect(corner, 3, 3)
            paint_line(painter, corner, caption.mark, theme.window, size_px=10, strong=True, align=CENTRE)

    # --- Choosing

    def _at(self, point: QPoint) -> int:
        row = (point.y() + self.verticalScrollBar().value()) // self._row_px
        for column in range(self._columns):
            at = row * self._columns + column
            if at < len(self._shown.numbers) and self._place(at).adjusted(-3, -3, 3, CAPTION_PX).contains(point):
                return at
        return -1

    def _go(self, at: int, extend: bool = False, toggle: bool = False) -> None:
        if not 0 <= at < len(self._shown.numbers):
            return
        self._current = at
        number = int(self._shown.numbers[at])
        if toggle:
            self._selected ^= {number}
        elif extend:
            first, last = sorted((max(self._anchor, 0), at))
            self._selected = {int(n) for n in self._shown.numbers[first : last + 1]}
        else:
            self._selected = {number}
        if not extend:
            self._anchor = at
        place, bar = self._place(at), self.verticalScrollBar()
        if place.top() < 0:
            bar.setValue(bar.value() + place.top() - 3)
        elif place.bottom() + CAPTION_PX > self.viewport().height():
            bar.setValue(bar.value() + place.bottom() + CAPTION_PX - self.viewport().height())
        self.viewport().update()
        self.chosen.emit(number)
        self.selection_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, keys = self._at(event.position().toPoint()), event.modifiers()
        if at >= 0:
            shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
            self._go(at, extend=shift, toggle=bool(keys & Qt.KeyboardModifier.ControlModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._at(event.position().toPoint()) >= 0:
            self.opened.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, columns = Qt.Key, self._columns
        page = max(1, self.viewport().height() // self._row_px) * columns
        steps = {key.Key_Left: -1, key.Key_Right: 1, key.Key_Up: -columns, key.Key_Down: columns,
                 key.Key_PageUp: -page, key.Key_PageDown: page}  # fmt: skip
        last = len(self._shown.numbers) - 1
        pressed = Qt.Key(event.key())
        if pressed in steps:
            to = max(0, min(self._current + steps[pressed], last))
            self._go(to, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif pressed in (key.Key_Home, key.Key_End):
            self._go(0 if pressed == key.Key_Home else last)
        elif pressed in (key.Key_Return, key.Key_Enter) and self.current >= 0:
            self.opened.emit(self.current)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        else:
            super().keyPressEvent(event)

    @Slot()
    def select_all(self) -> None:
        """Mark all that is shown."""
        self._selected = {int(number) for number in self._shown.numbers}
        self.viewport().update()
        self.selection_changed.emit()
