"""Pen recordings in the UNIPEN text format, as in "Pen-Based Recognition of Handwritten Digits".

``.SEGMENT DIGIT … "8"`` begins a digit and names it, the second number of ``.COMMENT`` is its writer, ``.PEN_DOWN`` and
``.PEN_UP`` frame a stroke, and every other line is a point: x to the right, y *up*, in a box of 500×500. Sources:
Guyon et al.: "UNIPEN project of on-line data exchange and recognizer benchmarks" (1994); E. Alpaydin, F. Alimoglu, UCI
(1998).
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnn_core.drawing import Points
from cnn_core.errors import DataError, StoppedError
from cnn_core.files import brief, read_file, reason, unpacked

BOX = 500
MOST_BYTES, FREE_BYTES = 32 << 20, 1 << 20
MOST_LINES, MOST_LETTERS = 1_500_000, 1000
MOST_DIGITS = 10
LINES_A_LOOK = 2000
MOST_BEYOND = 100
"""So many boxes away from its own no pen ever was."""


@dataclass(frozen=True, slots=True, eq=False)
class PenDigit:
    """A digit as it was written; ``strokes`` [p, 2] in canvas units: 0 to 1, x to the right, y down."""

    label: int
    writer: int
    strokes: tuple[Points, ...]


def read_unipen(path: str | Path, stopped: Callable[[], bool] = lambda: False) -> tuple[PenDigit, ...]:
    """All digits of a UNIPEN file, text or gzip; raises `DataError`, and `StoppedError` once ``stopped`` says so."""
    path = Path(path)
    name = brief(path.name)
    digits: list[PenDigit] = []
    label, writer, strokes = -1, -1, list[list[tuple[float, float]]]()
    down = False

    def finish() -> None:
        paths = tuple(np.array(stroke) for stroke in strokes if stroke)
        if label >= 0 and paths:
            digits.append(PenDigit(label, writer, paths))

    for number, line in enumerate(_lines(path), start=1):
        if number % LINES_A_LOOK == 0 and stopped():
            raise StoppedError(f"The reading of {name} was stopped.")
        if number > MOST_LINES:
            raise DataError(f"{name} expected at most {MOST_LINES:,} lines, found more.")
        words = line.split()
        try:
            match words:
                case []:
                    pass
                case [".SEGMENT", *_]:
                    finish()
                    label, writer, strokes, down = _label_of(line), -1, [], False
                case [".COMMENT", _, who, *_] if who.isdecimal() and len(who) < MOST_DIGITS:
                    writer = int(who)
                case [".PEN_DOWN", *_]:
                    strokes.append([])
                    down = True
                case [".PEN_UP", *_]:
                    down = False
                case [x, y, *_] if down and not x.startswith("."):
                    strokes[-1].append((_coordinate(x), 1 - _coordinate(y)))
        except ValueError as error:
            found = repr(brief(line.strip(), 40))
            raise DataError(f"{name} expected UNIPEN text, found {found} in line {number}.") from error
    finish()
    if not digits:
        raise DataError(f'{name} expected UNIPEN text with segments such as .SEGMENT DIGIT 0 ? "8", found none.')
    return tuple(digits)


def _coordinate(word: str) -> float:
    """In units of the box; raises `ValueError` for what is no number near it."""
    value = float(word) / BOX
    if not abs(value) <= MOST_BEYOND:
        raise ValueError("no finite number")
    return value


def _label_of(line: str) -> int:
    parts = line.split('"')
    label = int(parts[1]) if len(parts) > 2 else -1
    if not 0 <= label <= 9:
        raise ValueError("no digit between quotation marks")
    return label


def _lines(path: Path) -> Iterator[str]:
    """Line by line: as a list a large file would stand in memory many times over."""
    name = brief(path.name)
    packed = read_file(path, MOST_BYTES, "UNIPEN file")
    try:
        text = unpacked(packed, MOST_BYTES, name, free_bytes=FREE_BYTES).read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        raise DataError(f"{name} expected a readable UNIPEN file, text or gzip, received {reason(error)}.") from error
    for line in io.BytesIO(text):
        if len(line) > MOST_LETTERS:
            raise DataError(f"{name} expected lines of at most {MOST_LETTERS} letters, found a longer one.")
        yield line.decode("latin-1")
