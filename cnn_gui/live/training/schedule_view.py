"""The learning rate over a run, drawn before it begins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnn_core.errors import CnnError
from cnn_core.schedules import make_schedule
from cnn_core.training import TrainingConfig
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr

HEIGHT_PX, POINTS = 28, 200
STEPS_AN_EPOCH = 1000
"""The curve is drawn for so many; how many there are is known only with the data."""


class ScheduleView(QWidget):
    """``config`` says what is to be drawn; a mark shows how far the run is."""

    def __init__(self, state: State, config: Callable[[], TrainingConfig], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scheduleView")
        self._state, self._config = state, config
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()
        state.appearance.theme_changed.connect(self.update)
        state.training.status_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT_PX)

    def refresh(self) -> None:
        """The settings have changed."""
        try:
            self._rates = rates_over(self._config())
        except CnnError:
            self._rates = np.zeros(0)
        name, words = tr("Learning rate over the run"), ""
        if len(self._rates):
            words = tr("from {first:.2g} over {top:.2g} to {last:.2g}").format(
                first=self._rates[0], top=self._rates.max(), last=self._rates[-1]
            )
        self.setAccessibleName(f"{name}: {words}")
        self.setToolTip(f"{name}: {words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self), self._state.appearance.theme
        if len(self._rates):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.track), 1))
            bottom, high = self.height() - 2.5, self.height() - 6
            painter.drawLine(QPointF(0, bottom), QPointF(self.width(), bottom))
            x = np.linspace(1, self.width() - 1, len(self._rates))
            y = bottom - high * self._rates / self._rates.max()
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]))
            status = self._state.training.status
            if status.phase.active and self._state.training.batch_count and status.progress > 0:
                at = 1 + (self.width() - 2) * min(status.progress, 1.0)
                painter.setPen(QPen(QColor(theme.muted), 1))
                painter.drawLine(QPointF(at, 1), QPointF(at, bottom))
        painter.end()


def rates_over(config: TrainingConfig) -> np.ndarray:
    """The rate at evenly spread moments of a run."""
    total = config.epochs * STEPS_AN_EPOCH
    schedule = make_schedule(config.schedule, config.learning_rate, total, config.warmup_epochs * STEPS_AN_EPOCH)
    return np.array([schedule(step) for step in np.linspace(0, total - 1, POINTS)])
