"""``cnn-core train``."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import chain
from os.path import realpath
from pathlib import Path
from typing import Annotated, Any

import typer

from cnn_core.architecture import Architecture
from cnn_core.assets import BUNDLED
from cnn_core.cli.options import (
    ArchitectureFile,
    AugmentationName,
    BatchSize,
    DataDir,
    DatasetName,
    Json,
    OptimizerName,
    Preset,
    RunsDir,
    Threads,
)
from cnn_core.cli.outputs import Overwrite
from cnn_core.cli.train_run import Job, TrainingJob
from cnn_core.digits.recipes import RECIPES, recipe_settings
from cnn_core.errors import ConfigError
from cnn_core.files import exists, is_file
from cnn_core.optimizers import DEFAULT_RATES
from cnn_core.runs import RunStore, StoredRun, load_run
from cnn_core.schedules import SCHEDULES
from cnn_core.sources import absolute
from cnn_core.storage import open_model
from cnn_core.training import Change, Checkpoint, TrainingConfig
from cnn_core.training.changes import frozen_rates, settings_from_text
from cnn_core.training.config import OPTIMIZER_OPTIONS

DEFAULTS = TrainingConfig()


def train(
    ctx: typer.Context,
    recipe: Annotated[
        str | None, typer.Option(help=f"Settings with a name, which other options change: {', '.join(RECIPES)}.")
    ] = None,
    dataset: DatasetName = DEFAULTS.dataset,
    preset: Preset = DEFAULTS.network_name,
    architecture: ArchitectureFile = None,
    epochs: Annotated[int, typer.Option("--epochs", "-e", help="Passes over the training images.")] = DEFAULTS.epochs,
    batch_size: BatchSize = DEFAULTS.batch_size,
    optimizer: OptimizerName = DEFAULTS.optimizer,
    learning_rate: Annotated[
        float | None,
        typer.Option("--learning-rate", "-r", help="The highest rate; default: the optimizer's."),
    ] = None,
    schedule: Annotated[
        str, typer.Option("--schedule", help=f"Learning rate over time: {', '.join(SCHEDULES)}.")
    ] = DEFAULTS.schedule,
    augmentation: AugmentationName = DEFAULTS.augmentation,
    mixup: Annotated[
        float, typer.Option(help="Share of the images of a batch that another image is laid over.")
    ] = DEFAULTS.mixup,
    unmixed_epochs: Annotated[
        int, typer.Option(help="So many epochs at the end go without mixup.")
    ] = DEFAULTS.unmixed_epochs,
    warmup_epochs: Annotated[
        float, typer.Option(help="So many epochs the learning rate rises from nothing, before the schedule begins.")
    ] = DEFAULTS.warmup_epochs,
    momentum: Annotated[float, typer.Option(help="Of the optimizers momentum and nesterov.")] = DEFAULTS.momentum,
    beta1: Annotated[float, typer.Option(help="How slowly adam and adamw forget gradients.")] = DEFAULTS.beta1,
    beta2: Annotated[
        float, typer.Option(help="How slowly adam and adamw forget the gradients' squares.")
    ] = DEFAULTS.beta2,
    rms_decay: Annotated[
        float, typer.Option(help="How slowly rmsprop forgets the gradients' squares.")
    ] = DEFAULTS.rms_decay,
    weight_decay: Annotated[
        float, typer.Option(help="How strongly the optimizer adamw pulls weights towards zero; others do not.")
    ] = DEFAULTS.weight_decay,
    label_smoothing: Annotated[
        float, typer.Option(help="Share of the target given to the other classes.")
    ] = DEFAULTS.label_smoothing,
    averaging: Annotated[
        float, typer.Option(help="Keep an average of the weights that forgets so slowly, such as 0.999; 0: none.")
    ] = DEFAULTS.averaging,
    start: Annotated[
        str,
        typer.Option(
            "--start", help="Begin with the weights of a model file, or of [bold]bundled[/bold], not with fresh ones."
        ),
    ] = DEFAULTS.start,
    patience: Annotated[int, typer.Option(help="Epochs without progress before it ends; 0: never.")] = 0,
    dropout: Annotated[
        list[str] | None,
        typer.Option("--dropout", help="A dropout rate other than the network's own: dropout_1=0.3."),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--change", help='Settings that change after so many steps: "400: learning_rate=0.001".'),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same threads, same curve.")] = DEFAULTS.seed,
    threads: Threads = 0,
    data_dir: DataDir = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to save the model; default: in the run's own folder.")
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", help="Go on with an interrupted run: its name, its folder or its checkpoint."),
    ] = None,
    film_every: Annotated[
        int,
        typer.Option(
            "--film-every", min=0, help="Keep the weights of every so many steps, for [bold]cnn-core film[/bold]."
        ),
    ] = 0,
    runs: RunsDir = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Train a network and save it.

    Ends with the accuracy on the test set, which the training never sees: a part of the training images is kept aside
    to choose the best epoch by. [bold]Ctrl+C[/bold] ends it early and keeps what was learnt.

    Try: [bold]cnn-core train --dataset synthetic --epochs 2[/bold] (no download), then
    [bold]cnn-core train --preset article --epochs 3[/bold].
    """
    chosen: dict[str, Any] = {
        "dataset": absolute(dataset), "architecture": preset, "optimizer": optimizer, "schedule": schedule,
        "batch_size": batch_size,
        "epochs": epochs, "seed": seed, "augmentation": augmentation, "mixup": mixup,
        "unmixed_epochs": unmixed_epochs,
        "label_smoothing": label_smoothing, "patience": patience, "threads": threads,
        "averaging": averaging, "start": start and _absolute_model(start), "weight_decay": weight_decay,
        "warmup_epochs": warmup_epochs, "momentum": momentum, "beta1": beta1, "beta2": beta2, "rms_decay": rms_decay,
        "dropout": frozen_rates(settings_from_text(dropout or [])),
        "changes": tuple(sorted(map(Change.from_text, change or []), key=lambda one: one.step)),
    }  # fmt: skip
    given = [name for name in (*chosen, "learning_rate") if _was_given(ctx, name)]
    given += ["architecture"] if _was_given(ctx, "preset") else []
    given += ["changes"] if _was_given(ctx, "change") else []
    if architecture is not None:
        if _was_given(ctx, "preset"):
            raise ConfigError("Expected --preset or --architecture, received both. Leave one of them out.")
        chosen["architecture"] = Architecture.load(architecture)
    if out is not None and not out.name:
        raise ConfigError(f"--out expected the name of a file, received {str(out)!r}.")
    store = RunStore(runs)
    if resume is not None:
        job = _taken_up(store, resume, out, [*(["recipe"] if recipe else []), *given], chosen["dataset"])
    else:
        job = Job(_new_config(chosen, given, optimizer, learning_rate, recipe), out=out)
    if job.config.start and job.checkpoint is None:
        open_model(job.config.start)  # found out before the data are made
    TrainingJob(replace(job, overwrite=overwrite, film_every=film_every), store, data_dir, as_json).run()


def _new_config(
    chosen: dict[str, Any], given: list[str], optimizer: str, learning_rate: float | None, recipe: str | None
) -> TrainingConfig:
    """The settings of a new run: all of them, or a recipe's with those that were ``given``."""
    rate = DEFAULT_RATES.get(optimizer, TrainingConfig().learning_rate) if learning_rate is None else learning_rate
    settings: dict[str, Any] = chosen | {"learning_rate": rate}
    if "optimizer" in given:
        given = [*given, "learning_rate"]  # that of the optimizer, where none was named
    config = TrainingConfig(**(recipe_settings(recipe) | {n: settings[n] for n in given} if recipe else settings))
    _expect_effect(config, given)
    if "unmixed_epochs" in given:
        _expect_mixup(config)
    return config


def _taken_up(store: RunStore, resume: Path, out: Path | None, given: list[str], dataset: str) -> Job:
    """The run that ``--resume`` names by its checkpoint, its folder or its name."""
    if is_file(resume) or resume.suffix == ".safetensors":
        kept = resume
        target = out or _target_of(kept)
        stored = _run_of(kept, store)
    else:
        stored = store.find(str(resume))
        if stored.checkpoint is None:
            raise ConfigError(f"{stored.name} expected a checkpoint to go on from, found none. Begin it anew.")
        kept, target = stored.checkpoint, out or (Path(stored.out) if stored.out else None)
    checkpoint = Checkpoint.load(kept)
    if "dataset" in given:  # its files may have been moved; whether they are the same is looked at
        given.remove("dataset")
        checkpoint = replace(checkpoint, config=replace(checkpoint.config, dataset=dataset))
    if given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ConfigError(f"--resume expected no other settings than its run's own, received {options}.")
    return Job(checkpoint.config, target, checkpoint, kept, stored)


def _run_of(kept: Path, store: RunStore) -> StoredRun | None:
    """The run whose checkpoint this is: the one in whose folder it lies, wherever that is, or one of the store."""
    here = []
    with suppress(ConfigError):
        here = [load_run(kept.absolute().parent)]
    runs = chain(here, (run for run in store.runs()))
    return next((run for run in runs if run.checkpoint and realpath(run.checkpoint) == realpath(kept)), None)


def _target_of(kept: Path) -> Path | None:
    """Where the run whose checkpoint this is was going to save its model; None for a name that is not ours."""
    ending = ".checkpoint.safetensors"
    return kept.with_name(f"{kept.name.removesuffix(ending)}.safetensors") if kept.name.endswith(ending) else None


def _absolute_model(name: str) -> str:
    """A path that a run can be taken up with from any folder; ``bundled`` as it is."""
    return str(Path(name).absolute()) if name != BUNDLED and exists(name) else name


def _was_given(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _expect_effect(config: TrainingConfig, given: list[str]) -> None:
    """Options of another optimizer, which would have no effect, are refused."""
    for name in ("momentum", "beta1", "beta2", "rms_decay", "weight_decay"):
        if name in given and name not in OPTIMIZER_OPTIONS[config.optimizer]:
            option = f"--{name.replace('_', '-')}"
            owners = [optimizer for optimizer, options in OPTIMIZER_OPTIONS.items() if name in options]
            raise ConfigError(
                f"{option} expected the optimizer {' or '.join(owners)}, received {config.optimizer}. Add --optimizer "
                f"{owners[0]}, or leave {option} out."
            )


def _expect_mixup(config: TrainingConfig) -> None:
    """What would have no effect is refused: epochs without mixup in a run that has none."""
    if config.unmixed_epochs and not config.mixup:
        raise ConfigError(
            "--unmixed-epochs expected a run with mixup, received one without. Add --mixup 0.3, or leave it out."
        )
