"""How somebody outside tells a run to pause, step, go on or stop."""

from __future__ import annotations

import threading


class TrainingControl:
    """One event for each control; every method may be called from any thread at any time."""

    def __init__(self, *, paused: bool = False) -> None:
        self._stop = threading.Event()
        self._go = threading.Event()
        self._single = threading.Event()
        if not paused:
            self._go.set()

    def pause(self) -> None:
        """Hold the run before its next batch."""
        self._go.clear()

    def resume(self) -> None:
        """Let a held run go on."""
        self._single.clear()
        self._go.set()

    def step(self) -> None:
        """Let a held run take one batch and hold it again."""
        self._single.set()
        self._go.set()

    def stop(self) -> None:
        """End the run, held or not."""
        self._stop.set()
        self._go.set()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    @property
    def paused(self) -> bool:
        """Whether the run is held, or will be after one step."""
        return not self._go.is_set() or self._single.is_set()

    def proceed(self) -> bool:
        """Called by the run before each batch: waits while it is held; False means that it shall end."""
        self._go.wait()
        if self.stopped:
            return False
        if self._single.is_set():
            self._go.clear()
            self._single.clear()
        return True
