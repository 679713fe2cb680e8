"""What is remembered from one start to the next: a flat JSON file, of which nothing is believed unchecked.

Qt's own settings are not used: they run code that stands in the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from cnn_core.datasets import AUGMENTATIONS
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief, read_file, reason, write_atomically
from cnn_core.optimizers import OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.schedules import SCHEDULES
from cnn_core.sources import SOURCES
from cnn_core.training import TrainingConfig
from cnn_core.training.config import HIGHEST_SEED

MOST_BYTES = 1 << 20
MOST_NETWORK = 50_000
MOST_TEXT = 4096
MOST_PATHS = 8
MOST_PX, LARGEST_SCREEN_PX = 20_000, 7680
LOWEST_RATE, HIGHEST_RATE = 1e-7, 10.0
MOST_BATCH, MOST_EPOCHS, MOST_EVERY = 4096, 1000, 100_000
BROKEN_SUFFIX = ".broken"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is remembered: its value where nothing is, what it may be, and that in words."""

    default: Any
    may_be: Callable[[Any], bool]
    words: str


def _choice(options: Mapping[str, Any] | tuple[str, ...], default: str) -> Setting:
    return Setting(default, lambda value: isinstance(value, str) and value in options, f"one of {', '.join(options)}")


def _number(low: float, high: float, default: float) -> Setting:
    return Setting(default, lambda value: _is_number(value) and low <= value <= high, f"a number, {low:g} to {high:g}")


def _whole(low: int, high: int, default: int) -> Setting:
    return Setting(default, lambda value: type(value) is int and low <= value <= high, f"a whole number from {low}")


def _text(most: int = MOST_TEXT) -> Setting:
    return Setting("", lambda value: isinstance(value, str) and len(value) <= most and "\0" not in value, "a text")


def _texts(most: int) -> Setting:
    """A few texts."""
    one = _text()
    return Setting(
        [],
        lambda value: isinstance(value, list) and len(value) <= most and all(one.may_be(text) for text in value),
        f"at most {most} texts",
    )


def _data(default: str) -> Setting:
    """The name of a data set, or an absolute path."""

    def may_be(value: Any) -> bool:
        return _text().may_be(value) and (value in SOURCES or Path(value).is_absolute())

    return Setting(default, may_be, "the name of a data set, or a path")


def _pixels(count: int, most: int = MOST_PX) -> Setting:
    """A few lengths; none where nothing is remembered."""

    def may_be(value: Any) -> bool:
        whole = isinstance(value, list) and all(type(v) is int and abs(v) <= most for v in value)
        return whole and len(value) in (0, count)

    return Setting([], may_be, f"{count} whole numbers")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_START = TrainingConfig()
SETTINGS: dict[str, Setting] = {
    "theme": _choice(("dark", "light", "projector"), "dark"),
    "lessons_done": _texts(1000),
    "film_every": _whole(0, MOST_EVERY, 0),
    "tour_seen": Setting(False, lambda value: isinstance(value, bool), "true or false"),
    "language": Setting("", lambda value: isinstance(value, str) and len(value) <= 10, "a language such as de"),
    "brush": _number(0.01, 0.3, 0.06),
    "data_dir": _text(),
    "folder": _text(),
    "training_dataset": _data(_START.dataset),
    "data_paths": _texts(MOST_PATHS),
    "training_preset": _choice(PRESETS, _START.network_name),
    "training_optimizer": _choice(OPTIMIZERS, _START.optimizer),
    "training_augmentation": _choice(AUGMENTATIONS, _START.augmentation),
    "training_rate": _number(LOWEST_RATE, HIGHEST_RATE, _START.learning_rate),
    "training_batch": _whole(1, MOST_BATCH, _START.batch_size),
    "training_epochs": _whole(1, MOST_EPOCHS, _START.epochs),
    "training_schedule": _choice(SCHEDULES, _START.schedule),
    "training_warmup_epochs": _number(0, MOST_EPOCHS, _START.warmup_epochs),
    "training_momentum": _number(0, 0.9999, _START.momentum),
    "training_beta1": _number(0, 0.9999, _START.beta1),
    "training_beta2": _number(0, 0.9999, _START.beta2),
    "training_rms_decay": _number(0, 0.9999, _START.rms_decay),
    "training_weight_decay": _number(0, 0.9999, _START.weight_decay),
    "training_patience": _whole(0, MOST_EPOCHS, _START.patience),
    "training_seed": _whole(0, HIGHEST_SEED, _START.seed),
    "window": _pixels(4, LARGEST_SCREEN_PX),
    "window_maximized": Setting(False, lambda value: isinstance(value, bool), "true or false"),
    "window_upper": _pixels(2),
    "window_lower": _pixels(3),
    "window_inside": _pixels(2),
    "dock_unfolded": Setting(None, lambda value: value is None or isinstance(value, bool), "true, false or null"),
    "dock_px": _whole(0, MOST_PX, 0),
    "runs_dir": _text(),
    "drawings": _text(),
    "edits": _text(),
    "network": _text(MOST_NETWORK),
}
"""All that is remembered. ``window``: left, top, width, height; the others are the parts of a splitter."""


class Settings:
    """The user's settings, in the file ``path`` or in the place that the platform has for them.

    `problem` is one sentence about a file that could not be used, or of which a part could not; empty where all is
    well.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path else default_path()
        self.problem = ""
        self._values: dict[str, Any] = {}
        try:
            self._values, self.problem = read_settings(self.path)
        except CnnError as error:
            self.problem = f"{error} {self._set_aside()}"

    def get(self, key: str) -> Any:
        """The value of a setting, of the kind that `SETTINGS` says."""
        return self._values.get(key, SETTINGS[key].default)

    def put(self, **values: Any) -> None:
        """Remember ``values``, and write them to the disk; where that cannot be, `problem` says so."""
        for key, value in values.items():
            if not SETTINGS[key].may_be(value):
                raise ConfigError(f"The setting {key} expected {SETTINGS[key].words}, received {brief(value)}.")
        if all(key in self._values and self._values[key] == value for key, value in values.items()):
            return
        self._values |= values
        try:
            write_atomically(self.path, json.dumps(self._values, indent=1).encode())
        except CnnError as error:
            self.problem = f"The settings cannot be kept. {error}"

    def _set_aside(self) -> str:
        """Move a broken file out of the way, so that the next one does not replace it."""
        aside = self.path.with_name(self.path.name + BROKEN_SUFFIX)
        try:
            self.path.replace(aside)
        except (OSError, ValueError) as error:
            return f"It stays there: {reason(error)}."
        return f"It was set aside as {brief(aside.name)}."


def read_settings(path: Path) -> tuple[dict[str, Any], str]:
    """The settings in a file, and what of it cannot be used, in a sentence; none where there is no file.

    Raises `ConfigError` for a file that holds no settings at all.
    """
    try:
        if not path.exists() and not path.is_symlink():
            return {}, ""
    except OSError as error:  # a name that is too long
        raise ConfigError(f"Expected a settings file, found: {reason(error)}.") from error
    text = read_file(path, MOST_BYTES, "settings file", ConfigError)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ConfigError(f"{brief(path.name)} expected settings as JSON, found something else.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{brief(path.name)} expected settings as a JSON object, found something else.")
    wrong = [key for key, value in values.items() if key in SETTINGS and not SETTINGS[key].may_be(value)]
    problem = ""
    if wrong:
        first = wrong[0]
        words, others = brief(SETTINGS[first].words, 90), f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        problem = (
            f"The setting {first} expected {words}, found {brief(values[first], 30)}{others}. What is usual is taken "
            "instead."
        )
    return {key: value for key, value in values.items() if key in SETTINGS and key not in wrong}, problem


def default_path() -> Path:
    """Where the platform keeps a user's settings."""
    return Path(platformdirs.user_config_path("cnn-gui", appauthor=False)) / "settings.json"
