"""Reads the book of runs in the background, and does with runs what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.errors import CnnError
from cnn_core.runs import (
    Finding,
    RunIndex,
    RunStore,
    RunSummary,
    StoredRun,
    examine,
    load_run,
    read_metrics,
    search,
    sort_runs,
)
from cnn_core.training import TrainingConfig
from cnn_gui.runs.demo_runs import make_demo_runs
from cnn_gui.runs.state import RunsState
from cnn_gui.runs.values import RunCurves, curves_of
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.specs import Context
from cnn_gui.widgets.translation import tr

LOOK_EVERY_MS = 2000
MOST_CURVES, DEMO_TICKED = 20, 3
WORDS = ("title", "data", "network", "optimizer", "augmentation", "reason")
"""Columns that are sorted from a to z first; figures from the largest."""


class RunsController(QObject):
    """What is shown follows the disk: it is looked at again every two seconds while the workspace is open."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self.state = context, RunsState(self)
        self._index = RunIndex(context.training.store)
        self._runs: tuple[RunSummary, ...] = ()
        self._words = ""
        self._deleted: list[tuple[str, bool]] = []
        self._listing, self._reading, self._examining = (LatestJob(self, reads=True) for _ in range(3))
        self._making = LatestJob(self)
        self._listing.finished.connect(self._on_listed)
        self._reading.finished.connect(self.state.set_curves)
        self._examining.finished.connect(self.state.set_findings)
        for job in (self._listing, self._reading, self._examining):
            job.failed.connect(self._notice)
        self.state.ticked_changed.connect(self._read_curves)
        self.state.selected_changed.connect(self._examine)
        context.state.training.status_changed.connect(self._on_training_changed)
        self._was_running = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._on_timeout)

    # --- What there is

    def open(self) -> None:
        """The workspace is on the screen."""
        self.look()
        self._timer.start()

    def close(self) -> None:
        """It is not any more."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look at the disk again."""
        self._listing.start(partial(_listed, self._index))

    @Slot()
    def _on_timeout(self) -> None:
        if not self._listing.running:
            self.look()
            if self._context.training.running and not self._reading.running:
                self._read_curves()

    @Slot()
    def _on_training_changed(self) -> None:
        """At once when a run begins or ends."""
        running = self._context.training.running
        if running != self._was_running and self._timer.isActive():
            self.look()
        self._was_running = running

    @Slot(object)
    def _on_listed(self, runs: tuple[RunSummary, ...]) -> None:
        self._runs = runs
        self._show()

    def _show(self) -> None:
        problem, shown = "", self._runs
        try:
            shown = search(self._runs, self._words)
        except CnnError as error:
            problem = str(error)
        order, descending = self.state.order
        shown = sort_runs(shown, order, descending)
        before = self.state.selected
        self.state.set_runs(shown, self._runs, problem)
        if shown and self.state.selected is None:
            self.state.select(shown[0].name)
        elif before is not None and _has_moved_on(before, self.state.selected):
            self._examine()

    @Slot(str)
    def search(self, words: str) -> None:
        """Show only what is meant by these words."""
        self._words = words
        self._show()

    @Slot(str)
    def sort(self, key: str) -> None:
        """By this column; a second time the other way round."""
        order, descending = self.state.order
        self.state.order = key, not descending if key == order else key not in WORDS
        self._show()

    @Slot(str)
    def tick(self, name: str) -> None:
        """Put a run's curves on the plots, or take them off."""
        ticked = list(self.state.ticked_names)
        if name in ticked:
            ticked.remove(name)
        else:
            ticked.append(name)
        self.state.set_ticked(ticked)
        self.state.runs_changed.emit()

    @Slot()
    def _read_curves(self) -> None:
        names = [run.name for run in self.state.ticked][:MOST_CURVES]
        self._reading.start(partial(_curves, self._context.training.store, names))

    @Slot()
    def _examine(self) -> None:
        selected = self.state.selected
        if selected is not None:
            self._examining.start(partial(_examined, self._context.training.store, selected.name))

    # --- What is wanted

    def stored(self) -> StoredRun | None:
        """The selected run as it lies on the disk; None, and a notice, where it is gone."""
        selected = self.state.selected
        if selected is None:
            return None
        try:
            return load_run(self._context.training.store.folder / selected.name)
        except CnnError as error:
            self._notice(str(error))
            return None

    @Slot(str)
    def _notice(self, words: str) -> None:
        self._context.state.appearance.set_notice(words)

    @Slot()
    def resume(self) -> None:
        """Go on with the selected run."""
        run = self.stored()
        if run is not None and run.checkpoint is not None:
            self._context.training.resume(run)

    @Slot()
    def repeat(self) -> None:
        """Make the selected run again, with all that was changed on its way."""
        self.repeat_with({})

    def repeat_with(self, change: Mapping[str, Any]) -> None:
        """Make the selected run again with other values of some settings, without what was changed on its way then."""
        run = self.stored()
        if run is None:
            return
        config = run.repeat_config()
        try:
            config = TrainingConfig.from_dict(config.as_begun.as_dict() | dict(change)) if change else config
        except CnnError as error:
            self._context.errors.show(tr("This run cannot be repeated so"), str(error))
            return
        if self._context.training.running:
            self._notice(tr("A run goes on. Stop it before you begin another one."))
            return
        self._context.training.start(config)

    @Slot()
    def take_settings(self) -> None:
        """Put the selected run's settings into the form, to begin one that differs."""
        if self._context.training.running:  # the fields of the form steer the run that goes
            self._notice(tr("A run goes on. Stop it before you take other settings."))
            return
        run = self.stored()
        if run is not None:
            self._context.state.training.want(run.repeat_config().as_begun)
            self._notice(
                tr("The settings of {name} stand in the form of Live").format(name=run.notes().title or run.name)
            )

    @Slot()
    def open_model(self) -> None:
        """Read the canvas with what came of the selected run."""
        run = self.stored()
        if run is not None and run.model is not None:
            self._context.files.begin_to_open(str(run.model))

    @Slot(str, str)
    def rename(self, name: str, title: str) -> None:
        """Call a run otherwise."""
        self._note(name, title=title.strip())

    @Slot(str, str)
    def write_notes(self, name: str, notes: str) -> None:
        """Keep what somebody says of it."""
        self._note(name, notes=notes)

    def _note(self, name: str, **values: str) -> None:
        try:
            load_run(self._context.training.store.folder / name).note(**values)
        except CnnError as error:
            self._notice(str(error))
        self.look()

    @Slot()
    def delete(self) -> None:
        """Move the selected run into the trash."""
        run = self.stored()
        if run is None:
            return
        shown = [one.name for one in self.state.shown]
        place, title = shown.index(run.name) if run.name in shown else 0, run.notes().title or run.name
        try:
            self._context.training.store.discard(run)
        except CnnError as error:
            self._notice(str(error))
            return
        self._deleted.append((run.name, run.name in self.state.ticked_names))
        self.state.set_ticked([name for name in self.state.ticked_names if name != run.name])
        rest = [name for name in shown if name != run.name]
        self.state.select(rest[min(place, len(rest) - 1)] if rest else "")
        self._notice(tr("{name} is in the trash. Undo brings it back (Ctrl+Z).").format(name=title))
        self.look()

    def undo(self) -> bool:
        """Bring the run back that was deleted last."""
        if not self._deleted:
            return False
        name, was_ticked = self._deleted.pop()
        try:
            run = self._context.training.store.restore(name)
        except CnnError as error:
            self._notice(str(error))
            return True
        self._notice(tr("{name} is back").format(name=RunSummary.of(run).title))
        if was_ticked:
            self.state.set_ticked([*self.state.ticked_names, name])
        self.look()
        self.state.select(name)
        return True

    # --- A picture

    def prepare_demo(self) -> None:
        """Make some short runs, tick the first ones and look at one that is odd."""
        self._making.finished.connect(self._on_demo_made)
        self._making.start(partial(make_demo_runs, self._context.training.store))

    @Slot()
    def _on_demo_made(self) -> None:
        self._runs = RunIndex(self._context.training.store).summaries()
        self.sort("validation")
        for run in sorted(self.state.shown, key=lambda run: run.started_at)[:DEMO_TICKED]:
            self.tick(run.name)
            self.state.select(run.name)

    # --- Ending

    def jobs(self) -> tuple[LatestJob, ...]:
        return self._listing, self._reading, self._examining, self._making


def _has_moved_on(before: RunSummary, now: RunSummary | None) -> bool:
    """Whether there is more to be said of a run than before: it has ended, or has more epochs."""
    return now is not None and before.name == now.name and (before.reason, before.epochs) != (now.reason, now.epochs)


def _listed(index: RunIndex, control: JobControl) -> tuple[RunSummary, ...]:
    """In the pool's thread, which alone uses the index."""
    return index.summaries(control.stopped)


def _curves(store: RunStore, names: list[str], control: JobControl) -> dict[str, RunCurves]:
    """In the pool's thread."""
    found = {}
    for name in names:
        if control.stopped():
            break
        try:
            run = load_run(store.folder / name)
        except CnnError:
            continue
        found[name] = curves_of(run.record, read_metrics(run.path), control.stopped)
    return found


def _examined(store: RunStore, name: str, control: JobControl) -> tuple[Finding, ...]:  # noqa: ARG001
    """In the pool's thread."""
    run = load_run(store.folder / name)
    return examine(run.record, read_metrics(run.path))
