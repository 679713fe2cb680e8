"""The film of a run: the moments whose weights were kept, steps and epochs, and the images to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnn_core.datasets import Dataset
from cnn_core.datasets.source import Stopped, never
from cnn_core.errors import ConfigError
from cnn_core.runs.folder import epoch_files, film_files
from cnn_core.runs.store import StoredRun
from cnn_core.sources import reference_images, tested_on
from cnn_core.storage import ModelFile

MOST_IMAGES = 500
"""Test images on the plane and in the confusions; each frame reads them all."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Weights after a step, as a model file. ``epoch`` is how many times the run had seen all images, None where
    nobody knows."""

    step: int
    epoch: float | None
    path: Path


def moments_of(run: StoredRun) -> tuple[Moment, ...]:
    """All that a run has kept of its way, in the order of the steps. A run of which no film was wanted has its epochs;
    of two files of one step it is the film's. Raises `ConfigError` for a run that has kept nothing."""
    ends = {0: 0} | {epoch.epoch: epoch.step for epoch in run.record.epochs}
    found = {ends[epoch]: path for epoch, path in epoch_files(run.path) if epoch in ends}
    found |= dict(film_files(run.path))
    if not found:
        raise ConfigError(f"{run.name} has kept no weights to make a film of. Train with --film-every 20.")
    return tuple(Moment(step, _epoch_at(step, ends, run), path) for step, path in sorted(found.items()))


def spread(moments: Sequence[Moment], most: int) -> tuple[Moment, ...]:
    """At most so many of them, evenly spread, the first and the last one among them."""
    if len(moments) <= most:
        return tuple(moments)
    places = np.rint(np.linspace(0, len(moments) - 1, most)).astype(int)
    return tuple(moments[place] for place in places)


def film_images(
    run: StoredRun, file: ModelFile, data_dir: Path | None, stopped: Stopped = never
) -> tuple[Dataset, str]:
    """`MOST_IMAGES` test images of what the run learnt, always the same ones, with the classes of ``file``; and what
    they are in words. Raises `DataUnavailableError`, as `reference_images` does."""
    data, words = reference_images(tested_on(run.record.config.dataset), file.model.input_shape, data_dir, stopped)
    some = np.sort(np.random.default_rng(0).choice(len(data), min(MOST_IMAGES, len(data)), replace=False))
    return data.for_classes(file.class_names).take(some), words


def _epoch_at(step: int, ends: dict[int, int], run: StoredRun) -> float | None:
    """Epochs seen after ``step``: between the ends of two that are known, else by the batch size."""
    before = max((epoch for epoch, end in ends.items() if end <= step), default=0)
    after = next((epoch for epoch in sorted(ends) if ends[epoch] > step), None)
    if after is not None:
        return before + (after - before) * (step - ends[before]) / (ends[after] - ends[before])
    images, size = run.record.train_images, run.record.config.batch_size
    return before + (step - ends[before]) * size / images if images else None
