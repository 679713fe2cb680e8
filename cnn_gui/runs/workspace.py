"""The book of runs: every run is kept, compared, gone on with, repeated."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Slot
from PySide6.QtWidgets import QFileDialog

from cnn_core.errors import CnnError, ModelFileError
from cnn_core.files import brief, write_atomically
from cnn_core.runs import RunSummary
from cnn_core.runs.search import SETTINGS
from cnn_core.storage import is_model_file
from cnn_gui.runs.columns import shown
from cnn_gui.runs.controller import RunsController
from cnn_gui.runs.curves_view import CurvesView
from cnn_gui.runs.view import RunsView
from cnn_gui.specs import Context, Room, Rows, Stoppable, WorkspaceSpec
from cnn_gui.widgets.translation import QT_TR_NOOP, tr


class RunsWorkspace(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        controller = RunsController(context)
        view = RunsView(context.state, controller.state)
        super().__init__(view)
        controller.setParent(self)
        self.view: RunsView = view
        self.controller, self._context = controller, context
        table = view.table
        table.run_chosen.connect(controller.state.select)
        view.parallel.plot.run_chosen.connect(controller.state.select)
        table.tick_wanted.connect(controller.tick)
        table.sort_wanted.connect(controller.sort)
        table.delete_wanted.connect(controller.delete)
        table.open_wanted.connect(controller.open_model)
        table.runs_model.renamed.connect(controller.rename)
        view.words_entered.connect(controller.search)
        view.notes_entered.connect(controller.write_notes)
        view.resume_wanted.connect(controller.resume)
        view.repeat_wanted.connect(controller.repeat)
        view.settings_wanted.connect(controller.take_settings)
        view.model_wanted.connect(controller.open_model)
        view.film_wanted.connect(self._on_film_wanted)
        view.delete_wanted.connect(controller.delete)
        view.baseline_wanted.connect(self._on_baseline_wanted)
        view.export_wanted.connect(self._on_export_wanted)
        for curves in (view.left, view.right):
            curves.save_wanted.connect(self._on_save_wanted)
        view.doctor.change_wanted.connect(controller.repeat_with)
        view.installEventFilter(self)
        controller.look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only a workspace on the screen looks at the disk."""
        if event.type() == QEvent.Type.Show:
            self.controller.open()
        elif event.type() == QEvent.Type.Hide:
            self.controller.close()
        return super().eventFilter(watched, event)

    @Slot()
    def _on_baseline_wanted(self) -> None:
        selected = self.controller.state.selected
        if selected is not None:
            self.controller.state.set_baseline(selected.name)

    @Slot()
    def _on_film_wanted(self) -> None:
        selected = self.controller.state.selected
        if selected is not None:
            self._context.actions.film_wanted.emit(selected.name)

    @Slot()
    def _on_export_wanted(self) -> None:
        selected = self.controller.state.selected
        if selected is None:
            return
        start = str(Path(self._context.settings.get("folder")) / f"{selected.name}.safetensors")
        path, _ = QFileDialog.getSaveFileName(
            self.view, tr("Save the run's model"), start, tr("Models (*.safetensors)")
        )
        if path:
            self.export(path)

    @Slot()
    def _on_save_wanted(self) -> None:
        curves = self.sender()
        if not isinstance(curves, CurvesView):
            return
        start = str(Path(self._context.settings.get("folder")) / f"{curves.title}.csv")
        kinds = tr("Numbers (*.csv);;Picture (*.png);;Drawing (*.svg)")
        path, kind = QFileDialog.getSaveFileName(self.view, tr("Save these curves"), start, kinds)
        if path:
            self.save_curves(curves, path if Path(path).suffix else path + kind[kind.index("*") + 1 : -1])

    def save_curves(self, curves: CurvesView, path: str) -> bool:
        """Write what is drawn: its numbers as CSV, else the picture of it; False, and a dialog, when that cannot be."""
        if Path(path).suffix.lower() == ".csv":
            return self._context.saver.save_table(curves.rows(), path)
        return self._context.saver.save_picture(curves, path)

    def export(self, path: str) -> None:
        """Copy the selected run's model; a dialog says why it cannot be."""
        run = self.controller.stored()
        if run is None or run.model is None:
            return
        target = Path(path)
        try:
            if target.is_file() and not is_model_file(target):
                raise ModelFileError(
                    tr("Another kind of file has the name {name}, so nothing was written. Choose another.").format(
                        name=brief(target.name)
                    )
                )
            write_atomically(target, run.model.read_bytes())
        except (CnnError, OSError) as error:
            self._context.errors.show(tr("The model cannot be saved here"), str(error))
            return
        self._context.state.appearance.set_notice(tr("Saved {path}").format(path=path))

    def undo(self) -> bool:
        return self.controller.undo()

    def is_settled(self) -> bool:
        return not any(job.running for job in self.controller.jobs())

    def rows(self) -> Rows | None:
        """A line for each run that is shown."""
        return _rows(self.controller.state.shown)

    def prepare_demo(self) -> None:
        """Some runs, of which three are ticked; made now where there are none."""
        self.controller.prepare_demo()

    def parts(self) -> Iterable[Stoppable]:
        return self.controller.jobs()

    def request_stop(self) -> None:
        self.controller.close()
        super().request_stop()


def _rows(runs: tuple[RunSummary, ...]) -> Rows:
    columns = ("name", "title", "data", "network", "reason", "epochs", "steps", "validation", "test",
               "images_per_second", "seconds", "parameters")  # fmt: skip
    yield [*columns, *SETTINGS, "notes"]
    for run in runs:
        settings = (shown(run.settings.get(name)) for name in SETTINGS)
        yield [*(getattr(run, name) for name in columns), *settings, run.notes]


SPEC = WorkspaceSpec("runs", QT_TR_NOOP("Runs"), "Alt+3", RunsWorkspace)
