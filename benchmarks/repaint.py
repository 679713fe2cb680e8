"""How long the window takes from an event to the moment at which every view shows what it led to."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from cnn_core.arrays import Array
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


class GradientWatch(QObject):
    """Measures how long an event that changes the drawing takes to reach the gradients on the strip.

    A pass in the background is often older than the drawing: each gradient counts for the image that it was made of.
    """

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._state = application.state
        self._strip = application.live.view.inspector.strip
        self._sent: list[float] = []
        self._read: list[tuple[Array, list[float]]] = []
        self._found: list[float] = []
        self._painted: list[float] = []
        self.times_ms: list[float] = []
        self._state.model.prediction_changed.connect(self._on_prediction_changed)
        self._state.backward.back_changed.connect(self._on_back_changed)
        self._strip.installEventFilter(self)

    def note(self) -> None:
        """An event is about to be sent."""
        self._sent.append(time.perf_counter())

    def forget(self) -> None:
        """What is on its way does not count."""
        self._sent, self._read, self._found, self._painted = [], [], [], []

    def collect(self) -> None:
        """Call it whenever the event loop has done all that was waiting: what it painted stands on the screen."""
        self.times_ms += [(time.perf_counter() - sent) * 1000 for sent in self._painted]
        self._painted = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        if event.type() == QEvent.Type.Paint and self._found:
            self._painted += self._found
            self._found = []
        return False

    def _on_prediction_changed(self) -> None:
        prediction = self._state.model.prediction
        if prediction is not None and self._sent:
            self._read.append((prediction.image, self._sent))
            self._sent = []

    def _on_back_changed(self) -> None:
        image = self._state.backward.image
        at = next((i for i, (read, _) in enumerate(self._read) if read is image), None)
        if at is not None:
            self._found += [sent for _, times in self._read[: at + 1] for sent in times]
            del self._read[: at + 1]
