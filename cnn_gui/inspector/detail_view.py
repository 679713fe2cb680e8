"""One map, large: the one that was clicked on the strip."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.arrays import Array
from cnn_core.inspection import LayerActivation, colorize, is_signed
from cnn_gui.state import AppState
from cnn_gui.values import PinnedMap
from cnn_gui.widgets.pixels import rgb_image

BAR_WIDTH_PX = 10


class DetailView(QWidget):
    """Enlarges the pinned map with its scale and figures; the pointer reads single values."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("detailView")
        self.setAccessibleName("Enlarged feature map")
        self.setToolTip("")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(84)
        self._state = state
        self._pointer: QPointF | None = None
        for signal in (state.prediction_changed, state.pin_changed, state.theme_changed):
            signal.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(500, 190)

    @Slot()
    def _on_changed(self) -> None:
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, event: object) -> None:  # noqa: ARG002
        self._pointer = None
        self.update()

    def _pinned(self) -> tuple[LayerActivation, PinnedMap] | None:
        pin, prediction = self._state.pin, self._state.prediction
        if pin is None or prediction is None:
            return None
        layer = next((layer for layer in prediction.activations if layer.name == pin.layer), None)
        return (layer, pin) if layer is not None and pin.index < layer.shape[-1] else None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        pinned = self._pinned()
        if pinned is None:
            painter.setPen(QColor(self._state.theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Click a feature map to enlarge it")
        else:
            self._paint_map(painter, *pinned)
        painter.end()

    def _paint_map(self, painter: QPainter, layer: LayerActivation, pin: PinnedMap) -> None:
        whole = layer.values
        low, high, signed = float(whole.min()), float(whole.max()), is_signed(whole)
        values = whole[..., pin.index] if whole.ndim == 3 else whole[None, :]
        place = self._map_place(values)
        if whole.ndim == 3:
            painter.drawImage(place, rgb_image(colorize(values, low, high, signed)))
            self._paint_scale(painter, place, low, high, signed)
            left = place.right() + BAR_WIDTH_PX + 78
        else:
            left = 0.0
        self._paint_words(painter, left, layer, pin, values, place)

    def _map_place(self, values: Array) -> QRectF:
        """The largest whole enlargement that fits; what is larger than the view is made smaller."""
        h, w = values.shape
        factor = min(self.height() / h, self.width() / 2 / w)
        factor = int(factor) if factor >= 1 else factor
        return QRectF(0, (self.height() - h * factor) / 2, w * factor, h * factor)

    def _paint_scale(self, painter: QPainter, place: QRectF, low: float, high: float, signed: bool) -> None:
        """Which colour stands for which number."""
        limit = max(abs(low), abs(high))
        low, high = (-limit, limit) if signed else (0.0, high)
        ramp = np.linspace(high, low, 128, dtype=np.float32)[:, None]
        bar = QRectF(place.right() + 10, place.top(), BAR_WIDTH_PX, place.height())
        painter.drawImage(bar, rgb_image(colorize(ramp, low, high, signed)))
        painter.setPen(QColor(self._state.theme.muted))
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        x = bar.right() + 6
        painter.drawText(QRectF(x, bar.top() - 2, 60, 14), Qt.AlignmentFlag.AlignLeft, f"{high:.2f}")
        painter.drawText(QRectF(x, bar.bottom() - 12, 60, 14), Qt.AlignmentFlag.AlignLeft, f"{low:.2f}")
        if signed:
            painter.drawText(QRectF(x, bar.center().y() - 7, 60, 14), Qt.AlignmentFlag.AlignLeft, "0")

    def _paint_words(
        self, painter: QPainter, left: float, layer: LayerActivation, pin: PinnedMap, values: Array, place: QRectF
    ) -> None:
        theme = self._state.theme
        what = "map" if layer.values.ndim == 3 else "unit"
        own = values if layer.values.ndim == 3 else values[:, pin.index]
        title = QFont(self.font())
        title.setWeight(QFont.Weight.DemiBold)
        lines = [(title, theme.text, f"{layer.name.replace('_', ' ')}, {what} {pin.index} of {layer.shape[-1]}")]
        if layer.values.ndim == 3:
            lines.append(
                (self.font(), theme.muted, f"{values.shape[0]}×{values.shape[1]} values, {self._activity(own)}")
            )
            lines.append((self.font(), theme.muted, f"{own.min():.3f} to {own.max():.3f}, mean {own.mean():.3f}"))
            lines.append((self.font(), theme.muted, self._under_pointer(values, place)))
        else:
            lines.append((self.font(), theme.muted, f"value {float(own[0]):.4f}"))
            lines.append((self.font(), theme.muted, f"the layer: {values.min():.3f} to {values.max():.3f}"))
        line = min(24.0, self.height() / len(lines))
        top = (self.height() - line * len(lines)) / 2
        for i, (font, colour, text) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            area = QRectF(left, top + line * i, self.width() - left, line)
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _activity(self, own: Array) -> str:
        if not own.any():
            return "all of them zero"
        return f"{float((own != 0).mean()) * 100:.0f} % of them not zero"

    def _under_pointer(self, values: Array, place: QRectF) -> str:
        if self._pointer is None or not place.contains(self._pointer):
            return "point at the map to read a value"
        h, w = values.shape
        row = int((self._pointer.y() - place.top()) / place.height() * h)
        column = int((self._pointer.x() - place.left()) / place.width() * w)
        return f"row {row}, column {column}: {values[row, column]:.4f}"
