"""``cnn-core find-rate``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cnn_core.architecture import Architecture
from cnn_core.cli.options import (
    ArchitectureFile,
    AugmentationName,
    BatchSize,
    DataDir,
    DatasetName,
    Json,
    OptimizerName,
    Preset,
    Threads,
)
from cnn_core.cli.output import DataProgress, console, print_json, progress_bar
from cnn_core.sources import absolute, load_dataset
from cnn_core.training import TrainingConfig, model_for
from cnn_core.training.rate_finder import STEPS, find_rate

DEFAULTS = TrainingConfig()


def find_rate_command(
    dataset: DatasetName = DEFAULTS.dataset,
    preset: Preset = DEFAULTS.network_name,
    architecture: ArchitectureFile = None,
    optimizer: OptimizerName = DEFAULTS.optimizer,
    batch_size: BatchSize = DEFAULTS.batch_size,
    augmentation: AugmentationName = DEFAULTS.augmentation,
    start: Annotated[str, typer.Option("--start", help="Begin with the weights of a model file.")] = DEFAULTS.start,
    seed: Annotated[int, typer.Option(help="Of the fresh weights and the order of the images.")] = DEFAULTS.seed,
    steps: Annotated[int, typer.Option(min=20, max=5000, help="Batches, each with a higher rate.")] = STEPS,
    threads: Threads = 0,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Find a learning rate to begin with: some steps with a rising one, on a network that is thrown away."""
    config = TrainingConfig(
        dataset=absolute(dataset),
        architecture=Architecture.load(architecture) if architecture is not None else preset,
        optimizer=optimizer,
        batch_size=batch_size,
        augmentation=augmentation,
        start=start,
        seed=seed,
        threads=threads,
    )
    with progress_bar() as progress:
        watch = DataProgress(progress)
        data = load_dataset(config.dataset, data_dir, progress=watch)
        model = model_for(config, data.train)
        found = find_rate(
            model, config, data.train, steps, lambda step, rate, _: watch(f"rate {rate:.1e}", step, steps)
        )
    if as_json:
        print_json({"learning_rate": found.suggestion} | asdict(found))
        return
    console.print(found.reason, soft_wrap=True)
    if found.suggestion is not None:
        console.print(f"Use it: --learning-rate {found.suggestion:g}")
