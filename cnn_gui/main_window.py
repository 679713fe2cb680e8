"""The window: where things stand, menus and shortcuts. It decides nothing; `cnn_gui.app` wires it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QIcon, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenuBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_core.assets import asset_path
from cnn_core.files import brief, file_name
from cnn_gui import theme
from cnn_gui.canvas.canvas_view import CanvasView
from cnn_gui.canvas.tools import ToolBar
from cnn_gui.inference.number_view import NumberView
from cnn_gui.inference.prediction_view import PredictionView
from cnn_gui.network_zone import NetworkZone
from cnn_gui.settings import Settings
from cnn_gui.state import AppState
from cnn_gui.training.panel import TrainingPanel
from cnn_gui.training.plots import accuracy_plot, loss_plot
from cnn_gui.values import Phase, epoch_words, thousands
from cnn_gui.widgets.card import Card
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.splitter import splitter
from cnn_gui.widgets.square_on_top import SquareOnTop

SIZE_PX = (1440, 960)
MINIMUM_PX = (1024, 700)
LEFT_PX = 344
SAMPLES_FROM_PX = 780
MODEL_FILES = "Models (*.safetensors)"
PICTURE_FILES = "Pictures (*.png *.svg)"
TABLE_FILES = "Tables (*.csv)"
IMAGE_FILES = "Images (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff);;All files (*)"
CLOSE_AT_ONCE_S, CLOSE_LOOK_S = 0.12, 0.002
"""Most work ends within this time after it was asked to; for the rest the window is hidden and looks again later."""
CLOSE_POLL_MS = 10
MOST_NAME = 24


class MainWindow(QMainWindow):
    """Three zones: the hand, the network, the training."""

    open_requested = Signal(str)
    save_requested = Signal(str)
    image_requested = Signal(str)
    data_dir_chosen = Signal(str)
    bundled_requested = Signal()
    theme_toggled = Signal()
    paste_requested = Signal()
    picture_requested = Signal(str)
    table_requested = Signal(str)
    bring_back_requested = Signal()
    closed = Signal()

    def __init__(self, state: AppState, settings: Settings) -> None:
        super().__init__()
        self._state, self._settings = state, settings
        self.request_stop: Callable[[], None] = lambda: None
        self.has_stopped: Callable[[], bool] = lambda: True
        self._closing_since: float | None = None
        self.setWindowTitle("cnn-gui")
        self.setWindowIcon(QIcon(str(asset_path("icons/app.svg"))))
        self.canvas = CanvasView(state)
        self.tools = ToolBar(state)
        self.number = NumberView(state)
        self.prediction = PredictionView(state)
        self.network = NetworkZone(state)
        self.panel = TrainingPanel(state, settings)
        self.loss, self.accuracy = loss_plot(state), accuracy_plot(state)
        self._build_header()
        self._arrange()
        self._build_menus()
        self._build_status_bar()
        for signal in (state.model_changed, state.edits_changed, state.recorded_changed):
            signal.connect(self._on_model_changed)
        state.training_changed.connect(self._on_training_changed)
        state.notice_changed.connect(self._on_notice_changed)
        state.previous_changed.connect(self._on_previous_changed)
        state.theme_changed.connect(self._on_theme_changed)
        for before, after in pairwise((self.tools.clear, *self.number.buttons, self.network.inspector.strip)):
            self.setTabOrder(before, after)
        self._on_theme_changed()
        self._on_training_changed()
        self._restore()
        self.canvas.setFocus()

    # --- Layout

    def _build_header(self) -> None:
        self.header = QFrame()
        self.header.setObjectName("header")
        row = QHBoxLayout(self.header)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(10)
        name = QLabel("cnn-gui")
        name.setObjectName("appName")
        self.menus = QMenuBar()
        self.menus.setNativeMenuBar(False)
        self.menus.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.chip = ElidedLabel()
        self.chip.setObjectName("modelChip")
        self.chip.setAccessibleName("Model")
        self.open_button = self._header_button("openButton", "Open…", "Open a model (Ctrl+O)", self.choose_model)
        self.save_button = self._header_button("saveButton", "Save…", "Save the model (Ctrl+S)", self.choose_target)
        self.theme_button = QToolButton()
        self.theme_button.setObjectName("themeButton")
        self.theme_button.setAccessibleName("Change between dark and light")
        self.theme_button.setToolTip("Dark or light (Ctrl+T)")
        self.theme_button.clicked.connect(self.theme_toggled)
        for widget in (name, self.menus):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (self.chip, self.open_button, self.save_button, self.theme_button):
            row.addWidget(widget)

    def _header_button(self, name: str, text: str, tip: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setProperty("flat", True)
        button.clicked.connect(action)
        return button

    def _arrange(self) -> None:
        self.upper_zones = splitter("upperZones", Qt.Orientation.Horizontal, self._hand_zone(), self.network)
        training = Card()
        training.body.addWidget(self.panel)
        training.setMinimumWidth(LEFT_PX)
        self.lower_zones = splitter("lowerZones", Qt.Orientation.Horizontal, training, self.loss, self.accuracy)
        self.zones = splitter("zones", Qt.Orientation.Vertical, self.upper_zones, self.lower_zones)
        self.upper_zones.setSizes([372, 1032])
        self.lower_zones.setSizes([372, 510, 510])
        self.zones.setSizes([640, 220])
        for part, factors in ((self.upper_zones, (2, 6)), (self.lower_zones, (2, 3, 3)), (self.zones, (1, 0))):
            for index, factor in enumerate(factors):
                part.setStretchFactor(index, factor)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        inner = QVBoxLayout()
        inner.setContentsMargins(12, 12, 12, 12)
        inner.addWidget(self.zones)
        column.addLayout(inner, 1)
        self.setCentralWidget(content)

    def _hand_zone(self) -> QWidget:
        zone = Card()
        zone.body.addWidget(SquareOnTop(self.canvas, (self.tools, self.number), self.prediction), 1)
        zone.setMinimumWidth(LEFT_PX)
        return zone

    def _build_status_bar(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self.notice = QLabel()
        self.notice.setObjectName("notice")
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.bring_back = self._header_button("bringBackButton", "Bring back", "", self.bring_back_requested.emit)
        hints = QLabel("Ctrl+Z undo · Del clear · Space train / pause")
        bar.addWidget(self.notice, 1)
        bar.addPermanentWidget(self.bring_back)
        bar.addPermanentWidget(hints)
        self._on_previous_changed()

    # --- Menus and shortcuts

    def _build_menus(self) -> None:
        keys = QKeySequence.StandardKey
        file = self.menus.addMenu("&File")
        self._action(file, "&Open model…", keys.Open, self.choose_model)
        self._action(file, "Open the &bundled model", None, self.bundled_requested.emit)
        self._action(file, "&Save model…", keys.Save, self.choose_target)
        file.addSeparator()
        self._action(file, "Open &image…", "Ctrl+I", self.choose_image)
        self._action(file, "Choose &data folder…", None, self.choose_data_dir)
        file.addSeparator()
        self._action(file, "Save this &view as a picture…", "Ctrl+P", self.choose_picture)
        self._action(file, "Save these &numbers…", "Ctrl+Shift+P", self.choose_table)
        file.addSeparator()
        self._action(file, "&Quit", keys.Quit, self.close)
        edit = self.menus.addMenu("&Edit")
        self._action(edit, "&Undo", "Ctrl+Z", self._undo)
        self._action(edit, "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), self.tools.redo_requested.emit)
        self._action(edit, "&Clear canvas", ("Del", "Backspace"), self.tools.clear_requested.emit)
        self._action(edit, "&Paste image", keys.Paste, self.paste_requested.emit)
        edit.addSeparator()
        self._action(edit, "&Brush", "B", self.tools.brush.click)
        self._action(edit, "&Eraser", "E", self.tools.eraser.click)
        training = self.menus.addMenu("&Training")
        self.train_action = self._action(training, "&Train / pause\tSpace", None, self._train_or_pause)
        self.step_action = self._action(training, "&Step", "Ctrl+.", self.panel.step.click)
        self.stop_action = self._action(training, "St&op", "Ctrl+Shift+.", self.panel.stop.click)
        training.addSeparator()
        self.bring_back_action = self._action(
            training, "&Bring back the network before", "Ctrl+Alt+Z", self.bring_back_requested.emit
        )
        view = self.menus.addMenu("&View")
        self._action(view, "&Dark or light", "Ctrl+T", self.theme_toggled.emit)
        for number in range(self.network.rooms.count()):
            title = self.network.rooms.tabText(number)
            self._action(view, title, f"Ctrl+{number + 1}", partial(self.network.rooms.setCurrentIndex, number))
        view.addSeparator()
        self._action(view, "&Slide the kernel", "Ctrl+L", self.network.slide.click)
        self._action(view, "Larger &maps", keys.ZoomIn, lambda: self.network.inspector.strip.zoom(1))
        self._action(view, "S&maller maps", keys.ZoomOut, lambda: self.network.inspector.strip.zoom(-1))

    def _action(self, menu, text: str, keys, work: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        if isinstance(keys, tuple):
            action.setShortcuts([QKeySequence(key) for key in keys])
        elif keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda *_: work())
        menu.addAction(action)
        return action

    @Slot()
    def _undo(self) -> None:
        """The last stroke, or where the keys are among the changes by hand, the last of those."""
        focus = self.focusWidget()
        if focus is not None and self.network.edits.isAncestorOf(focus):
            self.network.edits.undo.click()
        else:
            self.tools.undo_requested.emit()

    @Slot()
    def _train_or_pause(self) -> None:
        (self.panel.train if self._state.training.phase is Phase.IDLE else self.panel.pause).click()

    @Slot()
    def choose_model(self) -> None:
        if self._state.training.phase is not Phase.IDLE:
            self._state.set_notice("A training is running: stop it before you open a model")
            return
        path, _ = QFileDialog.getOpenFileName(self, "Open a model", self._folder(), MODEL_FILES)
        if path:
            self._remember_folder(path)
            self.open_requested.emit(path)

    @Slot()
    def choose_target(self) -> None:
        name = self._state.model.name if self._state.model else "model"
        self._choose_target("Save the model", f"{file_name(name)}.safetensors", MODEL_FILES, self.save_requested)

    @Slot()
    def choose_picture(self) -> None:
        self._choose_target("Save this view", f"{self.network.room}.png", PICTURE_FILES, self.picture_requested)

    @Slot()
    def choose_table(self) -> None:
        self._choose_target("Save these numbers", f"{self.network.room}.csv", TABLE_FILES, self.table_requested)

    def _choose_target(self, title: str, name: str, kinds: str, signal: SignalInstance) -> None:
        """A name to save under; the suffix of ``name`` is added where there is none, before the dialog asks whether the
        file of that name shall be replaced."""
        start = f"{self._folder()}/{name}" if self._folder() else name
        dialog = QFileDialog(self, title, start, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(start)
        if dialog.exec() and dialog.selectedFiles():
            path = dialog.selectedFiles()[0]
            self._remember_folder(path)
            signal.emit(path)

    @Slot()
    def choose_image(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Open an image of a digit", self._folder(), IMAGE_FILES)
        if path:
            self._remember_folder(path)
            self.image_requested.emit(path)

    @Slot()
    def choose_data_dir(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Folder that holds mnist/, fashion-mnist/, …", self._folder())
        if path:
            self.data_dir_chosen.emit(path)

    def _folder(self) -> str:
        return self._settings.get("folder")

    def _remember_folder(self, path: str) -> None:
        self._settings.put(folder=str(Path(path).parent))

    # --- What the state says

    @Slot()
    def _on_model_changed(self) -> None:
        model = self._state.model
        if model is None:
            return
        parameters = f"{thousands(model.parameters)} parameters"
        words = [model.name, model.origin, parameters]
        if self._state.edits or model.training.get("changed_by_hand"):
            words.append("changed by hand")
        elif self._state.shown_epoch is not None:
            words.append(epoch_words(self._state.shown_epoch))
        elif model.accuracy is not None:
            words.append(f"{model.accuracy * 100:.2f} % on the test set")
        self.chip.set_whole_text(" · ".join(words))
        self.chip.setToolTip(plain_tip(f"The model that reads the canvas: {' · '.join(words)}\n{model.place}".strip()))

    @Slot()
    def _on_training_changed(self) -> None:
        self.step_action.setEnabled(self.panel.step.isEnabled())
        self.stop_action.setEnabled(self.panel.stop.isEnabled())

    @Slot()
    def _on_notice_changed(self) -> None:
        self.notice.setText(self._state.notice)
        self.notice.setToolTip(plain_tip(self._state.notice))  # a narrow window cuts a long one

    @Slot()
    def _on_previous_changed(self) -> None:
        """The way back to the network that was there before."""
        previous = self._state.previous
        self.bring_back.setVisible(previous is not None)
        self.bring_back_action.setEnabled(previous is not None)
        if previous is not None:
            name = brief(previous.name, MOST_NAME)
            self.bring_back.setText(f"Bring back {name}".replace("&", "&&"))
            accuracy = f" · {previous.accuracy * 100:.2f} % on the test set" if previous.accuracy is not None else ""
            words = f"{previous.name} · {previous.origin}{accuracy}"
            self.bring_back.setToolTip(plain_tip(f"Put back the network that was there before: {words} (Ctrl+Alt+Z)"))
            self.bring_back.setAccessibleName(f"Bring back {name}")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.theme_button.setIcon(theme.icon("theme", self._state.theme.text))
        self._on_model_changed()

    # --- What is remembered

    def _restore(self) -> None:
        self.resize(*SIZE_PX)
        self.setMinimumSize(*MINIMUM_PX)
        if place := self._settings.get("window"):
            area = QRect(*place)
            self.resize(area.size())
            screen = QGuiApplication.screenAt(area.center())
            if screen is not None and screen.availableGeometry().contains(area.topLeft()):  # it may be unplugged now
                self.move(area.topLeft())
        if self._settings.get("window_maximized"):
            self.setWindowState(Qt.WindowState.WindowMaximized)
        for name, part in self._splitters().items():
            if sizes := self._settings.get(name):
                part.setSizes(sizes)

    def _splitters(self) -> dict[str, QSplitter]:
        """Whose sizes are remembered, under which name."""
        return {
            "window_upper": self.upper_zones,
            "window_lower": self.lower_zones,
            "window_zones": self.zones,
            "window_inside": self.network.inside,
        }

    def _remember(self) -> None:
        place = self.normalGeometry() if self.isMaximized() else QRect(self.pos(), self.size())
        self._settings.put(
            window=[place.x(), place.y(), place.width(), place.height()],
            window_maximized=self.isMaximized(),
            **{name: part.sizes() for name, part in self._splitters().items()},
            **self.panel.remembered(),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the canvas needs the room more than the training samples."""
        super().resizeEvent(event)
        roomy = self.height() >= SAMPLES_FROM_PX
        if roomy == self.panel.samples.isHidden():
            self.panel.samples.setVisible(roomy)
            if layout := self.panel.layout():
                layout.activate()  # else the zone is held at the height that it needed a moment ago
            upper, lower = self.zones.sizes()
            change = self.panel.samples.sizeHint().height()
            self.zones.setSizes([upper - change, lower + change] if roomy else [upper + change, lower - change])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask all work to stop, be gone from the screen at once, and end when the work has: a thread that outlives the
        window aborts the process."""
        if self._closing_since is None:
            self.canvas.cancel_stroke()
            self._remember()
            self._closing_since = time.monotonic()
            self.request_stop()
        while not self.has_stopped():
            if time.monotonic() - self._closing_since > CLOSE_AT_ONCE_S:
                event.ignore()
                self.hide()
                QTimer.singleShot(CLOSE_POLL_MS, self.close)
                return
            time.sleep(CLOSE_LOOK_S)
        self._closing_since = None
        event.accept()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space arrives here only when the widget with the focus has no use for it, as a button or a list has."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._train_or_pause()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow() and self._closing_since is None:
            self.canvas.cancel_stroke()
        super().changeEvent(event)
