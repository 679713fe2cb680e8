"""How well does it read *you*? Twenty digits are asked for, and what was read is told."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Slot

from cnn_core.digits.digit_sources import find_writers
from cnn_core.errors import CnnError
from cnn_core.evaluation import accuracy_by_writer, evaluate, wilson_interval
from cnn_core.sources import load_dataset
from cnn_gui.data.state import ReadingTestState
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl, LatestJob
from cnn_gui.session.model_session import frozen_model
from cnn_gui.specs import Context
from cnn_gui.widgets.translation import tr

ASKED, EACH = 20, 2


class ReadingTest(QObject):
    """Asks, reads what is on the canvas, and tells the state."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.state = ReadingTestState(self)
        self.job = LatestJob(self)
        self.job.finished.connect(self._on_compared)

    @Slot()
    def begin(self) -> None:
        """Ask for the first digit, on an empty canvas."""
        info = self._context.state.model.info
        if info is None or not info.reads_digits:
            self.state.tell(tr("Open a network that reads digits first."))
            return
        order = np.random.default_rng().permutation(np.repeat(np.arange(10), EACH))
        self.state.asked, self.state.answers = tuple(order.tolist()), ()
        self._ask()

    def _ask(self) -> None:
        self._context.state.drawing.want(())
        words = tr("Draw a {digit}, then press Next · {n} of {total}")
        state = self.state
        state.tell(words.format(digit=state.digit, n=len(state.answers) + 1, total=len(state.asked)))

    @Slot()
    def next(self) -> None:
        """What is on the canvas is the answer."""
        prediction = self._context.state.model.prediction
        state = self.state
        if not state.running:
            return
        if prediction is None or prediction.blank:
            state.tell(tr("Draw a {digit} first.").format(digit=state.digit))
            return
        read = prediction.best if len(prediction.items) == 1 else -1
        state.answers = (*state.answers, (state.digit, read))
        if state.running:
            self._ask()
        else:
            self._end()

    @Slot()
    def stop(self) -> None:
        """Ask no more; what was drawn until now is told."""
        self.state.asked = self.state.asked[: len(self.state.answers)]
        if self.state.answers:
            self._end()
        else:
            self.state.tell("")

    def _end(self) -> None:
        answers = self.state.answers
        right = sum(asked == read for asked, read in answers)
        share = right / len(answers)
        low, high = wilson_interval(share, len(answers))
        wrong = ", ".join(f"{asked} → {read if read >= 0 else '?'}" for asked, read in answers if asked != read)
        words = tr("{right} of {n} were read ({low:.0f} to {high:.0f} %, 95 %)").format(
            right=right, n=len(answers), low=low * 100, high=high * 100
        )
        self.state.tell(words + (tr(" · misread: {wrong}").format(wrong=wrong) if wrong else ""))
        model = frozen_model(self._context.state, self._context.session)
        if model is not None:
            self.job.start(partial(_among_writers, model, share, self._context.data.folder))

    @Slot(object)
    def _on_compared(self, words: str) -> None:
        self.state.tell(self.state.words + words)


def _among_writers(model: FrozenModel, share: float, data_dir: Path | None, control: JobControl) -> str:
    """In the pool's thread: where a person stands among those who wrote MNIST's test images."""
    try:
        data = load_dataset("mnist", data_dir, download=False, stopped=control.stopped).test
        writers = find_writers(data_dir, len(data), "test")
        if writers is None:
            return ""
        found = evaluate(model.build(), data, 1, stopped=control.stopped)
    except CnnError:
        return ""
    shares = accuracy_by_writer(found, writers)
    better = float((shares < share).mean() + 0.5 * (shares == share).mean())
    words = tr(" · MNIST: {n} people, {share:.0f} % of them are read worse than you")
    return words.format(n=len(shares), share=better * 100)
