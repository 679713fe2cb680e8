"""What the room shows. Frozen, knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.arrays import Array
from cnn_core.inspection import Flip


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """What speaks for and against a class in the image that the network received; None where not known yet.

    Attributes
    ----------
    image : [h, w, c]
    chosen : the class that is asked about
    saliency, contributed : per pixel, [h, w], signed
    difference : what all the contributions add up to: the class's logit above that of a blank image
    cam, occlusion : [h, w]
    cam_layer : whose maps the CAM weighs; empty where the network has none
    progress : from 0 to 1, of what is still being worked out
    problem : why there is nothing
    """

    image: Array
    chosen: int
    saliency: Array | None = None
    contributed: Array | None = None
    difference: float = 0.0
    cam: Array | None = None
    cam_layer: str = ""
    occlusion: Array | None = None
    progress: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """The search for the smallest edit that changes the answer: under way, found, or why not."""

    progress: float = 0.0
    flip: Flip | None = None
    words: str = ""

    @property
    def running(self) -> bool:
        """Whether it is still being looked for."""
        return self.flip is None and not self.words
