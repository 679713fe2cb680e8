"""Keeps BLAS to one thread while shards run: threads inside threads make each other wait. And warms it up."""

from __future__ import annotations

import threading
from types import TracebackType

import numpy as np
from threadpoolctl import threadpool_limits

from cnn_core.engine.thread_pool import ThreadPool

WARM_SIDE, WARM_TIMES = 512, 2
"""Side of the matrices that warm BLAS up, larger than the blocks it packs; two products, so that the callers meet."""


class SingleThreadedBlas:
    """Context in which every matrix product uses one thread.

    The setting belongs to the whole process, so the count of those who want it must as well: the first one in sets
    it, the last one out gives it back, on whatever threads and in whatever order they come and go.
    """

    _lock = threading.Lock()
    _users = 0
    _limits: threadpool_limits | None = None

    def __enter__(self) -> SingleThreadedBlas:
        kind = SingleThreadedBlas
        with kind._lock:
            if kind._users == 0:
                kind._limits = threadpool_limits(limits=1, user_api="blas")
            kind._users += 1
        return self

    def __exit__(
        self, error_kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        kind = SingleThreadedBlas
        with kind._lock:
            kind._users -= 1
            if kind._users == 0 and kind._limits is not None:
                kind._limits.restore_original_limits()
                kind._limits = None


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
