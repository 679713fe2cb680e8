"""Steps of a copy of the network, where no run is there: on a batch of the images that it has learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnn_core import engine
from cnn_core.errors import DataError
from cnn_core.optimizers import DEFAULT_RATES, make_optimizer
from cnn_core.teaching import replay_for
from cnn_core.training import NextStep, TrainingConfig, look_ahead
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.jobs import JobControl
from cnn_gui.widgets.translation import tr

BATCH, IMAGES = 64, 512
GENTLE = 0.1
"""Of an optimizer's usual rate: the network has learnt already, and the first steps of some optimizers are long."""


@dataclass(frozen=True, slots=True, eq=False)
class Practice:
    """What the steps of a copy are made of.

    Attributes
    ----------
    network : the copy, as it was at the beginning
    dataset, class_names, data_dir : where its images come from
    optimizer : its name
    """

    network: FrozenModel
    dataset: str
    class_names: Sequence[str]
    data_dir: Path | None
    optimizer: str


def first_step(practice: Practice, control: JobControl) -> NextStep:
    """In a pool's thread: what the first step of the copy would do."""
    return _look_ahead(practice, None, control)


def step_after(practice: Practice, told: NextStep, control: JobControl) -> NextStep:
    """In a pool's thread: take the told step, and say what the next one would do."""
    return _look_ahead(practice, told, control)


def _look_ahead(practice: Practice, before: NextStep | None, control: JobControl) -> NextStep:
    if before is None:
        model, optimizer, number = practice.network.build(), make_optimizer(practice.optimizer), 1
    else:
        model, optimizer = before.taken()
        number = before.step + 1
    data = replay_for(
        practice.dataset, practice.class_names, model.input_shape, practice.data_dir, IMAGES, control.stopped
    )
    if data is not None:
        data = data.take(np.flatnonzero(data.labels >= 0))
    if data is None or not len(data):
        raise DataError(tr("There are no images here that this network could learn from. Open some in Data."))
    rng = np.random.default_rng(number)
    images, labels = data.batch(rng.permutation(len(data))[:BATCH])
    rate = DEFAULT_RATES[practice.optimizer] * GENTLE
    config = replace(TrainingConfig(), optimizer=practice.optimizer, learning_rate=rate)
    with engine.compile(model, len(labels), 1, training=True) as plan:
        return look_ahead(
            plan, config, optimizer, (images, labels, None), rng, rate, number, tuple(practice.class_names)
        )
