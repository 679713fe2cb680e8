"""Everything that decides how a run goes, in one value that cannot change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from cnn_core.architecture import Architecture
from cnn_core.datasets.augmentation import AUGMENTATIONS
from cnn_core.datasets.edits import DataEdits
from cnn_core.engine import MOST_THREADS
from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.layers.options import fraction, positive_int
from cnn_core.optimizers import OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.schedules import SCHEDULES
from cnn_core.training.changes import MOST_CHANGES, Change, frozen_rates

MOST_RATE = 1e38
MOST_EPOCHS = 1_000_000
MOST_BATCH = 1_000_000
MOST_TEXT = 4096
HIGHEST_SEED = 2**31 - 1
ADAM_OPTIONS = {"beta1": "beta1", "beta2": "beta2"}
OPTIMIZER_OPTIONS: dict[str, dict[str, str]] = {
    "sgd": {},
    "momentum": {"momentum": "momentum"},
    "nesterov": {"momentum": "momentum"},
    "rmsprop": {"rms_decay": "decay"},
    "adam": ADAM_OPTIONS,
    "adamw": ADAM_OPTIONS | {"weight_decay": "weight_decay"},
}
"""Which settings an optimizer obeys, and what it calls them itself."""
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
    warmup_epochs : the rate rises evenly from nothing for so long, before the schedule begins
    momentum, beta1, beta2, rms_decay, weight_decay : the optimizer's own options, see `optimizer_options`
    label_smoothing : see `cnn_core.losses.SoftmaxCrossEntropy`
    patience : epochs without a better validation before the run ends early; 0 never ends it
    threads : threads for the batch; 0 takes all cores
    averaging : how slowly the average of the weights forgets, such as 0.999; that average is then judged and kept. 0
        keeps the weights themselves
    start : the model file whose weights the run begins with, or ``bundled``; empty begins with fresh ones
    dropout : rates by layer name that take the place of the network's own; a dictionary does too
    edits : changes to the training images, see `cnn_core.datasets.edits`; None: those that are kept when the run begins
    changes : what changes while the run goes, in the order of the steps
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
    warmup_epochs: float = 0.0
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    rms_decay: float = 0.9
    weight_decay: float = 0.01
    label_smoothing: float = 0.0
    patience: int = 0
    threads: int = 0
    averaging: float = 0.0
    start: str = ""
    dropout: tuple[tuple[str, float], ...] = ()
    changes: tuple[Change, ...] = ()
    edits: DataEdits | None = None

    def __post_init__(self) -> None:
        self._expect_known_names()
        self._expect_sound_numbers()
        self._expect_sound_counts()
        if self.edits is not None and not isinstance(self.edits, DataEdits):
            raise ConfigError(f"Changes to the data expected DataEdits or nothing, received {brief(self.edits)}.")
        object.__setattr__(self, "dropout", frozen_rates(self.dropout))
        object.__setattr__(self, "changes", _frozen_changes(self.changes))
        self._expect_sound_changes()

    def _expect_known_names(self) -> None:
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
        for text, what in ((self.dataset, "data set"), (self.start, "start")):
            if not isinstance(text, str) or len(text) > MOST_TEXT:
                raise ConfigError(f"The {what} expected a name or path as a text, received {brief(text)!r}.")

    def _expect_sound_numbers(self) -> None:
        if not _is_number(self.learning_rate) or not 0 < self.learning_rate < MOST_RATE:
            raise ConfigError(f"The learning rate expected a number above 0, received {brief(self.learning_rate)}.")
        if not _is_number(self.warmup_epochs) or not 0 <= self.warmup_epochs < MOST_EPOCHS:
            raise ConfigError(
                f"The warm-up expected a number of epochs of at least 0, received {brief(self.warmup_epochs)}."
            )
        for value, what in (
            (self.mixup, "mixup share"),
            (self.momentum, "momentum"),
            (self.beta1, "beta1"),
            (self.beta2, "beta2"),
            (self.rms_decay, "decay of RMSProp"),
            (self.weight_decay, "weight decay"),
            (self.label_smoothing, "label smoothing"),
            (self.averaging, "averaging"),
        ):
            fraction(value, f"The {what}")
        if fraction(self.validation, "The validation share") == 0:
            raise ConfigError("The validation share expected a number above 0, received 0.")
        if self.optimizer == "nesterov" and not self.momentum:
            raise ConfigError("Nesterov expected a momentum above 0, received 0. Choose sgd to go without.")

    def _expect_sound_counts(self) -> None:
        if positive_int(self.batch_size, "The batch size") > MOST_BATCH:
            raise ConfigError(f"The batch size expected at most {MOST_BATCH:,}, received {self.batch_size}.")
        if positive_int(self.epochs, "The number of epochs") > MOST_EPOCHS:
            raise ConfigError(f"The number of epochs expected at most {MOST_EPOCHS}, received {self.epochs}.")
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
        if self.seed > HIGHEST_SEED:
            raise ConfigError(f"The seed expected at most {HIGHEST_SEED:,}, received a larger number.")
        if self.threads > MOST_THREADS:
            raise ConfigError(f"The number of threads expected at most {MOST_THREADS}, received {self.threads}.")

    def _expect_sound_changes(self) -> None:
        if any(a.step > b.step for a, b in pairwise(self.changes)):
            raise ConfigError("The changes of a run expected the order of their steps, received another one.")
        now = replace(self, changes=()) if self.changes else self
        for change in self.changes:
            now = now.with_values(change)

    def with_values(self, change: Change) -> TrainingConfig:
        """The settings with a change's values; dropout rates that it does not name stay."""
        values = dict(change.values)
        if "dropout" in values:
            values["dropout"] = frozen_rates(dict(self.dropout) | dict(values["dropout"]))
        if "epochs" in values:  # mixup cannot stay away for longer than the run
            values["unmixed_epochs"] = min(self.unmixed_epochs, positive_int(values["epochs"], "The number of epochs"))
        return replace(self, **values)

    def at(self, step: int) -> TrainingConfig:
        """The settings as they are after ``step`` steps, without what is still to change."""
        now = replace(self, changes=())
        for change in self.changes:
            now = now.with_values(change) if change.step <= step else now
        return now

    def batch_sizes(self) -> Callable[[int], int]:
        """The batch size of a step, for steps in their order: quick, also with thousands of changes."""
        sizes = [(0, self.batch_size), *((c.step, v) for c in self.changes for n, v in c.values if n == "batch_size")]
        place = 0

        def of_step(step: int) -> int:
            nonlocal place
            while place + 1 < len(sizes) and sizes[place + 1][0] < step:
                place += 1
            return int(sizes[place][1])

        return of_step

    def changed(self, change: Change) -> TrainingConfig:
        """With one change more, which takes the place of those that were due later; raises `ConfigError`."""
        return replace(self, changes=(*(c for c in self.changes if c.step <= change.step), change))

    @property
    def as_begun(self) -> TrainingConfig:
        """The settings without the changes."""
        return replace(self, changes=())

    def mixup_in(self, epoch: int) -> float:
        """The mixup share of one epoch, counted from 0."""
        return self.mixup if epoch < self.epochs - self.unmixed_epochs else 0.0

    def optimizer_options(self) -> dict[str, Any]:
        """What `cnn_core.optimizers.make_optimizer` takes besides the name."""
        return {option: getattr(self, name) for name, option in OPTIMIZER_OPTIONS[self.optimizer].items()}

    def as_dict(self) -> dict[str, Any]:
        """The settings, JSON-ready."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {"architecture": _plain(self.architecture), "dropout": dict(self.dropout)}
        plain["edits"] = self.edits.as_dict() if self.edits is not None else None
        return values | plain | {"changes": [change.as_dict() for change in self.changes]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TrainingConfig:
        """The twin of `as_dict`; raises `ConfigError` for settings that are unknown."""
        if unknown := values.keys() - {field.name for field in fields(cls)}:
            raise ConfigError(f"Training settings expected known names, received {brief(sorted(unknown))}.")
        made = dict(values)
        if isinstance(made.get("architecture"), dict):
            made["architecture"] = Architecture.from_dict(made["architecture"])
        if isinstance(made.get("edits"), dict):
            made["edits"] = DataEdits.from_dict(made["edits"])
        return cls(**made)

    @property
    def network_name(self) -> str:
        """The preset's name, or that of the whole architecture."""
        return self.architecture.name if isinstance(self.architecture, Architecture) else self.architecture

    def generator(self, stream: str, epoch: int = 0, image: int = 0) -> np.random.Generator:
        """Random numbers for one purpose and one epoch, so that a run can be taken up again at any epoch; others from
        ``image`` on, where a change of settings begins the epoch's rest anew."""
        return np.random.default_rng([self.seed, STREAMS.index(stream), epoch, *([image] if image else [])])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _frozen_changes(changes: Any) -> tuple[Change, ...]:
    """Changes as they are, or as a file has them."""
    if not isinstance(changes, (list, tuple)) or len(changes) > MOST_CHANGES:
        raise ConfigError(f"The changes of a run expected a list of at most {MOST_CHANGES:,}, received something else.")
    return tuple(change if isinstance(change, Change) else Change.from_dict(change) for change in changes)


def _plain(architecture: str | Architecture) -> Any:
    return architecture.as_dict() if isinstance(architecture, Architecture) else architecture
