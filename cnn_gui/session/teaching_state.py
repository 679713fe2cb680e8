"""What the window shows of what a person teaches: the drawings that are kept, and what came of the last teaching."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from cnn_core.teaching import BookEntry, Tried


@dataclass(frozen=True, slots=True)
class TeachingReport:
    """What became of a teaching.

    Attributes
    ----------
    words : one sentence for the line under the keys
    is_problem : whether it says what went wrong
    can_undo : whether the network before can be brought back, or the drawing that was kept taken away
    progress : from 0 to 1 while it goes on; None else
    """

    words: str = ""
    is_problem: bool = False
    can_undo: bool = False
    progress: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Before and after a teaching: the drawings, and the share of test images that are read rightly."""

    before: Tried
    after: Tried
    test_before: float | None = None
    test_after: float | None = None
    test_images: int = 0
    test_words: str = field(default="")


class TeachingState(QObject):
    """GUI thread only. `entries_changed`: which drawings are kept. `report_changed`, `measured_changed`: what their
    names say."""

    entries_changed = Signal()
    report_changed = Signal()
    measured_changed = Signal()
    entry_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[BookEntry, ...] = ()
        self._report, self._measured = TeachingReport(), None

    @property
    def entries(self) -> tuple[BookEntry, ...]:
        """All drawings that are kept, the oldest first."""
        return self._entries

    @property
    def report(self) -> TeachingReport:
        return self._report

    @property
    def measured(self) -> Measured | None:
        """What the last teaching changed; None before one was measured."""
        return self._measured

    def set_entries(self, entries: tuple[BookEntry, ...]) -> None:
        self._entries = entries
        self.entries_changed.emit()

    def open(self, entry: BookEntry) -> None:
        """Somebody wants this drawing on the canvas."""
        self.entry_wanted.emit(entry)

    def set_report(self, report: TeachingReport) -> None:
        self._report = report
        self.report_changed.emit()

    def set_measured(self, measured: Measured | None) -> None:
        self._measured = measured
        self.measured_changed.emit()
