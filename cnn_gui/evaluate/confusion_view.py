"""What was read as what: a cell opens its images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.session.state import State
from cnn_gui.theme import mix
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.painted_text import CENTRE, RIGHT, paint_line
from cnn_gui.widgets.translation import tr

NAME_PX, MOST_CELL_PX, LEAST_TEXT_PX = 30, 40, 17
NARROW_PX = 400


class ConfusionMatrix(QWidget):
    """Painted: rows what it is, columns what it was read as. `cell_chosen` carries both."""

    cell_chosen = Signal(int, int)
    opened = Signal()
    canvas_wanted = Signal()
    why_wanted = Signal()

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Confusion matrix"))
        self.setToolTip(tr("Row: what it is, column: what it was read as. A click shows the images of a cell"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self._state, self._evaluate = state, evaluate
        self._counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._order: NDArray[np.int64] = np.zeros(0, np.int64)
        self.in_shares = self.by_errors = False
        evaluate.judged_changed.connect(self._on_judged)
        evaluate.cell_changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(380, 390)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 160)

    @Slot()
    def _on_judged(self) -> None:
        judged = self._evaluate.judged
        self._counts = judged.found.confusion if judged is not None else np.zeros((0, 0), np.int64)
        self.arrange()
        missed = int(self._counts.sum() - np.trace(self._counts))
        self.setAccessibleDescription(tr("{n} images misread").format(n=missed))

    def arrange(self) -> None:
        """Classes by their number, or those with the most errors first."""
        errors = self._counts.sum(axis=1) + self._counts.sum(axis=0) - 2 * np.diag(self._counts)
        k = len(self._counts)
        self._order = np.argsort(-errors, kind="stable") if self.by_errors else np.arange(k)
        self.update()

    @property
    def _cell_px(self) -> float:
        k = max(len(self._counts), 1)
        return min((self.width() - NAME_PX) / k, (self.height() - NAME_PX) / k, MOST_CELL_PX)

    def _place(self, row: int, column: int) -> QRectF:
        side = self._cell_px
        return QRectF(NAME_PX + column * side, NAME_PX + row * side, side, side).adjusted(1, 1, -1, -1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme, judged = QPainter(self), self._state.appearance.theme, self._evaluate.judged
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if judged is None:
            paint_line(painter, QRectF(0, 8, self.width(), 24), self._evaluate.words, theme.muted, size_px=13)
            painter.end()
            return
        side, k = self._cell_px, len(self._counts)
        off_diagonal = self._counts - np.diag(np.diag(self._counts))
        most = max(int(off_diagonal.max(initial=0)), 1)
        chosen = self._evaluate.cell
        for place, i in enumerate(self._order):
            strong = chosen is not None and chosen[0] == i
            name = judged.class_names[i]
            left = QRectF(0, NAME_PX + place * side, NAME_PX - 6, side)
            paint_line(painter, left, name, theme.text if strong else theme.muted, strong=strong, align=RIGHT)
            strong = chosen is not None and chosen[1] == i
            above = QRectF(NAME_PX + place * side, 4, side, NAME_PX - 6)
            paint_line(painter, above, name, theme.text if strong else theme.muted, strong=strong, align=CENTRE)
        for row in range(k):
            for column in range(k):
                self._paint_cell(painter, row, column, most)
        painter.end()

    def _paint_cell(self, painter: QPainter, row: int, column: int, most: int) -> None:
        theme, place = self._state.appearance.theme, self._place(row, column)
        i, j = int(self._order[row]), int(self._order[column])
        count = int(self._counts[i, j])
        share = (count / most) ** 0.5 if i != j else 0.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(
            QColor(mix(theme.raised, theme.bad, 0.25 + 0.75 * share) if count and i != j else theme.raised)
        )
        painter.drawRoundedRect(place, 4, 4)
        if self._evaluate.cell == (i, j):
            painter.setPen(QPen(QColor(theme.accent if self.hasFocus() else theme.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, 4, 4)
        if count and self._cell_px >= LEAST_TEXT_PX:
            total = max(int(self._counts[i].sum()), 1)
            words = f"{100 * count / total:.1f}" if self.in_shares else str(count)
            colour = theme.muted if i == j else theme.window if share > 0.55 else theme.text
            size = 12 if self._cell_px >= 28 and len(words) < 4 else 11 if self._cell_px >= 25 else 9
            if len(words) > 2 and self._cell_px < 8 * len(words):
                return  # no room for it; the tip says it
            paint_line(painter, place, words, colour, size_px=size, strong=i != j, align=CENTRE)

    def _at(self, point: QPointF) -> tuple[int, int] | None:
        row, column = int((point.y() - NAME_PX) // self._cell_px), int((point.x() - NAME_PX) // self._cell_px)
        inside = 0 <= row < len(self._counts) and 0 <= column < len(self._counts)
        return (int(self._order[row]), int(self._order[column])) if inside else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (cell := self._at(event.position())) is not None:
            self.cell_chosen.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        judged, cell = self._evaluate.judged, self._at(event.position())
        if judged is None or cell is None:
            return
        i, j = cell
        words = tr("{n} of {total} images of {a} are read as {b}").format(
            n=thousands(int(self._counts[i, j])), total=thousands(int(self._counts[i].sum())),
            a=judged.class_names[i], b=judged.class_names[j],
        )  # fmt: skip
        self.setToolTip(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, cell = Qt.Key(event.key()), self._evaluate.cell
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        if key in steps and len(self._order):
            places = {int(i): place for place, i in enumerate(self._order)}
            row, column = (places[i] for i in cell) if cell is not None else (0, 0)
            last = len(self._order) - 1
            row, column = (max(0, min(a + b, last)) for a, b in zip((row, column), steps[key], strict=True))
            self.cell_chosen.emit(int(self._order[row]), int(self._order[column]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key == Qt.Key.Key_C:
            self.canvas_wanted.emit()
        elif key == Qt.Key.Key_W:
            self.why_wanted.emit()
        else:
            super().keyPressEvent(event)


class ConfusionCard(Card):
    """The matrix, and how it is shown."""

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.matrix = ConfusionMatrix(state, evaluate)
        self.head.setSpacing(8)
        self.head.addWidget(label(tr("Confusion"), title=True))
        self.words = label(tr("row: what it is, column: read as"), small=True, muted=True)
        self.head.addWidget(self.words)
        self.head.addStretch(1)
        self.shares = self._chip("confusionShares", tr("%"), tr("Shares of what it is, instead of counts"))
        self.sorted = self._chip("confusionSorted", tr("worst first"), tr("Classes with the most errors first"))
        self.shares.toggled.connect(self._on_shares)
        self.sorted.toggled.connect(self._on_sorted)
        self.body.addLayout(self.head)
        self.body.addWidget(self.matrix, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card the words give way."""
        super().resizeEvent(event)
        self.words.setVisible(event.size().width() >= NARROW_PX)

    def _chip(self, name: str, words: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(words)
        button.setCheckable(True)
        button.setProperty("chip", True)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        self.head.addWidget(button)
        return button

    @Slot(bool)
    def _on_shares(self, shares: bool) -> None:
        self.matrix.in_shares = shares
        self.matrix.update()

    @Slot(bool)
    def _on_sorted(self, by_errors: bool) -> None:
        self.matrix.by_errors = by_errors
        self.matrix.arrange()
