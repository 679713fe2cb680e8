"""What the workspace shows; its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.edits import NO_EDITS, DataEdits
from cnn_core.datasets.survey import Survey
from cnn_gui.data.values import ALL, TRAINING, Answers, Doubts, Loaded, Source


class DataState(QObject):
    """GUI thread only; each signal says what its name says. `shown_changed`: which images are shown, or their words."""

    sources_changed = Signal()
    loaded_changed = Signal()
    shown_changed = Signal()
    words_changed = Signal()
    survey_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sources: tuple[Source, ...] = ()
        self.loaded: Loaded | None = None
        self.part, self.filter = TRAINING, ALL
        self.classes: frozenset[int] = frozenset()
        self.answers: Answers | None = None
        self.doubts: Doubts | None = None
        self.survey: Survey | None = None
        """Of data that somebody wants to take in, and has not yet."""
        self.words, self.progress = "", None
        self.can_undo = self.can_redo = False

    @property
    def data(self) -> Dataset | None:
        """The part that is looked at, as it lies on the disk."""
        return self.loaded.parts.get(self.part) if self.loaded is not None else None

    @property
    def edits(self) -> DataEdits:
        """What was changed in it."""
        return self.loaded.edits.get(self.part, NO_EDITS) if self.loaded is not None else NO_EDITS

    def set_sources(self, sources: tuple[Source, ...]) -> None:
        self.sources = sources
        self.sources_changed.emit()

    def set_loaded(self, loaded: Loaded | None) -> None:
        self.loaded, self.answers, self.doubts = loaded, None, None
        if loaded is not None and self.part not in loaded.parts:
            self.part = TRAINING
        self.classes = frozenset()
        self.loaded_changed.emit()
        self.shown_changed.emit()

    def show_part(self, part: str) -> None:
        self.part, self.answers, self.doubts = part, None, None
        self.shown_changed.emit()

    def show_only(self, chosen: str | None = None, classes: frozenset[int] | None = None) -> None:
        """Another filter, or other classes; none of them means all."""
        self.filter = self.filter if chosen is None else chosen
        self.classes = self.classes if classes is None else classes
        self.shown_changed.emit()

    def set_edits(self, loaded: Loaded, can_undo: bool, can_redo: bool) -> None:
        self.loaded, self.can_undo, self.can_redo = loaded, can_undo, can_redo
        self.shown_changed.emit()

    def set_answers(self, answers: Answers | None) -> None:
        self.answers = answers
        self.shown_changed.emit()

    def set_doubts(self, doubts: Doubts | None) -> None:
        self.doubts = doubts
        self.shown_changed.emit()

    def set_survey(self, survey: Survey | None) -> None:
        self.survey = survey
        self.survey_changed.emit()

    def say(self, words: str, progress: float | None = None) -> None:
        self.words, self.progress = words, progress
        self.words_changed.emit()


class ReadingTestState(QObject):
    """Digits that are asked for, and what was read. `changed`: another one is asked for, or the end has come."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.asked: tuple[int, ...] = ()
        self.answers: tuple[tuple[int, int], ...] = ()
        """Of each digit that was drawn: what was asked, and what was read, -1 for none."""
        self.words = ""

    @property
    def running(self) -> bool:
        return len(self.answers) < len(self.asked)

    @property
    def digit(self) -> int:
        """The one that is to be drawn now; -1 where none is."""
        return self.asked[len(self.answers)] if self.running else -1

    def tell(self, words: str) -> None:
        self.words = words
        self.changed.emit()
