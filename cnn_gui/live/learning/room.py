"""How it learns: one training step, told slowly."""

from __future__ import annotations

from collections.abc import Iterable

from cnn_core.training import StepWorking
from cnn_gui.live.learning.controller import LearningController
from cnn_gui.live.learning.state import LearningState, Part
from cnn_gui.live.learning.view import LearningView
from cnn_gui.specs import Context, Room, RoomSpec, Rows, Stoppable
from cnn_gui.widgets.translation import QT_TR_NOOP


class LearningRoom(Room):
    """See the module."""

    def __init__(self, context: Context) -> None:
        self.state = LearningState()
        view = LearningView(context.state, self.state)
        super().__init__(view)
        self.state.setParent(self)
        self.controller = LearningController(context, self.state, self)
        view.watched.connect(self.controller.watch)
        view.part_chosen.connect(self.state.set_part)
        view.weight_chosen.connect(self.controller.choose_weight)
        view.optimizer_chosen.connect(self.controller.choose_optimizer)
        view.step_wanted.connect(self.controller.take)
        view.pause_wanted.connect(context.training.toggle_pause)
        view.batch.image_chosen.connect(self.controller.choose_image)

    def rows(self) -> Rows | None:
        """Each image's loss and pull, then the optimizer's lines."""
        story = self.state.working
        return _rows(story) if story is not None else None

    def is_settled(self) -> bool:
        return self.controller.is_settled()

    def prepare_demo(self) -> None:
        self.state.set_part(Part.UPDATE)

    def parts(self) -> Iterable[Stoppable]:
        return (self.controller,)


def _rows(story: StepWorking) -> Rows:
    told = story.next_step
    yield ["image", "label", "loss", "pull"]
    for number, (label, loss, pull) in enumerate(zip(told.labels, story.losses, story.pulls, strict=True)):
        yield [number, told.class_names[label] if label >= 0 else "", loss, pull]
    yield ["weight", story.parameter, " ".join(map(str, story.index)), ""]
    yield ["symbol", "formula", "before", "after"]
    for line in story.lines:
        yield [line.symbol, line.formula, "" if line.before is None else line.before, line.after]


SPEC = RoomSpec("learning", QT_TR_NOOP("How it learns"), "Ctrl+7", LearningRoom, is_tall=True)
