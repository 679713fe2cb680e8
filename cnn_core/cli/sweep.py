"""``cnn-core sweep``."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cnn_core.cli.options import DataDir, Json, RunsDir
from cnn_core.cli.output import console, messages, print_json, progress_bar
from cnn_core.cli.train_run import INTERRUPTED
from cnn_core.errors import ConfigError
from cnn_core.runs import RunStore
from cnn_core.sweeps import SweepProgress, SweepResult, load_sweep, run_sweep
from cnn_core.sweeps.cluster import DaskCrew
from cnn_core.sweeps.plan import SweepPlan
from cnn_core.sweeps.processes import ProcessCrew
from cnn_core.sweeps.sweep import local_workers

STOP_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def sweep(
    file: Annotated[Path, typer.Argument(help="A TOML file: settings by name, and \\[grid] or \\[random] with lists.")],
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="Address of a Dask scheduler; default: this machine's cores.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Runs at once on this machine; 0: one a core.")] = 0,
    folder: RunsDir = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Make many runs that differ in some settings, and say which was best.

    [bold]Ctrl+C[/bold] stops it; what is done stays.
    """
    plan, store, asked = load_sweep(file), RunStore(folder), []
    crew = DaskCrew(cluster) if cluster else ProcessCrew(workers or local_workers())
    before = {number: signal.signal(number, lambda *_: asked.append(True)) for number in STOP_SIGNALS}
    try:
        with progress_bar() as progress:
            task = progress.add_task(f"sweep {plan.name}", total=len(plan.configs), note="")

            def show(now: SweepProgress) -> None:
                progress.update(task, completed=now.done, note=f"{now.eta_seconds:.0f} s left")
                if now.last is not None and not now.last.problem:
                    messages.print(f"{now.done} of {now.total}: {now.last.name}, test {_share(now.last.test)}")

            result = run_sweep(plan, crew, store, data_dir, show, lambda: bool(asked))
    finally:
        crew.close()
        for number, handler in before.items():
            signal.signal(number, handler)
    _report(plan, result, store, as_json)
    if result.stopped:
        raise typer.Exit(INTERRUPTED)
    if result.problems and not result.outcomes:
        raise ConfigError(f"The sweep {plan.name} expected runs that can be made, found none: see above.")


def _report(plan: SweepPlan, result: SweepResult, store: RunStore, as_json: bool) -> None:
    rows = []
    for number, choice in enumerate(plan.choices):
        outcome, problem = result.outcomes.get(number), result.problems.get(number, "")
        row = {"name": outcome.name if outcome else "", "problem": problem, "settings": dict(choice)}
        rows.append(
            row | {"validation": outcome.validation if outcome else None, "test": outcome.test if outcome else None}
        )
    rows.sort(key=lambda row: row["validation"] if row["validation"] is not None else -1.0, reverse=True)
    if as_json:
        print_json({"sweep": plan.name, "folder": str(store.folder), "stopped": result.stopped, "runs": rows})
        return
    table = Table("name", *plan.varied, "validation", "test", box=None)
    for row in rows:
        shown = [str(row["settings"][name]) for name in plan.varied]
        table.add_row(row["name"] or row["problem"] or "–", *shown, _share(row["validation"]), _share(row["test"]))
    console.print(table)
    for number, problem in result.problems.items():
        messages.print(f"run {number + 1}: {problem}")


def _share(share: float | None) -> str:
    return f"{share:.2%}" if share is not None else "–"
