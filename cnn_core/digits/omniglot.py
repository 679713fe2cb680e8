"""Characters of other scripts as people drew them with a mouse: what a network for digits must turn away.

A zip file holds ``…/ALPHABET/characterNN/NAME_DD.txt``, a drawing each, where DD is who drew it: ``START`` or ``BREAK``
begins a stroke, every other line is a point ``x,y,time``, x to the right, y *up*, in a box of 105×105. Source: Lake,
Salakhutdinov, Tenenbaum: "Human-level concept learning through probabilistic program induction" (2015).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from cnn_core.drawing import Points
from cnn_core.errors import DataError, StoppedError
from cnn_core.files import brief, reason

BOX = 105
MOST_DRAWINGS, MOST_BYTES_EACH, MOST_POINTS = 40_000, 1 << 20, 20_000
MOST_POINTS_IN_ALL = 2_000_000
UNREADABLE = OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, UnicodeError
MOST_BEYOND = 10
"""So many boxes away from its own no pen ever was."""


@dataclass(frozen=True, slots=True, eq=False)
class Character:
    """A character as it was drawn; ``strokes`` [p, 2] in canvas units: 0 to 1, x to the right, y down.

    Attributes
    ----------
    alphabet : such as ``Greek``
    name : of the character in its alphabet, such as ``character01``
    person : who drew it, a number
    """

    alphabet: str
    name: str
    person: int
    strokes: tuple[Points, ...]


def read_omniglot(path: str | Path, stopped: Callable[[], bool] = lambda: False) -> tuple[Character, ...]:
    """All drawings of a zip file, in the order of their names; raises `DataError`, and `StoppedError` once ``stopped``
    says so."""
    path = Path(path)
    name = brief(path.name)
    characters: list[Character] = []
    points = 0
    try:
        with zipfile.ZipFile(path) as file:
            entries = sorted(
                (entry for entry in file.infolist() if _is_drawing(entry.filename)), key=lambda entry: entry.filename
            )
            if len(entries) > MOST_DRAWINGS:
                raise DataError(f"{name} expected at most {MOST_DRAWINGS:,} drawings, found {len(entries):,}.")
            for entry in entries:
                if stopped():
                    raise StoppedError(f"The reading of {name} was stopped.")
                with file.open(entry) as packed:
                    text = packed.read(MOST_BYTES_EACH + 1)
                if len(text) > MOST_BYTES_EACH:
                    raise DataError(f"{name} expected drawings of at most 1 MB, found a larger one.")
                characters.append(_character(PurePosixPath(entry.filename), text.decode("latin-1"), name))
                points += sum(len(stroke) for stroke in characters[-1].strokes)
                if points > MOST_POINTS_IN_ALL:
                    raise DataError(f"{name} expected at most {MOST_POINTS_IN_ALL:,} points, found more.")
    except (
        OSError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
        RuntimeError,
        NotImplementedError,
        UnicodeError,
    ) as error:
        raise DataError(f"{name} expected a readable zip file, received {reason(error)}.") from error
    if not characters:
        raise DataError(f"{name} expected drawings such as Greek/character01/0001_01.txt, found none.")
    return tuple(characters)


def _is_drawing(name: str) -> bool:
    place = PurePosixPath(name)
    return len(place.parts) >= 3 and place.suffix == ".txt" and place.parts[0] != "__MACOSX"


def _character(place: PurePosixPath, text: str, name: str) -> Character:
    strokes: list[list[tuple[float, float]]] = []
    for number, line in enumerate(text.splitlines()):
        word = line.strip()
        if number > MOST_POINTS:
            raise DataError(f"{name} expected drawings of at most {MOST_POINTS:,} points, found more.")
        if word in ("START", "BREAK"):
            strokes.append([])
        elif word:
            if not strokes:
                strokes.append([])
            strokes[-1].append(_point(word, name))
    person = place.stem.rpartition("_")[2]
    paths = tuple(np.array(stroke) for stroke in strokes if stroke)
    if not paths or not (person.isdecimal() and len(person) < 10):
        raise DataError(f"{name} expected drawings with points and a person's number, found {brief(place.name)}.")
    return Character(place.parts[-3], place.parts[-2], int(person), paths)


def _point(word: str, name: str) -> tuple[float, float]:
    try:
        x, y = (float(part) / BOX for part in word.split(",")[:2])
        if not (abs(x) <= MOST_BEYOND and abs(y) <= MOST_BEYOND):
            raise ValueError("no finite number")
    except ValueError as error:
        raise DataError(f"{name} expected points such as 68.75,-25.9,0, found {brief(word, 40)!r}.") from error
    return x, -y
