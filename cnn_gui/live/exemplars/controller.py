"""What does this map like? Looks for it in the background, for the map that is pinned, while somebody looks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.inspection import find_exemplars, maximize, receptive_fields
from cnn_core.runs import trained_on
from cnn_core.sources import reference_images
from cnn_gui.live.exemplars.state import ExemplarsState
from cnn_gui.live.exemplars.values import ShownExemplars
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_session import ModelSession, frozen_model
from cnn_gui.session.selection import Pin
from cnn_gui.session.state import State
from cnn_gui.widgets.core_words import images_words
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.translation import tr

AFTER_MS = 150
BEST = 8
DREAM_SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class ExemplarsQuery:
    """Whose likes are asked for, and with which network and data."""

    pin: Pin
    network: FrozenModel
    dataset: str
    data_dir: Path | None


class ExemplarsController(QObject):
    """Answers for the map that was pinned last; weights that change meanwhile are seen when somebody asks again."""

    def __init__(
        self,
        state: State,
        room: ExemplarsState,
        session: ModelSession,
        data: DataFolder,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._room, self._session, self._data = state, room, session, data
        self._watched = False
        self._job = LatestJob(self)
        self._job.part.connect(self._on_part)
        self._job.finished.connect(self._on_part)
        self._job.progressed.connect(self._on_progressed)
        self._job.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._on_timeout)
        state.selection.pin_changed.connect(self._on_pin_changed)
        state.model.info_changed.connect(self._on_model_changed)

    @Slot(bool)
    def watch(self, watched: bool) -> None:
        """Whether somebody looks."""
        self._watched = watched
        if watched:
            self.again()
        else:
            self._timer.stop()
            self._job.cancel()

    @Slot()
    def again(self) -> None:
        """Look anew, with the weights as they are now."""
        self._timer.start()

    @Slot()
    def cancel(self) -> None:
        """Give the search up and keep what was found."""
        self._job.cancel()
        if self._room.shown is not None:
            self._room.set_shown(replace(self._room.shown, progress=1.0))

    def request_stop(self) -> None:
        """Ask all work to stop."""
        self._timer.stop()
        self._job.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more."""
        return self._job.has_stopped()

    @Slot()
    def _on_pin_changed(self) -> None:
        pin, shown = self._state.selection.pin, self._room.shown
        same = pin is not None and shown is not None and (shown.layer, shown.channel) == (pin.layer, pin.channel)
        if self._watched and not same:
            self._timer.start()

    @Slot()
    def _on_model_changed(self) -> None:
        self._room.set_shown(None)
        if self._watched:
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        pin, network, info = self._state.selection.pin, frozen_model(self._state, self._session), self._state.model.info
        if pin is None or network is None or info is None:
            return
        self._room.set_shown(ShownExemplars(pin.layer, pin.channel, words=tr("looking through the test images")))
        dataset = trained_on(info.training)
        self._job.start(partial(_look, ExemplarsQuery(pin, network, dataset, self._data.folder)))

    @Slot(object)
    def _on_part(self, shown: ShownExemplars) -> None:
        self._room.set_shown(shown)

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        if self._room.shown is not None:
            self._room.set_shown(replace(self._room.shown, progress=share))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        if self._room.shown is not None:
            self._room.set_shown(replace(self._room.shown, words=problem, progress=1.0))


def _look(query: ExemplarsQuery, control: JobControl) -> ShownExemplars:
    """In the pool's thread: images first, then the one made from noise."""
    model, pin = query.network.build(), query.pin
    number = [layer.name for layer in model].index(pin.layer)
    data, words = reference_images(query.dataset, model.input_shape, query.data_dir, control.stopped)
    words = f"{thousands(len(data))} {images_words(words)}"
    found = find_exemplars(
        model, data.images, number, BEST, lambda done, total: control.progress(done, 2 * total), control.stopped
    )
    numbers = found.images[pin.channel]
    is_map = len(pin.place) == 3
    fields = [receptive_fields(model, number, found.place(pin.channel, i, is_map))[0] for i in range(len(numbers))]
    shown = ShownExemplars(
        pin.layer,
        pin.channel,
        data.images[numbers],
        tuple(float(value) for value in found.values[pin.channel]),
        tuple((field.box[0], field.box[1]) for field in fields),
        words=tr("most excited of {words}").format(words=words)
        if found.values[pin.channel].any()
        else tr("asleep in all {words}, such as").format(words=words),
        progress=0.5,
    )
    control.tell(shown)
    dream = maximize(
        model, number, pin.channel, np.random.default_rng(DREAM_SEED),
        progress=lambda done, total: control.progress(total + done, 2 * total), stopped=control.stopped,
    )  # fmt: skip
    return replace(shown, dream=dream, progress=1.0)
