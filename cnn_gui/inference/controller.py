"""Journey of a stroke: marks on the canvas -> digits -> 28×28 images -> network -> prediction in the state."""

from __future__ import annotations

import time

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.digits.reading import Judge, Reader
from cnn_core.drawing import Mark
from cnn_core.errors import CnnError
from cnn_core.inspection import Edit, apply_edits, check_edit
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.errors import ErrorSink
from cnn_gui.state import AppState
from cnn_gui.values import ModelInfo, Prediction

REST_MS = 150
"""A pen that rests so long has the drawing taken apart anew, as one that is lifted."""


class InferenceController(QObject):
    """Owns the GUI thread's own model. Weights come to it as read-only snapshots and are copied.

    ``judge`` takes a drawing apart into digits, whichever model reads them.
    """

    def __init__(self, state: AppState, errors: ErrorSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._errors = state, errors
        self.judge: Judge | None = None
        self._model: Sequential | None = None
        self._reader: Reader | None = None
        self._version = 0
        self._weights: WeightsSnapshot | None = None
        self._held: WeightsSnapshot | None = None
        self._edits: tuple[Edit, ...] = ()
        self._read: tuple[Mark, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)  # as soon as the pen events that are waiting have been taken in
        self._timer.timeout.connect(self._on_timeout)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.predict_now)
        state.drawing_changed.connect(self._on_drawing_changed)
        state.choice_changed.connect(self._on_drawing_changed)

    @property
    def model(self) -> Sequential | None:
        """The model that reads the canvas; None before the first one was opened."""
        return self._model

    def use_model(self, model: Sequential, info: ModelInfo) -> None:
        """Read the canvas with ``model``, which nobody else may change.

        Everything is built and tried before the model that is there is let go: where that fails, nothing has changed.
        """
        weights = model.snapshot()
        reader = Reader(model, info.calibration, self.judge if info.reads_digits else None, info.input_spec)
        reader.look(())  # so that the first stroke does not wait for its buffers
        self.close()
        self._model, self._reader = model, reader
        self._weights, self._held, self._edits = weights, None, ()
        self._version = 0
        self._state.set_model(info)
        self.predict_now()

    def use_info(self, info: ModelInfo) -> None:
        """The same model, of which more is known now."""
        if self._reader is not None:
            self._reader.calibration = info.calibration
        self._state.set_model(info)
        self._on_drawing_changed()

    @property
    def unedited(self) -> WeightsSnapshot | None:
        """The weights that read the canvas, without what was changed in them by hand."""
        return self._held or self._weights

    def use_weights(self, snapshot: WeightsSnapshot) -> None:
        """Take the weights of a training run; the canvas is read again soon, unless others are held."""
        self._weights = snapshot
        if self._held is None:
            self._load()

    def hold(self, snapshot: WeightsSnapshot | None) -> None:
        """Read the canvas with these weights whatever a run brings; None lets the latest ones in again."""
        self._held = snapshot
        self._load()

    def edit(self, edits: tuple[Edit, ...]) -> None:
        """Read the canvas with weights that are changed by hand. Raises `CnnError` for an edit that cannot be made."""
        if self._model is not None:
            for one in edits:
                check_edit(self._model, one)
        self._edits = edits
        self._load()

    def _load(self) -> None:
        weights = self.unedited
        if self._model is None or self._reader is None or weights is None:
            return
        self._model.load(apply_edits(self._model, weights.arrays, self._edits))
        self._reader.weights_changed()
        self._version = weights.version
        self._on_drawing_changed()

    def close(self) -> None:
        """Let go of the model."""
        if self._reader is not None:
            self._reader.close()
        self._model = self._reader = None

    @Slot()
    def _on_drawing_changed(self) -> None:
        if not self._timer.isActive():  # not restarted: a pen that never rests must not put the reading off
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        growing, grown = self._state.growing, self._state.marks is not self._read
        self._predict(growing)
        if not growing:
            self._rest.stop()
        elif grown:  # anew with every point, but not with weights that come meanwhile
            self._rest.start()

    @Slot()
    def predict_now(self) -> None:
        """Read the canvas and tell the state."""
        self._predict(growing=False)

    def _predict(self, growing: bool) -> None:
        self._read = self._state.marks
        if self._model is None or self._reader is None or self._state.model is None:
            return
        started = time.perf_counter()
        try:
            seen = self._reader.look(self._state.marks, growing, self._state.choice)
        except CnnError as error:
            self._errors.show("The drawing cannot be read", str(error))
            return
        found = seen.items[seen.selected].probabilities if seen.items else np.zeros(self._model.output_shape)
        elapsed_ms = (time.perf_counter() - started) * 1000
        self._state.set_prediction(
            Prediction(
                seen.image,
                tuple(float(p) for p in found),
                seen.activations,
                self._state.model.class_names,
                self._version,
                elapsed_ms,
                seen.items,
                seen.selected,
            )
        )
