"""Every kernel of a convolution as a picture, as it is or as it has changed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.arrays import Array
from cnn_core.inspection import LayerActivation
from cnn_gui.live.room_view import RoomView
from cnn_gui.live.strip.layout import Block
from cnn_gui.live.strip.paint import block_image
from cnn_gui.session.inspected import Kernels
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.format import tiny, weight_words
from cnn_gui.widgets.painted_text import CENTRE, colour_of, face, first_fitting, paint_focus, paint_line, write
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

WORDS_PX = 20
GAP_PX = 24
FIGURE_PX, BRIGHT = 9, 0.6
"""Size of the figures, and the share of the strongest colour from which the ground is bright."""
FACTORS = (32, 24, 18, 14, 10, 8, 6, 5, 4, 3, 2, 1)
NOW, CHANGE = QT_TR_NOOP("weights now"), QT_TR_NOOP("change since the start")
ONE_SCALE, OWN_SCALES = QT_TR_NOOP("one scale for all"), QT_TR_NOOP("a scale for each kernel")
FRAME_PX = 2
"""Room around the kernels for the frame of the one that is picked out."""
FIGURES_FROM_PX = 24
"""Enlargement from which a weight's number has room in its square."""


class KernelBlocks(QWidget):
    """On the left all kernels of the filter that is picked out, on the right all filters' kernels for one input map."""

    filter_chosen = Signal(int)
    input_map_chosen = Signal(int)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Kernels"))
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state = state
        self._change = self._own_scales = False
        self._blocks: list[tuple[QPoint, Block]] = []
        for signal in (state.inspected.kernels_changed, state.appearance.theme_changed):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(600, 160)

    def show_change(self, change: bool) -> None:
        """The change since the start instead of the weights."""
        self._change = change
        self.update()

    def show_own_scales(self, own: bool) -> None:
        """The colours of each kernel over its own weights, so that a filter of small weights is seen as well."""
        self._own_scales = own
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, kernels, theme = QPainter(self), self._state.inspected.kernels, self._state.appearance.theme
        self._blocks = []
        if kernels is None:
            paint_line(
                painter, QRectF(0, 0, self.width(), WORDS_PX), tr("no convolution before this layer"), theme.muted
            )
            painter.end()
            return
        values = kernels.now - kernels.before if self._change else kernels.now
        inputs, filters = values.shape[2:]
        half = (self.width() - GAP_PX) / 2
        one_filter, one_map = values[:, :, :, kernels.filter], values[:, :, kernels.input_map, :]
        low, high = min(float(values.min()), -1e-12), float(values.max())
        self._paint_block(
            painter,
            QRectF(0, 0, half, self.height()),
            one_filter,
            kernels.input_map,
            (low, high),
            first_fitting(half, _filter_words(kernels.filter, inputs, _span_words(one_filter))),
        )
        self._paint_block(
            painter,
            QRectF(half + GAP_PX, 0, half, self.height()),
            one_map,
            kernels.filter,
            (low, high),
            first_fitting(half, _map_words(kernels.input_map, filters, _span_words(values))),
        )
        if self.hasFocus():
            paint_focus(painter, self.rect(), theme.accent)
        painter.end()

    def _paint_block(
        self, painter: QPainter, area: QRectF, values: Array, chosen: int, span: tuple[float, float], words: str
    ) -> None:
        """Kernels [h, w, count] in the colours of the whole layer's ``span``, or of each one's own."""
        paint_line(
            painter, QRectF(area.left(), area.top(), area.width(), WORDS_PX), words, self._state.appearance.theme.muted
        )
        block = _fitting(values, area.width() - 2 * FRAME_PX, area.height() - WORDS_PX - 2 * FRAME_PX)
        corner = QPoint(int(area.left()) + FRAME_PX, WORDS_PX + FRAME_PX)
        self._blocks.append((corner, block))
        layer, own = LayerActivation("", "", values), self._own_scales
        painter.drawImage(corner, block_image(layer, block, self._state.appearance.theme, span, each=own, held=True))
        if block.factor >= FIGURES_FROM_PX:
            _paint_figures(painter, corner, block, values, own)
        x, y = block.tile_corner(chosen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._state.appearance.theme.accent), 2))
        painter.drawRect(QRectF(corner.x() + x - 1, corner.y() + y - 1, block.tile_w + 2, block.tile_h + 2))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, (corner, block) in enumerate(self._blocks):
            index = block.tile_at(event.position().x() - corner.x(), event.position().y() - corner.y())
            if index is not None:
                (self.filter_chosen if number else self.input_map_chosen).emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go through the input maps, up and down through the filters."""
        kernels, key = self._state.inspected.kernels, event.key()
        if key == Qt.Key.Key_Space:
            return
        if kernels is None or key not in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            chosen = kernels.input_map + (1 if key == Qt.Key.Key_Right else -1)
            self.input_map_chosen.emit(min(max(chosen, 0), kernels.now.shape[2] - 1))
        else:
            chosen = kernels.filter + (1 if key == Qt.Key.Key_Down else -1)
            self.filter_chosen.emit(min(max(chosen, 0), kernels.now.shape[3] - 1))


class KernelsView(RoomView):
    """The kernels and the choice of what is shown of them."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__("kernelsView", tr("Kernels of the pinned convolution"), parent)
        self._state = state
        self.title = label(title=True)
        self.chooser = ComboBox()
        self.chooser.setObjectName("kernelsCombo")
        self.chooser.setAccessibleName(tr("What is shown of the kernels"))
        self.chooser.addItems([tr(NOW), tr(CHANGE)])
        self.scales = ComboBox()
        self.scales.setObjectName("kernelScalesCombo")
        self.scales.setAccessibleName(tr("Colour scale of the kernels"))
        self.scales.setToolTip(tr("Over which weights the colours run: the whole layer's, or each kernel's own"))
        self.scales.addItems([tr(ONE_SCALE), tr(OWN_SCALES)])
        self.blocks = KernelBlocks(state)
        self.chooser.currentIndexChanged.connect(self._on_chosen)
        self.scales.currentIndexChanged.connect(self._on_scales_chosen)
        self.moved = label(muted=True)
        self.top.addWidget(self.title)
        self.top.addWidget(self.moved, 1)
        self.top.addWidget(self.scales)
        self.top.addWidget(self.chooser)
        self.column.addWidget(self.blocks, 1)
        state.inspected.kernels_changed.connect(self._on_kernels_changed)
        self._on_kernels_changed()

    @Slot(int)
    def _on_chosen(self, index: int) -> None:
        self.blocks.show_change(index == 1)

    @Slot(int)
    def _on_scales_chosen(self, index: int) -> None:
        self.blocks.show_own_scales(index == 1)

    @Slot()
    def _on_kernels_changed(self) -> None:
        kernels = self._state.inspected.kernels
        self.title.setText(kernels.layer.replace("_", " ") if kernels is not None else tr("Kernels"))
        self.moved.setText(_moved(kernels) if kernels is not None else "")


def _moved(kernels: Kernels) -> str:
    """How far the weights have gone, as a share of what they were."""
    gone = float(np.linalg.norm(kernels.now - kernels.before))
    was = float(np.linalg.norm(kernels.before))
    return (
        tr("changed by {value:.0f} % since the start").format(value=100 * gone / max(was, 1e-12))
        if gone
        else tr("as it was opened")
    )


def _filter_words(number: int, inputs: int, span: str) -> list[str]:
    """What stands over the kernels of a filter, in fewer and fewer words."""
    long = tr("filter {number}: its kernels for each of {inputs} input maps · {span}").format(
        number=number, inputs=inputs, span=span
    )
    short = [
        tr("filter {number} · {span}").format(number=number, span=span),
        tr("filter {number}").format(number=number),
    ]
    return [long, *short] if inputs > 1 else short


def _map_words(number: int, filters: int, span: str) -> list[str]:
    """What stands over the kernels for an input map, in fewer and fewer words."""
    return [
        tr("input map {number}: in {filters} filters · all weights {span}").format(
            number=number, filters=filters, span=span
        ),
        tr("input map {number} · all weights {span}").format(number=number, span=span),
        tr("input map {number} · {span}").format(number=number, span=span),
        tr("input map {number}").format(number=number),
    ]


def _span_words(values: Array) -> str:
    """``−0.31 to 0.42``; of small weights the figures that count."""
    return tr("{low} to {high}").format(low=weight_words(float(values.min())), high=weight_words(float(values.max())))


def _paint_figures(painter: QPainter, corner: QPoint, block: Block, values: Array, own: bool) -> None:
    """Each weight's number on its square, in black or white, whichever is read better there."""
    h, w, count = values.shape
    limits = np.abs(values).max(axis=(0, 1)) if own else np.full(count, np.abs(values).max())
    face_ = face(FIGURE_PX)
    painter.setFont(face_.font)
    for number in range(count):
        x, y = block.tile_corner(number)
        for row, column in np.ndindex(h, w):
            value = float(values[row, column, number])
            bright = abs(value) > BRIGHT * max(float(limits[number]), 1e-12)
            painter.setPen(colour_of("#101116" if bright else "#f4f5f7"))
            place = QRectF(corner.x() + x + column * block.factor, corner.y() + y + row * block.factor,
                           block.factor, block.factor)  # fmt: skip
            write(painter, face_, place, tiny(value), CENTRE)


def _fitting(values: Array, width: float, height: float) -> Block:
    """The largest tiles with which all kernels [h, w, count] fit."""
    h, w, count = values.shape
    for factor in FACTORS:
        columns = max(1, int((width + 2) // (w * factor + 2)))
        block = Block("maps", count, min(columns, count), w * factor, h * factor, factor)
        if block.height <= height and block.width <= width:
            return block
    return Block("maps", count, max(1, int((width + 2) // (w + 2))), w, h, 1)
