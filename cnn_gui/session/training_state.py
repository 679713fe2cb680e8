"""What a training run does, and its curves."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from cnn_core.training import BatchMetrics, EpochMetrics

MOST_BATCHES = 4096
"""Batches that are kept; a night of small ones would fill the memory. All of them are in the run's folder."""


class Phase(Enum):
    """What the training is doing."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"

    @property
    def active(self) -> bool:
        """Whether there is a run that can be stopped."""
        return self is not Phase.IDLE


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """The progress of a run as the panel shows it; ``progress`` from 0 to 1, ``eta_seconds`` < 0 when unknown."""

    phase: Phase = Phase.IDLE
    message: str = ""
    progress: float = 0.0
    epoch: float = 0.0
    epochs: int = 0
    images_per_second: float = 0.0
    eta_seconds: float = -1.0


class TrainingState(QObject):
    """GUI thread only; setters alone change it.

    `status_changed`: what the run does. `metrics_added`, `metrics_cleared`: its curves.
    """

    status_changed = Signal()
    metrics_added = Signal()
    metrics_cleared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status = TrainingStatus()
        self._batches: deque[BatchMetrics] = deque(maxlen=MOST_BATCHES)
        self._new_batches: list[BatchMetrics] = []
        self._batch_count = 0
        self._epochs: list[EpochMetrics] = []

    @property
    def status(self) -> TrainingStatus:
        return self._status

    @property
    def batches(self) -> deque[BatchMetrics]:
        """The latest ones."""
        return self._batches

    @property
    def new_batches(self) -> list[BatchMetrics]:
        """All that came with the last `add_metrics`."""
        return self._new_batches

    @property
    def batch_count(self) -> int:
        """How many there were in all."""
        return self._batch_count

    @property
    def epochs(self) -> list[EpochMetrics]:
        return self._epochs

    def set_status(self, status: TrainingStatus) -> None:
        self._status = status
        self.status_changed.emit()

    def clear_metrics(self) -> None:
        """Forget the curves; a new run begins."""
        self._batches.clear()
        self._new_batches, self._batch_count = [], 0
        self._epochs.clear()
        self.metrics_cleared.emit()

    def add_metrics(self, batches: list[BatchMetrics], epochs: list[EpochMetrics]) -> None:
        """Append to the curves, in order."""
        self._new_batches, self._batch_count = batches, self._batch_count + len(batches)
        self._batches.extend(batches)
        self._epochs.extend(epochs)
        if batches or epochs:
            self.metrics_added.emit()
