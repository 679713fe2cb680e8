"""How weights came to be, in words and figures for people: what a model file's ``training`` holds."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from cnn_core.data.catalog import DATASETS, Parts
from cnn_core.engine import default_threads
from cnn_core.evaluation import Evaluation
from cnn_core.training.config import TrainingConfig
from cnn_core.training.history import EpochMetrics

SHOWN = ("preset", "epochs", "batch_size", "optimizer", "learning_rate", "schedule", "augmentation", "mixup",
         "unmixed_epochs", "label_smoothing", "averaging", "patience", "seed", "threads")  # fmt: skip
"""Settings that `command_for` names, after the data set."""
MOST_HISTORY = 1000


def describe_run(
    config: TrainingConfig,
    parts: Parts,
    epochs: Sequence[EpochMetrics],
    reason: str,
    images_per_second: float = 0.0,
    found: Evaluation | None = None,
) -> dict[str, Any]:
    """JSON-ready description of a run on ``parts``; ``found`` is its result on the test images, where measured."""
    name = parts.train.name
    best = next((epoch for epoch in reversed(epochs) if epoch.best), None)
    return {
        "dataset": name,
        "source": parts.title,
        "licence": parts.licence,
        "class_names": list(parts.train.class_names),
        "command": command_for(config, name if name in DATASETS else config.dataset),
        "settings": config.as_dict(),
        "reason": reason,
        "epochs_completed": len(epochs),
        "validation_accuracy": best.validation_accuracy if best else None,
        "test_accuracy": found.accuracy if found else None,
        "test_images": found.n if found else 0,
        "test_calibration_error": round(found.calibration_error, 5) if found else None,
        "images_per_second": round(images_per_second, 1),
        "history": [epoch.as_dict() for epoch in _thinned(epochs)],
    }


def _thinned(epochs: Sequence[EpochMetrics]) -> list[EpochMetrics]:
    """So many epochs that a file can hold them: evenly spread ones, the last and the best of a long run."""
    if len(epochs) <= MOST_HISTORY:
        return list(epochs)
    every = -(-len(epochs) // MOST_HISTORY)
    best = max((number for number, epoch in enumerate(epochs) if epoch.best), default=0)
    return [epoch for number, epoch in enumerate(epochs) if number % every == 0 or number in (best, len(epochs) - 1)]


def command_for(config: TrainingConfig, dataset: str) -> str:
    """The command that repeats a run on ``dataset``, which need not be the one that was asked for."""
    values = config.as_dict() | {"threads": config.threads or default_threads()}  # dropout masks depend on it
    names = [*SHOWN, *config.optimizer_options()]
    if config.start:
        names.append("start")
    options = " ".join(f"--{name.replace('_', '-')} {shlex.quote(str(values[name]))}" for name in names)
    return f"cnn-core train --dataset {shlex.quote(dataset)} {options}"
