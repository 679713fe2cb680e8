"""One map, large: the one that is pinned or under the pointer."""

from __future__ import annotations

from functools import cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.arrays import Array
from cnn_core.inspection import LayerActivation, LayerGradient, Place, colorize, is_signed
from cnn_gui.session.map_scale import ColourScale
from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State
from cnn_gui.theme import rgb
from cnn_gui.widgets.format import scientific, short
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import paint_line
from cnn_gui.widgets.pixels import rgb_image
from cnn_gui.widgets.translation import tr

BAR_WIDTH_PX = 10
SCALE_PX = 70
VECTOR_HEIGHT_PX = 60
FIGURE_PX = 14


class DetailView(QWidget):
    """Enlarges the map of the number that is asked about, with its scale; the pointer asks about others."""

    place_chosen = Signal(object)
    place_pointed = Signal(object)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("detailView")
        self.setAccessibleName(tr("Enlarged feature map"))
        self.setToolTip("")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(150, 84)
        self._state = state
        for signal in (
            state.model.prediction_changed,
            state.inspected.explained_changed,
            state.appearance.theme_changed,
            state.scale.changed,
            state.backward.shown_changed,
            state.backward.back_changed,
        ):
            signal.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(250, 190)

    @Slot()
    def _on_changed(self) -> None:
        self.update()

    # --- Pointer

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.place_pointed.emit(self._at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pin = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and pin is not None:
            self.place_chosen.emit(pin)

    def leaveEvent(self, event: object) -> None:  # noqa: ARG002
        self.place_pointed.emit(None)

    def _at(self, position: QPointF) -> Pin | None:
        """The number at a position, or None beside the map."""
        shown = self._shown()
        if shown is None:
            return None
        layer, place = shown
        area = self._map_place(layer.values)
        if not area.contains(position):
            return None
        across, down = (position.x() - area.left()) / area.width(), (position.y() - area.top()) / area.height()
        if layer.values.ndim == 1:
            return Pin(layer.name, (min(int(across * len(layer.values)), len(layer.values) - 1),))
        h, w, _ = layer.values.shape
        return Pin(layer.name, (min(int(down * h), h - 1), min(int(across * w), w - 1), place[-1]))

    # --- Painting

    def _shown(self) -> tuple[LayerActivation | LayerGradient, Place] | None:
        explained, prediction = self._state.inspected.explained, self._state.model.prediction
        if explained is None or prediction is None or explained.number >= len(prediction.activations):
            return None
        backward = self._state.backward
        layers = backward.layers_for(prediction) if backward.shown else prediction.activations
        layer = layers[explained.number]
        same = layer.name == explained.pin.layer and layer.values.ndim == len(explained.pin.place)
        return (layer, explained.pin.place) if same else None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_ground(painter, event.rect(), self._state.appearance.theme)
        shown = self._shown()
        if shown is not None:
            self._paint(painter, *shown)
        painter.end()

    def _paint(self, painter: QPainter, layer: LayerActivation | LayerGradient, place: Place) -> None:
        whole, area = layer.values, self._map_place(layer.values)
        values = whole[..., place[-1]] if whole.ndim == 3 else whole[None, :]
        own, light = self._state.scale.kind is ColourScale.MAP, self._state.appearance.theme.light_maps
        if isinstance(layer, LayerGradient):
            high = float(np.abs(values).max()) if own else self._state.scale.limit_of(layer)
            low, signed = -high, True
            colours = colorize(values / (high or 1.0), -1, 1, True, light)
            if layer.stopped is not None:
                stopped = layer.stopped[..., place[-1]] if whole.ndim == 3 else layer.stopped[None, :]
                colours[stopped] = rgb(self._state.appearance.theme.stopped)
        else:
            low, high = self._state.scale.range_of(layer)
            if own:
                low, high = float(values.min()), float(values.max())
            signed = is_signed(whole) or low < 0
            colours = colorize(values, low, high, signed, light)
        painter.drawImage(area, rgb_image(colours))
        self._paint_scale(painter, area, low, high, signed)
        self._paint_mark(painter, area, values, place)

    def _map_place(self, whole: Array) -> QRectF:
        """The largest whole enlargement that fits; what is larger than the view is made smaller."""
        h, w = whole.shape[:2] if whole.ndim == 3 else (1, whole.shape[0])
        room_w, room_h = self.width() - SCALE_PX, self.height()
        if whole.ndim == 1:
            return QRectF(0, (room_h - VECTOR_HEIGHT_PX) / 2, room_w, VECTOR_HEIGHT_PX)
        factor = min(room_h / h, room_w / w)
        factor = int(factor) if factor >= 1 else factor
        return QRectF(0, (room_h - h * factor) / 2, w * factor, h * factor)

    def _paint_mark(self, painter: QPainter, area: QRectF, values: Array, place: Place) -> None:
        """A frame around the number that is asked about."""
        row, column = (place[0], place[1]) if len(place) == 3 else (0, place[0])
        h, w = area.height() / values.shape[0], area.width() / values.shape[1]
        cell = QRectF(area.left() + column * w, area.top() + row * h, max(w, 2), h)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._state.appearance.theme.accent), 2))
        painter.drawRect(cell.adjusted(-1, -1, 1, 1))

    def _paint_scale(self, painter: QPainter, place: QRectF, low: float, high: float, signed: bool) -> None:
        """Which colour stands for which number."""
        limit = max(abs(low), abs(high))
        low, high = (-limit, limit) if signed else (0.0, high)
        height = max(place.height(), FIGURE_PX * (3 if signed else 2))  # of a flat map too the figures have room
        bar = QRectF(place.right() + 8, place.center().y() - height / 2, BAR_WIDTH_PX, height)
        painter.drawImage(bar, _ramp(signed, self._state.appearance.theme.light_maps))
        words = scientific if self._state.backward.shown else short
        figures = [(bar.top() - 2, words(high)), (bar.bottom() + 2 - FIGURE_PX, words(low))]
        for y, text in [*figures, (bar.center().y() - FIGURE_PX / 2, "0")] if signed else figures:
            paint_line(
                painter, QRectF(bar.right() + 5, y, 56, FIGURE_PX), text, self._state.appearance.theme.muted, size_px=11
            )


@cache
def _ramp(signed: bool, light: bool) -> QImage:
    """The colours from the highest number down to the lowest, or to zero."""
    ramp = np.linspace(1, -1 if signed else 0, 128, dtype=np.float32)[:, None]
    return rgb_image(colorize(ramp, float(ramp[-1, 0]), 1, signed, light))
