"""Where is the drawing among the others? Works the map of the test images out once, and follows the pen on it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_core.datasets import Dataset
from cnn_core.inspection import Embedding, embed
from cnn_core.model import Sequential
from cnn_core.runs import trained_on
from cnn_core.sources import reference_images
from cnn_gui.live.embedding.state import EmbeddingState
from cnn_gui.live.embedding.values import Neighbourhood
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_session import ModelSession, frozen_model
from cnn_gui.session.state import State
from cnn_gui.widgets.core_words import images_words
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.translation import tr

NEAREST = 8
MOST_PROGRESS = 0.99
"""After the last image the plane is still to be found."""


class EmbeddingController(QObject):
    """The map is of the weights that the network had when it was worked out; `again` works it out anew."""

    def __init__(
        self,
        state: State,
        room: EmbeddingState,
        session: ModelSession,
        data: DataFolder,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._room, self._session, self._data = state, room, session, data
        self._watched = False
        self._of: Sequential | None = None
        self._weights: object = None
        self._job = LatestJob(self)
        self._job.finished.connect(self._on_finished)
        self._job.progressed.connect(self._on_progressed)
        self._job.failed.connect(self._on_failed)
        state.model.prediction_changed.connect(self._on_prediction_changed)
        state.model.info_changed.connect(self._on_model_changed)

    @Slot(bool)
    def watch(self, watched: bool) -> None:
        """Whether somebody looks."""
        self._watched = watched
        if not watched:
            self.cancel()
        elif self._room.neighbourhood.embedding is None:
            self.again()
        else:
            self._on_prediction_changed()

    @Slot()
    def again(self) -> None:
        """Work the map out with the weights as they are now."""
        network, info = frozen_model(self._state, self._session), self._state.model.info
        if network is None or info is None:
            return
        dataset = trained_on(info.training)
        self._weights = self._weights_now()
        self._room.set_neighbourhood(
            replace(self._room.neighbourhood, progress=0.0, words=tr("reading the test images"))
        )
        self._job.start(partial(_work_out, network, dataset, self._data.folder))

    def _weights_now(self) -> object:
        """What tells whether weights are the same; changes by hand and a held epoch count."""
        prediction = self._state.model.prediction
        return (
            self._state.model.edits,
            self._state.model.shown_epoch,
            prediction.model_version if prediction is not None else 0,
        )

    @Slot()
    def cancel(self) -> None:
        """Give up what is being worked out; a map that is there stays."""
        if self._job.running:
            self._job.cancel()
            self._room.set_neighbourhood(replace(self._room.neighbourhood, progress=1.0, words=tr("stopped")))

    def request_stop(self) -> None:
        """Ask all work to stop."""
        self._job.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more."""
        return self._job.has_stopped()

    @Slot()
    def _on_model_changed(self) -> None:
        if self._session.model is self._of:
            return  # the same network, of which more is known now
        self._of = self._session.model
        self._job.cancel()
        self._room.set_neighbourhood(Neighbourhood())
        if self._watched:
            self.again()

    @Slot()
    def _on_prediction_changed(self) -> None:
        if self._watched and self._room.neighbourhood.embedding is not None:
            self._room.set_neighbourhood(self._placed(self._room.neighbourhood))

    def _placed(self, there: Neighbourhood) -> Neighbourhood:
        """The drawing as a point among the others."""
        there = replace(there, outdated=self._weights_now() != self._weights)
        prediction, embedding = self._state.model.prediction, there.embedding
        if prediction is None or prediction.blank or embedding is None:
            return replace(there, here=None, nearest=())
        if embedding.layer >= len(prediction.activations):
            return replace(there, here=None, nearest=())
        feature = prediction.activations[embedding.layer].values.reshape(-1)
        if feature.shape != embedding.mean.shape:
            return replace(there, here=None, nearest=())
        x, y = (float(v) for v in embedding.place(feature))
        return replace(there, here=(x, y), nearest=tuple(int(i) for i in embedding.nearest(feature, NEAREST)))

    @Slot(object)
    def _on_finished(self, found: Neighbourhood) -> None:
        self._room.set_neighbourhood(self._placed(found))

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        share = min(share, MOST_PROGRESS)
        self._room.set_neighbourhood(replace(self._room.neighbourhood, progress=share))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._room.set_neighbourhood(Neighbourhood(words=problem, progress=1.0))


def _work_out(network: FrozenModel, dataset: str, data_dir: Path | None, control: JobControl) -> Neighbourhood:
    """In the pool's thread."""
    model = network.build()
    data, words = reference_images(dataset, model.input_shape, data_dir, control.stopped)
    embedding = embed(model, data.images, control.progress, control.stopped)
    return _describe(model.layers[embedding.layer].name, embedding, data, words)


def _describe(layer: str, embedding: Embedding, data: Dataset, words: str) -> Neighbourhood:
    said = f"{thousands(len(data))} {images_words(words)} · {layer.replace('_', ' ')}"
    said += tr(" · two axes show {value:.0f} % of the variance").format(value=100 * embedding.explained)
    return Neighbourhood(embedding, data.images, data.labels, data.class_names, words=said, progress=1.0)
