"""The settings of a run as they are now: those it began with, and what was changed on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import brief
from cnn_core.layers import Dropout
from cnn_core.model import Sequential
from cnn_core.optimizers import Optimizer
from cnn_core.schedules import make_schedule
from cnn_core.training.changes import Change
from cnn_core.training.config import TrainingConfig
from cnn_core.training.history import ChangeRefused, SettingsChanged, TrainingEvent


@dataclass(frozen=True, slots=True)
class Place:
    """How far a run is: steps, complete epochs, and images of the epoch under way out of all."""

    step: int
    epochs: int
    images: int
    of_images: int

    @property
    def epochs_seen(self) -> float:
        return self.epochs + self.images / self.of_images


class Steering:
    """Holds what is in use and puts changes into it.

    Parameters
    ----------
    model : whose dropout rates are set
    optimizer : whose weight decay is set
    config : of the run, with the changes that a run before it had or that are planned
    images : how many are learnt from in an epoch
    step : where the run is taken up; changes before it hold already

    Attributes
    ----------
    config : what the run is to be repeated with: its settings and all changes
    now : what is in use

    Raises
    ------
    ConfigError : a dropout rate, now or later, of a layer that there is not
    """

    def __init__(
        self, model: Sequential, optimizer: Optimizer, config: TrainingConfig, images: int, step: int = 0
    ) -> None:
        self._layers = {layer.name: layer for layer in model.layers if isinstance(layer, Dropout)}
        self._optimizer, self._images = optimizer, images
        self.config = config
        self._expect_layers(config)
        self._use(config.at(step))
        self._due = [change for change in config.changes if change.step > step]

    @property
    def steps_per_epoch(self) -> int:
        """Steps of a whole epoch, with the present batch size."""
        return -(-self._images // self.now.batch_size)

    def rate(self, place: Place) -> float:
        """The learning rate of the next step."""
        return self._schedule(place.epochs * self.steps_per_epoch + place.images / self.now.batch_size)

    def take(self, wanted: dict[str, Any], place: Place, on_event: Callable[[TrainingEvent], None]) -> bool:
        """Use what is due at this step, or wanted now; whether anything changed.

        ``on_event`` is told before it holds, so that it can be kept, or why it cannot be.
        """
        before = self.now
        while self._due and self._due[0].step <= place.step:
            self._change(self._due.pop(0), self.config, place, on_event)
        try:
            if "epochs" in wanted:  # what is done is done
                least = place.epochs + (1 if place.images or not place.epochs else 0)
                wanted["epochs"] = max(wanted["epochs"], least)
            if wanted := self._unlike_now(wanted):
                change = Change.of(place.step, **wanted)
                self._change(change, self.config.changed(change), place, on_event)
                self._due = []
        except CnnError as error:
            on_event(ChangeRefused(str(error)))
        return self.now != before

    def _unlike_now(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """What of it would change anything; raises `ConfigError` for what cannot be."""
        if "weight_decay" in wanted and "weight_decay" not in self.now.optimizer_options():
            raise ConfigError(f"Weight decay expected the optimizer adamw, received {self.now.optimizer}.")
        rates = {name: layer.rate for name, layer in self._layers.items()}
        if "dropout" in wanted:
            wanted["dropout"] = {n: rate for n, rate in dict(wanted["dropout"]).items() if rates.get(n) != rate}
        return {n: v for n, v in wanted.items() if (v if n == "dropout" else getattr(self.now, n) != v)}

    def _change(
        self, change: Change, config: TrainingConfig, place: Place, on_event: Callable[[TrainingEvent], None]
    ) -> None:
        """Tell of the change, so that it is kept, then use it; raises `CnnError`, and nothing changes, else."""
        now = self.now.with_values(change)
        self._expect_layers(now)
        rates = {name: layer.rate for name, layer in self._layers.items()}
        old = {n: {k: rates[k] for k in dict(v)} if n == "dropout" else getattr(self.now, n) for n, v in change.values}
        on_event(SettingsChanged(change, Change.of(change.step, **old), place.epochs_seen, config))
        self.config = config
        self._use(now)

    def _use(self, config: TrainingConfig) -> None:
        for name, rate in config.dropout:
            self._layers[name].rate = rate
        if "weight_decay" in config.optimizer_options():
            self._optimizer.weight_decay = config.weight_decay  # type: ignore[attr-defined]
        self.now = config
        total, warmup = self.steps_per_epoch * config.epochs, config.warmup_epochs * self.steps_per_epoch
        self._schedule = make_schedule(config.schedule, config.learning_rate, total, warmup)

    def _expect_layers(self, config: TrainingConfig) -> None:
        rates = [*config.dropout, *(r for c in config.changes for n, v in c.values if n == "dropout" for r in v)]
        if unknown := [name for name, _ in rates if name not in self._layers]:
            raise ConfigError(
                f"Dropout expected a layer of this network ({', '.join(self._layers) or 'it has no dropout'}), "
                f"received {brief(unknown[0], 40)}."
            )
