"""Offers a run that was interrupted, when the program starts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from cnn_core.runs import RunStore, StoredRun
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.state import State
from cnn_gui.session.training_session import TrainingSession
from cnn_gui.session.training_state import Phase
from cnn_gui.widgets.translation import tr


class InterruptedRun(QObject):
    """Looks for the latest one in the background; ``action`` can be triggered while there is one to go on with."""

    def __init__(self, state: State, training: TrainingSession, action: QAction, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._training, self._action = state, training, action
        self._run: StoredRun | None = None
        self._job = LatestJob(self, reads=True)
        self._job.finished.connect(self._on_found)
        action.triggered.connect(self._on_wanted)
        state.training.status_changed.connect(self._on_status_changed)

    def look(self) -> None:
        """Begin to look for it."""
        store = self._training.store
        self._job.start(lambda _: _latest(store, _))

    def request_stop(self) -> None:
        self._job.request_stop()

    def has_stopped(self) -> bool:
        return self._job.has_stopped()

    @property
    def abandoned(self) -> bool:
        """Whether a reader hangs."""
        return self._job.abandoned

    @Slot(object)
    def _on_found(self, run: StoredRun | None) -> None:
        self._run = run
        if run is None or self._state.training.status.phase is not Phase.IDLE:
            return
        self._action.setEnabled(True)
        record = run.record
        words = tr("{network} on {data} was interrupted after epoch {epoch} of {epochs}").format(
            network=record.config.network_name, data=record.title or record.config.dataset,
            epoch=record.epochs_completed, epochs=record.config.epochs,
        )  # fmt: skip
        self._state.appearance.set_notice(words)

    @Slot()
    def _on_wanted(self) -> None:
        if self._run is not None:
            self._training.resume(self._run)

    @Slot()
    def _on_status_changed(self) -> None:
        """Once another run has begun, it is too late to offer it; it stays in the store."""
        if self._state.training.status.phase is not Phase.IDLE:
            self._run = None
            self._action.setEnabled(False)


def _latest(store: RunStore, control: JobControl) -> StoredRun | None:
    """The run that was begun last, if it was interrupted. In the pool's thread."""
    runs = store.runs()
    return runs[0] if runs and runs[0].was_interrupted and not control.stopped() else None
