"""What the bundled network learns from: MNIST, pen digits drawn as the canvas draws them, and things that are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import Dataset, join
from cnn_core.digits.characters import by_person_and_alphabet, draw_characters
from cnn_core.digits.handwriting import Hand
from cnn_core.digits.morphing import morph
from cnn_core.digits.near_digits import draw_near_digits
from cnn_core.digits.non_digits import make_non_digits
from cnn_core.digits.omniglot import Character
from cnn_core.digits.pen import PEN_WIDTHS_PX, draw_pen_digits
from cnn_core.digits.synthetic import make_synthetic
from cnn_core.digits.thickening import thicken
from cnn_core.digits.thinning import thin
from cnn_core.digits.unipen import PenDigit

CHOOSING_WRITERS = frozenset({5, 10, 15, 20, 25, 30})
"""Six of the thirty writers: nothing is learnt from their digits, they serve to choose by."""
MNIST_VALIDATION_SHARE, MNIST_VALIDATION_RUNS = 1 / 12, 4
"""MNIST's training images stand in the order of their writers (those of its two sources in turn: the slant of an image
hardly tells that of the next, and well that of the next but one). Whole runs of them keep nearly all writers apart; a
random choice would have everybody in both parts."""
MNIST_COPIES, BETWEEN_COPIES = 4, 4
"""So often MNIST's images are learnt in an epoch as they are, and so often bent towards others of their class; of
either kind one is drawn anew besides and one has broader lines. With as many images of pens and other things as of
MNIST, MNIST was learnt worse."""
PEN_COPIES, PEN_BETWEEN_COPIES = 25, 12
"""Drawings of each pen digit beside the digit as it is; and drawings that are bent towards digits of MNIST drawn anew,
for 24 people write in 24 ways."""
SYNTHETIC = 16_000
NON_DIGITS, NON_DIGITS_VALIDATION = 48_000, 1500
CHARACTER_COPIES, NEAR_DIGITS = 40, 48_000
"""Drawings of each character of another script beside the character as it is."""

PEN_LIKE = Hand(aspects=(0.55, 1.1), looseness=(0.4, 1.6), bend=0.15, pen_widths_px=PEN_WIDTHS_PX)
"""Synthetic digits bring ways of writing that the 24 people do not have."""

Report = Callable[[str, int, int], None]


def by_writer(digits: Sequence[PenDigit]) -> tuple[list[PenDigit], list[PenDigit]]:
    """Digits of the writers to learn from and of those to choose by."""
    return (
        [digit for digit in digits if digit.writer not in CHOOSING_WRITERS],
        [digit for digit in digits if digit.writer in CHOOSING_WRITERS],
    )


def apart(mnist: Dataset, writers: NDArray[np.integer] | None = None) -> tuple[Dataset, Dataset]:
    """MNIST's training images to learn from and those to choose by, `MNIST_VALIDATION_RUNS` runs of them.

    With the ``writers`` of the images [n], what people wrote of whom something is learnt is not among those to choose
    by.
    """
    run = round(len(mnist) * MNIST_VALIDATION_SHARE / MNIST_VALIDATION_RUNS)
    chosen = np.zeros(len(mnist), np.bool_)
    for number in range(MNIST_VALIDATION_RUNS):
        middle = round(len(mnist) * (number + 0.5) / MNIST_VALIDATION_RUNS)
        chosen[middle : middle + run] = True
    strangers = chosen if writers is None else chosen & ~np.isin(writers, writers[~chosen])
    return mnist.take(np.nonzero(~chosen)[0]), mnist.take(np.nonzero(strangers)[0])


def mix(
    mnist: Dataset,
    pen: Sequence[PenDigit],
    report: Report = lambda *_: None,
    characters: Sequence[Character] = (),
    writers: NDArray[np.integer] | None = None,
) -> tuple[Dataset, Dataset]:
    """Training and validation images from MNIST's *training* images, recorded pen digits and, where there are some,
    characters of other scripts; the same every time.

    No writer of the pen digits, no MNIST image and nearly no MNIST writer is in both, with the ``writers`` of MNIST's
    images [n] none at all. ``report`` is called with (what, done, total).
    """
    rng = np.random.default_rng(20)

    def telling(what: str) -> Callable[[int, int], None]:
        return lambda done, total: report(what, done, total)

    learn, choose = by_writer(pen)
    mnist_train, mnist_validation = apart(mnist, writers)
    pens = draw_pen_digits(learn, PEN_COPIES, rng, progress=telling("drawing pen digits"))
    synthetic = make_synthetic(SYNTHETIC, 3, telling("drawing synthetic digits"), hand=PEN_LIKE)
    bent = [morph(mnist_train, mnist_train, rng, telling("bending MNIST")) for _ in range(BETWEEN_COPIES)]
    both = join("mnist", (mnist_train, bent[0]))
    drawn_anew = thin(both, rng, telling("drawing MNIST anew"))
    bolder = thicken(both, rng, telling("drawing MNIST with broader lines"))
    others = make_non_digits(NON_DIGITS, join("digits", (mnist_train, pens)), learn, rng, telling("drawing non-digits"))
    more_pens = draw_pen_digits(learn, PEN_BETWEEN_COPIES, rng, progress=telling("drawing more pen digits"))
    more_pens = morph(more_pens, drawn_anew, rng, telling("bending pen digits"))
    foreign, foreign_validation = by_person_and_alphabet(characters)
    told = telling("drawing characters")
    foreign_drawn = draw_characters(foreign, CHARACTER_COPIES, np.random.default_rng(22), told)
    near = draw_near_digits(learn, NEAR_DIGITS if characters else 0, np.random.default_rng(24), told)
    judging = np.random.default_rng(21)  # of its own: what is learnt from may change, what judges it must not
    pen_validation = draw_pen_digits(choose, 1, judging, progress=telling("drawing pen digits to choose by"))
    digits = join("digits", (mnist_validation, pen_validation))
    told = telling("drawing non-digits to choose by")
    others_validation = make_non_digits(NON_DIGITS_VALIDATION, digits, choose, judging, told)
    return (
        join(
            "mixed",
            (
                *[mnist_train] * MNIST_COPIES,
                *bent,
                drawn_anew,
                bolder,
                pens,
                more_pens,
                synthetic,
                others,
                foreign_drawn,
                near,
            ),
        ),
        join(
            "mixed",
            (
                mnist_validation,
                pen_validation,
                others_validation,
                draw_characters(foreign_validation, 0, np.random.default_rng(23)),
            ),
        ),
    )
