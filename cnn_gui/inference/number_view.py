"""The digits of a number, one of which is looked into."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from cnn_gui.state import AppState
from cnn_gui.values import Prediction
from cnn_gui.widgets.card import label

HEIGHT_PX = 30
MOST_SHOWN = 10
HINT = "Write a digit, or a number such as 2026"


class NumberView(QWidget):
    """A button for each digit from left to right; the one that is pressed is what the bars and the maps show."""

    digit_chosen = Signal(int)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("numberView")
        self.setAccessibleName("Number")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._state = state
        self._group = QButtonGroup(self)
        self._buttons: list[QToolButton] = []
        self.words = label(muted=True, small=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.words)
        self._row.addStretch(1)
        state.prediction_changed.connect(self._on_prediction_changed)
        self._on_prediction_changed()

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT_PX)

    @Slot()
    def _on_prediction_changed(self) -> None:
        prediction = self._state.prediction
        count = len(prediction.digits) if prediction else 0
        self._show_buttons(min(count, MOST_SHOWN) if count > 1 else 0)
        if prediction is None or not count:
            reads_digits = self._state.model is None or self._state.model.reads_digits
            self._say(HINT if reads_digits else "")
        elif count == 1:
            reads_digits = self._state.model is not None and self._state.model.reads_digits
            self._say("one digit" if reads_digits and prediction.known else "")
        else:
            self._say(f"{count} digits" if count <= MOST_SHOWN else f"the first {MOST_SHOWN} of {count} digits")
            self._name_buttons(prediction)
        self.setAccessibleDescription(prediction.number if prediction else "")

    def _say(self, words: str) -> None:
        if self.words.text() != words:
            self.words.setText(words)

    def _name_buttons(self, prediction: Prediction) -> None:
        for i, (button, digit) in enumerate(zip(self._buttons, prediction.digits, strict=False)):
            name = prediction.class_names[digit.best] if digit.known else "?"
            tip = f"Digit {i + 1}: {name if digit.known else 'not a digit?'}, {digit.score:.0%} sure"
            if button.toolTip() != tip:
                button.setText(name)
                button.setToolTip(tip)
                button.setAccessibleName(tip)
            button.setChecked(i == prediction.selected)

    def _show_buttons(self, count: int) -> None:
        while len(self._buttons) < count:
            button = QToolButton()
            button.setCheckable(True)
            button.setProperty("digit", True)
            button.clicked.connect(partial(self.digit_chosen.emit, len(self._buttons)))
            self._group.addButton(button)
            self._row.insertWidget(len(self._buttons), button)
            self._buttons.append(button)
        for i, button in enumerate(self._buttons):
            if button.isHidden() == (i < count):
                button.setVisible(i < count)
