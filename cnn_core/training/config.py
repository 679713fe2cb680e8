"""Everything that decides how a run goes, in one value that cannot change."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from cnn_core.architecture import Architecture
from cnn_core.datasets.augmentation import AUGMENTATIONS
from cnn_core.engine import MOST_THREADS
from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.layers.options import fraction, positive_int
from cnn_core.optimizers import OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.schedules import SCHEDULES

MOST_RATE = 1e38
MOST_EPOCHS = 1_000_000
MOST_BATCH = 1_000_000
MOST_TEXT = 4096
STREAMS = ("weights", "split", "shuffle", "dropout", "augmentation", "mixup")


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Settings of a training run; every value is checked when it is made.

    Attributes
    ----------
    dataset : what `cnn_core.sources.source_of` takes: a name or a path
    architecture : the name of a preset, or a whole network
    optimizer, schedule, augmentation : names from the catalogues
    learning_rate : the schedule's highest rate
    batch_size : images a step
    epochs : passes over the training images
    seed : same seed, same number of threads, same curve
    validation : share of the training images kept aside to judge by
    mixup : share of a batch's images that others are laid over, see `cnn_core.datasets.mixup`
    unmixed_epochs : so many epochs at the end go without mixup
    weight_decay : see `cnn_core.optimizers.AdamW`; no other optimizer has any
    label_smoothing : see `cnn_core.losses.SoftmaxCrossEntropy`
    patience : epochs without a better validation before the run ends early; 0 never ends it
    threads : threads for the batch; 0 takes all cores
    averaging : how slowly the average of the weights forgets, such as 0.999; that average is then judged and kept. 0
        keeps the weights themselves
    start : the model file whose weights the run begins with, or ``bundled``; empty begins with fresh ones
    """

    dataset: str = "mnist"
    architecture: str | Architecture = "digits"
    optimizer: str = "adam"
    learning_rate: float = 2e-3
    schedule: str = "one-cycle"
    batch_size: int = 64
    epochs: int = 3
    seed: int = 0
    augmentation: str = "none"
    validation: float = 1 / 12
    mixup: float = 0.0
    unmixed_epochs: int = 0
    weight_decay: float = 0.01
    label_smoothing: float = 0.0
    patience: int = 0
    threads: int = 0
    averaging: float = 0.0
    start: str = ""

    def __post_init__(self) -> None:
        for value, what, choices in (
            (self.optimizer, "optimizer", OPTIMIZERS),
            (self.schedule, "schedule", SCHEDULES),
            (self.augmentation, "augmentation", AUGMENTATIONS),
        ):
            if not isinstance(value, str) or value not in choices:
                raise ConfigError(f"The {what} expected one of {', '.join(choices)}, received {brief(value)!r}.")
        if not isinstance(self.architecture, Architecture) and (
            not isinstance(self.architecture, str) or self.architecture not in PRESETS
        ):
            raise ConfigError(
                f"The preset expected one of {', '.join(PRESETS)}, received {brief(self.architecture)!r}."
            )
        rate = self.learning_rate
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 < rate < MOST_RATE:
            raise ConfigError(f"The learning rate expected a number above 0, received {brief(rate)}.")
        for text, what in ((self.dataset, "data set"), (self.start, "start")):
            if not isinstance(text, str) or len(text) > MOST_TEXT:
                raise ConfigError(f"The {what} expected a name or path as a text, received {brief(text)!r}.")
        if positive_int(self.batch_size, "The batch size") > MOST_BATCH:
            raise ConfigError(f"The batch size expected at most {MOST_BATCH:,}, received {self.batch_size}.")
        if positive_int(self.epochs, "The number of epochs") > MOST_EPOCHS:
            raise ConfigError(f"The number of epochs expected at most {MOST_EPOCHS}, received {self.epochs}.")
        fraction(self.mixup, "The mixup share")
        fraction(self.weight_decay, "The weight decay")
        fraction(self.label_smoothing, "The label smoothing")
        fraction(self.averaging, "The averaging")
        if fraction(self.validation, "The validation share") == 0:
            raise ConfigError("The validation share expected a number above 0, received 0.")
        for value, what in (
            (self.seed, "seed"),
            (self.unmixed_epochs, "number of unmixed epochs"),
            (self.patience, "patience"),
            (self.threads, "number of threads"),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ConfigError(f"The {what} expected a whole number of at least 0, received {brief(value)}.")
        if self.unmixed_epochs > self.epochs:
            raise ConfigError(
                f"The number of unmixed epochs expected at most {self.epochs}, as many as there are, "
                f"received {self.unmixed_epochs}."
            )
        if self.threads > MOST_THREADS:
            raise ConfigError(f"The number of threads expected at most {MOST_THREADS}, received {self.threads}.")

    def mixup_in(self, epoch: int) -> float:
        """The mixup share of one epoch, counted from 0."""
        return self.mixup if epoch < self.epochs - self.unmixed_epochs else 0.0

    def optimizer_options(self) -> dict[str, Any]:
        """What `cnn_core.optimizers.make_optimizer` takes besides the name."""
        return {"weight_decay": self.weight_decay} if self.optimizer == "adamw" else {}

    def as_dict(self) -> dict[str, Any]:
        """The settings, JSON-ready."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"architecture": _plain(self.architecture)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainingConfig:
        """The twin of `as_dict`; raises `ConfigError` for settings that are unknown."""
        if unknown := values.keys() - {field.name for field in fields(cls)}:
            raise ConfigError(f"Training settings expected known names, received {brief(sorted(unknown))}.")
        made = dict(values)
        if isinstance(made.get("architecture"), dict):
            made["architecture"] = Architecture.from_dict(made["architecture"])
        return cls(**made)

    @property
    def network_name(self) -> str:
        """The preset's name, or that of the whole architecture."""
        return self.architecture.name if isinstance(self.architecture, Architecture) else self.architecture

    def generator(self, stream: str, epoch: int = 0) -> np.random.Generator:
        """Random numbers for one purpose and one epoch, so that a run can be taken up again at any epoch."""
        return np.random.default_rng([self.seed, STREAMS.index(stream), epoch])


def _plain(architecture: str | Architecture) -> Any:
    return architecture.as_dict() if isinstance(architecture, Architecture) else architecture
