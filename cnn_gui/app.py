"""The composition root: the only file that knows everybody. It builds the parts and connects them."""

from __future__ import annotations

import atexit
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pyqtgraph as pg
from PySide6.QtCore import QLocale, QObject, Slot
from PySide6.QtWidgets import QApplication, QMainWindow

from cnn_core.assets import bundled_model_path
from cnn_core.digits.reading import Judge
from cnn_core.errors import CnnError, ModelFileError
from cnn_core.files import brief, write_atomically
from cnn_core.sources import SOURCES, locate
from cnn_core.storage import load_model
from cnn_gui import theme
from cnn_gui.canvas.controller import CanvasController
from cnn_gui.errors import ErrorSink
from cnn_gui.inference.controller import InferenceController
from cnn_gui.inference.model_files import ModelFilesController
from cnn_gui.inference.previous import PreviousNetworks
from cnn_gui.inspector.among_controller import AmongController
from cnn_gui.inspector.controller import InspectorController
from cnn_gui.inspector.likes_controller import LikesController
from cnn_gui.inspector.slide import Slide
from cnn_gui.inspector.tables_controller import TablesController
from cnn_gui.inspector.weights_controller import WeightsController
from cnn_gui.inspector.why_controller import WhyController
from cnn_gui.main_window import MainWindow
from cnn_gui.settings import Settings
from cnn_gui.state import AppState
from cnn_gui.training.controller import TrainingController
from cnn_gui.training.samples import SamplesController
from cnn_gui.values import Pin
from cnn_gui.widgets.snapshot import picture_of

SHUTDOWN_S, POLL_S = 10.0, 0.002
SWITCH_INTERVAL_S = 0.001
"""How long a thread may keep the interpreter while another waits for it. The trainer's threads hold it in short
bursts only; with Python's 5 ms the window would wait behind several of them."""


class Stoppable(Protocol):
    """What works in the background: it is asked to stop, and then asked whether it has."""

    def request_stop(self) -> None: ...

    def has_stopped(self) -> bool: ...


class Application(QObject):
    """State, controllers and window of one running program. A child of its window."""

    def __init__(self, settings_path: str | None = None, model_path: str | Path | None = None) -> None:
        super().__init__()
        pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)
        self.settings = Settings(settings_path)
        self.state = AppState(self)
        self.errors = ErrorSink()
        self.inference = InferenceController(self.state, self.errors, self)
        self.canvas = CanvasController(self.state, self.errors, self)
        self.previous = PreviousNetworks(self.state, self.inference, self)
        self.models = ModelFilesController(self.state, self.inference, self.previous, self.errors, self)
        self.training = TrainingController(self.state, self.inference, self.previous, self.errors, self)
        self.samples = SamplesController(self.state, self)
        self.inspector = InspectorController(self.state, self.inference, self)
        self.weights = WeightsController(self.state, self.inference, self.errors, self)
        self.slide = Slide(self.state, self)
        self.why = WhyController(self.state, self.inference, self)
        self.likes = LikesController(self.state, self.inference, self)
        self.among = AmongController(self.state, self.inference, self)
        self.tables = TablesController(self.state, self.errors, self)
        self.state.theme = theme.THEMES.get(self.settings.get("theme"), theme.DARK)
        self.state.brush_width = self.settings.get("brush")
        self._dress()
        self.window = MainWindow(self.state, self.settings)
        self.setParent(self.window)
        self.errors.set_window(self.window)
        self._connect()
        data_dir = self.settings.get("data_dir")
        self._use_data_dir(Path(data_dir) if data_dir else None)
        self.window.panel.request_samples()
        self._first_model(model_path)
        if self.settings.problem:
            self.state.set_notice(self.settings.problem)

    def _connect(self) -> None:
        window, canvas = self.window, self.canvas
        window.request_stop, window.has_stopped = self.request_stop, self.has_stopped
        atexit.register(_join_at_exit, weakref.ref(self))
        window.canvas.stroke_moved.connect(canvas.on_stroke_moved)
        window.canvas.stroke_finished.connect(canvas.on_stroke_finished)
        window.canvas.stroke_cancelled.connect(canvas.on_stroke_cancelled)
        window.canvas.content_dropped.connect(canvas.take_content)
        window.tools.undo_requested.connect(canvas.undo)
        window.tools.redo_requested.connect(canvas.redo)
        window.tools.clear_requested.connect(canvas.clear)
        window.tools.eraser_chosen.connect(canvas.choose_eraser)
        window.tools.brush_chosen.connect(canvas.choose_brush)
        window.tools.brush_chosen.connect(self._on_brush_chosen)
        window.number.digit_chosen.connect(self.state.set_choice)
        window.paste_requested.connect(canvas.paste)
        window.image_requested.connect(canvas.open_image)
        for view in (window.network.inspector.strip, window.network.detail):
            view.place_chosen.connect(self.state.set_pin)
            view.place_pointed.connect(self.state.set_pointed)
        window.network.kernels.blocks.filter_chosen.connect(self._on_filter_chosen)
        window.network.kernels.blocks.input_map_chosen.connect(self.weights.choose_input_map)
        window.network.edits.edit_made.connect(self.weights.add)
        window.network.edits.entry_refused.connect(self.state.set_notice)
        window.network.edits.undo_requested.connect(self.weights.undo)
        window.network.edits.undo_all_requested.connect(self.weights.undo_all)
        window.network.epoch.epoch_chosen.connect(self.weights.show_epoch)
        window.network.slide.clicked.connect(self.slide.toggle)
        window.network.speed_chosen.connect(self.slide.set_speed)
        self.slide.running_changed.connect(self._on_sliding_changed)
        window.picture_requested.connect(self.save_picture)
        window.table_requested.connect(self.save_table)
        window.network.why.watched.connect(self.why.watch)
        window.network.why.class_asked.connect(self.why.ask)
        window.network.why.search_requested.connect(self.why.search)
        window.network.why.search.cancel_requested.connect(self.why.cancel_search)
        window.network.why.answers.cancel_requested.connect(self.why.cancel)
        for room, controller in ((window.network.likes, self.likes), (window.network.among, self.among)):
            room.watched.connect(controller.watch)
            room.work.again_requested.connect(controller.again)
            room.work.cancel_requested.connect(controller.cancel)
        window.bring_back_requested.connect(self.previous.bring_back)
        self.previous.stop_requested.connect(self.training.stop)
        window.panel.train_requested.connect(self.training.start)
        window.panel.step_requested.connect(self.training.step)
        window.panel.pause_requested.connect(self.training.toggle_pause)
        window.panel.stop_requested.connect(self.training.stop)
        window.panel.samples_wanted.connect(self.samples.show)
        window.panel.invalid_entered.connect(self.errors.show)
        window.panel.entry_refused.connect(self.state.set_notice)
        self.state.metrics_cleared.connect(self.errors.dismiss)  # a run has begun: what kept it from it is no longer so
        window.open_requested.connect(self.models.begin_to_open)
        window.save_requested.connect(self.models.save)
        window.bundled_requested.connect(self._on_bundled_requested)
        window.data_dir_chosen.connect(self._on_data_dir_chosen)
        window.network.scale_chosen.connect(self.state.set_scale)
        window.theme_toggled.connect(self._on_theme_toggled)

    def _use_data_dir(self, folder: Path | None) -> None:
        for part in (self.training, self.samples, self.likes, self.among):
            part.data_dir = folder

    @property
    def _parts(self) -> tuple[Stoppable, ...]:
        """All that may have work under way."""
        return self.canvas, self.models, self.training, self.samples, self.why, self.likes, self.among, self.tables

    def request_stop(self) -> None:
        """Ask all work to stop, all at once."""
        for part in self._parts:
            part.request_stop()

    def has_stopped(self) -> bool:
        """Whether every thread of ours is gone, but for readers that hang."""
        waiting = [part for part in self._parts if not part.has_stopped()]  # each is asked: some clean up then
        return not waiting

    def shutdown(self, timeout_s: float = SHUTDOWN_S) -> bool:
        """Stop all work and wait for it; whether every thread of ours is gone."""
        self.request_stop()
        end = time.monotonic() + timeout_s
        while not self.has_stopped():
            if time.monotonic() > end:
                return False
            time.sleep(POLL_S)
        return True

    @property
    def hangs(self) -> bool:
        """Whether a reader was given up that still waits for its file."""
        return self.canvas.abandoned or self.models.abandoned or self.samples.abandoned

    def _first_model(self, path: str | Path | None) -> None:
        """The model that the program was started with, else the one that ships with it, so that drawing works."""
        try:
            self.inference.judge = Judge(load_model(bundled_model_path()).model)
            opened = self.models.open(path) if path else False
            if not opened and not self.models.open(bundled_model_path(), "bundled"):
                return
        except ModelFileError as error:
            self.errors.show("The bundled model is missing", str(error))
            return
        self.state.set_notice("Draw a digit, or press Train and watch the network learn")

    def _dress(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_theme(app, self.state.theme)

    @Slot()
    def _on_theme_toggled(self) -> None:
        other = theme.LIGHT if self.state.theme is theme.DARK else theme.DARK
        self.settings.put(theme=other.name)
        self.state.theme = other
        self._dress()
        self.state.set_theme(other)

    @Slot(str)
    def save_picture(self, path: str) -> bool:
        """Write what the network's zone shows now as PNG or SVG; False, and a dialog, when that cannot be."""
        try:
            _expect_own_kind(Path(path), (b"\x89PNG", b"<?xml", b"<svg"))
            write_atomically(Path(path), picture_of(self.window.network, Path(path).suffix))
        except CnnError as error:
            self.errors.show("This cannot be saved", str(error))
            return False
        self.state.set_notice(f"Saved {path}")
        return True

    @Slot(str)
    def save_table(self, path: str) -> bool:
        """Begin to write the numbers behind the room that is open as CSV; False, and a dialog, when that cannot be."""
        try:
            _expect_own_kind(Path(path), ())
        except CnnError as error:
            self.errors.show("This cannot be saved", str(error))
            return False
        return self.tables.save(self.window.network.room, path)

    @Slot(bool)
    def _on_sliding_changed(self, running: bool) -> None:
        self.window.network.show_sliding(running)

    @Slot(int)
    def _on_filter_chosen(self, number: int) -> None:
        """The filter's own map, at the place that was asked about if it is of the same layer."""
        kernels, pin = self.state.kernels, self.state.pin
        if kernels is not None and pin is not None and len(pin.place) == 3:
            self.state.set_pin(Pin(pin.layer, (*pin.place[:2], number)))

    @Slot(float)
    def _on_brush_chosen(self, width: float) -> None:
        self.settings.put(brush=width)

    @Slot()
    def _on_bundled_requested(self) -> None:
        try:
            self.models.open(bundled_model_path(), "bundled")
        except ModelFileError as error:
            self.errors.show("The bundled model is missing", str(error))

    @Slot(str)
    def _on_data_dir_chosen(self, path: str) -> None:
        self._use_data_dir(Path(path))
        names = [name for name in SOURCES if _holds(name, path)]
        self.samples.refetch()
        self.settings.put(data_dir=path)
        found = f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}" if names else "there is none in it"
        self.state.set_notice(f"Data sets are looked for in {path} first: {found}")


def _join_at_exit(reference: weakref.ref[Application]) -> None:
    """A QThread that lives when Python ends aborts the process, also where nobody waited for the window to close."""
    application = reference()
    if application is not None:
        with suppress(RuntimeError):  # the window was destroyed before
            application.shutdown()


def _holds(name: str, folder: str) -> bool:
    """Whether a data set lies in just this folder."""
    try:
        place = locate(name, folder)
    except CnnError:
        return False
    return place is not None and place.parent == Path(folder)


def _expect_own_kind(path: Path, starts: tuple[bytes, ...]) -> None:
    """Raise `ModelFileError` where another kind of file would be replaced: none of these ``starts``, or not a table."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        start = file.read(8)
    if not start.startswith(starts) if starts else path.resolve().suffix.lower() != ".csv":
        raise ModelFileError(
            f"Expected a new file, found another kind of file: {brief(path.name)}. Choose another name."
        )


def create_application(settings_path: str | None = None, model: str | Path | None = None) -> Application:
    """Everything but the event loop; needs only a QApplication."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    QLocale.setDefault(QLocale.c())  # numbers are written with a point everywhere, in fields as on the maps
    return Application(settings_path, model)


def create_window(settings_path: str | None = None, model: str | Path | None = None) -> QMainWindow:
    """The whole window, not yet shown.

    Parameters
    ----------
    settings_path : a JSON file for the settings; None takes the user's own
    model : the model file to open; None takes the bundled one
    """
    return create_application(settings_path, model).window
