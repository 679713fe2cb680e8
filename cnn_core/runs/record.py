"""A run as a value: with what it was made, how it went, and what came of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from cnn_core.datasets.labels import MOST_CLASSES
from cnn_core.engine import default_threads
from cnn_core.errors import ConfigError
from cnn_core.files import brief, printable
from cnn_core.sources import SOURCES
from cnn_core.training.config import OPTIMIZER_OPTIONS, TrainingConfig
from cnn_core.training.history import MOST, EpochMetrics

SHOWN = ("epochs", "batch_size", "optimizer", "learning_rate", "schedule", "warmup_epochs", "augmentation", "mixup",
         "unmixed_epochs",
         "label_smoothing", "averaging", "patience", "seed", "threads")  # fmt: skip
"""Settings that `command_for` names, after data set and network."""
MOST_HISTORY, MOST_CURVE, MOST_TEXT = 1000, 64, 4096
LATEST = 3e10
"""Seconds since 1970: the last date that every system can name is in the year 2920."""
RUNNING, FINISHED, EARLY, STOPPED, INTERRUPTED, DIVERGED, FAILED = (
    "running", "finished", "early", "stopped", "interrupted", "diverged", "failed",
)  # fmt: skip
REASONS = (RUNNING, FINISHED, EARLY, STOPPED, INTERRUPTED, DIVERGED, FAILED)
"""How a run ended: all its epochs, no progress for a while, by its owner, by the end of the program, with a loss that
was no number, or with another error. ``running``: it has not, or nobody could write down how."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    Attributes
    ----------
    config : all its settings
    reason : one of `REASONS`
    started_at : seconds since 1970; ``seconds`` is the time at work, without pauses
    dataset, title, place, licence, note : what its data are and where they were
    class_names : as the network's outputs
    network, parameters, input_shape : the network
    train_images, validation_images, test_images : how many
    epochs : those that are complete; of a long run from a file only some, evenly spread
    steps : batches
    test_accuracy, test_loss, calibration_error : on the test images; None where they were not read to the end
    learnt_nothing : whether it reads them no better than a guess
    problem : why it ended with an error
    class_counts : training images of each class
    has_dropout : whether the network is another one while it learns
    curve : the smoothed training loss, thinned, for a small picture
    """

    config: TrainingConfig
    reason: str = RUNNING
    started_at: float = 0.0
    seconds: float = 0.0
    dataset: str = ""
    title: str = ""
    place: str = ""
    licence: str = ""
    note: str = ""
    class_names: tuple[str, ...] = ()
    network: str = ""
    parameters: int = 0
    input_shape: tuple[int, ...] = ()
    train_images: int = 0
    validation_images: int = 0
    test_images: int = 0
    epochs: tuple[EpochMetrics, ...] = ()
    steps: int = 0
    images_per_second: float = 0.0
    test_accuracy: float | None = None
    test_loss: float | None = None
    calibration_error: float | None = None
    learnt_nothing: bool = False
    problem: str = ""
    class_counts: tuple[int, ...] = ()
    has_dropout: bool = False
    curve: tuple[float, ...] = ()

    @property
    def epochs_completed(self) -> int:
        """How many epochs are complete."""
        return self.epochs[-1].epoch if self.epochs else 0

    @property
    def best(self) -> EpochMetrics | None:
        """The epoch whose weights were kept; None when none was completed."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.best), None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` is its twin."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {
            "config": self.config.as_dict(),
            "class_names": list(self.class_names),
            "input_shape": list(self.input_shape),
            "epochs": [epoch.as_dict() for epoch in _thinned(self.epochs)],
            "class_counts": list(self.class_counts),
            "curve": list(self.curve),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunRecord:
        """Checked value by value, as the file may be anybody's; raises `ConfigError`."""
        if not isinstance(values, Mapping):
            raise ConfigError("A run's record expected an object, received something else.")
        try:
            made: dict[str, Any] = {
                "config": TrainingConfig.from_dict(dict(values["config"])),
                "class_names": tuple(printable(str(name)) for name in _listed(values["class_names"], MOST_CLASSES)),
                "input_shape": tuple(_checked("side", "int", side) for side in _listed(values["input_shape"], 3)),
                "class_counts": tuple(
                    _checked("count", "int", n) for n in _listed(values.get("class_counts", []), MOST_CLASSES)
                ),
                "curve": tuple(_checked("loss", "float", y) for y in _listed(values.get("curve", []), MOST_CURVE)),
                "epochs": tuple(EpochMetrics.from_row([float(x) for x in e.values()]) for e in values["epochs"]),
            }
            for field in fields(cls):
                if field.name not in made and field.name in values:
                    made[field.name] = _checked(field.name, str(field.type), values[field.name])
            if not 0 <= (made.get("test_accuracy") or 0) <= 1:
                raise ConfigError("A run's test accuracy expected a share from 0 to 1, received another number.")
            return cls(**made)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ConfigError(
                f"A run's record expected its own fields, received others ({brief(error, 80)})."
            ) from error

    def description(self) -> dict[str, Any]:
        """JSON-ready words and figures for people: what a model file's ``training`` holds."""
        best = self.best
        return {
            "dataset": self.dataset,
            "source": self.title,
            "place": self.place,
            "licence": self.licence,
            "class_names": list(self.class_names),
            "command": command_for(self.config, self.dataset if self.dataset in SOURCES else self.config.dataset),
            "settings": self.config.as_dict(),
            "reason": self.reason,
            "epochs_completed": self.epochs_completed,
            "validation_accuracy": best.validation_accuracy if best else None,
            "test_accuracy": self.test_accuracy,
            "test_images": self.test_images if self.test_accuracy is not None else 0,
            "test_calibration_error": self.calibration_error,
            "images_per_second": round(self.images_per_second, 1),
            "history": [epoch.as_dict() for epoch in _thinned(self.epochs)],
        }


def _listed(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"expected a list of at most {most}")
    return value


def _checked(name: str, kind: str, value: Any) -> Any:
    """A field of a record from a file, of the type that it must have."""
    if value is None and kind.endswith("None"):
        return None
    base = kind.removesuffix(" | None")
    if base == "str" and isinstance(value, str) and (name != "reason" or value in REASONS):
        return brief(printable(value), MOST_TEXT)
    if base == "bool" and isinstance(value, bool):
        return value
    most = LATEST if name == "started_at" else MOST
    least = 0 if base == "int" else -most
    if isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value < most:
        if base == "float":
            return float(value)
        if base == "int" and isinstance(value, int):
            return value
    raise ConfigError(f"A run's {name} expected another value, received {brief(value, 40)}.")


def _thinned(epochs: Sequence[EpochMetrics]) -> list[EpochMetrics]:
    """So many epochs that a file can hold them: evenly spread ones, the last and the best of a long run."""
    if len(epochs) <= MOST_HISTORY:
        return list(epochs)
    every = -(-len(epochs) // MOST_HISTORY)
    best = max((number for number, epoch in enumerate(epochs) if epoch.best), default=0)
    return [epoch for number, epoch in enumerate(epochs) if number % every == 0 or number in (best, len(epochs) - 1)]


def command_for(config: TrainingConfig, dataset: str) -> str:
    """The command that repeats a run on ``dataset``, which need not be the one that was asked for."""
    values = config.as_dict() | {"threads": config.threads or default_threads()}  # dropout masks depend on it
    usual = TrainingConfig()
    options = [name for name in OPTIMIZER_OPTIONS[config.optimizer] if getattr(config, name) != getattr(usual, name)]
    names = [*SHOWN, *options]
    if config.start:
        names.append("start")
    options = " ".join(f"--{name.replace('_', '-')} {shlex.quote(str(values[name]))}" for name in names)
    options += "".join(f" --dropout {shlex.quote(f'{layer}={rate}')}" for layer, rate in config.dropout)
    options += "".join(f" --change {shlex.quote(change.as_text())}" for change in config.changes)
    name = shlex.quote(config.network_name)
    network = f"--preset {name}" if isinstance(config.architecture, str) else f"--architecture {name}.toml"
    return f"cnn-core train --dataset {shlex.quote(dataset)} {network} {options}"


def trained_on(training: Mapping[str, Any]) -> str:
    """What `cnn_core.sources.source_of` takes for the data that a model learnt from, by a model file's ``training``;
    empty where nobody knows."""
    settings = training.get("settings")
    name = settings.get("dataset") if isinstance(settings, dict) else training.get("dataset")
    return name if isinstance(name, str) else ""
