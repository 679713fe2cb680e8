"""Contenders in turn: each works for a moment while the others sleep, in an order that changes from round to round."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence

import numpy as np

from benchmarks.contenders.process import Contender


def say(text: str) -> None:
    """Progress, away from the result."""
    print(text, file=sys.stderr, flush=True)


def spread(ratios: Sequence[float]) -> list[float]:
    """First and third quartile."""
    low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else (ratios[0],) * 3
    return [round(low, 3), round(high, 3)]


def interleaved(contenders: Sequence[Contender], rounds: int, seconds: float) -> np.ndarray:
    """Median duration of a call, in seconds, [contenders, rounds]."""
    medians = np.zeros((len(contenders), rounds))
    for number in range(rounds):
        for place in range(len(contenders)):
            who = (place + number) % len(contenders)
            medians[who, number] = statistics.median(contenders[who].ask("round", seconds))
    return medians
