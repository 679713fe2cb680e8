"""The sheet over Live's right side: the list of lessons, and the open one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_core.lessons import Lesson
from cnn_gui.learn.lesson_view import LessonView
from cnn_gui.learn.state import LearnState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import tr

WIDE_PX, NARROW_PX, NARROW_BELOW_PX = 412, 360, 1200
WIDE_TITLE_PX, NARROW_TITLE_PX = 108, 76
"""Of a lesson on the buttons that lead there."""
FULL_LIST_FROM_PX = 760
"""In a lower window the list of lessons is folded to one line."""


class LearnSheet(QFrame):
    """`term_wanted` carries a word of the glossary; `answered` a task and the number of an answer."""

    lesson_chosen = Signal(int)
    mark_chosen = Signal(int)
    answered = Signal(int, int)
    term_wanted = Signal(str)
    close_wanted = Signal()

    def __init__(self, state: State, learn: LearnState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("learnWorkspace")
        self.setAccessibleName(tr("Lessons"))
        self._learn = learn
        self._title_px = WIDE_TITLE_PX
        self._fill_head()
        self.lesson = LessonView(state, learn)
        self.lesson.mark_chosen.connect(self.mark_chosen)
        self.lesson.answered.connect(self.answered)
        self.lesson.term_wanted.connect(self.term_wanted)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.lesson)
        self.area.viewport().setAutoFillBackground(False)
        self.lesson.setAutoFillBackground(False)
        self.problems = QLabel()
        self.problems.setObjectName("lessonProblems")
        self.problems.setTextFormat(Qt.TextFormat.PlainText)
        self.problems.setWordWrap(True)
        self.problems.setProperty("bad", True)
        self._arrange()
        learn.lessons_changed.connect(self._on_lessons_changed)
        learn.lesson_changed.connect(self._on_lesson_changed)
        learn.progress_changed.connect(self._on_progress_changed)
        self._on_lessons_changed()

    def _fill_head(self) -> None:
        self.count = label(muted=True, small=True)
        self.close_button = QToolButton()
        self.close_button.setObjectName("learnClose")
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(tr("Close the lessons"))
        self.close_button.setToolTip(tr("Back to Live (Esc)"))
        self.close_button.clicked.connect(self.close_wanted)
        self.list = QListWidget()
        self.list.setObjectName("lessonList")
        self.list.setAccessibleName(tr("Lessons"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self.lesson_chosen)
        self.combo = ComboBox()
        self.combo.setObjectName("lessonCombo")
        self.combo.setAccessibleName(tr("Lesson"))
        self.combo.setToolTip(tr("Choose a lesson"))
        self.combo.activated.connect(self.lesson_chosen)
        self.back, self.next = QPushButton(), QPushButton()
        for button in (self.back, self.next):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.back.setObjectName("lessonBack")
        self.next.setObjectName("lessonNext")
        self.next.setProperty("primary", True)
        self.back.clicked.connect(self._on_back)
        self.next.clicked.connect(self._on_next)
        self.left = QToolButton()
        self.left.setObjectName("lessonTasks")
        self.left.setProperty("chip", True)
        self.left.setToolTip(tr("Show what there is to try"))
        self.left.clicked.connect(self._on_tasks_wanted)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 12, 14, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label(tr("Learn"), title=True))
        head.addStretch(1)
        head.addWidget(self.count)
        head.addWidget(self.close_button)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.combo)
        column.addWidget(self.problems)
        column.addWidget(self.area, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back)
        foot.addStretch(1)
        foot.addWidget(self.left)
        foot.addWidget(self.next)
        column.addLayout(foot)

    def fit(self, window_width: int, height: int) -> int:
        """The width that it takes in such a window; in a low one the list is one line."""
        full = height >= FULL_LIST_FROM_PX
        self.list.setVisible(full)
        self.combo.setVisible(not full)
        wide = window_width >= NARROW_BELOW_PX
        self._title_px = WIDE_TITLE_PX if wide else NARROW_TITLE_PX
        self._name_neighbours()
        return WIDE_PX if wide else NARROW_PX

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_wanted.emit()
        else:
            super().keyPressEvent(event)

    # --- What the state says

    @Slot()
    def _on_lessons_changed(self) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        self.combo.clear()
        for number, lesson in enumerate(self._learn.lessons):
            self.list.addItem(QListWidgetItem())
            self.combo.addItem(f"{number + 1}  {lesson.title}")
        self.list.blockSignals(False)
        rows = self.list.count()
        height = max(self.list.sizeHintForRow(0), 24) if rows else 0
        self.list.setFixedHeight(min(rows * height + 6, 270))
        self.problems.setText("\n".join(self._learn.problems[:3]))
        self.problems.setVisible(bool(self._learn.problems))
        self._on_progress_changed()
        self._on_lesson_changed()

    @Slot()
    def _on_progress_changed(self) -> None:
        done = 0
        for number, lesson in enumerate(self._learn.lessons):
            is_done = self._learn.is_done(lesson)
            done += is_done
            item = self.list.item(number)
            item.setText(f"{'✓' if is_done else number + 1:>2}   {lesson.title}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _spoken(lesson, number, is_done))
            item.setToolTip(tr("{n} minutes").format(n=lesson.minutes))
        self.count.setText(tr("{n} of {total} done").format(n=done, total=len(self._learn.lessons)))
        lesson = self._learn.lesson
        if lesson is not None:
            open_ = sum(not self._learn.is_task_done(lesson, number) for number in range(len(lesson.tasks)))
            words = tr("1 to try") if open_ == 1 else tr("{n} to try").format(n=open_)
            self.left.setText(words if open_ else tr("all done"))
            self.left.setVisible(bool(lesson.tasks))

    @Slot()
    def _on_lesson_changed(self) -> None:
        self.list.blockSignals(True)
        self.list.setCurrentRow(self._learn.at)
        self.list.blockSignals(False)
        self.combo.setCurrentIndex(self._learn.at)
        self._name_neighbours()
        self.area.verticalScrollBar().setValue(0)
        self._on_progress_changed()

    def _name_neighbours(self) -> None:
        """The lessons before and after the open one, on the buttons that lead there."""
        at, lessons = self._learn.at, self._learn.lessons
        for button, number, words in ((self.back, at - 1, "‹  {title}"), (self.next, at + 1, "{title}  ›")):
            there = 0 <= number < len(lessons)
            button.setVisible(there)
            title = lessons[number].title if there else ""
            fitting = button.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, self._title_px)
            button.setText(words.format(title=fitting).replace("&", "&&"))
            button.setToolTip(plain_tip(title))
            button.setAccessibleName(title)

    @Slot()
    def _on_tasks_wanted(self) -> None:
        if self.lesson.tasks is not None:
            self.area.ensureWidgetVisible(self.lesson.tasks, 0, 0)

    @Slot()
    def _on_back(self) -> None:
        self.lesson_chosen.emit(self._learn.at - 1)

    @Slot()
    def _on_next(self) -> None:
        self.lesson_chosen.emit(self._learn.at + 1)


def _spoken(lesson: Lesson, number: int, is_done: bool) -> str:
    words = tr("{n}: {title}, done") if is_done else tr("{n}: {title}")
    return words.format(n=number + 1, title=lesson.title)
