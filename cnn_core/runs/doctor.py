"""The doctor: what is odd about a run, in plain words, with its figure and one change to try.

Each finding is a function of what the run has written down, so a run that is over can be looked at as well as one that
goes. Limits are chosen so that sound runs of all presets have none.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from cnn_core.metrics import MovingAverage
from cnn_core.runs.record import DIVERGED, RunRecord
from cnn_core.training.history import EpochMetrics

SILENT_SHARE = 0.6
"""A layer in which so many units never fire has lost much of what it could learn. Sound runs have up to 0.4."""
VANISHING = 1e-4
"""Of the first layer's gradient to that of the last one, both against their weights. Sound runs: 0.07 to 3.4."""
EXPLODING = 20.0
"""Of the largest gradient to its weights. Sound runs: below 0.8."""
UPDATE_HIGH, UPDATE_LOW = 2e-2, 3e-5
"""Of the length of a step to that of the weights. Rule of thumb: 1e-3. Source: Karpathy, CS231n notes, "Neural
Networks 3: Ratio of weights:updates"."""
JUMP = 1.5
"""The loss has jumped where its short average is so many times its lowest so far, and above the first one."""
OVERFITTING_RISE, OVERFITTING_GAP = 1.15, 0.02
"""Validation loss over its best, and accuracy on training images over that on validation images."""
PLATEAU_EPOCHS, PLATEAU_GAIN, PLATEAU_BELOW = 4, 0.005, 0.97
UNEVEN = 5.0
"""The largest class has so many times the images of the smallest."""
SEVERE, WORTH_A_LOOK, NO_FAULT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is odd.

    Attributes
    ----------
    key : what it is, for programs
    severity : `SEVERE`, `WORTH_A_LOOK` or `NO_FAULT`
    title_form : one sentence, with places for its figures; `title` has them
    detail_form : one sentence on what it means, likewise `detail`
    values : the figures, by the names of their places: so both sentences can be said in other languages
    change : settings to repeat the run with, by name; empty where no setting helps
    step : where it happened; None where nowhere in particular
    """

    key: str
    severity: int
    title_form: str
    detail_form: str
    values: Mapping[str, str] = field(default_factory=dict)
    change: Mapping[str, Any] = field(default_factory=dict)
    step: int | None = None

    @property
    def title(self) -> str:
        return self.title_form.format(**self.values)

    @property
    def detail(self) -> str:
        return self.detail_form.format(**self.values)


MOST_LINES = 100_000
"""Of a kind the last so many are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the findings look at: the record, and the lines of the metrics by kind."""

    record: RunRecord
    batches: Sequence[Mapping[str, Any]]
    norms: Sequence[Mapping[str, Any]]
    units: Sequence[Mapping[str, Any]]

    @property
    def epochs(self) -> tuple[EpochMetrics, ...]:
        return self.record.epochs

    @property
    def rate(self) -> float:
        return self.record.config.at(self.record.steps).learning_rate


def examine(record: RunRecord, metrics: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """All findings, the worst first; ``metrics`` are the lines that `cnn_core.runs.read_metrics` gives."""
    by_kind: dict[str, deque[Mapping[str, Any]]] = defaultdict(lambda: deque(maxlen=MOST_LINES))
    for line in metrics:
        if line.get("kind") in ("batch", "norms", "units"):
            by_kind[str(line["kind"])].append(line)
    evidence = Evidence(record, *(tuple(by_kind[kind]) for kind in ("batch", "norms", "units")))
    found = [finding for look in LOOKS for finding in look(evidence)]
    keys = {finding.key for finding in found}
    # one cause, one finding: a rate that is too high explains what follows from it
    if "rate too high" in keys or "diverged" in keys:
        found = [f for f in found if f.key not in ("exploding gradients", "plateau", "rate too low", "loss jumped")]
    if "silent units" in keys:
        found = [finding for finding in found if finding.key not in ("vanishing gradients", "plateau")]
    if "labels all alike" in keys:
        found = [finding for finding in found if finding.key not in ("plateau", "uneven classes")]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _too_short(run: Evidence) -> Iterable[Finding]:
    if not run.epochs and run.record.reason != DIVERGED:
        yield Finding(
            "too short", NO_FAULT, "Too short to judge: {steps} steps, and no whole epoch",
            "Most findings need a validation, which comes at the end of an epoch.",
            {"steps": str(len(run.batches))},
        )  # fmt: skip


def _diverged(run: Evidence) -> Iterable[Finding]:
    if run.record.reason == DIVERGED:
        yield Finding(
            "diverged", SEVERE, "The loss was no number any more after step {step}",
            "The steps were too large: the weights ran away. A smaller rate holds them.",
            {"step": str(run.record.steps)},
            {"learning_rate": _rounded(run.rate / 5)}, run.record.steps,
        )  # fmt: skip


def _rate_too_high(run: Evidence) -> Iterable[Finding]:
    ratio = _update_ratio(run)
    if ratio is not None and ratio > UPDATE_HIGH and run.record.reason != DIVERGED:
        yield Finding(
            "rate too high", SEVERE, "Each step changes the weights by {share} % of their size",
            "One thousandth is usual. So large a step throws away what the last one has found.",
            {"share": f"{100 * ratio:.1f}"},
            {"learning_rate": _rounded(run.rate * 3e-3 / ratio)},
        )  # fmt: skip


def _rate_too_low(run: Evidence) -> Iterable[Finding]:
    ratio = _update_ratio(run)
    if ratio is not None and ratio < UPDATE_LOW and run.epochs and run.epochs[-1].train_accuracy < PLATEAU_BELOW:
        yield Finding(
            "rate too low", WORTH_A_LOOK, "Each step changes the weights by only {ratio} of their size",
            "One thousandth is usual. At this pace the network hardly moves.",
            {"ratio": f"{ratio:.1e}"},
            {"learning_rate": _rounded(min(run.rate * 1e-3 / max(ratio, 1e-9), 1.0))},
        )  # fmt: skip


def _update_ratio(run: Evidence) -> float | None:
    """Of the layer that moves most, at the median of the later steps: the first are no measure."""
    ratios = []
    for line in run.norms[max(1, len(run.norms) // 4) :]:
        layers = [layer for layer in line["layers"] if layer["weights"] > 0]
        if layers:
            ratios.append(max(layer["update"] / layer["weights"] for layer in layers))
    return median(ratios) if len(ratios) >= 2 else None


def _silent_units(run: Evidence) -> Iterable[Finding]:
    if not run.units:
        return
    worst = max(run.units[-1]["layers"], key=lambda layer: layer[1] / max(layer[2], 1), default=None)
    if worst is not None and worst[1] / max(worst[2], 1) >= SILENT_SHARE:
        name, silent, units = worst
        yield Finding(
            "silent units", SEVERE, "{share} % of the units of {layer} never fire",
            "{silent} of {units} are zero on all images that were looked at, so they learn nothing. A lower rate, or "
            "LeakyReLU, keeps them alive.",
            {"share": f"{100 * silent / max(units, 1):.0f}", "layer": name, "silent": str(silent), "units": str(units)},
            {"learning_rate": _rounded(run.rate / 4)}, int(run.units[-1]["step"]),
        )  # fmt: skip


def _gradients(run: Evidence) -> Iterable[Finding]:
    """The first layer's gradient to the last one's, each over its weights' size; and the largest of all."""
    ratios, largest = [], []
    for line in run.norms[len(run.norms) // 4 :]:
        layers = line["layers"]
        if len(layers) >= 2 and all(layer["weights"] > 0 for layer in layers) and layers[-1]["gradient"] > 0:
            first, last = layers[0], layers[-1]
            ratios.append((first["gradient"] / first["weights"]) / (last["gradient"] / last["weights"]))
            largest.append(max((layer["gradient"] / layer["weights"], layer["layer"]) for layer in layers))
    if len(ratios) < 2:
        return
    ratio, names = median(ratios), [layer["layer"] for layer in run.norms[-1]["layers"]]
    if ratio < VANISHING:
        yield Finding(
            "vanishing gradients", SEVERE, "Only {ratio} of the gradient of {last} reaches {first}",
            "The first layers stand still. ReLU in place of tanh or sigmoid, or batch normalisation, lets it through.",
            {"ratio": f"{ratio:.1e}", "last": names[-1], "first": names[0]},
        )  # fmt: skip
    size, name = sorted(largest)[len(largest) // 2]
    if size > EXPLODING:
        yield Finding(
            "exploding gradients", SEVERE, "The gradient of {layer} is {times} times as large as its weights",
            "It grows from layer to layer on its way back. Batch normalisation or a smaller start of the weights "
            "stops that.",
            {"layer": name, "times": f"{size:,.0f}"},
        )  # fmt: skip


def _loss_jumped(run: Evidence) -> Iterable[Finding]:
    average, lowest = MovingAverage(0.7), float("inf")
    first = float(run.batches[0]["loss"]) if run.batches else 0.0
    for number, line in enumerate(run.batches):
        value = average.add(float(line["loss"]))
        if number >= 10 and value > JUMP * lowest and value > first * 1.1:
            yield Finding(
                "loss jumped", WORTH_A_LOOK,
                "The loss jumped at step {step}, from {before} to {after}",
                "A step was too large there. A warm-up, or a lower rate, makes the first ones small.",
                {"step": str(line["step"]), "before": f"{lowest:.2f}", "after": f"{value:.2f}"},
                {"warmup_epochs": 0.5}, int(line["step"]),
            )  # fmt: skip
            return
        if number >= 3:
            lowest = min(lowest, value)


def _overfitting(run: Evidence) -> Iterable[Finding]:
    if len(run.epochs) < 3:
        return
    last, best = run.epochs[-1], min(run.epochs, key=lambda epoch: epoch.validation_loss)
    rise, gap = last.validation_loss / max(best.validation_loss, 1e-9), last.train_accuracy - last.validation_accuracy
    if rise > OVERFITTING_RISE and gap > OVERFITTING_GAP and best.epoch < last.epoch:
        augmented = run.record.config.augmentation != "none"
        yield Finding(
            "overfitting", WORTH_A_LOOK,
            "{train} % of the training images are right, {validation} % of the others",
            "Since epoch {epoch} the network learns its images by heart. More varied images, or dropout, help.",
            {"train": f"{100 * last.train_accuracy:.1f}", "validation": f"{100 * last.validation_accuracy:.1f}",
             "epoch": str(best.epoch)},
            {"augmentation": "strong" if augmented else "light"},
        )  # fmt: skip


def _plateau(run: Evidence) -> Iterable[Finding]:
    if len(run.epochs) < PLATEAU_EPOCHS + 1:
        return
    last = run.epochs[-PLATEAU_EPOCHS - 1 :]
    gain = last[0].train_loss - min(epoch.train_loss for epoch in last[1:])
    if gain < PLATEAU_GAIN * max(last[0].train_loss, 1e-9) and last[-1].train_accuracy < PLATEAU_BELOW:
        yield Finding(
            "plateau", WORTH_A_LOOK, "The loss has stood at {loss} for {epochs} epochs",
            "The network learns no more at this rate. A higher or a falling one may take it further.",
            {"loss": f"{last[-1].train_loss:.2f}", "epochs": str(PLATEAU_EPOCHS)},
            {"schedule": "one-cycle", "learning_rate": _rounded(run.rate * 3)},
        )  # fmt: skip


def _labels(run: Evidence) -> Iterable[Finding]:
    counts = list(run.record.class_counts)
    if len(counts) < 2 or not sum(counts):
        return
    present = [count for count in counts if count]
    if len(present) == 1:
        name = run.record.class_names[counts.index(present[0])]
        yield Finding(
            "labels all alike", SEVERE, "All {count} training images are labelled {name}",
            "There is nothing to tell apart: the network says this whatever it sees. Look at the data.",
            {"count": f"{sum(counts):,}", "name": str(name)},
        )  # fmt: skip
    elif max(counts) > UNEVEN * max(min(counts), 1):
        least, most = counts.index(min(counts)), counts.index(max(counts))
        names = run.record.class_names
        yield Finding(
            "uneven classes", WORTH_A_LOOK,
            "{most} has {many} training images, {least} only {few}",
            "The network leans towards what it has seen more of. More images of the rare classes help most.",
            {"most": names[most], "many": f"{counts[most]:,}", "least": names[least], "few": f"{counts[least]:,}"},
        )  # fmt: skip


def _better_validation(run: Evidence) -> Iterable[Finding]:
    if not run.epochs or not run.record.has_dropout:
        return
    last = run.epochs[-1]
    if last.validation_accuracy > last.train_accuracy:
        yield Finding(
            "validation better", NO_FAULT,
            "Validation ({validation} %) is better than training ({train} %)",
            "That is no fault: dropout is off when the network is judged, and the training figure is the mean of a "
            "whole epoch, also of its weak beginning.",
            {"validation": f"{100 * last.validation_accuracy:.1f}", "train": f"{100 * last.train_accuracy:.1f}"},
        )  # fmt: skip


def _rounded(rate: float) -> float:
    return float(f"{rate:.1g}")


LOOKS: tuple[Callable[[Evidence], Iterable[Finding]], ...] = (
    _diverged,
    _rate_too_high,
    _silent_units,
    _gradients,
    _labels,
    _loss_jumped,
    _rate_too_low,
    _overfitting,
    _plateau,
    _better_validation,
    _too_short,
)
