"""Journey of a stroke: marks on the canvas -> images -> network -> prediction in the state."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.drawing import Mark
from cnn_core.errors import CnnError
from cnn_gui.errors import ErrorSink
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.prediction import Prediction
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr

REST_MS = 150
"""A pen that rests so long has the drawing taken apart anew, as one that is lifted."""


class CanvasReader(QObject):
    """Reads the canvas whenever the drawing or the weights have changed."""

    def __init__(self, state: State, session: ModelSession, errors: ErrorSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._session, self._errors = state, session, errors
        self._read: tuple[Mark, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)  # as soon as the pen events that are waiting have been taken in
        self._timer.timeout.connect(self._on_timeout)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.read_now)
        state.drawing.changed.connect(self._on_changed)
        state.drawing.choice_changed.connect(self._on_changed)
        session.weights_changed.connect(self._on_changed)
        session.model_replaced.connect(self.read_now)

    @Slot()
    def _on_changed(self) -> None:
        if not self._timer.isActive():  # not restarted: a pen that never rests must not put the reading off
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        growing, grown = self._state.drawing.growing, self._state.drawing.marks is not self._read
        self._predict(growing)
        if not growing:
            self._rest.stop()
        elif grown:  # anew with every point, but not with weights that come meanwhile
            self._rest.start()

    @Slot()
    def read_now(self) -> None:
        """Read the canvas and tell the state."""
        self._predict(growing=False)

    def _predict(self, growing: bool) -> None:
        drawing, info = self._state.drawing, self._state.model.info
        self._read = drawing.marks
        model, reader = self._session.model, self._session.reader
        if model is None or reader is None or info is None:
            return
        started = time.perf_counter()
        try:
            seen = reader.look(drawing.marks, growing, drawing.choice)
        except CnnError as error:
            self._errors.show(tr("The drawing cannot be read"), str(error))
            return
        found = seen.items[seen.selected].probabilities if seen.items else np.zeros(model.output_shape)
        elapsed_ms = (time.perf_counter() - started) * 1000
        self._state.model.set_prediction(
            Prediction(
                seen.image,
                tuple(float(p) for p in found),
                seen.activations,
                info.class_names,
                self._session.version,
                elapsed_ms,
                seen.items,
                seen.selected,
            )
        )
