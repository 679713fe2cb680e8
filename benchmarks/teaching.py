"""Does a network learn a person's own forms in seconds, and does it forget what it knew?

``python -m benchmarks.teaching [--model bundled] [--data-dir FOLDER] [--json]``

Forms that the network gets wrong are made of pen strokes that it has not learnt from (people 5, 10, 15, 20, 25 and 30
of the pen digits): crossed sevens turned by 25°, mirrored threes, fours lying on their side. Ten drawings of each are
taught; ten others, of other digits, are read before and after, as is MNIST's test set. Hearts and stars are drawn anew
each time, by hand-made curves with noise, as classes of their own beside the digits.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from benchmarks.machine import describe_machine
from cnn_core.assets import BUNDLED
from cnn_core.datasets.dataset import Dataset
from cnn_core.digits import by_writer
from cnn_core.digits.digit_sources import PenDigits
from cnn_core.digits.unipen import PenDigit
from cnn_core.drawing import Points
from cnn_core.evaluation import evaluate
from cnn_core.sources import load_dataset
from cnn_core.storage import open_model
from cnn_core.teaching import NEW_CLASSES, TaughtDrawing, TeachingConfig, replay_for, teach, try_drawings, with_classes

TAUGHT, NEW = 10, 10
Form = tuple[str, int, Callable[[PenDigit], tuple[Points, ...]]]


def turned(strokes: Sequence[Points], degrees: float) -> tuple[Points, ...]:
    """Around the middle, clockwise on the screen."""
    angle = np.deg2rad(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = np.concatenate(list(strokes)).mean(axis=0)
    return tuple((stroke - middle) @ matrix + middle for stroke in strokes)


def crossed_seven(digit: PenDigit) -> tuple[Points, ...]:
    """A seven with a bar through its stem, turned by 25°."""
    points = np.concatenate(digit.strokes)
    top, bottom = points[:, 1].min(), points[:, 1].max()
    height, middle = bottom - top, (top + bottom) / 2
    stem = points[np.abs(points[:, 1] - middle).argmin(), 0]
    reach = 0.3 * height
    bar = np.linspace((stem - reach, middle), (stem + reach, middle + 0.04 * height), 12)
    return turned((*digit.strokes, bar), 25)


def mirrored(digit: PenDigit) -> tuple[Points, ...]:
    """Left and right exchanged."""
    return tuple(stroke * (-1, 1) + (1, 0) for stroke in digit.strokes)


def lying(digit: PenDigit) -> tuple[Points, ...]:
    """A quarter turn."""
    return turned(digit.strokes, 90)


FORMS: tuple[Form, ...] = (
    ("crossed 7, turned by 25°", 7, crossed_seven),
    ("mirrored 3", 3, mirrored),
    ("mirrored crossed 7", 7, lambda digit: mirrored(PenDigit(7, digit.writer, crossed_seven(digit)))),
    ("4 on its side", 4, lying),
)


def drawn(label: str, strokes: Sequence[Points]) -> TaughtDrawing:
    return TaughtDrawing(label, tuple(strokes))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(BUNDLED))
    parser.add_argument("--data-dir")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    file = open_model(options.model)
    pen = by_writer(PenDigits().recorded(options.data_dir)[0])[1]
    test = load_dataset("mnist", options.data_dir).test
    rows = [
        measure(file, name, label, make, pen, test, options.data_dir, seed)
        for name, label, make in FORMS
        for seed in range(options.seeds)
    ]
    rows += [own_classes(file, test, options.data_dir, seed) for seed in range(options.seeds)]
    if options.json:
        json.dump({"machine": describe_machine(), "rows": rows}, sys.stdout)
        return 0
    for row in rows:
        print(
            f"{row['form']:<28} right of {row['of']} new: {row['before']:>2} -> {row['after']:>2}   "
            f"MNIST {row['mnist']:+.2f} points   {row['steps']:>3} steps, {row['seconds']:.1f} s"
        )
    return 0


def measure(
    file, name: str, label: int, make: Callable, pen: list[PenDigit], test: Dataset, data_dir: str | None, seed: int
) -> dict:
    rng = np.random.default_rng(seed)
    wrong = [drawn(str(label), make(digit)) for digit in pen if digit.label == label]
    order = rng.permutation(len(wrong))
    pairs = [(wrong[i], label) for i in order]
    # of a form that it gets wrong: those that are read rightly are not taught
    answers = try_drawings(file.model, file.input_spec, pairs, file.calibration).answers
    missed = [pair for pair, answer in zip(pairs, answers, strict=True) if answer != label]
    half = min(TAUGHT, len(missed) // 2)
    taught, new = missed[:half], missed[half : half + NEW]
    return taught_row(file.model, file, name, taught, new, test, data_dir, seed)


def taught_row(model, file, name, taught, new, test, data_dir, seed, names=None) -> dict:
    names = names or file.class_names
    before = try_drawings(model, file.input_spec, new, file.calibration)
    mnist_before = evaluate(file.model, test).accuracy
    replay = replay_for("mixed", file.class_names, file.model.input_shape, data_dir)
    if replay is not None:
        replay = replay.for_classes(names)
    began = time.perf_counter()
    found = teach(
        model, file.input_spec, taught, replay, NEW_CLASSES if names != file.class_names else TeachingConfig()
    )
    seconds = time.perf_counter() - began
    learner = model.twin()
    learner.load(found.weights.arrays)
    after = try_drawings(learner, file.input_spec, new, file.calibration)
    mnist = evaluate(learner, test.for_classes(names)).accuracy
    return {
        "form": name, "before": before.right, "after": after.right, "of": len(new), "steps": found.steps,
        "seconds": seconds, "mnist": (mnist - mnist_before) * 100, "seed": seed,
    }  # fmt: skip


def heart(rng: np.random.Generator) -> tuple[Points, ...]:
    """One stroke around, wobbly."""
    t = np.linspace(0, 2 * np.pi, 60) + rng.normal(0, 0.1)
    x, y = 16 * np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return (wobbled(np.stack([x, y], 1) / 40 * rng.uniform(0.8, 1.2, 2) + 0.5, rng),)


def star(rng: np.random.Generator) -> tuple[Points, ...]:
    """Five points in one stroke, as it is drawn without lifting the pen."""
    corners = [(np.sin(k * 4 * np.pi / 5), -np.cos(k * 4 * np.pi / 5)) for k in range(6)]
    corners = np.array(corners) * rng.uniform(0.85, 1.1, (6, 1)) * 0.35 + 0.5
    corners[-1] = corners[0] + rng.normal(0, 0.02, 2)
    line = np.concatenate([np.linspace(a, b, 12) for a, b in pairwise(corners)])
    return (wobbled(line, rng),)


def wobbled(points: Points, rng: np.random.Generator) -> Points:
    """As an unsteady hand draws them."""
    knots = rng.normal(0, 0.015, (8, 2))
    at = np.abs(np.linspace(0, 7, len(points))[:, None] - np.arange(8)[None, :])
    return turned([points + np.where(at < 1, 0.5 + 0.5 * np.cos(np.pi * at), 0) @ knots], rng.normal(0, 8))[0]


def own_classes(file, test: Dataset, data_dir: str | None, seed: int) -> dict:
    """Hearts and stars beside the digits; of the new ones half are hearts."""
    rng = np.random.default_rng(seed)
    names = (*file.class_names, "heart", "star")
    model = with_classes(file.model, file.class_names, names, rng)

    def some(count: int) -> list[tuple[TaughtDrawing, int]]:
        makers = (("heart", heart), ("star", star))
        return [(drawn(name, make(rng)), names.index(name)) for name, make in makers for _ in range(count)]

    taught, new = some(TAUGHT), some(NEW // 2)
    return taught_row(model, file, "hearts and stars", taught, new, test, data_dir, seed, names)


if __name__ == "__main__":
    sys.exit(main())
