"""Workers on this machine: a process for each core, each with one thread."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from cnn_core.sweeps.worker import Outcome, Task, make_here

LOOK_EVERY_S = 0.2


class ProcessCrew:
    """``workers`` processes; when one dies, all that were at work are lost, and new ones take their place."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def results(self, tasks: list[Task], stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome | None]]:
        """See `cnn_core.sweeps.sweep.Crew`. No more tasks than workers are handed out at once, so that a worker that
        dies takes as few as possible with it."""
        waiting = [replace(task, config=replace(task.config, threads=1)) for task in tasks][::-1]
        going: dict[Future[Outcome], Task] = {}
        while (waiting or going) and not stopped():
            while waiting and len(going) < self._workers:
                task = waiting.pop()
                going[self._open().submit(make_here, task)] = task
            done, _ = wait(going, timeout=LOOK_EVERY_S, return_when=FIRST_COMPLETED)
            for future in done:
                task = going.pop(future)
                try:
                    yield task, future.result()
                except BrokenProcessPool:
                    self._pool = None
                    yield task, None
        if stopped():
            self.close()

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._workers, multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
            )
        return self._pool

    def close(self) -> None:
        """End the processes, at once."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for process in list((pool._processes or {}).values()):  # there is no public way to stop what runs
                process.terminate()
            pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl+C reaches all processes of a terminal; who decides is the one that has the sweep."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
