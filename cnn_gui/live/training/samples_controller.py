"""A few training images as the chosen augmentation changes them: what the network will see."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.datasets import Dataset, make_augmentation, to_bytes
from cnn_core.sources import sample_images
from cnn_gui.live.training.samples import Samples, SamplesState
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.state import State
from cnn_gui.widgets.translation import tr

COUNT = 10
AGAIN_EVERY_MS = 1500


class SamplesController(QObject):
    """Fetches samples of a data set in the background and changes them anew now and then."""

    def __init__(self, state: State, samples: SamplesState, data: DataFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._samples, self._data = samples, data
        data.changed.connect(self.refetch)
        self._dataset, self._augmentation = "", "none"
        self._images: Dataset | None = None
        self._rng = np.random.default_rng()
        self._job = LatestJob(self, reads=True)
        self._job.finished.connect(self._on_fetched)
        self._job.failed.connect(self._on_failed)
        self._timer = QTimer(self)
        self._timer.setInterval(AGAIN_EVERY_MS)
        self._timer.timeout.connect(self._on_timeout)
        state.training.metrics_cleared.connect(self._on_run_started)

    @Slot(str, str)
    def show(self, dataset: str, augmentation: str) -> None:
        """Samples of ``dataset`` under ``augmentation``."""
        self._augmentation = augmentation
        if dataset != self._dataset:
            self._dataset, self._images = dataset, None
            self._samples.set_samples(Samples(words=tr("fetching samples")))
            self.refetch()
        self._change()

    @Slot()
    def refetch(self) -> None:
        """Look again, as in another data folder or after a download."""
        if not self._dataset:
            return
        self._job.start(partial(_fetch, self._dataset, self._data.folder))

    def request_stop(self) -> None:
        """Stop fetching."""
        self._timer.stop()
        self._job.request_stop()

    def has_stopped(self) -> bool:
        """Whether nothing is being fetched any more."""
        return self._job.has_stopped()

    @property
    def abandoned(self) -> bool:
        """Whether a reader hangs."""
        return self._job.abandoned

    @Slot(object)
    def _on_fetched(self, images: Dataset) -> None:
        self._images = images
        self._change()

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._images = None
        self._timer.stop()
        self._samples.set_samples(Samples(words=tr("samples appear once the data are there"), reason=problem))

    @Slot()
    def _on_run_started(self) -> None:
        """A run has its data, so they are there, perhaps only now."""
        if self._images is None:
            self.refetch()

    @Slot()
    def _on_timeout(self) -> None:
        self._change()

    def _change(self) -> None:
        if self._images is None:
            return
        augment = make_augmentation(self._augmentation)
        images = self._images.images
        if augment is None:
            self._timer.stop()
            self._samples.set_samples(Samples(images, tr("training images, unchanged")))
            return
        self._samples.set_samples(
            Samples(to_bytes(augment(images, self._rng)), tr("training images as the network sees them"))
        )
        if not self._timer.isActive():
            self._timer.start()


def _fetch(dataset: str, data_dir: Path | None, control: JobControl) -> Dataset:
    return sample_images(dataset, COUNT, data_dir, control.stopped)
