"""Where a command may write: never over what it reads or over another kind of file, over its own only when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from cnn_core.errors import ConfigError
from cnn_core.files import brief, expect_writable

Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file that is there already.")]


def expect_output(
    target: Path,
    inputs: Iterable[str | Path],
    overwrite: bool,
    is_own: Callable[[Path], bool],
    option: str = "--out",
) -> None:
    """Raise a `CnnError` unless ``target`` can be written without a loss; better known before the work than after it.

    Parameters
    ----------
    inputs : files that the command reads, of which ``target`` must be none
    overwrite : whether the user wants a file of our own kind replaced
    is_own : whether a file is of the kind that is going to be written
    option : what the user named the target with
    """
    for other in inputs:
        if _is_same(target, Path(other)):
            raise ConfigError(f"{option} expected another file than {brief(other)}, which is read. Choose another.")
    expect_writable(target)
    if not target.exists():
        return
    if not is_own(target):
        raise ConfigError(
            f"{option} expected a new file, found one of another kind at {brief(target)}. Choose another name."
        )
    if not overwrite:
        raise ConfigError(
            f"{option} expected a new file, found one at {brief(target)}. Choose another name, or add --overwrite."
        )


def _is_same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, also by links."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return one.absolute() == other.absolute()


def free_path(wanted: Path) -> Path:
    """``wanted``, or where that is taken the next name with a number that is not."""
    numbered = (wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}") for number in range(2, 10_000))
    return next(path for path in (wanted, *numbered) if not path.exists())


class Target:
    """A file that will be written at the end, and what stood there at the beginning."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._before = _identity(path)

    def now(self) -> Path:
        """Where to write: another name where somebody else has put a file there meanwhile."""
        return self.path if _identity(self.path) == self._before else free_path(self.path)

    def written(self) -> None:
        """What stands there now is ours."""
        self._before = _identity(self.path)


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
