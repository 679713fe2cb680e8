"""What the window says about a network. Frozen, knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnn_core.calibration import NOT_CALIBRATED, Calibration
from cnn_core.digits.reading import are_digits
from cnn_core.preprocessing import InputSpec


@dataclass(frozen=True, slots=True, eq=False)
class ModelInfo:
    """The model that reads the canvas: its name, where it comes from, and its architecture for the inspector.
    ``place`` is the file or the data, in full; ``trained`` says whether it has learnt for a whole
    epoch; ``input_spec`` how a drawing becomes its input; ``is_new``: it has learnt since it was opened."""

    name: str
    origin: str
    parameters: int
    accuracy: float | None
    architecture: Mapping[str, Any]
    class_names: tuple[str, ...]
    training: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    calibration: Calibration = NOT_CALIBRATED
    trained: bool = True
    input_spec: InputSpec | None = None
    is_new: bool = False

    @property
    def reads_digits(self) -> bool:
        """Whether it tells the ten digits apart, so that a row of them is a number."""
        return are_digits(self.class_names)
