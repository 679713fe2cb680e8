"""Makes and undoes changes by hand, and knows what the network would say without them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from cnn_core.engine import Observer
from cnn_core.errors import CnnError
from cnn_core.inspection import Edit, MapScaled
from cnn_core.layers import Softmax, softmax
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.errors import ErrorSink
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr


class EditsController(QObject):
    """The edits themselves are the session's."""

    def __init__(self, state: State, session: ModelSession, errors: ErrorSink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._session, self._errors = state, session, errors
        self._twin: Observer | None = None
        self._twin_has: WeightsSnapshot | None = None
        session.model_replaced.connect(self._on_model_replaced)
        state.model.prediction_changed.connect(self._on_prediction_changed)

    @Slot(object)
    def add(self, edit: Edit) -> None:
        """Make one more change. It replaces the last if that was of the same thing; a map scaled by 1 is as it was."""
        edits = self._state.model.edits
        if edits and _same_target(edits[-1], edit):
            edits = edits[:-1]
        if isinstance(edit, MapScaled) and edit.factor == 1:  # as it was: no change is left of it
            self._use(tuple(other for other in edits if not _same_target(other, edit)))
        else:
            self._use((*edits, edit))

    @Slot()
    def undo(self) -> None:
        """Take the last change back."""
        self._use(self._state.model.edits[:-1])

    @Slot()
    def undo_all(self) -> None:
        """The network as it was."""
        self._use(())

    def _use(self, edits: tuple[Edit, ...]) -> None:
        try:
            self._session.edit(edits)
        except CnnError as error:
            self._errors.show(tr("This cannot be changed"), str(error))

    @Slot()
    def _on_model_replaced(self) -> None:
        self._twin = None

    @Slot()
    def _on_prediction_changed(self) -> None:
        if self._session.model is not None:
            self._compare(self._session.model)

    def _compare(self, model: Sequential) -> None:
        """What the network would say without the edits."""
        prediction, weights = self._state.model.prediction, self._session.unedited
        if not self._state.model.edits or prediction is None or prediction.blank or weights is None:
            self._twin = None
            if self._state.model.unedited:
                self._state.model.set_unedited(())
            return
        if self._twin is None:
            self._twin, self._twin_has = Observer(Sequential.from_config(model.config())), None
        if self._twin_has is not weights:
            self._twin.model.load(weights.arrays)
            self._twin_has = weights
        outputs = self._twin.activations(prediction.image)
        logits = next(outputs[layer.name] for layer in reversed(model.layers) if not isinstance(layer, Softmax))
        self._state.model.set_unedited(tuple(float(p) for p in softmax(logits[None])[0]))


def _same_target(one: Edit, other: Edit) -> bool:
    """Whether two edits change the same thing, so that the later one stands for both."""
    if type(one) is not type(other):
        return False
    neutral = {"factor": 1.0} if hasattr(one, "factor") else {"value": 0.0}
    return replace(one, **neutral) == replace(other, **neutral)
