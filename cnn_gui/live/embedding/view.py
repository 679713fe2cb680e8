"""Where am I among the others? The test images as points, the drawing as a moving one, its nearest beside them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from cnn_core.inspection import Embedding, class_colours
from cnn_gui.live.embedding.label_layout import spread_labels
from cnn_gui.live.embedding.state import EmbeddingState
from cnn_gui.live.embedding.values import Neighbourhood
from cnn_gui.live.room_view import RoomView, WorkLine
from cnn_gui.session.state import State
from cnn_gui.widgets.painted_text import CENTRE, face, paint_line
from cnn_gui.widgets.pixels import fitted, image_of
from cnn_gui.widgets.translation import tr

MARGIN_PX = 8
POINT_PX, FEW_PX, MANY = 2.0, 6.0, 1000
SIDE_PX = 40
NEAR_COLUMNS = 4
NAME_PX, NAME_WIDTH_PX = 14, 80


class Cloud(QWidget):
    """The points are painted once; only the drawing's moves."""

    def __init__(self, state: State, room: EmbeddingState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Map of the test images"))
        self.setToolTip(tr("Each point is a test image, coloured by its class; near points look alike to the network"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state, self._room = state, room
        self._store = QPixmap()
        self._stored: tuple[object, ...] = ()
        for signal in (room.changed, state.appearance.theme_changed):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, 180)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        there = self._room.neighbourhood
        if there.embedding is None:
            if there.progress >= 1:  # else the line above says what is being done
                painter.setPen(QColor(self._state.appearance.theme.muted))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, there.words)
        else:
            painter.drawPixmap(0, 0, self._points(there, there.embedding))
            self._paint_here(painter, there, there.embedding)
        painter.end()

    def _frame(self, embedding: Embedding) -> tuple[np.ndarray, np.ndarray]:
        """Lowest point and span of the plane that the widget shows."""
        low, high = embedding.points.min(axis=0), embedding.points.max(axis=0)
        return low, np.maximum(high - low, 1e-9)

    def _to_pixels(self, points: np.ndarray, embedding: Embedding) -> np.ndarray:
        """Points of the plane [n, 2] as pixels; what lies outside is put on the edge."""
        low, span = self._frame(embedding)
        room = np.array([self.width() - 2 * MARGIN_PX, self.height() - 2 * MARGIN_PX])
        return MARGIN_PX + np.clip((points - low) / span, 0, 1) * room

    def _points(self, there: Neighbourhood, embedding: Embedding) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wanted = (id(embedding), self.size(), ratio, self._state.appearance.theme.name)
        if wanted != self._stored:
            self._stored = wanted
            self._store = QPixmap(self.size() * ratio)
            self._store.setDevicePixelRatio(ratio)
            self._store.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._store)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            places = self._to_pixels(embedding.points, embedding)
            for label_, colour in enumerate(class_colours(max(len(there.class_names), 1))):
                shade = QColor(colour)
                shade.setAlpha(150)
                pen = QPen(shade, POINT_PX if len(places) >= MANY else FEW_PX)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                chosen = places[there.labels == label_]
                painter.drawPoints([QPointF(float(x), float(y)) for x, y in chosen])
            self._paint_names(painter, there, places)
            painter.end()
        return self._store

    def _paint_names(self, painter: QPainter, there: Neighbourhood, places: np.ndarray) -> None:
        """Each class's name where its points lie, or beside the names that lie there too."""
        names = there.class_names
        shown = [label_ for label_ in range(len(names)) if (there.labels == label_).any()]
        middles = [np.median(places[there.labels == label_], axis=0) for label_ in shown]
        written = face(NAME_PX, QFont.Weight.DemiBold)
        sizes = [(min(written.width(names[label_]), NAME_WIDTH_PX) + 4, NAME_PX + 2) for label_ in shown]
        if not shown:
            return
        for label_, (x, y) in zip(shown, spread_labels(np.array(middles), np.array(sizes)), strict=True):
            place = QRectF(float(x) - NAME_WIDTH_PX / 2, float(y) - 10, NAME_WIDTH_PX, 20)
            text = self._state.appearance.theme.text
            paint_line(painter, place, names[label_], text, size_px=NAME_PX, strong=True, align=CENTRE)

    def _paint_here(self, painter: QPainter, there: Neighbourhood, embedding: Embedding) -> None:
        if there.here is None:
            return
        x, y = (float(v) for v in self._to_pixels(np.array([there.here]), embedding)[0])
        painter.setPen(QPen(QColor(self._state.appearance.theme.surface), 3))
        painter.setBrush(QColor(self._state.appearance.theme.text))  # no class has this colour
        painter.drawEllipse(QPointF(x, y), 7, 7)


class Nearest(QWidget):
    """The test images that are most like the drawing in the layer, in two rows."""

    def __init__(self, state: State, room: EmbeddingState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Nearest test images"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._state, self._room = state, room
        for signal in (room.changed, state.appearance.theme_changed):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(NEAR_COLUMNS * (SIDE_PX + 8) + 4, 2 * (SIDE_PX + 22))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, there, theme = QPainter(self), self._room.neighbourhood, self._state.appearance.theme
        if there.nearest:
            paint_line(painter, QRectF(0, 0, self.width(), 18), tr("nearest test images"), theme.muted)
        names = there.class_names
        rows = max(1, (self.height() - 20) // (SIDE_PX + 20))
        for rank, number in enumerate(there.nearest[: rows * NEAR_COLUMNS]):
            row, column = divmod(rank, NEAR_COLUMNS)
            place = QRectF(column * (SIDE_PX + 8), 20 + row * (SIDE_PX + 22), SIDE_PX, SIDE_PX)
            painter.drawImage(fitted(place, *there.images.shape[1:3]), image_of(there.images[number]))
            name = int(there.labels[number])
            words = QRectF(place.left(), place.bottom() + 1, SIDE_PX, 16)
            if 0 <= name < len(names):
                paint_line(painter, words, names[name], theme.muted, align=CENTRE)
        painter.end()


class EmbeddingView(RoomView):
    """The map and the nearest images."""

    def __init__(self, state: State, room: EmbeddingState, parent: QWidget | None = None) -> None:
        super().__init__("embeddingView", tr("The drawing among the test images"), parent)
        self._state, self._room = state, room
        self.work = WorkLine(
            tr("Look again"), tr("Stop"), tr("Work the map out again with the weights as they are now")
        )
        self.work.button.setObjectName("embeddingButton")
        self.top.addWidget(self.work)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(Cloud(state, room), 1)
        row.addWidget(Nearest(state, room))
        self.column.addLayout(row, 1)
        room.changed.connect(self._on_neighbourhood_changed)
        self._on_neighbourhood_changed()

    @Slot()
    def _on_neighbourhood_changed(self) -> None:
        there = self._room.neighbourhood
        words = (
            tr("{words} · the weights have changed: look again").format(words=there.words)
            if there.outdated
            else there.words
        )
        self.work.show_work(words, there.progress if there.progress < 1 and there.words else None)
