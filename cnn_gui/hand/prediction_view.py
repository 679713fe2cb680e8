"""What was read, large, and a bar for each class."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_gui.hand.bars import MOST_ROWS, ROW_PX, Bars, paint_bars
from cnn_gui.session.state import State
from cnn_gui.widgets.format import percent
from cnn_gui.widgets.ground import claim_ground, paint_ground
from cnn_gui.widgets.painted_text import CENTRE, colour_of, face, paint_line, write
from cnn_gui.widgets.translation import tr

DIGIT_COLUMN_PX = 112
LEAST_HEIGHT_PX = 64
"""Room for some bars in two columns."""
MOST_BELOW_PX = 240.0
"""The words stand in the middle of so much at most."""
WORDS_PX, SURE_PX = 24, 13
OVERHANG_PX = 6
"""Room for the longest words below the digit, ``none of these?``."""


NUMBER_PX, MOST_DIGITS = (60, 52, 46, 40, 34, 30, 26, 22, 18, 15), 9
"""Sizes of a number of several digits that are tried; longer ones are shortened."""
ANNOUNCE_AFTER_MS = 600


class PredictionView(QWidget):
    """Paints what the network reads in the digit that is looked into.

    The properties say the same: `predictedDigit` (-1 on a blank canvas, and for what looks like no digit),
    `confidence`, `probabilities`, `digitScore` (how much it looks like a digit, from 0 to 1), and `predictedNumber`,
    the text of all digits on the canvas, with ``?`` for each that is none.
    """

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        claim_ground(self)
        self.setObjectName("predictionView")
        self.setAccessibleName(tr("Prediction"))
        self.setToolTip(tr("What the network reads, and how probable it holds each class to be"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state, self._said = state, ""
        self._announce = QTimer(self)
        self._announce.setSingleShot(True)
        self._announce.setInterval(ANNOUNCE_AFTER_MS)
        self._announce.timeout.connect(self._on_announced)
        state.model.prediction_changed.connect(self._on_prediction_changed)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(300, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, LEAST_HEIGHT_PX)

    def hideEvent(self, event: QHideEvent) -> None:
        self._announce.stop()
        super().hideEvent(event)

    def _predicted_digit(self) -> int:
        return self._state.model.prediction.best if self._state.model.prediction else -1

    def _confidence(self) -> float:
        return self._state.model.prediction.confidence if self._state.model.prediction else 0.0

    def _probabilities(self) -> list[float]:
        prediction = self._state.model.prediction
        if prediction is None or prediction.blank:
            return [0.0] * (len(prediction.probabilities) if prediction else 0)
        return list(prediction.probabilities)

    def _digit_score(self) -> float:
        prediction = self._state.model.prediction
        return 0.0 if prediction is None or prediction.blank else prediction.items[prediction.selected].score

    def _predicted_number(self) -> str:
        return self._state.model.prediction.text if self._state.model.prediction else ""

    predictedDigit = Property(int, _predicted_digit)
    confidence = Property(float, _confidence)
    probabilities = Property("QVariantList", _probabilities)  # type: ignore[arg-type]
    digitScore = Property(float, _digit_score)
    predictedNumber = Property(str, _predicted_number)

    @Slot()
    def _on_prediction_changed(self) -> None:
        said = self._spoken()
        if said != self._said:
            self._said = said
            self.setAccessibleDescription(said)
            if self.isVisible():
                self._announce.start()  # once the pen rests: nobody can listen to every change
        self.update()

    def _spoken(self) -> str:
        """The whole number, and how sure it is of the least sure digit."""
        prediction = self._state.model.prediction
        if prediction is None or prediction.blank or len(prediction.items) < 2:
            name, sure = self._words()
            return f"{name}, {sure}" if name else sure
        least = min(item.score for item in prediction.items)
        return f"{prediction.text}, {tr('{share} sure').format(share=percent(least))}"

    @Slot()
    def _on_announced(self) -> None:
        """Tell screen readers what is read now."""
        if QAccessible.isActive() and self._said:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._said))

    def _reads_digits(self) -> bool:
        info = self._state.model.info
        return info is None or info.reads_digits

    def _words(self) -> tuple[str, str]:
        prediction = self._state.model.prediction
        if prediction is None or prediction.blank:
            return "", tr("no digit yet") if self._reads_digits() else tr("nothing yet")
        if not prediction.known:
            return "?", tr("not a digit?") if self._reads_digits() else tr("none of these?")
        return prediction.class_names[prediction.best], tr("{share} sure").format(share=percent(prediction.confidence))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, prediction = QPainter(self), self._state.model.prediction
        paint_ground(painter, event.rect(), self._state.appearance.theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_digit(painter)
        names = prediction.class_names if prediction else ()
        drawn = prediction is not None and not prediction.blank
        dimmed = prediction is not None and drawn and not prediction.known
        bars = Bars(names, self._probabilities(), self._predicted_digit(), drawn, dimmed)
        height = min(self.height(), max(min(len(names), MOST_ROWS), 1) * ROW_PX[1])
        area = QRectF(DIGIT_COLUMN_PX, 0, self.width() - DIGIT_COLUMN_PX, height)
        paint_bars(painter, area, bars, self._state.appearance.theme)
        painter.end()

    def _paint_digit(self, painter: QPainter) -> None:
        theme = self._state.appearance.theme
        name, sure = self._words()
        prediction = self._state.model.prediction
        blank, faint = prediction is None or prediction.blank, self._predicted_digit() < 0
        height = min(float(self.height()), 150.0)
        top = (min(float(self.height()), MOST_BELOW_PX) - height) / 2
        column = QRectF(0, top, DIGIT_COLUMN_PX - 16, height - (28 if height > 90 else 20))
        colour = theme.muted if faint else theme.text
        number = prediction.text if prediction is not None and len(prediction.items) > 1 else ""
        if number:
            self._paint_number(painter, column, number, colour)
        elif len(name) == 1:
            large = face(min(84, int(height * 0.75)), QFont.Weight.Bold)
            painter.setFont(large.font)
            painter.setPen(colour_of(colour))
            write(painter, large, column, name, CENTRE)
        elif name:
            self._paint_words(painter, column, name, colour)
        below = QRectF(0, top + height - (26 if height > 90 else 20), DIGIT_COLUMN_PX - 16, 20)
        words = (column if blank else below).adjusted(-OVERHANG_PX, 0, OVERHANG_PX, 0)
        paint_line(painter, words, sure, theme.muted, size_px=SURE_PX, align=CENTRE)

    def _paint_number(self, painter: QPainter, column: QRectF, number: str, colour: str) -> None:
        """All digits, as large as the column has room for; of a very long number its beginning and end."""
        room = column.adjusted(-OVERHANG_PX, 0, OVERHANG_PX, 0)
        number = number if len(number) <= MOST_DIGITS else f"{number[:3]}…{number[-3:]}"
        fits = (size for size in NUMBER_PX if face(size, QFont.Weight.Bold).width(number) <= room.width())
        large = face(next(fits, NUMBER_PX[-1]), QFont.Weight.Bold)
        painter.setFont(large.font)
        painter.setPen(colour_of(colour))
        write(painter, large, room, number, CENTRE)

    def _paint_words(self, painter: QPainter, column: QRectF, name: str, colour: str) -> None:
        """A name of several letters, in lines where it has several words."""
        painter.setFont(face(WORDS_PX, QFont.Weight.Bold).font)
        painter.setPen(colour_of(colour))
        if max(map(painter.fontMetrics().horizontalAdvance, name.split() or [name])) > column.width():
            name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(column.width()))
        painter.drawText(column, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, name)
