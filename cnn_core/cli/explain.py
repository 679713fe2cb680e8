"""The command about words: what the program's terms mean."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cnn_core.cli.options import Json
from cnn_core.cli.output import console, print_json
from cnn_core.errors import ConfigError
from cnn_core.glossary import ENGLISH, Term, expect_language, load_glossary


def explain(
    word: Annotated[list[str] | None, typer.Argument(metavar="WORD", help="Such as convolution, or Adam.")] = None,
    every: Annotated[bool, typer.Option("--list", help="Name all words.")] = False,
    language: Annotated[str, typer.Option("--language", help="In which language: en or de.")] = ENGLISH,
    as_json: Json = False,
) -> None:
    """Say what a word means: in one or two sentences, then formula, shapes and source."""
    expect_language(language)
    glossary = load_glossary(language)
    if every:
        _list(list(glossary), as_json)
        return
    if not word:
        raise ConfigError("explain expected a word, or --list, received none.")
    term = glossary.find(" ".join(word))
    if as_json:
        print_json(term.as_dict())
        return
    console.print(Text(term.name, "bold"))
    console.print(Text(term.plain))
    rows = (("formula", term.formula), ("shapes", term.shapes), ("source", term.source), ("see", ", ".join(term.see)),
            ("also", ", ".join(term.also)))  # fmt: skip
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, text in rows:
        if text:
            table.add_row(Text(name, "dim"), Text(text))
    console.print(table)


def _list(terms: list[Term], as_json: bool) -> None:
    if as_json:
        print_json({"words": [term.as_dict() for term in terms]})
        return
    groups: dict[str, list[str]] = {}
    for term in terms:
        groups.setdefault(term.group, []).append(term.name)
    for group, names in groups.items():
        console.print(Text.assemble((f"{group}: ", "bold"), ", ".join(names)))
