"""What a worker does, in a process of its own, perhaps on another machine."""

from __future__ import annotations

import io
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cnn_core.errors import CnnError, ModelFileError
from cnn_core.files import brief
from cnn_core.runs import RunStore, execute, load_run
from cnn_core.runs.folder import METRICS, MODEL, RECORD, START
from cnn_core.runs.notes import NOTES
from cnn_core.sources import load_dataset
from cnn_core.training import TrainingConfig

BROUGHT = (RECORD, METRICS, MODEL, START, NOTES)
"""Files of a run that come home from a worker elsewhere."""
MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Task:
    """One run of a sweep: where it is kept, and where the data are, if anybody says so."""

    number: int
    config: TrainingConfig
    sweep: str
    runs: str
    data_dir: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: its name and accuracies; ``problem`` says why there is none. ``folder`` holds its files where
    it was made elsewhere."""

    number: int
    name: str = ""
    validation: float | None = None
    test: float | None = None
    seconds: float = 0.0
    problem: str = ""
    folder: bytes = b""

    def unpack(self, store: RunStore) -> None:
        """Put the files into a folder of the store; raises `ModelFileError` for files that are not those of a run."""
        place = store.folder / Path(self.name).name
        try:
            with tarfile.open(fileobj=io.BytesIO(self.folder)) as archive:
                members = archive.getmembers()
                names = {member.name for member in members}
                sound = names <= set(BROUGHT) and all(m.isfile() and m.size <= MOST_BYTES for m in members)
                if not sound or any(PurePosixPath(name).name != name for name in names):
                    raise ModelFileError(f"{brief(self.name)} expected the files of a run, received others.")
                place.mkdir(parents=True, exist_ok=False)
                for member in members:
                    file = archive.extractfile(member)
                    if file is not None:
                        (place / member.name).write_bytes(file.read())
        except (tarfile.TarError, OSError) as error:
            raise ModelFileError(f"{brief(self.name)} cannot be kept: {brief(error, 80)}.") from error


def make_here(task: Task) -> Outcome:
    """Make a run and keep it in its store, which this process can write to."""
    return _made(task, RunStore(task.runs))


def make_and_send(task: Task) -> Outcome:
    """Make a run in a folder of this machine, and send home what came of it."""
    with tempfile.TemporaryDirectory(prefix="cnn-sweep-") as folder:
        outcome = _made(task, RunStore(folder))
        if outcome.problem:
            return outcome
        return Outcome(outcome.number, outcome.name, outcome.validation, outcome.test, outcome.seconds, "",
                       _packed(Path(folder) / outcome.name))  # fmt: skip


def _made(task: Task, store: RunStore) -> Outcome:
    try:
        data = load_dataset(task.config.dataset, Path(task.data_dir) if task.data_dir else None)
        folder = store.create(task.config)
        name = folder.name
        load_run(folder.path).note(sweep=task.sweep)
        record = execute(task.config, data, folder=folder)
    except CnnError as error:
        return Outcome(task.number, problem=str(error))
    best = record.best
    return Outcome(task.number, name, best.validation_accuracy if best else None, record.test_accuracy, record.seconds)


def _packed(path: Path) -> bytes:
    """The files of a run, but for checkpoints and epochs."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in BROUGHT:
            if (path / name).is_file():
                archive.add(path / name, name)
    return made.getvalue()
