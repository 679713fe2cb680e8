"""The network that reads the canvas, and what it makes of the drawing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cnn_core.inspection import Edit
from cnn_core.model import WeightsSnapshot
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.session.prediction import Prediction


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """The weights at the end of an epoch of the latest run; epoch 0 is its beginning."""

    epoch: int
    weights: WeightsSnapshot


class ModelState(QObject):
    """GUI thread only; setters alone change it.

    `info_changed`: another network, or more is known of it. `prediction_changed`: what it makes of the drawing.
    `edits_changed`: what was changed in it by hand. `unedited_changed`: what it would say without. `recorded_changed`:
    the epochs that it can go back to, or which of them reads. `previous_changed`: the network that can come back.
    """

    info_changed = Signal()
    prediction_changed = Signal()
    edits_changed = Signal()
    unedited_changed = Signal()
    recorded_changed = Signal()
    previous_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._info: ModelInfo | None = None
        self._prediction: Prediction | None = None
        self._edits: tuple[Edit, ...] = ()
        self._unedited: tuple[float, ...] = ()
        self._recorded: tuple[Recorded, ...] = ()
        self._shown_epoch: int | None = None
        self._previous: ModelInfo | None = None

    @property
    def info(self) -> ModelInfo | None:
        """What the network is; None before the first one."""
        return self._info

    @property
    def prediction(self) -> Prediction | None:
        return self._prediction

    @property
    def edits(self) -> tuple[Edit, ...]:
        """Changes made by hand, in order."""
        return self._edits

    @property
    def unedited(self) -> tuple[float, ...]:
        """What the network would say without the edits; empty when there are none."""
        return self._unedited

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """Weights of the run's epochs."""
        return self._recorded

    @property
    def shown_epoch(self) -> int | None:
        """Which of them reads the canvas; None: the latest weights."""
        return self._shown_epoch

    @property
    def previous(self) -> ModelInfo | None:
        """The network that can be brought back in place of this one."""
        return self._previous

    def set_info(self, info: ModelInfo) -> None:
        self._info = info
        self.info_changed.emit()

    def set_prediction(self, prediction: Prediction) -> None:
        self._prediction = prediction
        self.prediction_changed.emit()

    def set_edits(self, edits: tuple[Edit, ...]) -> None:
        self._edits = edits
        self.edits_changed.emit()

    def set_unedited(self, probabilities: tuple[float, ...]) -> None:
        self._unedited = probabilities
        self.unedited_changed.emit()

    def set_recorded(self, recorded: tuple[Recorded, ...], shown: int | None) -> None:
        self._recorded, self._shown_epoch = recorded, shown
        self.recorded_changed.emit()

    def set_previous(self, previous: ModelInfo | None) -> None:
        self._previous = previous
        self.previous_changed.emit()
