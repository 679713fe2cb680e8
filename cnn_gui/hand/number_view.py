"""The digits of a number, one of which is looked into."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from cnn_gui.session.prediction import Prediction
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.format import percent
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

HEIGHT_PX = 30
MOST_SHOWN, NAMED = 8, 3
SIGNS = {".": QT_TR_NOOP("a decimal point"), ",": QT_TR_NOOP("a decimal comma"), "\u2212": QT_TR_NOOP("a minus")}
HINT = QT_TR_NOOP("A digit, or a number such as 2026")
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class NumberView(QWidget):
    """A button for each digit from left to right; the one that is pressed is what the bars and the maps show.

    The arrow keys go from digit to digit; of a long number those around the chosen digit are shown.
    """

    digit_chosen = Signal(int)

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("numberView")
        self.setAccessibleName(tr("Number"))
        self.setToolTip(tr("The digits on the canvas: click one to look into it"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._state = state
        self._first = 0
        self.buttons = [self._button(place) for place in range(MOST_SHOWN)]
        self.words = label(muted=True, small=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self.buttons:
            row.addWidget(button)
        row.addWidget(self.words)
        row.addStretch(1)
        state.model.prediction_changed.connect(self._on_prediction_changed)
        self._on_prediction_changed()

    def _button(self, place: int) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setProperty("digit", True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(partial(self._choose, place))
        button.installEventFilter(self)
        button.hide()
        return button

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT_PX)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Left and right on a digit."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in STEPS:
            self._step(STEPS[Qt.Key(event.key())])
            return True
        return super().eventFilter(watched, event)

    def _choose(self, place: int) -> None:
        self.digit_chosen.emit(self._first + place)

    def _step(self, by: int) -> None:
        prediction = self._state.model.prediction
        if prediction is not None and 0 <= prediction.selected + by < len(prediction.items):
            self.digit_chosen.emit(prediction.selected + by)

    @Slot()
    def _on_prediction_changed(self) -> None:
        prediction = self._state.model.prediction
        count = len(prediction.items) if prediction else 0
        reads_digits = self._state.model.info is None or self._state.model.info.reads_digits
        shown = min(count, MOST_SHOWN) if count > 1 else 0
        selected = prediction.selected if prediction else 0
        self._first = max(0, min(selected - MOST_SHOWN // 2, count - MOST_SHOWN))
        self._show_buttons(shown)
        if prediction is not None and shown:
            self._name_buttons(prediction, shown)
        self._say(self._words(prediction, count, shown) if reads_digits else self._other_words(count))
        self.setAccessibleDescription(prediction.text if prediction else "")
        whole = tr("The whole number: {text}").format(text=prediction.text) if prediction and 0 < shown < count else ""
        self.words.setToolTip(plain_tip(whole))

    def _words(self, prediction: Prediction | None, count: int, shown: int) -> str:
        if prediction is None or not count:
            return tr(HINT)
        if count == 1:
            return tr("one digit") if prediction.known else ""
        if count > shown:
            return tr("{first}–{last} of {count}").format(first=self._first + 1, last=self._first + shown, count=count)
        digits = sum(not item.sign for item in prediction.items)
        rows = max(item.row for item in prediction.items) + 1
        if not any(digit.known and not digit.sign for digit in prediction.items):
            return ""
        said = tr("{count} digits").format(count=digits)
        return tr("{said} in {rows} rows").format(said=said, rows=rows) if rows > 1 else said

    def _other_words(self, count: int) -> str:
        """What can be drawn for a network whose classes are no digits."""
        info = self._state.model.info
        if count or info is None:
            return ""
        names = ", ".join(info.class_names[:NAMED]) + (", …" if len(info.class_names) > NAMED else "")
        return tr("Draw one of: {names}").format(names=names)

    def _say(self, words: str) -> None:
        if self.words.text() != words:
            self.words.setText(words)

    def _name_buttons(self, prediction: Prediction, shown: int) -> None:
        had_focus = any(button.hasFocus() for button in self.buttons)
        for place, button in enumerate(self.buttons[:shown]):
            number = self._first + place
            digit = prediction.items[number]
            name = digit.sign or prediction.class_names[digit.best]
            tip = tr("Digit {number}: {name}, {percent} sure").format(
                number=number + 1, name=name, percent=percent(digit.score)
            )
            if not digit.known:
                tip = tr("Digit {number}: not a digit? Most like {name}, {percent}").format(
                    number=number + 1, name=name, percent=percent(digit.score)
                )
            if digit.sign:
                tip = tr(SIGNS.get(digit.sign, digit.sign))
            if button.accessibleName() != tip:
                button.setText(name if digit.known else "?")
                button.setToolTip(plain_tip(tip))
                button.setAccessibleName(tip)
            button.setChecked(number == prediction.selected)
            if had_focus and number == prediction.selected and not button.hasFocus():
                button.setFocus()

    def _show_buttons(self, count: int) -> None:
        if any(button.hasFocus() for button in self.buttons[count:]):
            self.setFocus()  # Qt would hand it to whatever comes next
        for place, button in enumerate(self.buttons):
            if button.isHidden() == (place < count):
                button.setVisible(place < count)
