"""Runs: a training as a value, from its settings to its record, and the folder that keeps it."""

from cnn_core.runs.events import Measuring, RunEnded, RunEvent, RunStarted
from cnn_core.runs.execute import execute
from cnn_core.runs.folder import RunFolder, checkpoint_beside, epoch_files, read_metrics
from cnn_core.runs.record import RunRecord, trained_on
from cnn_core.runs.store import RunStore, StoredRun, load_run, remove_run, take_up

__all__ = [
    "Measuring",
    "RunEnded",
    "RunEvent",
    "RunFolder",
    "RunRecord",
    "RunStarted",
    "RunStore",
    "StoredRun",
    "checkpoint_beside",
    "epoch_files",
    "execute",
    "load_run",
    "read_metrics",
    "remove_run",
    "take_up",
    "trained_on",
]
