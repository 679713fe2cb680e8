"""What does this map like? The images that excite it most, and one made for it."""

from __future__ import annotations

from cnn_gui.live.exemplars.controller import ExemplarsController
from cnn_gui.live.exemplars.state import ExemplarsState
from cnn_gui.live.exemplars.values import ShownExemplars
from cnn_gui.live.exemplars.view import ExemplarsView
from cnn_gui.specs import Context, Room, RoomSpec, Rows
from cnn_gui.widgets.translation import QT_TR_NOOP


class ExemplarsRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        self.state = ExemplarsState()
        view = ExemplarsView(context.state, self.state)
        super().__init__(view)
        self.state.setParent(self)
        self.controller = ExemplarsController(context.state, self.state, context.session, context.data, self)
        view.watched.connect(self.controller.watch)
        view.work.again_requested.connect(self.controller.again)
        view.work.cancel_requested.connect(self.controller.cancel)

    def rows(self) -> Rows | None:
        """The activations of the images that a map likes."""
        return _rows(self.state.shown) if self.state.shown is not None else None

    def is_settled(self) -> bool:
        return self.state.shown is not None and self.state.shown.progress >= 1

    def request_stop(self) -> None:
        self.controller.request_stop()

    def has_stopped(self) -> bool:
        return self.controller.has_stopped()


def _rows(shown: ShownExemplars) -> Rows:
    yield ["layer", "channel", "rank", "activation", "rows seen", "columns seen"]
    for rank, (value, (down, across)) in enumerate(zip(shown.values, shown.seen, strict=True)):
        seen = f"{down.start}-{down.stop}", f"{across.start}-{across.stop}"
        yield [shown.layer, shown.channel, rank, value, *seen]


SPEC = RoomSpec("exemplars", QT_TR_NOOP("What it likes"), "Ctrl+4", ExemplarsRoom)
