"""A network as it is now, to be asked something in another thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnn_core.model import Sequential, WeightsSnapshot
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.state import State


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


def frozen_model(state: State, session: ModelSession) -> FrozenModel | None:
    """The network that reads the canvas; None before there is one."""
    if session.model is None or state.model.info is None:
        return None
    return FrozenModel(state.model.info.architecture, session.model.snapshot())
