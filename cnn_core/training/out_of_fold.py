"""What networks say of images that they did not learn from, for all images of a data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.datasets.dataset import Dataset
from cnn_core.errors import DataError, StoppedError
from cnn_core.training.config import TrainingConfig
from cnn_core.training.control import TrainingControl
from cnn_core.training.history import BatchMetrics, TrainingEvent
from cnn_core.training.start import model_for
from cnn_core.training.trainer import Trainer

FOLDS = 3
FEWEST_IMAGES = 50
BATCH = 256


def out_of_fold(
    config: TrainingConfig,
    data: Dataset,
    folds: int = FOLDS,
    progress: Callable[[int, int], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Array:
    """Probabilities [n, k] of all images of ``data``, each by a network that has not seen it.

    The images are dealt into ``folds`` parts at random; for each part a network is trained with ``config`` on the
    others. ``progress`` is called with (done, total) in thousandths. Raises `DataError` for fewer than
    `FEWEST_IMAGES` images, `StoppedError` once ``stopped`` says so, and what training raises. Source: Stone:
    "Cross-Validatory Choice and Assessment of Statistical Predictions" (1974).
    """
    n = len(data)
    if n < FEWEST_IMAGES:
        raise DataError(
            f"{data.name} expected at least {FEWEST_IMAGES} images to learn from some and judge the others, found {n}."
        )
    part = np.random.default_rng(config.seed).permutation(n) % folds
    found = np.zeros((n, len(data.class_names)), np.float32)
    for fold in range(folds):
        control = TrainingControl()

        def tell(event: TrainingEvent, fold: int = fold, control: TrainingControl = control) -> None:
            if stopped():
                control.stop()
            if isinstance(event, BatchMetrics):
                share = (fold + event.step / max(event.total_steps, 1)) / folds
                progress(round(1000 * min(share, 1.0)), 1000)

        model = model_for(config, data)
        Trainer(model, replace(config, seed=config.seed + fold), data.take(np.flatnonzero(part != fold))).run(
            tell, control
        )
        if stopped():
            raise StoppedError("The search for doubtful labels was stopped.")
        held_out = np.flatnonzero(part == fold)
        with engine.compile(model, BATCH, config.threads or None) as plan:
            for start in range(0, len(held_out), BATCH):
                here = held_out[start : start + BATCH]
                found[here] = plan.predict(data.batch(here)[0])
    progress(1000, 1000)
    return found
