"""A contender in a process of its own, told what to do over a pipe.

Side by side in one process they would disturb each other: threads that one keeps spinning after its turn take the
other's core, and memory that one has set free changes how the other gets its own.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

MALLOC = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "2147483648"}
"""Let the C library keep freed memory rather than hand it back page by page. PyTorch, which allocates every activation
anew, was 1.3 to 1.6 times as fast with it; the engine, which allocates nothing, as fast as without. Both get it."""


class Contender:
    """Starts ``benchmarks.contenders.<module>`` in a new process; `ask` calls one of its functions there."""

    def __init__(self, module: str) -> None:
        self.module = module
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        before = {name: os.environ.get(name) for name in MALLOC}
        os.environ.update(MALLOC)  # read by the C library when the process starts
        self._process = context.Process(target=_serve, args=(theirs, module), daemon=True)
        self._process.start()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value

    def ask(self, function: str, *arguments: Any) -> Any:
        """Result of ``function(*arguments)`` of the module, or its error as a `RuntimeError`."""
        self._connection.send((function, arguments))
        answer, error = self._connection.recv()
        if error:
            raise RuntimeError(f"{self.module}.{function}: {error}")
        return answer

    def close(self) -> None:
        """End the process."""
        self._connection.send(None)
        self._process.join()


def _serve(connection: Connection, module: str) -> None:
    functions = importlib.import_module(f"benchmarks.contenders.{module}")
    work: Callable[[], object] = _nothing
    while (order := connection.recv()) is not None:
        function, arguments = order
        answer, error = None, ""
        try:
            if function == "prepare":
                work = functions.prepare(*arguments)
                for _ in range(3):
                    work()
            elif function == "round":
                answer = _timed(work, *arguments)
            elif function == "peak_memory_mib":
                answer = peak_memory_mib()
            else:
                answer = getattr(functions, function)(*arguments)
        except Exception as problem:  # told to the other side of the pipe
            error = f"{type(problem).__name__}: {problem}"
        connection.send((answer, error))


def peak_memory_mib() -> float:
    """Largest resident size of this process so far."""
    try:  # what the system's call says includes the process that started this one
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _nothing() -> object:
    raise RuntimeError("nothing was prepared")


def _timed(work: Callable[[], object], seconds: float) -> list[float]:
    """Durations of single calls, for about so many seconds."""
    durations: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not durations:
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
    return durations
