"""The weights behind the maps: kernels as they are and were, changes by hand, and the epochs of the latest run."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from cnn_core.engine import Observer
from cnn_core.errors import CnnError
from cnn_core.inspection import Edit, MapScaled
from cnn_core.layers import Conv2D, Softmax, softmax
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.errors import ErrorSink
from cnn_gui.inference.controller import InferenceController
from cnn_gui.state import AppState
from cnn_gui.values import Kernels


class WeightsController(QObject):
    """Keeps the kernels of the pinned convolution in the state, makes and undoes edits, goes back over epochs."""

    def __init__(
        self, state: AppState, inference: InferenceController, errors: ErrorSink, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._inference, self._errors = state, inference, errors
        self._of: Sequential | None = None
        self._before: WeightsSnapshot | None = None
        self._twin: Observer | None = None
        self._twin_has: WeightsSnapshot | None = None
        self._shown: tuple[object, ...] = ()
        self._input_map: int | None = None
        state.model_changed.connect(self._on_model_changed)
        state.prediction_changed.connect(self._on_changed)
        state.pin_changed.connect(self._on_changed)
        state.recorded_changed.connect(self._on_recorded_changed)

    # --- Edits

    @Slot(object)
    def add(self, edit: Edit) -> None:
        """Make one more change. It replaces the last if that was of the same thing; a map scaled by 1 is as it was."""
        edits = self._state.edits
        if edits and _same_target(edits[-1], edit):
            edits = edits[:-1]
        if isinstance(edit, MapScaled) and edit.factor == 1:  # as it was: no change is left of it
            self._use(tuple(other for other in edits if not _same_target(other, edit)))
        else:
            self._use((*edits, edit))

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        self._use(self._state.edits[:-1])

    @Slot()
    def undo_all(self) -> None:
        """The network as it was."""
        self._use(())

    def _use(self, edits: tuple[Edit, ...]) -> None:
        try:
            self._inference.edit(edits)
        except CnnError as error:
            self._errors.show("This cannot be changed", str(error))
            return
        self._state.set_edits(edits)

    # --- Epochs

    @Slot(object)
    def show_epoch(self, number: int | None) -> None:
        """Read the canvas with the weights of recorded entry ``number``; None goes on with the latest."""
        recorded = self._state.recorded
        chosen = recorded[number] if number is not None and 0 <= number < len(recorded) else None
        self._inference.hold(chosen.weights if chosen is not None else None)
        self._state.set_recorded(recorded, chosen.epoch if chosen is not None else None)

    # --- Kernels

    @Slot(int)
    def choose_input_map(self, number: int) -> None:
        """Pick an input map of the kernels out."""
        self._input_map = number
        self._on_changed()

    @Slot()
    def _on_model_changed(self) -> None:
        if self._inference.model is self._of:
            return
        self._of, self._before, self._input_map = self._inference.model, self._inference.unedited, None
        self._shown, self._twin = (), None
        self._state.set_edits(())
        self._state.set_recorded((), None)
        self._on_changed()

    @Slot()
    def _on_recorded_changed(self) -> None:
        """A run's own beginning is what its kernels are compared with."""
        recorded = self._state.recorded
        if recorded and recorded[0].epoch == 0 and self._before is not recorded[0].weights:
            self._before, self._shown = recorded[0].weights, ()

    @Slot()
    def _on_changed(self) -> None:
        model, pin, prediction = self._inference.model, self._state.pin, self._state.prediction
        if model is None or pin is None or self._before is None or model is not self._of:
            return  # of a network that has just been opened nothing is known here yet
        self._compare(model)
        layer = _convolution_of(model, pin.layer)
        if layer is None:
            self._state.set_kernels(None)
            return
        weight = layer.parameters["weight"]
        filter_ = min(pin.channel, weight.shape[3] - 1) if len(pin.place) == 3 else 0
        input_map = min(self._input_map or 0, weight.shape[2] - 1)
        shown = (layer.name, prediction.model_version if prediction else 0, self._state.edits, filter_, input_map,
                 id(self._before), self._state.shown_epoch)  # fmt: skip
        if shown != self._shown:
            self._shown = shown
            before = self._before.arrays[f"{layer.name}.weight"]
            self._state.set_kernels(Kernels(layer.name, weight.copy(), before, filter_, input_map))

    def _compare(self, model: Sequential) -> None:
        """What the network would say without the edits."""
        prediction, weights = self._state.prediction, self._inference.unedited
        if not self._state.edits or prediction is None or prediction.blank or weights is None:
            self._twin = None
            if self._state.unedited:
                self._state.set_unedited(())
            return
        if self._twin is None:
            self._twin, self._twin_has = Observer(Sequential.from_config(model.config())), None
        if self._twin_has is not weights:
            self._twin.model.load(weights.arrays)
            self._twin_has = weights
        outputs = self._twin.activations(prediction.image)
        logits = next(outputs[layer.name] for layer in reversed(model.layers) if not isinstance(layer, Softmax))
        self._state.set_unedited(tuple(float(p) for p in softmax(logits[None])[0]))


def _convolution_of(model: Sequential, layer: str) -> Conv2D | None:
    """The convolution that makes the maps of ``layer``; None where there is none before it."""
    numbers = [i for i, one in enumerate(model.layers) if one.name == layer]
    upto = model.layers[: numbers[0] + 1] if numbers else ()
    return next((one for one in reversed(upto) if isinstance(one, Conv2D)), None)


def _same_target(one: Edit, other: Edit) -> bool:
    """Whether two edits change the same thing, so that the later one stands for both."""
    if type(one) is not type(other):
        return False
    neutral = {"factor": 1.0} if hasattr(one, "factor") else {"value": 0.0}
    return replace(one, **neutral) == replace(other, **neutral)
