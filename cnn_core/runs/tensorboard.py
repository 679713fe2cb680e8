"""Runs as TensorBoard event files (``pip install 'cnn-gui[tensorboard]'``), for whoever compares them there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnn_core.errors import ConfigError
from cnn_core.runs.folder import read_metrics
from cnn_core.runs.store import StoredRun


def write_events(run: StoredRun, folder: Path) -> Path:
    """Write a run's curves and norms into a folder of its own below ``folder``, which TensorBoard shows.

    Times are those of the run's work, from the moment at which it began. Raises `ConfigError` where the writer is not
    installed.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise ConfigError(
            "TensorBoard's files expected the package tensorboardX, found none. "
            "Install it: pip install 'cnn-gui[tensorboard]'."
        ) from error
    place = folder / run.name
    seconds = run.record.started_at
    config = run.record.config
    size_of = config.batch_sizes()
    writer: Any = SummaryWriter(str(place))
    try:
        for line in read_metrics(run.path):
            if line["kind"] == "batch":
                seconds += size_of(int(line["step"])) / max(float(line["images_per_second"]), 1e-9)
            for name, value in _scalars(line):
                writer.add_scalar(name, value, int(line["step"]), walltime=seconds)
        test = run.record.test_accuracy
        settings = {name: value for name, value in config.as_dict().items() if isinstance(value, (int, float, str))}
        writer.add_hparams(settings, {"test accuracy": test if test is not None else 0.0}, name=".")
    finally:
        writer.close()
    return place


def _scalars(line: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The figures of one line of the metrics, with TensorBoard's names for them."""
    if line["kind"] == "batch":
        return [
            ("loss/train", line["loss"]),
            ("accuracy/train", line["accuracy"]),
            ("learning rate", line["learning_rate"]),
            ("images a second", line["images_per_second"]),
        ]
    if line["kind"] == "epoch":
        return [("loss/validation", line["validation_loss"]), ("accuracy/validation", line["validation_accuracy"])]
    if line["kind"] == "norms":
        parts = ("weights", "gradient", "update")
        return [(f"{part}/{layer['layer']}", layer[part]) for layer in line["layers"] for part in parts]
    return []
