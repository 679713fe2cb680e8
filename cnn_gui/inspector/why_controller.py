"""Why this class? Works it out in the background for what is on the canvas, while somebody looks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

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
from cnn_gui.inference.controller import InferenceController
from cnn_gui.inspector.frozen_model import FrozenModel, frozen_model
from cnn_gui.jobs import JobControl, LatestJob
from cnn_gui.state import AppState
from cnn_gui.values import MindChange, Why

AFTER_MS = 60
"""The pen may move on for this long before an answer is begun."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """An image, a class and the network as it is now."""

    image: Array
    chosen: int | None
    network: FrozenModel


class WhyController(QObject):
    """Answers the latest question; those before it are dropped."""

    def __init__(self, state: AppState, inference: InferenceController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._inference = state, inference
        self._watched = False
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
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self._on_timeout)
        state.prediction_changed.connect(self._on_prediction_changed)

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
        self._state.set_asked_class(chosen)
        self._timer.start()

    @Slot()
    def cancel(self) -> None:
        """Give up what is being worked out; the answers that are there stay."""
        self._timer.stop()
        self._job.cancel()
        if self._state.why is not None:
            self._state.set_why(replace(self._state.why, progress=1.0, problem="stopped"))

    @Slot(object)
    def search(self, target: int | None) -> None:
        """Look for the smallest edit that makes the network read ``target``, or anything else."""
        question = self._question(target)
        if question is None:
            self._state.set_mind_change(MindChange(words="draw a digit first"))
            return
        self._state.set_mind_change(MindChange())
        self._search.start(partial(_search, question))

    @Slot()
    def cancel_search(self) -> None:
        """Give the search up."""
        self._search.cancel()
        self._state.set_mind_change(None)

    def shutdown(self) -> bool:
        """Stop all work; False while some still runs."""
        self._timer.stop()
        return self._job.shutdown() and self._search.shutdown()

    @Slot()
    def _on_prediction_changed(self) -> None:
        change = self._state.mind_change
        if change is not None and not change.running:
            self._state.set_mind_change(None)  # it was about another drawing
        if self._watched and not self._timer.isActive():  # not restarted, so that answers follow a moving pen
            self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        question = self._question(self._state.asked_class)
        if question is None:
            self._job.cancel()
            self._state.set_why(None)
        else:
            self._job.start(partial(_answer, question))

    def _question(self, chosen: int | None) -> Question | None:
        prediction = self._state.prediction
        if prediction is None or prediction.blank:
            return None
        network = frozen_model(self._state, self._inference)
        return None if network is None else Question(prediction.image, chosen, network)

    @Slot(object)
    def _on_part(self, why: Why) -> None:
        self._state.set_why(why)

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        if self._state.why is not None:
            self._state.set_why(replace(self._state.why, progress=share))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        prediction = self._state.prediction
        if prediction is not None:
            self._state.set_why(Why(prediction.image, 0, progress=1.0, problem=problem))

    @Slot(object)
    def _on_found(self, flip: Flip | None) -> None:
        words = "" if flip is not None else "no small edit changes the answer to this"
        self._state.set_mind_change(MindChange(1.0, flip, words))

    @Slot(float)
    def _on_search_progressed(self, share: float) -> None:
        self._state.set_mind_change(MindChange(share))

    @Slot(str)
    def _on_search_failed(self, problem: str) -> None:
        self._state.set_mind_change(MindChange(words=problem))


def _answer(question: Question, control: JobControl) -> Why:
    """In the pool's thread: the quick answers first, each told as soon as it is there."""
    model, image = question.network.build(), question.image
    h, w, _ = image.shape
    chosen = int(model.forward(image[None])[0].argmax()) if question.chosen is None else question.chosen
    why = Why(image, chosen, saliency=saliency(model, image, chosen).sum(axis=2))
    try:
        layer = default_cam_layer(model)
        cam = enlarge(grad_cam(model, image, chosen, layer), h, w)
        why = replace(why, cam=cam, cam_layer=model.layers[layer].name)
    except CnnError:
        pass  # a network without convolutions; the view says so
    control.tell(why)
    found = contributions(model, image, chosen)
    why = replace(why, contributed=found.pixels.sum(axis=2), difference=found.difference)
    control.tell(why)
    covered = occlusion(model, image, chosen, progress=control.progress, stopped=control.stopped)
    return replace(why, occlusion=covered, progress=1.0)


def _search(question: Question, control: JobControl) -> Flip | None:
    model = question.network.build()
    return smallest_flip(model, question.image, question.chosen, control.progress, control.stopped)
