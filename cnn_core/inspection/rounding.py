"""Numbers that add up as they are printed: rounded one by one, a sum's terms often miss it by the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

LARGEST = 1e12
"""Scaled numbers beyond this are rounded one by one: their last digits mean nothing."""


def adding_up(terms: Sequence[float], total: float, digits: int) -> list[float]:
    """The ``terms`` to so many ``digits`` after the point, so that they make up the rounded ``total`` to the last one.

    Those that lose most by being rounded down are rounded up (the method of largest remainders), and what ``total``
    differs by beyond that goes to the largest term.
    """
    scale = 10**digits
    scaled = [term * scale for term in terms]
    if not scaled or not max(map(abs, [*scaled, total * scale])) < LARGEST:
        return [round(term, digits) for term in terms]
    floors = [floor(term) for term in scaled]
    missing = round(total * scale) - sum(floors)
    by_loss = sorted(range(len(scaled)), key=lambda i: floors[i] - scaled[i])
    for i in by_loss[: max(0, min(missing, len(scaled)))]:
        floors[i] += 1
    largest = max(range(len(scaled)), key=lambda i: abs(scaled[i]))
    floors[largest] += missing - max(0, min(missing, len(scaled)))
    return [number / scale for number in floors]
