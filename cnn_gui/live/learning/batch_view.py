"""The images of the batch: all of them, their losses, and what each pulls at the weight that is told."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.inspection import colorize
from cnn_core.training import StepWorking
from cnn_gui.live.learning.state import LearningState, Part
from cnn_gui.session.state import State
from cnn_gui.widgets.format import scientific
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import CENTRE, paint_focus, paint_line
from cnn_gui.widgets.pixels import fitted, image_of, rgb_image
from cnn_gui.widgets.translation import tr

MOST_IMAGES = 64
IMAGE_PX, GAP_PX, LINE_PX, TITLE_PX = 42, 8, 15, 22


class BatchView(QWidget):
    """Worst first; from the backward part on the strongest pulls first. A click looks at an image, one on a cell of a
    picture of pulls tells that weight."""

    image_chosen = Signal(int)
    cell_chosen = Signal(int, int)

    def __init__(self, state: State, room: LearningState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("batchView")
        self.setAccessibleName(tr("Images of the batch"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(TITLE_PX + 2 * IMAGE_PX + 2 * LINE_PX + 12)
        self._state, self._room = state, room
        self._places: list[tuple[QRectF, QRectF, int]] = []
        for signal in (room.working_changed, room.part_changed, state.appearance.theme_changed):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(470, 150)

    def _order(self, story: StepWorking) -> list[int]:
        if self._room.part >= Part.BACKWARD:
            return story.strongest[:MOST_IMAGES].tolist()
        order = np.argsort(-story.losses) if self._room.part is Part.LOSS else np.arange(len(story.losses))
        return order[:MOST_IMAGES].tolist()

    # --- Pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        story = self._room.working
        for image, picture, number in self._places:
            if image.contains(event.position()):
                self.image_chosen.emit(number)
                return
            if story is not None and picture.contains(event.position()):
                rows, columns = story.pictures.shape[1:]
                at = event.position() - picture.topLeft()
                self.cell_chosen.emit(int(at.y() / picture.height() * rows), int(at.x() / picture.width() * columns))
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        story = self._room.working
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if story is None or step is None:
            super().keyPressEvent(event)
            return
        order = self._order(story)
        at = order.index(story.image) + step if story.image in order else 0
        self.image_chosen.emit(order[min(max(at, 0), len(order) - 1)])

    # --- Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._state.appearance.theme, QPainter(self)
        paint_ground(painter, event.rect(), theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._places = []
        story = self._room.working
        if story is not None:
            self._paint(painter, story)
        if self.hasFocus():
            paint_focus(painter, self.rect(), theme.accent)
        painter.end()

    def _paint(self, painter: QPainter, story: StepWorking) -> None:
        theme, pulls = self._state.appearance.theme, self._room.part >= Part.BACKWARD
        n = len(story.losses)
        title, words = {
            Part.FORWARD: (tr("The batch"), tr("{n} images go through the network at once")),
            Part.LOSS: (tr("Loss of every image"), tr("worst first; the loss of the batch is their mean")),
        }.get(self._room.part, (tr("dW is a sum over the batch"), tr("each image pulls at it, the strongest first")))
        line = QRectF(0, 0, self.width(), TITLE_PX)
        used = paint_line(painter, line, title, theme.text, size_px=13, strong=True) + 10
        paint_line(painter, line.adjusted(used, 0, 0, 0), words.format(n=n), theme.muted)
        order = self._order(story)
        step = IMAGE_PX + GAP_PX
        columns = max(1, int((self.width() + GAP_PX) // step))
        row_px = (2 * IMAGE_PX + 4 if pulls else IMAGE_PX) + LINE_PX + 4
        room = self.height() - TITLE_PX - (LINE_PX + 4 if pulls else 0)
        rows = 1 if pulls else max(1, int(room // row_px))
        shown = order[: columns * rows]
        limit = float(np.abs(story.pictures[shown]).max(initial=0)) or 1.0
        for place, number in enumerate(shown):
            row, column = divmod(place, columns)
            at = QRectF(column * step, TITLE_PX + row * row_px, IMAGE_PX, IMAGE_PX)
            self._paint_image(painter, story, number, at, limit if pulls else 0.0)
        if pulls:
            self._paint_sum(painter, story, shown, TITLE_PX + row_px + 2)
        elif len(order) < n or len(shown) < len(order):
            text = tr("{shown} of {n} are shown").format(shown=len(shown), n=n)
            paint_line(
                painter, QRectF(0, self.height() - LINE_PX, self.width(), LINE_PX), text, theme.muted, size_px=11
            )

    def _paint_image(self, painter: QPainter, story: StepWorking, number: int, place: QRectF, limit: float) -> None:
        theme, told = self._state.appearance.theme, story.next_step
        picture = QRectF()
        if limit:
            pulls = story.pictures[number]
            picture = (
                fitted(place, *pulls.shape)
                if pulls.shape[0] > 1
                else QRectF(place.left(), place.center().y() - 7, IMAGE_PX, 14)
            )
            scaled = np.sign(pulls) * np.sqrt(np.abs(pulls) / limit)  # small ones are to be seen too
            painter.drawImage(picture, rgb_image(colorize(scaled, -1, 1, True, theme.light_maps)))
            row, column = story.cell
            h, w = picture.height() / pulls.shape[0], picture.width() / pulls.shape[1]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.drawRect(QRectF(picture.left() + column * w, picture.top() + row * h, w, h))
            place = place.translated(0, IMAGE_PX + 4)
        painter.drawImage(fitted(place, *told.images.shape[1:3]), image_of(_bytes(told.images[number])))
        if number == story.image:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRect(place.adjusted(-1, -1, 1, 1))
        self._places.append((place, picture, number))
        below = QRectF(place.left() - 4, place.bottom() + 1, IMAGE_PX + 8, LINE_PX)
        if limit:
            pull = float(story.pulls[number])
            colour = theme.grows if pull > 0 else theme.falls
            paint_line(painter, below, scientific(pull), colour, size_px=10, align=CENTRE)
        elif self._room.part is Part.LOSS:
            paint_line(painter, below, scientific(float(story.losses[number])), theme.text, size_px=10, align=CENTRE)
        else:
            label = int(told.labels[number])
            name = told.class_names[label] if label >= 0 else tr("none")
            paint_line(painter, below, name, theme.muted, size_px=10, align=CENTRE)

    def _paint_sum(self, painter: QPainter, story: StepWorking, shown: list[int], top: float) -> None:
        """What is added up, as it stands there: ``these 9: −2.02 + 55 others: −0.015 = −2.04, ÷ 64 = −0.0318``."""
        n = len(story.losses)
        total = story.gradient * n
        here = float(story.pulls[shown].sum())
        words = tr("these {k}: {here} + {others} others: {rest} = {total}, ÷ {n} = {g}")
        if len(shown) == n:
            words = tr("all {k} together: {total}, ÷ {n} = {g}")
        text = words.format(k=len(shown), here=scientific(here), others=n - len(shown), rest=scientific(total - here),
                            total=scientific(total), n=n, g=scientific(story.gradient))  # fmt: skip
        paint_line(painter, QRectF(0, top, self.width(), LINE_PX), text, self._state.appearance.theme.text, size_px=12)


def _bytes(image: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
