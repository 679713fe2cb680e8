"""The digit, large, and ten bars."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.labels import DIGIT_NAMES
from cnn_gui.state import AppState

ROW_PX = (11, 24)
MOST_ROWS = 12
DIGIT_COLUMN_PX = 112
DIMMED = 0.45
"""How strong the bars are when what is drawn looks like none of the classes."""


class PredictionView(QWidget):
    """Paints what the network reads in the digit that is looked into.

    The properties say the same: `predictedDigit` (-1 on a blank canvas, and for what looks like no digit),
    `confidence`, `probabilities`, `digitScore` (how much it looks like a digit, from 0 to 1), and `predictedNumber`,
    the text of all digits on the canvas, with ``?`` for each that is none.
    """

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("predictionView")
        self.setAccessibleName("Prediction")
        self.setToolTip("What the network reads, and how probable it holds each class to be")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._state = state
        state.prediction_changed.connect(self._on_prediction_changed)
        state.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(300, 10 * 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 10 * ROW_PX[0])

    def _predicted_digit(self) -> int:
        return self._state.prediction.best if self._state.prediction else -1

    def _confidence(self) -> float:
        return self._state.prediction.confidence if self._state.prediction else 0.0

    def _probabilities(self) -> list[float]:
        prediction = self._state.prediction
        if prediction is None or prediction.blank:
            return [0.0] * (len(prediction.probabilities) if prediction else 10)
        return list(prediction.probabilities)

    def _digit_score(self) -> float:
        prediction = self._state.prediction
        return 0.0 if prediction is None or prediction.blank else prediction.digits[prediction.selected].score

    def _predicted_number(self) -> str:
        return self._state.prediction.number if self._state.prediction else ""

    predictedDigit = Property(int, _predicted_digit)
    confidence = Property(float, _confidence)
    probabilities = Property("QVariantList", _probabilities)  # type: ignore[arg-type]
    digitScore = Property(float, _digit_score)
    predictedNumber = Property(str, _predicted_number)

    def _prediction_is_blank(self) -> bool:
        return self._state.prediction is None or self._state.prediction.blank

    @Slot()
    def _on_prediction_changed(self) -> None:
        name, sure = self._words()
        self.setAccessibleDescription(f"{name}, {sure}" if name else sure)
        self.update()

    def _words(self) -> tuple[str, str]:
        prediction = self._state.prediction
        if prediction is None or prediction.blank:
            return "", "no digit yet"
        if not prediction.known:
            return "?", "not a digit?" if prediction.class_names == DIGIT_NAMES else "none of these?"
        return prediction.class_names[prediction.best], f"{percent(prediction.confidence)} sure"

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_digit(painter)
        height = min(self.height(), min(len(self._probabilities()), MOST_ROWS) * ROW_PX[1])
        self._paint_bars(painter, QRectF(DIGIT_COLUMN_PX, 0, self.width() - DIGIT_COLUMN_PX, height))
        painter.end()

    def _paint_digit(self, painter: QPainter) -> None:
        theme = self._state.theme
        name, sure = self._words()
        blank, faint = self._prediction_is_blank(), self._predicted_digit() < 0
        font = QFont(self.font())
        font.setPixelSize(84 if len(name) == 1 else 24)
        font.setWeight(QFont.Weight.Bold)
        height = min(float(self.height()), 150.0)
        top = (min(float(self.height()), 10.0 * ROW_PX[1]) - height) / 2
        painter.setFont(font)
        painter.setPen(QColor(theme.muted if faint else theme.text))
        column = QRectF(0, top, DIGIT_COLUMN_PX - 16, height - 28)
        if max(map(painter.fontMetrics().horizontalAdvance, name.split() or [""])) > column.width():
            name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(column.width()))
        painter.drawText(column, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, name)
        painter.setFont(self.font())
        painter.setPen(QColor(theme.muted))
        below = QRectF(0, top + height - 26, DIGIT_COLUMN_PX - 16, 20)
        painter.drawText(column if blank else below, Qt.AlignmentFlag.AlignCenter, sure)

    def _paint_bars(self, painter: QPainter, area: QRectF) -> None:
        theme, prediction = self._state.theme, self._state.prediction
        values = self._probabilities()
        names = prediction.class_names if prediction else tuple("0123456789")
        shown = list(range(len(values)))
        rows = max(1, min(MOST_ROWS, int(area.height()) // ROW_PX[0]))
        if len(shown) > rows:  # more classes than rows: the most probable ones
            shown = sorted(shown, key=values.__getitem__, reverse=True)[:rows]
        best = self._predicted_digit()
        dimmed = best < 0 and not self._prediction_is_blank()
        font = QFont(self.font())
        row = area.height() / max(len(shown), 1)
        font.setPixelSize(int(min(12, max(9, row - 2))))
        bold = QFont(font)
        bold.setWeight(QFont.Weight.Bold)
        metrics = QFontMetricsF(bold)
        widest = 0.4 * area.width()
        name_width = min(
            widest, max((metrics.horizontalAdvance(name) for name in (names[i] for i in shown)), default=10) + 8
        )
        value_width = metrics.horizontalAdvance("100.0") + 6
        for place, i in enumerate(shown):
            value = values[i]
            line = QRectF(area.left(), area.top() + place * row, area.width(), row)
            strong = i == best
            painter.setFont(bold if strong else font)
            painter.setPen(QColor(theme.text if strong else theme.muted))
            painter.setOpacity(DIMMED if dimmed else 1.0)
            name = painter.fontMetrics().elidedText(names[i], Qt.TextElideMode.ElideRight, int(name_width) - 6)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            if prediction is not None and not prediction.blank:
                painter.drawText(
                    line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{value * 100:.1f}"
                )
            track = QRectF(line.left() + name_width, line.center().y() - 3, line.width() - name_width - value_width, 6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.track))
            painter.drawRoundedRect(track, 3, 3)
            if value * track.width() >= 0.5:
                bar = QRectF(track)
                bar.setWidth(max(value * track.width(), 3.0))
                painter.setBrush(QColor(theme.accent if strong else theme.muted))
                painter.drawRoundedRect(bar, min(3.0, bar.width() / 2), 3)
        painter.setOpacity(1.0)


def percent(share: float) -> str:
    """``0.9734`` as ``97 %``; what would round up to a certainty that is not there is shown more exactly."""
    shown = round(share * 100)
    if shown < 100 or share >= 1:
        return f"{shown} %"
    tenths = int(share * 1000) / 10
    return "> 99.9 %" if tenths >= 99.9 else f"{tenths:.1f} %"
