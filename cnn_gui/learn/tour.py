"""A tour of one minute at the first start: seven places, each with a sentence or two. It can be skipped, and comes but
once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnn_core.lessons import LookAt
from cnn_gui.learn.coach import CoachMarks
from cnn_gui.session.state import State
from cnn_gui.settings import Settings
from cnn_gui.widgets.card import label
from cnn_gui.widgets.translation import tr

WIDTH_PX, AWAY_PX, LOOK_EVERY_MS = 380, 14, 250


def stops() -> tuple[LookAt, ...]:
    """Where the tour leads, in the user's language."""
    return (
        LookAt("canvas", "", tr("Draw a digit here"), tr("With the mouse, a finger or a pen. Whole numbers work too.")),
        LookAt("answer", "", tr("What the network reads"), tr(
            "While the pen moves, it says how sure it is of each digit. Is it wrong? Press the right digit below.")),
        LookAt("card", "ReLU", tr("Feature maps"), tr(
            "Each small picture is a feature map: it is bright where one filter has found what it looks for.")),
        LookAt("widget", "workingView", tr("Ask any number"), tr(
            "Point at a number of any layer: the sum behind it stands here. Other tabs answer other questions.")),
        LookAt("widget", "gradientsButton", tr("The way back"), tr(
            "Gradients show how each number pulls at the loss: that is how a network learns.")),
        LookAt("widget", "trainButton", tr("Let it learn"), tr(
            "Train a network of your own and watch it learn. Nothing is lost: the one before can be brought back.")),
        LookAt("widget", "learnTab", tr("Ten short lessons"), tr(
            "They explain all of it, with things to try. F1 says what is under the pointer.")),
    )  # fmt: skip


class Tour(QObject):
    """`start` shows it; the settings remember that it was seen."""

    def __init__(self, state: State, settings: Settings, window: QWidget, content: QWidget) -> None:
        super().__init__(window)
        self._state, self._settings, self._content = state, settings, content
        self._stops = stops()
        self._at = -1
        self.panel: TourPanel | None = None
        self._marks: CoachMarks | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    @property
    def running(self) -> bool:
        return self._at >= 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only a panel that is on the screen looks around."""
        if event.type() == QEvent.Type.Show:
            self._timer.start()
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return super().eventFilter(watched, event)

    @Slot()
    def start(self) -> None:
        """From the beginning."""
        self._settings.put(tour_seen=True)  # whoever leaves in the middle is not asked again
        if self.panel is None:
            self.panel = TourPanel(self._content)
            self.panel.next.clicked.connect(self.go_on)
            self.panel.skip.clicked.connect(self.end)
            self.panel.installEventFilter(self)
            self._marks = CoachMarks(self._state, self._content, None)
        self._go(0)

    @Slot()
    def go_on(self) -> None:
        """The next place; after the last one it is over."""
        if self._at + 1 < len(self._stops):
            self._go(self._at + 1)
        else:
            self.end()

    @Slot()
    def end(self) -> None:
        """Show nothing more."""
        self._at = -1
        if self.panel is not None and self._marks is not None:
            self.panel.hide()
            self._marks.hide()

    def _go(self, number: int) -> None:
        self._at = number
        assert self.panel is not None
        stop = self._stops[number]
        self.panel.show_stop(stop.title, stop.text, number + 1, len(self._stops))
        self._look(scrolls=True)
        self.panel.next.setFocus()

    @Slot()
    def _look(self, scrolls: bool = False) -> None:
        if self._marks is not None and self.panel is not None and self.running:
            self._marks.show_marks((self._stops[self._at],), -1, scrolls)
            self.panel.place(self._marks.first_place())


class TourPanel(QFrame):
    """The words of a stop, and the way on."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(content)
        self.setObjectName("tourPanel")
        self.setProperty("card", True)
        self.setFixedWidth(WIDTH_PX)
        self.title = label(title=True)
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.count = label(muted=True, small=True)
        self.skip, self.next = QPushButton(tr("Skip")), QPushButton(tr("Next"))
        self.skip.setObjectName("tourSkip")
        self.skip.setToolTip(tr("End the tour (Esc). Help shows it again"))
        self.next.setObjectName("tourNext")
        self.next.setProperty("primary", True)
        self.next.setToolTip(tr("Go on (Enter)"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.title)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.skip)
        row.addWidget(self.next)
        column.addLayout(row)

    def show_stop(self, title: str, text: str, number: int, count: int) -> None:
        self.title.setText(title)
        self.text.setText(text)
        self.count.setText(tr("{n} of {count}").format(n=number, count=count))
        self.next.setText(tr("Done") if number == count else tr("Next"))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.show()
        self.raise_()

    def place(self, lit) -> None:
        """Beside what is lit up, where there is room."""
        content = self.parentWidget()
        if content is None:
            return
        self.adjustSize()
        width, height = self.width(), self.heightForWidth(self.width()) if self.hasHeightForWidth() else self.height()
        self.resize(width, height)
        x, y = lit.right() + AWAY_PX, lit.top()
        if x + width > content.width() - AWAY_PX:
            x, y = lit.left(), lit.bottom() + AWAY_PX
        if y + height > content.height() - AWAY_PX:
            y = lit.top() - height - AWAY_PX
        x = min(max(x, AWAY_PX), content.width() - width - AWAY_PX)
        self.move(x, min(max(y, AWAY_PX), content.height() - height - AWAY_PX))
        self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.skip.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next.click()
        else:
            super().keyPressEvent(event)
