"""Journey of a stroke: marks on the canvas -> 28×28 image -> network -> prediction in the state."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.drawing import BITMAP_SIDE_PX, Renderer, to_network_input
from cnn_core.engine import Observer
from cnn_core.errors import CnnError
from cnn_core.inspection import look_inside
from cnn_core.layers import softmax
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.errors import ErrorSink
from cnn_gui.state import AppState
from cnn_gui.values import ModelInfo, Prediction

COALESCE_MS = 1
"""Pen events that come within this time are read together."""


class InferenceController(QObject):
    """Owns the GUI thread's own model. Weights come to it as read-only snapshots and are copied."""

    def __init__(self, state: AppState, errors: ErrorSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._errors = state, errors
        self._model: Sequential | None = None
        self._observer: Observer | None = None
        self._version = 0
        self._renderer = Renderer(BITMAP_SIDE_PX)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COALESCE_MS)
        self._timer.timeout.connect(self._on_timeout)
        state.drawing_changed.connect(self._on_drawing_changed)

    @property
    def model(self) -> Sequential | None:
        """The model that reads the canvas; None before the first one was opened."""
        return self._model

    def use_model(self, model: Sequential, info: ModelInfo) -> None:
        """Read the canvas with ``model``, which nobody else may change."""
        self._model, self._observer = model, Observer(model)
        self._version = 0
        self._state.set_model(info)
        self.predict_now()

    def use_weights(self, snapshot: WeightsSnapshot) -> None:
        """Take the weights of a training run; the canvas is read again soon."""
        if self._model is None:
            return
        self._model.load(snapshot.arrays)
        self._version = snapshot.version
        self._on_drawing_changed()

    @Slot()
    def _on_drawing_changed(self) -> None:
        if not self._timer.isActive():  # not restarted: a pen that never rests must not put the reading off
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        self.predict_now()

    def predict_now(self) -> None:
        """Read the canvas and tell the state."""
        if self._model is None or self._observer is None or self._state.model is None:
            return
        started = time.perf_counter()
        try:
            image = fitted(to_network_input(self._state.marks, self._renderer), self._model.input_shape)
            activations = look_inside(self._observer, image)
        except CnnError as error:
            self._errors.show("The drawing cannot be read", str(error))
            return
        probabilities = _probabilities(self._model, activations)
        elapsed_ms = (time.perf_counter() - started) * 1000
        self._state.set_prediction(
            Prediction(
                image,
                tuple(float(p) for p in probabilities),
                activations,
                self._state.model.class_names,
                self._version,
                elapsed_ms,
                blank=not image.any(),
            )
        )


def fitted(image: np.ndarray, input_shape: tuple[int, ...]) -> np.ndarray:
    """The 28×28 image for a model of another input size or with several channels: centred, cut or padded."""
    h, w, c = input_shape
    result = np.zeros((h, w, c), np.float32)
    rows, columns = min(h, image.shape[0]), min(w, image.shape[1])
    top, left = (h - rows) // 2, (w - columns) // 2
    from_top, from_left = (image.shape[0] - rows) // 2, (image.shape[1] - columns) // 2
    result[top : top + rows, left : left + columns] = image[from_top : from_top + rows, from_left : from_left + columns]
    return result


def _probabilities(model: Sequential, activations: Any) -> np.ndarray:
    last = activations[-1].values
    return last if model.trunk != model.layers else softmax(last)
