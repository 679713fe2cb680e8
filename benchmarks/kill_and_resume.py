"""Kills runs at random moments and goes on with them: the weights must be those of a run that nobody killed.

    python -m benchmarks.kill_and_resume --runs 100

Bit for bit. Settings change on the way: rate, batch size, augmentation, epochs. A run is killed up to three times.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.files import is_file
from cnn_core.runs import RunEvent, RunStore, execute, load_run, resumed_config, take_up
from cnn_core.storage import load_model
from cnn_core.training import BatchMetrics, Checkpoint, TrainingConfig, TrainingControl

KINDS = 10
"""So many different runs; each is made once without being killed."""
TIMEOUT_S = 120.0
STEPS = 60


def config_of(kind: int) -> TrainingConfig:
    """One of the runs: networks, optimizers, averages and threads differ."""
    rng = np.random.default_rng(kind)
    return TrainingConfig(
        dataset="synthetic", architecture=str(rng.choice(["mlp", "digits", "lenet5"])),
        optimizer=str(rng.choice(["adam", "adamw", "momentum"])), learning_rate=0.003, epochs=4, batch_size=50,
        seed=kind, averaging=float(rng.choice([0.0, 0.95])), threads=int(rng.integers(1, 3)),
    )  # fmt: skip


def wanted_in(kind: int) -> dict[int, dict[str, object]]:
    """What somebody wants after which steps."""
    rng = np.random.default_rng([kind, 1])
    values = [
        {"learning_rate": 0.001}, {"batch_size": int(rng.integers(20, 90))}, {"augmentation": "light"}, {"epochs": 5},
        {"learning_rate": 0.0005, "augmentation": "none"},
    ]  # fmt: skip
    return dict(zip(sorted(rng.choice(STEPS, len(values), replace=False).tolist()), values, strict=True))


def work(kind: int, folder: Path) -> None:
    """Make the run in ``folder``, or go on with it. Changes that are on the disk are not wanted again."""
    data = DataSplits(make_synthetic(900, seed=3), make_synthetic(100, seed=9), "synthetic digits", "here", "free")
    store, control, wanted = RunStore(folder), TrainingControl(), wanted_in(kind)
    found = store.runs()

    def watch(event: RunEvent) -> None:
        if isinstance(event, BatchMetrics) and event.step in wanted:
            known = load_run(store.runs()[0].path).record.config.changes
            if all(change.step != event.step for change in known):
                control.change(**wanted[event.step])

    if not found:
        execute(config_of(kind), data, watch, control, store.create(config_of(kind)))
    elif found[0].checkpoint is None and not found[0].record.epochs:  # killed before it was begun
        with take_up(found[0]) as taken:
            execute(config_of(kind), data, watch, control, taken)
    elif found[0].checkpoint is not None:
        with take_up(found[0]) as taken:
            checkpoint = Checkpoint.load(taken.checkpoint_path)
            config = resumed_config(taken.record, checkpoint)
            execute(config, data, watch, control, taken, replace(checkpoint, config=config))


def weights_in(folder: Path) -> str:
    """A digest of the weights that came of a run."""
    (run,) = RunStore(folder).runs()
    model = load_model(run.path / "model.safetensors").model
    arrays = model.parameters | model.buffers
    return hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays))).hexdigest()


def finish(kind: int, folder: Path, kills: int, rng: np.random.Generator, seconds: float) -> str:
    """Make a run, killed so often at moments of the time that it takes; the digest of its weights."""
    command = [sys.executable, "-m", "benchmarks.kill_and_resume", "--work", str(folder), "--kind", str(kind)]
    for _ in range(kills):
        with subprocess.Popen(command) as process:
            time.sleep(float(rng.uniform(0.5, max(seconds, 1.0))))
            process.send_signal(signal.SIGKILL)
    subprocess.run(command, check=True, timeout=TIMEOUT_S)
    return weights_in(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kind", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work is not None:
        work(arguments.kind, arguments.work)
        return
    rng, faults, killed = np.random.default_rng(arguments.seed), list[str](), 0
    with tempfile.TemporaryDirectory() as place:
        whole: dict[int, tuple[str, float]] = {}
        for number in range(arguments.runs):
            kind = number % KINDS
            if kind not in whole:
                started = time.monotonic()
                digest = finish(kind, Path(place) / f"whole-{kind}", 0, rng, 0)
                whole[kind] = digest, time.monotonic() - started
            kills = int(rng.integers(1, 4))
            killed += kills
            try:
                found = finish(kind, Path(place) / f"run-{number}", kills, rng, whole[kind][1])
            except (subprocess.SubprocessError, OSError, ValueError) as error:
                faults.append(f"run {number} (kind {kind}): {error}")
                continue
            if found != whole[kind][0]:
                faults.append(f"run {number} (kind {kind}): other weights")
            if any(is_file(path) for path in (Path(place) / f"run-{number}").glob(".*")):
                faults.append(f"run {number}: something was left behind")
            print(f"\r{number + 1} runs, {killed} kills, {len(faults)} faults", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    if arguments.json:
        print(json.dumps({"runs": arguments.runs, "kills": killed, "faults": faults}))
    else:
        print(*faults[:20], f"{arguments.runs} runs killed {killed} times: {len(faults)} faults", sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
