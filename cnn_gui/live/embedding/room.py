"""Where is the drawing among the test images?"""

from __future__ import annotations

from cnn_core.inspection import Embedding
from cnn_gui.live.embedding.controller import EmbeddingController
from cnn_gui.live.embedding.state import EmbeddingState
from cnn_gui.live.embedding.values import Neighbourhood
from cnn_gui.live.embedding.view import EmbeddingView
from cnn_gui.specs import Context, Room, RoomSpec, Rows
from cnn_gui.widgets.translation import QT_TR_NOOP


class EmbeddingRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        self.state = EmbeddingState()
        view = EmbeddingView(context.state, self.state)
        super().__init__(view)
        self.state.setParent(self)
        self.controller = EmbeddingController(context.state, self.state, context.session, context.data, self)
        view.watched.connect(self.controller.watch)
        view.work.again_requested.connect(self.controller.again)
        view.work.cancel_requested.connect(self.controller.cancel)

    def rows(self) -> Rows | None:
        """Every test image's point, and the drawing's."""
        there = self.state.neighbourhood
        return _rows(there, there.embedding) if there.embedding is not None else None

    def is_settled(self) -> bool:
        return self.state.neighbourhood.progress >= 1

    def request_stop(self) -> None:
        self.controller.request_stop()

    def has_stopped(self) -> bool:
        return self.controller.has_stopped()


def _rows(there: Neighbourhood, embedding: Embedding) -> Rows:
    yield ["image", "label", "x", "y", "rank among the nearest"]
    rank = {number: place for place, number in enumerate(there.nearest)}
    for number, (x, y) in enumerate(embedding.points):
        yield [number, int(there.labels[number]), x, y, rank.get(number, "")]
    if there.here is not None:
        yield ["the drawing", "", *there.here, ""]


SPEC = RoomSpec("embedding", QT_TR_NOOP("Among the others"), "Ctrl+5", EmbeddingRoom)
