"""A run in a line of a table: what thousands of them are sorted, searched and compared by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from cnn_core.architecture import Architecture
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief, printable
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS
from cnn_core.runs.record import MOST_CURVE, REASONS, RunRecord
from cnn_core.runs.store import StoredRun

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class RunSummary:
    """What a table of runs shows.

    Attributes
    ----------
    name : of the run's folder
    title : what a person calls it; else its name without the time
    settings : as it began, by name; a whole architecture by its name alone
    changes : how many there were on its way
    changed : what they left, of the settings that they changed, by name
    reason : how it ended, or ``running``
    validation, test : shares; None where they are not known
    seconds : at work
    curve : the loss, in a few points
    can_resume, has_model : whether there is a checkpoint, and a model
    sweep : the sweep that it belongs to; empty for none
    """

    name: str
    title: str
    notes: str = ""
    started_at: float = 0.0
    data: str = ""
    network: str = ""
    parameters: int = 0
    settings: Settings = field(default_factory=dict)
    changes: int = 0
    changed: Settings = field(default_factory=dict)
    reason: str = ""
    validation: float | None = None
    validation_images: int = 0
    test: float | None = None
    test_images: int = 0
    images_per_second: float = 0.0
    seconds: float = 0.0
    epochs: int = 0
    steps: int = 0
    curve: tuple[float, ...] = ()
    can_resume: bool = False
    has_model: bool = False
    sweep: str = ""

    @classmethod
    def of(cls, run: StoredRun) -> RunSummary:
        """Of a run as it lies on the disk."""
        record = run.record
        notes = run.notes()
        best = record.best
        return cls(
            run.name,
            notes.title or STAMPED.sub("", run.name),
            notes.notes,
            record.started_at,
            record.title or record.dataset or record.config.dataset,
            record.network or record.config.network_name,
            record.parameters,
            settings_of(record),
            len(record.config.changes),
            {n: v for change in record.config.changes for n, v in change.values if n != "dropout"},
            run.reason,
            best.validation_accuracy if best else None,
            record.validation_images,
            record.test_accuracy,
            record.test_images,
            record.images_per_second,
            record.seconds or sum(epoch.seconds for epoch in record.epochs),
            record.epochs_completed,
            record.steps,
            record.curve,
            run.checkpoint is not None,
            run.model is not None,
            notes.sweep,
        )

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` is its twin."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return values | {"settings": dict(self.settings), "changed": dict(self.changed), "curve": list(self.curve)}

    @classmethod
    def from_dict(cls, values: Any) -> RunSummary:
        """Of a file, of which nothing is believed unchecked; raises `ConfigError`."""
        try:
            made: dict[str, Any] = dict(values)
            checked: dict[str, Any] = {name: printable(str(made[name])) for name in TEXTS}
            checked |= {name: float(made[name]) for name in NUMBERS}
            checked |= {name: int(made[name]) for name in COUNTS}
            checked |= {name: None if made[name] is None else float(made[name]) for name in ("validation", "test")}
            checked |= {name: bool(made[name]) for name in ("can_resume", "has_model")}
            checked["notes"] = str(made["notes"])
            checked["curve"] = tuple(float(one) for one in made["curve"][:MOST_CURVE])
            checked |= {name: made[name] for name in ("settings", "changed")}
            if checked["reason"] not in REASONS or not all(isinstance(made[n], dict) for n in ("settings", "changed")):
                raise ConfigError("A run's summary expected a reason and settings of its own, received others.")
            return cls(**checked)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ConfigError(
                f"A run's summary expected its own fields, received others ({brief(error, 80)})."
            ) from error


SEPARATOR = "; "
STAMPED = re.compile(r"^\d{8}-\d{6}-")
"""When a run was begun, which the table says beside its name."""
TEXTS = ("name", "title", "data", "network", "reason", "sweep")
NUMBERS = ("started_at", "images_per_second", "seconds")
COUNTS = ("parameters", "changes", "validation_images", "test_images", "epochs", "steps")


def settings_of(record: RunRecord) -> dict[str, Any]:
    """The settings that a run began with, by name, ready to be shown and compared."""
    config = record.config.as_begun
    values = config.as_dict()
    values.pop("changes")
    values["edits"] = len(config.edits or ())
    values["start"] = Path(config.start).name if config.start else ""
    network = {"architecture": config.network_name, "layers": _layers_of(config.architecture)}
    return values | network | {"dataset": record.title or config.dataset}


def _layers_of(architecture: str | Architecture) -> str:
    """Every layer with its options, as a text that is the same for the same layers: ``conv_1 filters=8; relu_1``."""
    try:
        layers = (
            architecture.build_layers(10)
            if isinstance(architecture, Architecture)
            else PRESETS[architecture].layers(10)
        )
        named = Sequential(layers).layers
    except CnnError:
        return ""
    parts = []
    for layer in named:
        options = layer.options()
        words = [f"{n}={'×'.join(map(str, v)) if isinstance(v, list) else v}" for n, v in options.items()]
        parts.append(" ".join([layer.name, *words]))
    return SEPARATOR.join(parts)


def differences(runs: Sequence[Settings]) -> dict[str, tuple[Any, ...]]:
    """Settings that are not the same in all of them: the value of each, in their order."""
    names = [name for name in (runs[0] if runs else ()) if any(run.get(name) != runs[0].get(name) for run in runs)]
    found = {name: tuple(run.get(name) for run in runs) for name in names}
    if "layers" in found:  # of all layers those that are not in every network
        layers = [str(value).split(SEPARATOR) for value in found["layers"]]
        everywhere = set(layers[0]).intersection(*layers[1:])
        own = tuple(", ".join(layer for layer in of_run if layer not in everywhere) for of_run in layers)
        found["layers"] = tuple(words or "–" for words in own)
    return found
