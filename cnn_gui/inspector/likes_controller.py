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
from cnn_gui.inference.controller import InferenceController
from cnn_gui.inspector.frozen_model import FrozenModel, frozen_model
from cnn_gui.jobs import JobControl, LatestJob
from cnn_gui.state import AppState
from cnn_gui.values import Likes, Pin, thousands

AFTER_MS = 150
BEST = 8
DREAM_SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """Whose likes are asked for, and with which network and data."""

    pin: Pin
    network: FrozenModel
    dataset: str
    data_dir: Path | None


class LikesController(QObject):
    """Answers for the map that was pinned last; weights that change meanwhile are seen when somebody asks again."""

    def __init__(self, state: AppState, inference: InferenceController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._inference = state, inference
        self.data_dir: Path | None = None
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
        state.pin_changed.connect(self._on_pin_changed)
        state.model_changed.connect(self._on_model_changed)

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
        if self._state.likes is not None:
            self._state.set_likes(replace(self._state.likes, progress=1.0))

    def request_stop(self) -> None:
        """Ask all work to stop."""
        self._timer.stop()
        self._job.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more."""
        return self._job.has_stopped()

    @Slot()
    def _on_pin_changed(self) -> None:
        pin, likes = self._state.pin, self._state.likes
        same = pin is not None and likes is not None and (likes.layer, likes.channel) == (pin.layer, pin.channel)
        if self._watched and not same:
            self._timer.start()

    @Slot()
    def _on_model_changed(self) -> None:
        self._state.set_likes(None)
        if self._watched:
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        pin, network, info = self._state.pin, frozen_model(self._state, self._inference), self._state.model
        if pin is None or network is None or info is None:
            return
        self._state.set_likes(Likes(pin.layer, pin.channel, words="looking through the test images"))
        dataset = trained_on(info.training)
        self._job.start(partial(_look, Taste(pin, network, dataset, self.data_dir)))

    @Slot(object)
    def _on_part(self, likes: Likes) -> None:
        self._state.set_likes(likes)

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        if self._state.likes is not None:
            self._state.set_likes(replace(self._state.likes, progress=share))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        if self._state.likes is not None:
            self._state.set_likes(replace(self._state.likes, words=problem, progress=1.0))


def _look(taste: Taste, control: JobControl) -> Likes:
    """In the pool's thread: images first, then the one made from noise."""
    model, pin = taste.network.build(), taste.pin
    number = [layer.name for layer in model].index(pin.layer)
    data, words = reference_images(taste.dataset, model.input_shape, taste.data_dir, control.stopped)
    words = f"{thousands(len(data))} {words}"
    found = find_exemplars(
        model, data.images, number, BEST, lambda done, total: control.progress(done, 2 * total), control.stopped
    )
    numbers = found.images[pin.channel]
    is_map = len(pin.place) == 3
    fields = [receptive_fields(model, number, found.place(pin.channel, i, is_map))[0] for i in range(len(numbers))]
    likes = Likes(
        pin.layer,
        pin.channel,
        data.images[numbers],
        tuple(float(value) for value in found.values[pin.channel]),
        tuple((field.box[0], field.box[1]) for field in fields),
        words=f"most excited of {words}" if found.values[pin.channel].any() else f"asleep in all {words}, such as",
        progress=0.5,
    )
    control.tell(likes)
    dream = maximize(
        model, number, pin.channel, np.random.default_rng(DREAM_SEED),
        progress=lambda done, total: control.progress(total + done, 2 * total), stopped=control.stopped,
    )  # fmt: skip
    return replace(likes, dream=dream, progress=1.0)
