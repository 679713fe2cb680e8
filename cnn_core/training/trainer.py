"""The training loop. It knows no screen and no thread but its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnn_core import engine
from cnn_core.calibration import NOT_CALIBRATED, calibrate
from cnn_core.datasets.dataset import Dataset, checksum
from cnn_core.errors import ConfigError, StoppedError, TrainingError
from cnn_core.evaluation import Evaluation, check_fit, evaluate_with
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.metrics import MovingAverage, RunningMean
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.optimizers import make_optimizer
from cnn_core.training.averaging import WeightAverage
from cnn_core.training.batches import Batch, epoch_batches
from cnn_core.training.changes import Change
from cnn_core.training.checkpoint import Checkpoint
from cnn_core.training.config import TrainingConfig
from cnn_core.training.control import Order, TrainingControl
from cnn_core.training.history import (
    BatchMetrics,
    EpochMetrics,
    EpochWeights,
    NotTold,
    TrainingEvent,
    TrainingResult,
    WeightsPublished,
    WeightsRecorded,
)
from cnn_core.training.measuring import NORMS_EVERY_STEPS, NormsOfStep, measure_units
from cnn_core.training.next_step import look_ahead
from cnn_core.training.steering import Place, Steering

PUBLISH_EVERY_S = 0.15
"""Weights are handed out at most this often: quick enough to look live, rare enough to cost nothing."""
SAFE_EVERY_STEPS = 25
"""How often, before the first epoch is complete, weights are put by in case the next ones are no longer finite."""

OnEvent = Callable[[TrainingEvent], None]


class _Means:
    """Of the batches of an epoch."""

    def __init__(self) -> None:
        self.loss, self.accuracy = RunningMean(), RunningMean()


class Trainer:
    """Trains one model on one data set.

    Parameters
    ----------
    model : built, for the images and classes of ``data``; its arrays are changed in place
    config : how
    data : training images
    validation : images to judge by; None keeps the share ``config.validation`` of ``data`` aside
    checkpoint_path : where to write a checkpoint after every epoch; None writes none
    resume : a checkpoint of a run with the same settings, to go on from
    """

    def __init__(
        self,
        model: Sequential,
        config: TrainingConfig,
        data: Dataset,
        validation: Dataset | None = None,
        checkpoint_path: str | Path | None = None,
        resume: Checkpoint | None = None,
    ) -> None:
        check_fit(model, data)
        self.model = model
        if validation is None:
            self.train, self.validation = data.split(config.validation, config.generator("split"))
        else:
            check_fit(model, validation)
            self.train, self.validation = data.whole(), validation.whole()
        self._loss = SoftmaxCrossEntropy(config.label_smoothing)
        self._optimizer = make_optimizer(config.optimizer, **config.optimizer_options())
        self._checkpoint_path = checkpoint_path
        self._epochs: list[EpochMetrics] = []
        self._best: WeightsSnapshot | None = None
        self._best_answers = np.zeros((0, 1), np.float32), np.zeros(0, np.float32)
        self._safe = model.snapshot()
        self._data_checksum = checksum(self.train)
        self._step = resume.epochs[-1].step if resume is not None and resume.epochs else 0
        self._images_seen = 0
        self._plan: engine.Plan | None = None
        self._steering = Steering(model, self._optimizer, config, len(self.train), self._step)
        self._average = WeightAverage(model, config.averaging) if config.averaging else None
        if resume is not None:
            self._take_up(resume)
        self._speed = MovingAverage(0.95)
        self._busy_s = 0.0
        self._images = 0
        self._validation_s = 0.0
        self._published_at = 0.0

    @property
    def config(self) -> TrainingConfig:
        """The settings of the run, with all that was changed on the way."""
        return self._steering.config

    @property
    def steps_per_epoch(self) -> int:
        """Steps of a whole epoch, with the present batch size."""
        return self._steering.steps_per_epoch

    @property
    def total_steps(self) -> int:
        """Steps of the run, as far as can be told now."""
        epochs_after = self._steering.now.epochs - len(self._epochs) - 1
        here = -(-(len(self.train) - self._images_seen) // self._steering.now.batch_size)
        return self._step + here + epochs_after * self.steps_per_epoch

    def run(
        self,
        on_event: OnEvent = lambda _: None,
        control: TrainingControl | None = None,
    ) -> TrainingResult:
        """Train until the epochs are over, validation gets no better, or ``control`` says stop.

        ``on_event`` is called on this thread with every metric, in order, and now and then with the weights; it must
        return quickly. Raises `TrainingError` when the loss is no longer finite; the model then holds the last good
        weights, which were also handed to ``on_event``.
        """
        control = TrainingControl() if control is None else control
        if not self._epochs:
            if self._checkpoint_path is not None:  # a run that is interrupted in its first epoch can begin again
                self.checkpoint().save(self._checkpoint_path)
            on_event(EpochWeights(0, self._judged.snapshot(0)))
            if control.is_recorded(0):
                on_event(WeightsRecorded(self.model.snapshot(0)))
        try:
            reason = self._run_epochs(on_event, control)
        finally:
            self._close_plan()
        calibration = NOT_CALIBRATED
        if self._best is not None:
            self.model.load(self._best.arrays)
            logits, labels = self._best_answers
            calibration = calibrate(self.model, logits, labels.astype(np.int64))
        on_event(WeightsPublished(self.model.snapshot(self._step)))
        rate = self._images / self._busy_s if self._busy_s else 0.0
        seconds = self._busy_s + self._validation_s
        return TrainingResult(reason, tuple(self._epochs), self._step, seconds, rate, calibration)

    def _run_epochs(self, on_event: OnEvent, control: TrainingControl) -> str:
        """All epochs that are left; says why they ended."""
        with engine.compile(self._judged, self.config.batch_size, self.config.threads or None) as judge:
            while True:
                self._images_seen = 0
                self._take_changes(on_event, control)  # the run may get longer or shorter
                if len(self._epochs) >= self._steering.now.epochs:
                    return "finished"
                if self._patience_is_over():  # also of a run that is taken up after it had ended
                    return "early"
                if not self._run_epoch(judge, on_event, control):
                    return "stopped"

    def _run_epoch(self, judge: engine.Plan, on_event: OnEvent, control: TrainingControl) -> bool:
        """One pass over the training images and its validation; False when it was stopped on the way."""
        epoch, busy_before, means = len(self._epochs), self._busy_s, _Means()
        dropout = self.config.generator("dropout", epoch)
        while self._images_seen < len(self.train):
            if control.stopped:
                return False
            with epoch_batches(self._steering.now, self.train, epoch, self._images_seen) as batches:
                started, batch = time.perf_counter(), None
                while self._images_seen < len(self.train):
                    ready = time.perf_counter()
                    if (order := control.next_order()) is Order.END:
                        return False
                    started += time.perf_counter() - ready  # a pause is no work
                    if self._take_changes(on_event, control):
                        control.postpone(order)
                        break  # the rest of the epoch goes on with other batches
                    batch = next(batches) if batch is None else batch
                    if order is Order.TELL:
                        self._tell_next_step(batch, dropout, on_event)
                        continue
                    try:
                        rate, loss, accuracy = self._take_step(batch, dropout, means, on_event, control)
                    except StoppedError:
                        return False
                    self._note_speed(len(batch[1]), time.perf_counter() - started)
                    on_event(self._batch_metrics(loss, accuracy, rate))
                    self._keep_and_publish(on_event, waiting=control.paused)
                    if control.is_recorded(self._step):
                        on_event(WeightsRecorded(self.model.snapshot(self._step)))
                    started, batch = time.perf_counter(), None
        started = time.perf_counter()
        found = evaluate_with(judge, self.validation, stopped=lambda: control.stopped)
        if control.stopped:
            return False
        units = measure_units(self._judged, self.validation, self._step, epoch + 1)
        validation_s = time.perf_counter() - started
        self._validation_s += validation_s
        on_event(units)
        self._end_epoch(epoch, means, found, self._busy_s - busy_before + validation_s, on_event)
        return True

    def _take_step(
        self, batch: Batch, dropout: np.random.Generator, means: _Means, on_event: OnEvent, control: TrainingControl
    ) -> tuple[float, float, float]:
        """The step of one batch; returns its rate, loss and share of right answers."""
        images, labels, second = batch
        rate = self._steering.rate(self._place)
        norms = NormsOfStep(self.model) if self._step % NORMS_EVERY_STEPS == 0 else None
        plan = self._open_plan()
        result = plan.step(images, labels, dropout, self._optimizer, rate, lambda: control.stopped, second)
        if not np.isfinite(result.loss):
            self._give_up(on_event)
        self._step += 1
        self._images_seen += len(labels)
        if self._average is not None:
            self._average.after_step(self._step)
        known = int(np.count_nonzero(labels >= 0))
        share = result.correct / max(known, 1)
        means.loss.add(result.loss, len(labels))
        means.accuracy.add(share, known)
        if norms is not None:
            on_event(norms.measured(self._step, self._place.epochs_seen, result.gradients))
        return rate, result.loss, share

    def _tell_next_step(self, batch: Batch, dropout: np.random.Generator, on_event: OnEvent) -> None:
        rate, step = self._steering.rate(self._place), self._step + 1
        names = self.train.class_names
        try:
            on_event(
                look_ahead(self._open_plan(), self._steering.now, self._optimizer, batch, dropout, rate, step, names)
            )
        except ConfigError as error:
            on_event(NotTold(str(error)))

    def _take_changes(self, on_event: OnEvent, control: TrainingControl) -> bool:
        """Use what was changed; whether the rest of the epoch has other batches for it."""
        before = self._steering.now
        if not self._steering.take(control.take_changes(), self._place, on_event):
            return False
        now, epoch = self._steering.now, len(self._epochs)
        if (before.batch_size, before.dropout) != (now.batch_size, now.dropout):
            self._close_plan()  # both are bound in it
        return (before.batch_size, before.augmentation, before.mixup_in(epoch)) != (
            now.batch_size,
            now.augmentation,
            now.mixup_in(epoch),
        )

    def _open_plan(self) -> engine.Plan:
        if self._plan is None:
            now = self._steering.now
            self._plan = engine.compile(self.model, now.batch_size, now.threads or None, True, self._loss)
        return self._plan

    def _close_plan(self) -> None:
        if self._plan is not None:
            self._plan.close()
            self._plan = None

    @property
    def _place(self) -> Place:
        return Place(self._step, len(self._epochs), self._images_seen, len(self.train))

    # --- After an epoch

    @property
    def _judged(self) -> Sequential:
        """The model whose weights are validated and kept: the average where there is one."""
        return self._average.model if self._average is not None else self.model

    def _end_epoch(
        self,
        epoch: int,
        means: _Means,
        found: Evaluation,
        seconds: float,
        on_event: OnEvent,
    ) -> None:
        validation_loss, validation_accuracy = found.loss, found.accuracy
        if not np.isfinite(validation_loss):
            self._give_up(on_event)
        before = max((e.validation_accuracy, -e.validation_loss) for e in self._epochs) if self._epochs else None
        best = before is None or (validation_accuracy, -validation_loss) > before
        metrics = EpochMetrics(
            epoch + 1,
            self._steering.now.epochs,
            self._step,
            means.loss.value,
            means.accuracy.value,
            validation_loss,
            validation_accuracy,
            seconds,
            best,
        )
        self._epochs.append(metrics)
        if best:
            self._best, self._best_answers = (
                self._judged.snapshot(self._step),
                (found.logits, found.labels.astype(np.float32)),
            )
        on_event(metrics)
        on_event(EpochWeights(metrics.epoch, self._judged.snapshot(self._step)))
        if self._checkpoint_path is not None:
            self.checkpoint().save(self._checkpoint_path)

    @property
    def epochs(self) -> tuple[EpochMetrics, ...]:
        """The epochs that are complete, also after a run that ended with an error."""
        return tuple(self._epochs)

    def checkpoint(self) -> Checkpoint:
        """The state of the run; meant to be taken between epochs."""
        weights = self.model.parameters | self.model.buffers
        return Checkpoint(
            self.config,
            self.model.config(),
            weights,
            self._best.arrays if self._best else weights,
            self._optimizer.steps,
            self._optimizer.slots,
            self._average.model.parameters | self._average.model.buffers if self._average is not None else {},
            *self._best_answers,
            tuple(self._epochs),
            self._data_checksum,
        )

    def _take_up(self, resume: Checkpoint) -> None:
        same = resume.config.as_begun == self.config.as_begun and _past(resume.config, self._step) == _past(
            self.config, self._step
        )
        if not same or resume.architecture != self.model.config():
            raise ConfigError(
                "The checkpoint expected the same settings and network as its run had, received different ones. "
                "Resume with the checkpoint alone."
            )
        if resume.data != self._data_checksum:
            raise ConfigError(
                f"The checkpoint expected the images that its run learnt from, received others in {self.train.name}. "
                "Name their folder with --data-dir, or begin anew."
            )
        resume.restore(self.model, self._optimizer)
        self._epochs = list(resume.epochs)
        if self._epochs:
            self._best = WeightsSnapshot(0, resume.best_weights)
            self._best_answers = resume.best_logits, resume.best_labels
        if self._average is not None:
            self._average.take_up(self._epochs[-1].step if self._epochs else 0, dict(resume.average))

    def _note_speed(self, images: int, seconds: float) -> None:
        self._busy_s += seconds
        self._images += images
        self._speed.add(images / max(seconds, 1e-9))

    def _batch_metrics(self, loss: float, accuracy: float, rate: float) -> BatchMetrics:
        seen, now = self._place.epochs_seen, self._steering.now
        images_left = (now.epochs - seen) * len(self.train)
        validation_left = self._validation_s / max(seen, 1e-9) * (now.epochs - seen)
        return BatchMetrics(
            self._step,
            self.total_steps,
            seen,
            loss,
            accuracy,
            rate,
            self._speed.value,
            images_left / self._speed.value + validation_left,
        )

    def _keep_and_publish(self, on_event: OnEvent, waiting: bool) -> None:
        """Hand out the weights if it is time to, at once when the run is held; put good ones by."""
        now = time.monotonic()
        due = waiting or now - self._published_at >= PUBLISH_EVERY_S
        safe_due = self._best is None and self._step % SAFE_EVERY_STEPS == 0
        if not due and not safe_due:
            return
        snapshot = self.model.snapshot(self._step)
        if not all(np.isfinite(array).all() for array in snapshot.arrays.values()):
            return  # the next loss will say so
        if safe_due:
            self._safe = snapshot
        if due:
            self._published_at = now
            on_event(WeightsPublished(snapshot))

    def _give_up(self, on_event: OnEvent) -> None:
        """Go back to the last good weights and end the run with a message."""
        self.model.load((self._best or self._safe).arrays)
        on_event(WeightsPublished(self.model.snapshot(self._step)))
        raise TrainingError(
            f"The loss expected a finite number, received none at step {self._step + 1}; the last good weights are "
            f"back. Choose a learning rate below {self._steering.now.learning_rate:g}."
        )

    def _patience_is_over(self) -> bool:
        if not self.config.patience or not self._epochs:
            return False
        last_best = max(i for i, epoch in enumerate(self._epochs) if epoch.best)
        return len(self._epochs) - 1 - last_best >= self.config.patience


def _past(config: TrainingConfig, step: int) -> list[Change]:
    """What had changed before ``step`` steps were taken."""
    return [change for change in config.changes if change.step < step]
