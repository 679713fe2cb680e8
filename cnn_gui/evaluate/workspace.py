"""How well the network does, where it goes wrong, and whether it or the label is to blame."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QEvent, QObject, Slot

from cnn_core.evaluation import class_report
from cnn_gui.evaluate.controller import EvaluateController
from cnn_gui.evaluate.view import EvaluateView
from cnn_gui.specs import Context, Room, Rows, Stoppable, WorkspaceSpec
from cnn_gui.widgets.dataset_picture import picture_for
from cnn_gui.widgets.translation import QT_TR_NOOP

LEFT_OUT, AS_IT_WAS = -1, -2


class EvaluateWorkspace(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        controller = EvaluateController(context)
        view = EvaluateView(context.state, controller.state)
        super().__init__(view)
        controller.setParent(self)
        self.view: EvaluateView = view
        self.controller, self._context = controller, context
        view.figures.model_chosen.connect(self._on_model_chosen)
        view.figures.epoch_chosen.connect(controller.choose)
        view.figures.cancel_wanted.connect(controller.cancel)
        matrix, images = view.confusion.matrix, view.images
        matrix.cell_chosen.connect(self._on_cell_chosen)
        matrix.opened.connect(images.grid.setFocus)
        matrix.canvas_wanted.connect(self._on_canvas_wanted)
        matrix.why_wanted.connect(self._on_why_wanted)
        images.canvas_wanted.connect(self._on_canvas_wanted)
        images.why_wanted.connect(self._on_why_wanted)
        images.relabel_wanted.connect(self._on_relabel_wanted)
        images.doubt_wanted.connect(controller.doubt)
        images.count_wanted.connect(controller.count)
        images.train_without_wanted.connect(self._on_train_without)
        view.compare.chosen.connect(controller.compare_with)
        view.compare.canvas_wanted.connect(self._on_compared_opened)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only a workspace on the screen reads the images."""
        if event.type() == QEvent.Type.Show:
            self.controller.open()
        elif event.type() == QEvent.Type.Hide:
            self.controller.close()
        return super().eventFilter(watched, event)

    @Slot(str)
    def _on_model_chosen(self, key: str) -> None:
        self.controller.choose(key)

    @Slot(int, int)
    def _on_cell_chosen(self, i: int, j: int) -> None:
        self.controller.state.set_cell((i, j))

    @Slot()
    def _on_canvas_wanted(self) -> None:
        self._put(self.view.images.grid.current)

    @Slot()
    def _on_why_wanted(self) -> None:
        if self._put(self.view.images.grid.current):
            self._context.actions.room_wanted.emit("attribution")

    @Slot(int)
    def _on_compared_opened(self, number: int) -> None:
        judged = self.controller.state.judged
        if judged is not None:
            self._show_image(judged.data.images[number])

    def _put(self, number: int) -> bool:
        """Put the image of this number, of what the grid shows, on the canvas."""
        grid = self.view.images.grid
        if number < 0 or not len(grid.shown.numbers):
            return False
        self._show_image(grid.shown.images[number])
        return True

    def _show_image(self, image: np.ndarray) -> None:
        self._context.state.drawing.want((picture_for(image),))

    @Slot(int)
    def _on_relabel_wanted(self, label: int) -> None:
        images = self.view.images.grid.selected
        if label == LEFT_OUT:
            self.controller.edit(lambda edits: edits.without(images))
        elif label == AS_IT_WAS:
            self.controller.edit(lambda edits: edits.forgotten(images))
        else:
            self.controller.edit(lambda edits: edits.relabelled(images, label))

    @Slot()
    def _on_train_without(self) -> None:
        counted = self.controller.state.counted
        if counted is not None:
            self.controller.train_without(tuple(int(counted.numbers[n]) for n in self.view.images.grid.selected))

    def undo(self) -> bool:
        """The last label that was changed here."""
        return self.controller.undo()

    def is_settled(self) -> bool:
        judged = self.controller.state.judged is not None
        return judged and not any(job.running for job in self.controller.jobs())

    def prepare_demo(self) -> None:
        """The worst cell, opened."""
        self.controller.state.judged_changed.connect(self._on_demo_judged)

    @Slot()
    def _on_demo_judged(self) -> None:
        judged = self.controller.state.judged
        if judged is not None and self.controller.state.cell is None:
            wrong = judged.found.confusion - np.diag(np.diag(judged.found.confusion))
            i, j = np.unravel_index(int(wrong.argmax()), wrong.shape)
            self.controller.state.set_cell((int(i), int(j)))

    def rows(self) -> Rows | None:
        """The confusion matrix, and precision, recall and F1 of each class."""
        judged = self.controller.state.judged
        return _rows(judged.found.confusion, judged.class_names) if judged is not None else None

    def parts(self) -> Iterable[Stoppable]:
        return (*self.controller.jobs(), self.view.images.map.job)

    def request_stop(self) -> None:
        self.controller.close()
        super().request_stop()


def _rows(confusion: np.ndarray, names: tuple[str, ...]) -> Rows:
    yield ["is", *(f"read_{name}" for name in names), "precision", "recall", "F1"]
    for name, counts, row in zip(names, confusion.tolist(), class_report(confusion), strict=True):
        yield [name, *counts, row.precision, row.recall, row.f1]


SPEC = WorkspaceSpec("evaluate", QT_TR_NOOP("Evaluate"), "Alt+4", EvaluateWorkspace)
