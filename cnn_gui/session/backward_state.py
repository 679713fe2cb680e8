"""The backward pass of what is on the canvas, while somebody looks at gradients."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from cnn_core.arrays import Array
from cnn_core.inspection import BackwardPass, BackwardWorking, LayerGradient
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.prediction import Prediction
from cnn_gui.session.selection import Pin


class BackwardState(QObject):
    """GUI thread only; setters alone change it.

    `shown_changed`: activations or gradients stand on the strip. `back_changed`: another backward pass.
    `explained_changed`: the sum behind the gradient of the number that is asked about.
    """

    shown_changed = Signal()
    back_changed = Signal()
    explained_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown = False
        self._back: BackwardPass | None = None
        self._elapsed_ms = 0.0
        self._network: FrozenModel | None = None
        self._image: Array | None = None
        self._explained: tuple[Pin, BackwardWorking] | None = None
        self._nothing: tuple[LayerGradient, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether the strip shows gradients."""
        return self._shown

    @property
    def back(self) -> BackwardPass | None:
        """The latest pass; None for a blank canvas, or before the first."""
        return self._back

    @property
    def network(self) -> FrozenModel | None:
        """The network of the latest pass, as it was then."""
        return self._network

    @property
    def image(self) -> Array | None:
        """The image of the latest pass, [h, w, c]."""
        return self._image

    @property
    def elapsed_ms(self) -> float:
        """What the latest pass took."""
        return self._elapsed_ms

    @property
    def explained(self) -> tuple[Pin, BackwardWorking] | None:
        """A number, and the sum behind its gradient."""
        return self._explained

    def set_shown(self, shown: bool) -> None:
        if shown != self._shown:
            self._shown = shown
            self.shown_changed.emit()

    def set_back(
        self,
        back: BackwardPass | None,
        elapsed_ms: float = 0.0,
        network: FrozenModel | None = None,
        image: Array | None = None,
    ) -> None:
        self._back, self._elapsed_ms, self._network, self._image = back, elapsed_ms, network, image
        self.back_changed.emit()

    def set_explained(self, explained: tuple[Pin, BackwardWorking] | None) -> None:
        self._explained = explained
        self.explained_changed.emit()

    def layers_for(self, prediction: Prediction) -> tuple[LayerGradient, ...]:
        """A gradient for each layer of ``prediction``; zeros where none are known yet."""
        activations = prediction.activations
        found = self._back.layers if self._back is not None and not prediction.blank else self._nothing
        if not _fit(found, prediction):
            found = tuple(LayerGradient(a.name, a.kind, np.zeros(a.shape, np.float32)) for a in activations)
            self._nothing = found
        return found


def _fit(found: tuple[LayerGradient, ...], prediction: Prediction) -> bool:
    return [(one.name, one.shape) for one in found] == [(one.name, one.shape) for one in prediction.activations]
