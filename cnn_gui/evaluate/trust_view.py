"""Can its confidence be trusted, and what does it cost to answer only when sure?"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from cnn_core.evaluation import CoverageCurve, ReliabilityBin, coverage_curve, reliability_bins
from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.painted_text import CENTRE, RIGHT, paint_line
from cnn_gui.widgets.translation import tr

LEFT_PX, BOTTOM_PX, MOST_POINTS = 36, 32, 400


class TrustPlot(QWidget):
    """Painted: reliability, or accuracy against coverage."""

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._evaluate = state, evaluate
        self.shows_coverage = False
        self._bins: tuple[ReliabilityBin, ...] = ()
        self._curve: CoverageCurve | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 110)
        evaluate.judged_changed.connect(self._on_judged)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(280, 240)

    @Slot()
    def _on_judged(self) -> None:
        judged = self._evaluate.judged
        if judged is None:
            return
        self._bins = reliability_bins(judged.probabilities, judged.found.labels)
        self._curve = coverage_curve(judged.probabilities, judged.found.labels)
        pair = tr("{sure:.0f} % sure, {right:.0f} % right")
        said = (pair.format(sure=b.confidence * 100, right=b.accuracy * 100) for b in self._bins)
        self.setAccessibleName("; ".join(said))
        self.update()

    def _area(self) -> QRectF:
        return QRectF(LEFT_PX, 8, self.width() - LEFT_PX - 10, self.height() - BOTTOM_PX - 10)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._bins and self._curve is not None:
            self._paint_coverage(painter, self._curve) if self.shows_coverage else self._paint_reliability(painter)
        painter.end()

    def _axes(self, painter: QPainter, x: tuple[float, float], y: tuple[float, float], words: str) -> None:
        theme, area = self._state.appearance.theme, self._area()
        painter.setPen(QPen(QColor(theme.track), 1))
        for share in _ticks(*y):
            at = area.bottom() - area.height() * (share - y[0]) / (y[1] - y[0])
            painter.setPen(QPen(QColor(theme.track), 1))
            painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
            figure = f"{share * 100:.0f}" if y[1] - y[0] > 0.05 else f"{share * 100:.1f}"
            paint_line(painter, QRectF(0, at - 8, LEFT_PX - 6, 16), figure, theme.muted, size_px=11, align=RIGHT)
        for share in _ticks(*x):
            at = area.left() + area.width() * (share - x[0]) / (x[1] - x[0])
            place = QRectF(at - 20, area.bottom() + 2, 40, 14)
            paint_line(painter, place, f"{share * 100:.0f}", theme.muted, size_px=11, align=CENTRE)
        below = QRectF(area.left(), self.height() - 16, area.width(), 16)
        paint_line(painter, below, words, theme.muted, size_px=11, align=CENTRE)

    def _paint_reliability(self, painter: QPainter) -> None:
        theme, area = self._state.appearance.theme, self._area()
        low = min(min(b.confidence for b in self._bins), min(b.interval[0] for b in self._bins))
        low = float(np.floor(max(low, 0.0) * 5) / 5)
        self._axes(painter, (low, 1), (low, 1), tr("how sure it is, %; upwards: how often right, %"))

        def at(x: float, y: float) -> QPointF:
            right, up = (x - low) / (1 - low), (y - low) / (1 - low)
            return QPointF(area.left() + area.width() * right, area.bottom() - area.height() * up)

        painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(at(low, low), at(1, 1))
        paint_line(painter, QRectF(area.left() + 8, area.top() + 6, 90, 16), tr("too modest"), theme.muted, size_px=11)
        place = QRectF(area.right() - 84, area.bottom() - 22, 80, 16)
        paint_line(painter, place, tr("too sure"), theme.muted, size_px=11, align=RIGHT)
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        painter.drawPolyline(QPolygonF([at(b.confidence, b.accuracy) for b in self._bins]))
        most = max(b.count for b in self._bins)
        for b in self._bins:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawLine(at(b.confidence, b.interval[0]), at(b.confidence, b.interval[1]))
            side = 5 + 6 * (b.count / most) ** 0.5
            painter.setPen(QPen(QColor(theme.surface), 1))
            painter.setBrush(QColor(theme.accent))
            centre = at(b.confidence, b.accuracy)
            painter.drawEllipse(centre, side / 2, side / 2)

    def _paint_coverage(self, painter: QPainter, curve: CoverageCurve) -> None:
        theme, area = self._state.appearance.theme, self._area()
        keep = np.unique(np.linspace(0, len(curve.coverage) - 1, MOST_POINTS).astype(int))
        coverage, accuracy = curve.coverage[keep], curve.accuracy[keep]
        low = float(np.floor(max(accuracy.min(initial=1.0), 0) * 100) / 100)
        low = min(low, 0.99)
        self._axes(painter, (0, 1), (low, 1), tr("images that are answered, %; upwards: right among them, %"))
        points = [
            QPointF(area.left() + area.width() * c, area.bottom() - area.height() * (a - low) / (1 - low))
            for c, a in zip(coverage.tolist(), accuracy.tolist(), strict=True)
        ]
        painter.setPen(QPen(QColor(theme.accent), 2))
        painter.drawPolyline(QPolygonF(points))
        said = tr("99.9 % right if {share:.1f} % are answered").format(share=curve.coverage_for(0.999) * 100)
        paint_line(painter, QRectF(area.left() + 8, area.bottom() - 22, area.width() - 12, 16), said, theme.text)


def _ticks(low: float, high: float) -> list[float]:
    """Round shares from ``low`` to ``high``."""
    step = next(one for one in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 1.0) if (high - low) / one <= 5.01)
    first = int(np.ceil(low / step - 1e-6))
    return [number * step for number in range(first, int(np.floor(high / step + 1e-6)) + 1)]


class TrustView(Card):
    """The plot, and which of both it is."""

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.plot = TrustPlot(state, evaluate)
        self.title = label(tr("Can its confidence be trusted?"), title=True)
        self.head.addWidget(self.title, 1)
        self.coverage = QToolButton()
        self.coverage.setObjectName("coverageButton")
        self.coverage.setText(tr("refusing"))
        self.coverage.setCheckable(True)
        self.coverage.setProperty("chip", True)
        self.coverage.setAccessibleName(tr("What refusing costs"))
        self.coverage.setToolTip(tr("How many images are right if only those it is sure of are answered"))
        self.coverage.toggled.connect(self._on_toggled)
        self.head.addWidget(self.coverage)
        self.body.addLayout(self.head)
        self.body.addWidget(self.plot, 1)
        self.setMinimumWidth(220)

    @Slot(bool)
    def _on_toggled(self, coverage: bool) -> None:
        self.plot.shows_coverage = coverage
        self.title.setText(tr("What refusing costs") if coverage else tr("Can its confidence be trusted?"))
        self.plot.update()
