"""What a hand has drawn, without any screen: strokes, eraser marks and pasted pictures in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.errors import ImageError

Points = NDArray[np.float64]
"""``[p, 2]``: x to the right and y down, both in canvas units from 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One movement of the pen from down to up; ``width`` is the brush's, in canvas units."""

    points: Points
    width: float
    erases: bool = False

    def __post_init__(self) -> None:
        points = np.array(self.points, np.float64).reshape(-1, 2)
        if not len(points) or not np.isfinite(points).all():
            raise ImageError(f"A stroke expected one or more finite points, received {len(points)} points.")
        points.flags.writeable = False
        object.__setattr__(self, "points", points)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A pasted or opened image that fills the canvas.

    Attributes
    ----------
    ink : [h, w] from 0 (paper) to 1 (ink)
    pixels : [h', w', 3] in [0, 1], the picture as it was; None where only its ink is known
    """

    ink: Array
    pixels: Array | None = None

    def __post_init__(self) -> None:
        for name in ("ink", "pixels"):
            if getattr(self, name) is not None:
                array = np.array(getattr(self, name), np.float32, copy=True)
                array.flags.writeable = False
                object.__setattr__(self, name, array)


Mark = Stroke | Picture
MOST_STEPS = 200
"""Steps that can be undone."""


@dataclass(slots=True)
class Drawing:
    """All marks in the order in which they were made, with undo of the last `MOST_STEPS` and redo.

    Clearing is a step like any other, so it can be undone too.
    """

    marks: tuple[Mark, ...] = ()
    _past: deque[tuple[Mark, ...]] = field(default_factory=lambda: deque(maxlen=MOST_STEPS))
    _future: list[tuple[Mark, ...]] = field(default_factory=list)

    def add(self, mark: Mark) -> None:
        """Put ``mark`` on top."""
        self._become((*self.marks, mark))

    def clear(self) -> None:
        """Take everything away; nothing happens to an empty drawing."""
        if self.marks:
            self._become(())

    def replace(self, marks: Iterable[Mark]) -> None:
        """Take everything away and put ``marks`` there, as one step."""
        self._become(tuple(marks))

    def undo(self) -> None:
        """Go one step back, if there is one."""
        if self._past:
            self._future.append(self.marks)
            self.marks = self._past.pop()

    def redo(self) -> None:
        """Go one undone step forward, if there is one."""
        if self._future:
            self._past.append(self.marks)
            self.marks = self._future.pop()

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def _become(self, marks: tuple[Mark, ...]) -> None:
        self._past.append(self.marks)
        self._future.clear()
        self.marks = marks
