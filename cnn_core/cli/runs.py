"""``cnn-core runs``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cnn_core.cli.options import DataDir, Json, RunsDir
from cnn_core.cli.output import console, messages, print_json
from cnn_core.cli.train_run import Job, TrainingJob
from cnn_core.errors import ConfigError
from cnn_core.files import printable
from cnn_core.runs import RunStore, StoredRun
from cnn_core.training import Checkpoint

STATES = {
    "running": "is running", "finished": "finished", "early": "ended early", "stopped": "stopped",
    "interrupted": "interrupted", "diverged": "diverged", "failed": "failed",
}  # fmt: skip


def runs(
    name: Annotated[str | None, typer.Argument(help="Show this run; without a name, list them all.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the named run.")] = False,
    folder: RunsDir = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List the runs that were kept, show one, or go on with one that was interrupted."""
    store = RunStore(folder)
    if name is None:
        if resume:
            raise ConfigError("--resume expected the name of a run, received none. See: cnn-core runs.")
        _list(store, as_json)
        return
    run = store.find(name)
    if resume:
        _resume(run, store, data_dir, as_json)
    else:
        _show(run, as_json)


def _list(store: RunStore, as_json: bool) -> None:
    found = store.runs()
    if as_json:
        print_json({"folder": str(store.folder), "runs": [run.as_dict() for run in found]})
        return
    if not found:
        console.print(f"No runs yet in {store.folder}. Begin one: cnn-core train --dataset synthetic", soft_wrap=True)
        return
    table = Table("name", "network", "data", "epochs", "test", "state", box=None)
    for run in found:
        record = run.record
        test = f"{record.test_accuracy:.2%}" if record.test_accuracy is not None else "–"
        epochs = f"{record.epochs_completed} of {record.config.epochs}"
        table.add_row(
            printable(run.name), record.network or record.config.network_name, record.title, epochs, test, _state(run)
        )
    console.print(table)


def _state(run: StoredRun) -> str:
    return STATES[run.reason]


def _show(run: StoredRun, as_json: bool) -> None:
    record = run.record
    if as_json:
        values = run.as_dict()
        print_json(values | {"history": [epoch.as_dict() for epoch in record.epochs]} | record.description())
        return
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.started_at))
    console.print(f"{printable(run.name)}: {_state(run)}, begun {begun}", soft_wrap=True)
    size = "×".join(map(str, record.input_shape))
    console.print(f"  network   {record.network}, {record.parameters:,} parameters, for images {size}")
    console.print(f"  data      {record.title} ({record.place}), {record.train_images:,} images to train")
    console.print(f"  repeat    {record.description()['command']}", soft_wrap=True)
    if record.test_accuracy is not None:
        console.print(f"  test      {record.test_accuracy:.2%} of {record.test_images:,} images right")
    if record.problem:
        console.print(f"  problem   {record.problem}", soft_wrap=True)
    for what, place in (("model", run.model), ("checkpoint", run.checkpoint)):
        if place is not None:
            console.print(f"  {what:<9} {place}", soft_wrap=True)
    for epoch in record.epochs:
        mark = "  best" if epoch.best else ""
        console.print(
            f"  epoch {epoch.epoch:>3}: loss {epoch.train_loss:.4f}, validation {epoch.validation_accuracy:.2%} "
            f"(loss {epoch.validation_loss:.4f}), {epoch.seconds:.1f} s{mark}"
        )


def _resume(run: StoredRun, store: RunStore, data_dir: Path | None, as_json: bool) -> None:
    if run.checkpoint is None:
        raise ConfigError(f"{run.name} expected a checkpoint to go on from, found none. Begin it anew.")
    checkpoint = Checkpoint.load(run.checkpoint)
    messages.print(f"going on with {run.name} after epoch {len(checkpoint.epochs)}")
    out = Path(run.out) if run.out else None
    TrainingJob(Job(checkpoint.config, out, checkpoint, run.checkpoint, run), store, data_dir, as_json).run()
