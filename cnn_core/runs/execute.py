"""One run from its data to its record; the window and the command line both make their runs with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from cnn_core.calibration import NOT_CALIBRATED, Calibration
from cnn_core.datasets.edits import EditBook
from cnn_core.datasets.source import DataSplits
from cnn_core.errors import CnnError, TrainingError
from cnn_core.evaluation import Evaluation, evaluate, learnt_nothing
from cnn_core.layers import Dropout
from cnn_core.metrics import MovingAverage
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.runs.events import Measuring, RunEnded, RunEvent, RunStarted
from cnn_core.runs.folder import RunFolder, read_history
from cnn_core.runs.record import DIVERGED, FAILED, INTERRUPTED, MOST_CURVE, STOPPED, RunRecord
from cnn_core.storage import save_model
from cnn_core.training import (
    BatchMetrics,
    Checkpoint,
    EpochMetrics,
    EpochWeights,
    NormsMeasured,
    SettingsChanged,
    Trainer,
    TrainingConfig,
    TrainingControl,
    TrainingEvent,
    UnitsMeasured,
    WeightsRecorded,
    model_for,
)


def execute(
    config: TrainingConfig,
    data: DataSplits,
    on_event: Callable[[RunEvent], None] = lambda _: None,
    control: TrainingControl | None = None,
    folder: RunFolder | None = None,
    resume: Checkpoint | None = None,
    start: Sequential | None = None,
) -> RunRecord:
    """Train the network of ``config`` on ``data``, measure it on the test images, keep all of it in ``folder``.

    Parameters
    ----------
    on_event : called on this thread with everything that happens, in order: `RunStarted`, what the training tells,
        `Measuring`, `RunEnded`; it must return quickly
    control : pauses, steps and stops the run from another thread
    folder : where metrics, checkpoint, epochs and the model go; it is closed at the end. None keeps nothing
    resume : the state to go on from
    start : the network whose weights the run begins with, instead of those that ``config.start`` names. The folder
        keeps them, so that the run can be repeated

    Returns
    -------
    RunRecord
        With its reason, also of a run that was stopped.

    Raises
    ------
    TrainingError when the loss is no longer finite, ModelFileError when the checkpoint cannot be written; in both cases
    after `RunEnded` with what was learnt. ConfigError and ShapeError before anything has begun.
    """
    run = None
    try:
        run = _Run(config, data, on_event, control or TrainingControl(), folder, resume, start)
        return run.execute()
    except CnnError:
        if folder is not None and resume is None and run is None:
            folder.remove()  # nothing is in it
        raise
    finally:
        if folder is not None:
            folder.close()


class SmallCurve:
    """A smoothed curve of a few points, however many values there were."""

    def __init__(self) -> None:
        self._average, self._every, self._since = MovingAverage(0.9), 1, 0
        self._points: list[float] = []

    def add(self, value: float) -> None:
        """Count a value."""
        smooth = self._average.add(value)
        self._since += 1
        if self._since >= self._every:
            self._since = 0
            self._points.append(float(f"{smooth:.4g}"))
        if len(self._points) > MOST_CURVE:
            self._points = self._points[1::2]
            self._every *= 2

    @property
    def points(self) -> tuple[float, ...]:
        return tuple(self._points)


class _Run:
    """The state of `execute`."""

    def __init__(
        self,
        config: TrainingConfig,
        data: DataSplits,
        on_event: Callable[[RunEvent], None],
        control: TrainingControl,
        folder: RunFolder | None,
        resume: Checkpoint | None,
        start: Sequential | None,
    ) -> None:
        if start is not None and folder is not None:
            config = replace(config, start=str(folder.start_path))
        if config.edits is None:  # of a run that goes on those that it began with
            edits = EditBook().read(data.train) if resume is None else resume.config.edits
            config = replace(config, edits=edits)
        train = config.edits.applied(data.train) if config.edits else data.train
        self._config, self._data, self._tell, self._control = config, data, on_event, control
        self._folder, self._resume = folder, resume
        # one that goes on has its weights from the checkpoint, not from the file that it once began with
        self._model = model_for(replace(config, start="") if resume else config, data.train, start)
        if config.start and folder is not None and resume is None:
            names = {"class_names": list(data.train.class_names)}
            save_model(folder.start_path, self._model, names, input_spec=data.input_spec)
        kept = folder.checkpoint_path if folder is not None else None
        self._trainer = Trainer(self._model, config, train, data.validation, kept, resume)
        self._input_spec = data.input_spec
        self._curve, self._seconds_before = SmallCurve(), 0.0
        if resume is not None and folder is not None:
            self._take_up(folder, resume)
        self._record = self._begun()

    def _take_up(self, folder: RunFolder, resume: Checkpoint) -> None:
        """Count what was done before the run was interrupted, up to the checkpoint."""
        done = resume.epochs[-1].step if resume.epochs else 0
        for metrics in read_history(folder.path):
            if isinstance(metrics, BatchMetrics) and metrics.step <= done:
                self._curve.add(metrics.loss)
        self._seconds_before = sum(epoch.seconds for epoch in resume.epochs)

    def _begun(self) -> RunRecord:
        data, model, labels = self._data, self._model, self._trainer.train.labels
        return RunRecord(
            self._config,
            started_at=self._folder.record.started_at if self._folder is not None else time.time(),
            dataset=data.train.name,
            title=data.title,
            place=data.place,
            licence=data.licence,
            note=data.note,
            class_names=data.train.class_names,
            network=model.name,
            parameters=model.parameter_count,
            input_shape=model.input_shape,
            train_images=len(self._trainer.train),
            validation_images=len(self._trainer.validation),
            test_images=len(data.test),
            epochs=self._trainer.epochs,
            class_counts=tuple(np.bincount(labels[labels >= 0], minlength=len(data.train.class_names)).tolist()),
            has_dropout=any(isinstance(layer, Dropout) for layer in model.layers),
        )

    def execute(self) -> RunRecord:
        if self._folder is not None:
            if self._resume is not None:
                self._folder.note_resumed(self._trainer.epochs[-1].step if self._trainer.epochs else 0)
            self._folder.write(self._record)
        self._tell(RunStarted(self._record, self._model.config(), self._input_spec, self._model.snapshot()))
        try:
            result = self._trainer.run(self._on_event, self._control)
        except CnnError as error:
            diverged = isinstance(error, TrainingError)
            epochs = self._trainer.epochs
            self._end(
                replace(self._record, reason=DIVERGED if diverged else FAILED, epochs=epochs, problem=str(error)),
                NOT_CALIBRATED,
                keeps_checkpoint=not diverged,
            )
            raise
        record = replace(
            self._record,
            reason=result.reason,
            curve=self._curve.points,
            epochs=result.epochs,
            steps=result.steps,
            seconds=self._seconds_before + result.seconds,
            images_per_second=result.images_per_second,
        )
        if result.reason != STOPPED and (found := self._measured()) is not None:
            record = replace(
                record,
                test_accuracy=found.accuracy,
                test_images=found.n,
                test_loss=found.loss,
                calibration_error=round(found.calibration_error, 5),
                learnt_nothing=bool(learnt_nothing(found)),
            )
        if result.reason == STOPPED and self._control.interrupted:
            record = replace(record, reason=INTERRUPTED)
        return self._end(record, result.calibration, keeps_checkpoint=result.reason == STOPPED)

    def _measured(self) -> Evaluation | None:
        """What the test images say; None where the reading was stopped."""
        self._tell(Measuring(0, len(self._data.test)))
        found = evaluate(
            self._model,
            self._data.test,
            self._config.threads or None,
            lambda done, total: self._tell(Measuring(done, total)),
            lambda: self._control.stopped,
        )
        return None if self._control.stopped else found

    def _on_event(self, event: TrainingEvent) -> None:
        if self._folder is not None:
            self._keep(self._folder, event)
        self._tell(event)

    def _keep(self, folder: RunFolder, event: TrainingEvent) -> None:
        match event:
            case BatchMetrics():
                self._record = replace(self._record, steps=event.step, images_per_second=event.images_per_second)
                self._curve.add(event.loss)
                folder.add(event)
                if wanted := folder.take_wanted():
                    with suppress(CnnError):
                        self._control.change(**wanted)
            case NormsMeasured() | UnitsMeasured():
                folder.add(event)
            case SettingsChanged() if event.config != self._record.config:  # else it was planned, and is on the disk
                record = replace(self._record, config=event.config)
                folder.write(record)
                self._record = record
            case EpochMetrics():
                folder.add(event)
                self._record = replace(self._record, epochs=(*self._record.epochs, event), curve=self._curve.points)
                with suppress(CnnError):  # what could not be written is in the metrics too
                    folder.write(self._record)
            case EpochWeights():
                folder.keep_epoch(event.epoch, partial(self._save_weights, event.snapshot, epoch=event.epoch))
            case WeightsRecorded():
                step = event.snapshot.version
                folder.keep_picture(step, partial(self._save_weights, event.snapshot, step=step))
            case _:
                pass

    def _save_weights(self, weights: WeightsSnapshot, path: Path, **when: int) -> None:
        about = {"class_names": list(self._record.class_names)} | when
        save_model(path, self._model, about, weights, input_spec=self._input_spec)

    def _end(self, record: RunRecord, calibration: Calibration, keeps_checkpoint: bool) -> RunRecord:
        """Keep the model and the record, then the checkpoint may go."""
        ended = RunEnded(
            record, self._model.config(), self._model.snapshot(record.steps), calibration, self._input_spec
        )
        folder = self._folder
        if folder is not None:
            if record.epochs or record.steps:
                _save(ended, self._model, folder)
            with suppress(CnnError):
                folder.write(record)
            if not keeps_checkpoint and folder.checkpoint_path.parent == folder.path:
                with suppress(OSError):
                    folder.checkpoint_path.unlink(missing_ok=True)
        self._tell(ended)
        return record


def _save(ended: RunEnded, model: Sequential, folder: RunFolder) -> None:
    try:
        save_model(
            folder.model_path,
            model,
            ended.record.description(),
            calibration=ended.calibration,
            input_spec=ended.input_spec,
        )
        folder.has_model = True
    except CnnError as error:
        folder.problem = str(error)
