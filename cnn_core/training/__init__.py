"""The training loop: settings, control, what it tells, checkpoints."""

from cnn_core.training.changes import CHANGEABLE, Change
from cnn_core.training.checkpoint import Checkpoint
from cnn_core.training.config import TrainingConfig
from cnn_core.training.control import TrainingControl
from cnn_core.training.history import (
    BatchMetrics,
    ChangeRefused,
    EpochMetrics,
    EpochWeights,
    LayerNorms,
    NormsMeasured,
    NotTold,
    SettingsChanged,
    TrainingEvent,
    TrainingResult,
    UnitsMeasured,
    WeightsPublished,
    WeightsRecorded,
    change_in_words,
)
from cnn_core.training.next_step import NextStep, look_ahead
from cnn_core.training.start import model_for
from cnn_core.training.step_working import LayerOfStep, StepWorking, explain_step
from cnn_core.training.trainer import Trainer

__all__ = [
    "CHANGEABLE",
    "BatchMetrics",
    "Change",
    "ChangeRefused",
    "Checkpoint",
    "EpochMetrics",
    "EpochWeights",
    "LayerNorms",
    "LayerOfStep",
    "NextStep",
    "NormsMeasured",
    "NotTold",
    "SettingsChanged",
    "StepWorking",
    "Trainer",
    "TrainingConfig",
    "TrainingControl",
    "TrainingEvent",
    "TrainingResult",
    "UnitsMeasured",
    "WeightsPublished",
    "WeightsRecorded",
    "change_in_words",
    "explain_step",
    "look_ahead",
    "model_for",
]
