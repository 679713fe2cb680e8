"""A run that the command line makes: new or taken up again, with a bar for each epoch and a report at its end."""

from __future__ import annotations

import os
import shlex
import signal
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import typer
from rich.progress import Progress

from cnn_core.claims import Claim
from cnn_core.cli.output import DataProgress, console, messages, print_json, progress_bar
from cnn_core.cli.outputs import Target, expect_output, free_path
from cnn_core.errors import ConfigError, ModelFileError, StoppedError, TrainingError
from cnn_core.evaluation import NOTHING_LEARNT, WHAT_TO_TRY
from cnn_core.files import brief, expect_writable, is_file
from cnn_core.runs import (
    RunEnded,
    RunEvent,
    RunFolder,
    RunStore,
    StoredRun,
    checkpoint_beside,
    execute,
    film_every,
    resumed_config,
    take_up,
)
from cnn_core.sources import load_dataset
from cnn_core.storage import is_model_file, load_model
from cnn_core.training import (
    BatchMetrics,
    ChangeRefused,
    Checkpoint,
    EpochMetrics,
    SettingsChanged,
    TrainingConfig,
    TrainingControl,
    change_in_words,
)

INTERRUPTED = 130


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What is to be done: a new run, or one to take up.

    Attributes
    ----------
    out : where the model goes beside the run's folder; None: nowhere
    checkpoint, kept : the state to go on from, and the file that it is in
    overwrite : whether another model at ``out`` may be replaced
    stored : the run to take up; None for a new one, or for a checkpoint of which no run is known
    film_every : keep the weights of every so many steps for a film; 0 of none
    """

    config: TrainingConfig
    out: Path | None = None
    checkpoint: Checkpoint | None = None
    kept: Path | None = None
    stored: StoredRun | None = None
    overwrite: bool = False
    film_every: int = 0

    def expect_outputs(self) -> None:
        """Find out before the work whether its result can be kept, and whether it would destroy another's."""
        if self.out is None:
            return
        kept = self.kept or checkpoint_beside(self.out)
        expect_writable(kept)
        if self.out.resolve() == kept.resolve():
            raise ConfigError(f"--out expected another file than the checkpoint, received {self.out} for both.")
        if kept.exists() and self.kept is None:
            raise ConfigError(
                f"Expected no unfinished run, found the checkpoint {kept}. Go on with it (--resume {kept}), remove it, "
                "or choose another --out."
            )
        config = self.config
        inputs = [config.dataset, *([config.start] if config.start else []), *([self.kept] if self.kept else [])]
        own = self.kept is not None and _is_of_run(self.out, config)
        expect_output(self.out, inputs, self.overwrite or own, is_model_file)


def _is_of_run(path: Path, config: TrainingConfig) -> bool:
    """Whether the model at ``path`` is what a run with these settings left when it was stopped."""
    try:
        training = load_model(path).training if path.exists() else {}
    except ModelFileError:
        return False
    settings = training.get("settings")
    ours = {"dataset": config.dataset, "changes": config.as_dict()["changes"]}  # more may have changed since
    same = isinstance(settings, dict) and settings | ours == config.as_dict()
    return same and training.get("reason") in ("stopped", "interrupted")


class TrainingJob:
    """The run itself, from the data to the report."""

    def __init__(self, job: Job, store: RunStore, data_dir: Path | None, as_json: bool) -> None:
        self._job, self._store, self._data_dir, self._as_json = job, store, data_dir, as_json
        self._target = Target(job.out) if job.out is not None else None
        self._control = TrainingControl()
        self._control.record(job.film_every)
        self._ended: RunEnded | None = None

    def run(self) -> None:
        """Raises `typer.Exit` with 130 where it was interrupted, `CnnError` where its result could not be kept, and
        what the run raises."""
        self._job.expect_outputs()
        with ExitStack() as claims:
            if self._job.out is not None:
                claims.enter_context(Claim(self._job.out))
            self._run(self._taken_up(claims))

    def _taken_up(self, claims: ExitStack) -> RunFolder | None:
        """The folder of a run that goes on; what it goes on from is read again, now that nobody else can change it."""
        job = self._job
        if job.stored is None or job.kept is None:
            return None
        folder = claims.enter_context(take_up(job.stored))
        self._control.record(job.film_every or film_every(folder.path))
        checkpoint = Checkpoint.load(job.kept)
        config = replace(resumed_config(folder.record, checkpoint), dataset=job.config.dataset)
        self._job = replace(job, config=config, checkpoint=replace(checkpoint, config=config))
        return folder

    def _run(self, folder: RunFolder | None) -> None:
        _stop_on_interrupt(self._control)
        job = self._job
        with progress_bar() as progress:
            watch = DataProgress(progress)
            data = load_dataset(
                job.config.dataset, self._data_dir, progress=watch, stopped=lambda: self._control.stopped
            )
            watch.finish()
            messages.print(
                f"{data.source}: {len(data.train):,} images to train, {len(data.test):,} to test"
                + (f"; {data.note}" if data.note else "")
            )
            folder = folder or self._store.create(job.config, job.out, job.kept)
            reporter = _Reporter(progress, job.config)

            def tell(event: RunEvent) -> None:
                if isinstance(event, RunEnded):
                    self._ended = event
                reporter(event)

            try:
                record = execute(job.config, data, tell, self._control, folder, job.checkpoint)
            except (TrainingError, ModelFileError) as error:
                self._keep_after(error, folder)
                raise
        if self._control.stopped:
            self._report_stopped(folder)
            raise typer.Exit(INTERRUPTED)
        saved = self._save(folder)
        if record.learnt_nothing:
            messages.print(f"{NOTHING_LEARNT} {WHAT_TO_TRY}")
        self._report(saved, folder)

    def _save(self, folder: RunFolder) -> Path:
        """Put the model where it was asked for; the checkpoint beside it may go then."""
        if self._target is None:
            if not folder.has_model:
                raise ModelFileError(f"The model expected to be kept in {folder.path}, received: {folder.problem}")
            return folder.model_path
        saved = self._target.now()
        assert self._ended is not None
        self._ended.save(saved)
        folder.checkpoint_path.unlink(missing_ok=True)
        return saved

    def _keep_after(self, error: TrainingError | ModelFileError, folder: RunFolder) -> None:
        """Save the weights of a run that broke down, or whose checkpoint cannot be written, where it has any.

        The checkpoint of one that broke down goes: taken up, it would break down again.
        """
        ended = self._ended
        if ended is None or not ended.record.epochs:
            return
        diverged = isinstance(error, TrainingError)
        saved = folder.model_path
        if self._target is not None:
            saved = self._target.now()
            ended.save(saved)
            if diverged:
                folder.checkpoint_path.unlink(missing_ok=True)
        error.args = (f"{error} {'They are' if diverged else 'What was learnt is'} kept in {brief(saved)}.",)

    def _report(self, saved: Path, folder: RunFolder) -> None:
        assert self._ended is not None
        record = self._ended.record
        training = record.description()
        if self._as_json:
            summary = {"accuracy": record.test_accuracy, "n": record.test_images, "model": str(saved)}
            more = {"run": str(folder.path), "parameters": record.parameters, "seconds": round(record.seconds, 2)}
            print_json(summary | training | more)
            return
        text = (
            f"{record.test_accuracy:.2%} of {record.test_images:,} test images right, "
            f"{record.images_per_second:,.0f} images/s. Saved as {saved}"
        )
        console.print(text, soft_wrap=True)

    def _report_stopped(self, folder: RunFolder) -> None:
        """Keep what was learnt, but never put a model that has seen no whole epoch in the place of another one."""
        ended = self._ended
        saved = None
        if ended is None:
            raise StoppedError("interrupted")
        record = ended.record
        if record.steps:
            saved = folder.model_path
            if self._target is not None:
                path = self._target.path
                half_learnt = not record.epochs
                saved = free_path(path.with_name(f"{path.stem}.interrupted.safetensors")) if half_learnt else None
                saved = saved or self._target.now()
                ended.save(saved)
        checkpoint = folder.checkpoint_path if is_file(folder.checkpoint_path) else None
        if self._as_json:
            paths = {"model": str(saved) if saved else None, "checkpoint": str(checkpoint) if checkpoint else None}
            print_json({"accuracy": None, "n": 0} | paths | {"run": str(folder.path)} | record.description())
            return
        where = f"Weights kept in {saved}" if saved else "Nothing was learnt yet, nothing was written."
        epochs = record.epochs_completed
        console.print(f"Stopped after {epochs} epoch{'' if epochs == 1 else 's'}. {where}", soft_wrap=True)
        if checkpoint:
            place = f" --data-dir {shlex.quote(str(self._data_dir.absolute()))}" if self._data_dir else ""
            command = f"cnn-core train --resume {shlex.quote(str(checkpoint.absolute()))}{place}"
            console.print(f"Go on with: {command}", soft_wrap=True)


class _Reporter:
    """Shows the run as a bar an epoch."""

    def __init__(self, progress: Progress, config: TrainingConfig) -> None:
        self._progress, self._config = progress, config.as_begun
        self._task = None

    def __call__(self, event: RunEvent) -> None:
        if isinstance(event, SettingsChanged):
            self._config = event.config.at(event.change.step)
            messages.print(f"from step {event.change.step + 1} on: {change_in_words(event)}")
        elif isinstance(event, ChangeRefused):
            messages.print(f"not changed: {event.problem}")
        elif isinstance(event, BatchMetrics):
            epoch = ceil(event.epoch) - 1
            if self._task is None:
                self._task = self._progress.add_task(f"epoch {epoch + 1} of {self._config.epochs}", total=1.0, note="")
            note = f"loss {event.loss:.3f} · {event.images_per_second:,.0f} images/s · {event.eta_seconds:.0f} s left"
            self._progress.update(self._task, completed=event.epoch - epoch, note=note)
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
        control.interrupt()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        elif number != signal.SIGTERM:  # whoever writes to a terminal that is gone gets an error
            console.file = messages.file = Path(os.devnull).open("w")  # noqa: SIM115 - lives as long as the program
        messages.print("stopping …")

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), on_signal)
