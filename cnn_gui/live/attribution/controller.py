"""Why this class? Works it out in the background for what is on the canvas, while somebody looks."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.arrays import Array
from cnn_core.errors import CnnError
from cnn_core.inspection import (
    Flip,
    contributions,
    default_cam_layer,
    enlarge,
    grad_cam,
    occlusion,
    saliency,
    smallest_flip,
)
from cnn_gui.live.attribution.state import AttributionState
from cnn_gui.live.attribution.values import Attribution, Counterfactual
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_session import ModelSession, frozen_model
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr

REST_MS = 120
"""When the drawing has been the same for so long, all answers are worked out."""
FOLLOW_S = 0.5
"""While the pen moves, the quick answers follow it this often: more would slow the pen."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """An image, a class and the network as it is now."""

    image: Array
    chosen: int | None
    network: FrozenModel
    threshold: float


class AttributionController(QObject):
    """Answers the latest question; those before it are dropped."""

    def __init__(
        self, state: State, room: AttributionState, session: ModelSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._room, self._session = state, room, session
        self._watched = False
        self._class_names: tuple[str, ...] = ()
        self._seen: Array | None = None
        self._followed_at = 0.0
        self._searched: tuple[Array, tuple[object, ...]] | None = None
        self._job, self._search = LatestJob(self), LatestJob(self)
        self._job.part.connect(self._on_part)
        self._job.finished.connect(self._on_part)
        self._job.progressed.connect(self._on_progressed)
        self._job.failed.connect(self._on_failed)
        self._search.finished.connect(self._on_found)
        self._search.progressed.connect(self._on_search_progressed)
        self._search.failed.connect(self._on_search_failed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._on_timeout)
        state.model.prediction_changed.connect(self._on_prediction_changed)
        state.model.info_changed.connect(self._on_info_changed)
        state.selection.class_changed.connect(self._on_class_changed)

    @Slot(bool)
    def watch(self, watched: bool) -> None:
        """Whether somebody looks at the answers."""
        self._watched = watched
        if watched:
            self._timer.start()
        else:
            self._timer.stop()
            self._job.cancel()

    @Slot(object)
    def ask(self, chosen: int | None) -> None:
        """Ask about this class; None follows the network's answer."""
        self._state.selection.set_asked_class(chosen)

    @Slot()
    def _on_class_changed(self) -> None:
        """Asked here or elsewhere."""
        if self._watched:
            self._timer.start()
        self.cancel_search()

    @Slot()
    def _on_info_changed(self) -> None:
        """Of a network with other classes the answer is asked about."""
        info = self._state.model.info
        if info is not None and info.class_names != self._class_names:
            self._class_names = info.class_names
            self.ask(None)

    @Slot()
    def cancel(self) -> None:
        """Give up what is being worked out; the answers that are there stay."""
        self._timer.stop()
        self._job.cancel()
        if self._room.attribution is not None:
            self._room.set_attribution(replace(self._room.attribution, progress=1.0, problem="stopped"))

    @Slot(object)
    def search(self, target: int | None) -> None:
        """Look for the smallest edit that makes the network read ``target``, or anything else."""
        question = self._question(target)
        if question is None:
            self._searched = None
            self._room.set_counterfactual(Counterfactual(words=tr("draw something first")))
            return
        self._searched = (question.image, self._network_now())
        self._room.set_counterfactual(Counterfactual())
        self._search.start(partial(_search, question))

    @Slot()
    def cancel_search(self) -> None:
        """Give the search up."""
        self._search.cancel()
        if self._room.counterfactual is not None:
            self._room.set_counterfactual(None)

    def _still_asked(self) -> bool:
        """Whether the drawing and the network are those of the search; weights may have moved on."""
        prediction = self._state.model.prediction
        if self._searched is None or prediction is None or prediction.blank:
            return False
        image, network = self._searched
        return network == self._network_now() and np.array_equal(image, prediction.image)

    def _network_now(self) -> tuple[object, ...]:
        """What tells one network from another: the model, changes by hand, a held epoch; not what it learns."""
        return id(self._session.model), self._state.model.edits, self._state.model.shown_epoch

    def request_stop(self) -> None:
        """Ask all work to stop."""
        self._timer.stop()
        self._job.request_stop()
        self._search.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more."""
        return all([self._job.has_stopped(), self._search.has_stopped()])

    @Slot()
    def _on_prediction_changed(self) -> None:
        if self._room.counterfactual is not None and not self._still_asked():
            self.cancel_search()  # it was about another drawing
        if not self._watched:
            return
        prediction = self._state.model.prediction
        moved = prediction is not None and (self._seen is None or not np.array_equal(self._seen, prediction.image))
        if prediction is not None and moved:
            self._seen = prediction.image
            self._job.cancel()
            if time.monotonic() - self._followed_at >= FOLLOW_S:
                self._answer(whole=False)
        if moved or not self._timer.isActive():  # weights alone do not put the answers off
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        self._answer(whole=True)

    def _answer(self, whole: bool) -> None:
        """Order the answers, or only the quick ones."""
        question = self._question(self._state.selection.asked_class)
        if question is None:
            self._job.cancel()
            self._room.set_attribution(None)
        else:
            self._followed_at = time.monotonic()
            self._job.start(partial(_answer, question, whole))

    def _question(self, chosen: int | None) -> Question | None:
        prediction = self._state.model.prediction
        if prediction is None or prediction.blank:
            return None
        network, info = frozen_model(self._state, self._session), self._state.model.info
        if network is None or info is None:
            return None
        return Question(prediction.image, chosen, network, info.calibration.threshold)

    @Slot(object)
    def _on_part(self, found: Attribution) -> None:
        self._room.set_attribution(found)

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        if self._room.attribution is not None:
            self._room.set_attribution(replace(self._room.attribution, progress=share))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        prediction = self._state.model.prediction
        if prediction is not None:
            self._room.set_attribution(Attribution(prediction.image, 0, progress=1.0, problem=problem))

    @Slot(object)
    def _on_found(self, flip: Flip | None) -> None:
        words = "" if flip is not None else tr("no small edit was found")
        self._room.set_counterfactual(Counterfactual(1.0, flip, words))

    @Slot(float)
    def _on_search_progressed(self, share: float) -> None:
        self._room.set_counterfactual(Counterfactual(share))

    @Slot(str)
    def _on_search_failed(self, problem: str) -> None:
        self._room.set_counterfactual(Counterfactual(words=problem))


def _answer(question: Question, whole: bool, control: JobControl) -> Attribution:
    """In the pool's thread: the quick answers first, each told as soon as it is there."""
    model, image = question.network.build(), question.image
    h, w, _ = image.shape
    chosen = int(model.forward(image[None])[0].argmax()) if question.chosen is None else question.chosen
    found = Attribution(image, chosen, saliency=saliency(model, image, chosen).sum(axis=2))
    try:
        layer = default_cam_layer(model)
        cam = enlarge(grad_cam(model, image, chosen, layer), h, w)
        found = replace(found, cam=cam, cam_layer=model.layers[layer].name)
    except CnnError:
        pass  # a network without convolutions; the view says so
    if not whole:
        return found
    control.tell(found)
    adds = contributions(model, image, chosen, stopped=control.stopped)
    found = replace(found, contributed=adds.pixels.sum(axis=2), difference=adds.difference)
    control.tell(found)
    covered = occlusion(model, image, chosen, progress=control.progress, stopped=control.stopped)
    return replace(found, occlusion=covered, progress=1.0)


def _search(question: Question, control: JobControl) -> Flip | None:
    model = question.network.build()
    return smallest_flip(model, question.image, question.chosen, question.threshold, control.progress, control.stopped)
