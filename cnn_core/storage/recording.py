"""Recorded drawings: strokes with their time, as JSON.

``{"format": "cnn-gui drawing 1", "number": 2026, "strokes": [{"width": 0.06, "points": [[x, y, ms], …]}, …]}`` with x
and y in canvas units from 0 to 1 and the time in milliseconds since the first point.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_core.drawing import Stroke
from cnn_core.errors import CnnError, ImageError
from cnn_core.storage.tensor_file import write_atomically

FORMAT = "cnn-gui drawing 1"


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
    path = Path(path)
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ImageError(f"{path.name} expected the format '{FORMAT}', found {content['format']!r}.")
        strokes = []
        for entry in content["strokes"]:
            points = np.array(entry["points"], np.float64).reshape(-1, 3)
            strokes.append(RecordedStroke(Stroke(points[:, :2], float(entry["width"])), points[:, 2]))
        return Recording(tuple(strokes), int(content.get("number", -1)))
    except CnnError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ImageError(f"{path.name} expected a recorded drawing, received something else ({error}).") from error
