"""What the network makes of the drawing. Frozen, knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.arrays import Array
from cnn_core.digits.reading import ReadItem, text_of
from cnn_core.inspection import LayerActivation


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network makes of the drawing: all its items, and one of them looked into.

    Attributes
    ----------
    image : [h, w, c] of the item that is looked into, as the network received it
    probabilities : [k], its
    activations : of every layer, its
    items : all that was read in the drawing, from left to right; empty when there is nothing on the canvas
    selected : which of them is looked into
    """

    image: Array
    probabilities: tuple[float, ...]
    activations: tuple[LayerActivation, ...]
    class_names: tuple[str, ...]
    model_version: int
    elapsed_ms: float
    items: tuple[ReadItem, ...] = ()
    selected: int = 0

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the canvas."""
        return not self.items

    @property
    def known(self) -> bool:
        """Whether what is looked into looks like one of the classes."""
        return not self.blank and self.items[self.selected].known

    @property
    def likeliest(self) -> int:
        """The most probable class, whether known or not; -1 on a blank canvas."""
        return -1 if self.blank else max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    @property
    def best(self) -> int:
        """The most probable class, -1 when there is nothing to say: a blank canvas, or none of the classes."""
        return self.likeliest if self.known else -1

    @property
    def confidence(self) -> float:
        """Probability of the most probable class; 0 on a blank canvas."""
        return 0.0 if self.blank else self.probabilities[self.likeliest]

    @property
    def text(self) -> str:
        """All that was read, ``?`` for each item that is none of the classes: ``20?6``."""
        return text_of(self.items, self.class_names)
