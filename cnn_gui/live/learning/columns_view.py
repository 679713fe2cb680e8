"""The step as a table of pictures: a column for each layer, its value, its gate and its gradient under each other."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.arrays import Array
from cnn_core.inspection import colorize, is_signed
from cnn_core.inspection.gradients import Mask
from cnn_core.training import StepWorking
from cnn_gui.live.learning.columns import StepColumn, columns_of
from cnn_gui.live.learning.state import LearningState, Part
from cnn_gui.session.state import State
from cnn_gui.widgets.format import scientific
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import RIGHT, first_fitting, paint_line
from cnn_gui.widgets.pixels import fitted, rgb_image
from cnn_gui.widgets.translation import tr

LABELS_PX, COLUMN_GAP_PX, ROW_GAP_PX = 96, 14, 6
HEAD_PX, GATE_WORDS_PX, LINE_PX = 34, 16, 16
LEAST_TILE_PX, MOST_TILE_PX = 44, 84
BARS_IN_ROW, FEW_UNITS = 8, 16
LOSS_PX = 96


class ColumnsView(QWidget):
    """Rows that the story has not reached yet stand empty."""

    def __init__(self, state: State, room: LearningState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("stepColumns")
        self.setAccessibleName(tr("The step, layer by layer"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state, self._room = state, room
        self._columns: list[StepColumn] = []
        room.working_changed.connect(self._on_working_changed)
        room.part_changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)

    @Slot()
    def _on_working_changed(self) -> None:
        story = self._room.working
        self._columns = columns_of(story) if story is not None else []
        self.updateGeometry()
        self.setMinimumWidth(self._width(LEAST_TILE_PX) if self._columns else 0)
        self.update()

    def _width(self, tile: int) -> int:
        return LABELS_PX + (len(self._columns) + 1) * (tile + COLUMN_GAP_PX) + LOSS_PX

    def height_for(self, width: int, room: int) -> int:
        """What it needs at ``width``, where there is ``room`` for so much; narrow columns are low."""
        wide = (width - LABELS_PX - LOSS_PX) // (len(self._columns) + 1) - COLUMN_GAP_PX
        high = (room - _height(0)) // 3
        return _height(max(LEAST_TILE_PX, min(MOST_TILE_PX, wide, high)))

    def sizeHint(self) -> QSize:
        return QSize(self._width(MOST_TILE_PX), _height(MOST_TILE_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(300, _height(LEAST_TILE_PX))

    def _tile(self) -> int:
        """Side of a picture, as large as there is room."""
        high = (self.height() - HEAD_PX - GATE_WORDS_PX - 3 * ROW_GAP_PX) // 3
        wide = (self.width() - LABELS_PX - LOSS_PX) // (len(self._columns) + 1) - COLUMN_GAP_PX
        return max(LEAST_TILE_PX, min(MOST_TILE_PX, high, wide))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_ground(painter, event.rect(), self._state.appearance.theme)
        story = self._room.working
        if story is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter, story)
        painter.end()

    def _paint(self, painter: QPainter, story: StepWorking) -> None:
        theme, part, tile = self._state.appearance.theme, self._room.part, self._tile()
        tops = [HEAD_PX, HEAD_PX + tile + ROW_GAP_PX, HEAD_PX + 2 * (tile + ROW_GAP_PX) + GATE_WORDS_PX]
        rows = (
            (tr("Forward"), tr("values →"), True),
            (tr("Gates"), tr("what may pass"), part >= Part.BACKWARD),
            (tr("Backward"), tr("← gradients"), part >= Part.BACKWARD),
        )
        for top, (title, words, reached) in zip(tops, rows, strict=True):
            colour = theme.text if reached else theme.border
            paint_line(painter, QRectF(0, top + 4, LABELS_PX - 6, LINE_PX), title, colour, strong=True)
            if reached:
                paint_line(painter, QRectF(0, top + 20, LABELS_PX - 6, LINE_PX), words, theme.muted, size_px=11)
        for number, column in enumerate(self._columns):
            x = LABELS_PX + number * (tile + COLUMN_GAP_PX)
            room = tile + COLUMN_GAP_PX - 4
            paint_line(painter, QRectF(x, 0, room, LINE_PX), column.name, theme.text, strong=True)
            paint_line(painter, QRectF(x, LINE_PX, room, LINE_PX), column.words, theme.muted, size_px=11)
            names = story.next_step.class_names if number == len(self._columns) - 1 else ()
            self._paint_values(painter, QRectF(x, tops[0], tile, tile), column.value, names, is_gradient=False)
            if part < Part.BACKWARD:
                continue
            self._paint_gate(painter, QRectF(x, tops[1], tile, tile), column)
            self._paint_values(painter, QRectF(x, tops[2], tile, tile), column.gradient, names, is_gradient=True)
        if part >= Part.LOSS:
            self._paint_loss(painter, story, tile, tops)

    def _paint_values(
        self, painter: QPainter, place: QRectF, values: Array, names: tuple[str, ...], is_gradient: bool
    ) -> None:
        theme = self._state.appearance.theme
        if values.ndim == 2:
            limit = float(np.abs(values).max(initial=0)) or 1.0
            colours = colorize(values / limit, -1 if is_gradient else float(values.min()) / limit, 1,
                               is_gradient or is_signed(values), theme.light_maps)  # fmt: skip
            painter.drawImage(fitted(place, *values.shape), rgb_image(colours))
            return
        pair = (theme.grows, theme.falls) if is_gradient else (theme.accent, theme.second)
        if len(values) <= FEW_UNITS:
            paint_class_bars(painter, place, values, names, pair, theme.muted, theme.border)
        else:
            _paint_units(painter, place, values, pair, theme.border)

    def _paint_gate(self, painter: QPainter, place: QRectF, column: StepColumn) -> None:
        theme, gate = self._state.appearance.theme, column.gate
        if gate is None:
            painter.setPen(QPen(QColor(theme.border), 1.5, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(place.center().x(), place.top()), QPointF(place.center().x(), place.bottom()))
            return
        _paint_mask(painter, place, gate, theme.accent, theme.track)
        words = QRectF(place.left(), place.bottom() + 1, place.width() + COLUMN_GAP_PX, GATE_WORDS_PX)
        share = f"{float(gate.mean()) * 100:.0f} %"  # the figure alone, where the word has no room
        fitting = first_fitting(words.width(), [column.gate_words, share], 11)
        paint_line(painter, words, fitting, theme.muted, size_px=11)

    def _paint_loss(self, painter: QPainter, story: StepWorking, tile: int, tops: list[int]) -> None:
        """Probabilities and target, the loss, and where the way back begins."""
        theme, told = self._state.appearance.theme, story.next_step
        x = LABELS_PX + len(self._columns) * (tile + COLUMN_GAP_PX)
        label = int(told.labels[story.image])
        name = told.class_names[label] if label >= 0 else tr("none")
        paint_line(painter, QRectF(x, 0, tile + 10, LINE_PX), tr("softmax"), theme.text, strong=True)
        words = tr("p, target {name}").format(name=name)
        paint_line(painter, QRectF(x, LINE_PX, tile + 10, LINE_PX), words, theme.muted, size_px=11)
        share = story.probabilities[story.image]
        place = QRectF(x, tops[0], tile, tile)
        paint_class_bars(
            painter, place, share, told.class_names, (theme.accent, theme.second), theme.muted, theme.border
        )
        x += tile + COLUMN_GAP_PX
        paint_line(painter, QRectF(x, 0, LOSS_PX, LINE_PX), tr("loss"), theme.text, strong=True)
        paint_line(painter, QRectF(x, LINE_PX, LOSS_PX, LINE_PX), f"−ln p({name})", theme.muted, size_px=11)
        loss = scientific(float(story.losses[story.image]))
        paint_line(painter, QRectF(x, tops[0] + 6, LOSS_PX, 26), loss, theme.text, size_px=20, strong=True)
        words = tr("batch {loss}").format(loss=scientific(told.loss))
        paint_line(painter, QRectF(x, tops[0] + 32, LOSS_PX, LINE_PX), words, theme.muted, size_px=11)
        if self._room.part >= Part.BACKWARD:
            x -= tile + COLUMN_GAP_PX
            for line, text in enumerate((tr("← p − target"), tr("starts here"))):
                place = QRectF(x, tops[2] + tile / 2 - 16 + line * LINE_PX, tile + LOSS_PX, LINE_PX)
                paint_line(painter, place, text, theme.muted, size_px=11)


def _height(tile: int) -> int:
    return HEAD_PX + 3 * (tile + ROW_GAP_PX) + GATE_WORDS_PX


def paint_class_bars(
    painter: QPainter, place: QRectF, values: Array, names: tuple[str, ...], colours: tuple[str, str],
    words: str, line: str,
) -> None:  # fmt: skip
    """A few units as bars to the right and to the left of zero, each with its name where there is room."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    span = (high - low) or 1.0
    height = place.height() / len(values)
    left = place.left() + (14 if names and height >= 8 else 0)
    width = place.right() - left
    zero = left - low / span * width
    for number, value in enumerate(values):
        top = place.top() + number * height
        if left > place.left():
            name = names[number] if number < len(names) else str(number)
            paint_line(painter, QRectF(place.left(), top, 12, height), name, words, size_px=9, align=RIGHT)
        x = zero + float(value) / span * width
        painter.fillRect(
            QRectF(min(x, zero), top + 1, max(abs(x - zero), 0.5), max(height - 2, 1)),
            QColor(colours[0] if value >= 0 else colours[1]),
        )
    painter.fillRect(QRectF(zero - 0.5, place.top(), 1, place.height()), QColor(line))


def _paint_units(painter: QPainter, place: QRectF, values: Array, colours: tuple[str, str], line: str) -> None:
    """Many units in rows of bars, each around its own zero line."""
    limit = float(np.abs(values).max(initial=0)) or 1.0
    rows = -(-len(values) // BARS_IN_ROW)
    width, height = place.width() / BARS_IN_ROW, place.height() / rows
    for row in range(rows):
        painter.fillRect(QRectF(place.left(), place.top() + (row + 0.5) * height, place.width(), 1), QColor(line))
    for number, value in enumerate(values):
        row, column = divmod(number, BARS_IN_ROW)
        middle, size = place.top() + (row + 0.5) * height, abs(float(value)) / limit * (height / 2 - 0.5)
        bar = QRectF(place.left() + column * width, middle - size if value >= 0 else middle, width - 1, size)
        painter.fillRect(bar, QColor(colours[0] if value >= 0 else colours[1]))


def _paint_mask(painter: QPainter, place: QRectF, gate: Mask, opened: str, shut: str) -> None:
    if gate.ndim == 1:
        rows = -(-len(gate) // BARS_IN_ROW)
        shown = np.zeros(rows * BARS_IN_ROW, bool)
        shown[: len(gate)] = gate
        gate = shown.reshape(rows, BARS_IN_ROW)
    pixels = np.where(gate[:, :, None], _rgb(opened), _rgb(shut)).astype(np.uint8)
    painter.drawImage(place if gate.shape[1] == BARS_IN_ROW else fitted(place, *gate.shape), rgb_image(pixels))


def _rgb(colour: str) -> Array:
    found = QColor(colour)
    return np.array([found.red(), found.green(), found.blue()])
