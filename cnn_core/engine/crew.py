"""A few threads that wait for work together."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor


def default_threads() -> int:
    """How many threads share the work unless told otherwise: the cores this process may use, at most 8."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, 8))


class Crew:
    """The calling thread and ``threads - 1`` helpers. NumPy releases the interpreter's lock in its loops, so
    they run side by side. `close` ends the helpers; it must be called.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._helpers = ThreadPoolExecutor(threads - 1, "cnn-shard") if threads > 1 else None

    def run(self, work: Callable[[int], None]) -> None:
        """Call ``work(0)`` here and ``work(1)``, ``work(2)``, … on the helpers; returns when all are done.

        If several fail, the error of the lowest number is raised, after everybody has stopped.
        """
        futures = [self._helpers.submit(work, i) for i in range(1, self.threads)] if self._helpers else []
        try:
            work(0)
        finally:
            errors = [future.exception() for future in futures]
        for error in errors:
            if error is not None:
                raise error

    def close(self) -> None:
        """End the helper threads and wait until they are gone."""
        if self._helpers:
            self._helpers.shutdown(wait=True)
