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
    SettingsChanged,
    TrainingEvent,
    TrainingResult,
    UnitsMeasured,
    WeightsPublished,
    change_in_words,
)
from cnn_core.training.start import model_for
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
    "NormsMeasured",
    "SettingsChanged",
    "Trainer",
    "TrainingConfig",
    "TrainingControl",
    "TrainingEvent",
    "TrainingResult",
    "UnitsMeasured",
    "WeightsPublished",
    "change_in_words",
    "model_for",
]
