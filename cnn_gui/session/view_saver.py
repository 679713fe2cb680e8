"""Writes what is shown to a file: a picture at once, the numbers behind it in the background, as there may be many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from cnn_core.errors import CnnError, ModelFileError
from cnn_core.files import brief, write_atomically
from cnn_core.storage.table_file import as_csv
from cnn_gui.errors import ErrorSink
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.state import State
from cnn_gui.widgets.snapshot import picture_of
from cnn_gui.widgets.translation import tr

Rows = Iterator[list[object]]
"""The lines of a table, its heading first; they may be made as they are asked for, on whatever thread."""
PICTURE_STARTS = (b"\x89PNG", b"<?xml", b"<svg")


class ViewSaver(QObject):
    """One table at a time; each is written to its end, also when the window closes meanwhile."""

    def __init__(self, state: State, errors: ErrorSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._errors = state, errors
        self._job = LatestJob(self)
        self._job.finished.connect(self._say_saved)
        self._job.failed.connect(self._on_failed)

    def save_picture(self, view: QWidget, path: str) -> bool:
        """Write what the view shows now as PNG or SVG; False, and a dialog, when that cannot be."""
        try:
            _expect_own_kind(Path(path), PICTURE_STARTS)
            write_atomically(Path(path), picture_of(view, Path(path).suffix))
        except (CnnError, OSError) as error:
            self._on_failed(str(error))
            return False
        self._say_saved(path)
        return True

    def save_table(self, rows: Rows | None, path: str) -> bool:
        """Begin to write the numbers as CSV; False, and a dialog, when there are none or that cannot be."""
        try:
            _expect_own_kind(Path(path), ())
        except (CnnError, OSError) as error:
            self._on_failed(str(error))
            return False
        if self._job.running:
            self._errors.show(
                tr("Not saved"),
                tr("The file before this one is still being written. Try again in a moment."),
            )
            return False
        if rows is None:
            self._errors.show(
                tr("There are no numbers to save"),
                tr("Nothing is shown here yet, so there are no numbers."),
            )
            return False

        def work(_: JobControl) -> str:
            write_atomically(Path(path), as_csv(rows))
            return path

        self._state.appearance.set_notice(tr("Saving {path}").format(path=path))
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
    def _say_saved(self, path: str) -> None:
        self._state.appearance.set_notice(tr("Saved {path}").format(path=path))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._errors.show(tr("This cannot be saved"), problem)


def _expect_own_kind(path: Path, starts: tuple[bytes, ...]) -> None:
    """Raise `ModelFileError` where another kind of file would be replaced: none of these ``starts``, or not a table."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        start = file.read(8)
    if not start.startswith(starts) if starts else path.resolve().suffix.lower() != ".csv":
        raise ModelFileError(f"Expected a new file, found another kind: {brief(path.name)}. Choose another name.")
