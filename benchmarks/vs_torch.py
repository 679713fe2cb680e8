"""The engine against PyTorch on this machine's processor.

``python -m benchmarks.vs_torch [--json] [--rounds 15] [--seconds 0.4] [--only WORDS]``, with ``pip install
'.[bench]'``.

Each contender lives in a process of its own. In every round each of them works for a moment, one after the other, while
the others sleep; their order changes from round to round. A row gives the median over the rounds, and as ratio the
median of the rounds' own ratios: over 1 the engine is better. PyTorch runs in both memory formats, and the faster one
counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchmarks.contenders import tasks
from benchmarks.contenders.process import Contender
from benchmarks.machine import describe_machine
from benchmarks.rounds import interleaved, say, spread

FORMATS = ("contiguous", "channels last")
TIMED = (
    ("train", "article", 256), ("train", "article", 64),
    ("train", "digits", 256), ("train", "digits", 64),
    ("train", "lenet5", 256), ("train", "lenet5", 64),
    ("evaluate", "article", 10_000), ("evaluate", "digits", 10_000), ("evaluate", "lenet5", 10_000),
    ("latency", "digits", 1), ("latency", "article", 1),
)  # fmt: skip
RACES = 5
MEMORY_STEPS = 40

Row = dict[str, Any]


def work_name(kind: str, preset: str, batch: int) -> str:
    """``train article 256``, ``evaluate digits``."""
    return f"{kind} {preset} {batch}" if kind == "train" else f"{kind} {preset}"


def timed_row(kind: str, preset: str, batch: int, rounds: int, seconds: float) -> Row:
    """One training step, one pass over many images, or one image."""
    contenders = [Contender("ours"), Contender("pytorch"), Contender("pytorch")]
    contenders[0].ask("prepare", kind, preset, batch)
    for contender, memory_format in zip(contenders[1:], FORMATS, strict=True):
        contender.ask("prepare", kind, preset, batch, memory_format)
    medians = interleaved(contenders, rounds, seconds)
    for contender in contenders:
        contender.close()
    best = 1 + int(np.median(medians[1:], axis=1).argmin())
    ratios = medians[best] / medians[0]
    ours, torch = (float(np.median(medians[i])) for i in (0, best))
    figures = (ours * 1e6, torch * 1e6, "µs") if kind == "latency" else (batch / ours, batch / torch, "images/s")
    return {
        "work": work_name(kind, preset, batch),
        "ours": round(figures[0], 1),
        "torch": round(figures[1], 1),
        "ratio": round(float(np.median(ratios)), 3),
        "spread": spread(list(ratios)),
        "unit": figures[2],
        "memory_format": FORMATS[best - 1],
    }


def article_row(rounds: int) -> Row:
    """Against the way it is written in the article."""
    contenders = [Contender("ours"), Contender("as_in_the_article")]
    for contender in contenders:
        contender.ask("prepare", "train", "article", 64)
    medians = interleaved(contenders, rounds, 0.1)
    for contender in contenders:
        contender.close()
    ours, article = (64 / float(np.median(row)) for row in medians)
    ratios = list(medians[1] / medians[0])
    return {
        "work": "train article 64 as in the article",
        "ours": round(ours, 1),
        "article": round(article, 2),
        "ratio": round(statistics.median(ratios), 1),
        "spread": spread(ratios),
        "unit": "images/s",
    }


def race_row() -> Row:
    """Time from random weights to the goal; the same weights, order of images and recipe in both, one seed after the
    other."""
    ours, torch = Contender("ours"), Contender("pytorch")
    found: list[tuple[float, float, int, int]] = []
    for seed in range(RACES):
        order = ((ours, (seed,)), (torch, (seed, "channels last")))
        times = {c.module: c.ask("race", *arguments) for c, arguments in (order if seed % 2 else order[::-1])}
        (mine, my_steps), (theirs, their_steps) = times["ours"], times["pytorch"]
        say(f"  seed {seed}: ours {mine:.1f} s ({my_steps} steps), torch {theirs:.1f} s ({their_steps} steps)")
        found.append((mine, theirs, my_steps, their_steps))
    for contender in (ours, torch):
        contender.close()
    mine, theirs, my_steps, their_steps = (statistics.median(column) for column in zip(*found, strict=True))
    return {
        "work": "time-to-99 digits",
        "ours": round(mine, 2),
        "torch": round(theirs, 2),
        "ratio": round(theirs / mine, 3),
        "spread": spread([b / a for a, b, _, _ in found]),
        "unit": "s",
        "steps": {"ours": my_steps, "torch": their_steps},
    }


def memory_row() -> Row:
    """Largest resident size of a process that trains `article` on MNIST, three processes each."""
    peaks: dict[str, list[float]] = {"ours": [], "pytorch": []}
    for _ in range(3):
        for module, found in peaks.items():
            contender = Contender(module)
            contender.ask("train_on_mnist", "article", 256, MEMORY_STEPS)
            found.append(contender.ask("peak_memory_mib"))
            contender.close()
    ours, torch = (statistics.median(found) for found in peaks.values())
    ratios = [b / a for a, b in zip(peaks["ours"], peaks["pytorch"], strict=True)]
    return {
        "work": "memory article",
        "ours": round(ours, 1),
        "torch": round(torch, 1),
        "ratio": round(torch / ours, 3),
        "spread": spread(ratios),
        "unit": "MiB",
    }


def gradient_errors() -> dict[str, dict[str, float]]:
    """Largest difference between the two's gradients, as a share of each gradient's largest element.

    In float64 it shows whether both compute the same thing; in float32 it also holds what rounding does, and where two
    candidates of a ReLU or max pooling are all but equal, which one a rounding error preferred.
    """
    errors: dict[str, dict[str, float]] = {}
    ours, torch = Contender("ours"), Contender("pytorch")
    for preset in ("article", "digits", "lenet5"):
        errors[preset] = {}
        for dtype in ("float64", "float32"):
            mine, theirs = (c.ask("gradients", preset, 64, dtype) for c in (ours, torch))
            worst = max(float(np.abs(mine[n] - theirs[n]).max() / np.abs(theirs[n]).max()) for n in theirs)
            errors[preset][dtype] = worst
    for contender in (ours, torch):
        contender.close()
    return errors


def measure(arguments: argparse.Namespace) -> tuple[list[Row], dict[str, dict[str, float]]]:
    """All rows that were asked for, and how well the gradients agree."""

    def wanted(work: str) -> bool:
        return all(word in work.split() for word in arguments.only)

    say("gradients")
    errors = gradient_errors()
    if any(found["float64"] > 1e-8 for found in errors.values()):
        raise SystemExit(f"The gradients expected to agree to 1e-8 in float64, received {errors}. Nothing was timed.")
    rows: list[Row] = []
    for kind, preset, batch in TIMED:
        if wanted(work_name(kind, preset, batch)):
            say(work_name(kind, preset, batch))
            rows.append(timed_row(kind, preset, batch, arguments.rounds, arguments.seconds))
    if wanted("train article 64 as in the article"):
        say("train article 64 as in the article")
        rows.append(article_row(max(3, arguments.rounds // 3)))
    for work, make in (("memory article", memory_row), ("time-to-99 digits", race_row)):
        if wanted(work):
            say(work)
            if tasks.has_mnist():
                rows.append(make())
            else:
                say("  left out: it needs MNIST; set CNN_DATA_DIR or let cnn-core download it")
    return rows, errors


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.4, help="for each contender in each round")
    parser.add_argument(
        "--only", nargs="*", default=[], help="words that a row's name must hold, such as: train digits"
    )
    arguments = parser.parse_args()
    try:
        torch = version("torch")
    except PackageNotFoundError:
        raise SystemExit(
            "The benchmark expected PyTorch, received no package of that name. pip install '.[bench]'."
        ) from None
    rows, errors = measure(arguments)
    if arguments.json:
        about = {
            "machine": describe_machine(),
            "torch": torch,
            "numpy": np.__version__,
        }
        print(json.dumps({"rows": rows, "gradient_errors": errors, "measured_on": about}, indent=1))
        return
    print(f"{describe_machine()}, PyTorch {torch}, NumPy {np.__version__}")
    for row in rows:
        other = row.get("torch", row.get("article"))
        low, high = row["spread"]
        figures = f"{row['ours']:12,.1f}{other:12,.1f} {row['unit']:9s}"
        print(f"{row['work']:36s}{figures}{row['ratio']:8.2f}×  ({low:.2f} to {high:.2f})")
    print("largest difference of gradients:", json.dumps(errors))


if __name__ == "__main__":
    main()
