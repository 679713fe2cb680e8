"""The workspace that shows the network at work: strip, rooms, and the dock with settings and plots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from cnn_core.errors import ConfigError
from cnn_core.inspection.kinds import traits_of
from cnn_gui.live import rooms
from cnn_gui.live.training.dock import TrainingDock
from cnn_gui.live.training.samples import SamplesState
from cnn_gui.live.training.samples_controller import SamplesController
from cnn_gui.live.view import LiveView
from cnn_gui.session.backward_reader import BackwardReader
from cnn_gui.session.selection import Pin
from cnn_gui.specs import Context, Room, RoomSpec, Rows, Stoppable, WorkspaceSpec
from cnn_gui.widgets.translation import QT_TR_NOOP, tr


class LiveWorkspace(Room):
    """Builds every room with the window, as their tabs stand in it."""

    def __init__(self, context: Context) -> None:
        self.specs: tuple[RoomSpec, ...] = tuple(rooms.ROOMS)
        built = {spec.key: spec.build(context) for spec in self.specs}
        view = LiveView(
            context.state, [(tr(spec.title), built[spec.key].view) for spec in self.specs],
            {number for number, spec in enumerate(self.specs) if spec.is_tall},
        )  # fmt: skip
        super().__init__(view)
        self.view: LiveView = view
        self._context, self._rooms = context, built
        for number, spec in enumerate(self.specs):
            view.rooms.tabBar().setTabData(number, spec.key)
        self.samples_state = SamplesState(self)
        self.samples = SamplesController(context.state, self.samples_state, context.data, self)
        self.dock = TrainingDock(context, self.samples_state)
        panel, actions = self.dock.panel, context.actions
        actions.pause.triggered.connect(context.training.toggle_pause)
        actions.stop.triggered.connect(context.training.stop)
        panel.train_requested.connect(context.launcher.train)
        panel.step_requested.connect(context.launcher.step)
        panel.change_requested.connect(context.training.change)
        panel.invalid_entered.connect(context.errors.show)
        panel.entry_refused.connect(context.state.appearance.set_notice)
        panel.samples_wanted.connect(self.samples.show)
        view.inspector.strip.place_chosen.connect(context.state.selection.choose)
        view.inspector.strip.place_pointed.connect(context.state.selection.set_pointed)
        context.state.model.info_changed.connect(self._on_info_changed)
        view.epoch.epoch_chosen.connect(context.session.show_epoch)
        self.backward = BackwardReader(context.state, context.session, self)
        view.gradients_wanted.connect(context.state.backward.set_shown)
        view.chooser.class_asked.connect(context.state.selection.set_asked_class)
        actions.gradients.toggled.connect(context.state.backward.set_shown)
        context.state.backward.shown_changed.connect(self._on_backward_changed)
        actions.slide.triggered.connect(self.room("working").slide.toggle)
        actions.zoom_in.triggered.connect(self._on_zoom_in)
        actions.zoom_out.triggered.connect(self._on_zoom_out)

    # --- Rooms

    def room(self, key: str) -> Any:
        """The room that declared itself as ``key``, of its own class."""
        return self._rooms[key]

    @property
    def open_key(self) -> str:
        """The key of the room that is open."""
        return self.specs[self.view.rooms.currentIndex()].key

    def open_room(self, key: str) -> None:
        """Open the room of that key; raises `ConfigError` where there is none."""
        self.view.rooms.setCurrentIndex([spec.key for spec in self.specs].index(spec_of(key).key))

    def undo(self) -> bool:
        """The last change by hand, where the keys are among them."""
        edits = self.room("edits").view
        focus = self.view.window().focusWidget()
        if focus is None or not edits.isAncestorOf(focus):
            return False
        edits.undo_requested.emit()
        return True

    def rows(self) -> Rows | None:
        return self.room(self.open_key).rows()

    def is_settled(self) -> bool:
        return self.room(self.open_key).is_settled() and self.backward.is_settled()

    def prepare_demo(self) -> None:
        """Pin a number in the middle of a map that has something to say, for the room that is open."""
        prediction = self._context.state.model.prediction
        maps = (
            [a for a in prediction.activations if traits_of(a.kind).sums == "patch"] if prediction is not None else []
        )
        if maps:
            layer = maps[min(1, len(maps) - 1)]
            row, column, channel = (int(i) for i in np.unravel_index(int(layer.values.argmax()), layer.shape))
            self._context.state.selection.set_pin(Pin(layer.name, (row, column, channel)))
        self.room(self.open_key).prepare_demo()

    @Slot()
    def _on_info_changed(self) -> None:
        """Tabs say "digit" only where the classes are digits."""
        info = self._context.state.model.info
        for number, spec in enumerate(self.specs):
            if spec.title_of_others and info is not None:
                title = spec.title if info.reads_digits else spec.title_of_others
                self.view.rooms.setTabText(number, tr(title))

    @Slot()
    def _on_backward_changed(self) -> None:
        self._context.actions.gradients.setChecked(self._context.state.backward.shown)

    # --- Closing

    def parts(self) -> Iterable[Stoppable]:
        return self.samples, self.backward, *self._rooms.values()

    @Slot()
    def _on_zoom_in(self) -> None:
        self.view.inspector.strip.zoom(1)

    @Slot()
    def _on_zoom_out(self) -> None:
        self.view.inspector.strip.zoom(-1)

    @property
    def picture(self) -> QWidget:
        """What *Save this view* saves."""
        return self.view


def spec_of(name: str) -> RoomSpec:
    """The room of that key, or with that word in its title; raises `ConfigError` for an unknown name."""
    word = name.lower()
    found = next((spec for spec in rooms.ROOMS if spec.key == word), None)
    found = found or next((spec for spec in rooms.ROOMS if word in spec.title.lower().rstrip("?").split()), None)
    if found is None:
        raise ConfigError(
            tr("A room expected one of {names}, received {name!r}.").format(
                names=", ".join(spec.key for spec in rooms.ROOMS), name=name
            )
        )
    return found


SPEC = WorkspaceSpec("live", QT_TR_NOOP("Live"), "Alt+1", LiveWorkspace)
