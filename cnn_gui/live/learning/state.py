"""The step that is told: of the run that is held, or of a copy to practise with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QObject, Signal

from cnn_core.training import StepWorking


class Part(IntEnum):
    """How far the story is."""

    FORWARD = 0
    LOSS = 1
    BACKWARD = 2
    UPDATE = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Why there is a step to tell, or none.

    Attributes
    ----------
    practice : the step is one of a copy of the network, which no run takes
    busy : it is being worked out
    runs : a run goes on, and has to be held first
    problem : why there is none
    """

    practice: bool = False
    busy: bool = False
    runs: bool = False
    problem: str = ""


class LearningState(QObject):
    """GUI thread only; setters alone change it.

    `working_changed`: another step, weight or image is told. `part_changed`: how far the story is.
    `standing_changed`: whether there is anything to tell.
    """

    working_changed = Signal()
    part_changed = Signal()
    standing_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._working: StepWorking | None = None
        self._part = Part.FORWARD
        self._standing = Standing()
        self._optimizer = ""

    @property
    def working(self) -> StepWorking | None:
        return self._working

    @property
    def part(self) -> Part:
        return self._part

    @property
    def standing(self) -> Standing:
        return self._standing

    @property
    def optimizer(self) -> str:
        """Of the steps of a copy; empty: that of the settings."""
        return self._optimizer

    def set_working(self, working: StepWorking | None) -> None:
        self._working = working
        self.working_changed.emit()

    def set_part(self, part: Part) -> None:
        if part != self._part:
            self._part = part
            self.part_changed.emit()

    def set_standing(self, standing: Standing) -> None:
        if standing != self._standing:
            self._standing = standing
            self.standing_changed.emit()

    def set_optimizer(self, name: str) -> None:
        self._optimizer = name
