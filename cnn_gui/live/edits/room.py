"""Changes by hand: a map off or scaled, a weight set."""

from __future__ import annotations

from cnn_core.inspection import Edit, MapScaled
from cnn_gui.live.edits.controller import EditsController
from cnn_gui.live.edits.view import EditsView
from cnn_gui.session.prediction import Prediction
from cnn_gui.specs import Context, Room, RoomSpec, Rows
from cnn_gui.widgets.translation import QT_TR_NOOP


class EditsRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        view = EditsView(context.state)
        super().__init__(view)
        self._state = context.state
        self.controller = EditsController(context.state, context.session, context.errors, self)
        view.edit_made.connect(self.controller.add)
        view.entry_refused.connect(context.state.appearance.set_notice)
        view.undo_requested.connect(self.controller.undo)
        view.undo_all_requested.connect(self.controller.undo_all)

    def rows(self) -> Rows | None:
        """The changes in order, and every class's probability without and with them."""
        model = self._state.model
        return _rows(model.edits, model.unedited, model.prediction) if model.edits else None

    def prepare_demo(self) -> None:
        pin = self._state.selection.pin
        if pin is not None:
            self.controller.add(MapScaled(pin.layer, pin.channel, 0.0))


def _rows(edits: tuple[Edit, ...], unedited: tuple[float, ...], prediction: Prediction | None) -> Rows:
    yield ["change"]
    for edit in edits:
        yield [str(edit)]
    if prediction is not None and unedited:
        yield ["class", "without", "with"]
        for name, before, after in zip(prediction.class_names, unedited, prediction.probabilities, strict=True):
            yield [name, before, after]


SPEC = RoomSpec("edits", QT_TR_NOOP("Change it"), "Ctrl+6", EditsRoom)
