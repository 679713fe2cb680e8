"""What would change its mind: a small edit of the drawing after which the network says something else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.arrays import Array
from cnn_core.errors import StoppedError
from cnn_core.inspection.attribution import check_class
from cnn_core.inspection.occlusion import Progress, Stopped
from cnn_core.layers import Tape, softmax
from cnn_core.model import Sequential

STEPS = 600
PATIENCE = 150
"""Steps without coming nearer to the border after which it is given up."""
STEEPEST = 0.4
"""Only pixels whose slope is at least this share of the steepest are moved in a step: a few pixels changed much say
more than all changed a little."""
STEP = 0.05
"""Most that a pixel moves in a step; the linear view does not hold further."""
CLIMBS = 4
CLIMB_STEPS = 75
CLIMB_STEEPEST = 0.1
CLIMB_STEP = 0.02
OVERSHOOT = 0.02
HALVINGS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Flip:
    """An edit that changes the answer.

    Attributes
    ----------
    image : [h, w, c] in [0, 1], after the edit
    change : what was added (> 0) and taken away (< 0), [h, w, c]
    before, after : class that is likeliest before and after
    probability : of ``after``, after the edit
    """

    image: Array
    change: Array
    before: int
    after: int
    probability: float

    @property
    def pixels(self) -> int:
        """How many pixels are different."""
        return int(np.count_nonzero(self.change))

    @property
    def size(self) -> float:
        """Length of the change as a vector: the root of the sum of its squares."""
        return float(np.linalg.norm(self.change.astype(np.float64)))


def smallest_flip(
    model: Sequential,
    image: Array,
    target: int | None = None,
    least: float = 0.0,
    progress: Progress = lambda *_: None,
    stopped: Stopped = lambda: False,
) -> Flip | None:
    """The smallest edit found of ``image`` [h, w, c] that makes the network read ``target``, or, when that is None,
    anything else than now. None when there is none to be found.

    The class must reach the probability ``least``. If no class does, what is found for ``target`` None is an edit after
    which another class is likeliest: a network that has learnt to have no opinion of what is no digit often has none
    on the way from one digit to another.

    Again and again the network is taken for linear and the image moved just over the border to the other class, as far
    as its pixels can still go (DeepFool). Where that ends among images of which the network has no opinion, the image
    is moved to where the class gains, whatever the others do, and taken on from there. Then the edit is shortened, and
    the smallest changes in it undone, for as long as the answer stays changed. Near the smallest, not proven to be it.
    Source: Moosavi-Dezfooli, Fawzi, Frossard: "DeepFool" (2016).
    """
    logits = model.forward(image[None])[0]
    before = int(logits.argmax())
    if target is not None:
        check_class(model, target)
        if target == before:
            return None
    targets = [target] if target is not None else [int(k) for k in np.argsort(-logits)[1:]]
    aims = [_Aim(model, goal, least) for goal in targets]
    if target is None and least:
        aims += [_Aim(model, goal, 0.0) for goal in targets]
    best: Flip | None = None
    for number, aim in enumerate(aims):
        if best is not None and number >= len(targets):
            break
        edited = _find(aim, image, stopped)
        progress(2 * number + 1, 2 * len(aims))
        if edited is not None:
            flip = _flip(model, image, _prune(aim, image, edited, stopped), before, aim.goal)
            best = flip if best is None or flip.size < best.size else best
        progress(2 * number + 2, 2 * len(aims))
    progress(1, 1)
    return best


class _Aim:
    """The class ``goal``, likeliest and with at least the probability ``least``."""

    def __init__(self, model: Sequential, goal: int, least: float) -> None:
        self.model, self.goal = model, goal
        self._odds = float(np.log(least / (1 - least))) if least else -np.inf

    def reached(self, image: Array) -> bool:
        return self.gap(self.model.forward(image[None])[0])[0] <= 0

    def gap(self, logits: Array) -> tuple[float, Array]:
        """How far the logits [k] are from the aim, at most 0 there, and the slope of that.

        The likeliest other class must be below the goal; and for a probability p, the logarithm of all others' share
        log (1 - p) / p below it.
        """
        others = np.where(np.arange(len(logits)) == self.goal, -np.inf, logits)
        rival, goal = int(others.argmax()), float(logits[self.goal])
        by_rival = float(others[rival]) - goal
        powers = np.exp(others - others[rival])
        by_share = float(others[rival]) + float(np.log(powers.sum())) - goal + self._odds
        slope = np.zeros_like(logits)
        if by_rival >= by_share:
            slope[rival] = 1
        else:
            slope += (powers / powers.sum()).astype(logits.dtype)
        slope[self.goal] = -1
        return max(by_rival, by_share), slope


def _find(aim: _Aim, image: Array, stopped: Stopped) -> Array | None:
    """An image beyond the border, as near as the straight way to it allows."""
    start = image
    edited = _cross(aim, start, stopped)
    for _ in range(CLIMBS):
        if edited is not None:
            break
        start = _climb(aim, start, stopped)
        edited = _cross(aim, start, stopped)
    return None if edited is None else _shorten(aim, image, edited)


def _cross(aim: _Aim, start: Array, stopped: Stopped) -> Array | None:
    """Step by step over the border; None where no step comes nearer any more."""
    edited, smallest_gap, patience = start.copy(), np.inf, PATIENCE
    for _ in range(STEPS):
        _check(stopped)
        tape = Tape(record=True, inputs_only=True)
        logits = aim.model.forward(edited[None], tape)
        gap, away = aim.gap(logits[0])
        if gap <= 0:
            return edited
        if gap < smallest_gap:
            smallest_gap, patience = gap, PATIENCE
        patience -= 1
        if not patience:
            return None
        slope = _movable(-aim.model.backward(away[None], tape)[0], edited, STEEPEST)
        steepness = float((slope * slope).sum())
        if steepness < 1e-12:
            return None
        way = (gap * (1 + OVERSHOOT) + 1e-3) / steepness
        way = min(way, STEP / float(np.abs(slope).max()))
        edited = np.clip(edited + slope * edited.dtype.type(way), 0, 1)
    return None


def _climb(aim: _Aim, start: Array, stopped: Stopped) -> Array:
    """Where the logit of the goal is higher: `_cross` would lower the others' as gladly, down to no opinion at all."""
    edited = start
    for _ in range(CLIMB_STEPS):
        _check(stopped)
        tape = Tape(record=True, inputs_only=True)
        up = np.zeros_like(aim.model.forward(edited[None], tape))
        up[0, aim.goal] = 1
        slope = _movable(aim.model.backward(up, tape)[0], edited, CLIMB_STEEPEST)
        steepest = float(np.abs(slope).max())
        if steepest < 1e-12:
            break
        edited = np.clip(edited + slope * edited.dtype.type(CLIMB_STEP / steepest), 0, 1)
    return edited


def _movable(slope: Array, image: Array, share: float) -> Array:
    """``slope`` where ``image`` can still follow it, and where it is at least ``share`` of the steepest; else zero."""
    slope = np.where((slope > 0) & (image >= 1) | (slope < 0) & (image <= 0), 0, slope)
    return np.where(np.abs(slope) >= share * np.abs(slope).max(), slope, 0)


def _check(stopped: Stopped) -> None:
    if stopped():
        raise StoppedError("The search for an edit was stopped.")


def _shorten(aim: _Aim, image: Array, edited: Array) -> Array:
    """The first point on the straight way from ``image`` to ``edited`` where the aim is reached, by halving."""
    near, far = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        if aim.reached(image + (edited - image) * image.dtype.type(middle)):
            far = middle
        else:
            near = middle
    return image + (edited - image) * image.dtype.type(far)


def _prune(aim: _Aim, image: Array, edited: Array, stopped: Stopped) -> Array:
    """Undo as many of the smallest changes as the answer can do without; what is left is stretched if need be."""
    change = edited - image
    order = np.argsort(np.abs(change), axis=None)
    keep_all, keep_none = 0, order.size
    best = edited
    while keep_none - keep_all > 1:
        _check(stopped)
        undone = (keep_all + keep_none) // 2
        fewer = change.reshape(-1).copy()
        fewer[order[:undone]] = 0
        candidate = np.clip(image + fewer.reshape(image.shape) * image.dtype.type(1.15), 0, 1)
        if aim.reached(candidate):
            keep_all, best = undone, _shorten(aim, image, candidate)
        else:
            keep_none = undone
    return best


def _flip(model: Sequential, image: Array, edited: Array, before: int, goal: int) -> Flip:
    probability = float(softmax(model.forward(edited[None]))[0, goal])
    return Flip(edited, edited - image, before, goal, probability)
