"""How the commands speak: results on standard output, progress and problems on standard error."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console, ConsoleDimensions
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from cnn_core.files import printable

LEAST_WIDTH, PIPED_WIDTH = 40, 10_000
"""Letters in a line: of a terminal that gives none or too few, and where there is no terminal."""


class _Output(Console):
    """Says what users have written as they wrote it, and cuts nothing that another program reads.

    When nobody reads it any longer the command ends, and that is no failure of it.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    @property
    def size(self) -> ConsoleDimensions:  # type: ignore[override]
        width, height = super().size
        return ConsoleDimensions(max(width, LEAST_WIDTH) if self.is_terminal else PIPED_WIDTH, max(height, 1))

    def render_str(self, text: str, **options: Any) -> Text:  # type: ignore[override]
        """Without what a terminal would obey: names come from files of strangers."""
        return super().render_str("".join(c if c in "\n\t" else printable(c) for c in text), **options)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


console = _Output()
messages = _Output(stderr=True)


def print_json(result: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    try:
        console.file.write(json.dumps(result, ensure_ascii=False) + "\n")
    except BrokenPipeError:
        raise BrokenPipeError from None  # with its number, typer would end the command as a failure


def fail(message: str) -> None:
    """One line on standard error."""
    messages.print(f"cnn-core: {' '.join(message.split())}", style="red", soft_wrap=True)


@contextmanager
def progress_bar() -> Generator[Progress]:
    """A bar on standard error; on a terminal it moves, elsewhere only its end is written."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
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
