"""One place, one writer: a claim on a path that ends with its process, however that ends.

It is a lock of the operating system on a hidden file beside the path; nothing that is written in the file counts.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from cnn_core.errors import ModelFileError
from cnn_core.files import brief, reason, short_stem

TRIES, TRY_AGAIN_S = 5, 0.02
"""Whoever only asks holds the lock for a moment."""
LOCKED_AT = 1 << 30
"""On Windows a part of the file is locked, which nobody can read then: one far behind its content."""


class ClaimedError(ModelFileError):
    """Another run that lives keeps the path; ``process`` is its number, 0 where nobody knows."""

    def __init__(self, path: Path, process: int) -> None:
        super().__init__(
            f"Expected a place for this run's result, found that process {process or '?'} is going to save its own as "
            f"{brief(path)}. Choose another name."
        )
        self.process = process


class Claim:
    """Keeps ``path`` for the result of this process until `release`, or as a context manager.

    Raises `ClaimedError` where another claim on it lives, also of this process, and `ModelFileError` where the path
    cannot be one.
    """

    def __init__(self, path: Path) -> None:
        self._file = -1
        try:
            self._mark = _mark_of(path)
            for _ in range(TRIES):
                if self._take():
                    return
                time.sleep(TRY_AGAIN_S)
        except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links that lead in a circle
            raise ModelFileError(f"Expected to write {brief(path)}, received: {reason(error)}.") from error
        raise ClaimedError(path, _process(self._mark))

    def _take(self) -> bool:
        file = _open(self._mark, os.O_RDWR | os.O_CREAT)
        if not _lock(file) or not _is_at(file, self._mark):  # else its last owner has removed it meanwhile
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file
        return True

    def release(self) -> None:
        """Give the path back; more than once does nothing."""
        if self._file < 0:
            return
        with suppress(OSError):
            self._mark.unlink(missing_ok=True)
        os.close(self._file)
        self._file = -1

    def __enter__(self) -> Claim:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def claimed_by(path: Path) -> int | None:
    """The process that keeps ``path`` now, 0 where its number is not known; None where nobody does."""
    try:
        mark = _mark_of(path)
        file = _open(mark, os.O_RDWR)
    except (OSError, RuntimeError, ValueError):
        return None
    try:
        return None if _lock(file) else _process(mark)
    finally:
        os.close(file)


def _mark_of(path: Path) -> Path:
    path = path.resolve()
    with suppress(FileNotFoundError):
        path.stat()  # raises for a name that is too long, and for links that lead in a circle
    return path.with_name(f"{short_stem(path)}.claim")


def _open(mark: Path, flags: int) -> int:
    """``mark`` open: never through a link, and never something that is no file."""
    file = os.open(mark, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o666)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(22, "it is not an ordinary file")
    return file


def _is_at(file: int, mark: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), mark.lstat())
    except OSError:
        return False


def _process(mark: Path) -> int:
    try:
        with mark.open("rb") as file:
            text = file.read(20)
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        os.lseek(file, LOCKED_AT, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        """Lock the whole file; False where another one has it. A file system that knows no locks grants it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
