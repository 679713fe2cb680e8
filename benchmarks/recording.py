"""What it costs to keep a run: training with a folder on disk against training without, in paired rounds.

    python -m benchmarks.recording --rounds 30 --preset digits
    python -m benchmarks.recording --rounds 30 --preset digits --film-every 20

With a folder every batch is a line of the metrics, norms are measured every 20 steps, and a checkpoint and the epoch's
weights are written after the epoch. The ratio is images/s with it over images/s without; the order changes from round
to round. With ``--film-every`` both have a folder, and one of them keeps the weights for a film as well.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.machine import describe_machine
from cnn_core.datasets.source import DataSplits
from cnn_core.runs import RunStore, execute
from cnn_core.sources import load_dataset
from cnn_core.training import TrainingConfig, TrainingControl, trainer
from cnn_core.training.measuring import NORMS_EVERY_STEPS

NEVER = 10**9


def timed(config: TrainingConfig, data: DataSplits, store: RunStore | None, film_every: int = 0) -> float:
    """Seconds of one run; without a store the norms are not measured either."""
    trainer.NORMS_EVERY_STEPS = NORMS_EVERY_STEPS if store is not None else NEVER
    control = TrainingControl()
    control.record(film_every)
    started = time.perf_counter()
    execute(config, data, folder=store.create(config) if store is not None else None, control=control)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--preset", default="digits")
    parser.add_argument("--images", type=int, default=30_000, help="training images of a round")
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument(
        "--film-every", type=int, default=0, help="measure the film: the weights of every so many steps"
    )
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    whole = load_dataset(arguments.dataset)
    part = whole.train.take(slice(arguments.images))
    data = whole._replace(train=part, test=whole.test.take(slice(500)))
    config = TrainingConfig(dataset=arguments.dataset, architecture=arguments.preset, epochs=1)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        timed(config, data, None)
        for number in range(arguments.rounds):
            kept_first, film = bool(number % 2), arguments.film_every
            plain = store if film else None
            first = timed(config, data, store, film) if kept_first else timed(config, data, plain)
            second = timed(config, data, plain) if kept_first else timed(config, data, store, film)
            kept, without = (first, second) if kept_first else (second, first)
            ratios.append(without / kept)
    quartiles = statistics.quantiles(ratios, n=4)
    result = {"machine": describe_machine(), "preset": arguments.preset, "rounds": arguments.rounds,
              "film_every": arguments.film_every,
              "ratio": round(statistics.median(ratios), 3), "quartiles": [round(q, 3) for q in quartiles]}  # fmt: skip
    print(
        json.dumps(result)
        if arguments.json
        else f"{result['preset']}: {result['ratio']} of the speed without, {result}"
    )


if __name__ == "__main__":
    main()
