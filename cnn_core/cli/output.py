"""How the commands speak: results on standard output, progress and problems on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class _Output(Console):
    """Standard output; when nobody reads it any longer the command ends, and that is no failure of it."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


console = _Output(highlight=False)
messages = Console(stderr=True, highlight=False)


def print_json(result: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    console.out(json.dumps(result, ensure_ascii=False), highlight=False)


def fail(message: str) -> None:
    """One line on standard error."""
    messages.print(f"cnn-core: {' '.join(message.split())}", style="red", markup=False, soft_wrap=True)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on standard error; on a terminal it moves, elsewhere only its end is written."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=messages, transient=not messages.is_terminal) as progress:
        yield progress


class DataProgress:
    """Shows what `cnn_core.data.load_dataset` reports, a bar for each thing it does."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total or None, note="")
        self._progress.update(self._tasks[what], completed=done, total=total or None)

    def finish(self) -> None:
        """Take the bars away again."""
        for task in self._tasks.values():
            self._progress.remove_task(task)
        self._tasks.clear()
