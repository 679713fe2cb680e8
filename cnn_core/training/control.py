"""How somebody outside tells a run to pause, step, change a setting, go on or stop."""

from __future__ import annotations

import threading
from typing import Any

from cnn_core.training.changes import Change, frozen_rates


class TrainingControl:
    """One event for each control; every method may be called from any thread at any time.

    The events are for waiting and looking; whoever changes them holds the lock, so that no order is lost between two
    looks.
    """

    def __init__(self, *, paused: bool = False) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._go = threading.Event()
        self._steps = 0
        self._interrupted = False
        self._wanted: dict[str, Any] = {}
        if not paused:
            self._go.set()

    def pause(self) -> None:
        """Hold the run before its next batch."""
        with self._lock:
            self._steps = 0
            if not self._stop.is_set():
                self._go.clear()

    def resume(self) -> None:
        """Let a held run go on."""
        with self._lock:
            self._steps = 0
            self._go.set()

    def step(self) -> None:
        """Let a held run take one batch more and hold it again; a run that is not held is held after one batch."""
        with self._lock:
            self._steps += 1
            self._go.set()

    def change(self, /, **values: Any) -> None:
        """Let settings of the run have other values from its next batch on: those of `changes.CHANGEABLE`. Raises
        `ConfigError` for others."""
        wanted = dict(Change.of(0, **values).values)
        with self._lock:
            if "dropout" in wanted:
                wanted["dropout"] = frozen_rates(dict(self._wanted.get("dropout", ())) | dict(wanted["dropout"]))
            self._wanted |= wanted

    def take_changes(self) -> dict[str, Any]:
        """What was wanted since the last call, by name; called by the run."""
        with self._lock:
            wanted, self._wanted = self._wanted, {}
        return wanted

    def stop(self) -> None:
        """End the run, held or not."""
        with self._lock:
            self._stop.set()
            self._go.set()

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
            return not self._go.is_set() or self._steps > 0

    def proceed(self) -> bool:
        """Called by the run before each batch: waits while it is held; False means that it shall end."""
        while True:
            self._go.wait()
            with self._lock:
                if self._stop.is_set():
                    return False
                if not self._go.is_set():
                    continue  # held again between the two looks
                if self._steps:
                    self._steps -= 1
                    if not self._steps:
                        self._go.clear()
                return True
