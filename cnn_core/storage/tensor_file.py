"""Named arrays and text in one safetensors file, written so that nothing is ever half there."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from cnn_core.arrays import Array
from cnn_core.errors import ModelFileError


def write_tensors(path: str | Path, arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write to a temporary file in the same folder, bring it to the disk, and only then put it in its place.

    Whatever goes wrong, an older file under ``path`` stays as it was. Raises `ModelFileError`.
    """
    path = Path(path)
    # safetensors stores an array's memory as it lies, so it has to lie in C order
    content = save({name: np.ascontiguousarray(array) for name, array in arrays.items()}, dict(metadata))
    write_atomically(path, content)


def write_atomically(path: Path, content: bytes) -> None:
    """Put ``content`` under ``path`` entirely or not at all; raises `ModelFileError`."""
    temporary: Path | None = None
    try:
        path = _resolved(path)  # behind a link, the file and not the link is replaced
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise OSError(22, "it is not an ordinary file")
        name = path.with_name(f".{path.name[:20]}.{secrets.token_hex(8)}")
        with name.open("xb") as file:  # with the rights that the user's umask leaves to a new file
            temporary = name
            if path.exists():
                name.chmod(path.stat().st_mode & 0o777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        temporary = None
    except (OSError, RuntimeError) as error:  # the latter for links that lead in a circle
        raise ModelFileError(f"Expected to write {path}, received: {_why(error)}. Choose another folder.") from error
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _resolved(path: Path) -> Path:
    """Where ``path`` leads; raises for a name that is too long and for links that lead in a circle."""
    path = path.resolve()
    with suppress(FileNotFoundError):
        path.stat()
    return path


def _why(error: OSError | RuntimeError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def expect_writable(path: str | Path) -> None:
    """Raise `ModelFileError` when a file cannot be written at ``path``: better known before the work than after it."""
    path = Path(path)
    try:
        path = _resolved(path)
        if path.is_dir():
            raise IsADirectoryError(21, "there is a folder of that name")
        if path.exists() and not path.is_file():
            raise OSError(22, "it is not an ordinary file")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except (OSError, RuntimeError) as error:
        raise ModelFileError(
            f"Expected to write {path}, received: {_why(error)}. Choose another name or folder."
        ) from error


def read_tensors(path: str | Path, what: str = "model file") -> tuple[dict[str, Array], dict[str, str]]:
    """All arrays and the metadata of a safetensors file, which people call ``what``; raises `ModelFileError`."""
    path = Path(path)
    try:
        if not path.is_file():
            found = "a folder" if path.is_dir() else "nothing"
            raise ModelFileError(f"Expected a {what}, found {found} at {path}. Check the name.")
        with safe_open(path, framework="numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
            return arrays, dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelFileError(
            f"{path.name} expected a safetensors file, received something that cannot be read as one ({error})."
        ) from error
