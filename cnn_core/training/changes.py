"""Settings that are changed while a run goes, with the step from which on they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnn_core.errors import ConfigError
from cnn_core.files import brief

CHANGEABLE = ("learning_rate", "dropout", "augmentation", "batch_size", "weight_decay", "epochs")
"""Settings of a `TrainingConfig` that may change while a run goes. All others stay as the run began."""
KINDS: dict[str, tuple[type, ...]] = {
    "learning_rate": (int, float), "weight_decay": (int, float), "augmentation": (str,), "batch_size": (int,),
    "epochs": (int,),
}  # fmt: skip
WORDS = {"learning_rate": "a number", "weight_decay": "a number", "augmentation": "a name",
         "batch_size": "a whole number", "epochs": "a whole number"}  # fmt: skip
MOST_FIGURES = 15
MOST_CHANGES = 10_000
MOST_STEPS = 10**12


@dataclass(frozen=True, slots=True)
class Change:
    """New values of settings, by name, for all steps after the first ``step`` ones."""

    step: int
    values: tuple[tuple[str, Any], ...]

    def __post_init__(self) -> None:
        if type(self.step) is not int or not 0 <= self.step <= MOST_STEPS:
            raise ConfigError(f"A change expected a step of at least 0, received {brief(self.step)}.")
        if not self.values:
            raise ConfigError("A change expected at least one setting, received none.")
        for name, _ in self.values:
            if name not in CHANGEABLE:
                raise ConfigError(
                    f"While a run goes, {', '.join(CHANGEABLE)} can change, received {brief(name, 40)!r}."
                )
        for name, value in self.values:
            if name != "dropout" and (isinstance(value, bool) or not isinstance(value, KINDS[name])):
                raise ConfigError(f"{name} expected {WORDS[name]}, received {brief(value, 40)}.")

    @classmethod
    def of(cls, step: int, /, **values: Any) -> Change:
        """Values by name, as `cnn_core.training.TrainingConfig` has them; dropout rates as a dictionary too."""
        return cls(step, tuple((name, frozen_rates(v) if name == "dropout" else v) for name, v in values.items()))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` is its twin."""
        return {"step": self.step} | {n: dict(v) if n == "dropout" else v for n, v in self.values}

    @classmethod
    def from_dict(cls, values: Any) -> Change:
        """Raises `ConfigError`."""
        if not isinstance(values, Mapping) or "step" not in values:
            raise ConfigError(f"A change expected a step and settings, received {brief(values, 60)}.")
        return cls.of(values["step"], **{str(name): value for name, value in values.items() if name != "step"})

    def as_text(self) -> str:
        """As `from_text` reads it: ``400: learning_rate=0.001 dropout.dropout_1=0.3``."""
        parts = []
        for name, value in self.values:
            pairs = [(f"dropout.{layer}", rate) for layer, rate in value] if name == "dropout" else [(name, value)]
            parts += [f"{key}={one}" for key, one in pairs]
        return f"{self.step}: {' '.join(parts)}"

    @classmethod
    def from_text(cls, text: str) -> Change:
        """Raises `ConfigError`."""
        step, colon, settings = text.partition(":")
        step = step.strip()
        if not colon or not step.isdecimal() or len(step) > MOST_FIGURES:
            raise ConfigError(f'A change expected "400: learning_rate=0.001", received {brief(text, 60)!r}.')
        return cls.of(int(step), **settings_from_text(settings.split()))


def settings_from_text(words: Sequence[str]) -> dict[str, Any]:
    """Settings of ``name=value`` each, dropout rates as ``dropout.LAYER=rate``; raises `ConfigError`."""
    settings: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise ConfigError(f'A setting expected "learning_rate=0.001", received {brief(word, 60)!r}.')
        if name.startswith("dropout."):
            settings.setdefault("dropout", {})[name.removeprefix("dropout.")] = _number(name, value)
        else:
            settings[name] = value if name == "augmentation" else _number(name, value)
    return settings


def _number(name: str, text: str) -> int | float:
    try:
        return int(text) if text.lstrip("-").isdecimal() and len(text) <= MOST_FIGURES else float(text)
    except (ValueError, OverflowError):
        raise ConfigError(f"{brief(name, 40)} expected a number, received {brief(text, 40)!r}.") from None


def frozen_rates(rates: Any) -> tuple[tuple[str, float], ...]:
    """Dropout rates by layer name, from a dictionary or pairs; raises `ConfigError`."""
    pairs = list(rates.items()) if isinstance(rates, Mapping) else rates
    try:
        made = {str(name): float(rate) for name, rate in pairs}
    except (TypeError, ValueError, OverflowError) as error:
        raise ConfigError(
            f"Dropout expected a rate for each layer by its name, received {brief(rates, 60)}."
        ) from error
    for name, rate in made.items():
        if not 0 <= rate < 1:
            raise ConfigError(
                f"The dropout rate of {brief(name, 40)} expected a number from 0 up to, not including, 1, received "
                f"{rate:g}."
            )
    return tuple(sorted(made.items()))
