"""The summaries of all runs of a store, quickly: those that have not changed are not read again.

The index is a cache: it lies in the user's cache folder, and where it is lost or damaged, it is made anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import is_file, read_file, write_atomically
from cnn_core.runs.folder import CHECKPOINT, MODEL, RECORD
from cnn_core.runs.notes import NOTES
from cnn_core.runs.record import RUNNING
from cnn_core.runs.store import MOST_LISTED, RunStore, load_run
from cnn_core.runs.summary import RunSummary

FORMAT = "cnn-gui index of runs 1"
MOST_BYTES = 256 << 20
Stamp = tuple[int, ...]


class RunIndex:
    """One store's summaries; belongs to one thread."""

    def __init__(self, store: RunStore, path: Path | None = None) -> None:
        self.store = store
        self._path = path or default_path(store.folder)
        self._known: dict[str, tuple[Stamp, RunSummary]] | None = None
        self.read = 0

    def summaries(self, stopped: Callable[[], bool] = lambda: False) -> tuple[RunSummary, ...]:
        """All runs, the latest first; `read` is how many had to be read from their folders."""
        known = self._load() if self._known is None else self._known
        found: dict[str, tuple[Stamp, RunSummary]] = {}
        self.read = 0
        for name in self._names():
            if stopped():
                break
            folder = self.store.folder / name
            stamp = stamp_of(folder)
            before = known.get(name)
            if stamp is None:
                continue
            if before is not None and before[0] == stamp and before[1].reason != RUNNING:
                found[name] = before
                continue
            with suppress(CnnError):
                self.read += 1
                found[name] = stamp, RunSummary.of(load_run(folder))
        changed = found.keys() != known.keys() or any(found[name][0] != known[name][0] for name in found)
        self._known = found
        if changed and not stopped():
            self._save()
        return tuple(sorted((one for _, one in found.values()), key=lambda one: one.started_at, reverse=True))

    def _names(self) -> list[str]:
        try:
            with os.scandir(self.store.folder) as entries:
                names = [entry.name for _, entry in zip(range(MOST_LISTED), entries, strict=False)]
        except (OSError, ValueError):
            return []
        return [name for name in names if not name.startswith(".")]

    def _load(self) -> dict[str, tuple[Stamp, RunSummary]]:
        try:
            if not is_file(self._path):
                return {}
            values = json.loads(read_file(self._path, MOST_BYTES, "index of runs", ConfigError))
            if values.get("format") != FORMAT:
                return {}
            made: dict[str, tuple[Stamp, RunSummary]] = {}
            for entry in values["runs"]:
                summary = RunSummary.from_dict(entry["run"])
                made[summary.name] = tuple(int(part) for part in entry["stamp"]), summary
            return made
        except (CnnError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            return {}

    def _save(self) -> None:
        entries: list[dict[str, Any]] = [
            {"stamp": list(stamp), "run": run.as_dict()} for stamp, run in (self._known or {}).values()
        ]
        with suppress(CnnError, OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps({"format": FORMAT, "runs": entries}).encode())


def stamp_of(folder: Path) -> Stamp | None:
    """Changes whenever a run's record, notes, checkpoint or model do; None where there is no run."""
    parts: list[int] = []
    for name in (RECORD, NOTES, CHECKPOINT, MODEL):
        try:
            status = (folder / name).stat()
        except (OSError, ValueError):
            if name == RECORD:
                return None
            parts += [0, 0]
            continue
        # of large files only whether they are there: a checkpoint is written anew after every epoch
        parts += [status.st_mtime_ns, status.st_size] if name in (RECORD, NOTES) else [1, 1]
    return tuple(parts)


def default_path(folder: Path) -> Path:
    """Where the index of the runs in a folder is kept."""
    mark = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Path(platformdirs.user_cache_path("cnn-gui", appauthor=False)) / "runs" / f"{mark}.json"
