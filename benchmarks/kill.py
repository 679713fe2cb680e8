"""Kills the program in the middle of a save or of a run, again and again: no file may be broken, nothing left behind.

    python -m benchmarks.kill --saves 500 --runs 12

A process that only saves is killed at a random moment; then the file has to open, as the old model or as the new one,
and the next save has to leave nothing but it. Likewise a training run, whose checkpoint has to be taken up again.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from cnn_core.digits import make_synthetic
from cnn_core.errors import CnnError
from cnn_core.presets import make_preset
from cnn_core.storage import load_model, save_model
from cnn_core.training import Checkpoint

SAVER = """
import sys
from cnn_core.presets import make_preset
from cnn_core.storage import save_model
models = [make_preset("digits"), make_preset("mlp")]
print("ready", flush=True)
while True:
    for model in models:
        save_model(sys.argv[1], model)
"""
SAVES_A_PROCESS_S = 0.15
START_TIMEOUT_S = 60.0


def kill_saves(count: int, folder: Path, rng: np.random.Generator) -> list[str]:
    """Faults of ``count`` saves that were killed."""
    target, faults = folder / "m.safetensors", []
    save_model(target, make_preset("mlp"))
    command = [sys.executable, "-c", SAVER, str(target)]
    for number in range(count):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(float(rng.uniform(0, SAVES_A_PROCESS_S)))
            process.send_signal(signal.SIGKILL)
        try:
            load_model(target)
        except CnnError as error:
            faults.append(f"save {number}: {error}")
        if number % 10 == 9 or number == count - 1:
            faults += leftovers(target)
            print(f"\r{number + 1} saves killed, {len(faults)} faults", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return faults


def leftovers(target: Path) -> list[str]:
    """What lies beside ``target`` after the next start has saved to it."""
    save_model(target, make_preset("mlp"))
    return [f"left behind: {path.name}" for path in target.parent.iterdir() if path != target]


def kill_runs(count: int, folder: Path, rng: np.random.Generator) -> list[str]:
    """Faults of ``count`` runs that were killed and taken up again."""
    data, faults = make_synthetic(600, seed=5), []
    np.savez(folder / "own.npz", x_train=data.images, y_train=data.labels)
    command = [sys.executable, "-m", "cnn_core", "train"]
    for number in range(count):
        out = folder / f"run-{number}.safetensors"
        kept = out.with_name(f"run-{number}.checkpoint.safetensors")
        options = ["-d", str(folder / "own.npz"), "-p", "mlp", "-e", "100000", "--out", str(out)]
        with subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL) as process:
            end = time.monotonic() + START_TIMEOUT_S
            while not kept.exists() and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(float(rng.uniform(0, 0.5)))
            process.send_signal(signal.SIGKILL)
        try:
            epochs = len(Checkpoint.load(kept).epochs)
        except CnnError as error:
            faults.append(f"run {number}: {error}")
            continue
        with subprocess.Popen(
            [*command, "--resume", str(kept)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ) as process:
            end = time.monotonic() + START_TIMEOUT_S
            while len(Checkpoint.load(kept).epochs) <= epochs and time.monotonic() < end:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            if process.wait(START_TIMEOUT_S) != 130:
                faults.append(f"run {number}: taken up, it ended with {process.returncode}")
        hidden = [path.name for path in folder.iterdir() if path.name.startswith(".")]
        faults += [f"run {number} left behind: {name}" for name in hidden]
        print(f"\r{number + 1} runs killed, {len(faults)} faults", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--saves", type=int, default=500)
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as saves, tempfile.TemporaryDirectory() as runs:
        faults = kill_saves(arguments.saves, Path(saves), rng) if arguments.saves else []
        faults += kill_runs(arguments.runs, Path(runs), rng) if arguments.runs else []
    for fault in faults[:20]:
        print(fault)
    print(f"{arguments.saves} saves and {arguments.runs} runs killed: {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
