"""Why this class? What the pixels say, and the smallest edit that changes the answer."""

from __future__ import annotations

import numpy as np

from cnn_core.arrays import Array
from cnn_gui.live.attribution.controller import AttributionController
from cnn_gui.live.attribution.state import AttributionState
from cnn_gui.live.attribution.values import Attribution, Counterfactual
from cnn_gui.live.attribution.view import AttributionView
from cnn_gui.specs import Context, Room, RoomSpec, Rows
from cnn_gui.widgets.translation import QT_TR_NOOP


class AttributionRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        self.state = AttributionState()
        view = AttributionView(context.state, self.state)
        super().__init__(view)
        self.state.setParent(self)
        self.controller = AttributionController(context.state, self.state, context.session, self)
        view.watched.connect(self.controller.watch)
        view.class_asked.connect(self.controller.ask)
        view.search_requested.connect(self.controller.search)
        view.search.cancel_requested.connect(self.controller.cancel_search)
        view.answers.cancel_requested.connect(self.controller.cancel)

    def rows(self) -> Rows | None:
        """For every pixel of the image what the answers say."""
        found = self.state.attribution
        return _rows(found, self.state.counterfactual) if found is not None else None

    def prepare_demo(self) -> None:
        self.controller.search(None)

    def is_settled(self) -> bool:
        found, change = self.state.attribution, self.state.counterfactual
        return found is not None and found.progress >= 1 and change is not None and not change.running

    def request_stop(self) -> None:
        self.controller.request_stop()

    def has_stopped(self) -> bool:
        return self.controller.has_stopped()


def _rows(found: Attribution, change: Counterfactual | None) -> Rows:
    flip = change.flip if change is not None else None
    parts: dict[str, Array | None] = {
        "image": found.image.mean(axis=2),
        "saliency": found.saliency,
        "grad-cam": found.cam,
        "contribution": found.contributed,
        "occlusion": found.occlusion,
        "smallest edit": flip.change.sum(axis=2) if flip is not None else None,
    }
    there = {name: values for name, values in parts.items() if values is not None}
    yield ["row", "column", *there]
    for row, column in np.ndindex(found.image.shape[:2]):
        yield [row, column, *(values[row, column] for values in there.values())]


SPEC = RoomSpec("attribution", QT_TR_NOOP("Why this digit?"), "Ctrl+3", AttributionRoom, QT_TR_NOOP("Why this class?"))
