"""``cnn-core runs``."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from cnn_core.cli.options import DataDir, Json, RunsDir
from cnn_core.cli.output import console, messages, print_json
from cnn_core.cli.train_run import Job, TrainingJob
from cnn_core.errors import ConfigError
from cnn_core.evaluation import compare_accuracies, wilson_interval
from cnn_core.files import printable
from cnn_core.runs import (
    Finding,
    RunIndex,
    RunRecord,
    RunStore,
    RunSummary,
    StoredRun,
    differences,
    examine,
    read_metrics,
    search,
    sort_runs,
)
from cnn_core.runs.search import KEYS, SHORT
from cnn_core.runs.store import MOST_TRASH_S
from cnn_core.runs.summary import settings_of
from cnn_core.runs.tensorboard import write_events
from cnn_core.training import Checkpoint
from cnn_core.training.changes import settings_from_text

STATES = {
    "running": "is running", "finished": "finished", "early": "ended early", "stopped": "stopped",
    "interrupted": "interrupted", "diverged": "diverged", "failed": "failed",
}  # fmt: skip


def runs(
    names: Annotated[
        list[str] | None, typer.Argument(help="Show this run; of several what differs; none: list all.")
    ] = None,
    words: Annotated[
        str, typer.Option("--filter", "-f", help='List only these: "network:article rate>0.001 good".')
    ] = "",
    sort: Annotated[
        str, typer.Option("--sort", help="List by this, such as test or rate; -test: the largest first.")
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the named run.")] = False,
    repeat: Annotated[
        bool, typer.Option("--repeat", help="Make the named run again, with all that was changed on its way.")
    ] = False,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a setting of the named run while it goes: learning_rate=0.001."),
    ] = None,
    doctor: Annotated[bool, typer.Option("--doctor", help="Say what is odd about the named run.")] = False,
    title: Annotated[str | None, typer.Option("--title", help="Call the named run so.")] = None,
    notes: Annotated[str | None, typer.Option("--notes", help="Note this of the named run.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Move the named runs into the trash.")] = False,
    restore: Annotated[bool, typer.Option("--restore", help="Bring the named runs back out of the trash.")] = False,
    tensorboard: Annotated[
        Path | None, typer.Option("--tensorboard", help="Write the named runs for TensorBoard into this folder.")
    ] = None,
    folder: RunsDir = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List the runs that were kept, show one, compare several; go on with one, repeat, change or delete it."""
    store, names = RunStore(folder), names or []
    single = {"--resume": resume, "--repeat": repeat, "--set": bool(change), "--doctor": doctor,
              "--title": title is not None, "--notes": notes is not None}  # fmt: skip
    _expect_names(names, single, {"--delete": delete, "--restore": restore, "--tensorboard": tensorboard is not None})
    if restore:
        restored = [store.restore(name).name for name in names]
        _say(as_json, {"restored": restored}, f"back again: {', '.join(restored)}")
        return
    found = list({run.path: run for run in map(store.find, names)}.values())
    if not found:
        _list(store, words, sort, as_json)
    elif delete:
        for run in found:
            store.discard(run)
        store.empty_trash()
        days = f"{MOST_TRASH_S / 86400:.0f} days"
        _say(as_json, {"deleted": [run.name for run in found]}, f"in the trash for {days}; --restore brings back")
    elif tensorboard is not None:
        places = [str(write_events(run, tensorboard)) for run in found]
        _say(
            as_json,
            {"written": places},
            f"written; show them: tensorboard --logdir {shlex.quote(str(tensorboard))}",
        )
    elif change:
        found[0].ask_to_change(settings_from_text(change))
        if title is not None or notes is not None:
            found[0].note(**{k: v for k, v in (("title", title), ("notes", notes)) if v is not None})
        _say(as_json, {"changed": change}, f"{printable(found[0].name)} changes it within a second")
    elif title is not None or notes is not None:
        found[0].note(**{k: v for k, v in (("title", title), ("notes", notes)) if v is not None})
        _say(as_json, asdict(found[0].notes()), "noted")
    elif repeat:
        TrainingJob(Job(found[0].repeat_config()), store, data_dir, as_json).run()
    elif resume:
        _resume(found[0], store, data_dir, as_json)
    elif doctor:
        _examine(found[0], as_json)
    elif len(found) > 1:
        _compare(found, as_json)
    else:
        _show(found[0], as_json)


def _expect_names(names: list[str], single: dict[str, bool], several: dict[str, bool]) -> None:
    wanted = [option for option, is_wanted in (single | several).items() if is_wanted]
    if wanted and not names:
        raise ConfigError(f"{wanted[0]} expected the name of a run, received none. See: cnn-core runs.")
    if len(names) > 1 and (one := next((option for option in wanted if single.get(option)), None)):
        raise ConfigError(f"{one} expected the name of one run, received {len(names)}.")


def _say(as_json: bool, values: Mapping[str, Any], text: str) -> None:
    if as_json:
        print_json(dict(values))
    else:
        messages.print(text)


def _list(store: RunStore, words: str, sort: str, as_json: bool) -> None:
    found = search(RunIndex(store).summaries(), words)
    if sort:
        key = SHORT.get(sort.lstrip("-"), sort.lstrip("-"))
        if key not in KEYS:
            raise ConfigError(f"--sort expected one of {', '.join(sorted({*KEYS, *SHORT}))}, received {sort!r}.")
        found = sort_runs(found, key, sort.startswith("-"))
    if as_json:
        print_json({"folder": str(store.folder), "runs": [_row(store, run) for run in found]})
        return
    if not found:
        none = f"No run in {store.folder} is meant by {words!r}." if words else f"No runs yet in {store.folder}."
        console.print(f"{none} Begin one: cnn-core train --dataset synthetic", soft_wrap=True)
        return
    table = Table("name", "network", "data", "epochs", "validation", "test", "state", box=None)
    for run in found:
        epochs = f"{run.epochs} of {run.changed.get('epochs', run.settings.get('epochs', '?'))}"
        title = run.name if run.title == run.name else f"{run.name} ({run.title})"
        shares = (f"{share:.2%}" if share is not None else "–" for share in (run.validation, run.test))
        table.add_row(printable(title), run.network, run.data, epochs, *shares, STATES[run.reason])
    console.print(table)


def _row(store: RunStore, run: RunSummary) -> dict[str, Any]:
    """With the names that ``runs NAME --json`` has."""
    values = run.as_dict() | {"path": str(store.folder / run.name)}
    return values | {"validation_accuracy": run.validation, "test_accuracy": run.test}


def _show(run: StoredRun, as_json: bool) -> None:
    record = run.record
    if as_json:
        values = run.as_dict() | asdict(run.notes())
        print_json(values | {"history": [epoch.as_dict() for epoch in record.epochs]} | record.description())
        return
    begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(record.started_at))
    said = run.notes()
    title = f" ({said.title})" if said.title else ""
    console.print(f"{printable(run.name)}{title}: {STATES[run.reason]}, begun {begun}", soft_wrap=True)
    if said.notes:
        console.print(f"  notes     {said.notes}", soft_wrap=True)
    size = "×".join(map(str, record.input_shape))
    console.print(f"  network   {record.network}, {record.parameters:,} parameters, for images {size}")
    console.print(f"  data      {record.title} ({record.place}), {record.train_images:,} images to train")
    console.print(f"  repeat    cnn-core runs {shlex.quote(str(run.path))} --repeat", soft_wrap=True)
    if isinstance(record.config.architecture, str):
        console.print(f"  command   {record.description()['command']}", soft_wrap=True)
    for change in record.config.changes:
        console.print(f"  changed   after step {change.as_text()}", soft_wrap=True)
    if record.test_accuracy is not None:
        low, high = wilson_interval(record.test_accuracy, record.test_images)
        console.print(
            f"  test      {record.test_accuracy:.2%} of {record.test_images:,} images right "
            f"(95 %: {low:.2%} to {high:.2%})"
        )
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


def _compare(found: list[StoredRun], as_json: bool) -> None:
    """What differs, and whether the difference of the accuracies is more than chance."""
    records = [run.record for run in found]
    different = differences([settings_of(record) for record in records])
    against = []
    first = records[0]
    for record in records[1:]:
        same_images = (first.title, first.test_images) == (record.title, record.test_images)
        if first.test_accuracy is not None and record.test_accuracy is not None and same_images:
            against.append(
                compare_accuracies(record.test_accuracy, record.test_images, first.test_accuracy, first.test_images)
            )
        else:
            against.append(None)
    if as_json:
        print_json({
            "runs": [run.name for run in found],
            "different": {name: list(values) for name, values in different.items()},
            "test_accuracy": [record.test_accuracy for record in records],
            "test_interval": [
                None if r.test_accuracy is None else wilson_interval(r.test_accuracy, r.test_images) for r in records
            ],
            "against_first": [asdict(one) if one is not None else None for one in against],
        })  # fmt: skip
        return
    table = Table("", *(printable(run.notes().title or run.name) for run in found), box=None)
    for name, values in different.items():
        table.add_row(name.replace("_", " "), *(str(value) for value in values))
    table.add_row("test", *(f"{r.test_accuracy:.2%}" if r.test_accuracy is not None else "–" for r in records))
    table.add_row("95 % interval", *(_interval(record) for record in records))
    for_first = "–"
    said = [
        f"{one.value * 100:+.2f} points, {'more than chance' if one.is_real else 'may be chance'}" if one else "–"
        for one in against
    ]
    table.add_row("against the first", for_first, *said)
    console.print(table)


def _interval(record: RunRecord) -> str:
    if record.test_accuracy is None:
        return "–"
    low, high = wilson_interval(record.test_accuracy, record.test_images)
    return f"{low:.2%} to {high:.2%}"


def _examine(run: StoredRun, as_json: bool) -> None:
    findings = examine(run.record, read_metrics(run.path))
    if as_json:
        print_json({"run": run.name, "findings": [_as_dict(one) for one in findings]})
        return
    if not findings:
        console.print(f"{printable(run.name)}: nothing odd was found.", soft_wrap=True)
    for one in findings:
        console.print(f"{one.title}. {one.detail}", soft_wrap=True)
        if one.change:
            options = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in one.change.items())
            console.print(f"  Try: {options}", soft_wrap=True)


def _resume(run: StoredRun, store: RunStore, data_dir: Path | None, as_json: bool) -> None:
    if run.checkpoint is None:
        raise ConfigError(f"{run.name} expected a checkpoint to go on from, found none. Begin it anew.")
    checkpoint = Checkpoint.load(run.checkpoint)
    messages.print(f"going on with {run.name} after epoch {len(checkpoint.epochs)}")
    out = Path(run.out) if run.out else None
    TrainingJob(Job(checkpoint.config, out, checkpoint, run.checkpoint, run), store, data_dir, as_json).run()


def _as_dict(finding: Finding) -> dict[str, Any]:
    return {"key": finding.key, "severity": finding.severity, "title": finding.title, "detail": finding.detail,
            "change": dict(finding.change), "step": finding.step}  # fmt: skip
