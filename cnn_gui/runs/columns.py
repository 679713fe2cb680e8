"""The columns of the table of runs: what each says of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt

from cnn_core.files import brief
from cnn_core.runs import RunSummary
from cnn_gui.widgets.format import thousands, when
from cnn_gui.widgets.painted_text import LEFT, RIGHT
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

Align = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class Column:
    """A column: by what it is sorted, its title, width and words; ``setting`` is the setting it shows, if any."""

    key: str
    title: str
    width: int
    words: Callable[[RunSummary], str]
    align: Align = LEFT
    setting: str = ""


def _share(share: float | None) -> str:
    return f"{share * 100:.2f} %" if share is not None else "–"


def _duration(run: RunSummary) -> str:
    seconds = round(run.seconds)
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return f"{seconds // 60}:{seconds % 60:02}"


def _of(name: str) -> Callable[[RunSummary], str]:
    """As it began; where it was changed on the way: what it was changed to."""
    return lambda run: f"→ {shown(run.changed[name])}" if name in run.changed else shown(run.settings.get(name))


MOST_DIGITS = 10**15


def shown(value: Any) -> str:
    """A setting as a person reads it."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items()) or "–"
    if isinstance(value, int):
        return str(value) if abs(value) < MOST_DIGITS else f">{MOST_DIGITS:g}"
    return f"{value:g}" if isinstance(value, float) else brief(str(value))


COLUMNS = (
    Column("", "", 50, lambda _: ""),
    Column("title", QT_TR_NOOP("name"), 140, lambda run: run.title),
    Column("started_at", QT_TR_NOOP("when"), 62, lambda run: when(run.started_at)),
    Column("data", QT_TR_NOOP("data"), 74, lambda run: run.data, setting="dataset"),
    Column("network", QT_TR_NOOP("network"), 74, lambda run: run.network, setting="architecture"),
    Column("optimizer", QT_TR_NOOP("optimizer"), 72, _of("optimizer"), setting="optimizer"),
    Column("learning_rate", QT_TR_NOOP("rate"), 62, _of("learning_rate"), RIGHT, "learning_rate"),
    Column("batch_size", QT_TR_NOOP("batch"), 52, _of("batch_size"), RIGHT, "batch_size"),
    Column("augmentation", QT_TR_NOOP("augment"), 68, _of("augmentation"), setting="augmentation"),
    Column("validation", QT_TR_NOOP("validation"), 88, lambda run: _share(run.validation), RIGHT),
    Column("test", QT_TR_NOOP("test"), 66, lambda run: _share(run.test), RIGHT),
    Column(
        "images_per_second",
        QT_TR_NOOP("images/s"),
        74,
        lambda run: thousands(run.images_per_second) if run.images_per_second else "–",
        RIGHT,
    ),
    Column("seconds", QT_TR_NOOP("time"), 48, _duration, RIGHT),
    Column("reason", QT_TR_NOOP("loss"), 84, lambda run: reason_words(run.reason)),
)
GIVE_WAY = (8, 11, 5, 7, 12, 3, 2)
"""Columns that go first in a narrow table."""
NAME = 1
REASONS = {
    "running": QT_TR_NOOP("is running"), "finished": QT_TR_NOOP("finished"), "early": QT_TR_NOOP("ended early"),
    "stopped": QT_TR_NOOP("stopped"), "interrupted": QT_TR_NOOP("interrupted"), "diverged": QT_TR_NOOP("diverged"),
    "failed": QT_TR_NOOP("failed"),
}  # fmt: skip


def reason_words(reason: str) -> str:
    """How a run ended."""
    return tr(REASONS.get(reason, reason))
