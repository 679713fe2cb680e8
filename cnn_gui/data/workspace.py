"""What networks learn from: every data set can be looked through, taken in, set right, exported; and my drawings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QApplication, QFileDialog

from cnn_core.datasets.export import export_npz
from cnn_core.drawing.strokes import Picture
from cnn_core.errors import CnnError
from cnn_core.preprocessing import InputSpec
from cnn_core.teaching import book_as_dataset
from cnn_gui.data.controller import DataController
from cnn_gui.data.reading_test import ReadingTest
from cnn_gui.data.view import DataView
from cnn_gui.specs import Context, Room, Rows, Stoppable, WorkspaceSpec
from cnn_gui.widgets.dataset_picture import picture_for
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

BEGIN_WITH = "mnist", "synthetic"


class DataWorkspace(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        controller = DataController(context)
        self.test = ReadingTest(context)
        view = DataView(context.state, controller.state, self.test.state)
        super().__init__(view)
        controller.setParent(self)
        self.test.setParent(self)
        self.view: DataView = view
        self.controller, self._context = controller, context
        self._removed: tuple[str, ...] = ()
        view.path_dropped.connect(controller.look_through)
        view.sources.source_chosen.connect(controller.open)
        view.sources.folder_wanted.connect(self._on_folder_wanted)
        view.sources.file_wanted.connect(self._on_file_wanted)
        view.survey.taken.connect(controller.take_in)
        view.survey.refused.connect(controller.refuse)
        images, details = view.images, view.details
        images.filter_chosen.connect(controller.show_only)
        images.part_chosen.connect(controller.show_part)
        images.classes_chosen.connect(self._on_classes_chosen)
        images.use_wanted.connect(self._on_use_wanted)
        images.cancel_wanted.connect(controller.cancel)
        images.export_wanted.connect(self._on_export_wanted)
        images.grid.chosen.connect(details.show_image)
        controller.state.shown_changed.connect(self._on_shown_changed)
        images.grid.opened.connect(self._on_canvas_wanted)
        details.canvas_wanted.connect(self._on_canvas_wanted)
        details.explain_wanted.connect(self._on_explain_wanted)
        details.relabel_wanted.connect(self._on_relabel_wanted)
        details.exclude_wanted.connect(self._on_exclude_wanted)
        details.forget_wanted.connect(self._on_forget_wanted)
        details.undo_wanted.connect(controller.undo)
        details.read_wanted.connect(controller.read)
        self._wire_drawings()
        view.installEventFilter(self)
        controller.list_sources()

    def _wire_drawings(self) -> None:
        drawings, teaching = self.view.drawings, self._context.teaching
        drawings.canvas_wanted.connect(self._on_drawing_opened)
        drawings.relabel_wanted.connect(self._on_drawing_relabelled)
        drawings.remove_wanted.connect(self._on_drawings_removed)
        drawings.restore_wanted.connect(self._on_drawings_restored)
        drawings.teach_wanted.connect(teaching.teach_all)
        drawings.undo_wanted.connect(teaching.undo)
        drawings.export_wanted.connect(self._on_drawings_exported)
        drawings.test_wanted.connect(self.test.begin)
        drawings.next_wanted.connect(self.test.next)
        drawings.stop_wanted.connect(self.test.stop)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The first time it is shown it begins with a data set that is here."""
        if event.type() == QEvent.Type.Show and self.controller.state.loaded is None:
            here = [source.name for source in self.controller.state.sources if source.is_here]
            wanted = next((name for name in BEGIN_WITH if name in here), None)
            if wanted is not None and not any(job.running for job in self.controller.jobs()):
                self.controller.open(wanted)
        return super().eventFilter(watched, event)

    # --- Data sets

    @Slot()
    def _on_folder_wanted(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self.view, tr("A folder of images"), self._context.settings.get("folder")
        )
        if path:
            self.controller.look_through(path)

    @Slot()
    def _on_file_wanted(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self.view, tr("A file of images"), self._context.settings.get("folder"), tr("Images (*.npz *.csv)")
        )
        if path:
            self.controller.look_through(path)

    @Slot()
    def _on_use_wanted(self) -> None:
        self.controller.use()
        loaded = self.controller.state.loaded
        if loaded is not None:
            said = tr("The next run learns from {name}").format(name=loaded.splits.title)
            self._context.state.appearance.set_notice(said)

    @Slot(object)
    def _on_classes_chosen(self, classes: frozenset[int]) -> None:
        self.controller.state.show_only(classes=classes)

    @Slot(str, bool)
    def _on_export_wanted(self, kind: str, whole: bool) -> None:
        numbers = None if whole else tuple(int(n) for n in self._marked_or_shown())
        start = self._context.settings.get("folder")
        if kind == "npz":
            start = str(Path(start) / "images.npz")
            path, _ = QFileDialog.getSaveFileName(self.view, tr("Save images"), start, tr("NumPy (*.npz)"))
        else:
            path = QFileDialog.getExistingDirectory(self.view, tr("A folder for the images"), start)
        if path:
            self.controller.export(path, kind, numbers)

    def _marked_or_shown(self) -> Iterable[int]:
        grid = self.view.images.grid
        return grid.selected if len(grid.selected) > 1 else grid.shown.numbers.tolist()

    @Slot()
    def _on_shown_changed(self) -> None:
        self.view.details.show_image(self.view.images.grid.current)

    # --- One image, or those that are marked

    def _image(self) -> Picture | None:
        data, number = self.controller.state.data, self.view.images.grid.current
        return picture_for(data.images[number]) if data is not None and number >= 0 else None

    @Slot()
    def _on_canvas_wanted(self) -> None:
        if (picture := self._image()) is not None:
            self._context.state.drawing.want((picture,))

    @Slot()
    def _on_explain_wanted(self) -> None:
        self._on_canvas_wanted()
        if self._image() is not None:
            self._context.actions.room_wanted.emit("attribution")

    @Slot(int)
    def _on_relabel_wanted(self, label: int) -> None:
        self.controller.relabel(self.view.images.grid.selected, label)

    @Slot()
    def _on_exclude_wanted(self) -> None:
        self.controller.leave_out(self.view.images.grid.selected)

    @Slot()
    def _on_forget_wanted(self) -> None:
        self.controller.forget(self.view.images.grid.selected)

    # --- My drawings

    def _keys(self) -> tuple[str, ...]:
        entries = self.view.drawings.shown
        return tuple(entries[n].key for n in self.view.drawings.grid.selected if n < len(entries))

    @Slot(int)
    def _on_drawing_opened(self, number: int) -> None:
        self.view.drawings.grid.setFocus()
        self._context.state.teaching.open(self.view.drawings.shown[number])

    @Slot(str)
    def _on_drawing_relabelled(self, label: str) -> None:
        self._context.teaching.relabel(self._keys(), label)

    @Slot()
    def _on_drawings_removed(self) -> None:
        self._removed = self._keys()
        self._context.teaching.remove(self._removed)
        self.view.drawings.let_restore(bool(self._removed))

    @Slot()
    def _on_drawings_restored(self) -> None:
        self._context.teaching.restore(self._removed)
        self._removed = ()
        self.view.drawings.let_restore(False)

    @Slot()
    def _on_drawings_exported(self) -> None:
        start = str(Path(self._context.settings.get("folder")) / "drawings.npz")
        path, _ = QFileDialog.getSaveFileName(self.view, tr("Save the drawings"), start, tr("NumPy (*.npz)"))
        if path:
            self.export_drawings(path)

    def export_drawings(self, path: str) -> bool:
        """Write the drawings as images with labels; False, and a dialog, where that cannot be."""
        info = self._context.state.model.info
        spec = (info.input_spec if info is not None else None) or InputSpec()
        try:
            export_npz(path, {"train": book_as_dataset(self._context.state.teaching.entries, spec)})
        except CnnError as error:
            self._context.errors.show(tr("The drawings cannot be saved here"), str(error))
            return False
        self._context.state.appearance.set_notice(tr("Saved {path}").format(path=path))
        return True

    # --- The room

    def undo(self) -> bool:
        """Take the last change of labels back; with the focus on the images the keys never mean the canvas."""
        focus = QApplication.focusWidget()
        return self.controller.undo() or (focus is not None and self.view.images.isAncestorOf(focus))

    def redo(self) -> bool:
        return self.controller.redo()

    def is_settled(self) -> bool:
        return not any(job.running for job in self.controller.jobs())

    def rows(self) -> Rows | None:
        """A line for each image that is shown: its number, label, and what was read."""
        data = self.controller.state.data
        if data is None:
            return None
        grid = self.view.images.grid.shown
        return _rows(grid.numbers, self.controller.state.edits.relabel(data), self.controller.state.answers)

    def parts(self) -> Iterable[Stoppable]:
        return (*self.controller.jobs(), self.test.job)


def _rows(numbers, data, answers) -> Rows:
    yield ["image", "label", "read", "sure"]
    for number in numbers.tolist():
        label = int(data.labels[number])
        row: list[object] = [number, data.class_names[label] if label >= 0 else ""]
        if answers is not None:
            read = int(answers.probabilities[number].argmax())
            row += [answers.class_names[read], float(answers.probabilities[number, read])]
        else:
            row += ["", ""]
        yield row


SPEC = WorkspaceSpec("data", QT_TR_NOOP("Data"), "Alt+5", DataWorkspace)
