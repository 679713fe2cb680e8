"""How somebody outside tells a run to pause, step, change a setting, go on or stop."""

from __future__ import annotations

import threading
from enum import Enum
from typing import Any

from cnn_core.training.changes import Change, frozen_rates


class Order(Enum):
    """What a run shall do next."""

    STEP = "take a step"
    TELL = "say what the next step will do"
    END = "end"


class TrainingControl:
    """Every method may be called from any thread at any time.

    Whoever changes anything holds the lock and wakes the run, which looks at everything anew; so no order is lost
    between two looks.
    """

    def __init__(self, *, paused: bool = False) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._held, self._steps = paused, 0
        self._told, self._is_watched = False, False
        self._interrupted, self._recorded_every = False, 0
        self._wanted: dict[str, Any] = {}

    def pause(self) -> None:
        """Hold the run before its next batch."""
        with self._lock:
            self._held, self._steps = True, 0

    def resume(self) -> None:
        """Let a held run go on."""
        with self._lock:
            self._held, self._steps = False, 0
            self._wake.set()

    def step(self) -> None:
        """Let a held run take one batch more and hold it again; a run that is not held is held after one batch."""
        with self._lock:
            self._held, self._steps = True, self._steps + 1
            self._wake.set()

    def watch(self, watched: bool) -> None:
        """Whether the run says, each time it is held, what its next step will do."""
        with self._lock:
            self._is_watched, self._told = watched, False
            self._wake.set()

    def record(self, every: int) -> None:
        """Hand out the weights of every so many steps, for a film; 0 of none."""
        with self._lock:
            self._recorded_every = max(every, 0)

    def is_recorded(self, step: int) -> bool:
        """Called by the run: whether the weights after ``step`` are wanted."""
        with self._lock:
            every = self._recorded_every
        return bool(every) and step % every == 0

    def change(self, /, **values: Any) -> None:
        """Let settings of the run have other values from its next batch on: those of `changes.CHANGEABLE`. Raises
        `ConfigError` for others."""
        wanted = dict(Change.of(0, **values).values)
        with self._lock:
            if "dropout" in wanted:
                wanted["dropout"] = frozen_rates(dict(self._wanted.get("dropout", ())) | dict(wanted["dropout"]))
            self._wanted |= wanted
            self._told = False
            self._wake.set()

    def take_changes(self) -> dict[str, Any]:
        """What was wanted since the last call, by name; called by the run."""
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        return wanted

    def stop(self) -> None:
        """End the run, held or not."""
        with self._lock:
            self._stop.set()
            self._wake.set()

    def interrupt(self) -> None:
        """`stop`, because the program ends and not because anybody wanted the run to: it is to be taken up again."""
        self._interrupted = True
        self.stop()

    @property
    def interrupted(self) -> bool:
        """Whether `interrupt` was called."""
        return self._interrupted

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    @property
    def paused(self) -> bool:
        """Whether the run is held, or will be after the steps that were asked for."""
        with self._lock:
            return self._held

    def next_order(self) -> Order:
        """Called by the run before each batch: waits while it is held."""
        while True:
            with self._lock:
                if self._stop.is_set():
                    return Order.END
                if not self._held or self._steps:
                    self._steps = max(self._steps - 1, 0)
                    self._told = False
                    return Order.STEP
                if self._is_watched and not self._told:
                    self._told = True
                    return Order.TELL
                self._wake.clear()
            self._wake.wait()

    def postpone(self, order: Order) -> None:
        """Called by the run where it could not follow an order yet: it comes again."""
        with self._lock:
            if order is Order.STEP and self._held:
                self._steps += 1
            elif order is Order.TELL:
                self._told = False
