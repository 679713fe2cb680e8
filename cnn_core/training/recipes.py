"""Settings with a name, so that a result can be had again."""

from __future__ import annotations

from cnn_core.errors import ConfigError
from cnn_core.training.config import TrainingConfig

RECIPES: dict[str, TrainingConfig] = {
    "bundled": TrainingConfig(
        dataset="mixed", preset="accurate", augmentation="wide", batch_size=128, epochs=6,
        optimizer="adamw", weight_decay=0.1, schedule="cooldown", learning_rate=1e-3, averaging=0.9997,
        mixup=0.3, unmixed_epochs=1,
    ),
    "synthetic": TrainingConfig(
        dataset="synthetic", preset="digits", augmentation="hand", epochs=20, averaging=0.999,
    ),
}  # fmt: skip
"""``bundled``: the network that ships with the program. ``synthetic``: digits of real people, learnt from none."""


def make_recipe(name: str) -> TrainingConfig:
    """The settings called ``name``; raises `ConfigError` for an unknown name."""
    if name not in RECIPES:
        raise ConfigError(f"A recipe expected one of {', '.join(RECIPES)}, received {name!r}.")
    return RECIPES[name]
