"""The window's middle: the network as a strip, and under it a room for each question to it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from cnn_gui.inference.input_view import InputView
from cnn_gui.inspector.among_view import AmongView
from cnn_gui.inspector.detail_view import DetailView
from cnn_gui.inspector.edits_view import EditsView
from cnn_gui.inspector.epoch_slider import EpochSlider
from cnn_gui.inspector.kernels_view import KernelsView
from cnn_gui.inspector.likes_view import LikesView
from cnn_gui.inspector.slide import SPEEDS_MS
from cnn_gui.inspector.strip import InspectorView
from cnn_gui.inspector.why_view import WhyView
from cnn_gui.inspector.working_view import WorkingView
from cnn_gui.state import AppState
from cnn_gui.values import ColourScale
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.fields import guarded
from cnn_gui.widgets.splitter import splitter

TIMING_EVERY_S = 0.25
TITLE = "What the network makes of it"
ROOMS = {
    "sum": "The sum",
    "kernels": "Kernels",
    "why": "Why this digit?",
    "likes": "What it likes",
    "among": "Among the others",
    "edits": "Change it",
}
"""Names of the rooms, in order, and their titles."""
SLIDES = {"conv": "Slide the kernel", "pool": "Slide the window"}
"""What going through a map is called, by the stem of the layer's name; others have nothing that slides."""


class NetworkZone(Card):
    """Where the views of the network stand. It decides nothing."""

    scale_chosen = Signal(object)
    speed_chosen = Signal(str)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, parent)
        self.setAccessibleName(TITLE)
        self._state = state
        self._timed_at = 0.0
        self._sliding = False
        self.input = InputView(state)
        self.inspector = InspectorView(state)
        self.detail = DetailView(state)
        self.working = WorkingView(state)
        self.kernels = KernelsView(state)
        self.why = WhyView(state)
        self.likes = LikesView(state)
        self.among = AmongView(state)
        self.edits = EditsView(state)
        self.epoch = EpochSlider(state)
        self._fill_head()
        self.rooms = QTabWidget()
        self.rooms.setObjectName("inspectorRooms")
        self.rooms.setAccessibleName("Questions to the network")
        self.rooms.setDocumentMode(True)
        widgets = (self._sum(), self.kernels, self.why, self.likes, self.among, self.edits)
        for title, widget in zip(ROOMS.values(), widgets, strict=True):
            self.rooms.addTab(widget, title)
        self.inside = splitter("inside", Qt.Orientation.Vertical, self._strip(), self.rooms)
        self.inside.setSizes([350, 230])
        self.inside.setStretchFactor(0, 3)
        self.inside.setStretchFactor(1, 1)
        self.body.addWidget(self.inside, 1)
        state.prediction_changed.connect(self._on_prediction_changed)
        state.pin_changed.connect(self._on_pin_changed)

    @property
    def room(self) -> str:
        """Name of the room that is open: one of `ROOMS`."""
        return tuple(ROOMS)[self.rooms.currentIndex()]

    def open_room(self, name: str) -> None:
        """Open the room of this name."""
        self.rooms.setCurrentIndex(tuple(ROOMS).index(name))

    def _fill_head(self) -> None:
        self.timing = label(muted=True, small=True)
        self.timing.setToolTip("Time from the drawing to all activations")
        self.scale = guarded(QComboBox())
        self.scale.setObjectName("scaleCombo")
        self.scale.setAccessibleName("Colour scale of the maps")
        self.scale.setToolTip("Over which numbers the colours run: each map's own, the whole layer's, or fixed as now")
        for scale in ColourScale:
            self.scale.addItem(f"colours {scale.value}", scale)
        self.scale.setCurrentIndex(self.scale.findData(self._state.scale))
        self.scale.currentIndexChanged.connect(lambda: self.scale_chosen.emit(self.scale.currentData()))
        for widget in (self.epoch, self.scale, self.timing):
            self.head.addWidget(widget)

    def _strip(self) -> QWidget:
        """The image as the network receives it, and every layer."""
        received = QWidget()
        column = QVBoxLayout(received)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(6)
        column.addWidget(label("input", title=True, small=True))
        column.addWidget(self.input)
        self.input_words = label("28×28, as received", muted=True, small=True)
        column.addWidget(self.input_words)
        column.addStretch(1)
        strip = QWidget()
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(received)
        row.addWidget(self.inspector, 1)
        return strip

    def _sum(self) -> QSplitter:
        """The map that is asked about, and the sum behind the number in it."""
        self.slide = QPushButton("Slide the kernel")
        self.slide.setObjectName("slideButton")
        self.slide.setToolTip("Move the pin through the whole map, row by row (Ctrl+L)")
        self.slide.setProperty("tight", True)
        self.speed = guarded(QComboBox())
        self.speed.setObjectName("speedCombo")
        self.speed.setAccessibleName("Speed of the kernel")
        self.speed.setToolTip("How fast the kernel slides")
        self.speed.addItems(list(SPEEDS_MS))
        self.speed.setCurrentText("medium")
        self.speed.currentTextChanged.connect(self.speed_chosen)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.detail, 1)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.slide, 1)
        below.addWidget(self.speed)
        column.addLayout(below)
        asked = splitter("asked", Qt.Orientation.Horizontal, left, self.working)
        asked.setSizes([210, 780])
        asked.setStretchFactor(0, 21)
        asked.setStretchFactor(1, 78)
        return asked

    @Slot()
    def _on_prediction_changed(self) -> None:
        prediction = self._state.prediction
        if prediction is not None:
            if time.monotonic() - self._timed_at >= TIMING_EVERY_S:  # more often nobody can read it
                self._timed_at = time.monotonic()
                self.timing.setText(f"{prediction.elapsed_ms:.1f} ms")
            h, w, _ = prediction.image.shape
            self.input_words.setText(f"{h}×{w}, as received")

    @Slot()
    def _on_pin_changed(self) -> None:
        pin = self._state.pin
        self.slide.setEnabled(pin is not None and len(pin.place) == 3)
        self.show_sliding(self._sliding)

    def show_sliding(self, running: bool) -> None:
        """What a click on the button would do now."""
        self._sliding = running
        pin = self._state.pin
        what = SLIDES.get(pin.layer.split("_")[0], "Go through the map") if pin else "Slide the kernel"
        self.slide.setText("Stop" if running else what)
