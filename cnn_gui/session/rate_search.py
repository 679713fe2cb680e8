"""A search for a learning rate, off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_core.sources import load_dataset
from cnn_core.training import TrainingConfig, model_for
from cnn_core.training.rate_finder import STEPS, RateSearch, find_rate
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.jobs import JobControl, LatestJob


@dataclass(frozen=True, slots=True)
class RateSearchStatus:
    """How far a search is, and what came of it; ``words`` name the network and the data."""

    words: str = ""
    progress: float = 0.0
    running: bool = False
    rates: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    found: RateSearch | None = None
    problem: str = ""


class RateSearchSession(QObject):
    """One search at a time, on a network that is thrown away."""

    changed = Signal()

    def __init__(self, data: DataFolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data, self._status = data, RateSearchStatus()
        self._job = LatestJob(self)
        self._job.part.connect(self._on_part)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self._on_failed)

    @property
    def status(self) -> RateSearchStatus:
        return self._status

    def start(self, config: TrainingConfig) -> None:
        """Search for these settings, with a fresh network."""
        self._set(RateSearchStatus(words=f"{config.network_name} · {Path(config.dataset).name}", running=True))
        self._job.start(partial(_search, config, self._data.folder))

    @Slot()
    def cancel(self) -> None:
        """Nobody wants it any more."""
        self._job.cancel()
        self._set(RateSearchStatus())

    @Slot(object)
    def _on_part(self, part: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
        rates, losses = part
        self._set(RateSearchStatus(self._status.words, len(rates) / STEPS, True, rates, losses))

    @Slot(object)
    def _on_finished(self, found: RateSearch) -> None:
        self._set(RateSearchStatus(self._status.words, 1.0, False, found.rates, found.losses, found))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._set(RateSearchStatus(self._status.words, problem=problem))

    def _set(self, status: RateSearchStatus) -> None:
        self._status = status
        self.changed.emit()

    def request_stop(self) -> None:
        """Ask the search to end."""
        self._job.request_stop()

    def has_stopped(self) -> bool:
        """Whether it has."""
        return self._job.has_stopped()

    @property
    def abandoned(self) -> bool:
        """A search is always waited for."""
        return False


PART_EVERY = 10


def _search(config: TrainingConfig, folder: Path | None, control: JobControl) -> RateSearch:
    """In the pool's thread."""
    data = load_dataset(config.dataset, folder, stopped=control.stopped)
    network = model_for(config, data.train)
    rates: list[float] = []
    losses: list[float] = []

    def tell(step: int, rate: float, loss: float) -> None:
        rates.append(rate)
        losses.append(loss)
        if step % PART_EVERY == 0:
            control.tell((tuple(rates), tuple(losses)))

    return find_rate(network, config, data.train, STEPS, tell, control.stopped)
