"""What a person says of a run: a name, notes; kept beside the record, which belongs to the run itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import is_file, printable, read_file, write_atomically

NOTES = "notes.json"
MOST_TITLE, MOST_NOTES, MOST_BYTES = 80, 4000, 1 << 16


@dataclass(frozen=True, slots=True)
class RunNotes:
    """A name and notes; ``sweep`` is the sweep that the run belongs to."""

    title: str = ""
    notes: str = ""
    sweep: str = ""

    def __post_init__(self) -> None:
        if len(self.title) > MOST_TITLE or len(self.notes) > MOST_NOTES or len(self.sweep) > MOST_TITLE:
            raise ConfigError(
                f"A run's name expected at most {MOST_TITLE} letters, its notes at most {MOST_NOTES}, received more."
            )


def read_notes(folder: Path) -> RunNotes:
    """What is said of the run in a folder; nothing where there is nothing, or something else."""
    path = folder / NOTES
    try:
        if not is_file(path):
            return RunNotes()
        values = json.loads(read_file(path, MOST_BYTES, "notes of a run", ConfigError))
        return RunNotes(*(printable(str(values.get(name, ""))) for name in ("title", "notes", "sweep")))
    except (CnnError, ValueError, AttributeError, RecursionError):
        return RunNotes()


def write_notes(folder: Path, notes: RunNotes) -> None:
    """Keep what is said; raises `ModelFileError`."""
    write_atomically(folder / NOTES, json.dumps(asdict(notes)).encode())
