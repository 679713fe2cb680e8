"""Runs on disk: each a folder from its first moment.

::

    runs/.trash/                 runs that were deleted; they can be brought back for a month
    runs/20261128-153000-digits-mnist/
        run.json                 the record, written anew after each epoch
        notes.json               what a person says of it
        metrics.jsonl            a line for each batch and epoch, appended and flushed
        checkpoint.safetensors   to go on from; gone once the run is over
        model.safetensors        what came of it
        start.safetensors        the network that it began with, where its weights were not fresh
        wanted.json              settings that somebody else wants to change; gone once they are
        epochs/0003.safetensors  the weights after an epoch, thinned evenly where they take too much room
        film/0120.safetensors    the weights after a step, where a film was wanted; thinned likewise
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from cnn_core.architecture import Architecture
from cnn_core.claims import Claim, ClaimedError, claimed_by
from cnn_core.datasets.edits import NO_EDITS
from cnn_core.datasets.source import user_data
from cnn_core.errors import CnnError, ConfigError, ModelFileError
from cnn_core.files import brief, file_name, is_file, is_plain, read_file, reason, write_atomically
from cnn_core.layers import Dropout
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS
from cnn_core.runs.folder import (
    CHECKPOINT,
    EPOCHS,
    FILM,
    FORMAT,
    METRICS,
    MODEL,
    RECORD,
    START,
    WANTED,
    RunFolder,
    wanted_in,
)
from cnn_core.runs.kept_weights import FILE
from cnn_core.runs.notes import RunNotes, read_notes, write_notes
from cnn_core.runs.record import INTERRUPTED, RUNNING, RunRecord
from cnn_core.training import Change, Checkpoint, TrainingConfig

MOST_RECORD_BYTES = 8 << 20
MOST_LISTED = 10_000
MOST_SAME_NAME = 1000
STAMP = "20260131-235959-"
"""How a run's folder begins: when it was begun."""
TRASH, MOST_TRASH_S = ".trash", 30 * 24 * 3600.0
"""Runs that were deleted can be brought back for so long."""


def default_folder() -> Path:
    """Where runs are kept when nobody says where: the user's own data folder."""
    return user_data() / "runs"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as it is found in a store.

    Attributes
    ----------
    path : its folder; the folder's name is the run's
    record : what is known of it
    out : where else its model goes; empty where nowhere
    kept : where its checkpoint is kept, such as beside ``out``; empty where in its folder
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
    def checkpoint_path(self) -> Path:
        """Where its checkpoint is kept, if there is one."""
        return Path(self.kept) if self.kept else self.path / CHECKPOINT

    @property
    def checkpoint(self) -> Path | None:
        """What it can be taken up with; None where there is nothing."""
        return self.checkpoint_path if is_file(self.checkpoint_path) else None

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

    def notes(self) -> RunNotes:
        """What a person says of it."""
        return read_notes(self.path)

    def note(self, **values: str) -> None:
        """Give it another ``title``, other ``notes``; raises `ConfigError` for too long ones, `ModelFileError`."""
        write_notes(self.path, replace(self.notes(), **values))

    def repeat_config(self) -> TrainingConfig:
        """Settings that make the run again, with all its changes; of a run that is not over, those so far."""
        place = self.path / START
        config = replace(self.record.config, edits=self.record.config.edits or NO_EDITS)
        return replace(config, start=str(place)) if is_file(place) else config

    def ask_to_change(self, values: Mapping[str, Any]) -> None:
        """Leave other values of settings for the process that makes the run; raises `ConfigError` where nobody makes
        it, or where they make no sense."""
        if not self.is_running:
            raise ConfigError(f"{brief(self.name)} expected to be going, found that it is over. Repeat it instead.")
        now = self.record.config.at(self.record.steps)
        if "weight_decay" in values and "weight_decay" not in now.optimizer_options():
            raise ConfigError(
                f"Weight decay expected the optimizer adamw, found {now.optimizer} in {brief(self.name)}."
            )
        layers = dropout_layers(now.architecture)
        if unknown := [name for name in dict(values.get("dropout", {})) if name not in layers]:
            raise ConfigError(
                f"Dropout expected a layer of this network ({', '.join(layers) or 'it has none'}), received "
                f"{brief(unknown[0], 40)}."
            )
        steps = self.record.steps
        waiting = wanted_in(self.path)  # of somebody who was quicker
        if "dropout" in values and "dropout" in waiting:
            values = dict(values) | {"dropout": dict(waiting["dropout"]) | dict(values["dropout"])}
        wanted = Change.of(steps, **(waiting | dict(values)))
        self.record.config.changed(wanted)
        write_atomically(self.path / WANTED, json.dumps(wanted.as_dict()).encode())

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


class RunStore:
    """The folder that holds the runs. Broken folders in it are left alone and not listed."""

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder).absolute() if folder else default_folder()

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
            entries = zip(range(MOST_LISTED), self.folder.iterdir(), strict=False)
            folders = [path for _, path in entries if not path.name.startswith(".")]
        except (OSError, ValueError):
            return ()
        found = []
        for path in folders:
            with suppress(CnnError):
                found.append(load_run(path))
        return tuple(sorted(found, key=lambda run: run.record.started_at, reverse=True))

    def find(self, name: str) -> StoredRun:
        """The run of that name, of that title, or in the folder ``name``; raises `ConfigError` where there is none."""
        for path in (self.folder / name, Path(name)):
            if is_file(path / RECORD):
                return load_run(path)
        called = [run for run in self.runs() if name and name in (run.notes().title, run.name[len(STAMP) :])]
        if len(called) == 1:
            return called[0]
        if called:
            raise ConfigError(
                f"{brief(name)!r} expected to be the name of one run, found {len(called)}: "
                f"{brief(', '.join(run.name for run in called))}. Say which."
            )
        raise ConfigError(
            f"Expected the name of a run in {brief(self.folder)}, received {brief(name)!r}. See: cnn-core runs."
        )

    # --- The trash

    def discard(self, run: StoredRun) -> None:
        """Move a run into the trash, from where `restore` brings it back; raises `ModelFileError` for one that goes."""
        with _claimed(run) as claim:
            _expect_in(run.path, self.folder)
            place = self._trash / run.name
            try:
                self._trash.mkdir(parents=True, exist_ok=True)
                if place.exists():  # one of that name lies there since earlier: it stays, under another
                    number = next(n for n in count(2) if not place.with_name(f"{run.name}-{n}").exists())
                    place.replace(place.with_name(f"{run.name}-{number}"))
                run.path.replace(place)
                os.utime(place)  # so long it stays there
            except OSError as error:
                raise ModelFileError(
                    f"Expected to move {brief(run.name)} into the trash, received: {reason(error)}. It stays."
                ) from error
            claim.release()

    def restore(self, name: str) -> StoredRun:
        """Bring a run back out of the trash; raises `ModelFileError` where it cannot be."""
        place, back = self._trash / Path(name).name, self.folder / Path(name).name
        if not is_file(place / RECORD) or back.exists():
            raise ModelFileError(
                f"Expected a run called {brief(name)} in the trash, and none beside it, found something else."
            )
        try:
            place.replace(back)
        except OSError as error:
            raise ModelFileError(f"{brief(name)} cannot be brought back: {reason(error)}.") from error
        return load_run(back)

    def trashed(self) -> tuple[str, ...]:
        """Names of the runs in the trash."""
        with suppress(OSError, ValueError):
            return tuple(sorted(path.name for path in self._trash.iterdir() if is_file(path / RECORD)))
        return ()

    def empty_trash(self, older_than_s: float = MOST_TRASH_S) -> int:
        """Remove for good what has lain there for so long; returns how many runs."""
        removed = 0
        for name in self.trashed():
            with suppress(OSError):
                if time.time() - (self._trash / name).stat().st_mtime >= older_than_s:
                    shutil.rmtree(self._trash / name, ignore_errors=True)
                    removed += 1
        return removed

    @property
    def _trash(self) -> Path:
        return self.folder / TRASH


def _expect_in(path: Path, folder: Path) -> None:
    """Raise `ModelFileError` for a run that lies elsewhere, which is not ours to move."""
    if path.resolve().parent != folder.resolve() or path.name != path.resolve().name or path.name.startswith("."):
        raise ModelFileError(f"{brief(path.name)} expected to lie in {brief(folder)}, found it elsewhere. It stays.")


def dropout_layers(architecture: str | Architecture) -> tuple[str, ...]:
    """Names of a network's dropout layers; none of a network that cannot be made."""
    with suppress(CnnError):
        layers = (
            architecture.build_layers(2) if isinstance(architecture, Architecture) else PRESETS[architecture].layers(2)
        )
        return tuple(layer.name for layer in Sequential(layers).layers if isinstance(layer, Dropout))
    return ()


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
        return StoredRun(path.absolute(), RunRecord.from_dict(values["record"]), out, kept)
    except CnnError:
        raise
    except (ValueError, KeyError, RecursionError) as error:
        raise ConfigError(f"{brief(path.name)} expected the record of a run, found damaged data.") from error


def _begun(path: Path, record: RunRecord, out: Path | None, kept: Path | None) -> RunFolder:
    """A new folder, claimed; nothing is left of it where that cannot be."""
    claim = Claim(path / RECORD)
    try:
        return RunFolder(path, record, claim, out, kept)
    except CnnError:
        shutil.rmtree(path, ignore_errors=True)
        claim.release()
        raise


def take_up(run: StoredRun) -> RunFolder:
    """The folder of a run that goes on, as it is now: its record says so at once.

    Raises `ModelFileError` where it is running, and where its folder holds a link: what this program writes there would
    go somewhere else.
    """
    with _claimed(run) as claim:
        run = load_run(run.path)
        _expect_own_files(run)
        record = replace(run.record, reason=RUNNING, problem="")
        return RunFolder(run.path, record, claim, Path(run.out) if run.out else None, run.checkpoint_path)


def resumed_config(record: RunRecord, checkpoint: Checkpoint) -> TrainingConfig:
    """The settings to go on with: the checkpoint's, and every change that the record knows of. A change is written
    there before it holds, so those that were made after the checkpoint come again at their steps."""
    return replace(checkpoint.config, changes=record.config.changes)


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
    files = [run.path / name for name in (RECORD, METRICS, CHECKPOINT, MODEL, START, WANTED)]
    folders = [run.path / name for name in (EPOCHS, FILM)]
    strange = next((path for path in folders if path.is_symlink() or (path.exists() and not path.is_dir())), None)
    if strange is None:
        files += [file for path in folders if path.exists() for file in path.iterdir() if FILE.fullmatch(file.name)]
        strange = next((file for file in files if not is_plain(file)), None)
    if strange is not None:
        raise ModelFileError(
            f"{brief(run.name)} expected files of its own, found a link or something else as {brief(strange.name)}. "
            "Begin the run anew."
        )


def remove_run(run: StoredRun) -> None:
    """Remove a run's folder and all that is in it; raises `ModelFileError` for one that is running."""
    with _claimed(run) as claim:
        shutil.rmtree(run.path, ignore_errors=True)
        claim.release()
