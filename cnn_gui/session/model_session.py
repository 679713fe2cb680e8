"""The network that reads the canvas: its weights, those of earlier epochs, and what was changed in it by hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from cnn_core.digits.reading import Judge, Reader
from cnn_core.inspection import Edit, apply_edits, check_edit
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.session.model_state import Recorded
from cnn_gui.session.state import State


class ModelSession(QObject):
    """Owns the GUI thread's own model. Weights come to it as read-only snapshots and are copied.

    ``judge`` takes a drawing apart into digits, whichever model reads them. Edits and the epoch that is shown stand in
    `ModelState` alone; what reads the canvas is made from them here.
    """

    model_replaced = Signal()
    weights_changed = Signal()

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state.model
        self.judge: Judge | None = None
        self._model: Sequential | None = None
        self._reader: Reader | None = None
        self._version = 0
        self._latest: WeightsSnapshot | None = None

    @property
    def model(self) -> Sequential | None:
        """The model that reads the canvas; None before the first one was opened."""
        return self._model

    @property
    def reader(self) -> Reader | None:
        """What reads drawings with it; the same model, the same reader."""
        return self._reader

    @property
    def version(self) -> int:
        """Of the weights that read now."""
        return self._version

    def use_model(self, model: Sequential, info: ModelInfo) -> None:
        """Read the canvas with ``model``, which nobody else may change.

        Everything is built and tried before the model that is there is let go: where that fails, nothing has changed.
        """
        weights = model.snapshot()
        reader = Reader(model, info.calibration, self.judge if info.reads_digits else None, info.input_spec)
        reader.look(())  # so that the first stroke does not wait for its buffers
        self.close()
        self._model, self._reader, self._latest, self._version = model, reader, weights, 0
        self._state.set_edits(())
        self._state.set_recorded((), None)
        self._state.set_info(info)
        self.model_replaced.emit()

    def use_info(self, info: ModelInfo) -> None:
        """The same model, of which more is known now."""
        if self._reader is not None:
            self._reader.calibration = info.calibration
        self._state.set_info(info)
        self.weights_changed.emit()

    def close(self) -> None:
        """Let go of the model."""
        if self._reader is not None:
            self._reader.close()
        self._model = self._reader = None

    # --- Weights

    @property
    def unedited(self) -> WeightsSnapshot | None:
        """The weights that read the canvas, without what was changed in them by hand."""
        shown = self._state.shown_epoch
        held = next((one.weights for one in self._state.recorded if one.epoch == shown), None)
        return self._latest if shown is None else held or self._latest

    def use_weights(self, snapshot: WeightsSnapshot) -> None:
        """Take the weights of a training run; the canvas is read again soon, unless those of an epoch are shown."""
        self._latest = snapshot
        if self._state.shown_epoch is None:
            self._load()

    def record(self, recorded: Sequence[Recorded], shown: int | None) -> None:
        """The epochs that can be gone back to, and which of them is shown; None follows the latest weights."""
        before = self.unedited
        self._state.set_recorded(tuple(recorded), shown)
        if self.unedited is not before:
            self._load()

    @Slot(object)
    def show_epoch(self, number: int | None) -> None:
        """Read the canvas with the weights of recorded entry ``number``; None goes on with the latest."""
        recorded = self._state.recorded
        chosen = recorded[number] if number is not None and 0 <= number < len(recorded) else None
        self.record(recorded, chosen.epoch if chosen is not None else None)

    def edit(self, edits: tuple[Edit, ...]) -> None:
        """Read the canvas with weights that are changed by hand. Raises `CnnError` for an edit that cannot be made."""
        if self._model is not None:
            for one in edits:
                check_edit(self._model, one)
        self._state.set_edits(edits)
        self._load()

    def _load(self) -> None:
        weights = self.unedited
        if self._model is None or self._reader is None or weights is None:
            return
        self._model.load(apply_edits(self._model, weights.arrays, self._state.edits))
        self._reader.weights_changed()
        self._version = weights.version
        self.weights_changed.emit()


def frozen_model(state: State, session: ModelSession) -> FrozenModel | None:
    """The network that reads the canvas; None before there is one."""
    if session.model is None or state.model.info is None:
        return None
    return FrozenModel(state.model.info.architecture, session.model.snapshot())
