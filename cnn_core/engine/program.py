"""A program: NumPy calls whose operands are fixed, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any


class Program:
    """What a plan compiles to. Each entry is one NumPy call on arrays and views made beforehand.

    Running it is a loop over ready calls, so between two calls the interpreter's lock is held for a fraction of a
    microsecond only. That matters: a thread that finds the lock taken goes to sleep, and waking it costs more than
    many of the calls themselves.
    """

    def __init__(self) -> None:
        self._calls: list[partial[object]] = []
        self._labels: list[str] = []
        self._label = ""

    def section(self, label: str) -> None:
        """What the calls that follow belong to, for `entries`: ``conv_1 forward``."""
        self._label = label

    def call(self, function: Callable[..., object], *operands: Any, **options: Any) -> None:
        """Append ``function(*operands, **options)``; of a ufunc the last operand is where the result goes."""
        self._calls.append(partial(function, *operands, **options))
        self._labels.append(self._label)

    def run(self) -> None:
        """All calls, in order."""
        for call in self._calls:
            call()

    def entries(self) -> Iterator[tuple[str, partial[object]]]:
        """(section, call) of every entry, to count or to time them."""
        return zip(self._labels, self._calls, strict=True)

    def __len__(self) -> int:
        return len(self._calls)
