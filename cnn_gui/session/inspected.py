"""What is known of the number that is asked about: several rooms and the strip show it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cnn_core.arrays import Array
from cnn_core.inspection import Field, Working
from cnn_gui.session.selection import Pin


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """The number that is asked about, taken apart.

    Attributes
    ----------
    pin : which number
    pinned : False while the pointer only passes over it
    number : number of its layer
    working : how it comes about
    onwards : what the layers after it that work value by value make of it, in order
    fields : its receptive field, on the image first, then on each layer up to its own
    source : the layer whose weights scale its map or unit, to switch it off; None where there is none
    """

    pin: Pin
    pinned: bool
    number: int
    working: Working
    onwards: tuple[Working, ...]
    fields: tuple[Field, ...]
    source: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """The kernels of one convolution, now and when the network began.

    Attributes
    ----------
    layer : whose
    now, before : [h_f, w_f, c_in, c_out]; ``before`` are the weights that a run began with, or that were opened
    filter, input_map : which filter, and which of its input maps, are picked out
    """

    layer: str
    now: Array
    before: Array
    filter: int
    input_map: int


class Inspected(QObject):
    """GUI thread only; setters alone change it.

    `explained_changed`: the working behind the number. `kernels_changed`: the kernels of its convolution.
    """

    explained_changed = Signal()
    kernels_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._explained: Explained | None = None
        self._kernels: Kernels | None = None

    @property
    def explained(self) -> Explained | None:
        return self._explained

    @property
    def kernels(self) -> Kernels | None:
        return self._kernels

    def set_explained(self, explained: Explained | None) -> None:
        self._explained = explained
        self.explained_changed.emit()

    def set_kernels(self, kernels: Kernels | None) -> None:
        self._kernels = kernels
        self.kernels_changed.emit()
