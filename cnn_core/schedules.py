"""The learning rate as a function of the step. Steps count from 0; half a step is the middle between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sqrt

from cnn_core.errors import ConfigError

Schedule = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Constant:
    """Always the same rate."""

    rate: float

    def __call__(self, step: float) -> float:  # noqa: ARG002 - every schedule takes the step
        return self.rate


@dataclass(frozen=True, slots=True)
class Step:
    """``rate · factor^⌊step / every⌋``: a staircase."""

    rate: float
    every: int
    factor: float = 0.1

    def __call__(self, step: float) -> float:
        return self.rate * self.factor ** (step // self.every)


@dataclass(frozen=True, slots=True)
class Cosine:
    """Half a cosine from ``rate`` down to ``final`` over ``total`` steps.

    Source: Loshchilov, Hutter: "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017), without restarts.
    """

    rate: float
    total: int
    final: float = 0.0

    def __call__(self, step: float) -> float:
        return _cosine(self.rate, self.final, step / self.total)


@dataclass(frozen=True, slots=True)
class Cooldown:
    """``rate`` held, then down to nothing as ``1 - √progress``: how long a run is need not be known when it begins.

    Source: Hägele et al.: "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations" (2024).
    """

    rate: float
    total: int
    down: float = 1 / 3
    """Share of the steps that go down."""

    def __call__(self, step: float) -> float:
        start = self.total * (1 - self.down)
        if step <= start:
            return self.rate
        return self.rate * (1 - sqrt(min((step - start) / (self.total - start), 1.0)))


@dataclass(frozen=True, slots=True)
class OneCycle:
    """Warm up along a cosine from ``rate / 25`` to ``rate``, then cool down to nearly nothing.

    Source: Smith, Topin: "Super-Convergence" (2018), with cosine flanks.
    """

    rate: float
    total: int
    warmup: float = 0.25
    """Share of the steps that go up."""

    def __call__(self, step: float) -> float:
        top = self.warmup * self.total
        if step < top:
            return _cosine(self.rate / 25, self.rate, step / top)
        return _cosine(self.rate, self.rate / 2500, (step - top) / (self.total - top))


def _cosine(start: float, end: float, progress: float) -> float:
    return end + (start - end) * 0.5 * (1 + cos(pi * min(max(progress, 0.0), 1.0)))


SCHEDULES = ("constant", "step", "cosine", "cooldown", "one-cycle")


@dataclass(frozen=True, slots=True)
class WarmUp:
    """From almost nothing evenly up over ``steps`` steps, to where ``then`` begins.

    Source: Goyal et al.: "Accurate, Large Minibatch SGD" (2017), section 2.2.
    """

    steps: float
    then: Schedule

    def __call__(self, step: float) -> float:
        if step < self.steps:
            return self.then(0) * (step + 1) / (self.steps + 1)
        return self.then(step - self.steps)


def make_schedule(name: str, rate: float, total_steps: int, warmup_steps: float = 0) -> Schedule:
    """The schedule called ``name`` for a run of ``total_steps``; ``step`` drops to a tenth after each third.

    The first ``warmup_steps`` of them go up to where it begins, and it has what is left.
    """
    if warmup_steps:
        warmup_steps = min(warmup_steps, total_steps)
        return WarmUp(warmup_steps, make_schedule(name, rate, round(total_steps - warmup_steps)))
    total = max(total_steps, 1)
    match name:
        case "constant":
            return Constant(rate)
        case "step":
            return Step(rate, every=max(-(-total // 3), 1))
        case "cosine":
            return Cosine(rate, total)
        case "cooldown":
            return Cooldown(rate, total)
        case "one-cycle":
            return OneCycle(rate, total)
    raise ConfigError(f"A schedule expected one of {', '.join(SCHEDULES)}, received {name!r}.")
