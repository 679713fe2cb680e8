"""Keeps the kernels of the pinned convolution in the state, as they are and as they were at the start."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from cnn_core.layers import Conv2D
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.session.inspected import Kernels
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.state import State


class KernelsController(QObject):
    """Also *Change it* shows a weight of these kernels."""

    def __init__(self, state: State, session: ModelSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._session = state, session
        self._of: Sequential | None = None
        self._before: WeightsSnapshot | None = None
        self._shown: tuple[object, ...] = ()
        self._input_map: int | None = None
        session.model_replaced.connect(self._on_model_replaced)
        state.model.prediction_changed.connect(self._on_changed)
        state.selection.pin_changed.connect(self._on_changed)
        state.model.recorded_changed.connect(self._on_recorded_changed)

    @Slot(int)
    def choose_input_map(self, number: int) -> None:
        """Pick an input map of the kernels out."""
        self._input_map = number
        self._on_changed()

    @Slot()
    def _on_model_replaced(self) -> None:
        self._of, self._before = self._session.model, self._session.unedited
        self._input_map, self._shown = None, ()
        self._on_changed()

    @Slot()
    def _on_recorded_changed(self) -> None:
        """A run's own beginning is what its kernels are compared with."""
        recorded = self._state.model.recorded
        if recorded and recorded[0].epoch == 0 and self._before is not recorded[0].weights:
            self._before, self._shown = recorded[0].weights, ()

    @Slot()
    def _on_changed(self) -> None:
        model, pin, prediction = self._session.model, self._state.selection.pin, self._state.model.prediction
        if model is None or pin is None or self._before is None or model is not self._of:
            return  # of a network that has just come nothing is known here yet
        layer = _convolution_of(model, pin.layer)
        if layer is None:
            self._state.inspected.set_kernels(None)
            return
        weight = layer.parameters["weight"]
        filter_ = min(pin.channel, weight.shape[3] - 1) if len(pin.place) == 3 else 0
        input_map = min(self._input_map or 0, weight.shape[2] - 1)
        shown = (layer.name, prediction.model_version if prediction else 0, self._state.model.edits, filter_, input_map,
                 id(self._before), self._state.model.shown_epoch)  # fmt: skip
        if shown != self._shown:
            self._shown = shown
            before = self._before.arrays[f"{layer.name}.weight"]
            self._state.inspected.set_kernels(Kernels(layer.name, weight.copy(), before, filter_, input_map))


def _convolution_of(model: Sequential, layer: str) -> Conv2D | None:
    """The convolution that makes the maps of ``layer``; None where there is none before it."""
    numbers = [i for i, one in enumerate(model.layers) if one.name == layer]
    upto = model.layers[: numbers[0] + 1] if numbers else ()
    return next((one for one in reversed(upto) if isinstance(one, Conv2D)), None)
