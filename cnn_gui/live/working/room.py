"""The sum behind the number that is asked about, and the way through its map."""

from __future__ import annotations

import numpy as np

from cnn_core.inspection import BackwardWorking
from cnn_gui.live.working.controller import WorkingController
from cnn_gui.live.working.slide import Slide
from cnn_gui.live.working.view import WorkingRoomView
from cnn_gui.session.inspected import Explained
from cnn_gui.specs import Context, Room, RoomSpec, Rows
from cnn_gui.widgets.translation import QT_TR_NOOP


class WorkingRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        view = WorkingRoomView(context.state)
        super().__init__(view)
        self._state = context.state
        self.controller = WorkingController(context.state, context.session, self)
        self.slide = Slide(context.state, self)
        view.detail.place_chosen.connect(context.state.selection.choose)
        view.detail.place_pointed.connect(context.state.selection.set_pointed)
        view.slide.clicked.connect(self.slide.toggle)
        view.speed_chosen.connect(self.slide.set_speed)
        self.slide.running_changed.connect(view.show_sliding)

    def rows(self) -> Rows | None:
        """Every term of the sum behind the number that is asked about, then the sum, the bias and what follows."""
        gradient = self._state.backward.explained
        if self._state.backward.shown:
            return _gradient_rows(gradient[1]) if gradient is not None else None
        explained = self._state.inspected.explained
        return _rows(explained) if explained is not None else None


def _rows(explained: Explained) -> Rows:
    working = explained.working
    yield ["layer", "place", "input place", "input", "weight", "product"]
    place = " ".join(map(str, working.place))
    weights, products = working.weights, working.products
    for index in np.ndindex(working.inputs.shape):
        at = np.add(working.origin, index) if len(index) == len(working.origin) else working.origin
        terms = [weights[index], products[index]] if weights is not None and products is not None else ["", ""]
        yield [working.layer, place, " ".join(str(int(i)) for i in at), working.inputs[index], *terms]
    if working.sum is not None:
        yield [working.layer, place, "sum", "", "", working.sum]
        yield [working.layer, place, "bias", "", "", working.bias]
    for step in (working, *explained.onwards):
        yield [step.layer, place, "output", "", "", step.output]


def _gradient_rows(working: BackwardWorking) -> Rows:
    yield ["layer", "place", "later place", "gradient", "weight", "product"]
    place, weights, products = " ".join(map(str, working.place)), working.weights, working.products
    for index in np.ndindex(working.gradients.shape):
        at = np.add(working.origin, index) if len(index) == len(working.origin) else working.origin
        terms = [weights[index], products[index]] if weights is not None and products is not None else ["", ""]
        yield [working.layer, place, " ".join(str(int(i)) for i in at), working.gradients[index], *terms]
    yield [working.layer, place, "gradient", "", "", working.gradient]


SPEC = RoomSpec("working", QT_TR_NOOP("The sum"), "Ctrl+1", WorkingRoom)
