"""Every batch of a run on the disk, however long it lasts: what a screen shows is only a part of it."""

from __future__ import annotations

import time
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import TextIO

from cnn_core.training.history import BatchMetrics

FLUSH_EVERY_S = 2.0
FIGURES = tuple(field.name for field in fields(BatchMetrics))


class MetricsLog:
    """A CSV file with a row for each batch; a context manager.

    The run must not suffer from a disk that is full: where a row cannot be written, `problem` says why, and nothing
    more is written.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.problem = path, ""
        self._file: TextIO | None = None
        self._flushed_at = time.monotonic()

    def __enter__(self) -> MetricsLog:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._file.write(",".join(FIGURES) + "\n")
        except OSError as error:
            self._give_up(error)
        return self

    def add(self, metrics: BatchMetrics) -> None:
        """Append a row; it is on the disk some seconds later."""
        if self._file is None:
            return
        try:
            self._file.write(",".join(f"{getattr(metrics, name):.9g}" for name in FIGURES) + "\n")
            if time.monotonic() - self._flushed_at > FLUSH_EVERY_S:
                self._flushed_at = time.monotonic()
                self._file.flush()
        except OSError as error:
            self._give_up(error)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError as problem:
                self._give_up(problem)

    def _give_up(self, error: OSError) -> None:
        self.problem, self._file = error.strerror or str(error), None
