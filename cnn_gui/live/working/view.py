"""The map that is asked about, and the sum behind the number in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from cnn_core.inspection.kinds import traits_of
from cnn_gui.live.working.detail_view import DetailView
from cnn_gui.live.working.gradient_view import GradientView
from cnn_gui.live.working.sum_view import SumView
from cnn_gui.session.state import State
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.splitter import splitter
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

SPEEDS = {"slow": QT_TR_NOOP("slow"), "medium": QT_TR_NOOP("medium"), "fast": QT_TR_NOOP("fast")}


class WorkingRoomView(QWidget):
    """It decides nothing."""

    speed_chosen = Signal(str)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("workingView")
        self.setAccessibleName(tr("The sum behind a number"))
        self._state = state
        self._sliding, self._kind = False, "Conv2D"
        self.detail, self.sum, self.gradient = DetailView(state), SumView(state), GradientView(state)
        self.sums = QStackedWidget()
        self.sums.addWidget(self.sum)
        self.sums.addWidget(self.gradient)
        self.slide = QPushButton()
        self.slide.setObjectName("slideButton")
        self.slide.setToolTip(tr("Move the pin through the whole map, row by row (Ctrl+L)"))
        self.slide.setProperty("tight", True)
        self.speed = ComboBox()
        self.speed.setObjectName("speedCombo")
        self.speed.setAccessibleName(tr("Speed of the kernel"))
        self.speed.setToolTip(tr("How fast the kernel slides"))
        for speed, words in SPEEDS.items():
            self.speed.addItem(tr(words), speed)
        self.speed.setCurrentIndex(self.speed.findData("medium"))
        self.speed.currentIndexChanged.connect(self._on_speed)
        self._arrange()
        state.selection.pin_changed.connect(self._on_pin_changed)
        state.inspected.explained_changed.connect(self._on_explained_changed)
        state.backward.shown_changed.connect(self._on_backward_changed)
        self._on_pin_changed()
        self._on_backward_changed()

    @Slot()
    def _on_backward_changed(self) -> None:
        self.sums.setCurrentWidget(self.gradient if self._state.backward.shown else self.sum)

    @Slot()
    def _on_speed(self) -> None:
        self.speed_chosen.emit(str(self.speed.currentData()))

    def _arrange(self) -> None:
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
        asked = splitter("asked", Qt.Orientation.Horizontal, left, self.sums)
        asked.setSizes([210, 780])
        asked.setStretchFactor(0, 21)
        asked.setStretchFactor(1, 78)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(asked)

    @Slot()
    def _on_pin_changed(self) -> None:
        pin = self._state.selection.pin
        self.slide.setEnabled(pin is not None and len(pin.place) == 3)
        self.show_sliding(self._sliding)

    @Slot()
    def _on_explained_changed(self) -> None:
        """Another layer has another word, and of the pinned one the kind is known only now."""
        explained = self._state.inspected.explained
        if explained is not None and explained.pinned and explained.working.kind != self._kind:
            self._kind = explained.working.kind
            self.show_sliding(self._sliding)

    @Slot(bool)
    def show_sliding(self, running: bool) -> None:
        """What a click on the button would do now."""
        self._sliding = running
        words = {"kernel": tr("Slide the kernel"), "window": tr("Slide the window")}
        goes = tr("Go through the map") if self._state.selection.pin else words["kernel"]
        self.slide.setText(tr("Stop") if running else words.get(traits_of(self._kind).window, goes))
