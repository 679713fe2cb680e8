"""The state of the room."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnn_gui.live.attribution.values import Attribution, Counterfactual


class AttributionState(QObject):
    """What speaks for and against a class, and the smallest edit that changes the answer. GUI thread only."""

    attribution_changed = Signal()
    counterfactual_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attribution: Attribution | None = None
        self._counterfactual: Counterfactual | None = None

    @property
    def attribution(self) -> Attribution | None:
        return self._attribution

    @property
    def counterfactual(self) -> Counterfactual | None:
        return self._counterfactual

    def set_attribution(self, attribution: Attribution | None) -> None:
        self._attribution = attribution
        self.attribution_changed.emit()

    def set_counterfactual(self, counterfactual: Counterfactual | None) -> None:
        self._counterfactual = counterfactual
        self.counterfactual_changed.emit()
