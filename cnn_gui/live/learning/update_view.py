"""What the optimizer makes of the gradient, line by line, and what that does to the batch."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnn_core.training import StepWorking
from cnn_gui.live.learning.state import LearningState, Part
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.format import scientific
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import RIGHT, face, paint_line
from cnn_gui.widgets.translation import tr

TITLE_PX, ROW_PX, SYMBOL_PX = 22, 19, 46
MOST_PLACES = 5
OPTIMIZER_NAMES = {
    "sgd": "SGD", "momentum": "Momentum", "nesterov": "Nesterov", "rmsprop": "RMSProp", "adam": "Adam",
    "adamw": "AdamW",
}  # fmt: skip


class UpdateView(QWidget):
    """The lines of `explain_update`; a gradient is shown from the backward part on, the rest at the update."""

    def __init__(self, state: State, room: LearningState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("updateView")
        self.setAccessibleName(tr("What the optimizer makes of the gradient"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state, self._room = state, room
        for signal in (room.working_changed, room.part_changed, state.appearance.theme_changed):
            signal.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(320, 150)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, TITLE_PX + 7 * ROW_PX)

    @Slot()
    def _on_changed(self) -> None:
        story = self._room.working
        if story is not None:
            self.setAccessibleDescription("; ".join(f"{x.symbol} = {scientific(x.after)}" for x in story.lines))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._state.appearance.theme, QPainter(self)
        paint_ground(painter, event.rect(), theme)
        story, part = self._room.working, self._room.part
        name = OPTIMIZER_NAMES.get(story.next_step.optimizer, "") if story is not None else ""
        colour = theme.text if part is Part.UPDATE else theme.muted
        title = tr("{name} makes a step of it").format(name=name) if name else tr("The update")
        paint_line(painter, QRectF(0, 0, self.width(), TITLE_PX), title, colour, size_px=13, strong=True)
        if story is not None and part >= Part.BACKWARD:
            self._paint(painter, story)
        painter.end()

    def _paint(self, painter: QPainter, story: StepWorking) -> None:
        theme = self._state.appearance.theme
        lines = story.lines if self._room.part is Part.UPDATE else story.lines[:1]
        row_px = min(ROW_PX, (self.height() - TITLE_PX) / max(len(story.lines), 1))
        for number, line in enumerate(lines):
            top = TITLE_PX + number * row_px
            is_weight = line.symbol == "weight"
            if is_weight:
                painter.fillRect(QRectF(0, top, self.width(), row_px), QColor(theme.raised))
            row = QRectF(4, top, self.width() - 8, row_px)
            figures = scientific(line.after)
            if line.before is not None:
                figures = f"{line.before:.5f} → {line.after:.5f}".replace("-", "−") if is_weight else (
                    f"{scientific(line.before)} → {scientific(line.after)}")  # fmt: skip
            used = paint_line(painter, row, figures, theme.text, size_px=12, align=RIGHT, strong=is_weight)
            symbol = tr("weight") if is_weight else line.symbol
            width = max(SYMBOL_PX, face(12).width(symbol) + 10)
            paint_line(painter, row, symbol, theme.text, size_px=12, strong=True)
            formula = tr("sum ÷ {n}").format(n=len(story.losses)) if line.symbol == "g" else line.formula
            place = QRectF(row.left() + width, top, row.width() - width - used - 10, row_px)
            paint_line(painter, place, formula.replace("-", "−"), theme.muted, size_px=12)


class BeforeAfterView(QWidget):
    """The chosen image's probabilities and the batch's loss, before the step and after it."""

    step_wanted = Signal()

    def __init__(self, state: State, room: LearningState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("beforeAfterView")
        self._state, self._room = state, room
        self.title = label(tr("Before and after"), title=True)
        self.lines = [label(small=True) for _ in range(2)]
        self.loss = label(small=True, muted=True)
        self.loss.setWordWrap(True)
        self.take = QPushButton(tr("Take the step"))
        self.take.setObjectName("takeStepButton")
        self.take.setProperty("primary", True)
        self.take.setToolTip(tr("Let the network make this step, and tell the next one (Enter)"))
        self.take.clicked.connect(self.step_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.title)
        for line in self.lines:
            column.addWidget(line)
        column.addWidget(self.loss)
        row = QHBoxLayout()
        row.addWidget(self.take)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        for signal in (room.working_changed, room.part_changed, room.standing_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        story, standing = self._room.working, self._room.standing
        self.take.setEnabled(story is not None and not standing.busy)
        self.take.setText(tr("Try the step") if standing.practice else tr("Take the step"))
        reached = story is not None and self._room.part is Part.UPDATE
        if story is None or not reached:
            for line in (*self.lines, self.loss):
                line.setText("")
            return
        told, names = story.next_step, story.next_step.class_names
        label_ = int(told.labels[story.image])
        read = int(story.before.argmax())
        shown = [(tr("it is {name}"), label_)] if label_ >= 0 else []
        if read != label_:
            shown.append((tr("read as {name}"), read))
        for line in self.lines:
            line.setText("")
        for line, (words, number) in zip(self.lines, shown, strict=False):
            before, after = percents(float(story.before[number]), float(story.after[number]))
            line.setText(f"{words.format(name=names[number])}: {before} → {after} %")
        words = tr("loss of the batch {before} → {after}")
        if told.dropout:
            words = tr("loss of the batch {before} → {after}, both without dropout")
        self.loss.setText(words.format(before=_exact(story.loss_before), after=_exact(story.loss_after)))


def percents(before: float, after: float) -> tuple[str, str]:
    """Two probabilities in per cent, with so many figures that a small step is to be seen."""
    texts = [(f"{before * 100:.{places}f}", f"{after * 100:.{places}f}") for places in range(1, MOST_PLACES + 1)]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[0])


def _exact(value: float) -> str:
    """Five figures, so that a small step is to be seen."""
    return f"{value:.4g}".replace("-", "−")
