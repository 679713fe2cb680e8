"""Recorded drawings: strokes with their time, as JSON.

``{"format": "cnn-gui drawing 1", "number": 2026, "strokes": [{"width": 0.06, "points": [[x, y, ms], …]}, …]}`` with x
and y in canvas units from 0 to 1 and the time in milliseconds since the first point.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.drawing import Stroke
from cnn_core.errors import ImageError
from cnn_core.files import brief, read_file, write_atomically

FORMAT = "cnn-gui drawing 1"
MOST_BYTES = 16 << 20
MOST_STROKES, MOST_POINTS = 10_000, 200_000
MOST_NUMBER, MOST_MS, MOST_BEYOND = 10**18, 1e7, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class RecordedStroke:
    """A stroke and the time of each of its points in ms, [p]."""

    stroke: Stroke
    times_ms: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A drawing as it was made, and what it was meant to be (-1 when nobody said)."""

    strokes: tuple[RecordedStroke, ...]
    number: int = -1


def save_recording(path: str | Path, recording: Recording) -> None:
    """Write ``recording`` as JSON; raises `ModelFileError` where that is not possible."""
    strokes = [
        {
            "width": recorded.stroke.width,
            "points": [
                [round(x, 4), round(y, 4), round(t, 1)]
                for (x, y), t in zip(recorded.stroke.points.tolist(), recorded.times_ms.tolist(), strict=True)
            ],
        }
        for recorded in recording.strokes
    ]
    content = {"format": FORMAT, "number": recording.number, "strokes": strokes}
    write_atomically(Path(path), json.dumps(content).encode())


def load_recording(path: str | Path) -> Recording:
    """Read a recorded drawing; raises `ImageError` that says what is wrong with it."""
    name = brief(Path(path).name)
    text = read_file(path, MOST_BYTES, "recorded drawing", ImageError)
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise ImageError(f"{name} expected the format '{FORMAT}', found {brief(content['format'], 40)!r}.")
        strokes = content["strokes"]
        if len(strokes) > MOST_STROKES or sum(len(entry["points"]) for entry in strokes) > MOST_POINTS:
            raise ImageError(f"{name} expected at most {MOST_STROKES} strokes of {MOST_POINTS:,} points, found more.")
        number = content.get("number", -1)
        if type(number) is not int or not -1 <= number < MOST_NUMBER:
            raise ImageError(f"{name} expected what was drawn as a whole number, found {brief(number, 40)}.")
        return Recording(tuple(_stroke(entry, name) for entry in strokes), number)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, MemoryError) as error:
        raise ImageError(
            f"{name} expected a recorded drawing, found something else or damaged data. Record it again."
        ) from error


def _stroke(entry: Mapping[str, Any], name: str) -> RecordedStroke:
    points, width = np.array(entry["points"], np.float64).reshape(-1, 3), float(entry["width"])
    places, times_ms = points[:, :2], points[:, 2]
    if not (np.abs(points).max(initial=0) <= MOST_MS and (np.abs(places) <= MOST_BEYOND).all()):
        raise ImageError(f"{name} expected points on or near the canvas, from 0 to 1, found others.")
    if not 0 < width <= 1 or (np.diff(times_ms) < 0).any() or times_ms.min(initial=0) < 0:
        raise ImageError(f"{name} expected a pen's width from 0 to 1, and times that go on, found others.")
    return RecordedStroke(Stroke(places, width), times_ms)
