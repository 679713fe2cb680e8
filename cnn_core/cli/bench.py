"""``cnn-core bench``."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import typer
from rich.table import Table

from cnn_core import engine
from cnn_core.cli.options import Json, Threads
from cnn_core.cli.output import DataProgress, console, print_json, progress_bar
from cnn_core.optimizers import make_optimizer
from cnn_core.presets import PRESETS, make_preset


def bench(
    preset: Annotated[list[str] | None, typer.Option("--preset", "-p", help="Which network; may be repeated.")] = None,
    batch_size: Annotated[int, typer.Option("--batch-size", "-b", min=1)] = 64,
    seconds: Annotated[float, typer.Option(min=0.1, help="Time for each figure.")] = 2.0,
    threads: Threads = 0,
    as_json: Json = False,
) -> None:
    """Measure this machine: training and reading speed in images/s, and the time for one image."""
    rows = []
    with progress_bar() as progress:
        watch = DataProgress(progress)
        chosen = preset or list(PRESETS)
        for done, name in enumerate(chosen):
            watch("measuring", done, len(chosen))
            rows.append(_measure(name, batch_size, seconds, threads or engine.default_threads()))
    if as_json:
        print_json({"threads": threads or engine.default_threads(), "batch_size": batch_size, "rows": rows})
        return
    table = Table("network", "training, images/s", "reading, images/s", "one image, ms", box=None)
    for row in rows:
        figures = (f"{row['train_images_per_second']:,.0f}", f"{row['predict_images_per_second']:,.0f}")
        table.add_row(row["preset"], *figures, f"{row['latency_ms']:.2f}")
    console.print(table)


def _measure(name: str, batch_size: int, seconds: float, threads: int) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    model, optimizer = make_preset(name, rng), make_optimizer("adam")
    images = rng.random((batch_size, *model.input_shape), np.float32)
    labels = rng.integers(0, model.output_shape[0], batch_size)
    with engine.compile(model, batch_size, threads, training=True) as plan:

        def step() -> None:
            plan.step(images, labels, rng, optimizer, 1e-3)

        train = _median_seconds(step, seconds)
    with engine.compile(model, batch_size, threads) as plan:
        predict = _median_seconds(lambda: plan.predict(images), seconds)
    with engine.compile(model, 1, 1) as plan:
        latency = _median_seconds(lambda: plan.predict(images[:1]), seconds)
    return {
        "preset": name,
        "train_images_per_second": round(batch_size / train, 1),
        "predict_images_per_second": round(batch_size / predict, 1),
        "latency_ms": round(latency * 1000, 4),
    }


def _median_seconds(work: Callable[[], object], seconds: float) -> float:
    """Median time of one call, after one that is not counted."""
    work()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)
