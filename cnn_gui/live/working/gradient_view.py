"""The sum behind one gradient: what comes back from the later numbers that it feeds, times which weights."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.inspection import BackwardWorking
from cnn_gui.live.working.channel_bars import bar_at, paint_channel_bars
from cnn_gui.live.working.gradient_words import explained_words, function_words, result_lines, term_rows
from cnn_gui.live.working.grid import ORDINARY, OUTSIDE, paint_grid
from cnn_gui.live.working.words import title_of
from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State
from cnn_gui.widgets.format import power_of_ten, scientific
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import CENTRE, face, first_fitting, paint_focus, paint_line
from cnn_gui.widgets.translation import tr

TITLE_PX, LABEL_PX, ROW_PX, LARGE_PX, BARS_PX = 22, 18, 17, 30, 34
CELL_PX = (44, 24)
SIGN_PX, RESULT_PX, WORDS_PX, UNIT_PX, SMALL_PX = 26, 150, 250, 46, 12
FULL_PX = 130
"""Lower than this there is no room for the bars of all maps."""


class GradientView(QWidget):
    """Shows the backward working of the number that is pinned or under the pointer, and follows the pen."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("gradientView")
        self.setAccessibleName(tr("The sum behind the gradient of the pinned number"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(84)
        self._state = state
        self._channel: int | None = None
        self._channel_of: Pin | None = None
        self._bars = QRectF()
        state.backward.explained_changed.connect(self._on_changed)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(560, 190)

    def channel(self) -> int:
        """The later map whose gradients are shown: the chosen one, else the one that sends most back."""
        explained = self._state.backward.explained
        products = explained[1].products if explained is not None else None
        if explained is None or products is None or products.ndim != 3:
            return 0
        chosen = self._channel if self._channel_of == explained[0] else None
        return chosen if chosen is not None else int(np.abs(products.sum(axis=(0, 1))).argmax())

    def choose_channel(self, channel: int) -> None:
        """Show the gradients of this later map."""
        explained = self._state.backward.explained
        self._channel, self._channel_of = channel, explained[0] if explained else None
        self.update()

    @Slot()
    def _on_changed(self) -> None:
        explained = self._state.backward.explained
        if explained is not None and self.isVisible():
            lines = "; ".join([function_words(explained[1]), *result_lines(explained[1])])
            self.setAccessibleDescription(f"{title_of(explained[0])}: {lines}")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        explained = self._state.backward.explained
        if explained is not None and self._bars.contains(event.position()):
            self.choose_channel(bar_at(self._bars, event.position().x(), explained[1].gradients.shape[-1]))
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go through the later maps."""
        explained = self._state.backward.explained
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Space:
            return
        if explained is None or step is None or explained[1].gradients.ndim != 3:
            super().keyPressEvent(event)
            return
        self.choose_channel(min(max(self.channel() + step, 0), explained[1].gradients.shape[2] - 1))

    # --- Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._state.appearance.theme, QPainter(self)
        paint_ground(painter, event.rect(), theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._bars = QRectF()
        explained = self._state.backward.explained
        if explained is None:
            painter.setPen(QColor(theme.muted))
            words = tr("Draw something, then point at any number to see how its gradient comes back; click to pin it")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        else:
            self._paint(painter, *explained)
        if self.hasFocus():
            paint_focus(painter, self.rect(), theme.accent)
        painter.end()

    def _paint(self, painter: QPainter, pin: Pin, working: BackwardWorking) -> None:
        theme = self._state.appearance.theme
        power, unit = power_of_ten(float(np.abs(working.gradients).max(initial=0.0)))
        line = QRectF(0, 0, self.width(), TITLE_PX)
        title = tr("gradient of {number}").format(number=title_of(pin))
        used = paint_line(painter, line, title, theme.text, size_px=13, strong=True) + 10
        self._small(painter, QRectF(used, 0, self.width() - used, TITLE_PX), function_words(working))
        area = QRectF(0, TITLE_PX + 4, self.width(), self.height() - TITLE_PX - 4)
        if area.width() <= RESULT_PX + WORDS_PX + 360:  # below, where they cannot stand beside
            words = explained_words(pin, working)
            height = min(_height_of(words, area.width()), area.height() / 2)
            painter.setPen(QColor(theme.muted))
            painter.setFont(face(SMALL_PX).font)
            place = QRectF(area.left(), area.bottom() - height, area.width(), height)
            painter.drawText(place, Qt.TextFlag.TextWordWrap, words)
            area.setBottom(place.top() - 4)
        else:
            place = QRectF(area.right() - WORDS_PX, area.top(), WORDS_PX, area.height())
            painter.setPen(QColor(theme.muted))
            painter.drawText(place, Qt.TextFlag.TextWordWrap, explained_words(pin, working))
            area.setRight(place.left() - 16)
        if working.gradients.ndim == 3 and working.weights is not None and working.gradients.size:
            self._paint_patch(painter, area, pin, working, power, unit)
        elif working.gradients.size > 1:
            self._paint_terms(painter, area, working)
        else:
            self._paint_result(painter, area, working)

    def _paint_patch(
        self, painter: QPainter, area: QRectF, pin: Pin, working: BackwardWorking, power: int, unit: str
    ) -> None:
        """Gradients of one later map × the weights that led there = products; what all maps send back below."""
        assert working.weights is not None
        assert working.products is not None
        channel, count = self.channel(), working.gradients.shape[2]
        gradients, weights = working.gradients[:, :, channel], working.weights[:, :, channel]
        inside = working.inside[:, :, channel]
        rows, columns = gradients.shape
        bars_px = BARS_PX + LABEL_PX if count > 1 and area.height() > FULL_PX else 0
        room = area.height() - LABEL_PX - bars_px
        width = min(CELL_PX[0] * columns, (area.width() - RESULT_PX - UNIT_PX - 2 * SIGN_PX) / 3)
        height = min(CELL_PX[1] * rows, room)
        if width < 12 or height < 12:
            self._paint_result(painter, area, working)
            return
        scale = 10.0**-power
        marks, plain = np.where(inside, ORDINARY, OUTSIDE), np.full(inside.shape, ORDINARY)
        to = working.to.replace("_", " ")
        named = channel if working.to_kind == "Conv2D" else pin.channel  # all others hand each map back to itself
        room_px = width + SIGN_PX - 4
        sent = [tr("gradient of {to}, map {n}").format(to=to, n=named), tr("map {n}").format(n=named)]
        if unit:  # the gradients and products in the cells are so many times as small
            sent = [*(f"{words} · × {unit}" for words in sent), f"× {unit}"]
        parts = (
            (gradients * scale, marks, first_fitting(room_px, sent)),
            (weights, plain, first_fitting(room_px, _names_of_weights(working))),
            (gradients * weights * scale, marks, first_fitting(width + UNIT_PX, [tr("products"), ""])),
        )  # fmt: skip
        x, top = area.left(), area.top() + LABEL_PX
        for number, (values, shown_marks, words) in enumerate(parts):
            if number:
                sign = "×" if number == 1 else "="
                place = QRectF(x, top, SIGN_PX - 2, height)
                paint_line(painter, place, sign, self._state.appearance.theme.muted, size_px=16, align=CENTRE)
                x += SIGN_PX
            self._small(painter, QRectF(x, area.top(), width + SIGN_PX - 4, LABEL_PX - 2), words)
            limit = float(np.abs(values).max()) or 1.0
            place = QRectF(x, top, width, height)
            paint_grid(painter, place, values, -limit, limit, True, self._state.appearance.theme, shown_marks)
            x += width
        if unit:
            self._small(painter, QRectF(x + 5, top, UNIT_PX, height), f"× {unit}")
            x += UNIT_PX
        self._paint_result(painter, QRectF(x + 14, area.top(), area.right() - x - 14, room + LABEL_PX), working)
        if bars_px:
            below = QRectF(area.left(), top + room + 2, area.width(), bars_px - 4)
            self._paint_channels(painter, below, working, channel)

    def _paint_channels(self, painter: QPainter, area: QRectF, working: BackwardWorking, chosen: int) -> None:
        assert working.products is not None
        theme, sums = self._state.appearance.theme, working.products.sum(axis=(0, 1))
        words = tr("map {chosen} sends {sum} back · what each of the {count} maps of {to} sends:").format(
            chosen=chosen, sum=scientific(float(sums[chosen])), count=len(sums), to=working.to.replace("_", " ")
        )
        self._small(painter, QRectF(area.left(), area.top(), area.width(), LABEL_PX - 2), words)
        place = QRectF(area.left(), area.top() + LABEL_PX, area.width(), BARS_PX - 4)
        self._bars = paint_channel_bars(painter, place, sums, chosen, theme, (theme.grows, theme.falls))

    def _paint_terms(self, painter: QPainter, area: QRectF, working: BackwardWorking) -> None:
        """The later units that send most back, a row each, and the rest in one."""
        left = area.width() - RESULT_PX if area.width() > 2 * RESULT_PX else area.width()
        for number, text in enumerate(term_rows(working, max(1, int(area.height() // ROW_PX)))):
            self._small(painter, QRectF(area.left(), area.top() + number * ROW_PX, left - 6, ROW_PX), text)
        if left < area.width():
            self._paint_result(painter, QRectF(left, area.top(), area.width() - left, area.height()), working)

    def _paint_result(self, painter: QPainter, area: QRectF, working: BackwardWorking) -> None:
        lines = result_lines(working)
        top = area.top() + max(0.0, (area.height() - ROW_PX * len(lines) - LARGE_PX) / 2)
        for text in lines:
            self._small(painter, QRectF(area.left(), top, area.width(), ROW_PX), text)
            top += ROW_PX
        theme = self._state.appearance.theme
        colour = theme.muted if working.stopped else theme.text
        text = tr("stopped") if working.stopped else scientific(working.gradient)
        paint_line(painter, QRectF(area.left(), top, area.width(), LARGE_PX), text, colour, size_px=22, strong=True)

    def _small(self, painter: QPainter, place: QRectF, text: str) -> None:
        paint_line(painter, place, text, self._state.appearance.theme.muted)


def _height_of(words: str, width: float) -> float:
    """What a text needs at ``width``, in px."""
    bounds = QFontMetricsF(face(SMALL_PX).font).boundingRect(
        QRectF(0, 0, width, 1000), int(Qt.TextFlag.TextWordWrap.value), words
    )
    return bounds.height() + 2


def _names_of_weights(working: BackwardWorking) -> list[str]:
    if working.to_kind == "Conv2D":
        return [tr("kernel, turned by 180°"), tr("kernel, turned"), tr("kernel")]
    return [tr("1 where it won"), tr("won")] if working.to_kind == "MaxPool2D" else [tr("its share"), tr("share")]
