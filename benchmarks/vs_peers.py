"""The engine against PyTorch, torch.compile, JAX and ONNX Runtime on this machine's processor.

``python -m benchmarks.vs_peers [--json] [--rounds 9] [--seconds 0.3] [--only WORDS]``, with ``pip install '.[bench]'``.

Each contender lives in a process of its own. In every round each of them works for a moment, one after the other, while
the others sleep; their order changes from round to round. A peer's figure is its median over the rounds; the best peer
is the quickest by that, and the ratio is the median over the rounds of ours against it: over 1 the engine is better.
For one image the best peer is PyTorch or torch.compile; what the others take is reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchmarks.contenders import tasks
from benchmarks.contenders.process import Contender
from benchmarks.machine import describe_machine
from benchmarks.networks import BUILT, network
from benchmarks.rounds import interleaved, say, spread
from cnn_core.presets import PRESETS

Row = dict[str, Any]
PEERS = {
    "pytorch": ("pytorch", "contiguous"),
    "pytorch channels last": ("pytorch", "channels last"),
    "torch.compile": ("pytorch", "compiled"),
    "jax": ("jax_peer", ""),
    "onnxruntime": ("onnx_runtime", ""),
}
"""Name of a peer: the module that runs it, and the variant."""
TRAINERS = tuple(peer for peer in PEERS if peer != "onnxruntime")
ONLY_REPORTED = ("jax", "onnxruntime")
"""Peers that are not counted as the best one for one image."""
PACKAGES = ("torch", "jax", "onnxruntime")
RANDOM_NETWORKS = 20
READ_IMAGES = 2048
MEMORY_STEPS, MEMORY_BATCH = 40, 256


@dataclass(frozen=True, slots=True)
class Work:
    """What is timed; ``kind`` is train, read (many images), one (image) or memory (while training)."""

    kind: str
    network: str
    batch: int = 1

    @property
    def name(self) -> str:
        """``train digits 64``, ``read digits``, ``one digits``, ``memory digits``."""
        return f"{self.kind} {self.network} {self.batch}" if self.kind == "train" else f"{self.kind} {self.network}"


def all_works() -> Iterator[Work]:
    """Every row, in order."""
    for preset in ("article", "digits", "lenet5"):
        yield Work("train", preset, 64)
        yield Work("train", preset, 256)
    for name in (*BUILT, "accurate", "mlp"):
        yield Work("train", name, network(name).batch)
    for name in (*BUILT, *PRESETS):
        yield Work("read", name, READ_IMAGES)
    for name in PRESETS:
        yield Work("one", name)
    for name in ("article", "digits", "accurate"):
        yield Work("memory", name, MEMORY_BATCH)
    for seed in range(RANDOM_NETWORKS):
        yield Work("train", f"random-{seed}", network(f"random-{seed}").batch)


def timed_row(work: Work, rounds: int, seconds: float) -> Row:
    """Images a second, or for one image microseconds, of ours and of each peer."""
    peers = TRAINERS if work.kind == "train" else tuple(PEERS)
    contenders = [Contender("ours"), *(Contender(PEERS[peer][0]) for peer in peers)]
    try:
        contenders[0].ask("prepare", work.kind, work.network, work.batch, "")
        for peer, contender in zip(peers, contenders[1:], strict=True):
            contender.ask("prepare", work.kind, work.network, work.batch, PEERS[peer][1])
        medians = interleaved(contenders, rounds, seconds)
    finally:
        for contender in contenders:
            contender.close()
    typical = np.median(medians, axis=1)
    figures = typical * 1e6 if work.kind == "one" else work.batch / typical
    ratios = medians[1:] / medians[0]
    unit = "µs" if work.kind == "one" else "images/s"
    return _row(work, dict(zip(("ours", *peers), figures, strict=True)), dict(zip(peers, ratios, strict=True)), unit)


def memory_row(work: Work) -> Row:
    """Largest resident size of a process that trains on MNIST, three processes each."""
    peaks: dict[str, list[float]] = {"ours": [], "pytorch": []}
    for _ in range(3):
        for module, found in peaks.items():
            contender = Contender(module)
            contender.ask("train_on_mnist", work.network, work.batch, MEMORY_STEPS)
            found.append(contender.ask("peak_memory_mib"))
            contender.close()
    figures = {who: statistics.median(found) for who, found in peaks.items()}
    ratios = {"pytorch": np.array(peaks["pytorch"]) / np.array(peaks["ours"])}
    return _row(work, figures, ratios, "MiB")


def _row(work: Work, figures: dict[str, Any], ratios: dict[str, np.ndarray], unit: str) -> Row:
    """``ratios``: how many times better ours was than each peer, one number a round."""
    typical = {peer: float(np.median(found)) for peer, found in ratios.items()}
    rivals = [peer for peer in typical if work.kind != "one" or peer not in ONLY_REPORTED]
    best = min(rivals, key=typical.__getitem__)
    rounded = {who: round(float(figure), 1) for who, figure in figures.items()}
    return {
        "work": work.name,
        "ours": rounded.pop("ours"),
        "peers": rounded,
        "ratio": round(float(np.median(ratios[best])), 3),
        "best_peer": best,
        "spread": spread(list(ratios[best])),
        "unit": unit,
        "ratios": {peer: round(found, 3) for peer, found in typical.items()},
    }


def measure(works: Sequence[Work], rounds: int, seconds: float) -> list[Row]:
    """A row for every work."""
    rows: list[Row] = []
    for work in works:
        if work.kind == "memory" and not tasks.has_mnist():
            say(f"{work.name} is left out: it needs MNIST; set CNN_DATA_DIR or let cnn-core download it")
            continue
        rows.append(memory_row(work) if work.kind == "memory" else timed_row(work, rounds, seconds))
        say(as_text(rows[-1]))
    return rows


def as_text(row: Row) -> str:
    """One line."""
    low, high = row["spread"]
    theirs = row["peers"][row["best_peer"]]
    figures = f"{row['ours']:12,.1f}{theirs:12,.1f} {row['unit']:9s}"
    return f"{row['work']:26s}{figures}{row['ratio']:7.2f}×  ({low:.2f} to {high:.2f})  {row['best_peer']}"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.3, help="for each contender in each round")
    parser.add_argument("--only", nargs="*", default=[], help="words that a row's name must hold: train digits")
    arguments = parser.parse_args()
    try:
        versions = {package: version(package) for package in PACKAGES}
    except PackageNotFoundError as missing:
        raise SystemExit(f"The benchmark needs the package {missing.name}. Run: pip install '.[bench]'.") from None
    works = [w for w in all_works() if all(word in w.name.split() for word in arguments.only)]
    rows = measure(works, arguments.rounds, arguments.seconds)
    if arguments.json:
        about = {"machine": describe_machine(), "numpy": np.__version__, **versions}
        print(json.dumps({"rows": rows, "measured_on": about}, indent=1))
        return
    print(f"{describe_machine()}, NumPy {np.__version__}, {versions}")
    for row in rows:
        print(as_text(row))


if __name__ == "__main__":
    main()
