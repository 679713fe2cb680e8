"""All that a run needs to be taken up again after an epoch, in one file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.arrays import Array, Shape
from cnn_core.errors import CnnError, ConfigError, ModelFileError
from cnn_core.files import brief
from cnn_core.model import Sequential
from cnn_core.optimizers import Optimizer, make_optimizer
from cnn_core.storage.model_file import build_within_budget
from cnn_core.storage.tensor_file import read_tensors, write_tensors
from cnn_core.training.config import TrainingConfig
from cnn_core.training.history import EPOCH_FIGURES, EpochMetrics

FORMAT = "cnn-gui checkpoint 2"
MOST_STEPS = 10**12


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
        arrays["epochs"] = np.array([epoch.as_row() for epoch in self.epochs], np.float64).reshape(-1, EPOCH_FIGURES)
        state = {
            "config": self.config.as_dict(),
            "architecture": dict(self.architecture),
            "optimizer_steps": self.optimizer_steps,
            "data": self.data,
        }
        write_tensors(path, arrays, {"format": FORMAT, "state": json.dumps(state)})

    @classmethod
    def load(cls, path: str | Path) -> Checkpoint:
        """Read a checkpoint, and check that it is whole and makes sense; raises `ModelFileError`."""
        name = brief(Path(path).name)
        arrays, metadata = read_tensors(path, "checkpoint", exact=("epochs",))
        if metadata.get("format") != FORMAT:
            raise ModelFileError(
                f"{name} is not a checkpoint of this program. Name the checkpoint file of an interrupted run."
            )
        try:
            state = json.loads(metadata["state"])
            checkpoint = cls(
                TrainingConfig.from_dict(_an_object(state["config"])),
                _an_object(state["architecture"]),
                _with_prefix(arrays, "weights/"),
                _with_prefix(arrays, "best/"),
                _a_count(state["optimizer_steps"]),
                _slots(arrays),
                _with_prefix(arrays, "average/"),
                arrays["validation/logits"],
                arrays["validation/labels"],
                tuple(EpochMetrics.from_row(row) for row in arrays["epochs"].tolist()),
                _a_digest(state["data"]),
            )
            checkpoint._expect_whole(build_within_budget(checkpoint.architecture, name))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError, CnnError) as error:
            raise ModelFileError(
                f"{name} expected a complete checkpoint, found something else ({brief(error, 160)}). Begin a new run."
            ) from error
        return checkpoint

    def _epochs_planned(self) -> int:
        """At most: what was done already stays done when the run is made shorter on its way."""
        wanted = [value for change in self.config.changes for name, value in change.values if name == "epochs"]
        return max(self.config.epochs, *wanted) if wanted else self.config.epochs

    def _expect_whole(self, model: Sequential) -> None:
        """Raise `ConfigError` unless all arrays are there, of the shapes that ``model`` and the optimizer want."""
        state = model.state_shapes
        trained = {name: state[name] for name in _trained(model)}
        options = self.config.optimizer_options()
        slot_names = make_optimizer(self.config.optimizer, **options).slot_names if self.optimizer_steps else ()
        wanted: list[tuple[str, Mapping[str, Array], Mapping[str, Shape]]] = [
            ("weights", self.weights, state),
            ("best weights", self.best_weights, state),
            ("averaged weights", self.average, state if self.config.averaging else {}),
            *((f"slot {slot}", self.slots.get(slot, {}), trained) for slot in slot_names),
        ]
        for what, arrays, shapes in wanted:
            if {name: array.shape for name, array in arrays.items()} != dict(shapes):
                raise ConfigError(f"the {what} do not fit the network")
        if self.slots.keys() - set(slot_names):
            raise ConfigError("slots of another optimizer")
        images, classes = len(self.best_labels), model.output_shape[0]
        if self.best_labels.shape != (images,) or (images and self.best_logits.shape != (images, classes)):
            raise ConfigError("logits and labels of the validation do not fit each other")
        if images and not (np.isin(self.best_labels, np.arange(classes)).all()):
            raise ConfigError(f"validation labels are not whole numbers below {classes}")
        if [epoch.epoch for epoch in self.epochs] != list(range(1, len(self.epochs) + 1)):
            raise ConfigError("the epochs are not in order")
        if len(self.epochs) > self._epochs_planned() or (self.epochs and not self.epochs[0].best):
            raise ConfigError("the epochs are not those of the run")


def _trained(model: Sequential) -> list[str]:
    """Names of the arrays that an optimizer steps over."""
    shapes = zip(model.layers, (row.input_shape for row in model.summary()), strict=True)
    return [f"{layer.name}.{name}" for layer, shape in shapes for name in layer.parameter_shapes(shape)]


def _slots(arrays: Mapping[str, Array]) -> dict[str, dict[str, Array]]:
    slots: dict[str, dict[str, Array]] = {}
    for key, array in _with_prefix(arrays, "slot/").items():
        slot, _, name = key.partition("/")
        slots.setdefault(slot, {})[name] = array
    return slots


def _with_prefix(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)}


def _an_object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"an object was expected, not {brief(value, 40)}")
    return value


def _a_count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_STEPS:
        raise ConfigError(f"a number of steps was expected, not {brief(value, 40)}")
    return value


def _a_digest(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ConfigError("the digest of the images is none")
    return value
