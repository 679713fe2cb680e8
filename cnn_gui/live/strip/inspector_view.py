"""The strip in what room there is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from cnn_gui.live.strip.view import SCROLL_BAR_PX, NetworkStrip
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr


class InspectorView(QScrollArea):
    """It scrolls sideways; Ctrl+wheel zooms."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspectorView")
        self.setAccessibleName(tr("Activations of every layer"))
        self.setToolTip("")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.strip = NetworkStrip(state)
        self.setWidget(self.strip)
        self.viewport().setAutoFillBackground(False)
        self.strip.setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the strip takes the keys
        self._state = state
        self._architecture: object = None
        state.selection.pin_changed.connect(self.show_pin)
        state.model.info_changed.connect(self._on_info_changed)
        self.strip.focused.connect(self.show_pin)

    @Slot()
    def show_pin(self) -> None:
        """Keys must not lead out of sight, nor the focus."""
        pin = self._state.selection.pin
        if pin is not None and self._state.selection.pointed is None and self.strip.hasFocus():
            place = self.strip.place_of(pin)
            self.ensureVisible(place.center().x(), place.center().y(), place.width() + 40, place.height() + 40)

    @Slot()
    def _on_info_changed(self) -> None:
        """Another network is looked at from its beginning."""
        info = self._state.model.info
        if info is not None and info.architecture != self._architecture:
            self._architecture = info.architecture
            self.horizontalScrollBar().setValue(0)
            self.verticalScrollBar().setValue(0)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt would scroll to the middle of the strip, as it is one large widget."""
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        before = [bar.value() for bar in bars]
        moved = super().focusNextPrevChild(forward)
        for bar, value in zip(bars, before, strict=True):
            bar.setValue(value)
        return moved

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        # the strip is arranged for the size without scroll bars, else a bar that comes would make itself needed
        self.strip.fit(QSize(self.maximumViewportSize().width(), self.maximumViewportSize().height() - SCROLL_BAR_PX))
