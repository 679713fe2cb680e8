"""Runs a sweep: on this machine in processes of its own, or on a Dask cluster. A worker that dies costs one retry."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cnn_core.engine import default_threads
from cnn_core.errors import CnnError
from cnn_core.runs import RunStore
from cnn_core.sweeps.plan import SweepPlan
from cnn_core.sweeps.worker import Outcome, Task

TRIES = 2
"""How often a run is begun whose worker dies."""


class Crew(Protocol):
    """Whoever makes the runs of a sweep."""

    def results(self, tasks: list[Task], stopped: Callable[[], bool]) -> Iterator[tuple[Task, Outcome | None]]:
        """Every task with its outcome as it comes, None where the worker died; ends early once stopped."""
        ...

    def close(self) -> None:
        """End the workers."""
        ...


@dataclass(frozen=True, slots=True)
class SweepProgress:
    """How far a sweep is; ``eta_seconds`` is negative while nobody can tell. ``last`` is what came in last."""

    done: int
    total: int
    failed: int
    eta_seconds: float
    last: Outcome | None


@dataclass(slots=True)
class SweepResult:
    """What came of it: outcomes by the number of the run, and those that failed, with why."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    stopped: bool = False


def run_sweep(
    plan: SweepPlan,
    crew: Crew,
    store: RunStore,
    data_dir: Path | None = None,
    on_progress: Callable[[SweepProgress], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> SweepResult:
    """Make all runs of the plan; each comes into ``store``, and says in its notes to which sweep it belongs."""
    result, started = SweepResult(), time.monotonic()
    waiting = [Task(number, config, plan.name, str(store.folder), data_dir and str(data_dir))
               for number, config in enumerate(plan.configs)]  # fmt: skip
    for attempt in range(1, TRIES + 1):
        again: list[Task] = []
        for task, outcome in crew.results(waiting, stopped):
            if outcome is None and attempt < TRIES and not stopped():
                again.append(task)
                continue
            _take_in(result, task, outcome, store)
            done, total = len(result.outcomes) + len(result.problems), len(plan.configs)
            each = (time.monotonic() - started) / max(done, 1)
            on_progress(SweepProgress(done, total, len(result.problems), each * (total - done), outcome))
        waiting = again
        if not waiting or stopped():
            break
    result.stopped = stopped()
    return result


def _take_in(result: SweepResult, task: Task, outcome: Outcome | None, store: RunStore) -> None:
    if outcome is None:
        result.problems[task.number] = "Its worker died twice."
        return
    if outcome.problem:
        result.problems[task.number] = outcome.problem
    else:
        result.outcomes[task.number] = outcome
    if outcome.folder:  # made elsewhere: the run comes home
        try:
            outcome.unpack(store)
        except CnnError as error:
            result.problems[task.number] = str(error)


def local_workers() -> int:
    """How many runs this machine makes at once: one a core."""
    return default_threads()
