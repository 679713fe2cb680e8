"""The command about data: what there is, and what a person's own data hold."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cnn_core.cli.options import DataDir, Json
from cnn_core.cli.output import DataProgress, console, messages, print_json, progress_bar
from cnn_core.cli.outputs import Overwrite, expect_output
from cnn_core.datasets.edits import EditBook
from cnn_core.datasets.export import EXPORTS
from cnn_core.datasets.survey import survey
from cnn_core.errors import CnnError
from cnn_core.files import brief, printable
from cnn_core.sources import SOURCES, about, absolute, load_dataset, user_cache

MOST_LISTED = 40


def datasets(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[import PATH]", help="Look at data of your own before they are used.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write what is imported: FILE.npz, or a folder.")] = None,
    kind: Annotated[str, typer.Option("--as", help="What is written: npz, idx or png (a folder by class).")] = "npz",
    overwrite: Overwrite = False,
    fetch: Annotated[str | None, typer.Option("--fetch", help="Download this one now.")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List the data sets and where they are, download one into the user's cache, or look at one of your own.

    [bold]cnn-core datasets import PATH[/bold] says how many images and classes a folder, a table or a file holds,
    and what was refused and why; with --out it is written as a file that is quicker to read.
    """
    if words:
        _import(words, out, kind, overwrite, data_dir, as_json)
        return
    if out is not None:
        raise CnnError("--out expected import PATH before it, received none.")
    rows = [about(name, data_dir) for name in SOURCES]
    there = [row.name for row in rows if row.downloads]
    if fetch is not None and fetch not in there:
        raise CnnError(f"--fetch expected one of {', '.join(there)}, received {brief(fetch)!r}: nothing to download.")
    if fetch:
        with progress_bar() as progress:
            load_dataset(fetch, data_dir, progress=DataProgress(progress))
        rows = [about(name, data_dir) for name in SOURCES]
    if as_json:
        print_json({"datasets": [asdict(row) for row in rows], "cache": str(user_cache())})
        return
    table = Table("name", "what it is", "where", box=None)
    for row in rows:
        missing = "to be downloaded" if row.downloads else "not there"
        table.add_row(row.name, row.title, row.path or row.note or missing)
    console.print(table)


def _import(
    words: list[str], out: Path | None, kind: str, overwrite: bool, data_dir: Path | None, as_json: bool
) -> None:
    if len(words) != 2 or words[0] != "import":
        raise CnnError(f"datasets expected nothing or import PATH, received {brief(' '.join(words))!r}.")
    if out is not None:
        expect_output(out, [absolute(words[1])], overwrite, lambda path: path.is_dir() != (kind == "npz"))
    if kind not in EXPORTS:
        raise CnnError(f"--as expected one of {', '.join(EXPORTS)}, received {brief(kind)!r}.")
    with progress_bar() as progress:
        data = load_dataset(absolute(words[1]), data_dir, progress=DataProgress(progress))
    found = survey(data)
    if out is not None:
        edits = EditBook()
        parts = {"train": data.train, "test": data.test} | ({"val": data.validation} if data.validation else {})
        EXPORTS[kind](out, {part: edits.read(one).applied(one) for part, one in parts.items()})
    if as_json:
        print_json(found.as_dict() | {"out": str(out) if out is not None else None})
        return
    size = "×".join(map(str, found.shape))
    parts = ", ".join(f"{count:,} {name}" for name, count in found.parts)
    console.print(f"{found.title}: {parts}, images of {size}", soft_wrap=True)
    table = Table("class", "training images", box=None)
    for name, count in found.classes[:MOST_LISTED]:
        table.add_row(printable(name), f"{count:,}")
    console.print(table)
    if len(found.classes) > MOST_LISTED:
        console.print(f"… and {len(found.classes) - MOST_LISTED:,} classes more")
    for name, why in found.refused[:MOST_LISTED]:
        messages.print(f"refused {printable(name)}: {why}", soft_wrap=True)
    if found.note:
        messages.print(found.note, soft_wrap=True)
    next_step = f"cnn-core train --dataset {shlex.quote(str(out or words[1]))}"
    console.print(f"written to {out}" if out is not None else f"Nothing was changed. Train on it: {next_step}",
                  soft_wrap=True)  # fmt: skip
