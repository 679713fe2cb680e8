"""What is asked about: a number of a layer, and a class."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cnn_core.inspection import Place


@dataclass(frozen=True, slots=True)
class Pin:
    """One number of a layer's output: (row, column, map) of feature maps, (unit,) of a vector."""

    layer: str
    place: Place

    @property
    def channel(self) -> int:
        """The map or unit that it belongs to."""
        return self.place[-1]


class Selection(QObject):
    """GUI thread only; setters alone change it. `pin_changed`: the number. `class_changed`: the class."""

    pin_changed = Signal()
    class_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pin: Pin | None = None
        self._pointed: Pin | None = None
        self._sliding = self._was_chosen = False
        self._asked_class: int | None = None

    @property
    def pin(self) -> Pin | None:
        """The number that stays asked about, whatever is drawn."""
        return self._pin

    @property
    def pointed(self) -> Pin | None:
        """The number under the pointer."""
        return self._pointed

    @property
    def asked_class(self) -> int | None:
        """The class that is asked about; None is the one that the network reads."""
        return self._asked_class

    @property
    def was_chosen(self) -> bool:
        """Whether somebody has pinned the number, and not the program."""
        return self._was_chosen

    @property
    def sliding(self) -> bool:
        """Whether the pin is on its way through a map."""
        return self._sliding

    def set_pin(self, pin: Pin | None) -> None:
        self._pin = pin
        self.pin_changed.emit()

    def choose(self, pin: Pin) -> None:
        """Pin a number because somebody wants it."""
        self._was_chosen = True
        self.set_pin(pin)

    def forget_choice(self) -> None:
        """The number stays pinned, but is no longer one that somebody has chosen."""
        self._was_chosen = False

    def set_sliding(self, sliding: bool) -> None:
        """Whether the pin is on its way through a map, so that the pointer does not go before it."""
        self._sliding = sliding

    def set_pointed(self, pointed: Pin | None) -> None:
        """The number under the pointer; it goes before the pinned one, unless that is on its way through a map."""
        pointed = None if self._sliding else pointed
        if pointed != self._pointed:
            self._pointed = pointed
            self.pin_changed.emit()

    def set_asked_class(self, asked: int | None) -> None:
        self._asked_class = asked
        self.class_changed.emit()
