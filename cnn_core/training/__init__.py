"""The training loop: settings, control, what it tells, checkpoints."""

from cnn_core.training.checkpoint import Checkpoint
from cnn_core.training.config import TrainingConfig
from cnn_core.training.control import TrainingControl
from cnn_core.training.history import (
    BatchMetrics,
    EpochMetrics,
    EpochWeights,
    TrainingEvent,
    TrainingResult,
    WeightsPublished,
)
from cnn_core.training.start import model_for
from cnn_core.training.trainer import Trainer

__all__ = [
    "BatchMetrics",
    "Checkpoint",
    "EpochMetrics",
    "EpochWeights",
    "Trainer",
    "TrainingConfig",
    "TrainingControl",
    "TrainingEvent",
    "TrainingResult",
    "WeightsPublished",
    "model_for",
]
