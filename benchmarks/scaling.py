"""How speed and memory grow with the batch, the filters, the image, the depth and the number of training images.

``python -m benchmarks.scaling [--json] [--only WORDS] [--pictures FOLDER]``; the pictures need pyqtgraph.

One thing grows, the others stay as they are: two 3×3 convolutions of 32 filters on 32×32×1, batch 64. Each point is
trained in a process of its own. Speed is images a second; `cost` is nanoseconds for each multiplication of the network,
which would be the same everywhere if the time grew as the arithmetic does. Memory is the largest resident size of the
process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contenders.process import Contender
from benchmarks.machine import describe_machine
from benchmarks.rounds import say

Row = dict[str, Any]
SECONDS, ROUNDS = 0.6, 3
DATA_BYTES_SIDE = 28


@dataclass(frozen=True, slots=True)
class Point:
    """A network of ``depth`` convolutions of 3×3 with so many ``filters``, on images of ``side`` × ``side`` × 1."""

    batch: int = 64
    filters: int = 32
    side: int = 32
    depth: int = 2
    norm: bool = False


SERIES: dict[str, tuple[int, ...]] = {
    "batch": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
    "filters": (8, 16, 32, 64, 128, 256),
    "side": (8, 16, 32, 64, 128),
    "depth": (1, 2, 4, 8, 16, 20),
}
IMAGES = (1_000, 10_000, 100_000, 1_000_000)


def points(only: list[str]) -> Iterator[tuple[str, int, Point]]:
    """What grows, how far, and the network."""
    for what, values in SERIES.items():
        for norm in (False, True):
            name = f"{what} bn" if norm else what
            if only and not set(only) <= set(name.split()):
                continue
            for value in values:
                yield name, value, replace(Point(norm=norm), **{what: value})


def network_row(name: str, value: int, point: Point) -> Row:
    """Speed and memory of a training step."""
    contender = Contender("scaled")
    multiply_adds = contender.ask("prepare_point", point.batch, point.filters, point.side, point.depth, point.norm)
    contender.ask("prepare", "train")
    medians = [statistics.median(contender.ask("round", SECONDS)) for _ in range(ROUNDS)]
    seconds = statistics.median(medians) / point.batch
    peak = contender.ask("peak_memory_mib")
    contender.close()
    return {
        "series": name,
        "value": value,
        "images_per_second": round(1 / seconds, 1),
        "cost": round(seconds * 1e9 / (3 * multiply_adds), 4),
        "peak_mib": round(peak, 1),
    }


def images_row(count: int, where: str, folder: Path) -> Row:
    """A hundred steps among so many images, in memory or on the disk, with a validation split."""
    path = folder / f"{count}.npy"
    if not path.exists():
        images = np.lib.format.open_memmap(path, "w+", np.uint8, (count, DATA_BYTES_SIDE, DATA_BYTES_SIDE, 1))
        for start in range(0, count, 10_000):
            stop = min(start + 10_000, count)
            images[start:stop] = np.random.default_rng(start).integers(0, 256, images[start:stop].shape, np.uint8)
        images.flush()
        del images
    contender = Contender("scaled")
    seconds = contender.ask("train_among", str(path), where == "on disk")
    peak = contender.ask("peak_memory_mib")
    contender.close()
    return {
        "series": f"images {where}",
        "value": count,
        "images_per_second": round(1 / seconds, 1),
        "data_mib": round(count * DATA_BYTES_SIDE**2 / 2**20, 1),
        "peak_mib": round(peak, 1),
    }


def measure(only: list[str]) -> list[Row]:
    """All points."""
    rows: list[Row] = []
    for name, value, point in points(only):
        rows.append(network_row(name, value, point))
        say(as_text(rows[-1]))
    if not only or "images" in only:
        with tempfile.TemporaryDirectory() as folder:
            for where in ("in memory", "on disk"):
                for count in IMAGES:
                    rows.append(images_row(count, where, Path(folder)))
                    say(as_text(rows[-1]))
    return rows


def as_text(row: Row) -> str:
    """One line."""
    cost = f"{row['cost']:8.3f} ns a multiplication" if "cost" in row else f"{row['data_mib']:8.1f} MiB of data"
    return (
        f"{row['series']:18s}{row['value']:10,d}{row['images_per_second']:12,.1f} images/s{cost}"
        f"{row['peak_mib']:10,.1f} MiB"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--only", nargs="*", default=[], help="words of a series: batch bn, or images")
    parser.add_argument("--pictures", type=Path, help="folder for log-log pictures of each series")
    arguments = parser.parse_args()
    rows = measure(arguments.only)
    if arguments.pictures:
        from benchmarks.scaling_pictures import draw  # needs Qt

        draw(rows, arguments.pictures)
    if arguments.json:
        print(json.dumps({"rows": rows, "measured_on": describe_machine()}, indent=1))
        return
    print(describe_machine())
    for row in rows:
        print(as_text(row))


if __name__ == "__main__":
    main()
