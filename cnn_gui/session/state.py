"""What the whole window shows. Controllers write it, views read it; what only one room shows is the room's own."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from cnn_gui.session.appearance import Appearance
from cnn_gui.session.backward_state import BackwardState
from cnn_gui.session.drawing_state import DrawingState
from cnn_gui.session.inspected import Inspected
from cnn_gui.session.map_scale import MapScale
from cnn_gui.session.model_state import ModelState
from cnn_gui.session.selection import Selection
from cnn_gui.session.teaching_state import TeachingState
from cnn_gui.session.training_state import TrainingState


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One part for each thing; each has a signal for each thing that changes in it."""

    drawing: DrawingState
    model: ModelState
    training: TrainingState
    teaching: TeachingState
    selection: Selection
    inspected: Inspected
    backward: BackwardState
    scale: MapScale
    appearance: Appearance

    @classmethod
    def create(cls, parent: QObject) -> State:
        """Fresh parts, all children of ``parent``."""
        model = ModelState(parent)
        return cls(
            DrawingState(parent),
            model,
            TrainingState(parent),
            TeachingState(parent),
            Selection(parent),
            Inspected(parent),
            BackwardState(parent),
            MapScale(model, parent),
            Appearance(parent),
        )
