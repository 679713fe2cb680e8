"""Writes the numbers behind a room to a file, in the background: there may be hundreds of thousands."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_core.files import write_atomically
from cnn_core.storage.table_file import as_csv
from cnn_gui.errors import ErrorSink
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.state import State
from cnn_gui.specs import Rows


class TableSaver(QObject):
    """One file at a time; each is written to its end, also when the window closes meanwhile."""

    def __init__(self, state: State, errors: ErrorSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._errors = state, errors
        self._job = LatestJob(self)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self._on_failed)

    def save(self, rows: Rows | None, path: str) -> bool:
        """Begin to write ``rows``; False, and a dialog, when there are none or a file is under way."""
        if self._job.running:
            self._errors.show(
                self.tr("Not saved"),
                self.tr("Expected the file before this one to be complete; try again in a moment."),
            )
            return False
        if rows is None:
            self._errors.show(
                self.tr("There are no numbers to save"),
                self.tr("Expected something to be shown here, found nothing yet."),
            )
            return False

        def work(_: JobControl) -> str:
            write_atomically(Path(path), as_csv(rows))
            return path

        self._state.appearance.set_notice(self.tr("Saving {path}").format(path=path))
        self._job.start(work)
        return True

    def request_stop(self) -> None:
        """Nothing: the file under way is written to its end."""

    def has_stopped(self) -> bool:
        """Whether the file under way is complete."""
        return self._job.has_stopped()

    @property
    def abandoned(self) -> bool:
        return False

    @Slot(object)
    def _on_finished(self, path: str) -> None:
        self._state.appearance.set_notice(self.tr("Saved {path}").format(path=path))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._errors.show(self.tr("This cannot be saved"), problem)
