"""Runs on disk: each a folder from its first moment.

::

    runs/20261128-153000-digits-mnist/
        run.json                 the record, written anew after each epoch
        metrics.jsonl            a line for each batch and epoch, appended and flushed
        checkpoint.safetensors   to go on from; gone once the run is over
        model.safetensors        what came of it
        epochs/0003.safetensors  the weights after an epoch, thinned evenly where they take too much room
"""

from __future__ import annotations

import io
import json
import re
import shutil
import stat
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import platformdirs

from cnn_core.claims import Claim, ClaimedError, claimed_by
from cnn_core.errors import CnnError, ConfigError, ModelFileError
from cnn_core.files import brief, file_name, is_file, open_file, read_file, reason, write_atomically
from cnn_core.runs.record import INTERRUPTED, RUNNING, RunRecord
from cnn_core.training import BatchMetrics, EpochMetrics, TrainingConfig

FORMAT = "cnn-gui run 1"
RECORD, METRICS, CHECKPOINT, MODEL, EPOCHS = (
    "run.json", "metrics.jsonl", "checkpoint.safetensors", "model.safetensors", "epochs",
)  # fmt: skip
MOST_RECORD_BYTES = 8 << 20
MOST_EPOCHS_BYTES = 256 << 20
"""Weights of epochs that a run keeps; above it every second one goes."""
MOST_LINE_BYTES = 4096
FLUSH_EVERY_S = 0.25
MOST_LISTED = 10_000
MOST_SAME_NAME = 1000
EPOCH_FILE = re.compile(r"(\d{4,})\.safetensors")


def default_folder() -> Path:
    """Where runs are kept when nobody says where: the user's own data folder."""
    return Path(platformdirs.user_data_path("cnn-gui", appauthor=False)) / "runs"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it is found in a store.

    Attributes
    ----------
    path : its folder; the folder's name is the run's
    record : what is known of it
    out : where else its model goes; empty where nowhere
    kept : where its checkpoint is kept, in its folder or beside ``out``
    """

    path: Path
    record: RunRecord
    out: str = ""
    kept: str = ""

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_running(self) -> bool:
        """Whether somebody makes it now."""
        return self.record.reason == RUNNING and claimed_by(self.path / RECORD) is not None

    @property
    def checkpoint(self) -> Path | None:
        """What it can be taken up with; None where there is nothing."""
        place = Path(self.kept) if self.kept else self.path / CHECKPOINT
        return place if is_file(place) else None

    @property
    def model(self) -> Path | None:
        """The model that came of it; None where there is none."""
        place = self.path / MODEL
        return place if is_file(place) else None

    @property
    def reason(self) -> str:
        """How it ended; of one that nobody makes any more, and whose end nobody wrote down: that it was interrupted."""
        reason = self.record.reason
        return INTERRUPTED if reason == RUNNING and not self.is_running else reason

    @property
    def was_interrupted(self) -> bool:
        """Whether it ended without its owner's will and can be taken up again."""
        return self.reason == INTERRUPTED and self.checkpoint is not None

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, for lists: without the history of the epochs."""
        values = self.record.as_dict()
        best = self.record.best
        return values | {
            "name": self.name,
            "path": str(self.path),
            "reason": self.reason,
            "epochs": self.record.epochs_completed,
            "validation_accuracy": best.validation_accuracy if best else None,
            "model": str(self.model) if self.model else None,
            "checkpoint": str(self.checkpoint) if self.checkpoint else None,
        }


def checkpoint_beside(target: Path) -> Path:
    """Where the checkpoint of a run is kept that will be saved as ``target``."""
    return target.with_name(f"{target.name.removesuffix('.safetensors')}.checkpoint.safetensors")


class RunStore:
    """The folder that holds the runs. Broken folders in it are left alone and not listed."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder else default_folder()

    def create(self, config: TrainingConfig, out: Path | None = None, kept: Path | None = None) -> RunFolder:
        """A new folder for a run of this process.

        ``out`` is where else its model will go, ``kept`` where its checkpoint is: beside ``out`` where nobody says.
        Raises `ModelFileError` where the folder cannot be made.
        """
        data = Path(config.dataset).stem or "data"
        wanted = file_name(f"{time.strftime('%Y%m%d-%H%M%S')}-{config.network_name}-{data}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for number in range(1, MOST_SAME_NAME):
                path = self.folder / (wanted if number == 1 else f"{wanted}-{number}")
                with suppress(FileExistsError):
                    path.mkdir()
                    return _begun(path, RunRecord(config, started_at=time.time()), out, kept)
        except (OSError, ValueError) as error:  # ValueError: a name that no folder can have
            raise ModelFileError(
                f"Expected to keep the run in {brief(self.folder)}, received: {reason(error)}. Choose another folder."
            ) from error
        raise ModelFileError(f"Expected a new name for the run in {brief(self.folder)}, found too many of them.")

    def runs(self) -> tuple[StoredRun, ...]:
        """All runs, the latest first."""
        try:
            folders = [path for _, path in zip(range(MOST_LISTED), self.folder.iterdir(), strict=False)]
        except (OSError, ValueError):
            return ()
        found = []
        for path in folders:
            with suppress(CnnError):
                found.append(load_run(path))
        return tuple(sorted(found, key=lambda run: run.record.started_at, reverse=True))

    def find(self, name: str) -> StoredRun:
        """The run of that name, or in the folder ``name``; raises `ConfigError` where there is none."""
        for path in (self.folder / name, Path(name)):
            if is_file(path / RECORD):
                return load_run(path)
        raise ConfigError(
            f"Expected the name of a run in {brief(self.folder)}, received {brief(name)!r}. See: cnn-core runs."
        )


def load_run(path: Path) -> StoredRun:
    """Read the record in a run's folder; raises `ConfigError`."""
    text = read_file(path / RECORD, MOST_RECORD_BYTES, "record of a run", ConfigError)
    try:
        values = json.loads(text)
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise ConfigError(f"{brief(path.name)} expected the record of a run, found something else.")
        out, kept = values.get("out", ""), values.get("checkpoint", "")
        if not isinstance(out, str) or not isinstance(kept, str):
            raise ConfigError(f"{brief(path.name)} expected the record of a run, found something else.")
        return StoredRun(path, RunRecord.from_dict(values["record"]), out, kept)
    except CnnError:
        raise
    except (ValueError, KeyError, RecursionError) as error:
        raise ConfigError(f"{brief(path.name)} expected the record of a run, found damaged data.") from error


class RunFolder:
    """The folder of a run that is being made, claimed by this process until `close`. Belongs to one thread.

    The run must not suffer from a disk that is full: where metrics or an epoch cannot be written, `problem` says why.

    Attributes
    ----------
    record : as it was written last
    checkpoint_path : where the checkpoint is kept while the run goes
    has_model : whether the model that this process made is in the folder
    """

    def __init__(
        self, path: Path, record: RunRecord, claim: Claim, out: Path | None = None, kept: Path | None = None
    ) -> None:
        self.path, self.record, self.problem, self.has_model = path, record, "", False
        self._claim = claim
        self._out = out.absolute() if out is not None else None
        self.checkpoint_path = kept.absolute() if kept is not None else path / CHECKPOINT
        if kept is None and self._out is not None:
            self.checkpoint_path = checkpoint_beside(self._out)
        self._file: TextIO | None = None
        self._flushed_at = time.monotonic()
        self._every = 1
        self.write(record)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def model_path(self) -> Path:
        """Where the model goes at the end."""
        return self.path / MODEL

    def write(self, record: RunRecord) -> None:
        """Write the record as it is now; raises `ModelFileError`."""
        self.record = record
        places = {"out": str(self._out or ""), "checkpoint": str(self.checkpoint_path)}
        values = {"format": FORMAT, **places, "record": record.as_dict()}
        write_atomically(self.path / RECORD, json.dumps(values, ensure_ascii=True).encode())

    def add(self, metrics: BatchMetrics | EpochMetrics) -> None:
        """Append a line; it is on the disk a moment later, that of an epoch at once."""
        is_epoch = isinstance(metrics, EpochMetrics)
        self._append({"kind": "epoch" if is_epoch else "batch"} | asdict(metrics), at_once=is_epoch)

    def note_resumed(self, step: int) -> None:
        """What was written of later steps than ``step`` does not count any more."""
        self._append({"kind": "resumed", "step": step}, at_once=True)

    def _append(self, line: dict[str, Any], at_once: bool) -> None:
        try:
            if self._file is None:
                self._file = _open_at_end(self.path / METRICS)
            self._file.write(json.dumps(line) + "\n")
            if at_once or time.monotonic() - self._flushed_at > FLUSH_EVERY_S:
                self._flushed_at = time.monotonic()
                self._file.flush()
        except OSError as error:
            self.problem = reason(error)

    def epoch_path(self, epoch: int) -> Path | None:
        """Where the weights of an epoch go; None for one that would be thinned out again at once."""
        if epoch % self._every:
            return None
        try:
            (self.path / EPOCHS).mkdir(exist_ok=True)
        except OSError as error:
            self.problem = reason(error)
            return None
        return self.path / EPOCHS / f"{epoch:04}.safetensors"

    def thin_epochs(self) -> None:
        """Remove every second epoch, the first stays, until all of them together take no more than the limit."""
        files = list(epoch_files(self.path))
        while sum(_size(file) for _, file in files) > MOST_EPOCHS_BYTES and len(files) > 2:
            self._every *= 2
            for epoch, file in files[:-1]:
                if epoch % self._every:
                    file.unlink(missing_ok=True)
            files = list(epoch_files(self.path))

    def remove(self) -> None:
        """Take the folder away again, of a run that could not begin."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.close()

    def close(self) -> None:
        """Write what is still to be written, and give the folder back; more than once does nothing."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
        self._claim.release()

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _begun(path: Path, record: RunRecord, out: Path | None, kept: Path | None) -> RunFolder:
    """A new folder, claimed; nothing is left of it where that cannot be."""
    claim = Claim(path / RECORD)
    try:
        return RunFolder(path, record, claim, out, kept)
    except CnnError:
        shutil.rmtree(path, ignore_errors=True)
        claim.release()
        raise


def _open_at_end(path: Path) -> TextIO:
    """A file of lines, to append to; a last line that was cut short is ended."""
    file = path.open("ab+")
    if file.tell():
        file.seek(-1, 2)
        if file.read(1) != b"\n":
            file.write(b"\n")
    return io.TextIOWrapper(file, "ascii", newline="\n")


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        return 0


def epoch_files(path: Path) -> Iterator[tuple[int, Path]]:
    """Number and file of each epoch that the run in the folder ``path`` has kept, in order."""
    found = []
    with suppress(OSError):
        for file in (path / EPOCHS).iterdir():
            if (match := EPOCH_FILE.fullmatch(file.name)) and _is_plain(file):
                found.append((int(match[1]), file))
    yield from sorted(found)


def take_up(run: StoredRun) -> RunFolder:
    """The folder of a run that goes on, as it is now: its record says so at once.

    Raises `ModelFileError` where it is running, and where its folder holds a link: what this program writes there would
    go somewhere else.
    """
    with _claimed(run) as claim:
        run = load_run(run.path)
        _expect_own_files(run)
        record = replace(run.record, reason=RUNNING, problem="")
        out, kept = Path(run.out) if run.out else None, Path(run.kept) if run.kept else None
        return RunFolder(run.path, record, claim, out, kept)


@contextmanager
def _claimed(run: StoredRun) -> Generator[Claim]:
    """A claim on a run that nobody makes; it is given back where anything goes wrong."""
    try:
        claim = Claim(run.path / RECORD)
    except ClaimedError as error:
        raise ModelFileError(
            f"{brief(run.name)} expected to be over, found that process {error.process or '?'} still makes it."
        ) from error
    try:
        yield claim
    except BaseException:
        claim.release()
        raise


def _expect_own_files(run: StoredRun) -> None:
    """Raise `ModelFileError` where a name of ours is not what this program puts there."""
    files = [run.path / name for name in (RECORD, METRICS, CHECKPOINT, MODEL)]
    epochs = run.path / EPOCHS
    is_strange = epochs.is_symlink() or (epochs.exists() and not epochs.is_dir())
    if not is_strange and epochs.exists():
        files += [file for file in epochs.iterdir() if EPOCH_FILE.fullmatch(file.name)]
    strange = epochs if is_strange else next((file for file in files if not _is_plain(file)), None)
    if strange is not None:
        raise ModelFileError(
            f"{brief(run.name)} expected files of its own, found a link or something else as {brief(strange.name)}. "
            "Begin the run anew."
        )


def _is_plain(file: Path) -> bool:
    """Whether there is an ordinary file, no link, or nothing."""
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except FileNotFoundError:
        return True


def read_metrics(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a run's metrics in order, each a dict with its ``kind``; those that a resume made void are left out,
    and lines that are damaged."""
    lines: list[dict[str, Any]] = []
    with suppress(CnnError, OSError), open_file(path / METRICS, "metrics of a run", ConfigError) as file:
        while text := file.readline(MOST_LINE_BYTES):
            line = _line(text)
            if line is None:
                continue
            if line.get("kind") != "resumed":
                lines.append(line)
            else:
                while lines and lines[-1]["step"] > line["step"]:
                    lines.pop()
    yield from lines


def _line(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) and type(line.get("step")) is int else None


def remove_run(run: StoredRun) -> None:
    """Remove a run's folder and all that is in it; raises `ModelFileError` for one that is running."""
    with _claimed(run) as claim:
        shutil.rmtree(run.path, ignore_errors=True)
        claim.release()
