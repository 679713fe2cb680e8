"""The network that is being built."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cnn_core.architecture import Architecture
from cnn_core.inspection.network_fixes import Fix
from cnn_core.inspection.network_report import NetworkReport


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A network as it is being built, for the data that it shall learn from.

    ``origin`` says what it began as, ``data`` what the images are called; ``kept`` is how many layers would keep the
    weights that the open model has, ``fresh`` names those that would not.
    """

    architecture: Architecture
    report: NetworkReport
    fixes: tuple[Fix, ...]
    origin: str
    data: str
    is_changed: bool
    kept: int = 0
    fresh: tuple[str, ...] = ()


class NetworkState(QObject):
    """GUI thread only. `changed`: the network or its data. `chosen_changed`: which layer. `speed_changed`: how fast it
    trains here."""

    changed = Signal()
    chosen_changed = Signal()
    speed_changed = Signal()

    def __init__(self, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft, self._chosen, self._speed = draft, 0, ""
        self._can_undo = self._can_redo = False

    @property
    def draft(self) -> Draft:
        return self._draft

    @property
    def chosen(self) -> int:
        """Number of the layer that is chosen."""
        return min(self._chosen, max(len(self._draft.architecture.layers) - 1, 0))

    @property
    def speed(self) -> str:
        """How fast it trains on this machine, in words; empty before it was measured."""
        return self._speed

    @property
    def can_undo(self) -> bool:
        return self._can_undo

    @property
    def can_redo(self) -> bool:
        return self._can_redo

    def set_draft(self, draft: Draft, can_undo: bool, can_redo: bool) -> None:
        self._draft, self._can_undo, self._can_redo, self._speed = draft, can_undo, can_redo, ""
        self.changed.emit()
        self.speed_changed.emit()

    def choose(self, number: int) -> None:
        """Choose a layer."""
        if number != self._chosen:
            self._chosen = number
            self.chosen_changed.emit()

    def set_speed(self, words: str) -> None:
        self._speed = words
        self.speed_changed.emit()
