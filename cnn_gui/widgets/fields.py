"""Fields that say what they do not take, and controls that only who means them can change."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from cnn_gui.widgets.translation import tr

MOST_LETTERS = 30
TEXT_PX = 2
"""Between a choice's text and the edge of its field."""
State = QValidator.State
Control = TypeVar("Control", bound=QWidget)


class _Guard(QObject):
    """Lets the wheel pass over a control without the focus, and gives a control with the focus the keys that it reads:
    those that without it clear the canvas or take the eraser."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_typed(event):
            event.accept()
            return True
        return False


def _is_typed(event: QKeyEvent) -> bool:
    """Whether a key stands for a letter or takes one away, and is no shortcut with Ctrl or Alt."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    erases = event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
    return held == Qt.KeyboardModifier.NoModifier and (erases or (event.text().isprintable() and bool(event.text())))


def guarded(control: Control) -> Control:
    """``control``, a choice, a slider or a field, changed only by the pointer on it, or by wheel and keys while it has
    the focus."""
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel does not give it
    control.installEventFilter(_Guard(control))
    return control


class ComboBox(QComboBox):
    """A guarded choice that never cuts a text: what does not fit ends in "…"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        guarded(self)

    def sizeHint(self) -> QSize:
        """With a style sheet Qt forgets the edge."""
        return super().sizeHint() + QSize(2 * TEXT_PX, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = option.currentText if self.currentIndex() >= 0 else self.placeholderText()
        option.currentText = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, field.width() - TEXT_PX)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


class NumberField(QSpinBox):
    """A whole number from ``low`` to ``high``. What else is typed is shown, and refused aloud when it is left."""

    refused = Signal(str)

    def __init__(self, low: int, high: int, value: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        guarded(self)
        self.setRange(low, high)
        self.setValue(value)
        self.setKeyboardTracking(False)  # the first figures of a number that is too large are no number yet
        self.setCorrectionMode(QSpinBox.CorrectionMode.CorrectToPreviousValue)

    def validate(self, text: str, place: int) -> tuple[State, str, int]:
        """Everything may be typed: a minus or a zero that vanished would leave another number than was meant."""
        value = self._whole(text)
        if value is not None and self.minimum() <= value <= self.maximum():
            return State.Acceptable, text, place
        return (State.Intermediate if len(text) <= MOST_LETTERS else State.Invalid), text, place

    def valueFromText(self, text: str) -> int:
        value = self._whole(text)
        return self.value() if value is None else value

    def fixup(self, text: str) -> str:
        """Called when the field is left with something that is no such number."""
        self.refused.emit(
            tr("{name}: {text!r} is no whole number from {minimum} to {maximum}; it stays {value}").format(
                name=self.accessibleName(),
                minimum=self.minimum(),
                maximum=self.maximum(),
                text=text.removeprefix(self.prefix()),
                value=self.value(),
            )
        )
        return f"{self.prefix()}{self.value()}"

    def _whole(self, text: str) -> int | None:
        text = text.strip().removeprefix(self.prefix().strip()).strip()
        return int(text) if text.isascii() and text.removeprefix("-").isdigit() else None


class DecimalField(QDoubleSpinBox):
    """A number with a decimal point or comma; what else is typed is shown, and refused aloud when it is left."""

    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setKeyboardTracking(False)
        self.setCorrectionMode(QDoubleSpinBox.CorrectionMode.CorrectToPreviousValue)

    def validate(self, text: str, place: int) -> tuple[State, str, int]:
        value = _decimal(text)
        if value is not None and self.minimum() <= value <= self.maximum():
            return State.Acceptable, text, place
        return (State.Intermediate if len(text) <= MOST_LETTERS else State.Invalid), text, place

    def valueFromText(self, text: str) -> float:
        value = _decimal(text)
        return self.value() if value is None else value

    def fixup(self, text: str) -> str:
        """Called when the field is left with something that is no such number."""
        self.refused.emit(
            tr("{name}: {text!r} is no number from {minimum:g} to {maximum:g}; it stays {value:g}").format(
                name=self.accessibleName(),
                minimum=self.minimum(),
                maximum=self.maximum(),
                text=text,
                value=self.value(),
            )
        )
        return self.textFromValue(self.value())


def _decimal(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return None
