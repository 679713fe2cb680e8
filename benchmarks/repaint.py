"""How long the window takes from an event to the moment at which every view shows the new prediction."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from cnn_gui.app import Application

TIMEOUT_S = 1.0


class RepaintWatch(QObject):
    """Measures actions that change what is read on the canvas."""

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application
        live, working = application.live.view, application.live.room("working").view
        self._views = (application.hand.prediction, live.input, live.inspector.strip, working.detail, working.sum)
        self._painted: set[QObject] = set()
        for view in self._views:
            view.installEventFilter(self)
        self.times_ms: list[float] = []
        self._read = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._painted.add(watched)
        return False

    def measure(self, action: Callable[[], object]) -> None:
        """Do it and wait until all views have been repainted with what it led to."""
        state = self._application.state
        self._read = False
        connection = state.model.prediction_changed.connect(self._on_prediction_changed)
        visible = {view for view in self._views if view.isVisible()}  # a room that is not open is not waited for
        started = time.perf_counter()
        action()
        while not (self._read and self._painted >= visible) and time.perf_counter() - started < TIMEOUT_S:
            QApplication.processEvents()
        self.times_ms.append((time.perf_counter() - started) * 1000)
        state.model.prediction_changed.disconnect(connection)

    def percentile(self, share: float) -> float:
        """In ms."""
        return round(float(np.percentile(self.times_ms, share)), 2) if self.times_ms else float("nan")

    def _on_prediction_changed(self) -> None:
        """From now on what is painted is painted with the new prediction."""
        self._read = True
        self._painted.clear()
