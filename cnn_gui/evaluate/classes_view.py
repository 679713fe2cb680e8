"""Precision, recall and F1 of each class."""

from __future__ import annotations

from math import isnan

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from cnn_core.evaluation import class_report
from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.painted_text import RIGHT, paint_line
from cnn_gui.widgets.translation import tr

ROW_PX, NAME_PX, FIGURE_PX = 22, 46, 44


class ClassBars(QWidget):
    """Painted: a row for each class."""

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._evaluate = state, evaluate
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows = ()
        evaluate.judged_changed.connect(self._on_judged)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, ROW_PX * (len(self._rows) + 1) + 2)

    @Slot()
    def _on_judged(self) -> None:
        judged = self._evaluate.judged
        self._rows = class_report(judged.found.confusion) if judged is not None else ()
        self.setFixedHeight(self.sizeHint().height())
        names = judged.class_names if judged is not None else ()
        self.setAccessibleName(
            "; ".join(
                tr("{name}: precision {p:.1f} %, recall {r:.1f} %, F1 {f:.1f} %").format(
                    name=name, p=row.precision * 100, r=row.recall * 100, f=row.f1 * 100
                )
                for name, row in zip(names, self._rows, strict=False)
            )
        )
        self.update()

    @property
    def lowest(self) -> float:
        """Where the bars begin."""
        shares = [s for row in self._rows for s in (row.precision, row.recall) if not isnan(s)]
        low = min(shares, default=0.0)
        return 0.9 if low >= 0.9 else 0.5 if low >= 0.5 else 0.0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme, judged = QPainter(self), self._state.appearance.theme, self._evaluate.judged
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if judged is None:
            painter.end()
            return
        missed_px = 54
        column = (self.width() - NAME_PX - FIGURE_PX - missed_px) / 2
        for words, left, width in (
            (tr("precision"), NAME_PX, column), (tr("recall"), NAME_PX + column, column),
            (tr("F1"), NAME_PX + 2 * column, FIGURE_PX), (tr("missed"), self.width() - missed_px, missed_px),
        ):  # fmt: skip
            align = RIGHT if words in (tr("F1"), tr("missed")) else Qt.AlignmentFlag.AlignLeft
            paint_line(painter, QRectF(left, 0, width - 4, ROW_PX), words, theme.muted, align=align)
        worst = min((row.recall for row in self._rows if not isnan(row.recall)), default=0.0)
        for number, row in enumerate(self._rows):
            top = ROW_PX * (number + 1)
            name = judged.class_names[number]
            paint_line(painter, QRectF(0, top, NAME_PX - 6, ROW_PX), name, theme.text, strong=True)
            for place, share in enumerate((row.precision, row.recall)):
                left = NAME_PX + place * column
                self._paint_bar(painter, QRectF(left, top, column - 10, ROW_PX), share, share == worst and place == 1)
            f1 = "–" if isnan(row.f1) else f"{row.f1 * 100:.1f}"
            paint_line(painter, QRectF(NAME_PX + 2 * column, top, FIGURE_PX - 4, ROW_PX), f1, theme.text, align=RIGHT)
            missed = QRectF(self.width() - missed_px, top, missed_px - 4, ROW_PX)
            paint_line(painter, missed, str(row.images - row.right), theme.muted, align=RIGHT)
        painter.end()

    def _paint_bar(self, painter: QPainter, place: QRectF, share: float, is_worst: bool) -> None:
        theme = self._state.appearance.theme
        bar = QRectF(place.left(), place.center().y() - 2.5, max(place.width() - 44, 10), 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.track))
        painter.drawRoundedRect(bar, 2, 2)
        if not isnan(share):
            full = max(0.0, (share - self.lowest) / (1 - self.lowest))
            painter.setBrush(QColor(theme.bad if is_worst else theme.muted))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * full, 5), 2, 2)
        words = "–" if isnan(share) else f"{share * 100:.1f}"
        paint_line(painter, QRectF(bar.right(), place.top(), 42, place.height()), words, theme.text, align=RIGHT)


class ClassesView(Card):
    """The rows in a card that scrolls."""

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.bars = ClassBars(state, evaluate)
        self.head.addWidget(label(tr("Each class"), title=True))
        self.head.addStretch(1)
        self.from_words = label(small=True, muted=True)
        self.head.addWidget(self.from_words)
        self.body.addLayout(self.head)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.bars)
        area.setProperty("clear", True)
        self.bars.setObjectName("classBars")
        self.body.addWidget(area, 1)
        self.setMinimumWidth(240)
        evaluate.judged_changed.connect(self._on_judged)

    @Slot()
    def _on_judged(self) -> None:
        low = self.bars.lowest
        self.from_words.setText(tr("bars from {low:.0f} %").format(low=low * 100) if low else "")
