"""What runs in the trainer thread: fetch the data, build the network, train, measure."""

from __future__ import annotations

import os
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, Signal, Slot

from cnn_core.data import Parts, load_dataset
from cnn_core.errors import CnnError, DataUnavailableError, TrainingError
from cnn_core.evaluation import evaluate, learnt_nothing
from cnn_core.files import file_name
from cnn_core.training import (
    BatchMetrics,
    Trainer,
    TrainingConfig,
    TrainingControl,
    TrainingEvent,
    describe_run,
    model_for,
)
from cnn_core.training.log import MetricsLog
from cnn_gui.training.channel import Channel, Preparing, RunEnded, RunStarted

FALLBACK = "synthetic"
NICENESS = 10
"""How far the threads of a run stand back for the window's: it gets a core at once whenever it wants one."""


class TrainingWorker(QObject):
    """Lives in the trainer thread; tells what it does through the channel, and how it ended through two signals."""

    finished = Signal()
    failed = Signal(str)

    def __init__(
        self, config: TrainingConfig, data_dir: Path | None, channel: Channel, control: TrainingControl
    ) -> None:
        super().__init__()
        self._config, self._data_dir = config, data_dir
        self._channel, self._control = channel, control

    @Slot()
    def run(self) -> None:
        """The whole run. The one broad ``except`` of the program is here: nothing may leave a thread."""
        _stand_back()
        try:
            self._train()
        except CnnError as error:
            if not self._control.stopped:
                self.failed.emit(str(error))
        except Exception as error:  # a bug of ours: told in a sentence, written in full
            sys.stderr.write(traceback.format_exc())
            self.failed.emit(f"The training ended with an error of the program: {type(error).__name__}: {error}")
        finally:
            self.finished.emit()

    def _train(self) -> None:
        parts, note = self._load()
        if self._control.stopped:
            return
        model = model_for(self._config, parts.train)
        trainer = Trainer(model, self._config, parts.train, parts.validation)
        names = parts.train.class_names
        started = RunStarted(
            model.config(), names, model.parameter_count, parts.title, parts.source, len(trainer.train), note
        )
        self._channel.put(started)
        try:
            with MetricsLog(log_path(self._config)) as log:

                def tell(event: TrainingEvent) -> None:
                    if isinstance(event, BatchMetrics):
                        log.add(event)
                    self._channel.put(event)

                result = trainer.run(tell, self._control)
        except TrainingError:
            self._channel.put(RunEnded("diverged", describe_run(self._config, parts, trainer.epochs, "diverged")))
            raise
        found = None
        if result.reason != "stopped":
            self._channel.put(Preparing("measuring on the test set", 0, 0))
            found = evaluate(model, parts.test, self._config.threads or None, stopped=lambda: self._control.stopped)
            found = found if found.n == len(parts.test) else None
        told = describe_run(self._config, parts, result.epochs, result.reason, result.images_per_second, found)
        nothing = found is not None and learnt_nothing(found)
        self._channel.put(RunEnded(result.reason, told, result.calibration, nothing))

    def _load(self) -> tuple[Parts, str]:
        """The data set that was chosen, or synthetic digits where MNIST cannot be had."""
        try:
            parts = self._load_named(self._config.dataset)
            return parts, f"{parts.title}: {parts.note}" if parts.note else ""
        except DataUnavailableError:
            if self._config.dataset != "mnist" or self._control.stopped:
                raise
            return self._load_named(FALLBACK), "MNIST could not be had, so the network learns synthetic digits"

    def _load_named(self, name: str) -> Parts:
        def report(what: str, done: int, total: int) -> None:
            self._channel.put(Preparing(what, done, total))

        return load_dataset(name, self._data_dir, progress=report, stopped=lambda: self._control.stopped)


def log_path(config: TrainingConfig) -> Path:
    """Where every batch of a run of the window is written down."""
    folder = Path(platformdirs.user_data_path("cnn-gui", appauthor=False)) / "runs"
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{config.preset}-{Path(config.dataset).stem}-{os.getpid()}"
    return folder / f"{file_name(name)}.batches.csv"


def _stand_back() -> None:
    """Lower the priority of the calling thread, and so of the helpers that it will start.

    On Linux alone a thread has one of its own; elsewhere this would slow the whole process.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # nothing depends on it
            os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
