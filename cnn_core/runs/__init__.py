"""Runs: a training as a value, from its settings to its record, and the folder that keeps it."""

from cnn_core.runs.doctor import Finding, examine
from cnn_core.runs.events import Measuring, RunEnded, RunEvent, RunStarted
from cnn_core.runs.execute import execute
from cnn_core.runs.film import Moment, film_images, moments_of, spread
from cnn_core.runs.folder import (
    RunFolder,
    checkpoint_beside,
    epoch_files,
    film_every,
    film_files,
    read_history,
    read_metrics,
)
from cnn_core.runs.index import RunIndex
from cnn_core.runs.notes import RunNotes
from cnn_core.runs.record import RunRecord, trained_on
from cnn_core.runs.search import search, sort_runs
from cnn_core.runs.store import RunStore, StoredRun, load_run, remove_run, resumed_config, take_up
from cnn_core.runs.summary import RunSummary, differences

__all__ = [
    "Finding",
    "Measuring",
    "Moment",
    "RunEnded",
    "RunEvent",
    "RunFolder",
    "RunIndex",
    "RunNotes",
    "RunRecord",
    "RunStarted",
    "RunStore",
    "RunSummary",
    "StoredRun",
    "checkpoint_beside",
    "differences",
    "epoch_files",
    "examine",
    "execute",
    "film_every",
    "film_files",
    "film_images",
    "load_run",
    "moments_of",
    "read_history",
    "read_metrics",
    "remove_run",
    "resumed_config",
    "search",
    "sort_runs",
    "spread",
    "take_up",
    "trained_on",
]
