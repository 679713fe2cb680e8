"""Reads the test images with a network off the GUI thread, compares two, looks for doubtful labels and for training
images that count."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.arrays import Array
from cnn_core.calibration import Calibration
from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.datasets.edits import NO_EDITS, DataEdits, EditBook
from cnn_core.drawing.strokes import Mark
from cnn_core.errors import CnnError, ConfigError
from cnn_core.evaluation import compare_answers, evaluate, find_influences, find_label_issues
from cnn_core.evaluation.influence import RecordedWeights
from cnn_core.runs import RunIndex, RunRecord, RunStore, epoch_files, load_run, trained_on
from cnn_core.sources import load_dataset, reference_images
from cnn_core.storage import open_model
from cnn_core.training import TrainingConfig
from cnn_core.training.out_of_fold import out_of_fold
from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.evaluate.values import OPEN, Candidate, Compared, Counted, Issues, Judged
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.session.model_session import frozen_model
from cnn_gui.specs import Context
from cnn_gui.widgets.translation import tr

AGAIN_AFTER_MS = 1000
MOST_RUNS, MOST_FOLLOWED = 40, 5
"""Runs that are offered; epochs whose gradients are followed."""
SMALL = "digits"
"""The network that looks for doubtful labels in small grey images; any that fits would do."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A network to judge: the open one frozen, or a file."""

    title: str
    path: Path | None
    model: FrozenModel | None
    info: ModelInfo | None


class EvaluateController(QObject):
    """Judges the chosen network by itself: when the workspace is opened, and again when its weights change while it is
    open, at most each second."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.state = EvaluateState(self)
        self.edits = EditBook(context.settings.get("edits") or None)
        self._a, self._b = Candidate(OPEN, ""), None
        self._epoch: int | None = None
        self._b_epoch: int | None = None
        self._asked_about: tuple[Mark, ...] = ()
        self._is_open = self._is_stale = False
        self._listing, self._judging = LatestJob(self, reads=True), LatestJob(self)
        self._comparing, self._doubting, self._counting = (LatestJob(self) for _ in range(3))
        for job, slot in (
            (self._listing, self.state.set_candidates),
            (self._judging, self._on_judged),
            (self._comparing, self._on_compared),
            (self._doubting, self._on_issues),
            (self._counting, self._on_counted),
        ):
            job.finished.connect(slot)
            job.failed.connect(self._on_failed)
            job.progressed.connect(self._on_progressed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AGAIN_AFTER_MS)
        self._timer.timeout.connect(self._on_timeout)
        context.session.weights_changed.connect(self._on_weights_changed)
        context.session.model_replaced.connect(self._on_weights_changed)
        context.data.changed.connect(self._on_weights_changed)
        context.state.training.status_changed.connect(self._on_training_changed)
        self._was_running = False

    # --- Looking

    def open(self) -> None:
        """The workspace is on the screen."""
        self._is_open = True
        self._listing.start(partial(_candidates, self._context.training.store, self._open_title()))
        if self._is_stale or self.state.judged is None:
            self.judge()

    def close(self) -> None:
        """It is not any more; what is under way is given up, as it is asked for again."""
        self._is_open = False
        self._is_stale = self._is_stale or self._judging.running
        self._judging.cancel()

    @Slot()
    def _on_training_changed(self) -> None:
        """A run has ended: it can be judged too."""
        running = self._context.training.running
        if self._was_running and not running and self._is_open:
            self._listing.start(partial(_candidates, self._context.training.store, self._open_title()))
        self._was_running = running

    @Slot()
    def _on_weights_changed(self) -> None:
        if self._a.key == OPEN:
            self._is_stale = True
            if self._is_open and not self._timer.isActive():
                self._timer.start()

    @Slot()
    def _on_timeout(self) -> None:
        if self._is_open and not self._judging.running:
            self.judge()

    def _open_title(self) -> str:
        info = self._context.state.model.info
        return info.name if info is not None else ""

    # --- Judging

    def choose(self, key: str, epoch: int | None = None) -> None:
        """Judge this network, or as it was after an epoch of its run."""
        found = next((one for one in self.state.candidates if one.key == key), None)
        if found is not None:
            self._a, self._epoch = found, epoch
            self.state.chosen = key
            self.state.set_candidates(self.state.candidates)
            self.judge()

    def compare_with(self, key: str, epoch: int | None = None) -> None:
        """Put another network beside it, or as it was after an epoch of its run; empty: none."""
        self._b = next((one for one in self.state.candidates if one.key == key), None)
        self._b_epoch = epoch
        self._compare()

    def judge(self) -> None:
        """Read all test images."""
        asked = self._asked(self._a, self._epoch)
        if asked is None:
            return
        self._is_stale = False
        self.state.say(tr("reading the images"), 0.0)
        self._judging.start(partial(_judge, asked, self._context.data.folder, self.edits))

    def _asked(self, candidate: Candidate, epoch: int | None = None) -> _Asked | None:
        if candidate.key == OPEN:
            model, info = frozen_model(self._context.state, self._context.session), self._context.state.model.info
            return _Asked(info.name, None, model, info) if model is not None and info is not None else None
        path = dict(candidate.epochs).get(epoch, Path(candidate.key)) if epoch is not None else Path(candidate.key)
        title = candidate.title if epoch is None else tr("{title}, epoch {n}").format(title=candidate.title, n=epoch)
        return _Asked(title, path, None, None)

    @Slot(object)
    def _on_judged(self, judged: Judged) -> None:
        self.state.say("")
        self.state.set_judged(judged)
        self._compare()
        if self._is_stale and self._is_open:  # the weights have changed while it read
            self._timer.start()

    def _compare(self) -> None:
        judged = self.state.judged
        asked = self._asked(self._b, self._b_epoch) if self._b is not None else None
        if judged is None or asked is None:
            self._comparing.cancel()
            self.state.set_compared(None)
            return
        self.state.set_compared(None)  # not an old one meanwhile, nor after a failure
        self.state.say(tr("reading the images with {title}").format(title=asked.title), 0.0)
        self._comparing.start(partial(_compare, judged, asked))

    @Slot(object)
    def _on_compared(self, compared: Compared) -> None:
        self.state.say("")
        self.state.set_compared(compared)

    # --- Labels and training images

    def doubt(self) -> None:
        """Look for labels that networks which have not seen the image contradict."""
        info = self._context.state.model.info
        dataset = trained_on(info.training) if info is not None else ""
        name = dataset or self._context.state.training.dataset
        self.state.say(tr("training networks that have not seen the images they judge"), 0.0)
        self._doubting.start(partial(_doubt, name, self._context.data.folder))

    @Slot(object)
    def _on_issues(self, issues: Issues) -> None:
        self.state.say("")
        self.state.set_issues(issues)

    def count(self) -> None:
        """Look for the training images that count most for what is read on the canvas."""
        prediction = self._context.state.model.prediction
        run = self._run()
        if prediction is None or prediction.blank:
            self.state.say(tr("Draw something first: the answer on the canvas is what is asked about."))
        elif run is None:
            self.state.say(tr("Train a network here first: the epochs of its run are followed."))
        else:
            self._asked_about = self._context.state.drawing.marks
            self.state.say(tr("following the gradients of the training images"), 0.0)
            self._counting.start(
                partial(_count, self._context.training.store, run, prediction.image, prediction.likeliest,
                        self._context.data.folder)
            )  # fmt: skip

    def _run(self) -> str | None:
        """The run that is looked at, else the latest one that kept its epochs."""
        if self._a.key != OPEN and self._a.epochs:
            return Path(self._a.key).parent.name
        return next((Path(one.key).parent.name for one in self.state.candidates if one.epochs), None)

    @Slot(object)
    def _on_counted(self, counted: Counted) -> None:
        self.state.say("")
        self.state.set_counted(counted)

    def train_without(self, numbers: tuple[int, ...]) -> None:
        """Make the run again without these training images; its answer will stand beside the old one."""
        counted = self.state.counted
        if counted is None or not numbers:
            return
        if self._context.training.running:
            self.state.say(tr("A run goes on. Stop it before you begin another one."))
            return
        try:
            config = load_run(self._context.training.store.folder / counted.run).repeat_config()
            edits = (config.edits or NO_EDITS).without(int(n) for n in numbers)
        except CnnError as error:
            self.state.say(str(error))
            return
        self._context.state.drawing.want(self._asked_about)  # the drawing that it is about
        self._context.training.start(replace(config, edits=edits))
        answer = tr("before, it read {answer}: watch what it reads now").format(answer=counted.answer)
        self.state.say(tr("training without {n} images · {answer}").format(n=len(numbers), answer=answer))

    # --- Changes to the test images' labels

    def edit(self, change: Callable[[DataEdits], DataEdits]) -> None:
        """Change labels of the images that are judged, or leave some out; kept at once, and judged again."""
        judged = self.state.judged
        if judged is None:
            return
        try:
            self.edits.write(judged.raw, change(self.edits.read(judged.raw)))
        except CnnError as error:
            self.state.say(str(error))
            return
        self.judge()

    # --- Ending

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        self.state.say(self.state.words, share)

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self.state.say(problem)

    def cancel(self) -> None:
        """Give up what is under way."""
        for job in (self._judging, self._comparing, self._doubting, self._counting):
            job.cancel()
        self.state.say("")

    def jobs(self) -> tuple[LatestJob, ...]:
        return self._listing, self._judging, self._comparing, self._doubting, self._counting


def _candidates(store: RunStore, open_title: str, control: JobControl) -> tuple[Candidate, ...]:
    """In the pool's thread: the open network, and the latest runs that have a model."""
    found = [Candidate(OPEN, open_title)]
    for run in RunIndex(store).summaries(control.stopped):
        if len(found) > MOST_RUNS:
            break
        path = store.folder / run.name / "model.safetensors"
        if run.has_model and path.is_file():
            share = f" · {run.test * 100:.2f} %" if run.test is not None else ""
            found.append(Candidate(str(path), f"{run.title}{share}", tuple(epoch_files(path.parent))))
    return tuple(found)


def _judge(asked: _Asked, data_dir: Path | None, edits: EditBook, control: JobControl) -> Judged:
    """In the pool's thread."""
    model, names, calibration, dataset = _opened(asked)
    raw, words = reference_images(dataset, model.build().input_shape, data_dir, control.stopped)
    changes = edits.read(raw)
    data = _edited(raw, changes).for_classes(names)
    words = f"{words} · {len(changes)} changed" if changes else words
    return _read(asked.title, model, names, calibration, raw, data, words, control)


def _edited(raw: Dataset, changes: DataEdits) -> Dataset:
    """With changed labels; images that are left out stay where they are, and count for nothing."""
    edited = changes.relabel(raw)
    if not changes.excluded:
        return edited
    labels = edited.labels.copy()
    labels[list(changes.excluded)] = NOT_A_CLASS
    return Dataset(raw.name, raw.images, labels, raw.class_names, raw.note)


def _opened(asked: _Asked) -> tuple[FrozenModel, tuple[str, ...], Calibration, str]:
    if asked.model is not None and asked.info is not None:
        info = asked.info
        return asked.model, info.class_names, info.calibration, trained_on(info.training)
    file = open_model(asked.path or "")
    frozen = FrozenModel(file.model.config(), file.model.snapshot())
    return frozen, file.class_names, file.calibration, trained_on(file.training)


def _read(
    title: str,
    model: FrozenModel,
    names: tuple[str, ...],
    calibration: Calibration,
    raw: Dataset,
    data: Dataset,
    words: str,
    control: JobControl,
) -> Judged:
    began = time.perf_counter()
    found = evaluate(model.build(), data, 1, control.progress, control.stopped)
    seconds = time.perf_counter() - began
    return Judged(title, model, names, calibration, raw, data, words, found, seconds, found.probabilities)


def _compare(a: Judged, asked: _Asked, control: JobControl) -> Compared:
    """In the pool's thread."""
    model, names, calibration, _ = _opened(asked)
    if names != a.class_names:
        raise ConfigError(f"Two networks are compared on the same classes; {asked.title} has others.")
    if tuple(model.architecture["input_shape"]) != a.data.image_shape:
        raise ConfigError(f"Two networks are compared on the same images; {asked.title} takes others.")
    b = _read(asked.title, model, names, calibration, a.raw, a.data, a.words, control)
    return Compared(a, b, compare_answers(a.found, b.found))


def _doubt(name: str, data_dir: Path | None, control: JobControl) -> Issues:
    """In the pool's thread."""
    data = load_dataset(name, data_dir, download=False, stopped=control.stopped).train
    known = data.take(np.flatnonzero(data.labels >= 0))
    small = min(known.image_shape[:2]) >= 20
    config = TrainingConfig(architecture=SMALL if small else "mlp", epochs=2)
    probabilities = out_of_fold(config, known, progress=control.progress, stopped=control.stopped)
    return Issues(known, find_label_issues(probabilities, known.labels))


def _count(
    store: RunStore, name: str, image: Array, answer: int, data_dir: Path | None, control: JobControl
) -> Counted:
    """In the pool's thread: with the weights of some epochs of the run, evenly."""
    run = load_run(store.folder / name)
    config, files = run.record.config, list(epoch_files(run.path))
    if not files:
        raise ConfigError("This run has kept no epochs, so there is nothing to follow. Train again.")
    chosen = files[:: -(-len(files) // MOST_FOLLOWED)] if len(files) > MOST_FOLLOWED else files
    chosen = list(dict.fromkeys([*chosen, files[-1]]))
    models = [open_model(path) for _, path in chosen]
    shape = models[-1].model.input_shape
    if image.shape != shape:
        raise ConfigError("The drawing is for another kind of network than this run's. Open the run's model first.")
    rates = [_rate_at(run.record, number) for number, _ in chosen]
    recorded = [
        RecordedWeights(m.model.parameters | m.model.buffers, rate) for m, rate in zip(models, rates, strict=True)
    ]
    data = load_dataset(config.dataset, data_dir, download=False, stopped=control.stopped).train
    edits = config.edits or NO_EDITS
    relabelled, numbers = edits.relabel(data), edits.kept(len(data))
    learnt = relabelled.take(numbers) if len(numbers) < len(data) else relabelled
    last = models[-1]
    answer = min(answer, len(last.class_names) - 1)
    found = find_influences(last.model, recorded, image, answer, learnt, control.progress, control.stopped)
    return Counted(last.class_names[answer], name, learnt, numbers, found)


def _rate_at(record: RunRecord, epoch: int) -> float:
    """About the learning rate at the end of an epoch: the highest one of its settings then."""
    steps = next((one.step for one in record.epochs if one.epoch == epoch), 0)
    return record.config.at(steps).learning_rate
