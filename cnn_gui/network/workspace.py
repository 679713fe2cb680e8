"""Build a network: layers, options, costs, what does not fit, and the way to train it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from cnn_gui.network.controller import NetworkController
from cnn_gui.network.view import NetworkView
from cnn_gui.network.words import caption
from cnn_gui.specs import Context, Room, Rows, Stoppable, WorkspaceSpec
from cnn_gui.widgets.translation import QT_TR_NOOP, tr


class NetworkWorkspace(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        controller = NetworkController(context)
        view = NetworkView(context.state, controller.state)
        super().__init__(view)
        controller.setParent(self)
        self.view: NetworkView = view
        self.controller, self._context = controller, context
        layers, form = view.layers, view.form
        layers.layer_chosen.connect(controller.state.choose)
        layers.moved.connect(controller.move)
        layers.remove_wanted.connect(controller.remove)
        layers.duplicate_wanted.connect(controller.duplicate)
        layers.fix_chosen.connect(controller.take_fix)
        form.edited.connect(controller.put)
        form.duplicate_wanted.connect(controller.duplicate)
        form.remove_wanted.connect(controller.remove)
        form.entry_refused.connect(context.state.appearance.set_notice)
        view.add_chosen.connect(controller.add)
        view.preset_chosen.connect(controller.begin_with_preset)
        view.model_chosen.connect(controller.begin_with_open_model)
        view.undo_wanted.connect(controller.undo)
        view.redo_wanted.connect(controller.redo)
        view.renamed.connect(controller.rename)
        view.speed_wanted.connect(controller.measure)
        view.train_wanted.connect(controller.train)
        controller.state.changed.connect(self._on_changed)
        view.text_entered.connect(self._on_text_entered)
        view.open_wanted.connect(self._on_open_wanted)
        view.save_wanted.connect(self._on_save_wanted)

    @Slot()
    def _on_changed(self) -> None:
        self._context.actions.let_redo(self.controller.state.can_redo)

    @Slot(str)
    def _on_text_entered(self, text: str) -> None:
        self.view.show_text_problem(self.controller.take_text(text))

    @Slot()
    def _on_open_wanted(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self.view, tr("Open a network"), self._context.settings.get("folder"), tr("Networks (*.toml)")
        )
        if path:
            self.controller.open_file(path)

    @Slot()
    def _on_save_wanted(self) -> None:
        name = f"{self.controller.state.draft.architecture.name}.toml"
        start = str(Path(self._context.settings.get("folder")) / name)
        path, _ = QFileDialog.getSaveFileName(self.view, tr("Save the network"), start, tr("Networks (*.toml)"))
        if path:
            self.controller.save_file(path if Path(path).suffix else f"{path}.toml")

    def undo(self) -> bool:
        """Take the last change of the network back."""
        self.controller.undo()
        return True

    def redo(self) -> bool:
        self.controller.redo()
        return True

    def prepare_training(self) -> bool:
        """The network that is shown here is the one that is trained."""
        return self.controller.take_to_training()

    def request_stop(self) -> None:
        self._context.settings.put(network=self.controller.unfinished())
        super().request_stop()

    def rows(self) -> Rows | None:
        """A line for each layer."""
        draft = self.controller.state.draft
        return _rows(draft.report)

    def parts(self) -> Iterable[Stoppable]:
        return self.controller.jobs()


def _rows(report) -> Rows:
    yield ["layer", "kind", "options", "output", "parameters", "multiply-adds", "bytes an image", "sees"]
    for row in report.layers:
        name = row.layer.name if row.layer is not None else ""
        output = "×".join(map(str, row.output_shape)) if row.output_shape is not None else ""
        sees = "×".join(map(str, row.sees)) if row.sees is not None else ""
        yield [name, row.kind, caption(row.layer), output, row.parameters, row.multiply_adds, row.bytes_an_image, sees]


SPEC = WorkspaceSpec("network", QT_TR_NOOP("Network"), "Alt+2", NetworkWorkspace)
