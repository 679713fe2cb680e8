"""A network as it is now, to be asked something in another thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnn_core.model import Sequential, WeightsSnapshot


@dataclass(frozen=True, slots=True, eq=False)
class FrozenModel:
    """An architecture and weights that nobody changes; may cross threads."""

    architecture: Mapping[str, Any]
    weights: WeightsSnapshot

    def build(self) -> Sequential:
        """A network of the caller's own, for one thread."""
        model = Sequential.from_config(self.architecture)
        model.load(self.weights.arrays)
        return model
