"""Work of more than a few milliseconds, off the GUI thread, one piece at a time; the latest order wins."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from cnn_core.errors import CnnError

WAIT_MS = 10_000


class _Told(QObject):
    """A runnable is no QObject, so this carries its result to the GUI thread."""

    finished = Signal(int, object, str)


class _Run(QRunnable):
    def __init__(self, ticket: int, work: Callable[[], Any], told: _Told) -> None:
        super().__init__()
        self._ticket, self._work, self._told = ticket, work, told

    def run(self) -> None:
        """In the pool's thread; nothing may leave it but the signal."""
        result, problem = None, ""
        try:
            result = self._work()
        except CnnError as error:
            problem = str(error)
        except Exception as error:  # a bug of ours: told in a sentence, written in full
            sys.stderr.write(traceback.format_exc())
            problem = f"An error of the program: {type(error).__name__}: {error}"
        self._told.finished.emit(self._ticket, result, problem)


class LatestJob(QObject):
    """Runs ``work`` functions that know no Qt and return something frozen.

    `finished` carries the result of the latest one, `failed` what was wrong with it; of those before it nothing is
    told.
    """

    finished = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._told = _Told(self)
        self._told.finished.connect(self._on_finished)
        self._ticket = 0

    def start(self, work: Callable[[], Any]) -> None:
        """Order ``work``; orders that still wait are dropped."""
        self._ticket += 1
        self._pool.clear()
        self._pool.start(_Run(self._ticket, work, self._told))

    def shutdown(self) -> bool:
        """Wait for what runs; False when it takes too long."""
        self._ticket += 1
        self._pool.clear()
        return self._pool.waitForDone(WAIT_MS)

    @Slot(int, object, str)
    def _on_finished(self, ticket: int, result: object, problem: str) -> None:
        if ticket != self._ticket:
            return
        if problem:
            self.failed.emit(problem)
        else:
            self.finished.emit(result)
