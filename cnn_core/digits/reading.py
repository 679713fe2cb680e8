"""From a drawing to what a model reads in it: one thing, a number of several digits, or nothing that it knows."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.calibration import NOT_CALIBRATED, Calibration, class_score
from cnn_core.digits.fragments import Box, Fragment, image_for
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.digits.segmentation import Region, Segmenter
from cnn_core.drawing.strokes import Mark, Stroke
from cnn_core.inspection.activations import LayerActivation, look_inside
from cnn_core.layers import softmax
from cnn_core.model import Sequential
from cnn_core.preprocessing import CENTRED, InputSpec, Preprocessor

FEW, BATCH = engine.FEW_IMAGES, 16
"""Candidates for a digit that are scored at a time."""
CACHE = 512
IN_COMPANY = 0.6
"""Share of the threshold that is enough for the only doubtful mark of a number, as among digits mostly digits stand."""
EVERYWHERE = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class ReadItem:
    """One thing in a drawing as a model reads it: a digit of a number, or all that was drawn.

    Attributes
    ----------
    image : [h, w, c] as the model received it
    box : where it stands on the canvas
    probabilities : [k]
    known : whether it looks like one of the classes at all
    fragments : what of the drawing it is made of; empty where it is all of it
    sign : a point, a comma or a minus, told by form and place; empty for what the model reads
    row : of a drawing of several rows, from the top
    """

    image: Array
    box: Box
    probabilities: Array
    known: bool
    fragments: tuple[Fragment, ...] = ()
    sign: str = ""
    row: int = 0

    @property
    def best(self) -> int:
        """The most probable class, whether known or not."""
        return int(self.probabilities.argmax())

    @property
    def score(self) -> float:
        """How much it looks like one of the classes, from 1/k to 1; see `cnn_core.calibration`."""
        return float(class_score(self.probabilities[None])[0])


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """A drawing as it was read, and one item of it looked into.

    Attributes
    ----------
    items : from left to right; empty when there is nothing on the canvas
    selected : which of them is looked into
    image : [h, w, c] of that one; the blank image where there is none
    activations : of every layer, for that image
    """

    items: tuple[ReadItem, ...]
    selected: int
    image: Array
    activations: tuple[LayerActivation, ...]


class Found(NamedTuple):
    """An image that a drawing holds, where it stands, and the region of a number that it is."""

    image: Array
    box: Box
    region: Region | None = None


def _item(found: Found, probabilities: Array, known: bool) -> ReadItem:
    region = found.region
    if region is None:
        return ReadItem(found.image, found.box, probabilities, known)
    return ReadItem(found.image, found.box, probabilities, known, region.fragments, region.sign, region.row)


def are_digits(class_names: Sequence[str]) -> bool:
    """Whether the classes are the ten digits, so that a row of them is a number."""
    return tuple(class_names) == DIGIT_NAMES


class Judge:
    """Takes drawings apart into digits, with a model that was shown non-digits while it learned.

    Belongs to one thread; `close` it.
    """

    def __init__(self, model: Sequential) -> None:
        self._answers = _Answers(model)
        self._answers.be_ready_for_many()
        self._classes = model.output_shape[0]
        self._segmenter = Segmenter(self._score)

    def regions(self, marks: Sequence[Mark], growing: bool = False) -> tuple[Region, ...]:
        """See `Segmenter.regions`."""
        return self._segmenter.regions(marks, growing)

    def close(self) -> None:
        """Let go of what the model's plans hold."""
        self._answers.close()

    def _score(self, images: Array) -> Array:
        k = self._classes
        return (class_score(self._answers(images)) * k - 1) / (k - 1)  # 0 where no class is likelier than others


class Reader:
    """Reads drawings with one model. Sees its weights as they are at each call. Belongs to one thread; `close` it.

    Parameters
    ----------
    model : for images [h, w, c]
    calibration : says when the model does not know
    judge : takes a drawing apart into digits; None reads every drawing as one image
    spec : how a drawing becomes an image for the model; None: MNIST's way at the model's size
    """

    def __init__(
        self,
        model: Sequential,
        calibration: Calibration = NOT_CALIBRATED,
        judge: Judge | None = None,
        spec: InputSpec | None = None,
    ) -> None:
        self.model, self.calibration = model, calibration
        self.spec = spec or InputSpec.for_shape(model.input_shape)
        self._judge = judge if self.spec.geometry == CENTRED else None
        self._preprocessor = Preprocessor(self.spec)
        self._answers, self._observer = _Answers(model), engine.Observer(model)
        self._images: dict[int, tuple[Region, Array]] = {}
        self._known: dict[int, tuple[Array, Array]] = {}

    def close(self) -> None:
        """Let go of what the model's plans hold; the judge stays."""
        self._answers.close()

    def weights_changed(self) -> None:
        """Forget what was read; the model has learnt."""
        self._known.clear()

    def read(self, marks: Sequence[Mark], growing: bool = False) -> tuple[ReadItem, ...]:
        """What the model reads in a drawing, from left to right; empty when there is nothing in it.

        ``growing``: its last stroke is still under the pen.
        """
        return self._items(self._found(marks, growing))

    def look(self, marks: Sequence[Mark], growing: bool = False, choice: int | None = None) -> LookedAt:
        """`read`, and what every layer makes of one item: that of number ``choice``, else the one drawn last."""
        found = self._found(marks, growing)
        selected = _selected(found, marks, choice)
        image = found[selected].image if found else self.spec.blank()
        activations = look_inside(self._observer, image)
        if found:  # one pass tells what is in it and what every layer makes of it
            logits = activations[len(self.model.trunk) - 1].values
            self._known[id(image)] = image, softmax(logits[None])[0]
        return LookedAt(self._items(found), selected, image, activations)

    def _found(self, marks: Sequence[Mark], growing: bool) -> list[Found]:
        """The images that a drawing holds, where they stand, and what they are."""
        if self._judge is not None:
            return [Found(self._image(one), one.box, one) for one in self._judge.regions(marks, growing)]
        image = self._preprocessor(marks)
        return [Found(image, EVERYWHERE)] if marks and not np.array_equal(image, self.spec.blank()) else []

    def _image(self, region: Region) -> Array:
        """A region as the model takes it; the same object as long as the region has not changed."""
        if self.spec.is_mnist:
            return region.image
        key = id(region.image)
        if key not in self._images:
            if len(self._images) > CACHE:
                self._images.clear()
            self._images[key] = region, image_for(region.fragments, self.spec)  # kept too: its address stays its own
        return self._images[key][1]

    def _items(self, found: Sequence[Found]) -> tuple[ReadItem, ...]:
        if not found:
            return ()
        probabilities = self._probabilities([one.image for one in found])
        signs = np.array([bool(one.region is not None and one.region.sign) for one in found])
        known = signs.copy()
        if not signs.all():
            known[~signs] = self._known_together(probabilities[~signs])
        return tuple(
            _item(one, row, bool(is_known)) for one, row, is_known in zip(found, probabilities, known, strict=True)
        )

    def _known_together(self, probabilities: Array) -> NDArray[np.bool_]:
        """Which rows are one of the classes; a doubtful one among digits is given the benefit of the doubt."""
        known = self.calibration.knows(probabilities)
        if len(known) > 1 and np.count_nonzero(~known) == 1:
            known |= class_score(probabilities) >= self.calibration.threshold * IN_COMPANY
        return known

    def _probabilities(self, images: Sequence[Array]) -> Array:
        """Of each image [n, k]; those that the pen has not touched since are remembered."""
        if len(self._known) > CACHE:
            self._known.clear()
        new = [image for image in images if id(image) not in self._known]
        if new:
            for image, row in zip(new, self._answers(np.stack(new)), strict=True):
                self._known[id(image)] = image, row  # the image is kept too: its address stays its own
        return np.stack([self._known[id(image)][1] for image in images])


def _selected(found: Sequence[Found], marks: Sequence[Mark], choice: int | None) -> int:
    """The item that was chosen, else the one that the pen drew last; of a sign its neighbour."""
    if choice is not None:
        return max(0, min(choice, len(found) - 1))
    last = next((mark for mark in reversed(marks) if isinstance(mark, Stroke)), None)
    x, y = (last.points.min(axis=0) + last.points.max(axis=0)) / 2 if last is not None else (0.0, 0.0)
    in_rows = any(one.region is not None and one.region.row for one in found)

    def distance(number: int) -> tuple[bool, float]:
        one = found[number]
        down = abs((one.box.top + one.box.bottom) / 2 - y) if in_rows else 0.0
        return bool(one.region is not None and one.region.sign), abs(one.box.middle - x) + 2 * down

    return min(range(len(found)), key=distance, default=0)


@contextmanager
def reading(
    model: Sequential,
    calibration: Calibration = NOT_CALIBRATED,
    judge: Sequential | None = None,
    spec: InputSpec | None = None,
) -> Generator[Reader]:
    """A `Reader`, and a `Judge` of the model ``judge``, for as long as they are needed."""
    with ExitStack() as stack:
        own = stack.enter_context(closing(Judge(judge))) if judge is not None else None
        yield stack.enter_context(closing(Reader(model, calibration, own, spec)))


class _Answers:
    """Probabilities of a model for images [n, h, w, c], n from 1: mostly one or two, for which there is a plan of its
    own.

    That plan has run once, so that the first stroke does not wait for its buffers. The one for many images is made when
    it is first needed, as a large model's takes some tenths of a second.
    """

    def __init__(self, model: Sequential) -> None:
        self._model = model
        self._few, self._many = engine.compile(model, FEW, threads=1), None
        for count in (1, FEW):
            self._blank(count)

    def be_ready_for_many(self) -> None:
        """Make the plan for many images now."""
        self._blank(FEW + 1)

    def _blank(self, count: int) -> None:
        self(np.zeros((count, *self._model.input_shape), np.float32))

    def __call__(self, images: Array) -> Array:
        if len(images) <= FEW:
            return self._few.predict(images)
        if self._many is None:
            self._many = engine.compile(self._model, BATCH, threads=1)
        return self._many.predict(images)

    def close(self) -> None:
        self._few.close()
        if self._many is not None:
            self._many.close()


def text_of(items: Sequence[ReadItem], class_names: Sequence[str]) -> str:
    """What was read as text, with a question mark for each item that is none of the classes: ``20?6``; a line for each
    row."""
    rows: dict[int, str] = {}
    for item in items:
        rows[item.row] = rows.get(item.row, "") + item_text(item, class_names)
    return "\n".join(rows.values())


def item_text(item: ReadItem, class_names: Sequence[str]) -> str:
    """A digit, a sign, or a question mark."""
    return item.sign or (class_names[item.best] if item.known else "?")
