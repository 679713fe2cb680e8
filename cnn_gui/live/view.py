"""The network as a strip, and under it a room for each question to it."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QTabWidget, QToolButton, QVBoxLayout, QWidget

from cnn_gui.live.class_chooser import ClassChooser
from cnn_gui.live.strip.backward_band import BackwardBand
from cnn_gui.live.strip.epoch_slider import EpochSlider
from cnn_gui.live.strip.input_view import InputView
from cnn_gui.live.strip.inspector_view import InspectorView
from cnn_gui.session.map_scale import ColourScale
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.splitter import splitter
from cnn_gui.widgets.translation import tr

TIMING_EVERY_S, IMAGE_PX = 0.25, 76
QWIDGETSIZE_MAX = (1 << 24) - 1
"""Qt's own: no limit."""
NARROWEST_PX, NARROW_PX, WIDE_PX = 520, 720, 900
MARGIN_PX = 14
STRIP_PX, STRIP_FROM_PX = 122, 640
"""Height of the strip beside a tall room, and of both together below which it is folded away."""


class LiveView(Card):
    """Where the views of the network stand. It decides nothing."""

    gradients_wanted = Signal(bool)

    def __init__(
        self,
        state: State,
        rooms: Sequence[tuple[str, QWidget]],
        tall: Collection[int] = (),
        parent: QWidget | None = None,
    ) -> None:
        """``rooms``: the title of each, and its view; ``tall``: the numbers of those that need most of the height."""
        title = tr("What the network makes of it")
        super().__init__(title, parent)
        self.setObjectName("liveWorkspace")
        self.setAccessibleName(title)
        self._state = state
        self._timed_at = 0.0
        self._covered_px = 0
        self.input = InputView(state)
        self.inspector = InspectorView(state)
        self.epoch = EpochSlider(state)
        self._fill_head()
        self.rooms = QTabWidget()
        self.rooms.setObjectName("inspectorRooms")
        self.rooms.setAccessibleName(tr("Questions to the network"))
        self.rooms.setDocumentMode(True)
        self.rooms.setUsesScrollButtons(True)
        for name, view in rooms:
            self.rooms.addTab(view, name)
        self.band = BackwardBand(state)
        self.strip = self._strip()
        self.inside = splitter("inside", Qt.Orientation.Vertical, self.strip, self.rooms)
        self.inside.setSizes([400, 186])
        self._tall, self._sizes = frozenset(tall), list[int]()
        self.rooms.currentChanged.connect(self._on_room_changed)
        self.inside.setStretchFactor(0, 1)
        self.inside.setStretchFactor(1, 0)
        self.body.addWidget(self.inside, 1)
        state.model.prediction_changed.connect(self._on_prediction_changed)
        state.backward.shown_changed.connect(self._on_backward_changed)
        state.backward.back_changed.connect(self._on_back_changed)
        self._on_backward_changed()

    @Slot(int)
    def _on_room_changed(self, number: int) -> None:
        """The strip gives way to a room that needs most of the height, and comes back as it was."""
        sizes, whole = self.inside.sizes(), sum(self.inside.sizes())
        if number in self._tall and not self._sizes:
            self._sizes = sizes
            self.inside.setSizes([STRIP_PX, whole - STRIP_PX])
            self.inside.setStretchFactor(0, 0)
            self.inside.setStretchFactor(1, 1)
        elif number not in self._tall and self._sizes:
            self.inside.setSizes(self._sizes)
            self._sizes = []
            self.inside.setStretchFactor(0, 1)
            self.inside.setStretchFactor(1, 0)
        self._fit_strip()

    def _fit_strip(self) -> None:
        """In a low window a tall room has all of it."""
        is_tall = self.rooms.currentIndex() in self._tall
        self.inspector.strip.set_compact(is_tall)
        self.strip.setVisible(not is_tall or self.height() >= STRIP_FROM_PX)

    def _fill_head(self) -> None:
        self.timing = label(muted=True, small=True)
        self.timing.setToolTip(tr("Time from the drawing to all activations"))
        self.scale = ComboBox()
        self.scale.setObjectName("scaleCombo")
        self.scale.setAccessibleName(tr("Colour scale of the maps"))
        self.scale.setToolTip(
            tr("Over which numbers the colours run: each map's own, the whole layer's, or fixed as now")
        )
        for scale in ColourScale:
            self.scale.addItem(tr("colours {scale}").format(scale=tr(scale.value)), scale)
        self.scale.setCurrentIndex(self.scale.findData(self._state.scale.kind))
        self.scale.currentIndexChanged.connect(self._on_scale_chosen)
        group = QButtonGroup(self)
        self.segments: dict[bool, QToolButton] = {}
        for shows_gradients, name, words, tip in (
            (False, "activationsButton", tr("Activations"), tr("What each layer makes of the drawing (G)")),
            (True, "gradientsButton", tr("Gradients"), tr("How each number of the network pulls at the loss (G)")),
        ):
            button = QToolButton()
            button.setObjectName(name)
            button.setText(words)
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setAccessibleName(words)
            button.setToolTip(tip)
            button.clicked.connect(self._on_segment)
            group.addButton(button)
            self.segments[shows_gradients] = button
            self.head.insertWidget(1 + shows_gradients, button)
        tip = tr("Of which class the loss is told: what if the drawing were another one?")
        self.of_class = label(tr("of the loss, if it is a"), muted=True, small=True)
        self.chooser = ClassChooser(self._state, "gradientClassCombo", tr("Class of the loss"), tip)
        for widget in (self.epoch, self.of_class, self.chooser, self.scale, self.timing):
            self.head.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()
        self._fit_strip()

    def minimumSizeHint(self) -> QSize:
        """What lies under a sheet asks for no room, else the hand would have to give it."""
        hint = super().minimumSizeHint()
        return QSize(max(hint.width() - self._covered_px, 0), hint.height())

    def set_covered(self, width_px: int) -> None:
        """So much at the right lies under a sheet: all but a room that needs more room stands left of it."""
        if width_px != self._covered_px:
            self._covered_px = width_px
            margins = self.body.contentsMargins()
            margins.setRight(MARGIN_PX + width_px)
            self.body.setContentsMargins(margins)
            self._fit_head()

    def _fit_head(self) -> None:
        """In a narrow window the words give way to what they stand beside."""
        width, shown = self.width() - self._covered_px, self._state.backward.shown
        self.rooms.tabBar().setMaximumWidth(width - 2 * MARGIN_PX if self._covered_px else QWIDGETSIZE_MAX)
        for widget in (self.scale, self.timing):
            widget.setVisible(width >= NARROWEST_PX)
        if self.rooms.property("dense") != (width < NARROW_PX + 20):
            self.rooms.setProperty("dense", width < NARROW_PX + 20)
            self.rooms.style().unpolish(self.rooms.tabBar())
            self.rooms.style().polish(self.rooms.tabBar())
        self.title.setVisible(width >= (WIDE_PX if shown else NARROW_PX))
        self.of_class.setVisible(shown and width >= NARROW_PX)

    @Slot()
    def _on_segment(self) -> None:
        self.gradients_wanted.emit(self.sender() is self.segments[True])

    @Slot()
    def _on_backward_changed(self) -> None:
        shown = self._state.backward.shown
        self.segments[shown].setChecked(True)
        for widget in (self.chooser, self.image, self.image_words):
            widget.setVisible(shown)
        self._fit_head()
        self.input.shows_gradient = shown
        self.input.update()
        self._timed_at = 0.0
        self._on_prediction_changed()

    @Slot()
    def _on_back_changed(self) -> None:
        if self._state.backward.shown:
            self._show_time(self._state.backward.elapsed_ms)

    def _show_time(self, elapsed_ms: float) -> None:
        if time.monotonic() - self._timed_at >= TIMING_EVERY_S:  # more often nobody can read it
            self._timed_at = time.monotonic()
            self.timing.setText(tr("{elapsed_ms:.1f} ms").format(elapsed_ms=elapsed_ms))

    @Slot()
    def _on_scale_chosen(self) -> None:
        self._state.scale.choose(self.scale.currentData())

    def _strip(self) -> QWidget:
        """The image as the network receives it, and every layer."""
        received = QWidget()
        column = QVBoxLayout(received)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(6)
        column.addWidget(label(tr("input"), title=True, small=True))
        column.addWidget(self.input)
        self.input_words = label(muted=True, small=True)
        column.addWidget(self.input_words)
        self.image = InputView(self._state)
        self.image.setObjectName("imageView")
        self.image.setFixedHeight(IMAGE_PX)
        self.image_words = label(tr("the image"), muted=True, small=True)
        column.addWidget(self.image)
        column.addWidget(self.image_words)
        column.addStretch(1)
        strip = QWidget()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(received)
        row.addWidget(self.inspector, 1)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addLayout(row, 1)
        column.addWidget(self.band)
        strip.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        return strip

    @Slot()
    def _on_prediction_changed(self) -> None:
        prediction = self._state.model.prediction
        if prediction is not None:
            if not self._state.backward.shown:
                self._show_time(prediction.elapsed_ms)
            h, w, _ = prediction.image.shape
            words = tr("dL / d(pixel)") if self._state.backward.shown else tr("{h}×{w} pixels")
            self.input_words.setText(words.format(h=h, w=w))
