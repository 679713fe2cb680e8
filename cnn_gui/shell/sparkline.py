"""A small curve of the loss."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QPointF, QSize, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.metrics import MovingAverage
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr

SIZE_PX = (96, 20)
MOST_POINTS = 192
SMOOTH = 0.9


class Sparkline(QWidget):
    """The smoothed loss of the whole run; when it is full, every second point goes."""

    def __init__(self, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossSparkline")
        self.setAccessibleName(tr("Loss of the run"))
        self.setToolTip(tr("The training loss so far"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._state = state
        self._points: deque[float] = deque()
        self._average = MovingAverage(SMOOTH)
        self._every = self._since = 1
        state.training.metrics_added.connect(self._on_metrics_added)
        state.training.metrics_cleared.connect(self._on_metrics_cleared)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(*SIZE_PX)

    @property
    def value(self) -> float | None:
        """The smoothed loss now; None before the first batch."""
        return self._average.value if self._state.training.batch_count else None

    @Slot()
    def _on_metrics_added(self) -> None:
        for batch in self._state.training.new_batches:
            self._average.add(batch.loss)
            self._since += 1
            if self._since >= self._every:
                self._since = 0
                self._points.append(self._average.value)
        if len(self._points) > MOST_POINTS:
            self._points = deque(list(self._points)[::2])
            self._every *= 2
        self.update()

    @Slot()
    def _on_metrics_cleared(self) -> None:
        self._points.clear()
        self._average = MovingAverage(SMOOTH)
        self._every = self._since = 1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        if len(self._points) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._state.appearance.theme.accent), 1.5))
            highest = max(max(self._points), 1e-9)
            step, usable = (self.width() - 2) / (len(self._points) - 1), self.height() - 4
            line = [
                QPointF(1 + i * step, 2 + usable * (1 - max(value, 0.0) / highest))
                for i, value in enumerate(self._points)
            ]
            painter.drawPolyline(QPolygonF(line))
        painter.end()
