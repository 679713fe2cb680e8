"""Settings with a name, so that a result can be had again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_core.errors import ConfigError
from cnn_core.files import brief

RECIPES: dict[str, Mapping[str, Any]] = {
    "bundled": {
        "dataset": "mixed", "architecture": "accurate", "augmentation": "wide", "batch_size": 128, "epochs": 6,
        "optimizer": "adamw", "weight_decay": 0.1, "schedule": "cooldown", "learning_rate": 1e-3, "averaging": 0.9997,
        "mixup": 0.3, "unmixed_epochs": 1,
    },
    "refined": {
        "start": "bundled", "dataset": "mixed", "architecture": "accurate", "augmentation": "wide", "batch_size": 128,
        "epochs": 2, "optimizer": "adamw", "weight_decay": 0.1, "schedule": "cosine", "learning_rate": 3e-4,
        "averaging": 0.9997,
    },
    "synthetic": {
        "dataset": "synthetic", "architecture": "digits", "augmentation": "hand", "epochs": 20, "averaging": 0.999,
    },
}  # fmt: skip
"""What `cnn_core.training.TrainingConfig` takes.

``bundled``: a network like the one that ships, from fresh weights. ``refined``: goes on with the one that
ships, to learn more of what is no digit. ``synthetic``: digits of real people, learnt from none.
"""


def recipe_settings(name: str) -> dict[str, Any]:
    """The settings called ``name``, those that it says; raises `ConfigError` for an unknown name."""
    if name not in RECIPES:
        raise ConfigError(f"A recipe expected one of {', '.join(RECIPES)}, received {brief(name)!r}.")
    return dict(RECIPES[name])
