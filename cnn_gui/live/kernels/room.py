"""Every kernel of a convolution, now and at the start."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Slot

from cnn_gui.live.kernels.controller import KernelsController
from cnn_gui.live.kernels.view import KernelsView
from cnn_gui.session.inspected import Kernels
from cnn_gui.session.selection import Pin
from cnn_gui.specs import Context, Room, RoomSpec, Rows
from cnn_gui.widgets.translation import QT_TR_NOOP


class KernelsRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        view = KernelsView(context.state)
        super().__init__(view)
        self._state = context.state
        self.controller = KernelsController(context.state, context.session, self)
        view.blocks.filter_chosen.connect(self._on_filter_chosen)
        view.blocks.input_map_chosen.connect(self.controller.choose_input_map)

    def rows(self) -> Rows | None:
        """Every weight of the convolution, now and at the start."""
        kernels = self._state.inspected.kernels
        return _rows(kernels) if kernels is not None else None

    @Slot(int)
    def _on_filter_chosen(self, number: int) -> None:
        """The filter's own map, at the place that was asked about if it is of the same layer."""
        kernels, pin = self._state.inspected.kernels, self._state.selection.pin
        if kernels is not None and pin is not None and len(pin.place) == 3:
            self._state.selection.set_pin(Pin(pin.layer, (*pin.place[:2], number)))


def _rows(kernels: Kernels) -> Rows:
    yield ["layer", "row", "column", "input map", "filter", "weight", "weight at the start"]
    for index in np.ndindex(kernels.now.shape):
        yield [kernels.layer, *index, kernels.now[index], kernels.before[index]]


SPEC = RoomSpec("kernels", QT_TR_NOOP("Kernels"), "Ctrl+2", KernelsRoom)
