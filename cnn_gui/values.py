"""Frozen values that the views show. They know no Qt and may cross threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from cnn_core.arrays import Array
from cnn_core.inspection import LayerActivation


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network makes of the drawing.

    ``image`` [28, 28, 1] is what it received, ``probabilities`` [k]; ``blank`` when there is nothing on the canvas.
    """

    image: Array
    probabilities: tuple[float, ...]
    activations: tuple[LayerActivation, ...]
    class_names: tuple[str, ...]
    model_version: int
    elapsed_ms: float
    blank: bool

    @property
    def best(self) -> int:
        """The most probable class, -1 when there is nothing to say."""
        return -1 if self.blank else max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """Probability of the best class; 0 when there is nothing to say."""
        return 0.0 if self.blank else self.probabilities[self.best]


@dataclass(frozen=True, slots=True, eq=False)
class ModelInfo:
    """The model that reads the canvas: its name, where it comes from, and its architecture for the inspector.
    ``place`` is the file or the data, in full."""

    name: str
    origin: str
    parameters: int
    accuracy: float | None
    architecture: Mapping[str, Any]
    class_names: tuple[str, ...]
    training: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


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
class PinnedMap:
    """The feature map (or unit, or for the input the image) that was clicked."""

    layer: str
    index: int
