"""What runs of other processes have kept so far."""

from __future__ import annotations

from pathlib import Path

from cnn_core.errors import CnnError
from cnn_core.training import Checkpoint


def epochs_in(path: Path) -> int:
    """How many epochs the run of a checkpoint has completed; 0 as long as there is none."""
    try:
        return len(Checkpoint.load(path).epochs)
    except CnnError:
        return 0
