"""Networks that others took the place of: a run begins with fresh weights, and what was there before may come back."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot

from cnn_core.inspection import Edit
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.state import State
from cnn_gui.session.training_state import Phase
from cnn_gui.widgets.translation import tr

MOST_KEPT = 3


@dataclass(frozen=True, slots=True, eq=False)
class KeptNetwork:
    """All that is needed to read the canvas with a network again."""

    info: ModelInfo
    weights: WeightsSnapshot
    edits: tuple[Edit, ...]


class PreviousNetworks(QObject):
    """Keeps the last few networks that had learnt something, and swaps them in again."""

    stop_requested = Signal()

    def __init__(self, state: State, session: ModelSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._session = state, session
        self._kept: deque[KeptNetwork] = deque(maxlen=MOST_KEPT)
        self._waiting = False
        state.training.status_changed.connect(self._on_training_changed)

    def keep(self) -> bool:
        """Put the present network by, before another one takes its place; False where it has learnt nothing yet."""
        info, weights = self._state.model.info, self._session.unedited
        if info is None or weights is None or not info.trained:
            return False
        self._kept.append(KeptNetwork(info, weights, self._state.model.edits))
        self._tell()
        return True

    @Slot()
    def bring_back(self) -> None:
        """Swap the present network for the one before it; a run that goes is ended first."""
        if not self._kept:
            return
        if self._state.training.status.phase is not Phase.IDLE:
            self._waiting = True
            self.stop_requested.emit()
            return
        back = self._kept[-1]
        info, weights, edits = self._state.model.info, self._session.unedited, self._state.model.edits
        model = Sequential.from_config(back.info.architecture)
        model.load(back.weights.arrays)
        self._session.use_model(model, back.info)
        if back.edits:
            self._session.edit(back.edits)
        self._kept.pop()  # only now: had it failed, it would still be there
        if info is not None and weights is not None and info.trained:  # so that this can be undone too
            self._kept.appendleft(KeptNetwork(info, weights, edits))
        self._tell()
        self._state.appearance.set_notice(
            tr("{name} is back ({origin})").format(name=back.info.name, origin=back.info.origin)
        )

    @Slot()
    def _on_training_changed(self) -> None:
        if self._waiting and self._state.training.status.phase is Phase.IDLE:
            self._waiting = False
            self.bring_back()

    def _tell(self) -> None:
        last = self._kept[-1] if self._kept else None
        info = last.info if last is not None else None
        if last is not None and last.edits:  # whose accuracy nobody has measured
            info = replace(
                last.info, origin=tr("{origin}, changed by hand").format(origin=last.info.origin), accuracy=None
            )
        self._state.model.set_previous(info)
