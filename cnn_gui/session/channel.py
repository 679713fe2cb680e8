"""The one place where the trainer thread and the GUI thread meet."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from cnn_core.model import WeightsSnapshot
from cnn_core.runs import Measuring, RunEnded, RunEvent, RunStarted
from cnn_core.training import (
    BatchMetrics,
    ChangeRefused,
    EpochMetrics,
    EpochWeights,
    NextStep,
    NotTold,
    SettingsChanged,
    WeightsPublished,
)
from cnn_gui.widgets.translation import tr


@dataclass(frozen=True, slots=True)
class Preparing:
    """How far the data are."""

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """All that came in since the last one: every metric and each epoch's weights in order, the latest of all else."""

    batches: list[BatchMetrics] = field(default_factory=list)
    epochs: list[EpochMetrics] = field(default_factory=list)
    changes: list[SettingsChanged] = field(default_factory=list)
    refused: list[ChangeRefused] = field(default_factory=list)
    epoch_weights: list[EpochWeights] = field(default_factory=list)
    started: RunStarted | None = None
    preparing: Preparing | None = None
    weights: WeightsSnapshot | None = None
    next_step: NextStep | NotTold | None = None
    ended: RunEnded | None = None


class Channel:
    """Filled by the trainer thread, emptied by a timer of the GUI thread; one lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches: list[BatchMetrics] = []
        self._epochs: list[EpochMetrics] = []
        self._changes: list[SettingsChanged] = []
        self._refused: list[ChangeRefused] = []
        self._epoch_weights: list[EpochWeights] = []
        self._latest: dict[str, Any] = {}

    def put(self, event: RunEvent | Preparing) -> None:
        """Leave a frozen value for the other side."""
        with self._lock:
            match event:
                case BatchMetrics():
                    self._batches.append(event)
                case EpochMetrics():
                    self._epochs.append(event)
                case SettingsChanged():
                    self._changes.append(event)
                case ChangeRefused():
                    self._refused.append(event)
                case EpochWeights():
                    self._epoch_weights.append(event)
                case WeightsPublished():
                    self._latest["weights"] = event.snapshot
                case NextStep() | NotTold():
                    self._latest["next_step"] = event
                case RunStarted():
                    self._latest["started"] = event
                case Measuring():
                    self._latest["preparing"] = Preparing(tr("measuring on the test set"), event.done, event.total)
                case Preparing():
                    self._latest["preparing"] = event
                case RunEnded():
                    self._latest["ended"] = event

    def drain(self) -> Delivery:
        """Take everything out."""
        with self._lock:
            batches, self._batches = self._batches, []
            epochs, self._epochs = self._epochs, []
            changes, self._changes = self._changes, []
            refused, self._refused = self._refused, []
            weights, self._epoch_weights = self._epoch_weights, []
            latest, self._latest = self._latest, {}
        return Delivery(batches, epochs, changes, refused, weights, **latest)
