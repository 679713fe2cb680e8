"""All that the next step of a run is made of, before it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.errors import ConfigError
from cnn_core.layers import Tape
from cnn_core.losses import SecondLabels
from cnn_core.model import Sequential, freeze
from cnn_core.optimizers import Optimizer, make_optimizer
from cnn_core.training.batches import Batch
from cnn_core.training.config import TrainingConfig

MOST_NUMBERS = 1 << 26
"""Weights, slots and pixels of a step that can be told, together."""


@dataclass(frozen=True, slots=True, eq=False)
class NextStep:
    """A frozen copy of everything that one training step depends on, and what the engine finds for it.

    Attributes
    ----------
    step : which one it will be, from 1 on
    architecture : of the network, as `Sequential.config` gives it
    weights : parameters and buffers before the step, by name
    images, labels, second : the batch, [n, h, w, c] and [n], as it is after augmentation and mixing
    class_names : of the data
    learning_rate : of this step
    label_smoothing : of the loss
    optimizer, options : its name, and its options
    steps : how many steps the optimizer has made
    slots : its memory, by slot and by parameter
    loss : mean loss of the batch, dropout at work
    gradients : of the mean loss, by parameter
    dropout : factors [n, …] of each dropout layer, by name
    """

    step: int
    architecture: Mapping[str, Any]
    weights: Mapping[str, Array]
    images: Array
    labels: NDArray[np.integer]
    second: SecondLabels | None
    class_names: tuple[str, ...]
    learning_rate: float
    label_smoothing: float
    optimizer: str
    options: Mapping[str, Any]
    steps: int
    slots: Mapping[str, Mapping[str, Array]]
    loss: float
    gradients: Mapping[str, Array] = field(repr=False)
    dropout: Mapping[str, Array] = field(repr=False)

    def model(self) -> Sequential:
        """The network as it is before the step."""
        model = Sequential.from_config(self.architecture)
        model.load(self.weights)
        return model

    def taken(self) -> tuple[Sequential, Optimizer]:
        """The network after the step, what batch normalisation remembers of the batch among it, and its optimizer."""
        model, optimizer = self.model(), make_optimizer(self.optimizer, **self.options)
        if model.buffers:
            tape = Tape(training=True, record=False, dropout=self.dropout)
            model.forward(self.images, tape)
            model.absorb_statistics(tape)
        optimizer.steps = self.steps
        for slot, arrays in self.slots.items():
            optimizer.slots[slot].update({name: array.copy() for name, array in arrays.items()})
        optimizer.step(model.parameters, self.gradients, self.learning_rate)
        return model, optimizer


def look_ahead(
    plan: engine.Plan,
    config: TrainingConfig,
    optimizer: Optimizer,
    batch: Batch,
    rng: np.random.Generator,
    learning_rate: float,
    step: int,
    class_names: tuple[str, ...],
) -> NextStep:
    """What ``plan.step`` would do with ``batch`` if it came next; nothing is changed.

    Raises `ConfigError` where network and batch are so large that a copy would be a burden.
    """
    images, labels, second = batch
    model = plan.model
    numbers = model.parameter_count * (3 + len(optimizer.slots)) + images.size
    if numbers > MOST_NUMBERS:
        raise ConfigError(
            f"A step that is told expected at most {MOST_NUMBERS:,} numbers, this one has {numbers:,}. Choose a "
            "smaller network or batch."
        )
    found = plan.rehearse(images, labels, rng, second)
    return NextStep(
        step, model.config(), freeze(model.parameters | model.buffers), _frozen(images), _frozen(labels), second,
        class_names, learning_rate, config.label_smoothing, config.optimizer, optimizer.options(), optimizer.steps,
        {name: freeze(arrays) for name, arrays in optimizer.slots.items()}, found.loss, found.gradients, found.dropout,
    )  # fmt: skip


def _frozen(array: np.ndarray) -> np.ndarray:
    copy = array.copy()
    copy.flags.writeable = False
    return copy
