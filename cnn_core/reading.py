"""From a drawing to what a network reads in it: one digit, a number of several, or nothing that it knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core import engine
from cnn_core.arrays import Array
from cnn_core.calibration import NOT_CALIBRATED, Calibration, class_score
from cnn_core.drawing import Box, Mark, Part, Segmenter, whole
from cnn_core.layers import softmax
from cnn_core.model import Sequential

FEW, BATCH = engine.FEW_IMAGES, 16
"""Candidates for a digit that are scored at a time."""
CACHE = 512
IN_COMPANY = 0.6
"""Share of the threshold that is enough for the only doubtful mark of a number, as among digits mostly digits stand."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadDigit:
    """One digit of a drawing as a model reads it.

    Attributes
    ----------
    image : [h, w, c] as the model received it
    box : where it stands on the canvas
    probabilities : [k]
    known : whether it looks like one of the classes at all
    """

    image: Array
    box: Box
    probabilities: Array
    known: bool

    @property
    def best(self) -> int:
        """The most probable class, whether known or not."""
        return int(self.probabilities.argmax())

    @property
    def score(self) -> float:
        """How much it looks like one of the classes, from 1/k to 1; see `cnn_core.calibration`."""
        return float(class_score(self.probabilities[None])[0])


class Judge:
    """Takes drawings apart into digits, with a model that was shown non-digits while it learned.

    Belongs to one thread; `close` it.
    """

    def __init__(self, model: Sequential) -> None:
        self._answers = _Answers(model)
        self._answers.be_ready_for_many()
        self._classes = model.output_shape[0]
        self._segmenter = Segmenter(self._score)

    def parts(self, marks: Sequence[Mark], growing: bool = False) -> tuple[Part, ...]:
        """See `Segmenter.parts`."""
        return self._segmenter.parts(marks, growing)

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
    """

    def __init__(
        self, model: Sequential, calibration: Calibration = NOT_CALIBRATED, judge: Judge | None = None
    ) -> None:
        self.model, self.calibration = model, calibration
        self._judge = judge
        self._answers = _Answers(model)
        self._known: dict[int, tuple[Array, Array]] = {}

    def close(self) -> None:
        """Let go of what the model's plans hold; the judge stays."""
        self._answers.close()

    def weights_changed(self) -> None:
        """Forget what was read; the model has learnt."""
        self._known.clear()

    def read(self, marks: Sequence[Mark]) -> tuple[ReadDigit, ...]:
        """The digits of a drawing from left to right; empty when there is nothing in it."""
        return self.digits(self.parts(marks))

    def parts(self, marks: Sequence[Mark], growing: bool = False) -> tuple[Part, ...]:
        """The drawing taken apart, not yet read; ``growing``: its last stroke is still under the pen."""
        return self._judge.parts(marks, growing) if self._judge is not None else whole(marks)

    def image(self, part: Part) -> Array:
        """``part`` as the model receives it, [h, w, c]."""
        return fitted(part.image, self.model.input_shape)

    def know(self, part: Part, logits: Array) -> None:
        """Take over the model's ``logits`` [k] for ``part``, of somebody who had it read already."""
        self._known[id(part.image)] = part.image, softmax(logits[None])[0]

    def digits(self, parts: Sequence[Part]) -> tuple[ReadDigit, ...]:
        """What the model reads in the ``parts`` of a drawing."""
        if not parts:
            return ()
        probabilities = self._probabilities(parts)
        known = self._known_together(probabilities)
        return tuple(
            ReadDigit(self.image(part), part.box, row, bool(is_known))
            for part, row, is_known in zip(parts, probabilities, known, strict=True)
        )

    def _known_together(self, probabilities: Array) -> NDArray[np.bool_]:
        """Which rows are one of the classes; a doubtful one among digits is given the benefit of the doubt."""
        known = self.calibration.knows(probabilities)
        if len(known) > 1 and np.count_nonzero(~known) == 1:
            known |= class_score(probabilities) >= self.calibration.threshold * IN_COMPANY
        return known

    def _probabilities(self, parts: Sequence[Part]) -> Array:
        """Of each part [n, k]; the parts that the pen has not touched since are remembered."""
        if len(self._known) > CACHE:
            self._known.clear()
        new = [part for part in parts if id(part.image) not in self._known]
        if new:
            images = np.stack([self.image(part) for part in new])
            for part, row in zip(new, self._answers(images), strict=True):
                self._known[id(part.image)] = part.image, row  # the image is kept too: its address stays its own
        return np.stack([self._known[id(part.image)][1] for part in parts])


@contextmanager
def reading(
    model: Sequential, calibration: Calibration = NOT_CALIBRATED, judge: Sequential | None = None
) -> Iterator[Reader]:
    """A `Reader`, and a `Judge` of the model ``judge``, for as long as they are needed."""
    with ExitStack() as stack:
        own = stack.enter_context(closing(Judge(judge))) if judge is not None else None
        yield stack.enter_context(closing(Reader(model, calibration, own)))


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


def text_of(digits: Sequence[ReadDigit], class_names: Sequence[str]) -> str:
    """The number that was read, with a question mark for each digit that is none: ``20?6``."""
    return "".join(class_names[digit.best] if digit.known else "?" for digit in digits)


def fitted(image: Array, input_shape: tuple[int, ...]) -> Array:
    """The 28×28 image for a model of another input size or with several channels: centred, cut or padded."""
    if image.shape == input_shape:
        return image
    h, w, c = input_shape
    result = np.zeros((h, w, c), np.float32)
    rows, columns = min(h, image.shape[0]), min(w, image.shape[1])
    top, left = (h - rows) // 2, (w - columns) // 2
    from_top, from_left = (image.shape[0] - rows) // 2, (image.shape[1] - columns) // 2
    result[top : top + rows, left : left + columns] = image[from_top : from_top + rows, from_left : from_left + columns]
    return result
