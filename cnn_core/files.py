"""Files of strangers are read whole and within limits; files of ours are written entirely or not at all.

Every reader of the program gets its bytes here. Only regular files are opened: a pipe would make the program wait for
ever. Nothing is mapped into memory: a file that somebody shortens meanwhile would end the process.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import reprlib
import secrets
import shutil
import socket
import stat
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from cnn_core.errors import CnnError, DataError, ModelFileError, StoppedError

GZIP_MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 1 << 20
MOST_UNPACKED_BYTES = 1 << 30
"""Whatever a packed file promises, no more of it is unpacked."""
FREE_UNPACKED_BYTES, MOST_RATIO = 100 << 20, 100
"""What unpacks to more than the first may unpack to so many times its size: images pack to about a fifth, a bomb to a
thousandth."""
MOST_NAME, MOST_NAME_BYTES = 80, 200
BRIEF = reprlib.Repr()
BRIEF.maxstring = BRIEF.maxother = BRIEF.maxlong = 80
NOT_IN_NAMES = re.compile(r"[^\w.\-+()]+")
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Names that Windows keeps for devices."""


# --- Reading


def read_file(path: str | Path, most_bytes: int, what: str, error: type[CnnError] = DataError) -> bytes:
    """The whole content of a regular file that people call ``what``; raises ``error`` for anything else, and for more
    than ``most_bytes``."""
    path = Path(path)
    with open_file(path, what, error) as file:
        try:
            size = os.fstat(file.fileno()).st_size
            if size > most_bytes:
                raise error(f"{brief(path.name)} expected at most {size_words(most_bytes)}, found {size_words(size)}.")
            content = file.read(size + 1)  # room is made for as much as is asked for
        except (OSError, MemoryError) as problem:
            raise error(f"{brief(path.name)} expected a readable {what}, found: {reason(problem)}.") from problem
    if len(content) > size:
        raise error(f"{brief(path.name)} expected a {what} that nobody writes to, found one that grows. Try again.")
    return content


@contextmanager
def open_file(path: Path, what: str, error: type[CnnError] = DataError) -> Generator[BinaryIO]:
    """A regular file, open for reading; raises ``error`` where there is none."""
    try:
        # without O_NONBLOCK the mere opening of a pipe waits until somebody writes into it
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as problem:  # the latter for a name with a NUL in it
        found = "nothing" if isinstance(problem, FileNotFoundError) else reason(problem)
        raise error(f"Expected {a(what)}, found {found} at {brief(path)}. Check the name.") from problem
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        found = "a folder" if stat.S_ISDIR(mode) else "a device or pipe"
        raise error(f"Expected {a(what)}, found {found} at {brief(path)}. Check the name.")
    with os.fdopen(number, "rb") as file:
        yield file


def is_file(path: str | Path) -> bool:
    """Whether there is a regular file; False for names that no file can have."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):  # too long, or with a NUL in it
        return False


def is_plain(path: Path) -> bool:
    """Whether there is an ordinary file, no link, or nothing."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return True


def is_folder(path: str | Path) -> bool:
    """Whether there is a folder; False for names that none can have."""
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def exists(path: str | Path) -> bool:
    """Whether there is anything; False for names that nothing can have."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


class Stream(Protocol):
    """What bytes can be read from."""

    def read(self, count: int, /) -> bytes: ...


def unpacked(
    content: bytes,
    most_bytes: int,
    name: str,
    stopped: Callable[[], bool] = lambda: False,
    free_bytes: int = FREE_UNPACKED_BYTES,
) -> Stream:
    """The bytes of a file that may be packed by gzip, as a stream.

    It raises `DataError` for a bomb before it goes off, and `StoppedError` once ``stopped`` says so. Up to
    ``free_bytes`` may be packed as tightly as they like.

    Reading from it raises what `gzip` raises for damaged files: `OSError`, `EOFError`, `zlib.error`.
    """
    if not content.startswith(GZIP_MAGIC):
        return io.BytesIO(content)
    return _Bounded(gzip.GzipFile(fileobj=io.BytesIO(content)), len(content), most_bytes, name, stopped, free_bytes)


class _Bounded:
    """A packed stream that ends with a `DataError` where it has become too long for what it was."""

    def __init__(
        self,
        stream: gzip.GzipFile,
        packed: int,
        most_bytes: int,
        name: str,
        stopped: Callable[[], bool],
        free_bytes: int,
    ) -> None:
        self._stream, self._packed, self._most, self._name, self._stopped = stream, packed, most_bytes, name, stopped
        self._read, self._free = 0, free_bytes

    def read(self, count: int, /) -> bytes:
        parts, missing = [], count
        while missing > 0 and (part := self._stream.read(min(missing, CHUNK_BYTES))):
            if self._stopped():
                raise StoppedError(f"The reading of {brief(self._name)} was stopped.")
            self._read += len(part)
            expect_unpackable(self._name, self._packed, self._read, self._most, self._free)
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


def expect_unpackable(
    name: str,
    packed: int,
    unpacked: int,
    most_bytes: int = MOST_UNPACKED_BYTES,
    free_bytes: int = FREE_UNPACKED_BYTES,
) -> None:
    """Raise `DataError` where ``packed`` bytes become so many ``unpacked`` ones that no honest file would."""
    if unpacked > most_bytes:
        raise DataError(f"{brief(name)} expected at most {size_words(most_bytes)} unpacked, found more.")
    if unpacked > free_bytes and unpacked > packed * MOST_RATIO:
        raise DataError(
            f"{brief(name)} expected data that unpack to at most {MOST_RATIO} times their size, found "
            f"{size_words(packed)} that become {size_words(unpacked)} or more."
        )


# --- Names and words


def file_name(text: str) -> str:
    """A name for a file made of ``text`` from a stranger: never a path, never hidden, never a device, not too long."""
    name = NOT_IN_NAMES.sub("_", text).lstrip(".")[:MOST_NAME].encode("utf-8", "ignore")[:MOST_NAME_BYTES]
    name = name.decode("utf-8", "ignore").rstrip(".") or "_"
    return f"_{name}" if RESERVED.match(name) else name


def printable(text: str) -> str:
    """``text`` without what a terminal would obey: signs that cannot be shown are replaced."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)


def brief(text: object, most: int = 80) -> str:
    """``text`` on one line, the middle left out where it is longer than ``most``."""
    text = text if isinstance(text, str) else str(text) if isinstance(text, (Path, BaseException)) else BRIEF.repr(text)
    if len(text) > 4 * most:  # of a very long one not all letters are looked at
        text = text[: 2 * most] + text[-2 * most :]
    line = printable(text)
    return line if len(line) <= most else f"{line[: most // 2 - 1]}…{line[-(most - most // 2) :]}"


def size_words(size: float) -> str:
    """Bytes for people: ``12 kB``, ``1.4 GB``."""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size:.0f} bytes"


def reason(error: BaseException) -> str:
    """What was wrong, in a few words and without what only programmers understand."""
    if isinstance(error, MemoryError):
        return "no room for it in the memory"
    if isinstance(error, (EOFError, zlib.error, gzip.BadGzipFile)):
        return "damaged or incomplete data"
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    text = text.splitlines()[0] if text else type(error).__name__
    return brief(text, 120).rstrip(".")


def a(what: str) -> str:
    """``what`` with its article."""
    return f"{'an' if what[:1].lower() in 'aeiou' else 'a'} {what}"


# --- Writing


HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
LEFT_OVER = re.compile(r"\.[0-9a-f]{8}-\d+-[0-9a-f]{8}\.part$")


def write_atomically(path: str | Path, content: bytes) -> None:
    """Put ``content`` under ``path`` entirely or not at all.

    It is written to a temporary file in the same folder, brought to the disk, and only then put in its place. Raises
    `ModelFileError`; whatever goes wrong, an older file under ``path`` stays as it was. What a killed process of this
    program left beside it is removed.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        path = _resolved(path)  # behind a link, the file and not the link is replaced
        path.parent.mkdir(parents=True, exist_ok=True)
        _expect_replaceable(path)
        remove_leftovers(path.parent)
        name = _beside(path, "part")
        with name.open("xb") as file:  # with the rights that the user's umask leaves to a new file
            temporary = name
            if path.exists():
                name.chmod(path.stat().st_mode & 0o777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        temporary = None
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: links that lead in a circle; ValueError: a NUL
        raise ModelFileError(
            f"Expected to write {brief(path)}, received: {reason(error)}. Choose another name or folder."
        ) from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def expect_writable(path: str | Path) -> None:
    """Raise `ModelFileError` when a file cannot be written at ``path``: better known before the work than after it."""
    path = Path(path)
    try:
        path = _resolved(path)
        _expect_replaceable(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(path.parent)
        name = _beside(path, "part")
        name.open("xb").close()
        name.unlink()
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelFileError(
            f"Expected to write {brief(path)}, received: {reason(error)}. Choose another name or folder."
        ) from error


def _expect_replaceable(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(21, "there is a folder of that name")
    if path.exists() and not path.is_file():
        raise OSError(22, "it is not an ordinary file")
    if path.exists() and not path.stat().st_mode & 0o222:
        raise PermissionError(13, "the file there is write-protected")


def private_folder(path: Path) -> Path:
    """A new folder beside ``path`` for what will become it; whoever makes it removes it."""
    folder = _beside(path, "part")
    folder.mkdir()
    return folder


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files and folders that killed processes of this program have left in ``folder``."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in [entry for entry in entries if entry.name.startswith(".") and LEFT_OVER.search(entry.name)]:
            host, process, _ = entry.name.split(".")[-2].split("-")
            if host == HOST and not is_alive(int(process)):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink(missing_ok=True)


def _beside(path: Path, kind: str) -> Path:
    """A name for a file of this process that belongs to ``path``."""
    return path.with_name(f"{short_stem(path)}.{HOST}-{os.getpid()}-{secrets.token_hex(4)}.{kind}")


def short_stem(path: Path) -> str:
    """Short enough for any file system, and yet of this name alone."""
    return f".{path.name[:20]}-{zlib.crc32(os.fsencode(path.name)):08x}"


def is_alive(process: int) -> bool:
    if os.name == "nt":  # there a signal of 0 would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _resolved(path: Path) -> Path:
    """Where ``path`` leads; raises for a name that is too long and for links that lead in a circle."""
    path = path.resolve()
    with suppress(FileNotFoundError):
        path.stat()
    return path
