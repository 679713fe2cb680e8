"""The film of learning: a run, a slider over its steps, play, save."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QWidget

from cnn_gui.live.film.picture_view import FilmPicture
from cnn_gui.live.film.state import FilmState
from cnn_gui.live.room_view import RoomView, WorkLine
from cnn_gui.session.state import State
from cnn_gui.widgets.card import label
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.format import thousands, when
from cnn_gui.widgets.translation import tr

RUN_PX, EVERY_PX, STEP_PX = 210, 150, 110
EVERY = (0, 10, 20, 50, 100, 500)
PLAY_EVERY_MS = 125


class FilmView(RoomView):
    """It decides nothing but how fast the film plays."""

    run_chosen = Signal(str)
    record_wanted = Signal(int)
    save_wanted = Signal()

    def __init__(self, state: State, room: FilmState, every: int, parent: QWidget | None = None) -> None:
        super().__init__("filmRoom", tr("The film of learning"), parent)
        self._room = room
        self._timer = QTimer(self)
        self._timer.setInterval(PLAY_EVERY_MS)
        self._timer.timeout.connect(self._on_tick)
        self._fill_top(every)
        self.picture = FilmPicture(state, room)
        self.column.addWidget(self.picture, 1)
        self._fill_bottom()
        room.runs_changed.connect(self._on_runs_changed)
        for signal in (room.film_changed, room.position_changed, room.saving_changed):
            signal.connect(self._on_changed)
        self._on_changed()

    def _fill_top(self, every: int) -> None:
        self.runs = ComboBox()
        self.runs.setObjectName("filmRun")
        self.runs.setAccessibleName(tr("Run"))
        self.runs.setToolTip(tr("The run whose film is shown"))
        self.runs.setFixedWidth(RUN_PX)
        self.runs.activated.connect(self._on_run_activated)
        self.every = ComboBox()
        self.every.setObjectName("filmEvery")
        self.every.setAccessibleName(tr("Record"))
        self.every.setToolTip(tr("Keep the weights of these steps, of the run that goes and of those to come"))
        self.every.setFixedWidth(EVERY_PX)
        for number in sorted({*EVERY, every}):
            words = tr("every {count} steps").format(count=number) if number else tr("each epoch only")
            self.every.addItem(words, number)
        self.every.setCurrentIndex(self.every.findData(every))
        self.every.activated.connect(self._on_every_activated)
        self.work = WorkLine(tr("Look again"), tr("Stop"), tr("Make the film anew, with what is drawn now"))
        self.work.button.setObjectName("filmAgain")
        self.top.addWidget(self.runs)
        self.top.addWidget(self.work, 1)
        self.top.addWidget(label(tr("record"), muted=True))
        self.top.addWidget(self.every)

    def _fill_bottom(self) -> None:
        self.play = QPushButton(tr("Play"))
        self.play.setObjectName("filmPlay")
        self.play.setProperty("tight", True)
        self.play.setToolTip(tr("Show one step after the other"))
        self.play.clicked.connect(self.toggle)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("filmSlider")
        self.slider.setAccessibleName(tr("Step of the film"))
        self.slider.setToolTip(tr("Step of the run; arrow keys go one picture on or back"))
        self.slider.valueChanged.connect(self._room.set_position)
        self.step = label("", muted=True)
        self.step.setFixedWidth(STEP_PX)
        self.save = QPushButton(tr("Save …"))
        self.save.setObjectName("filmSave")
        self.save.setProperty("tight", True)
        self.save.setToolTip(tr("As GIF, as MP4 or as pictures"))
        self.save.clicked.connect(self.save_wanted)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        row.addWidget(self.step)
        row.addWidget(self.save)
        self.column.addLayout(row)

    @property
    def plays(self) -> bool:
        """Whether one frame follows the other."""
        return self._timer.isActive()

    @Slot()
    def toggle(self) -> None:
        """Play, from the beginning where the end is shown; or hold."""
        if self.plays:
            self._timer.stop()
        else:
            if self._room.position >= len(self._room.film.moments) - 1:
                self._room.set_position(0)
            self._timer.start()
        self._on_changed()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)
        self._on_changed()

    @Slot()
    def _on_tick(self) -> None:
        """The next frame; one that is still being made is waited for."""
        film, position = self._room.film, self._room.position
        if position + 1 < len(film.frames):
            self._room.set_position(position + 1)
        elif film.progress >= 1:
            self._timer.stop()
            self._on_changed()

    @Slot(int)
    def _on_run_activated(self, index: int) -> None:
        self.run_chosen.emit(self.runs.itemData(index))

    @Slot(int)
    def _on_every_activated(self, index: int) -> None:
        self.record_wanted.emit(self.every.itemData(index))

    @Slot()
    def _on_runs_changed(self) -> None:
        with QSignalBlocker(self.runs):
            self.runs.clear()
            for run in self._room.runs:
                words = tr("{title} · {when} · {count} pictures")
                self.runs.addItem(words.format(title=run.title, when=when(run.started_at), count=run.moments), run.name)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        film, position = self._room.film, self._room.position
        self.runs.setCurrentIndex(self.runs.findData(film.run))
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(film.frames) - 1, 0))
            self.slider.setValue(position)
        there = bool(film.frames)
        self.slider.setEnabled(there)
        self.play.setEnabled(there)
        self.play.setText(tr("Hold") if self.plays else tr("Play"))
        self.save.setEnabled(film.is_whole and not self._room.saving)
        shown = film.moments[min(position, len(film.frames) - 1)].step if there else None
        self.step.setText(tr("step {step}").format(step=thousands(shown)) if shown is not None else "")
        words = film.words if there or film.progress < 1 else ""  # else the picture says it
        if film.outdated:
            words = tr("{words} · the drawing has changed: look again").format(words=words)
        self.work.show_work(self._room.saving or words, film.progress if film.progress < 1 else None)
