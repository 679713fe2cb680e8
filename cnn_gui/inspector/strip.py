"""The network as a strip: every layer's activations, from the input to the answer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollArea, QToolTip, QWidget

from cnn_core.inspection import LayerActivation
from cnn_gui.inspector.layout import FOOT_PX, HEAD_PX, PAD_PX, TARGETS_PX, CardPlace, StripLayout, lay_out
from cnn_gui.inspector.paint import block_image
from cnn_gui.state import AppState
from cnn_gui.values import PinnedMap

RADIUS_PX = 7
SCROLL_BAR_PX = 12


class NetworkStrip(QWidget):
    """Paints all cards itself: hundreds of small widgets could not follow a pen."""

    tile_chosen = Signal(object)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Layers and their feature maps")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._state = state
        self._layout = StripLayout((), 0, 0)
        self._viewport = QSize(0, 0)
        self._target_px: int | None = None
        self._captions: dict[str, str] = {}
        self._frame_store = QPixmap()
        self._frames_show: tuple[Any, ...] = ()
        state.prediction_changed.connect(self._on_prediction_changed)
        state.model_changed.connect(self._on_model_changed)
        state.theme_changed.connect(self.update)
        state.pin_changed.connect(self.update)

    # --- Layout

    def fit(self, viewport: QSize) -> None:
        """Arrange the cards for the visible size."""
        self._viewport = viewport
        layers = self._layers()
        if not layers:
            return
        self._layout = lay_out(layers, viewport.width(), viewport.height(), self._target_px)
        bar = SCROLL_BAR_PX if self._layout.height > viewport.height() else 0  # it takes room from the width
        width = max(self._layout.width, viewport.width() - bar)
        self.setFixedSize(width, max(self._layout.height, viewport.height()))
        self.update()

    def zoom(self, steps: int) -> None:
        """Larger or smaller tiles; beyond the smallest they fit the window again."""
        sizes: list[int] = sorted(TARGETS_PX)
        now = self._target_px or min(sizes, key=lambda size: abs(size - self._shown_target()))
        place = sizes.index(now) + steps
        self._target_px = None if place < 0 else sizes[min(place, len(sizes) - 1)]
        self.fit(self._viewport)

    def _shown_target(self) -> int:
        return next((card.block.tile_h for card in self._layout.cards if card.block.kind == "maps"), 28)

    def _layers(self) -> tuple[LayerActivation, ...]:
        return self._state.prediction.activations if self._state.prediction else ()

    @Slot()
    def _on_model_changed(self) -> None:
        self._captions = {}
        model = self._state.model
        for layer in model.architecture["layers"] if model else []:
            self._captions[layer["name"]] = caption(layer["kind"], layer["options"])

    @Slot()
    def _on_prediction_changed(self) -> None:
        layers = self._layers()
        if len(layers) != len(self._layout.cards) or any(
            _count(layers[card.layer]) != card.block.count for card in self._layout.cards
        ):
            self.fit(self._viewport)
        self.update()

    # --- Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        layers = self._layers()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._frames())
        for card in self._layout.cards:
            area = QRect(card.x, card.y, card.width, card.height)
            if card.layer < len(layers) and event.rect().intersects(area):
                image = block_image(layers[card.layer], card.block, self._state.theme)
                painter.drawImage(QPoint(card.block_x, card.block_y), image)
                self._paint_pin(painter, card, layers[card.layer])
        painter.end()

    def _frames(self) -> QPixmap:
        """All that does not change with the drawing: cards, names, shapes and captions, painted once."""
        ratio = self.devicePixelRatioF()
        wanted = (self._state.theme.name, ratio, self._layout, tuple(self._captions.items()))
        if wanted != self._frames_show:
            self._frames_show = wanted
            self._frame_store = QPixmap(self.size() * ratio)
            self._frame_store.setDevicePixelRatio(ratio)
            self._frame_store.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._frame_store)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for card, layer in zip(self._layout.cards, self._layers(), strict=False):
                self._paint_frame(painter, card, layer)
            painter.end()
        return self._frame_store

    def _paint_frame(self, painter: QPainter, card: CardPlace, layer: LayerActivation) -> None:
        theme = self._state.theme
        painter.setBrush(QColor(theme.raised))
        painter.setPen(QPen(QColor(theme.border), 1))
        frame = QRectF(card.x + 0.5, card.y + 0.5, card.width - 1, card.height - 1)
        painter.drawRoundedRect(frame, RADIUS_PX, RADIUS_PX)
        head = QRectF(card.x + PAD_PX, card.y + 2, card.width - 2 * PAD_PX, HEAD_PX - 4)
        painter.setFont(self._font(12, QFont.Weight.DemiBold))
        painter.setPen(QColor(theme.text))
        name = layer.name.replace("_", " ")
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        used = painter.fontMetrics().horizontalAdvance(name) + 8
        painter.setFont(self._font(11, QFont.Weight.Normal))
        painter.setPen(QColor(theme.muted))
        shape = "×".join(map(str, layer.shape))
        if used + painter.fontMetrics().horizontalAdvance(shape) <= head.width():
            painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shape)
        foot = QRectF(head.left(), card.y + card.height - FOOT_PX, head.width(), FOOT_PX - 2)
        caption = self._captions.get(layer.name, "")
        text = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideRight, int(foot.width()))
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _font(self, size_px: int, weight: QFont.Weight) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size_px)
        font.setWeight(weight)
        return font

    def _paint_pin(self, painter: QPainter, card: CardPlace, layer: LayerActivation) -> None:
        pin = self._state.pin
        if pin is None or pin.layer != layer.name or pin.index >= card.block.count:
            return
        x, y = card.block.tile_corner(pin.index)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._state.theme.accent), 2))
        frame = QRectF(card.block_x + x, card.block_y + y, card.block.tile_w, card.block.tile_h)
        painter.drawRoundedRect(frame.adjusted(-1.5, -1.5, 1.5, 1.5), 2, 2)

    # --- Pointer and keys

    def _hit(self, x: float, y: float) -> tuple[CardPlace, int | None] | None:
        for card in self._layout.cards:
            if QRect(card.x, card.y, card.width, card.height).contains(int(x), int(y)):
                return card, card.block.tile_at(x - card.block_x, y - card.block_y)
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and hit and hit[1] is not None:
            self.tile_chosen.emit(PinnedMap(self._layers()[hit[0].layer].name, hit[1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from tile to tile, up and down from layer to layer."""
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(1 if event.key() == Qt.Key.Key_Plus else -1)
        elif event.key() in moves and self._layers():
            self._move_pin(*moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _move_pin(self, tiles: int, layers: int) -> None:
        names = [layer.name for layer in self._layers()]
        pin = self._state.pin or PinnedMap(names[0], 0)
        number = names.index(pin.layer) if pin.layer in names else 0
        number = min(max(number + layers, 0), len(names) - 1)
        count = self._layout.cards[number].block.count
        index = 0 if layers else min(max(pin.index + tiles, 0), count - 1)
        self.tile_chosen.emit(PinnedMap(names[number], index))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            self._show_tip(event)
            return True
        return super().event(event)

    def _show_tip(self, event: QHelpEvent) -> None:
        hit = self._hit(event.pos().x(), event.pos().y())
        text = self._tip(*hit) if hit else ""
        QToolTip.showText(event.globalPos(), text, self)

    def _tip(self, card: CardPlace, index: int | None) -> str:
        layer = self._layers()[card.layer]
        if index is None:
            return f"{layer.name} ({layer.kind}): {self._captions.get(layer.name, '')}"
        return describe_tile(layer, index)


class InspectorView(QScrollArea):
    """The strip in what room there is; it scrolls sideways, Ctrl+wheel zooms."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorView")
        self.setAccessibleName("Activations of every layer")
        self.setToolTip("")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.strip = NetworkStrip(state)
        self.setWidget(self.strip)
        self.viewport().setAutoFillBackground(False)
        self.strip.setAutoFillBackground(False)

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        # the strip is arranged for the size without scroll bars, else a bar that comes would make itself needed
        self.strip.fit(QSize(self.maximumViewportSize().width(), self.maximumViewportSize().height() - SCROLL_BAR_PX))


def _count(layer: LayerActivation) -> int:
    return layer.shape[-1]


def describe_tile(layer: LayerActivation, index: int) -> str:
    """What a map or a unit holds, in a line."""
    values = layer.values[..., index]
    if values.ndim == 0:
        return f"{layer.name}, unit {index}: {float(values):.4f}"
    if not values.any():
        return f"{layer.name}, map {index}: all zero"
    return f"{layer.name}, map {index}: {values.min():.3f} to {values.max():.3f}, mean {values.mean():.3f}"


def caption(kind: str, options: dict[str, Any]) -> str:
    """A layer's settings in a few words."""
    size = "×".join(map(str, options.get("kernel_size", options.get("pool_size", ()))))
    match kind:
        case "Conv2D":
            stride = "" if set(options["stride"]) == {1} else f", stride {'×'.join(map(str, options['stride']))}"
            return f"{size} {options['padding']}{stride}"
        case "MaxPool2D":
            return f"{size} max"
        case "AveragePool2D":
            return f"{size} mean"
        case "Dropout":
            return f"{options['rate'] * 100:.0f} %, off here"
        case "Flatten":
            return "in one row"
        case "Softmax":
            return "sums to 1"
        case "Dense":
            return "x·W + b"
        case "ReLU":
            return "max(x, 0)"
    return kind
