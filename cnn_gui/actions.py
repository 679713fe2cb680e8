"""What can be done, once each: menus, buttons and keys share these actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence

from cnn_gui.session.state import State
from cnn_gui.session.training_state import Phase
from cnn_gui.widgets.translation import language, languages, tr

Keys = QKeySequence.StandardKey | str | Sequence[str] | None


class Actions(QObject):
    """The actions of the window. Who does what they say connects to them; what is possible now is decided here."""

    room_wanted = Signal(str)
    """Of Live, by its key."""
    workspace_wanted = Signal(str)
    film_wanted = Signal(str)
    """Of a run, by its name."""
    term_wanted = Signal(str)
    """A word of the glossary."""

    def __init__(self, state: State, parent: QObject) -> None:
        super().__init__(parent)
        self._state, self._others_redo = state, False
        keys = QKeySequence.StandardKey
        self.open_model = self._action(tr("&Open model…"), keys.Open)
        self.open_bundled = self._action(tr("Open the &bundled model"))
        self.save_model = self._action(tr("&Save model…"), keys.Save)
        self.open_image = self._action(tr("Open &image…"), "Ctrl+I")
        self.open_data = self._action(tr("Open &data file…"), "Ctrl+D")
        self.open_data_folder = self._action(tr("Open a folder of da&ta…"))
        self.choose_data_folder = self._action(tr("&Choose data folder…"))
        self.save_picture = self._action(tr("Save this &view as a picture…"), "Ctrl+P")
        self.save_table = self._action(tr("Save these &numbers…"), "Ctrl+Shift+P")
        self.quit = self._action(tr("&Quit"), keys.Quit)
        self.undo = self._action(tr("&Undo"), "Ctrl+Z")
        self.redo = self._action(tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"))
        self.clear = self._action(tr("&Clear canvas"), ("Del", "Backspace"))
        self.paste = self._action(tr("&Paste image"), keys.Paste)
        self.brush = self._action(tr("&Brush"), "B", checkable=True)
        self.eraser = self._action(tr("&Eraser"), "E", checkable=True)
        self.train = self._action(tr("&Train"))  # Space is the window's: a button with the focus needs it for itself
        self.pause = self._action(tr("&Pause"))
        self.step = self._action(tr("&Step"), "Ctrl+.")
        self.stop = self._action(tr("St&op"), "Ctrl+Shift+.")
        self.train_on = self._action(tr("Train it &on"), "T")
        self.start_anew = self._action(tr("Start a&new"), "N")
        self.no_run = self._action(tr("Do not train"), "Esc")
        self.resume = self._action(tr("&Go on with the interrupted run"))
        self.bring_back = self._action(tr("&Bring back the network before"), "Ctrl+Alt+Z")
        self.help = self._action(tr("&What is this?"), "F1")
        self.lessons = self._action(tr("&Lessons"))
        self.tour = self._action(tr("A &tour of one minute"))
        self.projector = self._action(tr("&Projector mode"), "Ctrl+Shift+T", checkable=True)
        self.languages = [self._language(code) for code in languages()]
        self.theme = self._action(tr("&Dark or light"), "Ctrl+T")
        self.fold_dock = self._action(tr("Settings and &plots"), "Ctrl+J", checkable=True)
        self.gradients = self._action(tr("&Gradients"), "G", checkable=True)
        self.slide = self._action(tr("&Slide the kernel"), "Ctrl+L")
        self.zoom_in = self._action(tr("Larger &maps"), keys.ZoomIn)
        self.zoom_out = self._action(tr("S&maller maps"), keys.ZoomOut)
        self.resume.setEnabled(False)
        self.bring_back.setEnabled(False)
        state.drawing.changed.connect(self._on_drawing_changed)
        state.drawing.tool_changed.connect(self._on_drawing_changed)
        state.training.status_changed.connect(self._on_status_changed)
        state.training.question_changed.connect(self._on_question_changed)
        self._on_drawing_changed()
        self._on_status_changed()
        self._on_question_changed()

    def _language(self, code: str) -> QAction:
        """A language by its own name: who looks for it may not read the one that is shown."""
        action = self._action(QLocale(code).nativeLanguageName().capitalize(), checkable=True)
        action.setObjectName(code)
        action.setChecked(code == language())
        return action

    def let_redo(self, possible: bool) -> None:
        """Somebody else than the canvas has something to make again, or has not any more."""
        self._others_redo = possible
        self._on_drawing_changed()

    def _action(self, text: str, keys: Keys = None, checkable: bool = False) -> QAction:
        action = QAction(text, self)
        action.setCheckable(checkable)
        if isinstance(keys, (QKeySequence.StandardKey, str)):
            action.setShortcut(QKeySequence(keys))
        elif keys is not None:
            action.setShortcuts([QKeySequence(key) for key in keys])
        return action

    @Slot()
    def _on_drawing_changed(self) -> None:
        drawing = self._state.drawing
        self.redo.setEnabled(drawing.can_redo or self._others_redo)
        self.brush.setChecked(not drawing.erasing)
        self.eraser.setChecked(drawing.erasing)

    @Slot()
    def _on_question_changed(self) -> None:
        """The keys of the answers mean nothing while nobody asks."""
        for action in (self.train_on, self.start_anew, self.no_run):
            action.setEnabled(self._state.training.question is not None)

    @Slot()
    def _on_status_changed(self) -> None:
        phase = self._state.training.status.phase
        self.train.setEnabled(phase is Phase.IDLE)
        self.pause.setEnabled(phase in (Phase.RUNNING, Phase.PREPARING, Phase.PAUSED))
        self.pause.setText(tr("&Resume") if phase is Phase.PAUSED else tr("&Pause"))
        self.step.setEnabled(phase in (Phase.IDLE, Phase.PAUSED))
        self.stop.setEnabled(phase.active and phase is not Phase.STOPPING)
