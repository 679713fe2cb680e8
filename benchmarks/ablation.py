"""What each idea of the engine brings: the same training step with one idea left out, all variants in one process.

``python -m benchmarks.ablation [--json] [--network digits] [--batch 256] [--seconds 20]``
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.contenders import tasks
from benchmarks.machine import describe_machine
from benchmarks.networks import make_model
from cnn_core import engine
from cnn_core.engine import barriers, fusion, plan_cache, shards
from cnn_core.engine.kernels import conv_planes
from cnn_core.engine.kernels.conv_patches import ConvPatches
from cnn_core.engine.kernels.conv_planes import ConvPlanes
from cnn_core.engine.kernels.reference import ReferenceLayer
from cnn_core.optimizers import make_optimizer

Step = Callable[[], object]


def _reference(_: fusion.Fusion, layer: Any, before: Any, *_more: object) -> ReferenceLayer:
    return ReferenceLayer(layer, before)


_suits = ConvPlanes.suits


def _without_stride(layer: Any, *more: Any) -> bool:
    return layer.stride == (1, 1) and _suits(layer, *more)


def _reference_barrier(layer: Any, shape: Any, dtype: Any, _: int) -> barriers.ReferenceBarrier:
    return barriers.ReferenceBarrier(layer, shape, dtype)


def _never(*_: object) -> bool:
    return False


@contextmanager
def patched(*changes: tuple[object, str, object]) -> Iterator[None]:
    """Some attributes with other values."""
    with ExitStack() as stack:
        for owner, name, value in changes:
            stack.enter_context(patch.object(owner, name, value))
        yield


VARIANTS: dict[str, list[tuple[object, str, object]]] = {
    "as it is": [],
    "reference layers in shards": [
        (fusion.Fusion, "_kernel", _reference),
        (fusion, "is_elementwise", _never),
        (fusion, "is_simple_pool", _never),
    ],
    "im2col for every convolution": [
        (ConvPlanes, "suits", staticmethod(_never)),
        (ConvPatches, "suits", staticmethod(_never)),
    ],
    "im2col instead of planes": [(ConvPlanes, "suits", staticmethod(_never))],
    "planes with few products": [(plan_cache, "MOST_PRODUCTS", 4)],
    "planes with six products": [(plan_cache, "MOST_PRODUCTS", 6)],
    "one tile at a time": [(conv_planes, "MOST_ELEMENTS", 0)],
    "im2col for strides": [(ConvPlanes, "suits", staticmethod(_without_stride))],
    "batch normalisation by one thread": [(fusion, "BatchNormBarrier", _reference_barrier)],
    "first layer like the others": [(ConvPatches, "suits", staticmethod(_never))],
    "first layer without blocks for pooling": [(fusion.Fusion, "_pool_that_follows", lambda *_: (1, 1))],
    "shards half as large": [(shards, "SHARD_ELEMENTS", shards.SHARD_ELEMENTS // 2)],
    "shards twice as large": [(shards, "SHARD_ELEMENTS", shards.SHARD_ELEMENTS * 2)],
}


def make_step(network: str, batch: int, threads: int | None = None, by_name: bool = False) -> Step:
    """A training step; with ``by_name`` the optimizer walks over the parameters one after the other, on one thread."""
    model, optimizer = make_model(network), make_optimizer("adam")
    x, labels = tasks.images(batch, model.input_shape)
    rng = np.random.default_rng(0)
    plan = engine.compile(model, batch, threads, training=True)

    def step() -> None:
        if by_name:
            optimizer.step(model.parameters, plan.gradients(x, labels, rng).gradients, tasks.LEARNING_RATE)
        else:
            plan.step(x, labels, rng, optimizer, tasks.LEARNING_RATE)

    for _ in range(2):  # buffers are made at the first step, so the variants must be made while they are patched
        step()
    return step


def measure(network: str, batch: int, seconds: float) -> list[dict[str, Any]]:
    """Images per second of every variant, and how much faster the whole is."""
    steps: dict[str, Step] = {}
    for name, changes in VARIANTS.items():
        with patched(*changes):
            steps[name] = make_step(network, batch)
    steps["optimizer by name, not by vector"] = make_step(network, batch, by_name=True)
    steps["one thread"] = make_step(network, batch, threads=1)
    times: dict[str, list[float]] = {name: [] for name in steps}
    end = time.perf_counter() + seconds * len(steps) / 2
    while time.perf_counter() < end or len(times["as it is"]) < 3:
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - started)
    whole = np.array(times["as it is"])
    return [
        {
            "variant": name,
            "images_per_second": round(batch / float(np.median(found)), 1),
            "whole_is_faster_by": round(float(np.median(np.array(found) / whole)), 3),
        }
        for name, found in times.items()
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--network", default="digits", help="a preset, or another of benchmarks.networks")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=20, help="for each variant, together with the whole")
    arguments = parser.parse_args()
    rows = measure(arguments.network, arguments.batch, arguments.seconds)
    if arguments.json:
        print(json.dumps({"rows": rows, "network": arguments.network, "batch": arguments.batch}, indent=1))
        return
    print(f"{arguments.network}, batch {arguments.batch}, {describe_machine()}")
    for row in rows:
        print(f"{row['variant']:42s}{row['images_per_second']:10,.0f} images/s{row['whole_is_faster_by']:8.2f}×")


if __name__ == "__main__":
    main()
