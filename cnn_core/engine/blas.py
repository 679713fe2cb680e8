"""How many threads BLAS may use, and its buffers warmed up."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from cnn_core.engine.thread_pool import ThreadPool

WARM_SIDE, WARM_TIMES = 512, 2
"""Side of the matrices that warm BLAS up, larger than the blocks it packs; two products, so that the callers meet."""


class BlasThreads:
    """Context in which matrix products use so many threads.

    The setting belongs to the whole process, so who wants what must be known there as well. Whoever shares work out to
    threads of its own ``insists`` on one, as threads inside threads make each other wait. Otherwise the largest number
    counts; with nobody left the setting is given back, on whatever threads and in whatever order they come and go.
    """

    _lock = threading.Lock()
    _open: ClassVar[list[BlasThreads]] = []
    _limits: ClassVar[threadpool_limits | None] = None
    _set_to: ClassVar[int] = 0

    def __init__(self, threads: int = 1, insists: bool = True) -> None:
        self._threads, self._insists = threads, insists and threads == 1

    def __enter__(self) -> BlasThreads:
        with self._lock:
            self._open.append(self)
            self._apply()
        return self

    def __exit__(
        self, error_kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._open.remove(self)
            self._apply()

    @classmethod
    def _apply(cls) -> None:
        wanted = 0 if not cls._open else max(one._threads for one in cls._open)
        if any(one._insists for one in cls._open):
            wanted = 1
        if wanted == cls._set_to:
            return
        # threadpoolctl asks which thread it is on, and Python would book a foreign one (Qt's) for ever
        pool = ThreadPool(2)
        try:
            pool.run(lambda thread: cls._set(wanted) if thread else None)
        finally:
            pool.close()

    @classmethod
    def _set(cls, threads: int) -> None:
        """0: as it was."""
        if cls._limits is not None:
            cls._limits.restore_original_limits()
            cls._limits = None
        if threads:
            cls._limits = threadpool_limits(limits=threads, user_api="blas")
        cls._set_to = threads


class WarmBlas:
    """Has BLAS touch the memory that it packs its operands into.

    OpenBLAS keeps such a buffer for each of the callers that it has at a time, and on some processors products run at
    less than half speed until a large one has once gone through it: 49×384 by 384×128 at 18 instead of 39 GFLOPS on an
    AMD EPYC of 2017, whole trainings at three quarters. Presumably the kernels fetch ahead of what is packed, where
    pages that were never written make each fetch a search in vain.
    """

    _lock = threading.Lock()
    _callers = 0

    @classmethod
    def ensure(cls, callers: int) -> None:
        """Make sure that so many simultaneous callers find warm buffers; costs some 30 ms once."""
        with cls._lock:
            if callers <= cls._callers:
                return
            cls._callers = callers
            operand = np.ones((WARM_SIDE, WARM_SIDE), np.float32)
            results = [np.empty_like(operand) for _ in range(callers)]

            def multiply(caller: int) -> None:
                for _ in range(WARM_TIMES):
                    np.matmul(operand, operand, out=results[caller])

            pool = ThreadPool(callers)
            try:
                pool.run(multiply)
            finally:
                pool.close()
