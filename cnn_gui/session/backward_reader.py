"""Journey of a gradient: the image that was read, and a class -> one backward pass in the background -> the state."""

from __future__ import annotations

import time
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.arrays import Array
from cnn_core.inspection import BackwardPass, look_back
from cnn_core.model import Sequential
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_session import ModelSession, frozen_model
from cnn_gui.session.state import State

EVERY_MS = 20
"""Between the beginnings of two passes, at least: more would slow the pen."""


class _Found(NamedTuple):
    back: BackwardPass
    elapsed_ms: float
    network: FrozenModel
    image: Array


class BackwardReader(QObject):
    """Works only while gradients are shown. What runs is never given up for a newer order: a pen that never rests would
    see none."""

    def __init__(self, state: State, session: ModelSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._session = state, session
        self._frozen: FrozenModel | None = None
        self._wanted, self._began_at = False, 0.0
        self._job, self._looker = LatestJob(self), _Looker()
        self._job.finished.connect(self._on_found)
        self._job.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        state.model.prediction_changed.connect(self._on_changed)
        state.selection.class_changed.connect(self._on_changed)
        state.backward.shown_changed.connect(self._on_changed)
        session.weights_changed.connect(self._on_weights_changed)
        session.model_replaced.connect(self._on_model_replaced)

    def is_settled(self) -> bool:
        """Whether no pass is under way or waits."""
        return not (self._job.running or self._timer.isActive())

    def request_stop(self) -> None:
        """Ask all work to stop."""
        self._timer.stop()
        self._wanted = False
        self._job.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more."""
        return self._job.has_stopped()

    @property
    def abandoned(self) -> bool:
        """Never: it reads no files."""
        return False

    @Slot()
    def _on_weights_changed(self) -> None:
        self._frozen = None

    @Slot()
    def _on_model_replaced(self) -> None:
        """A pass of another network is of no use."""
        self._frozen = None
        self._job.cancel()
        self._state.backward.set_back(None)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        prediction = self._state.model.prediction
        if not self._state.backward.shown:
            self._timer.stop()
            self._wanted = False
            return
        if prediction is None or prediction.blank:
            self._timer.stop()
            self._wanted = False
            self._job.cancel()
            self._state.backward.set_back(None)
            return
        self._wanted = True
        if not self._job.running and not self._timer.isActive():
            rest = EVERY_MS - (time.monotonic() - self._began_at) * 1000
            self._timer.start(max(0, round(rest)))

    @Slot()
    def _on_timeout(self) -> None:
        prediction, model = self._state.model.prediction, self._state.model
        if not self._wanted or prediction is None or prediction.blank:
            return
        if self._frozen is None:
            self._frozen = frozen_model(self._state, self._session)
        if self._frozen is None or model.info is None:
            return
        asked = self._state.selection.asked_class
        label = asked if asked is not None and asked < len(model.info.class_names) else prediction.likeliest
        self._wanted, self._began_at = False, time.monotonic()
        self._job.start(partial(self._looker.look, self._frozen, prediction.image, label))

    @Slot(object)
    def _on_found(self, found: _Found) -> None:
        if self._state.backward.shown:
            self._state.backward.set_back(*found)
        if self._wanted:
            self._on_changed()

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._state.backward.set_back(None)
        self._state.appearance.set_notice(problem)


class _Looker:
    """Belongs to the pool's one thread; keeps the network that it built last, as most passes ask the same one."""

    def __init__(self) -> None:
        self._built: tuple[FrozenModel, Sequential] | None = None

    def look(self, network: FrozenModel, image: Array, label: int, control: JobControl) -> _Found:  # noqa: ARG002
        """One pass, timed."""
        if self._built is None or self._built[0] is not network:
            self._built = network, network.build()
        started = time.perf_counter()
        back = look_back(self._built[1], image, label)
        return _Found(back, (time.perf_counter() - started) * 1000, network, image)
