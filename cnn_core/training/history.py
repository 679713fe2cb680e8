"""What a run tells while it goes. Every value is frozen, so it may cross to another thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any

from cnn_core.calibration import Calibration
from cnn_core.errors import ConfigError
from cnn_core.model import WeightsSnapshot
from cnn_core.training.changes import Change
from cnn_core.training.config import TrainingConfig
from cnn_core.training.next_step import NextStep

MOST = 1e12
"""No honest figure of an epoch is larger."""


@dataclass(frozen=True, slots=True)
class BatchMetrics:
    """After each batch. ``step`` counts from 1 over the whole run; ``epoch`` is in epochs, 1.5 halfway through the
    second one; loss and accuracy are the batch's own."""

    step: int
    total_steps: int
    epoch: float
    loss: float
    accuracy: float
    learning_rate: float
    images_per_second: float
    eta_seconds: float


@dataclass(frozen=True, slots=True)
class EpochMetrics:
    """After each epoch; ``epoch`` counts from 1, seconds are those of the epoch without pauses."""

    epoch: int
    epochs: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float
    best: bool

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    def as_row(self) -> tuple[float, ...]:
        """The figures in order, for a row of an array."""
        return tuple(float(value) for value in astuple(self))

    @classmethod
    def from_row(cls, row: Sequence[float]) -> EpochMetrics:
        """The twin of `as_row`; raises `ConfigError` for values that are missing, negative or of no honest size."""
        if len(row) != EPOCH_FIGURES or not all(0 <= value < MOST for value in row):
            raise ConfigError("an epoch's figures are not complete")
        kinds: dict[str, Callable[[float], Any]] = {"int": int, "float": float, "bool": bool}
        return cls(*(kinds[str(field.type)](value) for field, value in zip(fields(cls), row, strict=True)))


EPOCH_FIGURES = len(fields(EpochMetrics))


@dataclass(frozen=True, slots=True)
class WeightsPublished:
    """The weights as they are now, at most so often as the run was told."""

    snapshot: WeightsSnapshot


@dataclass(frozen=True, slots=True)
class EpochWeights:
    """The weights that an epoch was judged by; ``epoch`` 0 are those that the run began with."""

    epoch: int
    snapshot: WeightsSnapshot


@dataclass(frozen=True, slots=True, eq=False)
class WeightsRecorded:
    """The weights after a step that belongs to the film of the run; the snapshot's ``version`` is the step."""

    snapshot: WeightsSnapshot


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Settings get other values from the next step on; told before that, so that it can be put on the disk first.
    Where that fails (`CnnError`) they stay as they are. ``before`` has their values so far; ``config`` is the run's,
    with this change."""

    change: Change
    before: Change
    epoch: float
    config: TrainingConfig


def change_in_words(event: SettingsChanged) -> str:
    """``learning rate 0.002 → 0.001, dropout_1 0.5 → 0.3``."""
    words, before = [], dict(event.before.values)
    for name, value in event.change.values:
        old = before[name]
        if name == "dropout":
            words += [f"{layer} {dict(old)[layer]:g} → {rate:g}" for layer, rate in value]
        else:
            words.append(f"{name.replace('_', ' ')} {_short(old)} → {_short(value)}")
    return ", ".join(words)


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class ChangeRefused:
    """Settings stay as they are: what was wanted makes no sense, or could not be kept."""

    problem: str


@dataclass(frozen=True, slots=True)
class LayerNorms:
    """Lengths of a layer's trained numbers, of their gradient, and of the last step's change of them."""

    layer: str
    weights: float
    gradient: float
    update: float


@dataclass(frozen=True, slots=True)
class NormsMeasured:
    """The lengths for every layer that learns, after a step."""

    step: int
    epoch: float
    layers: tuple[LayerNorms, ...]


@dataclass(frozen=True, slots=True)
class UnitsMeasured:
    """After an epoch, on some validation images: how many units of each activation layer are zero on all of them. Of
    maps a unit is a whole map. ``layers`` holds name, silent units and units."""

    step: int
    epoch: int
    layers: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class NotTold:
    """The next step cannot be told, and why."""

    problem: str


TrainingEvent = (
    BatchMetrics
    | EpochMetrics
    | WeightsPublished
    | EpochWeights
    | WeightsRecorded
    | SettingsChanged
    | ChangeRefused
    | NormsMeasured
    | UnitsMeasured
    | NextStep
    | NotTold
)


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """How a run ended: ``reason`` is ``finished``, ``early`` (no better for a while) or ``stopped``.

    The model then holds the best weights by validation, or, where no epoch was completed, the last ones.
    ``calibration`` belongs to them, fitted on the validation images.
    """

    reason: str
    epochs: tuple[EpochMetrics, ...]
    steps: int
    seconds: float
    images_per_second: float
    calibration: Calibration

    @property
    def best(self) -> EpochMetrics | None:
        """The epoch whose weights the model holds; None when none was completed."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.best), None)
