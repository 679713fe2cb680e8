"""Reads the test images with a network off the GUI thread, compares two, looks for doubtful labels and for training
images that count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from cnn_core.datasets import Dataset
from cnn_core.datasets.edits import NO_EDITS, DataEdits, EditBook
from cnn_core.drawing.strokes import Mark
from cnn_core.errors import CnnError
from cnn_core.runs import load_run, trained_on
from cnn_core.sources import tested_on
from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.evaluate.values import OPEN, Candidate, Compared, Counted, Issues, Judged
from cnn_gui.evaluate.work import (
    Asked,
    Influence,
    compare_models,
    count_images,
    doubt_labels,
    find_candidates,
    judge_model,
)
from cnn_gui.session.jobs import LatestJob
from cnn_gui.session.model_session import frozen_model
from cnn_gui.specs import Context
from cnn_gui.widgets.translation import tr

AGAIN_AFTER_MS = 1000
MOST_UNDONE = 100
"""Changes of labels that can be taken back."""


class EvaluateController(QObject):
    """Judges the chosen network by itself: when the workspace is opened, and again when its weights change while it is
    open, at most each second."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.state = EvaluateState(self)
        self.edits = EditBook(context.settings.get("edits") or None)
        self._done: list[tuple[Dataset, DataEdits]] = []
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
        self._listing.start(partial(find_candidates, self._context.training.store, self._open_title()))
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
            self._listing.start(partial(find_candidates, self._context.training.store, self._open_title()))
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
        self._judging.start(partial(judge_model, asked, self._context.data.folder, self.edits))

    def _asked(self, candidate: Candidate, epoch: int | None = None) -> Asked | None:
        if candidate.key == OPEN:
            model, info = frozen_model(self._context.state, self._context.session), self._context.state.model.info
            return Asked(info.name, None, model, info) if model is not None and info is not None else None
        path = dict(candidate.epochs).get(epoch, Path(candidate.key)) if epoch is not None else Path(candidate.key)
        title = candidate.title if epoch is None else tr("{title}, epoch {n}").format(title=candidate.title, n=epoch)
        return Asked(title, path, None, None)

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
        self._comparing.start(partial(compare_models, judged, asked))

    @Slot(object)
    def _on_compared(self, compared: Compared) -> None:
        self.state.say("")
        self.state.set_compared(compared)

    # --- Labels and training images

    def doubt(self) -> None:
        """Look for labels that networks which have not seen the image contradict."""
        info = self._context.state.model.info
        dataset = trained_on(info.training) if info is not None else ""
        name = tested_on(dataset or self._context.state.training.dataset)
        self.state.say(tr("training networks that have not seen the images they judge"), 0.0)
        self._doubting.start(partial(doubt_labels, name, self._context.data.folder))

    @Slot(object)
    def _on_issues(self, issues: Issues) -> None:
        self.state.say("")
        self.state.set_issues(issues)

    def count(self) -> None:
        """Look for the training images that count most for what is read on the canvas."""
        prediction = self._context.state.model.prediction
        info, network = self._context.state.model.info, frozen_model(self._context.state, self._context.session)
        if prediction is None or prediction.blank or info is None or network is None:
            self.state.say(tr("Draw something first: the answer on the canvas is what is asked about."))
            return
        self._asked_about = self._context.state.drawing.marks
        self.state.say(tr("following the gradients of the training images"), 0.0)
        looked_at = self._a.key if self._a.key != OPEN and self._a.epochs else ""
        runs = tuple(Path(one.key).parent.name for one in self.state.candidates if one.epochs)
        asked = Influence(
            self._context.training.store, Path(looked_at).parent.name if looked_at else "", runs, network, info,
            prediction.image, prediction.likeliest, self._context.data.folder,
        )  # fmt: skip
        self._counting.start(partial(count_images, asked))

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
            before = self.edits.read(judged.raw)
            self.edits.write(judged.raw, change(before))
        except CnnError as error:
            self.state.say(str(error))
            return
        self._done.append((judged.raw, before))
        del self._done[:-MOST_UNDONE]
        self.judge()

    def undo(self) -> bool:
        """Take the last change back; False where there was none."""
        if not self._done:
            return False
        raw, before = self._done.pop()
        try:
            self.edits.write(raw, before)
        except CnnError as error:
            self.state.say(str(error))
        self.judge()
        return True

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
