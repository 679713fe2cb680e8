"""Which runs have a film, the film of the chosen one, and its file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_core.inspection import FilmFrame
from cnn_core.inspection.film_picture import FilmStyle
from cnn_gui.live.film.state import FilmState
from cnn_gui.live.film.values import Film, FilmedRun
from cnn_gui.live.film.words import film_titles, frame_words
from cnn_gui.live.film.work import Begun, find_runs, make_film, save
from cnn_gui.session.jobs import LatestJob
from cnn_gui.specs import Context
from cnn_gui.widgets.translation import tr


class FilmController(QObject):
    """A film is made while somebody looks; what is made stays."""

    def __init__(self, context: Context, room: FilmState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._state, self._room = context, context.state, room
        self._watched = self._was_running = False
        self._wanted, self._asked = "", False
        self._listing, self._saving = LatestJob(self, reads=True), LatestJob(self)
        self._making = LatestJob(self, reads=True)
        self._listing.finished.connect(self._on_listed)
        self._listing.failed.connect(self._on_failed)
        self._making.part.connect(self._on_part)
        self._making.finished.connect(self._on_made)
        self._making.failed.connect(self._on_failed)
        self._saving.finished.connect(self._on_saved)
        self._saving.failed.connect(self._on_not_saved)
        self._saving.progressed.connect(self._on_saving)
        context.state.training.status_changed.connect(self._on_status_changed)
        context.state.drawing.changed.connect(self._on_drawing_changed)

    # --- What is wanted

    @Slot(bool)
    def watch(self, watched: bool) -> None:
        """Whether somebody looks."""
        self._watched = watched
        if watched:
            self._listing.start(partial(find_runs, self._context.training.store))
        else:
            self._listing.cancel()
            self.cancel()

    @Slot(str)
    def choose(self, run: str) -> None:
        """Show this run's film."""
        self._wanted = run
        self._make(run)

    def want(self, run: str) -> None:
        """Show this run's film as soon as somebody looks, or say that it has none."""
        self._wanted, self._asked = run, True

    @Slot()
    def again(self) -> None:
        """Make the film anew, with what is drawn now."""
        self._listing.start(partial(find_runs, self._context.training.store))
        if self._room.film.run:
            self._make(self._room.film.run)

    @Slot()
    def cancel(self) -> None:
        """Give up what is being made; the frames that are there stay."""
        if self._making.running:
            self._making.cancel()
            self._room.set_film(replace(self._room.film, progress=1.0))

    @Slot(int)
    def record(self, every: int) -> None:
        """Keep the weights of every so many steps, of the run that goes and of those to come; 0 of none."""
        self._context.settings.put(film_every=every)
        self._context.training.record(every)

    def save(self, path: Path, style: FilmStyle) -> None:
        """Write all frames that are made."""
        film = self._room.film
        frames = [(f, frame_words(f, m)) for f, m in zip(film.frames, film.moments, strict=False)]
        self._room.set_saving(tr("saving …"))
        self._saving.start(partial(save, path, frames, style, film_titles()))

    def is_settled(self) -> bool:
        """Whether nothing is under way."""
        return not (self._listing.running or self._making.running or self._saving.running)

    def request_stop(self) -> None:
        """Ask all work to stop."""
        for job in (self._listing, self._making, self._saving):
            job.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more."""
        waiting = [job for job in (self._listing, self._making, self._saving) if not job.has_stopped()]  # each is asked
        return not waiting

    @property
    def abandoned(self) -> bool:
        """Whether a reader hangs that nobody waits for any longer."""
        return self._listing.abandoned or self._making.abandoned

    # --- What is there

    @Slot(object)
    def _on_listed(self, runs: tuple[FilmedRun, ...]) -> None:
        self._room.set_runs(runs)
        known = {run.name: run for run in runs}
        film = self._room.film
        if not runs:
            self._room.set_film(Film(words=tr("No run has kept weights to look at. Train a network.")))
        elif self._wanted not in known and self._asked:
            self._making.cancel()
            self._room.set_film(Film(words=tr("This run has kept too few weights for a film. Record one next time.")))
        elif self._wanted not in known:
            self._wanted = runs[0].name
        self._asked = False
        chosen = known.get(self._wanted)
        if chosen is not None and (film.run != chosen.name or not film.is_whole):
            self._make(chosen.name)

    def _make(self, run: str) -> None:
        prediction = self._state.model.prediction
        image = prediction.image if prediction is not None and not prediction.blank else None
        self._room.set_film(Film(run, words=tr("reading the run"), progress=0.0))
        self._making.start(partial(make_film, self._context.training.store, run, image, self._context.data.folder))

    @Slot(object)
    def _on_part(self, part: Begun | FilmFrame) -> None:
        film = self._room.film
        if isinstance(part, Begun):
            self._room.set_film(replace(film, moments=part.moments, words=part.words))
        else:
            frames = (*film.frames, part)
            self._room.set_film(replace(film, frames=frames, progress=len(frames) / max(len(film.moments), 1)))

    @Slot(object)
    def _on_made(self) -> None:
        self._room.set_film(replace(self._room.film, progress=1.0))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._room.set_film(replace(self._room.film, words=problem, progress=1.0))

    @Slot()
    def _on_status_changed(self) -> None:
        """A run that has ended has a film."""
        running = self._context.training.running
        if self._was_running and not running and self._watched:
            self._wanted = ""
            self._listing.start(partial(find_runs, self._context.training.store))
        self._was_running = running

    @Slot()
    def _on_drawing_changed(self) -> None:
        film = self._room.film
        if film.frames and not film.outdated:
            self._room.set_film(replace(film, outdated=True))

    # --- The file

    @Slot(float)
    def _on_saving(self, share: float) -> None:
        self._room.set_saving(tr("saving … {share:.0f} %").format(share=100 * share))

    @Slot(object)
    def _on_saved(self, count: int) -> None:
        self._room.set_saving("")
        self._state.appearance.set_notice(tr("The film is saved: {count} pictures").format(count=count))

    @Slot(str)
    def _on_not_saved(self, problem: str) -> None:
        self._room.set_saving("")
        self._context.errors.show(tr("The film is not saved"), problem)
