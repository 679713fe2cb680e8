"""Learn: a sheet over Live with ten lessons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from cnn_core.datasets.source import user_data
from cnn_core.lessons import load_lessons
from cnn_gui.learn.checks import is_done
from cnn_gui.learn.coach import NOT_SHOWN, CoachMarks
from cnn_gui.learn.sheet import LearnSheet
from cnn_gui.learn.state import LearnState
from cnn_gui.specs import Context, Room, WorkspaceSpec
from cnn_gui.widgets.translation import QT_TR_NOOP, language

LOOK_EVERY_MS = 250
MOST_DONE = 1000


class LearnWorkspace(Room):
    """Looks a few times a second whether something was done, and where the places are that are lit up."""

    def __init__(self, context: Context) -> None:
        self.state = LearnState(context.settings.get("lessons_done"))
        view = LearnSheet(context.state, self.state)
        super().__init__(view)
        self.state.setParent(self)
        self.view: LearnSheet = view
        self._context = context
        self._marks: CoachMarks | None = None
        self._scrolls = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        view.lesson_chosen.connect(self.state.open)
        view.mark_chosen.connect(self._on_mark_chosen)
        view.answered.connect(self._on_answered)
        view.term_wanted.connect(context.actions.term_wanted)
        view.close_wanted.connect(self._on_close)
        self.state.lesson_changed.connect(self._on_lesson_changed)
        self.state.progress_changed.connect(self._on_progress_changed)
        context.state.selection.pin_changed.connect(self._on_something_done)
        context.state.backward.shown_changed.connect(self._on_something_done)
        view.installEventFilter(self)
        self.state.set_lessons(*load_lessons(language(), user_data() / "lessons"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only a sheet that is on the screen looks around."""
        if event.type() == QEvent.Type.Show:
            self._scrolls = True
            self._uncover_strip()
            self._timer.start()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
            if self._marks is not None:
                self._marks.hide()
        return super().eventFilter(watched, event)

    @Slot()
    def _look(self) -> None:
        lesson, window, content = self.state.lesson, self.view.window(), self.view.parentWidget()
        if lesson is None or content is None:
            return
        for number, task in enumerate(lesson.tasks):
            if not self.state.is_met(lesson, number) and is_done(task, self._context.state, window):
                self.state.meet(lesson, number)
        if self._marks is None:
            self._marks = CoachMarks(self._context.state, content, self.view)
        self._marks.show_marks(lesson.marks, self.state.mark, self._scrolls)
        self._scrolls = False

    @Slot()
    def _on_lesson_changed(self) -> None:
        """What was done before it was opened does not count."""
        self._context.state.selection.forget_choice()
        self._scrolls = True
        self._uncover_strip()

    def _uncover_strip(self) -> None:
        """A lesson on the network's layers needs the strip, which a tall room may have folded away."""
        lesson, strip = self.state.lesson, self.view.window().findChild(QWidget, "inspectorView")
        needs = lesson is not None and any(mark.target == "card" for mark in lesson.marks)
        if needs and self.view.isVisible() and strip is not None and not strip.isVisible():
            self._context.actions.room_wanted.emit("working")

    @Slot(int)
    def _on_mark_chosen(self, number: int) -> None:
        self._scrolls = True
        self.state.set_mark(NOT_SHOWN if number == self.state.mark else number)

    @Slot()
    def _on_something_done(self) -> None:
        """Who does something needs all light."""
        if self.view.isVisible():
            self.state.set_mark(NOT_SHOWN)
            self._look()

    @Slot(int, int)
    def _on_answered(self, task: int, number: int) -> None:
        if self.state.lesson is not None:
            self.state.answer(self.state.lesson, task, number)

    @Slot()
    def _on_progress_changed(self) -> None:
        self._context.settings.put(lessons_done=self.state.done[:MOST_DONE])

    @Slot()
    def _on_close(self) -> None:
        self._context.actions.workspace_wanted.emit("live")

    def prepare_demo(self) -> None:
        self.state.open(2)

    @property
    def picture(self) -> QWidget:
        """What *Save this view* saves."""
        return self.view.window()


SPEC = WorkspaceSpec("learn", QT_TR_NOOP("Learn"), "Alt+6", LearnWorkspace, over="live")
