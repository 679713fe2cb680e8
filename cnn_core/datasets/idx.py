"""The IDX format of MNIST and its relatives.

Layout (big-endian): two zero bytes, a byte for the type (0x08: unsigned byte), a byte for the number of axes, four
bytes for the length of each axis, then the values. Source: LeCun, Cortes, Burges: "The MNIST database", section "File
formats".
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import DataError
from cnn_core.files import (
    GZIP_MAGIC,
    MOST_UNPACKED_BYTES,
    Stream,
    brief,
    expect_unpackable,
    open_file,
    read_file,
    reason,
    size_words,
    unpacked,
)

UNSIGNED_BYTE = 0x08
MOST_AXES = 8
MOST_SPARE_BYTES = 1 << 20


def read_idx(
    path: str | Path, axes: int | None = None, stopped: Callable[[], bool] = lambda: False
) -> NDArray[np.uint8]:
    """Array of an IDX file, raw or gzip, every header field checked against the bytes that are there.

    Parameters
    ----------
    path : the file
    axes : how many axes it must have (1 for labels, 3 for images); None takes any
    stopped : ends the reading with a `StoppedError` when it turns true

    Raises
    ------
    DataError
        When the file is missing, is no IDX file of bytes, or is shorter or longer than its header says.
    """
    path = Path(path)
    name = brief(path.name)
    _expect_as_long_as_promised(path, name)
    packed = read_file(path, MOST_UNPACKED_BYTES, "IDX file")
    try:
        stream = unpacked(packed, MOST_UNPACKED_BYTES, name, stopped)
        shape = _shape(stream, axes, name)
        size = prod(shape)
        if size > MOST_UNPACKED_BYTES:
            raise DataError(
                f"{name} expected at most {size_words(MOST_UNPACKED_BYTES)} of values, promises {brief(list(shape))}. "
                "The file is damaged; fetch it again."
            )
        content: bytes | memoryview = memoryview(packed)[4 + 4 * len(shape) :]  # no copy of what may be a gigabyte
        if packed.startswith(GZIP_MAGIC):
            expect_unpackable(name, len(packed), size)
            content = stream.read(size + 1)
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        raise DataError(f"{name} expected a readable IDX file, raw or gzip, received {reason(error)}.") from error
    if len(content) != size or (len(shape) > 1 and not size):
        raise DataError(
            f"{name} expected {size} values for its shape {list(shape)}, received "
            f"{'more' if len(content) > size else len(content)}. The file is damaged; fetch it again."
        )
    return np.frombuffer(content, np.uint8).reshape(shape)


def _expect_as_long_as_promised(path: Path, name: str) -> None:
    """Of a file that is not packed, before it is read: a few blocks on a disk may look like a gigabyte."""
    with open_file(path, "IDX file") as file:
        head, size = file.read(4 + 4 * MOST_AXES), os.fstat(file.fileno()).st_size
    start = 4 + 4 * head[3] if len(head) > 3 and head[:2] == b"\0\0" else 0
    if 4 < start <= len(head):
        promised = start + prod(int.from_bytes(head[i : i + 4], "big") for i in range(4, start, 4))
        if size > max(promised, start + 1) + MOST_SPARE_BYTES:
            raise DataError(f"{name} expected {promised:,} bytes, as its header says, found {size:,}. Fetch it again.")


def _shape(stream: Stream, axes: int | None, name: str) -> tuple[int, ...]:
    """The lengths of the axes that the header promises."""
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\0\0":
        raise DataError(f"{name} expected an IDX file (two zero bytes first), received {start!r}.")
    kind, found_axes = start[2], start[3]
    if kind != UNSIGNED_BYTE:
        raise DataError(f"{name} expected unsigned bytes (type 0x08), received type 0x{kind:02x}.")
    if not 0 < found_axes <= MOST_AXES or (axes is not None and found_axes != axes):
        raise DataError(f"{name} expected {axes or f'1 to {MOST_AXES}'} axes, received {found_axes}.")
    lengths = stream.read(4 * found_axes)
    if len(lengths) < 4 * found_axes:
        raise DataError(f"{name} expected a header of {4 + 4 * found_axes} bytes, received fewer bytes in all.")
    return tuple(int(side) for side in np.frombuffer(lengths, ">u4"))


def write_idx(path: str | Path, array: NDArray[np.uint8]) -> None:
    """Write ``array`` as a raw IDX file."""
    header = bytes([0, 0, UNSIGNED_BYTE, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    Path(path).write_bytes(header + np.ascontiguousarray(array, np.uint8).tobytes())
