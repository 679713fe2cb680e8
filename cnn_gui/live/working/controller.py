"""Keeps the working behind the number that is asked about up to date, while pen, pointer and weights move."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from cnn_core.arrays import Shape
from cnn_core.inspection import Field, Place, explain, explain_gradient, onwards, receptive_fields, scaled_by
from cnn_core.model import Sequential
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.inspected import Explained
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State


class WorkingController(QObject):
    """Reads the GUI thread's own model. All of it takes a fraction of a millisecond."""

    def __init__(self, state: State, session: ModelSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._session = state, session
        self._shapes: dict[str, Shape] = {}
        self._fields_of: tuple[Sequential, Pin] | None = None
        self._fields: tuple[Field, ...] = ()
        self._twin: Sequential | None = None
        self._twin_of: FrozenModel | None = None
        state.model.prediction_changed.connect(self._on_changed)
        state.selection.pin_changed.connect(self._on_changed)
        state.model.info_changed.connect(self._on_model_changed)
        state.backward.back_changed.connect(self._explain_gradient)
        state.backward.shown_changed.connect(self._explain_gradient)

    @Slot()
    def _on_model_changed(self) -> None:
        """A pin that the new network has no place for goes to the middle of its first layer."""
        self._fields_of = None
        model = self._session.model
        if model is None:
            return
        self._shapes = {row.name: row.output_shape for row in model.summary()}
        self._state.selection.set_pointed(None)
        pin = self._state.selection.pin
        if pin is None or not self._exists(pin):
            self._state.selection.set_pin(first_pin(model))

    @Slot()
    def _on_changed(self) -> None:
        self._state.inspected.set_explained(self._explained())
        self._explain_gradient()

    @Slot()
    def _explain_gradient(self) -> None:
        """The sum behind the gradient of the same number, while gradients are shown."""
        backward, explained, found = self._state.backward, self._state.inspected.explained, None
        if not backward.shown:
            return
        back, network = backward.back, backward.network
        if back is not None and network is not None and explained is not None:
            if (
                network is not self._twin_of or self._twin is None
            ):  # the weights of then: those of now may have moved on
                self._twin, self._twin_of = network.build(), network
            model, pin = self._twin, explained.pin
            shapes = {layer.name: layer.shape for layer in back.layers}
            if pin.layer in shapes and _is_in(pin.place, shapes[pin.layer]):
                number = [layer.name for layer in back.layers].index(pin.layer)
                last = len(model.trunk) - 1  # the loss itself is asked about at the logits
                found = pin, explain_gradient(model, back, back.image.values, min(number, last), pin.place)
        backward.set_explained(found)

    def _explained(self) -> Explained | None:
        state, model = self._state, self._session.model
        pin = state.selection.pointed or state.selection.pin
        prediction = state.model.prediction
        if pin is None or prediction is None or model is None or not self._exists(pin):
            return None
        names = [layer.name for layer in model]
        if [layer.name for layer in prediction.activations] != names:
            return None  # of the model before
        number = names.index(pin.layer)
        outputs = [layer.values for layer in prediction.activations]
        workings = [
            explain(model, outputs, prediction.image, at, pin.place) for at in (number, *onwards(model, number))
        ]
        fields = self._fields_for(model, pin, number)
        source = scaled_by(model, pin.layer)
        return Explained(pin, state.selection.pointed is None, number, workings[0], tuple(workings[1:]), fields, source)

    def _exists(self, pin: Pin) -> bool:
        shape = self._shapes.get(pin.layer)
        return shape is not None and _is_in(pin.place, shape)

    def _fields_for(self, model: Sequential, pin: Pin, number: int) -> tuple[Field, ...]:
        if self._fields_of is None or self._fields_of[0] is not model or self._fields_of[1] != pin:
            self._fields_of, self._fields = (model, pin), tuple(receptive_fields(model, number, pin.place))
        return self._fields


def _is_in(place: Place, shape: Shape) -> bool:
    return len(shape) == len(place) and all(0 <= i < n for i, n in zip(place, shape, strict=True))


def first_pin(model: Sequential) -> Pin:
    """The middle of the first layer's first map, or its first unit."""
    shape = model.summary()[0].output_shape
    place = (shape[0] // 2, shape[1] // 2, 0) if len(shape) == 3 else (0,)
    return Pin(model.layers[0].name, place)
