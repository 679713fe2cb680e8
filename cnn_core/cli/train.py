"""``cnn-core train``."""

from __future__ import annotations

import os
import shlex
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import typer
from rich.progress import Progress

from cnn_core.assets import BUNDLED
from cnn_core.cli.options import DataDir, DatasetName, Json, Threads
from cnn_core.cli.output import DataProgress, console, messages, print_json, progress_bar
from cnn_core.cli.outputs import Overwrite, Target, expect_output, free_path
from cnn_core.data import AUGMENTATIONS, DATASETS, Parts, load_dataset
from cnn_core.errors import ConfigError, ModelFileError, TrainingError
from cnn_core.evaluation import NOTHING_LEARNT, WHAT_TO_TRY, evaluate, learnt_nothing
from cnn_core.files import brief, claim, expect_writable
from cnn_core.model import Sequential
from cnn_core.optimizers import DEFAULT_RATES, OPTIMIZERS
from cnn_core.presets import PRESETS
from cnn_core.schedules import SCHEDULES
from cnn_core.storage import is_model_file, load_model, open_model, save_model
from cnn_core.training import (
    RECIPES,
    BatchMetrics,
    Checkpoint,
    EpochMetrics,
    Trainer,
    TrainingConfig,
    TrainingControl,
    TrainingEvent,
    TrainingResult,
    describe_run,
    make_recipe,
    model_for,
)

INTERRUPTED = 130
DEFAULTS = TrainingConfig()


def train(
    ctx: typer.Context,
    recipe: Annotated[
        str | None, typer.Option(help=f"Settings with a name, which other options change: {', '.join(RECIPES)}.")
    ] = None,
    dataset: DatasetName = DEFAULTS.dataset,
    preset: Annotated[
        str, typer.Option("--preset", "-p", help=f"The network: {', '.join(PRESETS)}.")
    ] = DEFAULTS.preset,
    epochs: Annotated[int, typer.Option("--epochs", "-e", help="Passes over the training images.")] = DEFAULTS.epochs,
    batch_size: Annotated[int, typer.Option("--batch-size", "-b", help="Images a step.")] = DEFAULTS.batch_size,
    optimizer: Annotated[str, typer.Option("--optimizer", "-o", help=f"{', '.join(OPTIMIZERS)}.")] = DEFAULTS.optimizer,
    learning_rate: Annotated[
        float | None,
        typer.Option("--learning-rate", "-r", help="The highest rate; default: the optimizer's."),
    ] = None,
    schedule: Annotated[
        str, typer.Option("--schedule", help=f"Learning rate over time: {', '.join(SCHEDULES)}.")
    ] = DEFAULTS.schedule,
    augmentation: Annotated[
        str, typer.Option("--augmentation", "-a", help=f"Random changes to images: {', '.join(AUGMENTATIONS)}.")
    ] = DEFAULTS.augmentation,
    mixup: Annotated[
        float, typer.Option(help="Share of the images of a batch that another image is laid over.")
    ] = DEFAULTS.mixup,
    unmixed_epochs: Annotated[
        int, typer.Option(help="So many epochs at the end go without mixup.")
    ] = DEFAULTS.unmixed_epochs,
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
    seed: Annotated[int, typer.Option(help="Same seed, same threads, same curve.")] = DEFAULTS.seed,
    threads: Threads = 0,
    data_dir: DataDir = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to save the model; default: the user's folder.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", help="Go on with the checkpoint of an interrupted run.")
    ] = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Train a network and save it.

    Ends with the accuracy on the test set, which the training never sees: a part of the training images is kept aside
    to choose the best epoch by. [bold]Ctrl+C[/bold] ends it early and keeps what was learnt.

    Try: [bold]cnn-core train --dataset synthetic --epochs 2[/bold] (no download), then
    [bold]cnn-core train --preset article --epochs 3[/bold].
    """
    chosen = {
        "dataset": _absolute(dataset), "preset": preset, "optimizer": optimizer, "schedule": schedule,
        "batch_size": batch_size,
        "epochs": epochs, "seed": seed, "augmentation": augmentation, "mixup": mixup,
        "unmixed_epochs": unmixed_epochs,
        "label_smoothing": label_smoothing, "patience": patience, "threads": threads,
        "averaging": averaging, "start": start and _absolute(start), "weight_decay": weight_decay,
    }  # fmt: skip
    checkpoint = Checkpoint.load(resume) if resume else None
    given = [name for name in (*chosen, "learning_rate") if _was_given(ctx, name)]
    if checkpoint is None:
        rate = DEFAULT_RATES.get(optimizer, DEFAULTS.learning_rate) if learning_rate is None else learning_rate
        settings: dict[str, Any] = chosen | {"learning_rate": rate}
        if "optimizer" in given:
            given.append("learning_rate")  # that of the optimizer, where none was named
        config = TrainingConfig(
            **(make_recipe(recipe).as_dict() | {n: settings[n] for n in given} if recipe else settings)
        )
        if "weight_decay" in given:
            _expect_decay(config)
        if "unmixed_epochs" in given:
            _expect_mixup(config)
    else:
        if "dataset" in given:  # its files may have been moved; whether they are the same is looked at
            given.remove("dataset")
            checkpoint = replace(checkpoint, config=replace(checkpoint.config, dataset=chosen["dataset"]))
        config = checkpoint.config
        _expect_no_settings(["recipe", *given] if recipe else given)
    if out is not None and not out.name:
        raise ConfigError(f"--out expected the name of a file, received {str(out)!r}.")
    target = Target(out if out is not None else (resume and target_of(resume)) or default_path(config))
    kept = resume or checkpoint_path(target.path)
    _expect_room(target.path, kept, resume is not None)
    inputs = [config.dataset, *([config.start] if config.start else []), *([resume] if resume else [])]
    expect_output(
        target.path, inputs, overwrite or (resume is not None and _is_of_run(target.path, config)), is_model_file
    )
    if config.start and checkpoint is None:
        open_model(config.start)  # found out before the data are made
    with claim(target.path):
        _train(config, checkpoint, target, kept, data_dir, threads, as_json)


def _train(
    config: TrainingConfig,
    checkpoint: Checkpoint | None,
    target: Target,
    kept: Path,
    data_dir: Path | None,
    threads: int,
    as_json: bool,
) -> None:
    """The run itself, from the data to the report."""
    control = TrainingControl()
    _stop_on_interrupt(control)
    with progress_bar() as progress:
        watch = DataProgress(progress)
        parts = load_dataset(config.dataset, data_dir, progress=watch, stopped=lambda: control.stopped)
        watch.finish()
        messages.print(
            f"{parts.source}: {len(parts.train):,} images to train, {len(parts.test):,} to test"
            + (f"; {parts.note}" if parts.note else "")
        )
        model = model_for(replace(config, start="") if checkpoint else config, parts.train)
        trainer = Trainer(model, config, parts.train, parts.validation, kept, checkpoint)
        try:
            result = trainer.run(_Reporter(progress, config), control)
        except (TrainingError, ModelFileError) as error:
            _keep_after(error, trainer, target, kept, parts)
            raise
        whole = result.reason != "stopped"
        found = evaluate(model, parts.test, threads or None, stopped=lambda: control.stopped) if whole else None
        found = None if control.stopped else found
    training = describe_run(config, parts, result.epochs, result.reason, result.images_per_second, found)
    if control.stopped:
        _report_stopped(model, training, target, kept, result, as_json, data_dir)
        raise typer.Exit(INTERRUPTED)
    saved = target.now()
    save_model(saved, model, training, calibration=result.calibration)
    kept.unlink(missing_ok=True)
    if found is not None and learnt_nothing(found):
        messages.print(f"{NOTHING_LEARNT} {WHAT_TO_TRY}")
    _report(model, training, saved, result, as_json)


def checkpoint_path(target: Path) -> Path:
    """Where the checkpoint of a run is kept that will be saved as ``target``."""
    return target.with_name(f"{target.name.removesuffix('.safetensors')}.checkpoint.safetensors")


def target_of(kept: Path) -> Path | None:
    """Where the run whose checkpoint this is was going to save its model; None for a name that is not ours."""
    ending = ".checkpoint.safetensors"
    return kept.with_name(f"{kept.name.removesuffix(ending)}.safetensors") if kept.name.endswith(ending) else None


def _is_of_run(path: Path, config: TrainingConfig) -> bool:
    """Whether the model at ``path`` is what a run with these settings left when it was stopped."""
    try:
        training = load_model(path).training if path.exists() else {}
    except ModelFileError:
        return False
    settings = training.get("settings")
    same = isinstance(settings, dict) and settings | {"dataset": config.dataset} == config.as_dict()
    return same and training.get("reason") == "stopped"


def _absolute(name: str) -> str:
    """A path that a run can be taken up with from any folder; the name of a data set or of a model as it is."""
    return str(Path(name).absolute()) if name not in (*DATASETS, BUNDLED) and Path(name).exists() else name


def _was_given(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _expect_no_settings(given: list[str]) -> None:
    """A run that is taken up again has its settings already."""
    if given:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise ConfigError(f"--resume expected no other settings than its run's own, received {options}.")


def _expect_room(target: Path, kept: Path, resumes: bool) -> None:
    """Find out before the work whether its result can be kept, and whether it would destroy another's."""
    expect_writable(kept)
    if target.resolve() == kept.resolve():
        raise ConfigError(f"--out expected another file than the checkpoint, received {target} for both.")
    if kept.exists() and not resumes:
        raise ConfigError(
            f"Expected no unfinished run, found the checkpoint {kept}. Go on with it (--resume {kept}), remove it, or "
            "choose another --out."
        )


def _expect_decay(config: TrainingConfig) -> None:
    """What would have no effect is refused."""
    if "weight_decay" not in config.optimizer_options():
        raise ConfigError(
            f"--weight-decay expected the optimizer adamw, received {config.optimizer}. Add --optimizer adamw, or "
            "leave the weight decay out."
        )


def _expect_mixup(config: TrainingConfig) -> None:
    """What would have no effect is refused: epochs without mixup in a run that has none."""
    if config.unmixed_epochs and not config.mixup:
        raise ConfigError(
            "--unmixed-epochs expected a run with mixup, received one without. Add --mixup 0.3, or leave it out."
        )


def _keep_after(
    error: TrainingError | ModelFileError, trainer: Trainer, target: Target, kept: Path, parts: Parts
) -> None:
    """Save the weights of a run that broke down, or whose checkpoint cannot be written, where it has any.

    The checkpoint of one that broke down goes: taken up, it would break down again.
    """
    if not trainer.epochs:
        return
    diverged = isinstance(error, TrainingError)
    reason = "diverged" if diverged else "stopped"
    saved = target.now()
    save_model(saved, trainer.model, describe_run(trainer.config, parts, trainer.epochs, reason))
    if diverged:
        kept.unlink(missing_ok=True)
    error.args = (f"{error} {'They are' if diverged else 'What was learnt is'} kept in {brief(saved)}.",)


def default_path(config: TrainingConfig) -> Path:
    """A new file in the user's own folder, so that no earlier model is lost, nor that of a run beside this one."""
    folder = Path(platformdirs.user_data_path("cnn-gui", appauthor=False)) / "runs"
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{config.preset}-{Path(config.dataset).stem}-{os.getpid()}"
    return free_path(folder / f"{name}.safetensors")


class _Reporter:
    """Shows the run as a bar an epoch."""

    def __init__(self, progress: Progress, config: TrainingConfig) -> None:
        self._progress, self._config = progress, config
        self._task = None

    def __call__(self, event: TrainingEvent) -> None:
        if isinstance(event, BatchMetrics):
            per_epoch = event.total_steps // self._config.epochs
            epoch, step = divmod(event.step - 1, per_epoch)
            if self._task is None:
                self._task = self._progress.add_task(
                    f"epoch {epoch + 1} of {self._config.epochs}", total=per_epoch, note=""
                )
            note = f"loss {event.loss:.3f} · {event.images_per_second:,.0f} images/s · {event.eta_seconds:.0f} s left"
            self._progress.update(self._task, completed=step + 1, note=note)
        elif isinstance(event, EpochMetrics):
            if self._task is not None:
                self._progress.remove_task(self._task)
                self._task = None
            messages.print(
                f"epoch {event.epoch} of {event.epochs}: loss {event.train_loss:.4f}, "
                f"validation {event.validation_accuracy:.2%} (loss {event.validation_loss:.4f}), {event.seconds:.1f} s"
            )


def _stop_on_interrupt(control: TrainingControl) -> None:
    """The first Ctrl+C ends the run in good order, a second one at once; a request to end and a terminal that is closed
    do as the first."""

    def on_signal(number: int, _: object) -> None:
        control.stop()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        elif number != signal.SIGTERM:  # whoever writes to a terminal that is gone gets an error
            console.file = messages.file = Path(os.devnull).open("w")  # noqa: SIM115 - lives as long as the program
        messages.print("stopping …")

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)


def _report(model: Sequential, training: dict[str, Any], target: Path, result: TrainingResult, as_json: bool) -> None:
    if as_json:
        summary = {"accuracy": training["test_accuracy"], "n": training["test_images"], "model": str(target)}
        print_json(summary | training | {"parameters": model.parameter_count, "seconds": round(result.seconds, 2)})
        return
    text = (
        f"{training['test_accuracy']:.2%} of {training['test_images']:,} test images right, "
        f"{training['images_per_second']:,.0f} images/s. Saved as {target}"
    )
    console.print(text, soft_wrap=True)


def _report_stopped(
    model: Sequential,
    training: dict[str, Any],
    target: Target,
    kept: Path,
    result: TrainingResult,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """Keep what was learnt, but never put a model that has seen no whole epoch in the place of another one."""
    saved = None
    if result.steps:
        path = target.path
        half_learnt = not result.epochs
        saved = free_path(path.with_name(f"{path.stem}.interrupted.safetensors")) if half_learnt else target.now()
        save_model(saved, model, training, calibration=result.calibration)
    checkpoint = kept if kept.exists() else None
    if as_json:
        paths = {"model": str(saved) if saved else None, "checkpoint": str(checkpoint) if checkpoint else None}
        print_json({"accuracy": None, "n": 0} | paths | training)
        return
    where = f"Weights kept in {saved}" if saved else "Nothing was learnt yet, nothing was written."
    epochs = len(result.epochs)
    console.print(f"Stopped after {epochs} epoch{'' if epochs == 1 else 's'}. {where}", soft_wrap=True)
    if checkpoint:
        folder = f" --data-dir {shlex.quote(str(data_dir.absolute()))}" if data_dir else ""
        command = f"cnn-core train --resume {shlex.quote(str(checkpoint.absolute()))}{folder}"
        console.print(f"Go on with: {command}", soft_wrap=True)
