"""A plan: one model prepared to run batches quickly."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.engine.blas import BlasThreads, WarmBlas
from cnn_core.engine.plan_cache import PlanCache
from cnn_core.engine.shards import FEW_IMAGES, LEAST_SHARED_WORK, Shard, is_dense
from cnn_core.engine.thread_pool import ThreadPool
from cnn_core.engine.training_pass import Stopped, TrainingPass
from cnn_core.errors import ConfigError, ShapeError
from cnn_core.layers import softmax
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.model import Sequential, freeze
from cnn_core.optimizers import Optimizer


def _never() -> bool:
    return False


def _share_out(model: Sequential, batch_size: int, threads: int, training: bool) -> tuple[int, BlasThreads]:
    """How many threads of the plan's own pay, and how many BLAS may use."""
    if threads == 1:
        return 1, BlasThreads(1, insists=False)
    if is_dense(model) or (batch_size <= FEW_IMAGES and not training):
        # little between the products, which are large: BLAS shares them out itself
        return 1, BlasThreads(threads)
    if model.multiply_adds * batch_size < LEAST_SHARED_WORK:
        return 1, BlasThreads(1, insists=False)
    return threads, BlasThreads(1)


def _release(pool: ThreadPool, blas: BlasThreads) -> None:
    pool.close()
    blas.__exit__(None, None, None)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch gave: mean loss, images that were right, gradients of the mean loss by parameter name.

    The gradients are the plan's own arrays, and hold until its next batch.
    """

    loss: float
    correct: int
    gradients: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a step would find, in copies: mean loss, gradients by parameter name, and for each dropout layer the factors
    [n, …] that the batch is multiplied by."""

    loss: float
    gradients: Mapping[str, Array]
    dropout: Mapping[str, Array]


class Plan:
    """Runs a model on whole batches, cut into shards that go through the network side by side on the pool's threads.

    A shard goes all the way and back before the next one starts, in buffers that were made once, so the memory does not
    grow with the batch. At layers that need the whole batch (batch normalisation while training) all shards wait for
    each other, each in memory of its own. Thread t takes the shards t, t + threads, …, and adds up their gradients in
    this order: the same number of threads gives the same result to the last bit.

    A context manager; `close` ends its threads and lets its memory go.
    """

    def __init__(
        self, model: Sequential, batch_size: int, threads: int, training: bool, loss: SoftmaxCrossEntropy
    ) -> None:
        self.model = model
        self.training = training
        self._loss = loss
        self._batch_size = batch_size
        threads, blas = _share_out(model, batch_size, threads, training)
        self._cache: PlanCache | None = PlanCache(model, batch_size, threads, training)
        self._pool, self._is_open, self._process = ThreadPool(threads), True, os.getpid()
        self._one_call = threading.Lock()
        blas.__enter__()
        self._release = weakref.finalize(self, _release, self._pool, blas)  # also of a plan that nobody closes
        WarmBlas.ensure(threads + 1)  # somebody else may read with the model meanwhile

    def gradients(
        self,
        images: Array,
        labels: NDArray[np.integer],
        rng: np.random.Generator,
        stopped: Stopped = _never,
        second: SecondLabels | None = None,
    ) -> BatchResult:
        """Loss and gradients of one batch [n, h, w, c] with labels [n]; ``rng`` seeds the dropout masks.

        ``second`` says what else the images show, where they are mixed; right is what is read as ``labels`` say.

        The running statistics of batch normalisation move on. Raises `ShapeError` for images or labels that do not fit,
        and `StoppedError` soon after ``stopped`` has turned true, however large the batch.
        """
        with self._alone():
            batch = self._batch(images, labels, second, rng, stopped)
            batch.run()
            return self._result(batch)

    def rehearse(
        self,
        images: Array,
        labels: NDArray[np.integer],
        rng: np.random.Generator,
        second: SecondLabels | None = None,
    ) -> Rehearsal:
        """What `step` would find for this batch if it came next. Nothing of the model moves on, nor do the streams of
        random numbers: the step then does just what was told."""
        with self._alone():
            batch = self._batch(images, labels, second, rng, _never)
            cache = self._ready(training=True)
            before = deepcopy([noise.generator for noise in cache.noise])
            dropout = cache.next_dropout(len(images))
            batch.run()
            for noise, generator in zip(cache.noise, before, strict=True):
                noise.generator = generator
            if not np.isfinite(batch.loss):
                self._cache = None  # as after a step
            return Rehearsal(batch.loss, freeze(batch.update.by_name), freeze(dropout))

    def step(
        self,
        images: Array,
        labels: NDArray[np.integer],
        rng: np.random.Generator,
        optimizer: Optimizer,
        learning_rate: float,
        stopped: Stopped = _never,
        second: SecondLabels | None = None,
    ) -> BatchResult:
        """`gradients`, and the optimizer's step on the model's weights. A loss that is not finite changes nothing."""
        with self._alone():
            batch = self._batch(images, labels, second, rng, stopped)
            batch.update.attach(optimizer)
            optimizer.steps += 1
            finished: list[int] = []

            def finish(thread: int) -> None:
                if np.isfinite(batch.loss):
                    batch.update.step(thread, learning_rate)
                    finished.append(thread)

            try:
                batch.run(finish)
            except BaseException:
                if len(finished) < self._pool.threads:  # else the step was taken before an interrupt could be told
                    optimizer.steps -= 1
                raise
            if not np.isfinite(batch.loss):
                optimizer.steps -= 1
            return self._result(batch)

    def logits(self, images: Array) -> Array:
        """Logits [n, k] of images [n, h, w, c], any n."""
        with self._alone(), np.errstate(over="ignore", invalid="ignore"):
            return self._logits(np.asarray(images))

    def _logits(self, images: Array) -> Array:
        cache = self._ready(training=False)
        self.model.check_images(images)
        for stage in cache.stages:
            stage.prepare()
        logits = np.empty((len(images), *cache.output_shape), cache.dtype)
        cut = cache.cut_for(len(images))
        shards = [Shard(part, number, 0) for number, part in enumerate(cut.shards(len(images)))]
        threads = min(self._pool.threads, len(shards))
        workspaces = [cache.workspace(thread, cut.shard_images) for thread in range(threads)]
        for workspace in workspaces:
            workspace.begin()

        def forward(thread: int) -> None:
            with np.errstate(over="ignore", invalid="ignore"):
                for shard in shards[thread :: self._pool.threads]:
                    workspace = workspaces[thread]
                    workspace.load(images[shard.images])
                    workspace.forward_programs[0].run()
                    logits[shard.images] = workspace.output[: shard.count]

        if len(shards) > 1:
            self._pool.run(forward)
        else:
            forward(0)
        return logits

    def predict(self, images: Array) -> Array:
        """Probabilities [n, k] of images [n, h, w, c], any n."""
        with np.errstate(over="ignore", invalid="ignore"):
            return softmax(self.logits(images))

    def close(self) -> None:
        """End the threads, give BLAS its threads back and let the memory go; the plan is of no use any more."""
        self._is_open, self._cache = False, None
        self._release()

    def __enter__(self) -> Plan:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _alone(self) -> Generator[None]:
        """The buffers serve one call at a time."""
        if not self._one_call.acquire(blocking=False):
            raise ConfigError(
                "A plan expected one call at a time, received two from two threads. Compile one for each."
            )
        try:
            self._pool.recover()
            yield
        finally:
            self._one_call.release()

    def _ready(self, training: bool) -> PlanCache:
        """The plan's cache, made anew if somebody has given a layer other arrays meanwhile."""
        if not self._is_open:
            raise ConfigError("A plan expected to be open, received a call after close. Compile another one.")
        if self._process != os.getpid():
            raise ConfigError(
                "A plan expected the process that compiled it, received a call in a fork. Compile it there."
            )
        if training != self.training:
            wanted, found = ("training", "inference") if training else ("inference", "training")
            raise ConfigError(
                f"The call expected a plan for {wanted}, received one for {found}. Compile one with "
                f"training={training}."
            )
        if self._cache is None or not self._cache.fits():
            self._cache = PlanCache(self.model, self._batch_size, self._pool.threads, self.training)
        return self._cache

    def _batch(
        self,
        images: Array,
        labels: NDArray[np.integer],
        second: SecondLabels | None,
        rng: np.random.Generator,
        stopped: Stopped,
    ) -> TrainingPass:
        cache = self._ready(training=True)
        images, labels = np.asarray(images), np.asarray(labels)
        self.model.check_images(images)
        if labels.shape != (len(images),) or labels.dtype.kind not in "iu" or not len(images):
            raise ShapeError(
                f"A batch expected at least one image and one whole number as label for each, received {len(images)} "
                f"images and labels {list(labels.shape)} of {labels.dtype}."
            )
        if second is not None and second.labels.shape != labels.shape:
            raise ShapeError(
                f"A batch expected one second label for each of {len(images)} images, received {len(second.labels)}."
            )
        if not isinstance(rng, np.random.Generator):
            raise ConfigError(f"rng expected a numpy.random.Generator, received {type(rng).__name__}.")
        cache.take_noise_from(rng)
        return TrainingPass(cache, self._pool, self._loss, images, labels, second, stopped)

    def _result(self, batch: TrainingPass) -> BatchResult:
        if np.isfinite(batch.loss):
            for tape in batch.all_tapes():
                self.model.absorb_statistics(tape)
        else:
            self._cache = None  # zero times what is in the buffers now need not be zero: make new ones
        return BatchResult(batch.loss, batch.correct, batch.update.by_name)
