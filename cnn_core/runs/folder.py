"""The folder of a run: what is in it, and how it is written while the run is made."""

from __future__ import annotations

import io
import json
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from cnn_core.claims import Claim
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import open_file, reason, write_atomically
from cnn_core.runs.record import RunRecord
from cnn_core.training import BatchMetrics, EpochMetrics

FORMAT = "cnn-gui run 1"
RECORD, METRICS, CHECKPOINT, MODEL, EPOCHS = (
    "run.json", "metrics.jsonl", "checkpoint.safetensors", "model.safetensors", "epochs",
)  # fmt: skip
MOST_EPOCHS_BYTES = 256 << 20
"""Weights of epochs that a run keeps; above it every second one goes."""
MOST_LINE_BYTES = 4096
FLUSH_EVERY_S = 0.25
EPOCH_FILE = re.compile(r"(\d{4,})\.safetensors")


def checkpoint_beside(target: Path) -> Path:
    """Where the checkpoint of a run is kept that will be saved as ``target``."""
    return target.with_name(f"{target.name.removesuffix('.safetensors')}.checkpoint.safetensors")


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
        is_inside = self.checkpoint_path == self.path / CHECKPOINT  # then it moves, and is copied, with the folder
        places = {"out": str(self._out or ""), "checkpoint": "" if is_inside else str(self.checkpoint_path)}
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
            if (match := EPOCH_FILE.fullmatch(file.name)) and is_plain(file):
                found.append((int(match[1]), file))
    yield from sorted(found)


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


def is_plain(file: Path) -> bool:
    """Whether there is an ordinary file, no link, or nothing."""
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except FileNotFoundError:
        return True
