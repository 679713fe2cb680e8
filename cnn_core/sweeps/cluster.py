"""Workers of a Dask cluster (``pip install 'cnn-gui[cluster]'``), wherever they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.sweeps.worker import Outcome, Task, make_and_send

CONNECT_S = 10
LOOK_EVERY_S = 0.2


class DaskCrew:
    """The workers behind the scheduler at ``address``; raises `ConfigError` where Dask or the scheduler is missing."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise ConfigError(
                "A cluster expected the package dask.distributed, found none. "
                "Install it: pip install 'cnn-gui[cluster]'."
            ) from error
        try:
            self._client: Any = Client(address, timeout=CONNECT_S)
        except (OSError, TimeoutError, ValueError) as error:
            raise ConfigError(
                f"A cluster expected a scheduler at {brief(address)}, found none ({brief(error, 80)}). "
                "Look at the address."
            ) from error

    def results(self, tasks: list[Task], stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome | None]]:
        """See `cnn_core.sweeps.sweep.Crew`. Dask alone would begin a lost run again and again; here it is told once."""
        from distributed import TimeoutError as NotYet
        from distributed import wait

        going = {
            self._client.submit(make_and_send, task, retries=0, pure=False, key=f"run-{task.number}-{id(tasks)}"): task
            for task in tasks
        }
        while going and not stopped():
            try:
                found: Any = wait(list(going), timeout=LOOK_EVERY_S, return_when="FIRST_COMPLETED")
            except (NotYet, TimeoutError):
                continue
            for future in found.done:
                task = going.pop(future)
                yield task, future.result() if future.status == "finished" else None
        for future in going:
            future.cancel()

    def close(self) -> None:
        """Leave the cluster; its workers stay."""
        self._client.close()
