"""The folder of a run: what is in it, and how it is written while the run is made."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from math import gcd
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from cnn_core.claims import Claim
from cnn_core.errors import CnnError, ConfigError
from cnn_core.files import is_file, open_file, read_file, reason, write_atomically
from cnn_core.runs.kept_weights import KeptWeights, weight_files
from cnn_core.runs.record import RunRecord
from cnn_core.training import BatchMetrics, Change, EpochMetrics, NormsMeasured, UnitsMeasured

FORMAT = "cnn-gui run 1"
RECORD, METRICS, CHECKPOINT, MODEL, START, EPOCHS, FILM, WANTED = (
    "run.json", "metrics.jsonl", "checkpoint.safetensors", "model.safetensors", "start.safetensors", "epochs", "film",
    "wanted.json",
)  # fmt: skip
MOST_EPOCHS_BYTES, MOST_FILM_BYTES = 256 << 20, 256 << 20
"""Weights that a run keeps of its epochs, and of the steps of its film; above it every second one goes."""
MOST_LINE_BYTES = 1 << 16
MOST_STEPS, MOST_FIGURE = 10**12, 1e300
LENGTHS = ("weights", "gradient", "update")
FIGURES: dict[Any, tuple[str, ...]] = {
    "batch": ("epoch", "loss", "accuracy", "learning_rate", "images_per_second"),
    "epoch": ("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy"),
    "norms": ("epoch",),
    "units": ("epoch",),
    "resumed": (),
}
"""Numbers that a line of each kind must hold, beside its step."""
Metrics = BatchMetrics | EpochMetrics | NormsMeasured | UnitsMeasured
KINDS: dict[type, str] = {BatchMetrics: "batch", EpochMetrics: "epoch", NormsMeasured: "norms", UnitsMeasured: "units"}
"""What a line of the metrics is called."""
FLUSH_EVERY_S, LOOK_EVERY_S = 0.25, 0.5


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
        self._epochs = KeptWeights(path / EPOCHS, MOST_EPOCHS_BYTES)
        self._film = KeptWeights(path / FILM, MOST_FILM_BYTES)
        self._looked_at = time.monotonic()
        self.write(record)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def model_path(self) -> Path:
        """Where the model goes at the end."""
        return self.path / MODEL

    @property
    def start_path(self) -> Path:
        """Where the network is kept that the run begins with, if its weights are not fresh."""
        return self.path / START

    def write(self, record: RunRecord) -> None:
        """Write the record as it is now; raises `ModelFileError`."""
        self.record = record
        is_inside = self.checkpoint_path == self.path / CHECKPOINT  # then it moves, and is copied, with the folder
        places = {"out": str(self._out or ""), "checkpoint": "" if is_inside else str(self.checkpoint_path)}
        values = {"format": FORMAT, **places, "record": record.as_dict()}
        write_atomically(self.path / RECORD, json.dumps(values, ensure_ascii=True).encode())

    def add(self, metrics: Metrics) -> None:
        """Append a line; it is on the disk a moment later, that of an epoch at once."""
        self._append({"kind": KINDS[type(metrics)]} | asdict(metrics), at_once=isinstance(metrics, EpochMetrics))

    def note_resumed(self, step: int) -> None:
        """What was written of later steps than ``step`` does not count any more."""
        self._append({"kind": "resumed", "step": step}, at_once=True)
        self._film.forget_after(step)

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

    def take_wanted(self) -> dict[str, Any]:
        """Settings that another process wants to change, by name; looks at most twice a second. What makes no sense is
        thrown away."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_EVERY_S:
            return {}
        self._looked_at = now
        wanted = wanted_in(self.path)
        with suppress(OSError):
            (self.path / WANTED).unlink(missing_ok=True)
        return wanted

    def keep_epoch(self, epoch: int, save: Callable[[Path], None]) -> None:
        """Let ``save`` write the weights of an epoch, unless it would be thinned out again at once."""
        self._keep(self._epochs, epoch, save)

    def keep_picture(self, step: int, save: Callable[[Path], None]) -> None:
        """Let ``save`` write the weights of a step for the film, unless it would be thinned out again at once."""
        self._keep(self._film, step, save)

    def _keep(self, kept: KeptWeights, number: int, save: Callable[[Path], None]) -> None:
        try:
            if (path := kept.place_for(number)) is not None:
                save(path)
                kept.thin(path)
        except CnnError as error:
            self.problem = str(error)
        except OSError as error:
            self.problem = reason(error)

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
        with suppress(OSError):  # what nobody took up in time is not meant for a later day
            (self.path / WANTED).unlink(missing_ok=True)
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


def epoch_files(path: Path) -> Iterator[tuple[int, Path]]:
    """Number and file of each epoch that the run in the folder ``path`` has kept, in order."""
    yield from weight_files(path / EPOCHS)


def film_files(path: Path) -> Iterator[tuple[int, Path]]:
    """Step and file of each picture of the film that the run in the folder ``path`` has kept, in order."""
    yield from weight_files(path / FILM)


def film_every(path: Path) -> int:
    """Every how many steps the run in the folder ``path`` keeps a picture; 0 without a film."""
    steps = [step for step, _ in film_files(path)]
    return gcd(*steps) if len(steps) > 1 else 0


def wanted_in(path: Path) -> dict[str, Any]:
    """Settings that somebody wants to change in the run of a folder, by name; nothing where they make no sense."""
    with suppress(CnnError, OSError, ValueError, RecursionError):
        if is_file(path / WANTED):
            text = read_file(path / WANTED, MOST_LINE_BYTES, "wanted settings", ConfigError)
            return dict(Change.from_dict(json.loads(text)).values)
    return {}


def read_metrics(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a run's metrics in order, each a dict with its ``kind``, one at a time; those that a resume made
    void are left out, and lines that are damaged."""
    resumed = [(number, line["step"]) for number, line in _lines(path) if line["kind"] == "resumed"]
    limits: list[tuple[int, int]] = []  # before line so-and-so no step above so-and-so counts
    lowest = MOST_STEPS
    for number, step in reversed(resumed):
        lowest = min(lowest, step)
        limits.append((number, lowest))
    for number, line in _lines(path):
        while limits and limits[-1][0] <= number:
            limits.pop()
        if line["kind"] != "resumed" and (not limits or line["step"] <= limits[-1][1]):
            yield line


def read_history(path: Path) -> Iterator[BatchMetrics | EpochMetrics]:
    """The batches and epochs among `read_metrics`, as the run told them; those that lack a figure are left out."""
    kinds: dict[str, type[BatchMetrics | EpochMetrics]] = {"batch": BatchMetrics, "epoch": EpochMetrics}
    names = {kind: [field.name for field in fields(made)] for kind, made in kinds.items()}
    for line in read_metrics(path):
        if (kind := line["kind"]) in kinds and all(name in line for name in names[kind]):
            yield kinds[kind](**{name: line[name] for name in names[kind]})


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and content of each line that is whole."""
    with suppress(CnnError, OSError), open_file(path / METRICS, "metrics of a run", ConfigError) as file:
        number = 0
        while text := file.readline(MOST_LINE_BYTES):
            number += 1
            if (line := _line(text)) is not None:
                yield number, line


def _line(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) and _is_whole(line) else None


def _is_whole(line: dict[str, Any]) -> bool:
    """Whether a line holds what its kind must hold, and nothing but numbers where numbers belong."""
    kind, layers = line.get("kind"), line.get("layers")
    if (
        type(line.get("step")) is not int
        or not 0 <= line["step"] <= MOST_STEPS
        or not isinstance(kind, str)
        or kind not in FIGURES
    ):
        return False
    if not all(_is_figure(line.get(name)) for name in FIGURES[kind]):
        return False
    if kind == "norms":
        return isinstance(layers, list) and all(
            isinstance(one, dict) and isinstance(one.get("layer"), str) and all(_is_figure(one.get(n)) for n in LENGTHS)
            for one in layers
        )
    if kind == "units":
        return isinstance(layers, list) and all(
            isinstance(one, list) and len(one) == 3 and isinstance(one[0], str) and all(map(_is_figure, one[1:]))
            for one in layers
        )
    return True


def _is_figure(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < MOST_FIGURE
