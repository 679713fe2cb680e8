"""The network as a strip: every layer's activations, from the input to the answer."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from cnn_core.arrays import Shape
from cnn_core.inspection import LayerActivation, LayerGradient
from cnn_gui.live.strip.layout import (
    FOOT_PX,
    HEAD_PX,
    LINE_PX,
    PAD_PX,
    TARGETS_PX,
    CardPlace,
    CardWords,
    StripLayout,
    lay_out,
)
from cnn_gui.live.strip.moves import beside, next_to
from cnn_gui.live.strip.paint import block_image, gradient_image
from cnn_gui.live.strip.words import (
    Layer,
    back_caption,
    caption_words,
    describe_gradient,
    describe_tile,
    limit_words,
    range_words,
    shape_words,
    spoken,
)
from cnn_gui.session.inspected import Explained
from cnn_gui.session.map_scale import ColourScale
from cnn_gui.session.prediction import Prediction
from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State
from cnn_gui.widgets.ground import claim_ground
from cnn_gui.widgets.painted_device import is_drawing, pixel_ratio
from cnn_gui.widgets.painted_text import RIGHT, colour_of, face, paint_line
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import tr

RADIUS_PX = 7
SMALL_PX, NAME_PX = 11, 12
USUAL_RANGE = "−88.88 … 88.88"
"""Room for as much is kept."""
SCROLL_BAR_PX = 12
CUT_RATIO = 2
"""Pixels along one of the drawing's, where a part of the strip has to be a picture."""


class NetworkStrip(QWidget):
    """Paints all cards itself: hundreds of small widgets could not follow a pen."""

    place_chosen = Signal(object)
    place_pointed = Signal(object)
    focused = Signal()

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setAccessibleName(tr("Layers and their feature maps"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._state = state
        self._layout = StripLayout((), 0, 0)
        self._fitted: tuple[Shape, ...] = ()
        self._viewport = QSize(0, 0)
        self._target_px: int | None = None
        self._compact = False
        self._captions: dict[str, str] = {}
        self._quiet: tuple[Layer, ...] = ()
        self._told: tuple[Layer, ...] = ()
        self._frame_store = QPixmap()
        self._frames_show: tuple[Any, ...] = ()
        state.model.prediction_changed.connect(self._on_prediction_changed)
        state.model.info_changed.connect(self._on_model_changed)
        state.appearance.theme_changed.connect(self.update)
        state.inspected.explained_changed.connect(self.update)
        state.scale.changed.connect(self.update)
        state.backward.shown_changed.connect(self._on_prediction_changed)
        state.backward.back_changed.connect(self.update)

    # --- Layout

    def fit(self, viewport: QSize) -> None:
        """Arrange the cards for the visible size."""
        self._viewport = viewport
        layers = self._layers()
        self._fitted = tuple(layer.shape for layer in layers)
        if not layers:
            return
        words = [self._words_of(layer) for layer in layers]
        size = viewport.width(), max(viewport.height(), 0)
        self._layout = lay_out(layers, *size, self._target_px, words, self._compact)
        bar = SCROLL_BAR_PX if self._layout.height > viewport.height() else 0  # it takes room from the width
        width = max(self._layout.width, viewport.width() - bar)
        self.setFixedSize(width, max(self._layout.height, viewport.height()))
        self.update()

    def set_compact(self, compact: bool) -> None:
        """One row of small cards, where a room below needs most of the height."""
        if compact != self._compact:
            self._compact = compact
            self.fit(self._viewport)

    def zoom(self, steps: int) -> None:
        """Larger or smaller tiles; beyond the smallest they fit the window again."""
        sizes: list[int] = sorted(TARGETS_PX)
        now = self._target_px or min(sizes, key=lambda size: abs(size - self._shown_target()))
        place = sizes.index(now) + steps
        self._target_px = None if place < 0 else sizes[min(place, len(sizes) - 1)]
        self.fit(self._viewport)

    def _words_of(self, layer: Layer) -> CardWords:
        """How much room the words of a card need."""
        small = face(SMALL_PX)
        name = int(face(NAME_PX, QFont.Weight.DemiBold).width(spoken(layer.name))) + 1
        shape, caption = (
            int(small.width(shape_words(layer))) + 1,
            int(small.width(self._caption(layer))) + 1,
        )
        span = int(small.width(USUAL_RANGE)) + 1
        return CardWords(name + 8 + shape, caption + 10 + span, max(name, shape, caption, span), name)

    def _shown_target(self) -> int:
        return next((card.block.tile_h for card in self._layout.cards if card.block.kind == "maps"), 28)

    def _layers(self) -> tuple[Layer, ...]:
        prediction, backward = self._state.model.prediction, self._state.backward
        if prediction is None:
            return ()
        if backward.shown:
            return backward.layers_for(prediction)
        return self._quiet_layers(prediction) if prediction.blank else prediction.activations

    def _quiet_layers(self, prediction: Prediction) -> tuple[Layer, ...]:
        """Before anything is drawn there is nothing to see: what the network makes of an empty image is no news."""
        shapes = [(one.name, one.shape) for one in prediction.activations]
        if [(one.name, one.shape) for one in self._quiet] != shapes:
            self._quiet = tuple(
                LayerActivation(one.name, one.kind, np.zeros(one.shape, np.float32)) for one in prediction.activations
            )
        return self._quiet

    def _caption(self, layer: Layer) -> str:
        """A layer's settings; of gradients what comes back through it."""
        if isinstance(layer, LayerGradient):
            return back_caption(layer.kind, self._captions.get(layer.name, ""))
        return self._captions.get(layer.name, "")

    @Slot()
    def _on_model_changed(self) -> None:
        self._captions = {}
        model = self._state.model.info
        for layer in model.architecture["layers"] if model else []:
            self._captions[layer["name"]] = caption_words(layer["kind"], layer["options"])

    @Slot()
    def _on_prediction_changed(self) -> None:
        layers = self._layers()
        if tuple(layer.shape for layer in layers) != self._fitted:
            self.fit(self._viewport)
        if layers is not self._told:  # gradients come later than what was read: until then nothing is new
            self._told = layers
            self.update()

    # --- Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        layers = self._layers()
        each = self._state.scale.kind is ColourScale.MAP
        painter, asked_for = QPainter(self), event.rect()
        visible = asked_for if is_drawing(painter) else self.rect()  # a drawing clips nothing: take care of it here
        self._paint_frames(painter, visible)
        for card in self._layout.cards:
            if card.layer >= len(layers) or not asked_for.intersects(QRect(card.x, card.y, card.width, card.height)):
                continue
            layer = layers[card.layer]
            # of a card that ends below the window there may be no more to see than its head
            block = QRect(card.block_x, card.block_y, card.block.width, card.block.height)
            if asked_for.intersects(block):
                image, seen = self._image(layer, card), block.intersected(visible)
                if seen != block:
                    image = image.copy(seen.translated(-block.topLeft()))
                painter.drawImage(seen.topLeft(), image)
            foot = QRect(card.x, card.y + card.height - card.foot_px, card.width, card.foot_px)
            if card.foot_px and asked_for.intersects(foot):
                own = each and len(layer.shape) == 3
                self._paint_range(painter, card, (tr("each its own"),) if own else self._range(layer), visible)
            if self._state.inspected.explained is not None:
                self._paint_asked(painter, card, self._state.inspected.explained, visible)
        painter.end()

    def _image(self, layer: Layer, card: CardPlace) -> QImage:
        scale, theme = self._state.scale, self._state.appearance.theme
        each = scale.kind is ColourScale.MAP
        if isinstance(layer, LayerGradient):
            return gradient_image(layer, card.block, theme, scale.limit_of(layer), each)
        return block_image(layer, card.block, theme, scale.range_of(layer), each, scale.kind is ColourScale.FIXED)

    def _range(self, layer: Layer) -> tuple[str, ...]:
        """What the colours of a layer stand for, word by word."""
        if isinstance(layer, LayerGradient):
            return limit_words(self._state.scale.limit_of(layer))
        prediction = self._state.model.prediction
        if prediction is None or prediction.blank:
            return ("–",)
        return range_words(self._state.scale.range_of(layer))

    def _paint_frames(self, painter: QPainter, visible: QRect) -> None:
        """All that does not change with the drawing: the ground, cards, names, shapes and captions."""
        if not is_drawing(painter):
            painter.drawPixmap(0, 0, self._frames(pixel_ratio(painter)))
        elif visible == self.rect():
            painter.fillRect(visible, colour_of(self._state.appearance.theme.surface))
            painter.save()
            self._paint_cards(painter)
            painter.restore()
        else:  # lines would go on beyond what is visible, a picture can be cut
            part = QRect(visible.topLeft() * CUT_RATIO, visible.size() * CUT_RATIO)
            painter.drawPixmap(visible.topLeft(), self._frames(CUT_RATIO).copy(part))

    def _frames(self, ratio: float) -> QPixmap:
        """The same, painted once."""
        captions = tuple(self._caption(layer) for layer in self._layers())
        wanted = (self._state.appearance.theme.name, ratio, self.size(), self._layout, captions)
        if wanted != self._frames_show:
            self._frames_show = wanted
            self._frame_store = QPixmap(self.size() * ratio)
            self._frame_store.setDevicePixelRatio(ratio)
            self._frame_store.fill(colour_of(self._state.appearance.theme.surface))
            painter = QPainter(self._frame_store)
            self._paint_cards(painter)
            painter.end()
        return self._frame_store

    def _paint_cards(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for card, layer in zip(self._layout.cards, self._layers(), strict=False):
            self._paint_frame(painter, card, layer)

    def _paint_frame(self, painter: QPainter, card: CardPlace, layer: Layer) -> None:
        theme = self._state.appearance.theme
        painter.setBrush(QColor(theme.raised))
        painter.setPen(QPen(QColor(theme.border), 1))
        frame = QRectF(card.x + 0.5, card.y + 0.5, card.width - 1, card.height - 1)
        painter.drawRoundedRect(frame, RADIUS_PX, RADIUS_PX)
        head = QRectF(card.x + PAD_PX, card.y + 2, card.width - 2 * PAD_PX, HEAD_PX - 4)
        paint_line(painter, head, spoken(layer.name), theme.text, strong=True)
        if card.head_px > HEAD_PX:
            below = head.translated(0, LINE_PX)
            paint_line(painter, below, shape_words(layer), theme.muted, size_px=SMALL_PX)
        else:
            beside = face(NAME_PX, QFont.Weight.DemiBold).width(spoken(layer.name)) + 8
            if beside + face(SMALL_PX).width(shape_words(layer)) <= head.width():
                paint_line(painter, head, shape_words(layer), theme.muted, size_px=SMALL_PX, align=RIGHT)
        if not card.foot_px:
            return
        foot = QRectF(head.left(), card.y + card.height - card.foot_px, head.width(), FOOT_PX - 2)
        paint_line(painter, foot, self._caption(layer), theme.muted, size_px=SMALL_PX)

    def _paint_range(self, painter: QPainter, card: CardPlace, words: tuple[str, ...], visible: QRect) -> None:
        """What the colours stand for, at the right of the caption, in a narrow card below it.

        Word by word: a range never comes back, but its ends do, and what comes back is painted sooner.
        """
        foot = QRectF(card.x + PAD_PX, card.y + card.height - FOOT_PX, card.width - 2 * PAD_PX, FOOT_PX - 2)
        if visible.contains(foot.toAlignedRect()):
            if card.foot_px > FOOT_PX:
                small = face(SMALL_PX)
                foot.setRight(min(foot.right(), foot.left() + sum(map(small.width, words)) + 1))
            for word in reversed(words):
                foot.setRight(
                    foot.right()
                    - paint_line(painter, foot, word, self._state.appearance.theme.muted, size_px=SMALL_PX, align=RIGHT)
                )

    def _paint_asked(self, painter: QPainter, card: CardPlace, explained: Explained, visible: QRect) -> None:
        """The number that is asked about, and on the layers before it what it can see."""
        if card.layer > explained.number:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        accent = QColor(self._state.appearance.theme.accent)
        block, field = card.block, explained.fields[card.layer + 1]
        if card.layer == explained.number and block.kind == "maps" and explained.pin.channel < block.count:
            x, y = block.tile_corner(explained.pin.channel)
            painter.setPen(QPen(accent, 4 if self.hasFocus() else 2))  # the pinned map is where the keys are
            tile = QRectF(card.block_x + x, card.block_y + y, block.tile_w, block.tile_h)
            if visible.intersects(tile.toAlignedRect()):
                painter.drawRoundedRect(tile.adjusted(-1.5, -1.5, 1.5, 1.5), 2, 2)
        painter.setPen(QPen(accent, 1))
        if field.whole and field.size > 1:
            around = QRectF(card.block_x - 2, card.block_y - 2, block.width + 3, block.height + 3)
            painter.drawRect(around.intersected(QRectF(visible)))
            return
        for index in np.flatnonzero(field.axes[-1][: block.count]):
            x, y = block.tile_corner(int(index))
            rows, columns = field.box[:2] if block.kind == "maps" else (slice(0, 1), slice(0, 1))
            size = block.factor if block.kind == "maps" else 0
            seen = QRectF(
                card.block_x + x + columns.start * size,
                card.block_y + y + rows.start * size,
                (columns.stop - columns.start) * size if size else block.tile_w,
                (rows.stop - rows.start) * size if size else block.tile_h,
            )
            if visible.intersects(seen.toAlignedRect()):
                painter.drawRect(seen.adjusted(-0.5, -0.5, 0.5, 0.5))

    # --- Pointer and keys

    def _hit(self, x: float, y: float) -> tuple[CardPlace, int | None] | None:
        for card in self._layout.cards:
            if QRect(card.x, card.y, card.width, card.height).contains(int(x), int(y)):
                return card, card.block.tile_at(x - card.block_x, y - card.block_y)
        return None

    def _pin_at(self, x: float, y: float) -> Pin | None:
        """The number at a place on the strip."""
        card, index = self._hit(x, y) or (None, None)
        if card is None or index is None:
            return None
        layer = self._layers()[card.layer]
        if layer.values.ndim == 1:
            return Pin(layer.name, (index,))
        return Pin(layer.name, (*card.block.pixel_at(x - card.block_x, y - card.block_y, index), index))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.place_pointed.emit(self._pin_at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: ARG002
        self.place_pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pin = self._pin_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and pin is not None:
            self.place_chosen.emit(pin)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from pixel to pixel, with Shift from map to map and from layer to layer."""
        moves = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        if event.key() == Qt.Key.Key_Space:
            return  # who looks around here does not mean to start a training
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(1 if event.key() == Qt.Key.Key_Plus else -1)
        elif event.key() in moves and self._state.selection.pin is not None and self._layers():
            down, right = moves[Qt.Key(event.key())]
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            pin = (
                beside(self._layers(), self._state.selection.pin, right, down)
                if shift
                else next_to(self._layers(), self._state.selection.pin, down, right)
            )
            self.place_pointed.emit(None)  # a pointer that rests on the strip must not hide where the keys are
            self.place_chosen.emit(pin)
        else:
            super().keyPressEvent(event)

    def card_of(self, kind: str) -> QRect:
        """Where the card of the first layer of a kind is; empty where there is none."""
        layers = self._layers()
        for card in self._layout.cards:
            if card.layer < len(layers) and layers[card.layer].kind == kind:
                return QRect(card.x, card.y, card.width, card.height)
        return QRect()

    def card_before(self, kind: str) -> QRect:
        """Where the card of the layer stands that the first layer of a kind reads; empty where there is none."""
        layers = self._layers()
        at = next((number for number, layer in enumerate(layers) if layer.kind == kind), 0)
        places = (QRect(card.x, card.y, card.width, card.height) for card in self._layout.cards if card.layer == at - 1)
        return next(places, QRect())

    def term_at(self, place: QPoint) -> str:
        """The kind of the layer at a place: a word of the glossary."""
        hit = self._hit(place.x(), place.y())
        return self._layers()[hit[0].layer].kind if hit is not None else ""

    def place_of(self, pin: Pin) -> QRect:
        """Where the map or unit of ``pin`` is painted."""
        for card in self._layout.cards:
            if card.layer < len(self._layers()) and self._layers()[card.layer].name == pin.layer:
                x, y = card.block.tile_corner(min(pin.channel, card.block.count - 1))
                return QRect(card.block_x + int(x), card.block_y + int(y), card.block.tile_w, card.block.tile_h)
        return QRect()

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
        QToolTip.showText(event.globalPos(), plain_tip(text), self)

    def _tip(self, card: CardPlace, index: int | None) -> str:
        layer = self._layers()[card.layer]
        if index is None:
            return f"{layer.name} ({layer.kind}): {self._captions.get(layer.name, '')}"
        return describe_gradient(layer, index) if isinstance(layer, LayerGradient) else describe_tile(layer, index)
