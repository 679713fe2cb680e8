"""How values become heights: evenly, by their logarithm, or by how near they are to one."""

from __future__ import annotations

from enum import Enum

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

NEAREST = 5e-4
"""The top of the scale of `Scale.NEAR_ONE` lies so far below one: all right is not infinitely high."""
SHARES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0)
SMALLEST = 1e-6
LEAST_APART_PX = 16


class Scale(Enum):
    """Of the left or right axis."""

    LINEAR = "linear"
    LOG = "log"
    NEAR_ONE = "near-one"

    def heights(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values stand."""
        if self is Scale.LOG:
            return np.log10(np.maximum(values, SMALLEST))
        if self is Scale.NEAR_ONE:
            return -np.log10(1 + NEAREST - np.clip(values, 0, 1))
        return values

    def values(self, heights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The twin of `heights`."""
        if self is Scale.LOG:
            return 10**heights
        if self is Scale.NEAR_ONE:
            return 1 + NEAREST - 10**-heights
        return heights


class ScaledAxis(pg.AxisItem):
    """An axis whose ticks stand at round values of a `Scale`; ``in_percent`` shows shares."""

    def __init__(self, orientation: str, in_percent: bool = False) -> None:
        super().__init__(orientation)
        self.scale_kind, self._in_percent = Scale.LINEAR, in_percent

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        low, high = minVal, maxVal
        if self.scale_kind is Scale.LINEAR:
            return super().tickValues(minVal, maxVal, size)[: 1 if size < 400 else 2]
        if self.scale_kind is Scale.LOG:
            whole = np.arange(np.floor(low), np.ceil(high) + 1)
            steps = (1,) if high - low > 2.5 else (1, 2, 5)
            places = [float(power + np.log10(step)) for power in whole for step in steps]
        else:
            places = [float(h) for h in Scale.NEAR_ONE.heights(np.array(SHARES))]
        apart, shown = (high - low) * LEAST_APART_PX / max(size, 1), list[float]()
        for place in places:
            if low <= place <= high and (not shown or place - shown[-1] >= apart):
                shown.append(place)
        return [(1.0, shown)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.scale_kind is Scale.LINEAR and not self._in_percent:
            return super().tickStrings(values, scale, spacing)
        shown = self.scale_kind.values(np.array(values, dtype=float))
        return [f"{value * 100:.4g}" if self._in_percent else f"{value:.3g}" for value in shown]
