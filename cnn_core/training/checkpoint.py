"""All that a run needs to be taken up again after an epoch, in one file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_core.arrays import Array
from cnn_core.errors import ConfigError, ModelFileError
from cnn_core.model import Sequential
from cnn_core.optimizers import Optimizer
from cnn_core.storage.tensor_file import read_tensors, write_tensors
from cnn_core.training.config import TrainingConfig
from cnn_core.training.history import EpochMetrics

FORMAT = "cnn-gui checkpoint 1"


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """State after a completed epoch: current and best weights, the optimizer's slots, the average of the weights (empty
    where none is kept), what the best weights made of the validation images (logits and labels), the history so far,
    and a digest of the images that are learnt from."""

    config: TrainingConfig
    architecture: Mapping[str, Any]
    weights: Mapping[str, Array]
    best_weights: Mapping[str, Array]
    optimizer_steps: int
    slots: Mapping[str, Mapping[str, Array]]
    average: Mapping[str, Array]
    best_logits: Array
    best_labels: Array
    epochs: tuple[EpochMetrics, ...]
    data: str

    def restore(self, model: Sequential, optimizer: Optimizer) -> None:
        """Put model and optimizer into the state of this checkpoint."""
        model.load(self.weights)
        optimizer.steps = self.optimizer_steps
        for slot in optimizer.slots:
            optimizer.slots[slot] = {name: array.copy() for name, array in self.slots.get(slot, {}).items()}

    def save(self, path: str | Path) -> None:
        """Write the checkpoint; an older one stays if that fails. Raises `ModelFileError`."""
        arrays = {f"weights/{name}": array for name, array in self.weights.items()}
        arrays |= {f"best/{name}": array for name, array in self.best_weights.items()}
        arrays |= {f"average/{name}": array for name, array in self.average.items()}
        arrays |= {"validation/logits": self.best_logits, "validation/labels": self.best_labels}
        for slot, by_name in self.slots.items():
            arrays |= {f"slot/{slot}/{name}": array for name, array in by_name.items()}
        state = {
            "config": self.config.as_dict(),
            "architecture": dict(self.architecture),
            "optimizer_steps": self.optimizer_steps,
            "epochs": [epoch.as_dict() for epoch in self.epochs],
            "data": self.data,
        }
        write_tensors(path, arrays, {"format": FORMAT, "state": json.dumps(state)})

    @classmethod
    def load(cls, path: str | Path) -> Checkpoint:
        """Read a checkpoint; raises `ModelFileError`."""
        arrays, metadata = read_tensors(path, "checkpoint")
        if metadata.get("format") != FORMAT:
            raise ModelFileError(
                f"{Path(path).name} expected the format '{FORMAT}', found {metadata.get('format')!r}. "
                "Name the checkpoint file of an interrupted run."
            )
        try:
            slots: dict[str, dict[str, Array]] = {}
            for key, array in arrays.items():
                if key.startswith("slot/"):
                    _, slot, name = key.split("/", 2)
                    slots.setdefault(slot, {})[name] = array
            state = json.loads(metadata["state"])
            return cls(
                TrainingConfig.from_dict(state["config"]),
                state["architecture"],
                _with_prefix(arrays, "weights/"),
                _with_prefix(arrays, "best/"),
                int(state["optimizer_steps"]),
                slots,
                _with_prefix(arrays, "average/"),
                arrays["validation/logits"],
                arrays["validation/labels"],
                tuple(EpochMetrics(**epoch) for epoch in state["epochs"]),
                str(state["data"]),
            )
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise ModelFileError(f"{Path(path).name} expected a complete checkpoint, received: {error}.") from error


def _with_prefix(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}
