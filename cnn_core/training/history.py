"""What a run tells while it goes. Every value is frozen, so it may cross to another thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any

from cnn_core.calibration import Calibration
from cnn_core.errors import ConfigError
from cnn_core.model import WeightsSnapshot

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


TrainingEvent = BatchMetrics | EpochMetrics | WeightsPublished | EpochWeights


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
