"""A curve that never grows beyond what a screen can show."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CAPACITY = 4096


class Series:
    """Rows of three numbers (x, value, average). When it is full, neighbours are joined and it goes on at half the
    resolution, so that adding and painting cost the same in the first minute and in the tenth hour.
    """

    def __init__(self) -> None:
        self._rows = np.zeros((CAPACITY, 3))
        self._count = 0
        self._stride = 1
        self._pending: list[tuple[float, float, float]] = []

    def add(self, x: float, value: float, average: float) -> None:
        """Append a row."""
        self._pending.append((x, value, average))
        if len(self._pending) < self._stride:
            return
        self._rows[self._count] = np.mean(self._pending, axis=0)
        self._rows[self._count, 0] = x  # the curve ends where the run is
        self._count += 1
        self._pending.clear()
        if self._count == CAPACITY:
            joined = self._rows.reshape(-1, 2, 3)
            self._rows[: CAPACITY // 2] = np.column_stack([joined[:, 1, 0], joined[:, :, 1:].mean(axis=1)])
            self._count, self._stride = CAPACITY // 2, self._stride * 2

    def columns(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """x, values and averages so far."""
        rows = self._rows[: self._count]
        return rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy()
