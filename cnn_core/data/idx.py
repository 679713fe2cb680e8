"""The IDX format of MNIST and its relatives.

Layout (big-endian): two zero bytes, a byte for the type (0x08: unsigned byte), a byte for the number of axes, four
bytes for the length of each axis, then the values. Source: LeCun, Cortes, Burges: "The MNIST database", section "File
formats".
"""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import DataError

UNSIGNED_BYTE = 0x08
GZIP_MAGIC = b"\x1f\x8b"
LARGEST_BYTES = 1 << 30
"""More than this is not unpacked: 16 times the size of MNIST, so a small hostile file cannot fill the memory."""


def read_idx(path: str | Path, axes: int | None = None) -> NDArray[np.uint8]:
    """Array of an IDX file, raw or gzip, every header field checked against the bytes that are there.

    Parameters
    ----------
    path : the file
    axes : how many axes it must have (1 for labels, 3 for images); None takes any

    Raises
    ------
    DataError
        When the file is missing, is no IDX file of bytes, or is shorter or longer than its header says.
    """
    path = Path(path)
    content = _content(path)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise DataError(f"{path.name} expected an IDX file (two zero bytes first), received {content[:4]!r}.")
    kind, found_axes = content[2], content[3]
    if kind != UNSIGNED_BYTE:
        raise DataError(f"{path.name} expected unsigned bytes (type 0x08), received type 0x{kind:02x}.")
    if found_axes == 0 or (axes is not None and found_axes != axes):
        raise DataError(f"{path.name} expected {axes or 'one or more'} axes, received {found_axes}.")
    start = 4 + 4 * found_axes
    if len(content) < start:
        raise DataError(f"{path.name} expected a header of {start} bytes, received {len(content)} bytes in all.")
    shape = tuple(int(side) for side in np.frombuffer(content, ">u4", found_axes, offset=4))
    if len(content) - start != prod(shape) or (len(shape) > 1 and not prod(shape)):
        raise DataError(
            f"{path.name} expected {prod(shape)} values for its shape {list(shape)}, received "
            f"{len(content) - start}. The file is damaged; fetch it again."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def write_idx(path: str | Path, array: NDArray[np.uint8]) -> None:
    """Write ``array`` as a raw IDX file."""
    header = bytes([0, 0, UNSIGNED_BYTE, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    Path(path).write_bytes(header + np.ascontiguousarray(array, np.uint8).tobytes())


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP_MAGIC
            file.seek(0)
            stream = gzip.GzipFile(fileobj=file) if packed else file
            content = stream.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise DataError(f"Expected an IDX file, found nothing at {path}.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name} expected a readable IDX file, raw or gzip, received {error}.") from error
    if len(content) > LARGEST_BYTES:
        raise DataError(f"{path.name} expected at most {LARGEST_BYTES >> 20} MiB of values, received more.")
    return content
