"""Keeps the step that is told up to date: of the run that is held, or of a copy."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Slot

from cnn_core.runs.record import trained_on
from cnn_core.training import NextStep, NotTold, StepWorking, TrainingConfig, explain_step
from cnn_gui.live.learning.practice import Practice, first_step, step_after
from cnn_gui.live.learning.state import LearningState, Part, Standing
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_session import frozen_model
from cnn_gui.session.training_state import Phase
from cnn_gui.specs import Context


class LearningController(QObject):
    """Works only while somebody looks."""

    def __init__(self, context: Context, room: LearningState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._state, self._room = context, context.state, room
        self._watched = False
        self._told: NextStep | None = None
        self._practice: Practice | None = None
        self._parameter, self._index, self._image = "", (), None
        self._job = LatestJob(self)
        self._job.finished.connect(self._on_explained)
        self._job.failed.connect(self._on_failed)
        self._step_job = LatestJob(self)
        self._step_job.finished.connect(self._on_stepped)
        self._step_job.failed.connect(self._on_failed)
        self._state.training.next_step_changed.connect(self._on_next_step)
        self._state.training.status_changed.connect(self._on_status_changed)
        self._state.selection.pin_changed.connect(self._on_pin_changed)
        context.session.model_replaced.connect(self._on_model_replaced)

    # --- What is wanted

    @Slot(bool)
    def watch(self, watched: bool) -> None:
        """Whether somebody looks."""
        self._watched = watched
        self._context.training.watch_steps(watched)
        if watched:
            self._look()
        else:
            if self._step_job.running:  # what was never found out is begun anew
                self._practice = None
            self._job.cancel()
            self._step_job.cancel()

    @Slot(int)
    def choose_image(self, image: int) -> None:
        """Look at this image of the batch."""
        self._image = image
        self._explain()

    @Slot(str, object)
    def choose_weight(self, parameter: str, index: tuple[int, ...]) -> None:
        """Tell the step for this weight."""
        self._parameter, self._index = parameter, index
        self._explain()

    @Slot(str)
    def choose_optimizer(self, name: str) -> None:
        """Practise with another optimizer, from the network as it is."""
        self._room.set_optimizer(name)
        self._practice = self._told = None
        self._look()

    @Slot()
    def take(self) -> None:
        """Take the step that was told."""
        told, practice = self._told, self._practice
        if told is None:
            return
        self._room.set_part(Part.FORWARD)
        self._image = None
        if practice is not None:
            self._room.set_standing(replace(self._room.standing, busy=True))
            self._step_job.start(partial(step_after, practice, told))
        else:
            self._context.training.step(self._state.training.config or TrainingConfig())

    # --- What is there

    def is_settled(self) -> bool:
        """Whether nothing is under way."""
        return not (self._job.running or self._step_job.running)

    def request_stop(self) -> None:
        """Ask all work to stop."""
        self._job.request_stop()
        self._step_job.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more."""
        return all([self._job.has_stopped(), self._step_job.has_stopped()])

    @property
    def abandoned(self) -> bool:
        """A step on a copy may wait for files."""
        return self._step_job.abandoned

    @Slot()
    def _on_next_step(self) -> None:
        told = self._state.training.next_step
        if not self._watched or told is None:
            return
        self._practice = None
        if isinstance(told, NotTold):
            self._forget(Standing(problem=told.problem))
            return
        self._told = told
        self._explain()

    @Slot()
    def _on_status_changed(self) -> None:
        if self._watched:
            self._look()

    @Slot()
    def _on_model_replaced(self) -> None:
        """A step of another network is of no use."""
        self._practice, self._told, self._image, self._parameter, self._index = None, None, None, "", ()
        self._forget(Standing())
        if self._watched:
            self._look()

    def _look(self) -> None:
        """See where the steps come from: a run that is held tells them itself."""
        phase = self._state.training.status.phase
        if phase is Phase.PAUSED:
            if self._practice is not None:
                self._forget(Standing(busy=True))
            if self._told is None:
                self._room.set_standing(Standing(busy=True))
        elif phase.active:
            self._forget(Standing(runs=True))
        elif self._practice is None:
            self._begin_practice()

    def _forget(self, standing: Standing) -> None:
        self._told = self._practice = None
        self._job.cancel()
        self._step_job.cancel()
        self._room.set_standing(standing)
        if self._room.working is not None:
            self._room.set_working(None)

    def _begin_practice(self) -> None:
        self._told = None
        network, info = frozen_model(self._state, self._context.session), self._state.model.info
        if network is None or info is None:
            return
        settings = self._state.training.config or TrainingConfig()
        optimizer = self._room.optimizer or settings.optimizer
        self._practice = Practice(
            network, trained_on(info.training), info.class_names, self._context.data.folder, optimizer
        )
        self._room.set_standing(Standing(practice=True, busy=True))
        self._step_job.start(partial(first_step, self._practice))

    @Slot(object)
    def _on_stepped(self, told: NextStep) -> None:
        self._told = told
        self._explain()

    # --- The story

    @Slot()
    def _on_pin_changed(self) -> None:
        """The strongest weight of the filter or unit that is pinned, where it has weights."""
        pin, told = self._state.selection.pin, self._told
        if not self._watched or pin is None or told is None or self._state.selection.pointed is not None:
            return
        gradient = told.gradients.get(f"{pin.layer}.weight")
        if gradient is None or pin.channel >= gradient.shape[-1]:
            return
        place = np.unravel_index(int(np.abs(gradient[..., pin.channel]).argmax()), gradient.shape[:-1])
        self.choose_weight(f"{pin.layer}.weight", (*(int(i) for i in place), pin.channel))

    def _explain(self) -> None:
        if self._told is None:
            return
        self._room.set_standing(Standing(practice=self._practice is not None, busy=True))
        parameter, index = self._parameter, self._index
        known = self._told.gradients.get(parameter)
        if known is None or len(index) != known.ndim:
            parameter, index = "", ()
        image = self._image if self._image is not None and self._image < len(self._told.labels) else None
        self._job.start(partial(_explain, self._told, parameter, index, image))

    @Slot(object)
    def _on_explained(self, working: StepWorking) -> None:
        self._parameter, self._index = working.parameter, working.index
        self._room.set_working(working)
        self._room.set_standing(Standing(practice=self._practice is not None))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        practice = self._practice
        self._forget(Standing(problem=problem))
        self._practice = practice  # else it would be begun again and again


def _explain(
    told: NextStep,
    parameter: str,
    index: tuple[int, ...],
    image: int | None,
    control: JobControl,  # noqa: ARG001
) -> StepWorking:
    """In the pool's thread."""
    return explain_step(told, parameter, index, image)
