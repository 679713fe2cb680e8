"""What changing the training images costs: training speed with and without, in turns in one process.

``python -m benchmarks.augmentation [--preset digits] [--rounds 5] [--json]``
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np

from benchmarks.machine import describe_machine
from cnn_core.datasets import AUGMENTATIONS, Dataset
from cnn_core.digits import make_synthetic
from cnn_core.sources import load_dataset, locate
from cnn_core.training import Trainer, TrainingConfig, model_for

IMAGES = 30_000


def images_per_second(data: Dataset, preset: str, augmentation: str) -> float:
    """Of one epoch."""
    config = TrainingConfig(dataset=data.name, architecture=preset, augmentation=augmentation, epochs=1)
    return Trainer(model_for(config, data), config, data).run().images_per_second


def microseconds_an_image(data: Dataset, augmentation: str) -> float:
    """Of a core, to change one image, the best of several."""
    augment, rng = AUGMENTATIONS[augmentation], np.random.default_rng(0)
    assert augment is not None
    times = []
    for _ in range(7):
        started = time.perf_counter()
        augment.chunk(data.images[:4096], rng)
        times.append(time.perf_counter() - started)
    return min(times) / 4096 * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--preset", default="digits")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    data = load_dataset("mnist").train.take(slice(0, IMAGES)) if locate("mnist") else make_synthetic(IMAGES)
    images_per_second(data, arguments.preset, "none")  # not counted
    speeds: dict[str, list[float]] = {name: [] for name in AUGMENTATIONS}
    for _ in range(arguments.rounds):
        for name, found in speeds.items():
            found.append(images_per_second(data, arguments.preset, name))
    rows = {}
    for name, found in speeds.items():
        ratios = [one / other for one, other in zip(found, speeds["none"], strict=True)]
        rows[name] = {
            "images_per_second": round(statistics.median(found)),
            "ratio": round(statistics.median(ratios), 3),
            "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
            "microseconds_an_image": round(microseconds_an_image(data, name), 2) if AUGMENTATIONS[name] else 0.0,
        }
    if arguments.json:
        print(json.dumps({"machine": describe_machine(), "preset": arguments.preset, "rows": rows}))
        return
    print(f"{describe_machine()}, {arguments.preset}")
    for name, row in rows.items():
        low, high = row["ratio_range"]
        print(
            f"{name:>8}  {row['images_per_second']:>7} images/s  {row['ratio']:.3f} of none ({low:.3f} to {high:.3f})  "
            f"{row['microseconds_an_image']:.1f} µs an image"
        )


if __name__ == "__main__":
    main()
