"""Keeps BLAS to one thread while shards run: threads inside threads make each other wait."""

from __future__ import annotations

import threading
from types import TracebackType

from threadpoolctl import threadpool_limits


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
