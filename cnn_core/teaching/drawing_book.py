"""The drawings that a person has taught, in a file that only grows: nothing that was shown as kept is lost in a crash.

A line of JSON each: ``{"kind": "drawing", "id": "…", "label": "7", "read": "1", "at": 1795969405, "strokes": [[[x, y],
…], …]}`` with x and y in canvas units; ``{"kind": "label", "id": "…", "label": "1"}`` gives another label, ``removed``
takes a drawing away and ``restored`` brings it back. A line that a crash has cut short is left out.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.arrays import Array
from cnn_core.class_names import MOST_NAME
from cnn_core.datasets.dataset import to_bytes, to_float
from cnn_core.datasets.source import user_data
from cnn_core.drawing.strokes import Points
from cnn_core.errors import DataError
from cnn_core.files import brief, is_file, open_file, printable, reason
from cnn_core.preprocessing import resized

NONE = ""
"""The label of what shows none of the classes."""
MOST_STROKES, MOST_POINTS, MOST_INK_SIDE = 2000, 20_000, 1024
MOST_LINE_BYTES, MOST_DRAWINGS, MOST_INK_PIXELS = 4 << 20, 20_000, 64 << 20
DECIMALS = 5
FARTHEST = 100.0
"""From the canvas, in canvas units, that a stroke may lead."""
KEPT_INK_SIDE = 256
"""A larger picture is made smaller before it is kept: no network looks at more."""


@dataclass(frozen=True, slots=True, eq=False)
class TaughtDrawing:
    """What was drawn, and what it is.

    Attributes
    ----------
    label : the name of its class; `NONE` says that it shows none
    strokes : polylines [p, 2] in canvas units, as the eraser left them
    ink : [h, w] from 0 to 1, of a picture, where there are no strokes
    width : of the brush, in canvas units
    read : what the network had read
    """

    label: str
    strokes: tuple[Points, ...] = ()
    ink: Array | None = None
    width: float = 0.06
    read: str = ""

    def __post_init__(self) -> None:
        points = sum(len(stroke) for stroke in self.strokes)
        sound = all(s.ndim == 2 and s.shape[1] == 2 and len(s) and (np.abs(s) <= FARTHEST).all() for s in self.strokes)
        if not sound or bool(self.strokes) == (self.ink is not None):
            raise DataError(
                f"A taught drawing expected strokes of points within {FARTHEST:g} canvases, or the ink of a picture."
            )
        if not 0 < self.width <= 1:
            raise DataError(f"A taught drawing expected a brush of at most the canvas, received {self.width!r}.")
        if len(self.strokes) > MOST_STROKES or points > MOST_POINTS:
            raise DataError(
                f"A taught drawing expected at most {MOST_STROKES:,} strokes and {MOST_POINTS:,} points, received more."
            )
        if not _is_label(self.label):
            raise DataError(f"A class expected a name of at most {MOST_NAME} letters, received {brief(self.label)!r}.")


def _is_label(label: str) -> bool:
    """Whether it is a name of a class as `cnn_core.class_names` writes them; `NONE` is one too."""
    return len(label) <= MOST_NAME and label == " ".join(printable(label).split())


@dataclass(frozen=True, slots=True, eq=False)
class BookEntry:
    """A drawing in the book: its key, and when it was drawn."""

    key: str
    at: float
    drawing: TaughtDrawing


class DrawingBook:
    """The file of drawings. Each call opens it anew, so that several programs may add to it.

    Parameters
    ----------
    path : None takes the user's own
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path is not None else user_data() / "drawings.jsonl"

    def add(self, drawing: TaughtDrawing) -> str:
        """Keep a drawing; it is on the disk when this returns its key. Raises `DataError` where it cannot be."""
        key = secrets.token_hex(8)
        line: dict[str, Any] = {"kind": "drawing", "id": key, "label": drawing.label, "read": drawing.read,
                                "at": round(time.time(), 3), "width": drawing.width}  # fmt: skip
        if drawing.ink is not None:
            line["ink"] = _packed(_kept(drawing.ink))
        else:
            line["strokes"] = [np.round(stroke, DECIMALS).tolist() for stroke in drawing.strokes]
        self._append(line)
        return key

    def relabel(self, key: str, label: str) -> None:
        """Say that a drawing is something else."""
        TaughtDrawing(label, (np.zeros((1, 2)),))  # a sound name
        self._append({"kind": "label", "id": key, "label": label})

    def remove(self, key: str) -> None:
        """Take a drawing away; `restore` brings it back."""
        self._append({"kind": "removed", "id": key})

    def restore(self, key: str) -> None:
        """Bring it back."""
        self._append({"kind": "restored", "id": key})

    def entries(self) -> tuple[BookEntry, ...]:
        """The drawings that were not taken away, the oldest first; of very many the latest.

        Raises `DataError` where the file cannot be read.
        """
        places: dict[str, _Place] = {}
        for offset, line in self._lines():
            kind, key = line.get("kind"), line.get("id")
            if not isinstance(key, str):
                continue
            if kind == "drawing":
                places[key] = _Place(offset)
            elif key in places:
                places[key].change(kind, line)
        live = [(key, place) for key, place in places.items() if not place.removed]
        return tuple(reversed(list(self._latest(live[-MOST_DRAWINGS:]))))

    def _latest(self, places: Sequence[tuple[str, _Place]]) -> Iterator[BookEntry]:
        """From the last one on, as many as memory should hold."""
        if not places:
            return
        pixels = 0
        with open_file(self.path, "file of taught drawings") as file:
            for key, place in reversed(places):
                file.seek(place.offset)
                entry = _entry(key, json.loads(file.readline(MOST_LINE_BYTES)), place.label)
                if entry is None:
                    continue
                pixels += entry.drawing.ink.size if entry.drawing.ink is not None else 0
                if pixels > MOST_INK_PIXELS:
                    return
                yield entry

    def _lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Where each line begins, and what it says; what is no line of ours is passed over."""
        if not is_file(self.path):
            return
        offset = 0
        with open_file(self.path, "file of taught drawings") as file:
            while text := file.readline(MOST_LINE_BYTES):
                begins, offset = offset, offset + len(text)
                try:
                    line = json.loads(text)
                except (ValueError, RecursionError):
                    continue
                if isinstance(line, dict):
                    yield begins, line

    def _append(self, line: dict[str, Any]) -> None:
        """In one write to the end of the file, and through to the disk; a line that was cut short before is ended."""
        text = json.dumps(line).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o600)
            try:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise OSError("it is no ordinary file")
                size = os.fstat(handle).st_size
                if size:
                    os.lseek(handle, size - 1, os.SEEK_SET)
                    if os.read(handle, 1) != b"\n":
                        text = b"\n" + text
                written = os.write(handle, text)
                os.fsync(handle)
            finally:
                os.close(handle)
            if written != len(text):
                raise OSError("the disk is full")
        except OSError as error:
            raise DataError(
                f"The drawing is not kept: {brief(self.path)} cannot be written, {reason(error)}. Make room, and teach "
                "it again."
            ) from error


def _kept(ink: Array) -> Array:
    """``ink`` at most `KEPT_INK_SIDE` high and wide."""
    scale = KEPT_INK_SIDE / max(ink.shape)
    if scale >= 1:
        return ink
    size = max(1, round(ink.shape[0] * scale)), max(1, round(ink.shape[1] * scale))
    return resized(ink[..., None], size)[..., 0].clip(0, 1)


def _packed(ink: Array) -> dict[str, Any]:
    """A picture's ink as text, each pixel a byte."""
    if ink.ndim != 2 or not 0 < min(ink.shape) <= max(ink.shape) <= MOST_INK_SIDE:
        raise DataError(f"A picture expected ink [h, w] of at most {MOST_INK_SIDE} pixels a side.")
    return {"shape": list(ink.shape), "bytes": base64.b64encode(zlib.compress(to_bytes(ink).tobytes())).decode()}


def _unpacked(values: Any) -> Array:
    h, w = (int(side) for side in values["shape"])
    if not (0 < h <= MOST_INK_SIDE and 0 < w <= MOST_INK_SIDE):
        raise ValueError("too large")
    stream = zlib.decompressobj()
    pixels = stream.decompress(base64.b64decode(values["bytes"]), h * w + 1)
    return to_float(np.frombuffer(pixels, np.uint8).reshape(h, w))


@dataclass(slots=True)
class _Place:
    """Where a drawing stands in the file, and what later lines say of it."""

    offset: int
    label: str | None = None
    removed: bool = False

    def change(self, kind: Any, line: dict[str, Any]) -> None:
        if kind in ("removed", "restored"):
            self.removed = kind == "removed"
        elif kind == "label" and isinstance(label := line.get("label"), str) and _is_label(label):
            self.label = label


def _entry(key: str, line: dict[str, Any], label: str | None = None) -> BookEntry | None:
    try:
        strokes: Sequence[Points] = [np.array(s, np.float64).reshape(-1, 2) for s in line.get("strokes", ())]
        ink = _unpacked(line["ink"]) if "ink" in line else None
        drawing = TaughtDrawing(
            str(line["label"]) if label is None else label,
            tuple(strokes),
            ink,
            float(line.get("width", 0.06)),
            str(line.get("read", "")),
        )
        return BookEntry(key, float(line["at"]), drawing)
    except (KeyError, TypeError, ValueError, OverflowError, DataError, zlib.error):
        return None
