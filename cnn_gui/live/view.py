"""The network as a strip, and under it a room for each question to it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from cnn_gui.live.strip.epoch_slider import EpochSlider
from cnn_gui.live.strip.input_view import InputView
from cnn_gui.live.strip.inspector_view import InspectorView
from cnn_gui.session.map_scale import ColourScale
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.fields import guarded
from cnn_gui.widgets.splitter import splitter

TIMING_EVERY_S = 0.25


class LiveView(Card):
    """Where the views of the network stand. It decides nothing."""

    def __init__(self, state: State, rooms: Sequence[tuple[str, QWidget]], parent: QWidget | None = None) -> None:
        """``rooms``: the title of each, and its view."""
        title = self.tr("What the network makes of it")
        super().__init__(title, parent)
        self.setObjectName("liveWorkspace")
        self.setAccessibleName(title)
        self._state = state
        self._timed_at = 0.0
        self.input = InputView(state)
        self.inspector = InspectorView(state)
        self.epoch = EpochSlider(state)
        self._fill_head()
        self.rooms = QTabWidget()
        self.rooms.setObjectName("inspectorRooms")
        self.rooms.setAccessibleName(self.tr("Questions to the network"))
        self.rooms.setDocumentMode(True)
        self.rooms.setUsesScrollButtons(True)
        for name, view in rooms:
            self.rooms.addTab(view, name)
        self.inside = splitter("inside", Qt.Orientation.Vertical, self._strip(), self.rooms)
        self.inside.setSizes([400, 186])
        self.inside.setStretchFactor(0, 1)
        self.inside.setStretchFactor(1, 0)
        self.body.addWidget(self.inside, 1)
        state.model.prediction_changed.connect(self._on_prediction_changed)

    def _fill_head(self) -> None:
        self.timing = label(muted=True, small=True)
        self.timing.setToolTip(self.tr("Time from the drawing to all activations"))
        self.scale = guarded(QComboBox())
        self.scale.setObjectName("scaleCombo")
        self.scale.setAccessibleName(self.tr("Colour scale of the maps"))
        self.scale.setToolTip(
            self.tr("Over which numbers the colours run: each map's own, the whole layer's, or fixed as now")
        )
        for scale in ColourScale:
            self.scale.addItem(self.tr("colours {scale}").format(scale=self.tr(scale.value)), scale)
        self.scale.setCurrentIndex(self.scale.findData(self._state.scale.kind))
        self.scale.currentIndexChanged.connect(self._on_scale_chosen)
        for widget in (self.epoch, self.scale, self.timing):
            self.head.addWidget(widget)

    @Slot()
    def _on_scale_chosen(self) -> None:
        self._state.scale.choose(self.scale.currentData())

    def _strip(self) -> QWidget:
        """The image as the network receives it, and every layer."""
        received = QWidget()
        column = QVBoxLayout(received)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(6)
        column.addWidget(label(self.tr("input"), title=True, small=True))
        column.addWidget(self.input)
        self.input_words = label(muted=True, small=True)
        column.addWidget(self.input_words)
        column.addStretch(1)
        strip = QWidget()
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(received)
        row.addWidget(self.inspector, 1)
        return strip

    @Slot()
    def _on_prediction_changed(self) -> None:
        prediction = self._state.model.prediction
        if prediction is not None:
            if time.monotonic() - self._timed_at >= TIMING_EVERY_S:  # more often nobody can read it
                self._timed_at = time.monotonic()
                self.timing.setText(self.tr("{elapsed_ms:.1f} ms").format(elapsed_ms=prediction.elapsed_ms))
            h, w, _ = prediction.image.shape
            self.input_words.setText(self.tr("{h}×{w}, as received").format(h=h, w=w))
