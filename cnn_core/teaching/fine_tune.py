"""A network learns some drawings in seconds, among images of what it knows, so that it does not forget that."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.calibration import Calibration
from cnn_core.datasets.augmentation import AUGMENTATIONS, Augmentation
from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset, to_bytes
from cnn_core.digits.pen import vary
from cnn_core.drawing.strokes import Points, Stroke
from cnn_core.errors import DataError, StoppedError
from cnn_core.layers import BatchNorm
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential, WeightsSnapshot
from cnn_core.optimizers import make_optimizer
from cnn_core.preprocessing import WHOLE, InputSpec, image_of
from cnn_core.schedules import make_schedule
from cnn_core.teaching.drawing_book import TaughtDrawing

STEADY = 0.97
"""How slowly batch normalisation forgets here: the statistics of a few small batches are worse than those it has."""
BLENDS = 0.6, 0.7, 0.8, 0.9, 1.0
"""Shares of the new weights that are tried, the others being the old ones."""
TRIED_COPIES = 8
READ_AT_ONCE, MOST_TRIED = 64, 400
UNSURE = 0.5
"""What is none of the classes gives no class more than this."""
HAND: Augmentation = AUGMENTATIONS["hand"] or Augmentation()
MOST_DRAWN_POINTS = 600
VARIED_WIDTH = (0.85, 1.1)
"""A varied drawing's pen, in shares of the usual one."""


@dataclass(frozen=True, slots=True)
class TeachingConfig:
    """How drawings are learnt.

    Attributes
    ----------
    steps : how many
    batch_size : images a step, of which the share ``taught`` are varied drawings and the others a replay
    learning_rate : the highest, of Adam; it rises for ten steps and then falls
    seed : of the variations and of the order
    seconds : after so long no further step is made
    """

    steps: int = 80
    batch_size: int = 64
    taught: float = 0.15
    learning_rate: float = 1.5e-4
    seed: int = 0
    seconds: float = 8.0
    threads: int = 0


NEW_CLASSES = TeachingConfig(taught=0.25, learning_rate=4e-4)
"""For classes that the network did not have: what reads them has to be learnt from the beginning."""


@dataclass(frozen=True, slots=True)
class Tried:
    """How drawings are read: how many in all, and how many rightly; what is none is right when it is turned away."""

    count: int
    right: int
    answers: tuple[int, ...]
    """The most probable class of each; `NOT_A_CLASS` where it is turned away."""


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What came of it: the new weights, the share of the learnt ones in them, how many steps and seconds it took."""

    weights: WeightsSnapshot
    blend: float
    steps: int
    seconds: float


def teach(
    model: Sequential,
    spec: InputSpec,
    drawings: Sequence[tuple[TaughtDrawing, int]],
    replay: Dataset | None,
    config: TeachingConfig = TeachingConfig(),
    progress: Callable[[int, int], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Taught:
    """Train a copy of ``model`` on ``drawings``, each with the number of its class or `NOT_A_CLASS`.

    Each step shows drawings varied as a hand would (`cnn_core.digits.pen.vary`) among images of ``replay``, whose
    labels are those of the model's classes. Of the weights before and after that, a blend is kept: as much of the old
    ones as leaves the drawings learnt. Source: Wortsman et al.: "Robust fine-tuning of zero-shot models" (2022).
    ``model`` stays as it is. Raises `DataError` without drawings,
    `StoppedError` once ``stopped`` says so.
    """
    if not drawings:
        raise DataError("Teaching expected a drawing at least, received none. Draw something and say what it is.")
    began = time.perf_counter()
    learner, rng = model.twin(), np.random.default_rng(config.seed)
    for layer in learner.layers:
        if isinstance(layer, BatchNorm):
            layer.momentum = STEADY
    optimizer = make_optimizer("adam")
    schedule = make_schedule("cosine", config.learning_rate, config.steps, 10)
    mine = max(1, round(config.batch_size * (config.taught if replay is not None and len(replay) else 1.0)))
    wanted = np.array([label for _, label in drawings], np.int64)
    order = _Turns(len(drawings), rng)
    done = 0
    with engine.compile(learner, config.batch_size, config.threads or None, True, SoftmaxCrossEntropy()) as plan:
        for step in range(config.steps):
            chosen = order.take(mine)
            images = np.stack([varied_image(drawings[i][0], spec, rng) for i in chosen if not _expect_going(stopped)])
            labels = wanted[chosen]
            if replay is not None and mine < config.batch_size:
                others = rng.integers(0, len(replay), config.batch_size - mine)
                more, more_labels = replay.batch(others)
                images, labels = np.concatenate([images, more]), np.concatenate([labels, more_labels])
            plan.step(images, labels, rng, optimizer, schedule(step), stopped)
            done = step + 1
            progress(done, config.steps)
            if time.perf_counter() - began > config.seconds:
                break
    blend = _blend(model, learner, spec, drawings, rng, stopped)
    return Taught(learner.snapshot(done), blend, done, time.perf_counter() - began)


def _expect_going(stopped: Callable[[], bool]) -> bool:
    """Raise `StoppedError` once it is to end; else False."""
    if stopped():
        raise StoppedError("The teaching was stopped.")
    return False


class _Turns:
    """Numbers from 0 to n - 1 in random order, each as often as the others."""

    def __init__(self, n: int, rng: np.random.Generator) -> None:
        self._n, self._rng, self._left = n, rng, list[int]()

    def take(self, count: int) -> list[int]:
        while len(self._left) < count:
            self._left += self._rng.permutation(self._n).tolist()
        taken, self._left = self._left[:count], self._left[count:]
        return taken


def _blend(
    old: Sequential,
    learner: Sequential,
    spec: InputSpec,
    drawings: Sequence[tuple[TaughtDrawing, int]],
    rng: np.random.Generator,
    stopped: Callable[[], bool],
) -> float:
    """Give ``learner`` back as much of the ``old`` weights as leaves varied drawings right; returns the new share."""
    some = [drawings[i % len(drawings)] for i in range(min(len(drawings) * TRIED_COPIES, MOST_TRIED))]
    images = np.stack([varied_image(drawing, spec, rng) for drawing, _ in some if not _expect_going(stopped)])
    wanted = np.array([label for _, label in some])
    before, learnt = old.parameters | old.buffers, learner.snapshot().arrays
    best = -1
    for share in reversed(BLENDS):
        learner.load({name: share * learnt[name] + (1 - share) * before[name] for name in learnt})
        with engine.compile(learner, READ_AT_ONCE, 1) as reader:
            right = int(_are_right(_read(reader, images), wanted).sum())
        if right < best:
            share = BLENDS[BLENDS.index(share) + 1]
            learner.load({name: share * learnt[name] + (1 - share) * before[name] for name in learnt})
            return share
        best = max(best, right)
    return BLENDS[0]


def _are_right(probabilities: Array, wanted: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.where(wanted == NOT_A_CLASS, probabilities.max(axis=1) < UNSURE, probabilities.argmax(axis=1) == wanted)


def _read(reader: engine.Plan, images: Array) -> Array:
    return np.concatenate([reader.predict(images[i : i + READ_AT_ONCE]) for i in range(0, len(images), READ_AT_ONCE)])


def try_drawings(
    model: Sequential, spec: InputSpec, drawings: Sequence[tuple[TaughtDrawing, int]], calibration: Calibration
) -> Tried:
    """How ``model`` reads them, as they were drawn."""
    if not drawings:
        return Tried(0, 0, ())
    images = np.stack([drawn_image(drawing, spec) for drawing, _ in drawings])
    with engine.compile(model, READ_AT_ONCE, 1) as reader:
        probabilities = _read(reader, images)
    answers = np.where(calibration.knows(probabilities), probabilities.argmax(axis=1), NOT_A_CLASS)
    wanted = np.array([label for _, label in drawings])
    return Tried(len(drawings), int((answers == wanted).sum()), tuple(answers.tolist()))


def drawn_image(drawing: TaughtDrawing, spec: InputSpec) -> Array:
    """The image [h, w, c] of a drawing as the canvas gives it to a model."""
    if drawing.ink is not None:
        return spec.of_ink(drawing.ink)
    return _image(drawing.strokes, drawing.width, spec)


def varied_image(drawing: TaughtDrawing, spec: InputSpec, rng: np.random.Generator) -> Array:
    """The same, as another movement of the hand would have drawn it."""
    if drawing.ink is not None:
        image = to_bytes(spec.of_ink(drawing.ink))[None]
        return HAND.chunk(image, rng)[0]
    points = np.concatenate(drawing.strokes)
    low, extent = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-3)
    varied = [(stroke + 0.5) * extent + low for stroke in vary(drawing.strokes, rng)]
    return _image(varied, drawing.width, spec, rng.uniform(*VARIED_WIDTH))


def _thinned(strokes: Sequence[Points]) -> list[Points]:
    """The same drawing with at most about `MOST_DRAWN_POINTS` points: a scribble of thousands looks no different."""
    every = -(-sum(map(len, strokes)) // MOST_DRAWN_POINTS)
    if every <= 1:
        return list(strokes)
    return [np.concatenate([stroke[:-1:every], stroke[-1:]]) for stroke in strokes]


def _image(strokes: Sequence[Points], width: float, spec: InputSpec, pen: float = 1.0) -> Array:
    strokes = _thinned(strokes)
    if spec.geometry == WHOLE:
        return image_of([Stroke(np.clip(stroke, 0, 1), width * pen) for stroke in strokes], spec)
    changed = InputSpec(spec.shape, spec.geometry, spec.polarity, spec.box_px, spec.pen_width_px * pen)
    return changed.of_strokes(strokes)
