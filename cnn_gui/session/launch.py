"""Begins runs, and asks first where a network that has learnt here would be lost to sight."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from cnn_core.architecture import Architecture
from cnn_core.errors import CnnError
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS
from cnn_core.training import TrainingConfig
from cnn_core.training.carry_over import carry_over, match_layers
from cnn_core.training.start import network_of
from cnn_gui.session.frozen_model import FrozenModel
from cnn_gui.session.model_session import ModelSession, frozen_model
from cnn_gui.session.state import State
from cnn_gui.session.training_session import TrainingSession
from cnn_gui.session.training_state import LaunchQuestion
from cnn_gui.widgets.translation import tr


class Launcher(QObject):
    """Between the buttons and the session. A question stands in `TrainingState` until it is answered."""

    def __init__(
        self, state: State, session: ModelSession, training: TrainingSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._session, self._training = state, session, training
        state.training.status_changed.connect(self._on_status_changed)
        state.model.info_changed.connect(self.cancel)

    @Slot(object)
    def train(self, config: TrainingConfig) -> None:
        """Begin a run with these settings, or ask what it begins with."""
        if not self._asks(config, paused=False):
            self._training.start(config)

    @Slot(object)
    def step(self, config: TrainingConfig) -> None:
        """One batch of the run that is there; without one, of a new run, or ask what it begins with."""
        if self._training.running or not self._asks(config, paused=True):
            self._training.step(config)

    @Slot()
    def train_on(self) -> None:
        """The answer: with the network as it is."""
        model = self._session.model
        if (question := self._answered()) is None or model is None:
            return
        if question.carries_over:
            config, start = replace(question.config, start=""), self._carried_over(question.config, model)
        else:
            config = replace(question.config, architecture=architecture_of(model), dropout=(), start="")
            start = frozen_model(self._state, self._session)
        self._training.start(config, paused=question.paused, start=start)
        if question.paused:
            self._training.step(config)

    def _carried_over(self, config: TrainingConfig, model: Sequential) -> FrozenModel:
        """The network of the settings with the weights of ``model`` where they fit."""
        new = network_of(config.architecture, model.input_shape, model.output_shape[0])
        new.build(model.input_shape, config.generator("weights"))
        carry_over(model, new)
        return FrozenModel(new.config(), new.snapshot())

    @Slot()
    def start_anew(self) -> None:
        """The answer: with the network of the settings, and fresh weights."""
        if (question := self._answered()) is None:
            return
        if question.paused:
            self._training.step(question.config)
        else:
            self._training.start(question.config)

    @Slot()
    def cancel(self) -> None:
        """Nothing shall begin."""
        self._state.training.set_question(None)

    def _asks(self, config: TrainingConfig, paused: bool) -> bool:
        info, model = self._state.model.info, self._session.model
        if info is None or model is None:
            return False
        words = self._what_is_kept(config, model)
        if not words and not (info.is_new or self._state.model.edits):
            return False
        learnt = tr("Train “{name}” on, or start anew? Its run is kept.").format(name=info.name)
        self._state.training.set_question(LaunchQuestion(config, paused, words or learnt, bool(words)))
        return True

    def _what_is_kept(self, config: TrainingConfig, model: Sequential) -> str:
        """Where the settings have a network of one's own that could keep weights of this one: which of its layers."""
        if not isinstance(config.architecture, Architecture) or config.architecture == architecture_of(model):
            return ""
        try:
            new = network_of(config.architecture, model.input_shape, model.output_shape[0])
        except CnnError:
            return ""
        found = match_layers(model, new)
        if not found.kept:
            return ""
        if not found.fresh:
            return tr("Train on with the weights of all {n} layers, or start anew?").format(n=len(found.kept))
        fresh = ", ".join(found.fresh).replace("_", " ")
        return tr("Keep the weights of {n} layers? New: {fresh}").format(n=len(found.kept), fresh=fresh)

    def _answered(self) -> LaunchQuestion | None:
        question = self._state.training.question
        self.cancel()
        return question

    @Slot()
    def _on_status_changed(self) -> None:
        """A run that has begun otherwise, such as one that goes on, is an answer too."""
        if self._state.training.status.phase.active:
            self.cancel()


def architecture_of(model: Sequential) -> str | Architecture:
    """The name of the preset that a model is, or its whole architecture."""
    preset = PRESETS.get(model.name)
    if preset is not None and len(model.output_shape) == 1:
        made = Sequential(preset.layers(model.output_shape[0]), model.name).infer_shapes(model.input_shape)
        if made.config() == model.config():
            return model.name
    return Architecture.of_model(model)
