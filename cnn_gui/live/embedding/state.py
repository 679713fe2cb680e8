"""The state of the room."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnn_gui.live.embedding.values import Neighbourhood


class EmbeddingState(QObject):
    """The test images around the drawing. GUI thread only."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._neighbourhood = Neighbourhood()

    @property
    def neighbourhood(self) -> Neighbourhood:
        return self._neighbourhood

    def set_neighbourhood(self, neighbourhood: Neighbourhood) -> None:
        self._neighbourhood = neighbourhood
        self.changed.emit()
