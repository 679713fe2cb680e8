"""From drawings to a network that has learnt them: its classes, the replay, the fine-tuning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.model import Sequential
from cnn_core.preprocessing import InputSpec
from cnn_core.teaching.drawing_book import NONE, TaughtDrawing
from cnn_core.teaching.fine_tune import NEW_CLASSES, Taught, TeachingConfig, teach
from cnn_core.teaching.new_classes import with_classes
from cnn_core.teaching.replay import relabelled_for, replay_for

Lessons = tuple[tuple[TaughtDrawing, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """A network that has learnt drawings, its classes, and how that went; ``replayed``: how many images of what it knew
    were there to go on with. Without any it may forget."""

    model: Sequential
    class_names: tuple[str, ...]
    taught: Taught
    replayed: int


def classes_for(
    drawings: Sequence[TaughtDrawing], class_names: Sequence[str], own_only: bool = False
) -> tuple[str, ...]:
    """The classes of a network that learns ``drawings``: those it had and the new ones, or those of the drawings."""
    labels = tuple(dict.fromkeys(drawing.label for drawing in drawings if drawing.label != NONE))
    return labels if own_only else (*class_names, *(name for name in labels if name not in class_names))


def lessons_for(drawings: Sequence[TaughtDrawing], class_names: Sequence[str]) -> Lessons:
    """Each drawing with the number of its class in ``class_names``; those of a class that is not there are left out."""
    numbers = {name: number for number, name in enumerate(class_names)} | {NONE: NOT_A_CLASS}
    return tuple((drawing, numbers[drawing.label]) for drawing in drawings if drawing.label in numbers)


def learn(
    model: Sequential,
    class_names: Sequence[str],
    spec: InputSpec,
    drawings: Sequence[TaughtDrawing],
    *,
    dataset: str = "",
    data_dir: str | Path | None = None,
    own_only: bool = False,
    threads: int = 0,
    progress: Callable[[int, int], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Learnt:
    """Let a copy of ``model`` learn ``drawings``, with classes of their own where they have some.

    Parameters
    ----------
    dataset : what the model learnt from, of which a replay is shown
    own_only : the network is to know the drawings' classes alone; what it knew is none of them then

    Raises
    ------
    As `teach` and `with_classes` do.
    """
    names = classes_for(drawings, class_names, own_only)
    learner, config = model, TeachingConfig()
    replay = replay_for(dataset, class_names, model.input_shape, data_dir, stopped=stopped)
    if names != tuple(class_names):
        learner, config = with_classes(model, class_names, names, np.random.default_rng(0)), NEW_CLASSES
        replay = relabelled_for(replay, names) if replay is not None else None
    taught = teach(
        learner, spec, lessons_for(drawings, names), replay, replace(config, threads=threads), progress, stopped
    )
    made = learner.twin()
    made.load(taught.weights.arrays)
    return Learnt(made, names, taught, len(replay) if replay is not None else 0)
