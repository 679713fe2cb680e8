"""What a layer can be told: the type, range, default and meaning of each option, for constructors, files and forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn_core.errors import ConfigError
from cnn_core.files import brief

LARGEST = 10**12
"""No size of anything is larger; numbers of a thousand figures cannot even be shown."""
REQUIRED = object()
"""The default of an option that has none."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a layer.

    Attributes
    ----------
    name : the constructor's argument, and the attribute of the layer
    type : ``whole number``, ``size`` (one number or height and width), ``number`` or ``choice``
    help : one sentence for people
    default : what it is where nothing is said; `REQUIRED` where something must be; None: another option's value
    low, high : the range of a number; ``is_open`` says that ``high`` itself is not in it
    choices : of a ``choice``
    """

    name: str
    type: str
    help: str
    default: Any = REQUIRED
    low: float = 1
    high: float = LARGEST
    is_open: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is REQUIRED

    def checked(self, value: Any, layer_kind: str) -> Any:
        """``value`` in its own type, a size as (height, width); raises `ConfigError` that says what was expected."""
        return _CHECKS[self.type](self, value, f"{self.name} of {layer_kind}")


def whole_number(name: str, help: str, default: Any = REQUIRED) -> Option:
    """An option that counts something, from 1."""
    return Option(name, "whole number", help, default)


def size(name: str, help: str, default: Any = REQUIRED) -> Option:
    """An option that is a number of pixels, or such numbers for height and width."""
    return Option(name, "size", help, default)


def number(name: str, help: str, default: Any, low: float, high: float, is_open: bool = False) -> Option:
    """An option that is a number from ``low`` to ``high``."""
    return Option(name, "number", help, default, low, high, is_open)


def choice(name: str, help: str, default: str, choices: tuple[str, ...]) -> Option:
    """An option that is one of some words."""
    return Option(name, "choice", help, default, choices=choices)


def _a_whole_number(_: Option, value: Any, what: str) -> int:
    return positive_int(value, what)


def _a_size(_: Option, value: Any, what: str) -> tuple[int, int]:
    return pair(value, what)


def _a_number(option: Option, value: Any, what: str) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not option.low <= value <= option.high or (option.is_open and value == option.high):
        limit = f"up to, not including, {option.high:g}" if option.is_open else f"to {option.high:g}"
        raise ConfigError(f"{what} expected a number from {option.low:g} {limit}, received {brief(value)}.")
    return float(value)


def _a_choice(option: Option, value: Any, what: str) -> str:
    if not isinstance(value, str) or value not in option.choices:
        wanted = " or ".join(repr(choice) for choice in option.choices)
        raise ConfigError(f"{what} expected {wanted}, received {brief(value)}.")
    return value


_CHECKS: dict[str, Callable[[Option, Any, str], Any]] = {
    "whole number": _a_whole_number,
    "size": _a_size,
    "number": _a_number,
    "choice": _a_choice,
}


def positive_int(value: Any, what: str) -> int:
    """``value`` as an int ≥ 1, or a `ConfigError` that says which setting is wrong."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ConfigError(f"{what} expected a whole number of at least 1, received {brief(value)}.")
    if value > LARGEST:
        raise ConfigError(f"{what} expected at most {LARGEST:,}, received far more.")
    return int(value)


def pair(value: Any, what: str) -> tuple[int, int]:
    """``3`` or ``(3, 5)`` as ``(height, width)``, both at least 1."""
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ConfigError(f"{what} expected one number or (height, width), received {brief(value)}.")
        return positive_int(value[0], what), positive_int(value[1], what)
    side = positive_int(value, what)
    return side, side


def fraction(value: Any, what: str) -> float:
    """``value`` as a float in [0, 1), or a `ConfigError`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value < 1.0:
        raise ConfigError(f"{what} expected a number from 0 up to, not including, 1, received {brief(value)}.")
    return float(value)
