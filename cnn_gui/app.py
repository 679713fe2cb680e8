"""The composition root: the only file that knows everybody. It builds session, hand, shell and workspaces."""

from __future__ import annotations

import atexit
import sys
import time
import weakref
from contextlib import suppress
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QLocale, QObject, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow

from cnn_core.assets import bundled_model_path
from cnn_core.digits.reading import Judge
from cnn_core.errors import CnnError, ConfigError, ModelFileError
from cnn_core.files import brief
from cnn_core.runs import RunStore
from cnn_core.sources import SOURCES, absolute, locate, source_of
from cnn_core.storage import load_model
from cnn_core.teaching import DrawingBook
from cnn_gui.actions import Actions
from cnn_gui.errors import ErrorSink
from cnn_gui.hand.canvas_controller import CanvasController
from cnn_gui.hand.view import HandView
from cnn_gui.live.workspace import LiveWorkspace
from cnn_gui.session.canvas_reader import CanvasReader
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.interrupted_run import InterruptedRun
from cnn_gui.session.launch import Launcher
from cnn_gui.session.model_files import ModelFiles
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.previous import PreviousNetworks
from cnn_gui.session.rate_search import RateSearchSession
from cnn_gui.session.state import State
from cnn_gui.session.teaching import TeachingSession
from cnn_gui.session.training_session import TrainingSession
from cnn_gui.session.view_saver import ViewSaver
from cnn_gui.settings import Settings
from cnn_gui.shell.appearance_controller import AppearanceController
from cnn_gui.shell.file_dialogs import FileDialogs
from cnn_gui.shell.header import Header
from cnn_gui.shell.help import Help
from cnn_gui.shell.main_window import MainWindow
from cnn_gui.shell.terms import explain_widgets
from cnn_gui.shell.training_bar import TrainingBar
from cnn_gui.specs import Context, Room, Stoppable
from cnn_gui.widgets.translation import install_language, tr
from cnn_gui.workspaces import WORKSPACES

SHUTDOWN_S, POLL_S = 10.0, 0.002
SWITCH_INTERVAL_S = 0.001
"""How long a thread may keep the interpreter while another waits for it. The trainer's threads hold it in short
bursts only; with Python's 5 ms the window would wait behind several of them."""


class Application(QObject):
    """Session, controllers and window of one running program. A child of its window."""

    def __init__(self, settings_path: str | None = None, model_path: str | Path | None = None) -> None:
        super().__init__()
        pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)
        self.settings = Settings(settings_path)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        install_language(app, self.settings.get("language"))
        self.errors = ErrorSink()
        self.state = State.create(self)
        self.state.drawing.set_tool(brush_width=self.settings.get("brush"))
        self._build_session()
        self._build_window()
        self._connect()
        self._first_model(model_path)
        if self.settings.problem:
            self.state.appearance.set_notice(self.settings.problem)
        self.interrupted.look()

    def _build_session(self) -> None:
        folder = self.settings.get("data_dir")
        self.data = DataFolder(self)
        self.data.choose(Path(folder) if folder else None)
        self.actions = Actions(self.state, self)
        self.appearance = AppearanceController(self.state.appearance, self.settings, self.actions, self)
        self.session = ModelSession(self.state, self)
        self.reader = CanvasReader(self.state, self.session, self.errors, self)
        self.canvas = CanvasController(self.state, self.errors, self)
        self.previous = PreviousNetworks(self.state, self.session, self)
        self.files = ModelFiles(self.state, self.session, self.previous, self.errors, self)
        self.training = TrainingSession(self.state, self.session, self.previous, self.errors, self.data, self)
        self.training.store = RunStore(self.settings.get("runs_dir") or None)
        self.rate_search = RateSearchSession(self.data, self)
        self.launcher = Launcher(self.state, self.session, self.training, self)
        self.interrupted = InterruptedRun(self.state, self.training, self.actions.resume, self)
        self.teaching = TeachingSession(
            self.state, self.session, self.previous, self.data, DrawingBook(self.settings.get("drawings") or None), self
        )
        self.saver = ViewSaver(self.state, self.errors, self)

    def _build_window(self) -> None:
        """Live's rooms exist with the window; other workspaces are built at their first visit."""
        self.context = Context(
            self.state, self.settings, self.errors, self.session, self.training, self.launcher, self.rate_search,
            self.files, self.data, self.actions, self.saver, self.teaching,
        )  # fmt: skip
        self._specs = {spec.key: spec for spec in WORKSPACES}
        self._built: dict[str, Room] = {}
        self.live = LiveWorkspace(self.context)
        self._built["live"] = self.live
        self.hand = HandView(self.state, self.actions)
        header = Header(self.state, self.actions, WORKSPACES, self._room_actions())
        bar = TrainingBar(self.state, self.actions)
        self.window = MainWindow(self.settings, self.actions, header, self.hand, bar, self.has_stopped)
        self.window.set_dock(self.live.dock)
        self.dialogs = FileDialogs(self.state, self.settings, self.actions, self.window)
        self.setParent(self.window)
        self.errors.set_window(self.window)
        self.help = Help(self.state, self.settings, self.actions, self.window, self.open_workspace)
        self._workspace_actions()
        self.open_workspace("live")
        explain_widgets(self.window)
        self.window.restore()
        for before, after in (
            (header.theme_button, self.hand.canvas), (self.hand.tools.clear, self.hand.number.buttons[0]),
            (self.hand.number.buttons[-1], self.live.view.inspector.strip),
        ):  # fmt: skip
            self.window.setTabOrder(before, after)
        self.hand.canvas.setFocus()

    def _room_actions(self) -> list[QAction]:
        """An action for each room of the inspector, with its keys."""
        made = []
        for spec in self.live.specs:
            action = QAction(tr(spec.title), self.actions)
            action.setObjectName(spec.key)
            action.setShortcut(QKeySequence(spec.shortcut))
            action.triggered.connect(self._on_room_chosen)
            made.append(action)
        return made

    def _workspace_actions(self) -> None:
        for spec in WORKSPACES:
            action = QAction(tr(spec.title), self.actions)
            action.setObjectName(spec.key)
            action.setShortcut(QKeySequence(spec.shortcut))
            action.triggered.connect(self._on_workspace_key)
            self.window.addAction(action)

    def _connect(self) -> None:
        atexit.register(_join_at_exit, weakref.ref(self))
        hand, canvas, actions = self.hand, self.canvas, self.actions
        hand.canvas.stroke_moved.connect(canvas.on_stroke_moved)
        hand.canvas.stroke_finished.connect(canvas.on_stroke_finished)
        hand.canvas.stroke_cancelled.connect(canvas.on_stroke_cancelled)
        hand.canvas.content_dropped.connect(canvas.take_content)
        hand.teach.label_chosen.connect(self.teaching.teach_label)
        hand.teach.undo_wanted.connect(self.teaching.undo)
        hand.drawings.drawing_chosen.connect(canvas.put_entry)
        self.state.teaching.entry_wanted.connect(canvas.put_entry)
        hand.tools.brush_chosen.connect(self._on_brush_chosen)
        hand.number.digit_chosen.connect(self.state.drawing.set_choice)
        actions.undo.triggered.connect(self._on_undo)
        actions.redo.triggered.connect(self._on_redo)
        actions.clear.triggered.connect(canvas.clear)
        actions.paste.triggered.connect(canvas.paste)
        actions.brush.triggered.connect(self._on_brush)
        actions.eraser.triggered.connect(self._on_eraser)
        actions.bring_back.triggered.connect(self.previous.bring_back)
        actions.open_bundled.triggered.connect(self._on_bundled_wanted)
        actions.train_on.triggered.connect(self.launcher.train_on)
        actions.start_anew.triggered.connect(self.launcher.start_anew)
        actions.no_run.triggered.connect(self.launcher.cancel)
        canvas.data_dropped.connect(self.open_data)
        actions.fold_dock.triggered.connect(self._on_fold_chosen)
        actions.train.triggered.connect(self._on_train)
        actions.step.triggered.connect(self._on_step)
        self.previous.stop_requested.connect(self.training.stop)
        self.state.training.metrics_cleared.connect(self.errors.dismiss)  # a run has begun, whatever was in its way
        dialogs = self.dialogs
        dialogs.model_chosen.connect(self.files.begin_to_open)
        dialogs.model_target_chosen.connect(self.files.save)
        dialogs.image_chosen.connect(canvas.open_image)
        dialogs.data_chosen.connect(self.open_data)
        dialogs.data_folder_chosen.connect(self.choose_data_folder)
        dialogs.picture_target_chosen.connect(self.save_picture)
        dialogs.table_target_chosen.connect(self.save_table)
        actions.room_wanted.connect(self._open_room)
        actions.workspace_wanted.connect(self.open_workspace)
        self.window.header.workspace_chosen.connect(self.open_workspace)
        self.window.closing.connect(self._on_closing)
        self.state.appearance.notice_changed.connect(self.window.whole_notice.say)
        self.live.view.rooms.currentChanged.connect(self._on_room_changed)
        self._on_room_changed()
        self.live.dock.panel.request_samples()

    # --- Workspaces and rooms

    @Slot(str)
    def open_workspace(self, key: str) -> None:
        """Bring a workspace to the front; it is built at its first visit."""
        if key not in self._built:
            self._built[key] = self._specs[key].build(self.context)
            explain_widgets(self._built[key].view)
        self._open = key
        self.window.header.show_workspace(key)
        below, sheet = self._specs[key].over, None
        if below:
            sheet, key = self._built[key].view, below
        self.window.show_workspace(self._built[key].view, has_dock=key == "live")
        self.window.show_sheet(sheet)

    @Slot()
    def _on_train(self) -> None:
        """What the open workspace shows is trained, with the settings of Live."""
        if self.workspace.prepare_training():
            self.live.dock.panel.request_train()

    @Slot()
    def _on_step(self) -> None:
        if self.training.running or self.workspace.prepare_training():
            self.live.dock.panel.request_step()

    @property
    def workspace(self) -> Room:
        """The workspace that is open."""
        return self._built[self._open]

    @Slot(bool)
    def _on_fold_chosen(self, unfolded: bool) -> None:
        """Settings and plots belong to Live: asked for elsewhere, they are shown there."""
        if self._open != "live" and self._specs[self._open].over != "live":
            self.open_workspace("live")
            if not unfolded:
                self.actions.fold_dock.trigger()

    @Slot()
    def _on_workspace_key(self) -> None:
        self.open_workspace(self.sender().objectName())

    @Slot()
    def _on_room_chosen(self) -> None:
        self._show_live()
        self.live.open_room(self.sender().objectName())

    @Slot(str)
    def _open_room(self, key: str) -> None:
        """A room of Live that another workspace asks for."""
        self._show_live()
        self.live.open_room(key)

    def _show_live(self) -> None:
        """Live, with the sheet over it where one is open."""
        if self._specs[self._open].over != "live":
            self.open_workspace("live")

    @Slot()
    def _on_room_changed(self) -> None:
        self.dialogs.view_name = self.live.open_key

    # --- Closing

    @property
    def _parts(self) -> tuple[Stoppable, ...]:
        """All that may have work under way."""
        return (
            self.canvas,
            self.files,
            self.training,
            self.rate_search,
            self.interrupted,
            self.saver,
            self.teaching,
            *self._built.values(),
        )

    @Slot()
    def _on_closing(self) -> None:
        self.settings.put(**self.window.remembered(), **self.live.dock.panel.remembered())
        self.request_stop()

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
        return any(part.abandoned for part in self._parts)

    # --- What the user wants

    def _first_model(self, path: str | Path | None) -> None:
        """The one that ships with the program, so that drawing works, then the one that it was started with: where that
        cannot be opened, the other stays and the dialog too."""
        try:
            self.session.judge = Judge(load_model(bundled_model_path()).model)
        except ModelFileError as error:
            self.errors.show(tr("The bundled model is missing"), str(error))
        else:
            self.files.open(bundled_model_path(), "bundled")
        if path:
            self.files.open(path)
        if self.state.model.info is None:
            return
        self.state.appearance.set_notice(tr("Draw a digit, or press Train and watch the network learn"))

    @Slot()
    def _on_undo(self) -> None:
        """The last change of the workspace that has the keys, or the last stroke."""
        if not (self._has_keys() and self.workspace.undo()):
            self.canvas.undo()

    @Slot()
    def _on_redo(self) -> None:
        if not (self._has_keys() and self.workspace.redo()):
            self.canvas.redo()

    def _has_keys(self) -> bool:
        """Whether the focus is in the workspace, not with the hand."""
        focus = self.window.focusWidget()
        return focus is not None and self.workspace.view.isAncestorOf(focus)

    @Slot()
    def _on_brush(self) -> None:
        self.state.drawing.set_tool(erasing=False)

    @Slot()
    def _on_eraser(self) -> None:
        self.state.drawing.set_tool(erasing=True)

    @Slot(float)
    def _on_brush_chosen(self, width: float) -> None:
        self.state.drawing.set_tool(brush_width=width)
        self.settings.put(brush=width)

    @Slot()
    def _on_bundled_wanted(self) -> None:
        try:
            self.files.open(bundled_model_path(), "bundled")
        except ModelFileError as error:
            self.errors.show(tr("The bundled model is missing"), str(error))

    @Slot(str)
    def open_data(self, path: str) -> bool:
        """Learn from the data in ``path`` from the next run on; False, and a dialog, when there are none in it."""
        try:
            name = absolute(path)
            source_of(name)
        except CnnError as error:
            self.errors.show(tr("This cannot be learnt from"), str(error))
            return False
        self.live.dock.panel.choose_dataset(name)
        said = tr("The next run learns from {name}").format(name=brief(Path(name).name))
        self.state.appearance.set_notice(said)
        return True

    @Slot(str)
    def choose_data_folder(self, path: str) -> None:
        """Look for data sets in this folder first."""
        names = [name for name in SOURCES if _holds(name, path)]
        self.data.choose(Path(path))
        self.settings.put(data_dir=path)
        found = tr("there: {names}").format(names=", ".join(names)) if names else tr("there is none in it")
        self.state.appearance.set_notice(
            tr("Data sets are looked for in {path} first: {found}").format(path=path, found=found)
        )

    @Slot(str)
    def save_picture(self, path: str) -> bool:
        """Write what the workspace shows now as PNG or SVG; False, and a dialog, when that cannot be."""
        return self.saver.save_picture(self.workspace.view, path)

    @Slot(str)
    def save_table(self, path: str) -> bool:
        """Begin to write the numbers that are shown as CSV; False, and a dialog, when that cannot be."""
        return self.saver.save_table(self.workspace.rows(), path)


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


def create_application(settings_path: str | None = None, model: str | Path | None = None) -> Application:
    """Everything but the event loop; needs only a QApplication, and raises `ConfigError` where there is none."""
    if not isinstance(QApplication.instance(), QApplication):
        raise ConfigError("The window expected a QApplication, found none. Make one first: app = QApplication([]).")
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
