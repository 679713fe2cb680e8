"""Reads data sets off the GUI thread, has the network read them, keeps what is set right by hand, and writes files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Slot

from cnn_core import engine
from cnn_core.datasets.dataset import Dataset
from cnn_core.datasets.edits import DataEdits, EditBook
from cnn_core.datasets.export import EXPORTS, export_pictures
from cnn_core.datasets.survey import survey
from cnn_core.errors import CnnError
from cnn_core.evaluation import check_fit, find_label_issues
from cnn_core.sources import SOURCES, about, load_dataset
from cnn_core.training import TrainingConfig
from cnn_core.training.out_of_fold import out_of_fold
from cnn_gui.data.state import DataState
from cnn_gui.data.values import DOUBTFUL, RIGHT, TEST, TRAINING, VALIDATION, WRONG, Answers, Doubts, Loaded, Source
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_session import frozen_model
from cnn_gui.specs import Context
from cnn_gui.widgets.translation import tr

BATCH, MOST_UNDONE = 256, 200
SMALLEST_PX = 20


class DataController(QObject):
    """One data set is looked at; another one may be looked through before it is taken in."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.state = DataState(self)
        self.edits = EditBook(context.settings.get("edits") or None)
        self._done: list[tuple[str, DataEdits]] = []
        self._undone: list[tuple[str, DataEdits]] = []
        self._wanted = ""
        self._found: Loaded | None = None
        self._own: tuple[str, ...] = ()
        self._loading, self._surveying = LatestJob(self), LatestJob(self)
        self._reading, self._doubting, self._writing = (LatestJob(self) for _ in range(3))
        for job, slot in (
            (self._loading, self._on_loaded),
            (self._surveying, self._on_surveyed),
            (self._reading, self._on_read),
            (self._doubting, self._on_doubted),
            (self._writing, self._on_written),
        ):
            job.finished.connect(slot)
            job.failed.connect(self._on_failed)
            job.progressed.connect(self._on_progressed)
            job.part.connect(self._on_told)
        context.session.weights_changed.connect(self._on_network_changed)
        context.session.model_replaced.connect(self._on_network_changed)
        context.data.changed.connect(self.list_sources)

    # --- Sources

    @Slot()
    def list_sources(self) -> None:
        """What there is; looks whether the files are here, which is quick."""
        rows = []
        for name, source in SOURCES.items():
            try:
                found = about(name, self._context.data.folder)
                rows.append(Source(name, source.title, found.available, found.downloads))
            except CnnError:
                rows.append(Source(name, source.title, False, False))
        paths = dict.fromkeys([*self._own, *self._context.settings.get("data_paths")])
        rows += [Source(path, Path(path).name, True, False, True) for path in paths]
        self.state.set_sources(tuple(rows))

    def show_part(self, part: str) -> None:
        """Another part; what is being worked out of this one is not of that."""
        self._give_up()
        self.state.show_part(part)

    def _give_up(self) -> None:
        self._reading.cancel()
        self._doubting.cancel()
        self.state.say("")

    def open(self, name: str) -> None:
        """Read a data set; one that is not here is fetched first."""
        self._give_up()
        self._wanted = name
        self.state.say(tr("reading {name}").format(name=Path(name).name), 0.0)
        self._loading.start(partial(_load, name, self._context.data.folder, self.edits))

    @Slot(object)
    def _on_loaded(self, loaded: Loaded) -> None:
        self._done.clear()
        self._undone.clear()
        self._give_up()
        self.state.can_undo = self.state.can_redo = False
        self.state.set_loaded(loaded)

    # --- Data of one's own

    def look_through(self, path: str) -> None:
        """Find out what a file or folder holds before anything is used."""
        self.state.say(tr("looking through {name}").format(name=Path(path).name), 0.0)
        self._surveying.start(partial(_load, path, self._context.data.folder, self.edits))

    @Slot(object)
    def _on_surveyed(self, loaded: Loaded) -> None:
        self.state.say("")
        self._found = loaded
        self.state.set_survey(loaded.survey)

    def take_in(self) -> None:
        """Use what was looked through: it is listed, shown, and chosen for the next run."""
        loaded = self._found
        if loaded is None:
            return
        self.state.set_survey(None)
        self._own = tuple(dict.fromkeys([*self._own, loaded.name]))
        self.list_sources()
        self._on_loaded(loaded)
        self.use()

    def refuse(self) -> None:
        """Do not use it."""
        self.state.set_survey(None)

    def use(self) -> None:
        """The next run learns from what is looked at."""
        if self.state.loaded is not None:
            self._context.state.training.want_dataset(self.state.loaded.name)

    # --- What the network reads in it

    def show_only(self, chosen: str) -> None:
        """A filter; those that need the network or other networks begin to work it out."""
        self.state.show_only(chosen)
        if chosen in (RIGHT, WRONG) and self.state.answers is None:
            self.read()
        elif chosen == DOUBTFUL and self.state.doubts is None:
            self.doubt()

    @Slot()
    def _on_network_changed(self) -> None:
        if self._reading.running:
            self._give_up()
        if self.state.answers is not None:
            self.state.set_answers(None)

    def read(self) -> None:
        """Let the open network read all images of the part."""
        model, info = frozen_model(self._context.state, self._context.session), self._context.state.model.info
        data = self.state.data
        if model is None or info is None or data is None:
            return
        self.state.say(tr("the network reads the images"), 0.0)
        self._reading.start(partial(_read, model, info.class_names, info.name, data))

    @Slot(object)
    def _on_read(self, answers: Answers) -> None:
        self.state.say("")
        self.state.set_answers(answers)

    def doubt(self) -> None:
        """Look for labels that networks which have not seen the images contradict."""
        data = self.state.data
        if data is not None:
            self.state.say(tr("training networks that have not seen the images they judge"), 0.0)
            self._doubting.start(partial(_doubt, self.state.edits.relabel(data)))

    @Slot(object)
    def _on_doubted(self, doubts: Doubts) -> None:
        self.state.say("")
        self.state.set_doubts(doubts)

    # --- Setting right

    def relabel(self, images: tuple[int, ...], label: int) -> None:
        """Another label for these images."""
        self._change(lambda edits: edits.relabelled(images, label))

    def leave_out(self, images: tuple[int, ...]) -> None:
        """Train without them."""
        self._change(lambda edits: edits.without(images))

    def forget(self, images: tuple[int, ...]) -> None:
        """As they were."""
        self._change(lambda edits: edits.forgotten(images))

    def _change(self, change: Callable[[DataEdits], DataEdits]) -> None:
        data = self.state.data
        if data is None:
            return
        try:
            before = self.edits.read(data)  # another workspace may have changed something too
            after = change(before)
            if after != before:
                self._keep(self.state.part, after)
                self._done.append((self.state.part, before))
                del self._done[:-MOST_UNDONE]
                self._undone.clear()
                self._tell()
        except CnnError as error:
            self.state.say(str(error))

    def _keep(self, part: str, edits: DataEdits) -> None:
        """On the disk first."""
        loaded = self.state.loaded
        assert loaded is not None
        self.edits.write(loaded.parts[part], edits)
        self.state.loaded = Loaded(
            loaded.name, loaded.splits, loaded.survey, loaded.parts, {**loaded.edits, part: edits}
        )

    def _tell(self) -> None:
        if self.state.loaded is not None:
            self.state.set_edits(self.state.loaded, bool(self._done), bool(self._undone))

    def undo(self) -> bool:
        """Take the last change back."""
        return self._swap(self._done, self._undone)

    def redo(self) -> bool:
        """Make it again."""
        return self._swap(self._undone, self._done)

    def _swap(self, source: list[tuple[str, DataEdits]], target: list[tuple[str, DataEdits]]) -> bool:
        if not source or self.state.loaded is None:
            return False
        part, edits = source.pop()
        target.append((part, self.state.loaded.edits[part]))
        try:
            self._keep(part, edits)
        except CnnError as error:
            self.state.say(str(error))
        self._tell()
        return True

    # --- Files

    def export(self, path: str, kind: str, numbers: tuple[int, ...] | None = None) -> None:
        """Write the whole set, or these images of the part, as changed by hand: ``npz``, ``idx`` or ``png``."""
        loaded, data = self.state.loaded, self.state.data
        if loaded is None or data is None:
            return
        if numbers is not None:
            parts = {"train": self.state.edits.relabel(data).take(np.array(numbers, np.int64))}
        else:
            names = {TRAINING: "train", TEST: "test"}
            parts = {names[part]: loaded.edits[part].applied(loaded.parts[part]) for part in names}
            if loaded.splits.validation is not None:
                parts["val"] = loaded.splits.validation
        self.state.say(tr("writing {name}").format(name=Path(path).name), 0.0)
        self._writing.start(partial(_write, path, kind, parts))

    @Slot(object)
    def _on_written(self, path: str) -> None:
        self.state.say("")
        self._context.state.appearance.set_notice(tr("Saved {path}").format(path=path))

    # --- Ending

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        self.state.say(self.state.words, share)

    @Slot(object)
    def _on_told(self, words: str) -> None:
        self.state.say(words, self.state.progress)

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self.state.say(problem)

    def try_again(self) -> None:
        """After a failure."""
        if self._wanted:
            self.open(self._wanted)

    def cancel(self) -> None:
        """Give up what is under way."""
        for job in self.jobs():
            job.cancel()
        self.state.say("")

    def jobs(self) -> tuple[LatestJob, ...]:
        return self._loading, self._surveying, self._reading, self._doubting, self._writing


def _load(name: str, folder: Path | None, edits: EditBook, control: JobControl) -> Loaded:
    """In the pool's thread."""

    def report(what: str, done: int, total: int) -> None:
        control.tell(what)
        control.progress(done, max(total, 1))

    splits = load_dataset(name, folder, progress=report, stopped=control.stopped)
    parts = {TRAINING: splits.train, TEST: splits.test}
    if splits.validation is not None:
        parts[VALIDATION] = splits.validation
    return Loaded(name, splits, survey(splits), parts, {part: edits.read(data) for part, data in parts.items()})


def _read(model: FrozenModel, names: tuple[str, ...], network: str, data: Dataset, control: JobControl) -> Answers:
    """In the pool's thread."""
    own = model.build()
    check_fit(own, data)
    found = np.empty((len(data), own.output_shape[0]), np.float16)
    with engine.compile(own, BATCH, 1) as plan:
        for start in range(0, len(data), BATCH):
            if control.stopped():
                break
            here = slice(start, start + BATCH)
            found[here] = plan.predict(data.batch(here)[0])
            control.progress(min(start + BATCH, len(data)), len(data))
    return Answers(found, names, network)


def _doubt(data: Dataset, control: JobControl) -> Doubts:
    """In the pool's thread; images of no class are left as they are."""
    known = np.flatnonzero(data.labels >= 0)
    some = data.take(known)
    network = "digits" if min(data.image_shape[:2]) >= SMALLEST_PX else "mlp"
    config = TrainingConfig(architecture=network, epochs=2)
    probabilities = out_of_fold(config, some, progress=control.progress, stopped=control.stopped)
    issues = find_label_issues(probabilities, some.labels)
    doubt, likely = np.full(len(data), -1, np.float32), data.labels.copy()
    suspected = np.zeros(len(data), np.bool_)
    doubt[known], likely[known] = issues.doubt, issues.likely
    suspected[known[issues.suspects]] = True
    return Doubts(doubt, likely, suspected)


def _write(path: str, kind: str, parts: Mapping[str, Dataset], control: JobControl) -> str:
    """In the pool's thread."""
    if kind == "png":
        export_pictures(path, parts, control.progress, control.stopped)
    else:
        EXPORTS[kind](path, parts)
    return path
