"""The training loop. It knows no screen and no thread but its own."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.calibration import NOT_CALIBRATED, calibrate
from cnn_core.datasets.augmentation import changed_chunks, make_augmentation
from cnn_core.datasets.dataset import Dataset, Subset
from cnn_core.datasets.mixup import mix_up
from cnn_core.errors import ConfigError, StoppedError, TrainingError
from cnn_core.evaluation import Evaluation, check_fit, evaluate_with
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.metrics import MovingAverage, RunningMean
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.optimizers import make_optimizer
from cnn_core.schedules import make_schedule
from cnn_core.training.ahead import AheadOfTime
from cnn_core.training.averaging import WeightAverage
from cnn_core.training.checkpoint import Checkpoint
from cnn_core.training.config import TrainingConfig
from cnn_core.training.control import TrainingControl
from cnn_core.training.history import (
    BatchMetrics,
    EpochMetrics,
    EpochWeights,
    TrainingEvent,
    TrainingResult,
    WeightsPublished,
)

PUBLISH_EVERY_S = 0.15
"""Weights are handed out at most this often: quick enough to look live, rare enough to cost nothing."""
SAFE_EVERY_STEPS = 25
"""How often, before the first epoch is complete, weights are put by in case the next ones are no longer finite."""


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
        self.config = config
        if validation is None:
            self.train, self.validation = data.split(config.validation, config.generator("split"))
        else:
            check_fit(model, validation)
            self.train, self.validation = data.whole(), validation.whole()
        self.steps_per_epoch = -(-len(self.train) // config.batch_size)
        self.total_steps = self.steps_per_epoch * config.epochs
        self._loss = SoftmaxCrossEntropy(config.label_smoothing)
        self._optimizer = make_optimizer(config.optimizer, **config.optimizer_options())
        self._schedule = make_schedule(config.schedule, config.learning_rate, self.total_steps)
        self._augment = make_augmentation(config.augmentation)
        self._checkpoint_path = checkpoint_path
        self._epochs: list[EpochMetrics] = []
        self._best: WeightsSnapshot | None = None
        self._best_answers = np.zeros((0, 1), np.float32), np.zeros(0, np.float32)
        self._safe = model.snapshot()
        self._average = WeightAverage(model, config.averaging) if config.averaging else None
        if resume is not None:
            self._take_up(resume)
        self._step = len(self._epochs) * self.steps_per_epoch
        self._speed = MovingAverage(0.95)
        self._busy_s = 0.0
        self._images = 0
        self._validation_s = 0.0
        self._published_at = 0.0

    def run(
        self,
        on_event: Callable[[TrainingEvent], None] = lambda _: None,
        control: TrainingControl | None = None,
    ) -> TrainingResult:
        """Train until the epochs are over, validation gets no better, or ``control`` says stop.

        ``on_event`` is called on this thread with every metric, in order, and now and then with the weights; it must
        return quickly. Raises `TrainingError` when the loss is no longer finite; the model then holds the last good
        weights, which were also handed to ``on_event``.
        """
        control = TrainingControl() if control is None else control
        threads = self.config.threads or None
        reason = "finished"
        if not self._epochs:
            if self._checkpoint_path is not None:  # a run that is interrupted in its first epoch can begin again
                self.checkpoint().save(self._checkpoint_path)
            on_event(EpochWeights(0, self._judged.snapshot(0)))
        with (
            engine.compile(self.model, self.config.batch_size, threads, True, self._loss) as plan,
            engine.compile(self._judged, self.config.batch_size, threads) as judge,
        ):
            for epoch in range(len(self._epochs), self.config.epochs):
                if self._patience_is_over():  # also of a run that is taken up after it had ended
                    reason = "early"
                    break
                if not self._run_epoch(epoch, plan, judge, on_event, control):
                    reason = "stopped"
                    break
        calibration = NOT_CALIBRATED
        if self._best is not None:
            self.model.load(self._best.arrays)
            logits, labels = self._best_answers
            calibration = calibrate(self.model, logits, labels.astype(np.int64))
        on_event(WeightsPublished(self.model.snapshot(self._step)))
        rate = self._images / self._busy_s if self._busy_s else 0.0
        seconds = self._busy_s + self._validation_s
        return TrainingResult(reason, tuple(self._epochs), self._step, seconds, rate, calibration)

    def _run_epoch(
        self,
        epoch: int,
        plan: engine.Plan,
        judge: engine.Plan,
        on_event: Callable[[TrainingEvent], None],
        control: TrainingControl,
    ) -> bool:
        """One pass over the training images and its validation; False when it was stopped on the way."""
        config, busy_before = self.config, self._busy_s
        dropout = config.generator("dropout", epoch)
        loss, accuracy = RunningMean(), RunningMean()
        with self._batches(epoch) as batches:
            started = time.perf_counter()
            while not control.stopped and (batch := next(batches, None)) is not None:
                ready = time.perf_counter()
                if not control.proceed():
                    return False
                started += time.perf_counter() - ready  # a pause is no work
                images, labels, second = batch
                rate = self._schedule(self._step)
                try:
                    result = plan.step(images, labels, dropout, self._optimizer, rate, lambda: control.stopped, second)
                except StoppedError:
                    return False
                if not np.isfinite(result.loss):
                    self._give_up(on_event)
                self._step += 1
                if self._average is not None:
                    self._average.after_step(self._step)
                known = int(np.count_nonzero(labels >= 0))
                share = result.correct / max(known, 1)
                loss.add(result.loss, len(labels))
                accuracy.add(share, known)
                self._note_speed(len(labels), time.perf_counter() - started)
                on_event(self._batch_metrics(result.loss, share, rate))
                self._keep_and_publish(on_event, waiting=control.paused)
                started = time.perf_counter()
        started = time.perf_counter()
        found = evaluate_with(judge, self.validation, stopped=lambda: control.stopped)
        if control.stopped:
            return False
        validation_s = time.perf_counter() - started
        self._validation_s += validation_s
        seconds = self._busy_s - busy_before + validation_s
        self._end_epoch(epoch, loss.value, accuracy.value, found, seconds, on_event)
        return True

    @contextmanager
    def _batches(self, epoch: int) -> Generator[Iterator[tuple[Array, NDArray[np.int64], SecondLabels | None]]]:
        """Images and labels of one epoch, batch by batch, mixed if they shall be."""
        rng, share = self.config.generator("mixup", epoch), self.config.mixup_in(epoch)
        with self._changed_batches(epoch) as batches:
            yield ((x, labels, mix_up(x, labels, share, rng) if share else None) for x, labels in batches)

    @contextmanager
    def _changed_batches(self, epoch: int) -> Generator[Iterator[tuple[Array, NDArray[np.int64]]]]:
        """Not mixed yet; where images are changed, a thread of its own does it."""
        size = self.config.batch_size
        order = self.config.generator("shuffle", epoch).permutation(len(self.train))
        if self._augment is None:
            yield (self.train.batch(order[i : i + size]) for i in range(0, len(order), size))
            return
        rng = self.config.generator("augmentation", epoch)
        images, labels = self.train.data.images, self.train.data.labels
        chunks = changed_chunks(images, labels, self.train.indices[order], size, self._augment, rng)
        with AheadOfTime(chunks) as ready:
            yield (
                (images[i : i + size], labels[i : i + size])
                for images, labels in ready
                for i in range(0, len(labels), size)
            )

    @property
    def _judged(self) -> Sequential:
        """The model whose weights are validated and kept: the average where there is one."""
        return self._average.model if self._average is not None else self.model

    def _end_epoch(
        self,
        epoch: int,
        train_loss: float,
        train_accuracy: float,
        found: Evaluation,
        seconds: float,
        on_event: Callable[[TrainingEvent], None],
    ) -> None:
        validation_loss, validation_accuracy = found.loss, found.accuracy
        if not np.isfinite(validation_loss):
            self._give_up(on_event)
        before = max((e.validation_accuracy, -e.validation_loss) for e in self._epochs) if self._epochs else None
        best = before is None or (validation_accuracy, -validation_loss) > before
        metrics = EpochMetrics(
            epoch + 1,
            self.config.epochs,
            self._step,
            train_loss,
            train_accuracy,
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
            _digest(self.train),
        )

    def _take_up(self, resume: Checkpoint) -> None:
        if resume.config != self.config or resume.architecture != self.model.config():
            raise ConfigError(
                "The checkpoint expected the same settings and network as its run had, received different ones. "
                "Resume with the checkpoint alone."
            )
        if resume.data != _digest(self.train):
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
        images_left = (self.total_steps - self._step) * self.config.batch_size
        done_here = max(self._step / self.steps_per_epoch, 1e-9)
        validation_left = self._validation_s / done_here * (self.config.epochs - done_here)
        return BatchMetrics(
            self._step,
            self.total_steps,
            self._step / self.steps_per_epoch,
            loss,
            accuracy,
            rate,
            self._speed.value,
            images_left / self._speed.value + validation_left,
        )

    def _keep_and_publish(self, on_event: Callable[[TrainingEvent], None], waiting: bool) -> None:
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

    def _give_up(self, on_event: Callable[[TrainingEvent], None]) -> None:
        """Go back to the last good weights and end the run with a message."""
        self.model.load((self._best or self._safe).arrays)
        on_event(WeightsPublished(self.model.snapshot(self._step)))
        raise TrainingError(
            f"The loss expected a finite number, received none at step {self._step + 1}; the last good weights are "
            f"back. Choose a learning rate below {self.config.learning_rate:g}."
        )

    def _patience_is_over(self) -> bool:
        if not self.config.patience or not self._epochs:
            return False
        last_best = max(i for i, epoch in enumerate(self._epochs) if epoch.best)
        return len(self._epochs) - 1 - last_best >= self.config.patience


def _digest(part: Subset) -> str:
    """Tells whether a run goes on with the images that it began with: of all labels and every hundredth image."""
    shape, sample = (len(part), *part.image_shape), part.data.images[part.indices[::100]]
    return hashlib.sha256(str(shape).encode() + part.labels.tobytes() + sample.tobytes()).hexdigest()
