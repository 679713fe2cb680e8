"""One training step, told slowly: forward, loss, backward, update."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_core.optimizers import OPTIMIZERS
from cnn_gui.live.learning.batch_view import BatchView
from cnn_gui.live.learning.columns_view import ColumnsView
from cnn_gui.live.learning.state import LearningState, Part
from cnn_gui.live.learning.update_view import OPTIMIZER_NAMES, BeforeAfterView, UpdateView
from cnn_gui.live.learning.words import standing_words, story_words, weight_title
from cnn_gui.live.room_view import RoomView
from cnn_gui.session.state import State
from cnn_gui.widgets.card_row import CardRow
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

NARROWEST_PX, NARROW_PX, WEIGHT_PX, SCROLL_BAR_PX, GAP_PX = 620, 820, 250, 12, 8
NAMES = {
    Part.FORWARD: QT_TR_NOOP("Forward"), Part.LOSS: QT_TR_NOOP("Loss"),
    Part.BACKWARD: QT_TR_NOOP("Backward"), Part.UPDATE: QT_TR_NOOP("Update"),
}  # fmt: skip


class LearningView(RoomView):
    """It decides nothing."""

    part_chosen = Signal(object)
    weight_chosen = Signal(str, object)
    optimizer_chosen = Signal(str)
    pause_wanted = Signal()
    step_wanted = Signal()

    def __init__(self, state: State, room: LearningState, parent: QWidget | None = None) -> None:
        super().__init__("learningRoom", tr("How it learns"), parent)
        self._state, self._room = state, room
        self._weights: list[tuple[str, tuple[int, ...]]] = []
        self._shown_part: Part | None = None
        self.columns = ColumnsView(state, room)
        self.batch, self.update_, self.after = (
            BatchView(state, room),
            UpdateView(state, room),
            BeforeAfterView(state, room),
        )
        self._fill_top()
        self.words = QLabel()
        self.words.setObjectName("stepWords")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setProperty("muted", True)
        self.pause = QPushButton(tr("Pause"))
        self.pause.setObjectName("pauseToTell")
        self.pause.setToolTip(tr("Hold the run, to walk through one step"))
        self.pause.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.pause.clicked.connect(self.pause_wanted)
        self.cards = CardRow("learningLower", (
            (tr("Batch"), self.batch, 440), (tr("Update"), self.update_, 320), (tr("After"), self.after, 200),
        ))  # fmt: skip
        self._arrange()
        self.after.step_wanted.connect(self.step_wanted)
        self.batch.cell_chosen.connect(self._on_cell)
        for signal in (room.working_changed, room.part_changed, room.standing_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    def _fill_top(self) -> None:
        self.parts: dict[Part, QToolButton] = {}
        group = QButtonGroup(self)
        for part, name in NAMES.items():
            button = QToolButton()
            button.setObjectName(f"{part.name.lower()}Part")
            button.setText(_segment(part, narrow=False))
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setAccessibleName(tr(name))
            button.setToolTip(tr("← and → walk from part to part"))
            button.clicked.connect(self._on_part)
            group.addButton(button)
            self.parts[part] = button
            self.top.addWidget(button)
        self.where = ElidedLabel()
        self.where.setProperty("muted", True)
        self.where.setProperty("small", True)
        self.top.addWidget(self.where)
        self.top.addStretch(1)
        self.optimizer = ComboBox()
        self.optimizer.setObjectName("practiceOptimizer")
        self.optimizer.setAccessibleName(tr("Optimizer to practise with"))
        self.optimizer.setToolTip(tr("Practise with another optimizer, from the network as it is"))
        for name in OPTIMIZERS:
            self.optimizer.addItem(OPTIMIZER_NAMES[name], name)
        self.optimizer.activated.connect(self._on_optimizer)
        self.weight = ComboBox()
        self.weight.setObjectName("learningWeight")
        self.weight.setAccessibleName(tr("Weight that is told"))
        self.weight.setToolTip(
            tr("The weight that is told. Pin a map on the strip, or click a cell of a picture below")
        )
        self.weight.setMaximumWidth(WEIGHT_PX)
        self.weight.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.weight.setMinimumContentsLength(8)
        self.weight.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.weight.activated.connect(self._on_weight)
        self.top.addWidget(self.optimizer)
        self.top.addWidget(self.weight, 1)

    def _arrange(self) -> None:
        across = QScrollArea()
        across.setWidgetResizable(True)
        across.setFrameShape(QScrollArea.Shape.NoFrame)
        across.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        across.setWidget(self.columns)
        self._across = across
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addWidget(across)
        column.addWidget(self.words)
        column.addWidget(self.pause)
        column.addWidget(self.cards, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        for widget in (across.viewport(), scroll.viewport(), body):
            widget.setAutoFillBackground(False)
        self.column.addWidget(scroll, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW_PX
        self.cards.set_narrow(narrow)
        self.where.setVisible(not narrow)
        for part, button in self.parts.items():
            button.setText(_segment(part, narrow=event.size().width() < NARROWEST_PX))
        self._fit()

    def _fit(self) -> None:
        """The columns have the height that they need at this width, smaller where the cards below would not be seen,
        and a scroll bar where they need one."""
        others = self.top.sizeHint().height() + self.words.heightForWidth(self.width()) + 4 * GAP_PX
        room = self.height() - others - self.cards.minimumSizeHint().height() - SCROLL_BAR_PX
        self._across.setFixedHeight(self.columns.height_for(self.width(), room) + SCROLL_BAR_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """← and → walk from part to part; Enter on the last one takes the step."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.part_chosen.emit(Part(min(max(self._room.part + step, 0), Part.UPDATE)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._room.part is Part.UPDATE:
                self.step_wanted.emit()
            else:
                self.part_chosen.emit(Part(self._room.part + 1))
        else:
            super().keyPressEvent(event)

    # --- What the state says

    @Slot()
    def _on_changed(self) -> None:
        story, standing, part = self._room.working, self._room.standing, self._room.part
        self.setProperty("part", part.name if story is not None else "")
        for one, button in self.parts.items():
            button.setChecked(one is part)
            button.setEnabled(story is not None)
        self.pause.setVisible(standing.runs)
        self.cards.setVisible(story is not None)
        if part != self._shown_part:  # where the cards are tabs, the one that the part is about
            self._shown_part = part
            self.cards.show_card(1 if part is Part.UPDATE else 0)
        self.columns.setVisible(story is not None)
        self.optimizer.setVisible(standing.practice)
        self.weight.setVisible(story is not None)
        if story is None:
            self.words.setText(standing_words(standing) or tr("There is nothing to tell yet."))
            self.where.set_whole_text("")
            return
        self.words.setText(story_words(story, part))
        told = story.next_step
        worst = story.image == int(np.argmax(story.losses))
        which = tr(", the worst read") if worst else ""
        words = tr("step {step} · image {n} of {count}{worst} · {standing}")
        text = words.format(
            step=told.step, n=story.image + 1, count=len(told.labels), worst=which, standing=standing_words(standing)
        )
        self.where.set_whole_text(text.rstrip(" ·"))
        self.optimizer.setCurrentIndex(self.optimizer.findData(told.optimizer))
        self._list_weights()
        self._fit()

    def _list_weights(self) -> None:
        """The weight that is told, then the strongest of each layer."""
        story = self._room.working
        if story is None:
            return
        weights = [(story.parameter, story.index)]
        for name, gradient in story.next_step.gradients.items():
            place = np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape)
            found = (name, tuple(int(i) for i in place))
            if found not in weights:
                weights.append(found)
        if weights != self._weights:
            self._weights = weights
            self.weight.clear()
            self.weight.addItems([weight_title(*one) for one in weights])
        self.weight.setCurrentIndex(0)

    # --- What the user wants

    @Slot()
    def _on_part(self) -> None:
        self.part_chosen.emit(next(part for part, button in self.parts.items() if button is self.sender()))

    @Slot(int)
    def _on_weight(self, number: int) -> None:
        if 0 <= number < len(self._weights):
            self.weight_chosen.emit(*self._weights[number])

    @Slot(int)
    def _on_optimizer(self, _: int) -> None:
        self.optimizer_chosen.emit(str(self.optimizer.currentData()))

    @Slot(int, int)
    def _on_cell(self, row: int, column: int) -> None:
        """A neighbour of the weight that is told."""
        story = self._room.working
        if story is None:
            return
        down, right = row - story.cell[0], column - story.cell[1]
        index = story.index
        if len(index) == 4:
            chosen = (index[0] + down, index[1] + right, *index[2:])
        elif story.pictures.shape[1] > 1 and story.maps is not None:
            place = np.unravel_index(index[0], story.maps)
            at = np.ravel_multi_index((place[0] + down, place[1] + right, place[2]), story.maps)
            chosen = (int(at), index[1])
        else:
            chosen = (index[0] + right, *index[1:])
        self.weight_chosen.emit(story.parameter, tuple(int(i) for i in chosen))


def _segment(part: Part, narrow: bool) -> str:
    """The words of a part's button, where there is no room for them its number alone."""
    return f"{part + 1}" if narrow else f"{part + 1}  {tr(NAMES[part])}"
