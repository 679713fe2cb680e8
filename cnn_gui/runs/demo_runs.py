"""A few short runs for a picture of the workspace, where there are none."""

from __future__ import annotations

from dataclasses import replace

from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.runs import RunStore, execute, load_run
from cnn_core.sources import SOURCES
from cnn_core.training import BatchMetrics, TrainingConfig, TrainingControl, TrainingEvent
from cnn_gui.session.jobs import JobControl
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

IMAGES, TEST_IMAGES = 1500, 400
STEERED_AT = 40
BASE = TrainingConfig(dataset="synthetic", architecture="digits", epochs=3)
RUNS = (
    (QT_TR_NOOP("baseline"), BASE),
    (QT_TR_NOOP("light distortions"), replace(BASE, augmentation="light")),
    (QT_TR_NOOP("rate too high?"), replace(BASE, learning_rate=0.02, schedule="constant")),
    (QT_TR_NOOP("LeNet-5"), replace(BASE, architecture="lenet5")),
    (QT_TR_NOOP("no convolution"), replace(BASE, architecture="mlp")),
)


def make_demo_runs(store: RunStore, control: JobControl) -> None:
    """Train a few networks for some seconds; in the pool's thread."""
    data = DataSplits(
        make_synthetic(IMAGES, seed=1), make_synthetic(TEST_IMAGES, seed=9), SOURCES["synthetic"].title, "", ""
    )
    for title, config in RUNS:
        steering = TrainingControl()

        def watch(event: TrainingEvent, config: TrainingConfig = config, steering: TrainingControl = steering) -> None:
            if control.stopped():
                steering.stop()
            elif isinstance(event, BatchMetrics) and event.step == STEERED_AT and config.schedule == "constant":
                steering.change(learning_rate=0.004)

        folder = store.create(config)
        execute(config, data, watch, steering, folder)  # type: ignore[arg-type]
        load_run(folder.path).note(title=tr(title))
        if control.stopped():
            return
