"""What does this map like? The images that excite it most, the place marked, and one made for it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.datasets import to_bytes
from cnn_gui.live.exemplars.state import ExemplarsState
from cnn_gui.live.room_view import RoomView, WorkLine
from cnn_gui.session.state import State
from cnn_gui.widgets.core_words import channel_words
from cnn_gui.widgets.format import short
from cnn_gui.widgets.painted_text import paint_line
from cnn_gui.widgets.pixels import fitted, image_of
from cnn_gui.widgets.translation import tr

WORDS_PX = 18
GAP_PX = 10
MADE_GAP_PX = 26
MOST_SIDE_PX = 128


class ImageRow(QWidget):
    """The images in a row, and after a gap the one that was made."""

    def __init__(self, state: State, room: ExemplarsState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Images that excite the pinned map most"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state, self._room = state, room
        room.changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(500, 140)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        shown, painter = self._room.shown, QPainter(self)
        if shown is None:
            painter.end()
            return
        count = max(len(shown.images), 1) + 1
        room = (self.width() - GAP_PX * (count - 2) - MADE_GAP_PX) / count
        side = max(min(room, self.height() - 2 * WORDS_PX, MOST_SIDE_PX), 8.0)
        for i, image in enumerate(shown.images):
            place = QRectF(i * (side + GAP_PX), WORDS_PX, side, side)
            frame = fitted(place, *image.shape[:2])
            painter.drawImage(frame, image_of(image))
            self._paint_seen(painter, frame, image.shape, shown.seen[i])
            self._words(painter, QRectF(place.left(), place.bottom(), side, WORDS_PX), short(shown.values[i]))
        if len(shown.images):
            self._words(painter, QRectF(0, 0, self.width() - side, WORDS_PX), shown.words)
        left = len(shown.images) * (side + GAP_PX) - GAP_PX + MADE_GAP_PX if len(shown.images) else 0.0
        if shown.dream is not None:
            place = QRectF(left, WORDS_PX, side, side)
            self._words(painter, QRectF(left, 0, self.width() - left, WORDS_PX), tr("made for it"))
            painter.drawImage(fitted(place, *shown.dream.image.shape[:2]), image_of(to_bytes(shown.dream.image)))
            self._words(painter, QRectF(left, place.bottom(), side + 40, WORDS_PX), short(shown.dream.activation))
        elif shown.words and not len(shown.images):
            self._words(painter, QRectF(0, 0, self.width(), WORDS_PX), shown.words)
        painter.end()

    def _paint_seen(self, painter: QPainter, place: QRectF, shape: tuple[int, ...], seen: tuple[slice, slice]) -> None:
        rows, columns = seen
        x, y = place.width() / shape[1], place.height() / shape[0]
        block = QRectF(
            place.left() + columns.start * x,
            place.top() + rows.start * y,
            (columns.stop - columns.start) * x,
            (rows.stop - rows.start) * y,
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._state.appearance.theme.accent), 1.5))
        painter.drawRect(block.adjusted(0.5, 0.5, -0.5, -0.5))

    def _words(self, painter: QPainter, place: QRectF, text: str) -> None:
        paint_line(painter, place, text, self._state.appearance.theme.muted)


class ExemplarsView(RoomView):
    """The images, for the map that is pinned."""

    def __init__(self, state: State, room: ExemplarsState, parent: QWidget | None = None) -> None:
        super().__init__("exemplarsView", tr("What the pinned map likes"), parent)
        self._state, self._room = state, room
        self.work = WorkLine(tr("Look again"), tr("Stop"), tr("Look again with the weights as they are now"))
        self.work.button.setObjectName("exemplarsButton")
        self.top.addWidget(self.work)
        self.column.addWidget(ImageRow(state, room), 1)
        room.changed.connect(self._on_shown_changed)
        self._on_shown_changed()

    @Slot()
    def _on_shown_changed(self) -> None:
        shown = self._room.shown
        if shown is None:
            self.work.show_work(tr("Pin a map or a unit to see what it likes"), None)
            return
        words = channel_words(shown.layer, shown.channel, self._is_map(shown.layer))
        self.work.show_work(words, shown.progress if shown.progress < 1 else None)

    def _is_map(self, layer: str) -> bool:
        prediction = self._state.model.prediction
        return prediction is not None and any(a.name == layer and len(a.shape) == 3 for a in prediction.activations)
