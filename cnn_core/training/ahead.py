"""Work that is done before it is asked for, on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

Item = TypeVar("Item")


class AheadOfTime(Generic[Item]):
    """Runs through ``source`` on a thread of its own and keeps up to ``ahead`` items ready.

    An iterator and a context manager; `close` ends the thread wherever it is, between two items. What ``source`` raises
    is raised where its item is taken.
    """

    def __init__(self, source: Iterator[Item], ahead: int = 1) -> None:
        self._source = source
        self._room: SimpleQueue[bool] = SimpleQueue()
        self._ready: SimpleQueue[tuple[Item | None, BaseException | None]] = SimpleQueue()
        for _ in range(ahead + 1):
            self._room.put(True)
        self._thread = threading.Thread(target=self._work, name="cnn-ahead", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Item]:
        return self

    def __next__(self) -> Item:
        item, error = self._ready.get()
        if error is not None:
            self._ready.put((None, error))  # whoever asks again is told again
            raise error
        self._room.put(True)
        return item  # type: ignore[return-value]

    def close(self) -> None:
        """End the thread and wait until it is gone."""
        self._room.put(False)
        while self._thread.is_alive():  # not join(): it makes Python book a foreign calling thread for ever
            time.sleep(0.0002)

    def __enter__(self) -> AheadOfTime[Item]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _work(self) -> None:
        closed = False
        try:
            while not closed:
                closed = not self._room.get() or self._is_closed()
                if not closed:
                    self._ready.put((next(self._source), None))
            self._ready.put((None, StopIteration()))
        except BaseException as error:  # StopIteration among them; raised where the item is taken
            self._ready.put((None, error))

    def _is_closed(self) -> bool:
        """Whether `close` was called while there was still room."""
        waiting = [self._room.get() for _ in range(self._room.qsize())]
        for room in waiting:
            self._room.put(room)
        return not all(waiting)
