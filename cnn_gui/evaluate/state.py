"""What the workspace shows; its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnn_gui.evaluate.values import OPEN, Candidate, Compared, Counted, Issues, Judged

CELL, HARDEST, SUREST, DISAGREE, SUSPECTS, MAP, COUNT = (
    "cell", "hardest", "surest", "disagree", "suspects", "map", "count",
)  # fmt: skip


class EvaluateState(QObject):
    """GUI thread only; each signal says what its name says."""

    candidates_changed = Signal()
    judged_changed = Signal()
    compared_changed = Signal()
    issues_changed = Signal()
    counted_changed = Signal()
    cell_changed = Signal()
    words_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.candidates: tuple[Candidate, ...] = ()
        self.judged: Judged | None = None
        self.compared: Compared | None = None
        self.issues: Issues | None = None
        self.counted: Counted | None = None
        self.cell: tuple[int, int] | None = None
        self.chosen = OPEN
        """The key of the candidate that is judged."""
        self.words = ""
        """What is going on, or why nothing is shown."""
        self.progress: float | None = None

    def set_candidates(self, candidates: tuple[Candidate, ...]) -> None:
        self.candidates = candidates
        self.candidates_changed.emit()

    def set_judged(self, judged: Judged | None) -> None:
        self.judged = judged
        self.judged_changed.emit()

    def set_compared(self, compared: Compared | None) -> None:
        self.compared = compared
        self.compared_changed.emit()

    def set_issues(self, issues: Issues | None) -> None:
        self.issues = issues
        self.issues_changed.emit()

    def set_counted(self, counted: Counted | None) -> None:
        self.counted = counted
        self.counted_changed.emit()

    def set_cell(self, cell: tuple[int, int] | None) -> None:
        self.cell = cell
        self.cell_changed.emit()

    def say(self, words: str, progress: float | None = None) -> None:
        self.words, self.progress = words, progress
        self.words_changed.emit()
