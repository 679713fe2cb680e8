"""Keeps what a person teaches, and lets the network learn it off the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from cnn_core.datasets.dataset import Dataset
from cnn_core.errors import CnnError
from cnn_core.evaluation import evaluate
from cnn_core.model import Sequential
from cnn_core.preprocessing import InputSpec
from cnn_core.runs import trained_on
from cnn_core.sources import reference_images
from cnn_core.teaching import (
    NONE,
    BookEntry,
    DrawingBook,
    TaughtDrawing,
    drawing_from,
    learn,
    lessons_for,
    try_drawings,
)
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_info import ModelInfo
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.previous import PreviousNetworks
from cnn_gui.session.state import State
from cnn_gui.session.teaching_state import Measured, TeachingReport
from cnn_gui.widgets.translation import tr

MOST_TAUGHT = 300
"""Of all that are kept the latest are taught: a teaching takes seconds."""
MOST_TEST = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """What one teaching needs, all frozen."""

    model: FrozenModel
    info: ModelInfo
    own_only: bool
    drawings: tuple[TaughtDrawing, ...]
    data_dir: Path | None
    dataset: str
    replaced: int

    @property
    def spec(self) -> InputSpec:
        h, w, c = self.info.architecture["input_shape"]
        return self.info.input_spec or InputSpec.for_shape((h, w, c))


@dataclass(frozen=True, slots=True, eq=False)
class _Learnt:
    """The network that came of an order."""

    order: _Order
    model: FrozenModel
    class_names: tuple[str, ...]
    seconds: float
    replayed: int


class TeachingSession(QObject):
    """`entries` of the book are read once; every drawing is on the disk before it is said to be kept."""

    def __init__(
        self,
        state: State,
        session: ModelSession,
        previous: PreviousNetworks,
        data: DataFolder,
        book: DrawingBook,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._session, self._previous, self._data, self.book = state, session, previous, data, book
        self._waiting: bool | None = None
        """Whether only the drawings' own classes are to be learnt when the run is over; None: nothing waits."""
        self._undo_key = self._before = ""
        self._learnt_keys: tuple[str, ...] = ()
        self._test_untaught: float | None = None
        """Of the network before the first teaching, what was taught after another teaching is compared with it too."""
        self._replaced = 0
        self._learning, self._measuring = LatestJob(self), LatestJob(self)
        self._learning.finished.connect(self._on_learnt)
        self._learning.failed.connect(self._on_failed)
        self._learning.progressed.connect(self._on_progressed)
        self._measuring.finished.connect(self._on_measured)
        state.training.status_changed.connect(self._on_training_changed)
        state.model.info_changed.connect(self._on_model_changed)
        session.model_replaced.connect(self._on_model_replaced)
        self._taught: ModelInfo | None = None
        self._gone: dict[str, BookEntry] = {}
        self._pending: list[str] = []
        self._read_book()

    def _read_book(self) -> None:
        try:
            self._state.teaching.set_entries(self.book.entries())
        except CnnError as error:
            self._state.teaching.set_report(TeachingReport(str(error), is_problem=True))

    # --- One drawing

    @Slot(str)
    def teach_label(self, label: str) -> None:
        """Keep what is on the canvas, of a number the chosen digit, as one of class ``label`` and let it be learnt.

        What the network reads already is kept, and not taught.
        """
        prediction, info = self._state.model.prediction, self._state.model.info
        if prediction is None or prediction.blank or info is None:
            self._report(tr("Draw something first, then say what it is."), is_problem=True)
            return
        item = prediction.items[prediction.selected]
        read = info.class_names[item.best] if item.known else NONE
        words = tr("none") if read == NONE else read
        try:
            drawing = drawing_from(self._state.drawing.marks, item.fragments, label, read)
            self._undo_key = self.book.add(drawing)
            self._pending.append(self._undo_key)
        except CnnError as error:
            self._report(str(error), is_problem=True)
            return
        entry = BookEntry(self._undo_key, time.time(), drawing)
        self._state.teaching.set_entries((*self._state.teaching.entries, entry))
        self._before = tr("before: {read}, {share:.0f} %").format(read=words, share=item.score * 100)
        if label == read:
            self._pending.pop()
            self._report(tr("kept as {label}: it reads that already").format(label=_shown(label)), can_undo=True)
            return
        self._begin(tr("kept as {label}").format(label=_shown(label)))

    def teach_all(self, own_classes_only: bool = False) -> None:
        """Let the network learn all drawings that are kept, or become one that knows nothing but their classes."""
        self._before = self._undo_key = ""
        self._begin("", own_classes_only)

    def _begin(self, kept: str, own_classes_only: bool = False) -> None:
        if self._state.training.status.phase.active:
            self._waiting = own_classes_only
            self._report(tr("{kept}; it is learnt when the run is over").format(kept=kept).lstrip("; "), can_undo=True)
            return
        order = self._order(own_classes_only)
        if order is None:
            self._report(tr("Nothing is kept that could be taught. Draw something and say what it is."), True)
            return
        self._report(tr("{kept}, learning …").format(kept=kept).lstrip(", "), progress=0.0, can_undo=True)
        self._learning.start(partial(_learn, order))

    def _order(self, own_classes_only: bool) -> _Order | None:
        model, info = self._session.model, self._state.model.info
        entries = self._state.teaching.entries[-MOST_TAUGHT:]
        if model is None or info is None or not entries:
            return None
        weights = self._session.unedited or model.snapshot()
        dataset = trained_on(info.training)
        return _Order(
            FrozenModel(info.architecture, weights), info, own_classes_only, tuple(e.drawing for e in entries),
            self._data.folder, dataset, self._replaced,
        )  # fmt: skip

    @Slot(object)
    def _on_learnt(self, learnt: _Learnt) -> None:
        order, info = learnt.order, self._state.model.info
        if info is None or self._replaced != order.replaced:  # another network reads the canvas meanwhile
            self._report(tr("Another network was opened meanwhile, so nothing was learnt. The drawing is kept."))
            return
        count = len(order.drawings)
        origin = tr("taught 1 drawing") if count == 1 else tr("taught {n} drawings").format(n=count)
        model = learnt.model.build()
        made = ModelInfo(
            info.name, origin, model.parameter_count, None, model.config(), learnt.class_names,
            {**info.training, "taught_drawings": count}, info.place, info.calibration, True, info.input_spec, True,
        )  # fmt: skip
        self._previous.keep()
        if not info.training.get("taught_drawings"):
            self._test_untaught = None
        self._taught = made
        self._session.use_model(model, made)
        self._learnt_keys, self._undo_key = tuple(self._pending), ""
        self._pending.clear()
        words = tr("learnt in {seconds:.1f} s").format(seconds=learnt.seconds)
        if not learnt.replayed:
            words += tr(" · the images it had learnt are not here, so it may have forgotten some")
        if info.reads_digits and not made.reads_digits:
            words += tr(" · reads one sign at a time now, no numbers")
        self._report(" · ".join(filter(None, [words, self._before])), can_undo=True)
        self._measuring.start(partial(_measure, learnt))

    @Slot(object)
    def _on_measured(self, measured: Measured) -> None:
        self._state.teaching.set_measured(measured)
        report = self._state.teaching.report
        if measured.test_before is not None and measured.test_after is not None and report.can_undo:
            if self._test_untaught is None:
                self._test_untaught = measured.test_before
            test = tr("test {before:.2f} → {after:.2f} %").format(
                before=measured.test_before * 100, after=measured.test_after * 100
            )
            if self._test_untaught != measured.test_before:
                words = tr(" ({first:.2f} % before the first teaching)")
                test += words.format(first=self._test_untaught * 100)
            self._state.teaching.set_report(replace(report, words=f"{report.words} · {test}"))

    @Slot(float)
    def _on_progressed(self, share: float) -> None:
        self._state.teaching.set_report(replace(self._state.teaching.report, progress=share))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._report(problem, is_problem=True)

    @Slot()
    def _on_training_changed(self) -> None:
        if self._waiting is not None and not self._state.training.status.phase.active:
            own_classes_only, self._waiting = self._waiting, None
            self._begin(tr("the run is over"), own_classes_only)

    @Slot()
    def undo(self) -> None:
        """Take the last teaching back: the network before is there again. Before it was learnt: the drawing goes."""
        if self._learning.running or self._undo_key:
            self._learning.cancel()
            self._waiting = None
            if self._undo_key:
                self.remove((self._undo_key,))
                self._pending = [key for key in self._pending if key != self._undo_key]
                self._undo_key = ""
            self._report(tr("taken back"))
            if self._pending:  # others that were kept before it are still to be learnt
                self._begin(tr("taken back; the others are kept"))
            return
        if self._state.teaching.report.can_undo and self._taught is self._state.model.info:
            self._measuring.cancel()
            self._previous.bring_back()
            self._state.teaching.set_measured(None)
            if self._learnt_keys:  # else a slip of the hand would be taught again with the next drawing
                self.remove(self._learnt_keys)
                self._learnt_keys = ()
                self._report(tr("taken back, and the drawing is no longer kept"))
            else:
                self._report(tr("taken back; the drawings stay kept"))

    @Slot()
    def _on_model_replaced(self) -> None:
        self._replaced += 1

    @Slot()
    def _on_model_changed(self) -> None:
        """What was taught is not there any more: it cannot be taken back."""
        if self._taught is not None and self._state.model.info is not self._taught:
            self._taught = None
            self._measuring.cancel()
            self._state.teaching.set_measured(None)
            if not self._learning.running:
                self._report("")

    # --- The book

    def remove(self, keys: Sequence[str]) -> None:
        """Take drawings away."""
        kept = self._state.teaching.entries
        if self._written(self.book.remove, keys):
            self._gone.update({entry.key: entry for entry in kept if entry.key in keys})
            self._state.teaching.set_entries(tuple(entry for entry in kept if entry.key not in keys))

    def restore(self, keys: Sequence[str]) -> None:
        """Bring them back."""
        if self._written(self.book.restore, keys):
            back = [self._gone.pop(key) for key in keys if key in self._gone]
            entries = sorted((*self._state.teaching.entries, *back), key=lambda entry: entry.at)
            self._state.teaching.set_entries(tuple(entries))

    def relabel(self, keys: Sequence[str], label: str) -> None:
        """Say that drawings are something else."""
        if self._written(lambda key: self.book.relabel(key, label), keys):
            self._state.teaching.set_entries(tuple(
                replace(entry, drawing=replace(entry.drawing, label=label)) if entry.key in keys else entry
                for entry in self._state.teaching.entries
            ))  # fmt: skip

    def _written(self, act: Callable[[str], None], keys: Sequence[str]) -> bool:
        """Whether the book says so of all of them; where it cannot, what it holds is shown, and why."""
        try:
            for key in keys:
                act(key)
        except CnnError as error:
            self._read_book()
            self._report(str(error), is_problem=True)
            return False
        return True

    def _report(self, words: str, is_problem: bool = False, can_undo: bool = False, progress: float | None = None
                ) -> None:  # fmt: skip
        self._state.teaching.set_report(TeachingReport(words, is_problem, can_undo, progress))

    # --- Ending

    def request_stop(self) -> None:
        """Ask what is being learnt to stop."""
        self._learning.request_stop()
        self._measuring.request_stop()

    def has_stopped(self) -> bool:
        return all([self._learning.has_stopped(), self._measuring.has_stopped()])

    @property
    def abandoned(self) -> bool:
        return False


def _shown(label: str) -> str:
    return label if label != NONE else tr("none of them")


def _learn(order: _Order, control: JobControl) -> _Learnt:
    """In the pool's thread."""
    began = time.perf_counter()
    found = learn(
        order.model.build(), order.info.class_names, order.spec, order.drawings, dataset=order.dataset,
        data_dir=order.data_dir, own_only=order.own_only, progress=control.progress, stopped=control.stopped,
    )  # fmt: skip
    model = FrozenModel(found.model.config(), found.taught.weights)
    return _Learnt(order, model, found.class_names, time.perf_counter() - began, found.replayed)


def _measure(learnt: _Learnt, control: JobControl) -> Measured:
    """In the pool's thread: what was gained on the drawings, and lost on the test images."""
    order, names = learnt.order, learnt.order.info.class_names
    before, after, calibration = order.model.build(), learnt.model.build(), order.info.calibration
    tried = (
        try_drawings(before, order.spec, lessons_for(order.drawings, names), calibration),
        try_drawings(after, order.spec, lessons_for(order.drawings, learnt.class_names), calibration),
    )
    if order.own_only:  # it no longer knows what the test images show
        return Measured(*tried)
    try:
        images, words = reference_images(order.dataset, after.input_shape, order.data_dir, control.stopped)
        images = images.take(slice(0, MOST_TEST))
        test_before = _accuracy(before, images, names, control)
        test_after = _accuracy(after, images, learnt.class_names, control)
    except CnnError:
        return Measured(*tried)
    return Measured(*tried, test_before, test_after, len(images), words)


def _accuracy(model: Sequential, images: Dataset, names: tuple[str, ...], control: JobControl) -> float:
    return evaluate(model, images.for_classes(names), 1, stopped=control.stopped).accuracy
