"""How did it learn? The film of a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from cnn_gui.live.film.controller import FilmController
from cnn_gui.live.film.picture_view import film_style
from cnn_gui.live.film.state import FilmState
from cnn_gui.live.film.values import Film
from cnn_gui.live.film.view import FilmView
from cnn_gui.specs import Context, Room, RoomSpec, Rows, Stoppable
from cnn_gui.widgets.translation import QT_TR_NOOP, tr


class FilmRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        self.state = FilmState()
        self._context = context
        every = context.settings.get("film_every")
        view = FilmView(context.state, self.state, every)
        super().__init__(view)
        self.view: FilmView = view
        self.state.setParent(self)
        self.controller = FilmController(context, self.state, self)
        context.training.record(every)
        view.watched.connect(self.controller.watch)
        view.run_chosen.connect(self.controller.choose)
        view.record_wanted.connect(self.controller.record)
        view.work.again_requested.connect(self.controller.again)
        view.work.cancel_requested.connect(self.controller.cancel)
        view.save_wanted.connect(self._on_save_wanted)
        context.actions.film_wanted.connect(self._on_film_wanted)

    @Slot(str)
    def _on_film_wanted(self, run: str) -> None:
        self.controller.want(run)
        self._context.actions.room_wanted.emit("film")

    @Slot()
    def _on_save_wanted(self) -> None:
        folder = Path(self._context.settings.get("folder"))
        kinds = tr("Animation (*.gif);;Film (*.mp4);;Pictures in a folder (*)")
        path, kind = QFileDialog.getSaveFileName(
            self.view, tr("Save the film"), str(folder / f"{self.state.film.run}.gif"), kinds
        )
        if not path:
            return
        ending = kind[kind.index("*") + 1 : -1]
        named = path if Path(path).suffix or not ending else path + ending
        if named != path and Path(named).exists():  # the dialog has asked about another name
            self._context.errors.show(tr("The film was not saved"), tr("{name} is there already.").format(name=named))
            return
        self.save(named)

    def save(self, path: str) -> None:
        """Write the film; a dialog says why it cannot be."""
        self.controller.save(Path(path), film_style(self._context.state.appearance.theme))

    def rows(self) -> Rows | None:
        """Of each frame its step, accuracy and what it makes of the image."""
        film = self.state.film
        return _rows(film) if film.frames else None

    def is_settled(self) -> bool:
        return self.controller.is_settled()

    def parts(self) -> Iterable[Stoppable]:
        return (self.controller,)


def _rows(film: Film) -> Rows:
    yield ["step", "accuracy", *(f"p({name})" for name in film.frames[0].class_names)]
    for frame in film.frames:
        yield [frame.step, frame.accuracy, *map(float, frame.probabilities)]


SPEC = RoomSpec("film", QT_TR_NOOP("Film"), "Ctrl+8", FilmRoom, is_tall=True)
"""How a run learnt, step by step."""
