"""The state of the room."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnn_gui.live.exemplars.values import ShownExemplars


class ExemplarsState(QObject):
    """The images that excite the pinned map most. GUI thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: ShownExemplars | None = None

    @property
    def shown(self) -> ShownExemplars | None:
        return self._shown

    def set_shown(self, shown: ShownExemplars | None) -> None:
        self._shown = shown
        self.changed.emit()
