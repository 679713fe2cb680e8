"""What does this map like? The images that excite it most, the place marked, and one made for it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnn_core.data import to_bytes
from cnn_gui.inspector.numbers import short
from cnn_gui.state import AppState
from cnn_gui.widgets.card import label
from cnn_gui.widgets.pixels import rgb_image

WORDS_PX = 18
GAP_PX = 10
MADE_GAP_PX = 26
MOST_SIDE_PX = 128


class ImageRow(QWidget):
    """The images in a row, and after a gap the one that was made."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Images that excite the pinned map most")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state = state
        state.likes_changed.connect(self.update)
        state.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(500, 140)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        likes, painter = self._state.likes, QPainter(self)
        if likes is None:
            painter.end()
            return
        count = max(len(likes.images), 1) + 1
        room = (self.width() - GAP_PX * (count - 2) - MADE_GAP_PX) / count
        side = max(min(room, self.height() - 2 * WORDS_PX, MOST_SIDE_PX), 8.0)
        for i, image in enumerate(likes.images):
            place = QRectF(i * (side + GAP_PX), WORDS_PX, side, side)
            self._paint_image(painter, place, image)
            self._paint_seen(painter, place, image.shape, likes.seen[i])
            self._words(painter, QRectF(place.left(), place.bottom(), side, WORDS_PX), short(likes.values[i]))
        if len(likes.images):
            self._words(painter, QRectF(0, 0, self.width() - side, WORDS_PX), f"most excited {likes.words}")
        left = len(likes.images) * (side + GAP_PX) - GAP_PX + MADE_GAP_PX if len(likes.images) else 0.0
        if likes.dream is not None:
            place = QRectF(left, WORDS_PX, side, side)
            self._words(painter, QRectF(left, 0, self.width() - left, WORDS_PX), "made for it")
            self._paint_image(painter, place, to_bytes(likes.dream.image))
            self._words(painter, QRectF(left, place.bottom(), side + 40, WORDS_PX), short(likes.dream.activation))
        elif likes.words and not len(likes.images):
            self._words(painter, QRectF(0, 0, self.width(), WORDS_PX), likes.words)
        painter.end()

    def _paint_image(self, painter: QPainter, place: QRectF, image: np.ndarray) -> None:
        pixels = image if image.shape[2] == 3 else image[:, :, :1].repeat(3, axis=2)
        painter.drawImage(place, rgb_image(pixels))

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
        painter.setPen(QPen(QColor(self._state.theme.accent), 1.5))
        painter.drawRect(block.adjusted(0.5, 0.5, -0.5, -0.5))

    def _words(self, painter: QPainter, place: QRectF, text: str) -> None:
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(self._state.theme.muted))
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class LikesView(QWidget):
    """Works only while it is on the screen."""

    watched = Signal(bool)
    again_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("likesView")
        self.setAccessibleName("What the pinned map likes")
        self._state = state
        self.title = label(title=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.button = QPushButton("Look again")
        self.button.setObjectName("likesButton")
        self.button.setToolTip("Look again with the weights as they are now")
        self.button.setProperty("tight", True)
        self.button.setFixedWidth(self.button.sizeHint().width() + 12)
        self.button.clicked.connect(self._on_clicked)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.progress, 1)
        top.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(ImageRow(state), 1)
        state.likes_changed.connect(self._on_likes_changed)
        self._on_likes_changed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.watched.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.watched.emit(False)

    @Slot()
    def _on_clicked(self) -> None:
        likes = self._state.likes
        (self.cancel_requested if likes is not None and likes.progress < 1 else self.again_requested).emit()

    @Slot()
    def _on_likes_changed(self) -> None:
        likes = self._state.likes
        if likes is None:
            self.title.setText("Pin a map or a unit to see what it likes")
            self.progress.setValue(0)
            return
        what = "map" if self._is_map(likes.layer) else "unit"
        self.title.setText(f"{likes.layer.replace('_', ' ')}, {what} {likes.channel}")
        self.progress.setValue(round(likes.progress * 100))
        self.button.setText("Stop" if likes.progress < 1 else "Look again")

    def _is_map(self, layer: str) -> bool:
        prediction = self._state.prediction
        return prediction is not None and any(a.name == layer and len(a.shape) == 3 for a in prediction.activations)
