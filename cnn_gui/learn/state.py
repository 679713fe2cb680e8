"""Which lesson is open, and what of it was done."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from cnn_core.lessons import Lesson


class LearnState(QObject):
    """GUI thread only; setters alone change it.

    `lessons_changed`: other lessons, or problems with some. `lesson_changed`: another one is open. `progress_changed`:
    something was done or answered. `mark_changed`: another place is lit up.
    """

    lessons_changed = Signal()
    lesson_changed = Signal()
    progress_changed = Signal()
    mark_changed = Signal()

    def __init__(self, done: Iterable[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lessons: list[Lesson] = []
        self._problems: list[str] = []
        self._at, self._mark = 0, 0
        self._done = set(done)
        self._met: set[str] = set()
        self._answers: dict[str, int] = {}

    @property
    def lessons(self) -> list[Lesson]:
        return self._lessons

    @property
    def problems(self) -> list[str]:
        """What is wrong with lessons that cannot be read."""
        return self._problems

    @property
    def at(self) -> int:
        """Number of the open lesson."""
        return self._at

    @property
    def lesson(self) -> Lesson | None:
        return self._lessons[self._at] if self._at < len(self._lessons) else None

    @property
    def mark(self) -> int:
        """Number of the place whose words are shown."""
        return self._mark

    @property
    def done(self) -> list[str]:
        """Everything that was done, to be remembered."""
        return sorted(self._done)

    def set_lessons(self, lessons: list[Lesson], problems: list[str]) -> None:
        self._lessons, self._problems = lessons, problems
        first_open = (number for number, lesson in enumerate(lessons) if not self.is_done(lesson))
        self._at = next(first_open, 0)
        self.lessons_changed.emit()
        self.lesson_changed.emit()

    def open(self, number: int) -> None:
        if 0 <= number < len(self._lessons) and number != self._at:
            self._at, self._mark = number, 0
            self.lesson_changed.emit()

    def set_mark(self, number: int) -> None:
        if number != self._mark:
            self._mark = number
            self.mark_changed.emit()

    # --- Progress

    def is_met(self, lesson: Lesson, task: int) -> bool:
        """Whether what the task asks to do was seen; a question may still be open."""
        return _key(lesson, task) in self._met or self.is_task_done(lesson, task)

    def is_task_done(self, lesson: Lesson, task: int) -> bool:
        return _key(lesson, task) in self._done

    def is_done(self, lesson: Lesson) -> bool:
        """Whether all of its tasks were done."""
        return bool(lesson.tasks) and all(self.is_task_done(lesson, number) for number in range(len(lesson.tasks)))

    def answer_of(self, lesson: Lesson, task: int) -> int:
        """Number of the answer that was given, -1 before one was."""
        return self._answers.get(_key(lesson, task), -1)

    def meet(self, lesson: Lesson, task: int) -> None:
        """What the task asks to do was seen."""
        key = _key(lesson, task)
        if key in self._met:
            return
        self._met.add(key)
        if not lesson.tasks[task].answers:
            self._done.add(key)
        self.progress_changed.emit()

    def answer(self, lesson: Lesson, task: int, number: int) -> None:
        """An answer was given; a right one, or any where none is, does the task."""
        self._answers[_key(lesson, task)] = number
        if lesson.tasks[task].right in (-1, number):
            self._done.add(_key(lesson, task))
        self.progress_changed.emit()


def _key(lesson: Lesson, task: int) -> str:
    return f"{lesson.key}:{task}"
