"""The kernel slides over the image: the pin goes through its map, row by row, and the sum goes with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State

SPEEDS_MS = {"slow": 250, "medium": 70, "fast": 15}
"""Time at each place, by what people choose."""


class Slide(QObject):
    """Moves the pin until the end of the map, or until somebody stops it or pins something else."""

    running_changed = Signal(bool)

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._mine: Pin | None = None
        self._timer = QTimer(self)
        self.set_speed("medium")
        self._timer.timeout.connect(self._on_timeout)
        state.selection.pin_changed.connect(self._on_pin_changed)
        state.model.info_changed.connect(self._stop)

    @Slot(str)
    def set_speed(self, speed: str) -> None:
        """Go on at one of `SPEEDS_MS`."""
        self._timer.setInterval(SPEEDS_MS[speed])

    @Slot()
    def toggle(self) -> None:
        """Start in the map's first corner, or stop."""
        pin = self._state.selection.pin
        if self._timer.isActive() or pin is None or len(pin.place) != 3:
            self._stop()
            return
        self._timer.start()
        self._state.selection.set_sliding(True)
        self.running_changed.emit(True)
        self._go(Pin(pin.layer, (0, 0, pin.channel)))

    @Slot()
    def _on_timeout(self) -> None:
        pin, shape = self._state.selection.pin, self._shape()
        if pin is None or shape is None:
            self._stop()
            return
        row, column, channel = pin.place
        row, column = (row, column + 1) if column + 1 < shape[1] else (row + 1, 0)
        if row >= shape[0]:
            self._stop()
        else:
            self._go(Pin(pin.layer, (row, column, channel)))

    @Slot()
    def _on_pin_changed(self) -> None:
        if self._timer.isActive() and self._state.selection.pin != self._mine:
            self._stop()

    def _shape(self) -> tuple[int, ...] | None:
        """Of the pinned layer's output; None where it has no maps."""
        pin, prediction = self._state.selection.pin, self._state.model.prediction
        if pin is None or prediction is None or len(pin.place) != 3:
            return None
        shapes = [layer.shape for layer in prediction.activations if layer.name == pin.layer]
        return shapes[0] if shapes and len(shapes[0]) == 3 else None

    def _go(self, pin: Pin) -> None:
        self._mine = pin
        self._state.selection.set_pin(pin)
        self._state.selection.set_pointed(None)  # where the mouse rests says nothing while the kernel moves

    @Slot()
    def _stop(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._state.selection.set_sliding(False)
            self.running_changed.emit(False)
