"""What a whole run tells, beside what its training tells. Every value is frozen, so it may cross to another thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_core.calibration import Calibration
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.preprocessing import InputSpec
from cnn_core.runs.record import RunRecord
from cnn_core.storage import save_model
from cnn_core.training import TrainingEvent


@dataclass(frozen=True, slots=True, eq=False)
class RunStarted:
    """The network is built; training begins. ``architecture`` is `Sequential.config`."""

    record: RunRecord
    architecture: Mapping[str, Any]
    input_spec: InputSpec
    weights: WeightsSnapshot


@dataclass(frozen=True, slots=True)
class Measuring:
    """Training is over; the network reads the test images."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class RunEnded:
    """The run is over; the weights are those that were best by validation, or where there are none, the last."""

    record: RunRecord
    architecture: Mapping[str, Any]
    weights: WeightsSnapshot
    calibration: Calibration
    input_spec: InputSpec

    def save(self, path: str | Path) -> None:
        """Write the network as a model file; raises `ModelFileError`."""
        model = Sequential.from_config(self.architecture)
        model.load(self.weights.arrays)
        save_model(path, model, self.record.description(), calibration=self.calibration, input_spec=self.input_spec)


RunEvent = TrainingEvent | RunStarted | Measuring | RunEnded
