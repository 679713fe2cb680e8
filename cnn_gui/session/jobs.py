"""Work of more than a few milliseconds, off the GUI thread, one piece at a time; the latest order wins."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from cnn_core.errors import CnnError, StoppedError
from cnn_gui.widgets.translation import tr

WAIT_MS = 10_000
READER_WAIT_S = 1.0
"""So long closing waits for a job that only reads files: what hangs on a disk or a network cannot be asked to stop."""
PROGRESS_EVERY_S = 0.05


class _Told(QObject):
    """A runnable is no QObject, so this carries its result to the GUI thread."""

    finished = Signal(int, object, str)
    part = Signal(int, object)
    progressed = Signal(int, float)


class JobControl:
    """What a piece of work may tell and ask while it runs, from the pool's thread."""

    def __init__(self, ticket: int, told: _Told) -> None:
        self._ticket, self._told = ticket, told
        self._stop = threading.Event()
        self._reported_at = 0.0

    def stop(self) -> None:
        """Ask the work to end; its result is no longer wanted."""
        self._stop.set()

    def stopped(self) -> bool:
        """Whether the work should end, with a `StoppedError`."""
        return self._stop.is_set()

    def progress(self, done: int, total: int) -> None:
        """How far it is; may be called often."""
        now = time.monotonic()
        if now - self._reported_at >= PROGRESS_EVERY_S or done == total:
            self._reported_at = now
            self._told.progressed.emit(self._ticket, done / max(total, 1))

    def tell(self, part: object) -> None:
        """Hand out a first, frozen part of the result."""
        self._told.part.emit(self._ticket, part)


class _Run(QRunnable):
    def __init__(self, ticket: int, work: Callable[[JobControl], Any], control: JobControl, told: _Told) -> None:
        super().__init__()
        self._ticket, self._work, self._control, self._told = ticket, work, control, told

    def run(self) -> None:
        """In the pool's thread; nothing may leave it but the signal."""
        result, problem = None, ""
        try:
            result = self._work(self._control)
        except StoppedError:
            return
        except CnnError as error:
            problem = str(error)
        except Exception as error:  # a bug of ours: told in a sentence, written in full
            sys.stderr.write(traceback.format_exc())
            problem = tr("An error of the program: {name}: {error}").format(name=type(error).__name__, error=error)
        self._told.finished.emit(self._ticket, result, problem)


class LatestJob(QObject):
    """Runs ``work`` functions that know no Qt and return something frozen.

    `finished` carries the result of the latest one, `failed` what was wrong with it, `part` and `progressed` what it
    tells on the way; of those before it nothing is told, and the one that still runs is asked to stop.
    """

    finished = Signal(object)
    failed = Signal(str)
    part = Signal(object)
    progressed = Signal(float)

    def __init__(self, parent: QObject | None = None, *, reads: bool = False) -> None:
        """``reads``: the work waits for files, and is given up where that takes too long when the window is closed."""
        super().__init__(parent)
        self._reads = reads
        self._asked_at: float | None = None
        self.abandoned = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._told = _Told(self)
        self._told.finished.connect(self._on_finished)
        self._told.part.connect(self._on_part)
        self._told.progressed.connect(self._on_progressed)
        self._ticket = 0
        self._control: JobControl | None = None

    @property
    def running(self) -> bool:
        """Whether there is work whose result is still to come."""
        return self._control is not None

    def start(self, work: Callable[[JobControl], Any]) -> None:
        """Order ``work``; orders that still wait are dropped."""
        self.cancel()
        self._control = JobControl(self._ticket, self._told)
        self._pool.start(_Run(self._ticket, work, self._control, self._told))

    def cancel(self) -> None:
        """Stop what runs and drop what waits; nothing more is told of either."""
        self._ticket += 1
        self._pool.clear()
        if self._control is not None:
            self._control.stop()
            self._control = None

    def request_stop(self) -> None:
        """Ask what runs to stop, and do not wait for it; see `has_stopped`."""
        self.cancel()

    def has_stopped(self) -> bool:
        """Whether nothing runs any longer, or nothing but a reader that was waited for in vain and is `abandoned`."""
        if self._pool.waitForDone(0):
            self._asked_at = None
            return True
        self._asked_at = time.monotonic() if self._asked_at is None else self._asked_at
        self.abandoned = self._reads and time.monotonic() - self._asked_at > READER_WAIT_S
        return self.abandoned

    def shutdown(self) -> bool:
        """Stop what runs and wait for it; False when it takes too long."""
        self.request_stop()
        return self.wait()

    def wait(self) -> bool:
        """Wait until the work is done; False when it takes too long."""
        return self._pool.waitForDone(WAIT_MS)

    @Slot(int, object, str)
    def _on_finished(self, ticket: int, result: object, problem: str) -> None:
        if ticket != self._ticket:
            return
        self._control = None
        if problem:
            self.failed.emit(problem)
        else:
            self.finished.emit(result)

    @Slot(int, object)
    def _on_part(self, ticket: int, part: object) -> None:
        if ticket == self._ticket:
            self.part.emit(part)

    @Slot(int, float)
    def _on_progressed(self, ticket: int, share: float) -> None:
        if ticket == self._ticket:
            self.progressed.emit(share)
