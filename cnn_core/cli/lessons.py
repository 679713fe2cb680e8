"""The command about lessons: which there are, and whether one that a teacher has written can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cnn_core.cli.options import Json
from cnn_core.cli.output import console, print_json
from cnn_core.errors import ConfigError
from cnn_core.files import brief
from cnn_core.glossary import ENGLISH, expect_language, load_glossary
from cnn_core.lessons import TERM_LINK, Lesson, load_lessons, read_lesson, tutorial


def lessons(
    files: Annotated[list[Path] | None, typer.Argument(help="Lessons of your own to check.")] = None,
    as_tutorial: Annotated[bool, typer.Option("--tutorial", help="Print text and code as one page.")] = False,
    language: Annotated[str, typer.Option("--language", help="In which language: en or de.")] = ENGLISH,
    as_json: Json = False,
) -> None:
    """List the lessons of the window, or check some of your own: a broken one says in which line.

    A lesson is a Markdown file with a small header; docs/LESSONS.md says how to write one.
    """
    expect_language(language)
    found = [_checked(path, language) for path in files] if files else load_lessons(language)[0]
    if as_tutorial:
        typer.echo(tutorial(found), nl=False)
        return
    if as_json:
        print_json({"lessons": [{"key": one.key, "title": one.title, "minutes": one.minutes, "tasks": len(one.tasks)}
                                for one in found]})  # fmt: skip
        return
    table = Table("lesson", "title", "minutes", "things to try", box=None)
    for one in found:
        table.add_row(one.key, one.title, str(one.minutes), str(len(one.tasks)))
    console.print(table)


def _checked(path: Path, language: str) -> Lesson:
    """The lesson, whose links lead to words that are explained."""
    lesson, glossary = read_lesson(path), load_glossary(language)
    for block in lesson.blocks:
        for word in TERM_LINK.findall(block.text):
            if glossary.get(word) is None:
                raise ConfigError(
                    f"{path.name}: a lesson expected links to words of the glossary, found {brief(word)!r}."
                )
    return lesson
