"""Dialogs that ask for a file or a folder, and hand it to whom it concerns."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from cnn_core.files import file_name
from cnn_gui.actions import Actions
from cnn_gui.session.state import State
from cnn_gui.session.training_state import Phase
from cnn_gui.settings import Settings
from cnn_gui.widgets.translation import tr


class FileDialogs(QObject):
    """Remembers the folder that was used last."""

    model_chosen = Signal(str)
    model_target_chosen = Signal(str)
    image_chosen = Signal(str)
    data_chosen = Signal(str)
    data_folder_chosen = Signal(str)
    picture_target_chosen = Signal(str)
    table_target_chosen = Signal(str)

    def __init__(self, state: State, settings: Settings, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._state, self._settings, self._window = state, settings, window
        self.view_name = "view"
        actions.open_model.triggered.connect(self.open_model)
        actions.save_model.triggered.connect(self.save_model)
        actions.open_image.triggered.connect(self.open_image)
        actions.open_data.triggered.connect(self.open_data)
        actions.open_data_folder.triggered.connect(self.open_data_folder)
        actions.choose_data_folder.triggered.connect(self.choose_data_folder)
        actions.save_picture.triggered.connect(self.save_picture)
        actions.save_table.triggered.connect(self.save_table)

    @Slot()
    def open_model(self) -> None:
        if self._state.training.status.phase is not Phase.IDLE:
            self._state.appearance.set_notice(tr("A training is running: stop it before you open a model"))
            return
        self._open(tr("Open a model"), tr("Models (*.safetensors)"), self.model_chosen)

    @Slot()
    def open_image(self) -> None:
        kinds = "*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff *.ppm *.pgm"
        words = tr("Images ({kinds});;All files (*)").format(kinds=kinds)
        self._open(tr("Open an image to read"), words, self.image_chosen)

    @Slot()
    def open_data(self) -> None:
        self._open(tr("Open a data set"), tr("Data sets (*.npz *.csv);;All files (*)"), self.data_chosen)

    @Slot()
    def open_data_folder(self) -> None:
        title = tr("A folder of IDX files, or of pictures with a folder for each class")
        path = QFileDialog.getExistingDirectory(self._window, title, self._folder())
        if path:
            self.data_chosen.emit(path)

    @Slot()
    def choose_data_folder(self) -> None:
        title = tr("Folder that holds mnist/, fashion-mnist/, …")
        path = QFileDialog.getExistingDirectory(self._window, title, self._folder())
        if path:
            self.data_folder_chosen.emit(path)

    @Slot()
    def save_model(self) -> None:
        info = self._state.model.info
        name = f"{file_name(info.name if info else 'model')}.safetensors"
        self._save(tr("Save the model"), name, tr("Models (*.safetensors)"), self.model_target_chosen)

    @Slot()
    def save_picture(self) -> None:
        kinds = tr("Pictures (*.png *.svg)")
        self._save(tr("Save this view"), f"{self.view_name}.png", kinds, self.picture_target_chosen)

    @Slot()
    def save_table(self) -> None:
        kinds = tr("Tables (*.csv)")
        self._save(tr("Save these numbers"), f"{self.view_name}.csv", kinds, self.table_target_chosen)

    def _open(self, title: str, kinds: str, signal) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, title, self._folder(), kinds)
        if path:
            self._remember(path)
            signal.emit(path)

    def _save(self, title: str, name: str, kinds: str, signal) -> None:
        """A name to save under; the suffix of ``name`` is added where there is none, before the dialog asks whether the
        file of that name shall be replaced."""
        start = f"{self._folder()}/{name}" if self._folder() else name
        dialog = QFileDialog(self._window, title, start, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(start)
        if dialog.exec() and dialog.selectedFiles():
            path = dialog.selectedFiles()[0]
            self._remember(path)
            signal.emit(path)

    def _folder(self) -> str:
        return self._settings.get("folder")

    def _remember(self, path: str) -> None:
        self._settings.put(folder=str(Path(path).parent))
