"""Pen recordings in the UNIPEN text format, as in "Pen-Based Recognition of Handwritten Digits".

``.SEGMENT DIGIT … "8"`` begins a digit and names it, the second number of ``.COMMENT`` is its writer, ``.PEN_DOWN`` and
``.PEN_UP`` frame a stroke, and every other line is a point: x to the right, y *up*, in a box of 500×500. Sources:
Guyon et al.: "UNIPEN project of on-line data exchange and recognizer benchmarks" (1994); E. Alpaydin, F. Alimoglu, UCI
(1998).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np

from cnn_core.drawing import Points
from cnn_core.errors import DataError

BOX = 500
GZIP_MAGIC = b"\x1f\x8b"
LARGEST_BYTES = 1 << 28


@dataclass(frozen=True, slots=True, eq=False)
class PenDigit:
    """A digit as it was written; ``strokes`` [p, 2] in canvas units: 0 to 1, x to the right, y down."""

    label: int
    writer: int
    strokes: tuple[Points, ...]


def read_unipen(path: str | Path) -> tuple[PenDigit, ...]:
    """All digits of a UNIPEN file, text or gzip; raises `DataError`."""
    path = Path(path)
    digits: list[PenDigit] = []
    label, writer, strokes = -1, -1, list[list[tuple[float, float]]]()
    down = False

    def finish() -> None:
        paths = tuple(np.array(stroke) for stroke in strokes if stroke)
        if label >= 0 and paths:
            digits.append(PenDigit(label, writer, paths))

    for number, line in enumerate(_lines(path), start=1):
        words = line.split()
        try:
            match words:
                case []:
                    pass
                case [".SEGMENT", *_]:
                    finish()
                    label, writer, strokes, down = _label_of(line), -1, [], False
                case [".COMMENT", _, who, *_] if who.isdigit():
                    writer = int(who)
                case [".PEN_DOWN", *_]:
                    strokes.append([])
                    down = True
                case [".PEN_UP", *_]:
                    down = False
                case [x, y, *_] if down and not x.startswith("."):
                    strokes[-1].append((_coordinate(x), 1 - _coordinate(y)))
        except ValueError as error:
            raise DataError(f"{path.name} expected UNIPEN text, found {line.strip()!r} in line {number}.") from error
    finish()
    if not digits:
        raise DataError(f'{path.name} expected UNIPEN text with segments such as .SEGMENT DIGIT 0 ? "8", found none.')
    return tuple(digits)


def _coordinate(word: str) -> float:
    """In units of the box; raises `ValueError` for what is no finite number."""
    value = float(word) / BOX
    if not isfinite(value):
        raise ValueError("no finite number")
    return value


def _label_of(line: str) -> int:
    parts = line.split('"')
    label = int(parts[1]) if len(parts) > 2 else -1
    if not 0 <= label <= 9:
        raise ValueError("no digit between quotation marks")
    return label


def _lines(path: Path) -> Iterable[str]:
    try:
        with path.open("rb") as file:
            packed = file.read(2) == GZIP_MAGIC
            file.seek(0)
            content = (gzip.GzipFile(fileobj=file) if packed else file).read(LARGEST_BYTES)
    except FileNotFoundError as error:
        raise DataError(f"Expected a UNIPEN file, found nothing at {path}.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path.name} expected a readable UNIPEN file, text or gzip, received {error}.") from error
    return content.decode("latin-1").splitlines()
