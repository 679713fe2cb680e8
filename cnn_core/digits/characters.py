"""Characters of other scripts as images that are no digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cnn_core.datasets.dataset import NOT_A_CLASS, Dataset, to_bytes
from cnn_core.digits.labels import DIGIT_NAMES
from cnn_core.digits.omniglot import Character
from cnn_core.digits.pen import PEN_WIDTHS_PX, vary
from cnn_core.drawing import Points, from_strokes
from cnn_core.drawing.normalize import PEN_WIDTH_PX

LOOK_ALIKES = {
    "Latin": "abeghijloqrstuvyz",
    "Greek": (9, 15),
    "Korean": (10, 12, 21, 22),
    "Balinese": (5,),
    "Early_Aramaic": (3, 4, 6, 16, 17, 20),
}
"""Characters that are a digit in somebody's hand, by letter or by their number in the alphabet: a 1, a 7, a 4, a 0.
Nothing is learnt from them; it would be learnt that digits are none."""
CHOOSING_ALPHABETS = frozenset({"Early_Aramaic"})
CHOOSING_PEOPLE = frozenset(range(16, 21))
"""Nothing is learnt from this alphabet, nor from these people's drawings in the others: they serve to choose by."""
COMBINED = 0.25
"""Share of the varied drawings that stand in for other alphabets: strokes of two characters, one over the other."""
CHARACTERS_A_LOOK = 20


def is_look_alike(character: Character) -> bool:
    """Whether it is one of `LOOK_ALIKES`."""
    known = LOOK_ALIKES.get(character.alphabet, ())
    number = int("".join(filter(str.isdecimal, character.name))[-3:] or 0)
    return chr(ord("a") + number - 1) in known if isinstance(known, str) else number in known


def by_person_and_alphabet(characters: Sequence[Character]) -> tuple[list[Character], list[Character]]:
    """Characters unlike digits to learn from, and those to choose by: of other people, or another alphabet."""
    unlike = [character for character in characters if not is_look_alike(character)]
    chosen = [c.alphabet in CHOOSING_ALPHABETS or c.person in CHOOSING_PEOPLE for c in unlike]
    return (
        [character for character, choose in zip(unlike, chosen, strict=True) if not choose],
        [character for character, choose in zip(unlike, chosen, strict=True) if choose],
    )


def draw_characters(
    characters: Sequence[Character],
    copies: int,
    rng: np.random.Generator,
    progress: Callable[[int, int], None] | None = None,
) -> Dataset:
    """Images of ``characters``, labelled `NOT_A_CLASS`: as the canvas draws them, and ``copies`` times varied by
    `cnn_core.digits.pen.vary`, of which `COMBINED` with another."""
    images: list[NDArray[np.uint8]] = []
    for number, character in enumerate(characters):
        if progress and number % CHARACTERS_A_LOOK == 0:
            progress(number, len(characters))
        images.append(to_bytes(from_strokes(character.strokes, PEN_WIDTH_PX)))
        for _ in range(copies):
            strokes = vary(character.strokes, rng)
            if rng.random() < COMBINED:
                strokes = _combined(strokes, vary(characters[int(rng.integers(len(characters)))].strokes, rng))
            images.append(to_bytes(from_strokes(strokes, rng.uniform(*PEN_WIDTHS_PX))))
    pixels = np.stack(images)[..., None] if images else np.zeros((0, 28, 28, 1), np.uint8)
    return Dataset("characters", pixels, np.full(len(pixels), NOT_A_CLASS), DIGIT_NAMES)


def _combined(first: list[Points], second: list[Points]) -> list[Points]:
    """One over the other, at the same size."""
    return [*_fitted(first), *_fitted(second)]


def _fitted(strokes: list[Points]) -> list[Points]:
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    extent = max(float((points - low).max()), 1e-3)
    return [(stroke - low) / extent for stroke in strokes]
