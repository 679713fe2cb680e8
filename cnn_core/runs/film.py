"""The moments of a run whose weights were kept: steps of its film, and epochs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnn_core.runs.folder import epoch_files, film_files
from cnn_core.runs.store import StoredRun


@dataclass(frozen=True, slots=True)
class Moment:
    """Weights after a step, as a model file. ``epoch`` is how many times the run had seen all images, None where
    nobody knows."""

    step: int
    epoch: float | None
    path: Path


def moments_of(run: StoredRun) -> tuple[Moment, ...]:
    """All that a run has kept of its way, in the order of the steps. A run of which no film was wanted has its epochs;
    of two files of one step it is the film's."""
    ends = {0: 0} | {epoch.epoch: epoch.step for epoch in run.record.epochs}
    found = {ends[epoch]: path for epoch, path in epoch_files(run.path) if epoch in ends}
    found |= dict(film_files(run.path))
    return tuple(Moment(step, _epoch_at(step, ends, run), path) for step, path in sorted(found.items()))


def _epoch_at(step: int, ends: dict[int, int], run: StoredRun) -> float | None:
    """Epochs seen after ``step``: between the ends of two that are known, else by the batch size."""
    before = max((epoch for epoch, end in ends.items() if end <= step), default=0)
    after = next((epoch for epoch in sorted(ends) if ends[epoch] > step), None)
    if after is not None:
        return before + (after - before) * (step - ends[before]) / (ends[after] - ends[before])
    images, size = run.record.train_images, run.record.config.batch_size
    return before + (step - ends[before]) * size / images if images else None
