"""What a training run does, and its curves."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from cnn_core.architecture import Architecture
from cnn_core.training import BatchMetrics, EpochMetrics, NextStep, NotTold, SettingsChanged, TrainingConfig

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


@dataclass(frozen=True, slots=True)
class LaunchQuestion:
    """Whether a run with these settings trains the present network on, or starts anew; ``paused``: one step of it.

    ``words`` say what is at stake; ``carries_over``: the network is another one, which would keep some of the weights.
    """

    config: TrainingConfig
    paused: bool
    words: str
    carries_over: bool = False


class TrainingState(QObject):
    """GUI thread only; setters alone change it.

    `status_changed`: what the run does. `metrics_added`, `metrics_cleared`: its curves. `config_changed`: its settings,
    when it begins and when they change on the way. `question_changed`: what is asked before a run begins.
    `dataset_changed`, `network_chosen`: what the next run learns from, and with which network.
    `settings_wanted`: the form shall show these. `next_step_changed`: what a held run will do next.
    """

    status_changed = Signal()
    metrics_added = Signal()
    metrics_cleared = Signal()
    config_changed = Signal()
    question_changed = Signal()
    dataset_changed = Signal()
    dataset_wanted = Signal(str)
    network_chosen = Signal()
    settings_wanted = Signal(object)
    next_step_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status = TrainingStatus()
        self._batches: deque[BatchMetrics] = deque(maxlen=MOST_BATCHES)
        self._new_batches: list[BatchMetrics] = []
        self._batch_count = 0
        self._epochs: list[EpochMetrics] = []
        self._config: TrainingConfig | None = None
        self._changes: list[SettingsChanged] = []
        self._question: LaunchQuestion | None = None
        self._next_step: NextStep | NotTold | None = None
        self._dataset = TrainingConfig().dataset
        self._network: str | Architecture = TrainingConfig().architecture

    @property
    def dataset(self) -> str:
        """What the next run learns from: a name or a path."""
        return self._dataset

    def set_dataset(self, dataset: str) -> None:
        if dataset != self._dataset:
            self._dataset = dataset
            self.dataset_changed.emit()

    @property
    def network(self) -> str | Architecture:
        """The network of the next run, as somebody chose it outside of the settings."""
        return self._network

    def set_network(self, network: str | Architecture) -> None:
        self._network = network
        self.network_chosen.emit()

    def want_dataset(self, name: str) -> None:
        """Let the next run learn from these data."""
        self.dataset_wanted.emit(name)

    def want(self, config: TrainingConfig) -> None:
        """Let the form of the next run show these settings."""
        self.settings_wanted.emit(config)

    @property
    def question(self) -> LaunchQuestion | None:
        """What is asked now."""
        return self._question

    def set_question(self, question: LaunchQuestion | None) -> None:
        if question is not self._question:
            self._question = question
            self.question_changed.emit()

    @property
    def next_step(self) -> NextStep | NotTold | None:
        """What the held run will do next, while somebody wants to know; else None."""
        return self._next_step

    def set_next_step(self, next_step: NextStep | NotTold | None) -> None:
        if next_step is not self._next_step:
            self._next_step = next_step
            self.next_step_changed.emit()

    @property
    def config(self) -> TrainingConfig | None:
        """The settings of the run as they are now, or of the last one; None before there was one."""
        return self._config

    @property
    def changes(self) -> list[SettingsChanged]:
        """What was changed on the way."""
        return self._changes

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
        self._changes.clear()
        self.metrics_cleared.emit()

    def add_metrics(self, batches: list[BatchMetrics], epochs: list[EpochMetrics]) -> None:
        """Append to the curves, in order."""
        self._new_batches, self._batch_count = batches, self._batch_count + len(batches)
        self._batches.extend(batches)
        self._epochs.extend(epochs)
        if batches or epochs:
            self.metrics_added.emit()

    def set_config(self, config: TrainingConfig, changes: Sequence[SettingsChanged] = ()) -> None:
        """The settings that hold from now on, and what has changed to make them so."""
        self._config = config
        self._changes.extend(changes)
        self.config_changed.emit()
