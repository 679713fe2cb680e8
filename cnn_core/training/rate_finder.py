"""A learning rate to begin with: some steps with a rising one, on a copy of the network.

Source: Smith: "Cyclical Learning Rates for Training Neural Networks" (2017), section 3.3, "LR range test".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core import engine
from cnn_core.datasets.dataset import Dataset
from cnn_core.errors import ConfigError, StoppedError
from cnn_core.evaluation import check_fit
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.optimizers import make_optimizer
from cnn_core.training.batches import epoch_batches
from cnn_core.training.config import TrainingConfig

STEPS = 200
LOWEST, HIGHEST = 1e-5, 1.0
HIGHEST_WITHOUT_SCALING = 10.0
"""Plain gradient descent takes larger rates than optimizers that divide by the size of the gradient."""
SMOOTHING = 0.9
BROKEN = 4.0
"""The search ends where the loss is so many times its lowest value."""
LEAST_STEPS, WINDOW = 20, 21
LEAST_FALL = 0.05
"""A share of the first loss: where it falls by less, no rate can be told."""


@dataclass(frozen=True, slots=True)
class RateSearch:
    """What a search found.

    Attributes
    ----------
    rates, losses : of every step; the losses are smoothed
    suggestion : the rate at which the loss falls fastest, to one figure or two; None where it never falls
    grows_from : the rate from which on the loss grows again; None where it does not
    reason : why this rate, in a sentence or two
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float | None
    grows_from: float | None
    reason: str


def find_rate(
    model: Sequential,
    config: TrainingConfig,
    data: Dataset,
    steps: int = STEPS,
    on_step: Callable[[int, float, float], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> RateSearch:
    """Train a copy of ``model`` with the settings of ``config`` but for the rate, which rises from step to step.

    ``on_step`` is told the step, its rate and the smoothed loss. The model itself stays as it is. Raises `StoppedError`
    once ``stopped`` says so, `ShapeError` where the data do not fit.
    """
    check_fit(model, data)
    copy = model.twin()
    train, _ = data.split(config.validation, config.generator("split"))
    optimizer = make_optimizer(config.optimizer, **config.optimizer_options())
    highest = HIGHEST_WITHOUT_SCALING if config.optimizer in ("sgd", "momentum", "nesterov") else HIGHEST
    rates = np.geomspace(LOWEST, highest, max(steps, LEAST_STEPS))
    losses: list[float] = []
    mean, weight, lowest, epoch = 0.0, 0.0, np.inf, 0
    dropout = config.generator("dropout")
    loss = SoftmaxCrossEntropy(config.label_smoothing)
    with engine.compile(copy, config.batch_size, config.threads or None, True, loss) as plan:
        while len(losses) < len(rates):
            with epoch_batches(config, train, epoch) as batches:
                for (images, labels, second), rate in zip(batches, rates[len(losses) :], strict=False):
                    if stopped():
                        raise StoppedError("The search for a rate was stopped.")
                    with np.errstate(over="ignore", invalid="ignore"):
                        found = plan.step(images, labels, dropout, optimizer, float(rate), stopped, second).loss
                    mean = SMOOTHING * mean + (1 - SMOOTHING) * (found if np.isfinite(found) else np.inf)
                    weight = SMOOTHING * weight + 1 - SMOOTHING
                    smooth = mean / weight
                    if not np.isfinite(smooth) or (len(losses) >= LEAST_STEPS and smooth > BROKEN * lowest):
                        return judged(rates[: len(losses)], np.array(losses))
                    lowest = min(lowest, smooth)
                    losses.append(smooth)
                    on_step(len(losses), float(rate), smooth)
            epoch += 1
    return judged(rates, np.array(losses))


def judged(rates: np.ndarray, losses: np.ndarray) -> RateSearch:
    """What the curve says; raises `ConfigError` for one of fewer than three steps."""
    if len(losses) < 3:
        raise ConfigError("The search for a rate expected a few steps with a loss that is a number, found none.")
    valley = int(np.argmin(losses))
    grows = next((i for i in range(valley, len(losses)) if losses[i] > 1.1 * losses[valley]), None)
    grows_from = float(rates[grows]) if grows is not None else None
    shown = tuple(float(rate) for rate in rates), tuple(float(one) for one in losses)
    if losses[0] - losses[valley] < LEAST_FALL * losses[0]:
        return RateSearch(
            *shown, None, grows_from,
            "The loss falls with no rate: the network does not learn from these images. Look at the data first.",
        )  # fmt: skip
    suggestion = float(rates[_steepest(losses[: valley + 1], np.log(rates[: valley + 1]))])
    what = "it falls fastest there"
    if grows_from is not None and suggestion > grows_from / 4:
        suggestion, what = grows_from / 4, "a quarter of where it begins to grow"
    suggestion = float(f"{suggestion:.1e}")
    reason = f"{suggestion:g}: {what}."
    if grows_from is not None:
        reason += f" The loss grows from {grows_from:.2g} on."
    return RateSearch(*shown, suggestion, grows_from, reason)


def _steepest(losses: np.ndarray, logs: np.ndarray) -> int:
    """Where a straight line through some neighbouring points falls fastest: single steps are too noisy to tell."""
    width = min(WINDOW, len(losses))
    windows = np.lib.stride_tricks.sliding_window_view(losses, width)
    offsets = logs[:width] - logs[:width].mean()  # the same everywhere, as the rates grow evenly
    slopes = windows @ offsets / max(float(offsets @ offsets), 1e-12)
    return int(np.argmin(slopes)) + width // 2
