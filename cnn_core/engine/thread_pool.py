"""A few threads that wait for work together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

Work = Callable[[int], None]


MOST_THREADS = 64


def default_threads() -> int:
    """How many threads share the work unless told otherwise: the cores this process may use, at most 8."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, 8))


class AbandonedError(Exception):
    """Another thread has failed, and will not come."""


class ThreadPool:
    """The calling thread and ``threads - 1`` helpers. NumPy releases the interpreter's lock in its loops, so
    they run side by side. `close` ends the helpers; it must be called.

    Plain threads and queues rather than an executor: there is nothing to schedule, and the calls that would make
    Python book a foreign calling thread (Qt's) as one of its own for ever are avoided.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._interrupted = False
        self._start()

    def _start(self) -> None:
        threads = self.threads
        self._done: SimpleQueue[tuple[int, BaseException | None]] = SimpleQueue()
        self._tasks: list[SimpleQueue[tuple[Work, Work | None] | None]] = [SimpleQueue() for _ in range(threads - 1)]
        self._arrivals: list[SimpleQueue[bool]] = [SimpleQueue() for _ in range(threads)]
        self._helpers = [
            threading.Thread(target=self._serve, args=(number, tasks), name=f"cnn-shard-{number}", daemon=True)
            for number, tasks in enumerate(self._tasks, start=1)
        ]
        for helper in self._helpers:
            helper.start()

    def run(self, work: Work, then: Work | None = None) -> None:
        """Call ``work(0)`` here and ``work(1)``, ``work(2)``, … on the helpers; returns when all are done.

        ``then`` is called the same way once all have finished their ``work``, without a detour through the caller:
        waking a thread takes longer than many a task. If several fail, the error of the lowest number is raised, after
        everybody has stopped; ``then`` is not called after an error.

        An interrupt (Ctrl+C) may come at any place. Then the helpers are replaced before the next task, as what they
        have still to say belongs to this one.
        """
        self.recover()
        self._interrupted = True
        for tasks in self._tasks:
            tasks.put((work, then))
        outcomes = {0: self._take_part(0, work, then)}
        outcomes |= dict(self._done.get() for _ in self._tasks)
        self._interrupted = False
        errors = [error for _, error in sorted(outcomes.items()) if error is not None]
        if errors:
            self._arrivals = [SimpleQueue() for _ in range(self.threads)]  # nobody waits for what is left in them
            raise next((error for error in errors if not isinstance(error, AbandonedError)), errors[0])

    def recover(self) -> None:
        """After an interrupt, end what the helpers are still at; before anything is changed that they might use."""
        if self._interrupted:
            self.close()
            self._start()

    def meet(self, thread: int) -> None:
        """Wait for all others, from within the work that `run` calls; raises `AbandonedError` if one has failed."""
        self._tell_others(thread, True)
        if not all(self._arrivals[thread].get() for _ in range(self.threads - 1)):
            raise AbandonedError

    def _meet_at_the_end(self, number: int) -> tuple[BaseException | None, BaseException | None]:
        """Meet before ``then``; returns an interrupt that came meanwhile, and the error if others do not come.

        Who has said that it is well cannot take that back, as the others may go on at once. So an interrupt waits.
        """
        self._tell_others(number, True)
        interrupt, missing, are_well = None, self.threads - 1, True
        while missing:
            try:
                are_well &= self._arrivals[number].get()
                missing -= 1
            except BaseException as problem:
                if interrupt is not None:  # somebody means it
                    return None, problem
                interrupt = problem
        return interrupt, None if are_well else AbandonedError()

    def _tell_others(self, thread: int, is_well: bool) -> None:
        for other, arrivals in enumerate(self._arrivals):
            if other != thread:
                arrivals.put(is_well)

    def close(self) -> None:
        """End the helper threads and wait until they are gone."""
        if self._interrupted:  # somebody may still wait for those who never came
            for arrivals in self._arrivals:
                for _ in range(self.threads):
                    arrivals.put(False)
        for tasks in self._tasks:
            tasks.put(None)
        while any(helper.is_alive() for helper in self._helpers):
            time.sleep(0.0002)
        self._tasks, self._helpers = [], []
        self._interrupted = False

    def _take_part(self, number: int, work: Work, then: Work | None) -> BaseException | None:
        error = _outcome(work, number)
        if error is None and then is not None:
            interrupt, error = self._meet_at_the_end(number)
            error = error or _outcome(then, number) or interrupt
        if error is not None:
            self._tell_others(number, False)
        return error

    def _serve(self, number: int, tasks: SimpleQueue[tuple[Work, Work | None] | None]) -> None:
        while (task := tasks.get()) is not None:
            self._done.put((number, self._take_part(number, *task)))
            del task  # a waiting helper must not keep a batch alive


def _outcome(work: Work, number: int) -> BaseException | None:
    """The error that ``work`` ended with, for the caller to raise."""
    try:
        work(number)
    except BaseException as error:
        return error
    return None
