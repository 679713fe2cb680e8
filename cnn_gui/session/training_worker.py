"""What runs in the trainer thread: fetch the data, then the run itself."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from cnn_core.datasets.source import DataSplits
from cnn_core.errors import CnnError, DataUnavailableError
from cnn_core.runs import (
    RunEvent,
    RunFolder,
    RunStarted,
    RunStore,
    StoredRun,
    execute,
    read_history,
    resumed_config,
    take_up,
)
from cnn_core.sources import load_dataset
from cnn_core.training import Checkpoint, TrainingConfig, TrainingControl
from cnn_gui.session.channel import Channel, Preparing
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.widgets.translation import tr

FALLBACK = "synthetic"
NICENESS = 10
"""How far the threads of a run stand back for the window's: it gets a core at once whenever it wants one."""


class TrainingWorker(QObject):
    """Lives in the trainer thread; tells what it does through the channel, and how it ended through two signals.

    Parameters
    ----------
    config : the settings of a new run
    resume : the run to go on with instead
    start : the network whose weights a new run begins with; None begins with those that ``config`` says
    """

    finished = Signal()
    failed = Signal(str)

    def __init__(
        self,
        config: TrainingConfig,
        data_dir: Path | None,
        store: RunStore,
        channel: Channel,
        control: TrainingControl,
        resume: StoredRun | None = None,
        start: FrozenModel | None = None,
    ) -> None:
        super().__init__()
        self._config, self._data_dir, self._store, self._resume = config, data_dir, store, resume
        self._start = start
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
            self.failed.emit(
                tr("The training ended with an error of the program: {name}: {error}").format(
                    name=type(error).__name__, error=error
                )
            )
        finally:
            self.finished.emit()

    def _train(self) -> None:
        if self._resume is not None:
            with take_up(self._resume) as folder:  # claimed first: nobody else can change what it goes on from
                checkpoint = Checkpoint.load(folder.checkpoint_path)
                self._config = resumed_config(folder.record, checkpoint)
                self._execute(self._load(), folder, checkpoint)
            return
        data = self._load()
        self._config = replace(self._config, dataset=_name_of(data, self._config.dataset))
        self._execute(data, None if self._control.stopped else self._folder(), None)

    def _execute(self, data: DataSplits, folder: RunFolder | None, checkpoint: Checkpoint | None) -> None:
        if not self._control.stopped:
            start = self._start.build() if self._start is not None else None

            def tell(event: RunEvent) -> None:
                self._channel.put(event)
                if isinstance(event, RunStarted) and folder is not None and checkpoint is not None:
                    for past in read_history(folder.path):  # the plots go on where they were
                        self._channel.put(past)

            execute(self._config, data, tell, self._control, folder, checkpoint, start)

    def _folder(self) -> RunFolder | None:
        """Where a new run is kept; None, and a notice, where it cannot be."""
        try:
            return self._store.create(self._config)
        except CnnError as error:
            self._channel.put(Preparing(tr("this run is not kept: {error}").format(error=error), 0, 0))
            return None

    def _load(self) -> DataSplits:
        """The data set that was chosen, or synthetic digits where MNIST cannot be had."""
        try:
            return self._load_named(self._config.dataset)
        except DataUnavailableError:
            if self._config.dataset != "mnist" or self._control.stopped or self._resume is not None:
                raise
            note = tr("MNIST could not be had, so the network learns synthetic digits")
            return self._load_named(FALLBACK)._replace(note=note)

    def _load_named(self, name: str) -> DataSplits:
        def report(what: str, done: int, total: int) -> None:
            self._channel.put(Preparing(what, done, total))

        return load_dataset(name, self._data_dir, progress=report, stopped=lambda: self._control.stopped)


def _name_of(data: DataSplits, asked: str) -> str:
    """What the run's data are called: not what was asked for, where others took their place."""
    return FALLBACK if data.train.name == FALLBACK else asked


def _stand_back() -> None:
    """Lower the priority of the calling thread, and so of the helpers that it will start.

    On Linux alone a thread has one of its own; elsewhere this would slow the whole process.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # nothing depends on it
            os.setpriority(os.PRIO_PROCESS, 0, max(NICENESS, os.getpriority(os.PRIO_PROCESS, 0)))
