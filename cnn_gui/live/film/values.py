"""What the room shows. Frozen, knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.inspection import FilmFrame
from cnn_core.runs import Moment


@dataclass(frozen=True, slots=True)
class FilmedRun:
    """A run whose film can be seen: its name in the book, what it is called, how many moments it has kept, and when it
    began, in seconds since 1970."""

    name: str
    title: str
    moments: int
    started_at: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """The film of one run, as far as it is made.

    Attributes
    ----------
    run : its name; empty: none is chosen
    moments : of the run, in order, at most so many as a film has
    frames : what is made so far, of the first moments
    words : what the images are, or why there is no film
    progress : from 0 to 1
    outdated : whether the drawing that it looks at has changed since
    """

    run: str = ""
    moments: tuple[Moment, ...] = ()
    frames: tuple[FilmFrame, ...] = ()
    words: str = ""
    progress: float = 1.0
    outdated: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every frame is made."""
        return bool(self.frames) and len(self.frames) == len(self.moments)
