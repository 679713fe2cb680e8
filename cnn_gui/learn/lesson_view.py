"""One lesson: text, pictures, things to try, and the places that are lit up."""

from __future__ import annotations

import re
from textwrap import fill

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnn_core.lessons import Block, Lesson, Task
from cnn_gui.learn.pictures import LessonPicture
from cnn_gui.learn.state import LearnState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.flow_layout import FlowLayout
from cnn_gui.widgets.translation import tr

_CODE = re.compile(r"(`[^`\n]*`)")
_IMAGE, _LINK = re.compile(r"!+\["), re.compile(r"\]\((?!term:)[^)\n]{0,500}\)")
_TERM, _DEFINITION = re.compile(r"\]\(term:([^)\n]{0,100})\)"), re.compile(r"^[ \t]*\[[^\]\n]*\]:.*$", re.MULTILINE)
_NAME = re.compile(r"\*{1,2}([^*]+)\*{1,2}")
ANSWER_LETTERS = 42
"""In a line of a button."""


class LessonView(QWidget):
    """It is made anew for each lesson; what changes while one is open are its tasks."""

    mark_chosen = Signal(int)
    answered = Signal(int, int)
    term_wanted = Signal(str)

    def __init__(self, state: State, learn: LearnState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lessonView")
        self._state, self._learn = state, learn
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(10)
        self._tasks: list[TaskView] = []
        self.tasks: QWidget | None = None
        self._marks: list[QToolButton] = []
        learn.lesson_changed.connect(self._on_lesson_changed)
        learn.progress_changed.connect(self._on_progress_changed)
        learn.mark_changed.connect(self._on_mark_changed)

    @Slot()
    def _on_lesson_changed(self) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._tasks, self._marks, self.tasks = [], [], None
        lesson = self._learn.lesson
        if lesson is None:
            return
        title = label(lesson.title, title=True)
        title.setObjectName("lessonTitle")
        font = title.font()
        font.setPixelSize(17)
        font.setWeight(QFont.Weight.DemiBold)
        title.setFont(font)
        title.setWordWrap(True)
        self._column.addWidget(title)
        for block in lesson.blocks:
            if (made := self._block(block)) is not None:
                self._column.addWidget(made)
        if lesson.marks:
            self._column.addWidget(self._look_at(lesson))
        if lesson.tasks:
            self.tasks = self._try_it(lesson)
            self._column.addWidget(self.tasks)
        self._column.addStretch(1)
        self._on_progress_changed()
        self._on_mark_changed()

    def _block(self, block: Block) -> QWidget | None:
        if block.kind == "picture":
            return LessonPicture(self._state, block.text)
        if block.kind == "text":
            return self._text(block.text)
        words = label(block.text)
        words.setObjectName("lessonCode" if block.kind == "python" else "lessonFormula")
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = QFont("monospace" if block.kind == "python" else words.font().family())
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(11 if block.kind == "python" else 13)
        words.setFont(font)
        words.setWordWrap(block.kind == "formula")
        words.setProperty("card", True)
        words.setContentsMargins(10, 8, 10, 8)
        return _Foldable(tr("The same in code"), words) if block.kind == "python" else words

    def _text(self, text: str) -> QLabel:
        """Markdown, with links to words alone: pictures and addresses of a stranger's file lead nowhere."""
        words = QLabel()
        words.setTextFormat(Qt.TextFormat.MarkdownText)
        words.setText(harmless(text))
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse
                                      | Qt.TextInteractionFlag.LinksAccessibleByKeyboard)  # fmt: skip
        words.linkActivated.connect(self._on_link)
        words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        return words

    def _look_at(self, lesson: Lesson) -> QWidget:
        box = QWidget()
        row = FlowLayout(box, gap_px=6)
        for number, mark in enumerate(lesson.marks):
            button = QToolButton()
            button.setObjectName(f"mark{number + 1}")
            button.setText(f"{number + 1}  {mark.title}")
            button.setProperty("chip", True)
            button.setCheckable(True)
            button.setAccessibleName(mark.title)
            button.setAccessibleDescription(mark.text)
            button.setToolTip(tr("Show where it is"))
            button.clicked.connect(self._on_mark)
            row.addWidget(button)
            self._marks.append(button)
        return box

    def _try_it(self, lesson: Lesson) -> QWidget:
        frame = QFrame()
        frame.setProperty("card", True)
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(label(tr("Try it"), muted=True, small=True))
        for number, task in enumerate(lesson.tasks):
            view = TaskView(number, task)
            view.answered.connect(self.answered)
            column.addWidget(view)
            self._tasks.append(view)
        return frame

    @Slot()
    def _on_progress_changed(self) -> None:
        lesson = self._learn.lesson
        if lesson is None or len(self._tasks) != len(lesson.tasks):
            return
        for number, view in enumerate(self._tasks):
            view.show_progress(
                self._learn.is_task_done(lesson, number),
                self._learn.is_met(lesson, number),
                self._learn.answer_of(lesson, number),
            )

    @Slot()
    def _on_mark_changed(self) -> None:
        for number, button in enumerate(self._marks):
            button.setChecked(number == self._learn.mark)

    @Slot()
    def _on_mark(self) -> None:
        self.mark_chosen.emit(next(n for n, button in enumerate(self._marks) if button is self.sender()))

    @Slot(str)
    def _on_link(self, link: str) -> None:
        self.term_wanted.emit(link.removeprefix("term:").replace("%20", " "))


class TaskView(QWidget):
    """A thing to try: it ticks itself; of a question the answers can be pressed once what it asks for was seen."""

    answered = Signal(int, int)

    def __init__(self, number: int, task: Task, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"task{number + 1}")
        self._number, self._task = number, task
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        column.addWidget(self.text)
        self.buttons: list[QPushButton] = []
        box = QWidget()
        row = FlowLayout(box, gap_px=6)
        for at, answer in enumerate(task.answers):
            button = QPushButton(fill(answer, ANSWER_LETTERS).replace("&", "&&"))
            button.setObjectName(f"answer{at + 1}")
            button.setProperty("small", True)
            button.setCheckable(True)
            button.setAccessibleName(answer)
            button.clicked.connect(self._on_answer)
            row.addWidget(button)
            self.buttons.append(button)
        column.addWidget(box)  # before it is shown: alone it would be a window
        box.setVisible(bool(task.answers))
        self.why = QLabel()
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.why.setWordWrap(True)
        self.why.setProperty("small", True)
        self.why.setProperty("muted", True)
        column.addWidget(self.why)

    def show_progress(self, done: bool, met: bool, answer: int) -> None:
        """Tick it, let it be answered, and say why."""
        plain = quoted(self._task.text)
        self.text.setText(f"{'☑' if done else '☐'}  {plain}")
        self.text.setAccessibleName(tr("{task}, done").format(task=plain) if done else plain)
        for number, button in enumerate(self.buttons):
            button.setEnabled(met)
            button.setChecked(number == answer)
        wrong = answer >= 0 and self._task.right not in (-1, answer)
        why = quoted(self._task.why) if answer >= 0 else ""
        self.why.setText(tr("Not quite: try another one.") if wrong else why)
        self.why.setVisible(answer >= 0 and bool(self.why.text()))

    @Slot()
    def _on_answer(self) -> None:
        at = next(n for n, button in enumerate(self.buttons) if button is self.sender())
        self.answered.emit(self._number, at)


def harmless(markdown: str) -> str:
    """Without pictures, HTML and addresses; links to words of the glossary stay."""
    parts = _CODE.split(_DEFINITION.sub("", markdown))
    for number, part in enumerate(parts):
        if number % 2 == 0:  # the others are code, which stands there as it is
            safe = _LINK.sub("]", _IMAGE.sub("[", part)).replace("<", "&lt;")
            parts[number] = _TERM.sub(lambda found: f"](term:{found.group(1).replace(' ', '%20')})", safe)
    return "".join(parts)


def quoted(text: str) -> str:
    """Names of what is on the screen, ``*Train*`` in a lesson's file, in quotation marks."""
    return _NAME.sub(tr("“{name}”").replace("{name}", r"\1"), text)


class _Foldable(QWidget):
    """A line that opens what stands under it."""

    def __init__(self, title: str, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.button = QToolButton()
        self.button.setObjectName("codeButton")
        self.button.setText(title)
        self.button.setProperty("chip", True)
        self.button.setCheckable(True)
        self.button.setAccessibleName(title)
        self.button.setToolTip(tr("Show the code of this step"))
        self.button.toggled.connect(inside.setVisible)
        inside.hide()
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(inside)
