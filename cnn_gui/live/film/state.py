"""The state of the room."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from cnn_gui.live.film.values import Film, FilmedRun


class FilmState(QObject):
    """GUI thread only; setters alone change it.

    `runs_changed`: which runs have a film. `film_changed`: another film, or more of it. `position_changed`: which of
    its frames is shown. `saving_changed`: how far a file is written.
    """

    runs_changed = Signal()
    film_changed = Signal()
    position_changed = Signal()
    saving_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[FilmedRun, ...] = ()
        self._film = Film()
        self._position, self._saving = 0, ""

    @property
    def runs(self) -> tuple[FilmedRun, ...]:
        return self._runs

    def set_runs(self, runs: tuple[FilmedRun, ...]) -> None:
        if runs != self._runs:
            self._runs = runs
            self.runs_changed.emit()

    @property
    def film(self) -> Film:
        return self._film

    def set_film(self, film: Film) -> None:
        """Another film begins at its beginning."""
        if film.run != self._film.run:
            self._position = 0
        self._film = film
        self.film_changed.emit()

    @property
    def position(self) -> int:
        """Number of the frame that is shown; it may still have to be made."""
        return min(self._position, max(len(self._film.moments) - 1, 0))

    def set_position(self, position: int) -> None:
        if position != self._position:
            self._position = position
            self.position_changed.emit()

    @property
    def saving(self) -> str:
        """What is said of a file that is written; empty: none is."""
        return self._saving

    def set_saving(self, words: str) -> None:
        self._saving = words
        self.saving_changed.emit()
