"""The command line ``cnn-core``: exit 0 done, 2 bad usage or bad input, 130 interrupted with the work kept."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cnn_core import __version__
from cnn_core.cli import bench, commands, inspect, runs
from cnn_core.cli.datasets import datasets
from cnn_core.cli.explain import explain
from cnn_core.cli.film import film
from cnn_core.cli.find_rate import find_rate_command
from cnn_core.cli.lessons import lessons
from cnn_core.cli.output import console, fail
from cnn_core.cli.sweep import sweep
from cnn_core.cli.teach import teach_command
from cnn_core.cli.train import train
from cnn_core.cli.train_run import INTERRUPTED
from cnn_core.errors import CnnError, StoppedError

BAD_INPUT = 2

# typer's own copy of click's base class of all usage errors, under whatever name the installed version keeps it
UsageProblem: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")

app = typer.Typer(
    name="cnn-core",
    help="A convolutional network in plain NumPy: train it, test it, use it, look into it.",
    epilog="Start with: [bold]cnn-core train --dataset synthetic --epochs 2[/bold]",
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    train,
    commands.evaluate,
    commands.classify,
    datasets,
    inspect.inspect,
    commands.export,
    bench.bench,
    runs.runs,
    film,
    sweep,
    explain,
    lessons,
):
    app.command()(command)
app.command("find-rate")(find_rate_command)
app.command("teach")(teach_command)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.print(f"cnn-core {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A convolutional network in plain NumPy: train it, test it, use it, look into it."""


def _take_any_text() -> None:
    """A file's name need not be text in the terminal's encoding, nor must there be a standard output at all."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 - lives as long as the program
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every mistake of the user becomes one line on standard error."""
    _take_any_text()
    Console.on_broken_pipe = console.on_broken_pipe.__func__  # type: ignore[method-assign]  # also of typer's own help
    try:
        code = app(args=arguments, standalone_mode=False)
        sys.stdout.flush()
    except UsageProblem as error:
        if type(error).__name__ != "NoArgsIsHelpError":  # that one has printed the help already
            fail(f"{_sentence(error)} Try: {_command(error)} --help")
        code = BAD_INPUT
    except StoppedError as error:
        fail(str(error))
        code = INTERRUPTED
    except CnnError as error:
        fail(str(error))
        code = BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        fail("interrupted")
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read it has seen enough, such as head
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - lives as long as the program
        code = 0
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        fail(f"Expected to read and write files, received: {error.strerror or error}{where}.")
        code = BAD_INPUT
    except MemoryError:
        fail("Expected a job that fits into the memory, received a larger one. Choose a smaller batch or picture.")
        code = BAD_INPUT
    sys.exit(code if isinstance(code, int) else 0)


def _sentence(error: Exception) -> str:
    """What a usage error says, with a full stop."""
    text = error.format_message() if hasattr(error, "format_message") else str(error)  # type: ignore[attr-defined]
    return text.removesuffix(".") if text.endswith("?.") else text if text.endswith((".", "?")) else f"{text}."


def _command(error: Exception) -> str:
    """The command that a usage error is about, as it is typed: its own help lists what it takes."""
    context, names = getattr(error, "ctx", None), list[str]()
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return " ".join(["cnn-core", *names])
