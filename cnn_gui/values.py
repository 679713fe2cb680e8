"""Frozen values that the views show. They know no Qt and may cross threads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array
from cnn_core.calibration import NOT_CALIBRATED, Calibration
from cnn_core.digits.reading import ReadItem, are_digits, text_of
from cnn_core.inspection import Dream, Embedding, Field, Flip, LayerActivation, Place, Working
from cnn_core.model import WeightsSnapshot
from cnn_core.preprocessing import InputSpec


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network makes of the drawing: all its digits, and one of them looked into.

    Attributes
    ----------
    image : [h, w, c] of the digit that is looked into, as the network received it
    probabilities : [k], its
    activations : of every layer, its
    digits : all digits of the drawing from left to right; empty when there is nothing on the canvas
    selected : which of them is looked into
    """

    image: Array
    probabilities: tuple[float, ...]
    activations: tuple[LayerActivation, ...]
    class_names: tuple[str, ...]
    model_version: int
    elapsed_ms: float
    digits: tuple[ReadItem, ...] = ()
    selected: int = 0

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the canvas."""
        return not self.digits

    @property
    def known(self) -> bool:
        """Whether what is looked into looks like one of the classes."""
        return not self.blank and self.digits[self.selected].known

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
    def number(self) -> str:
        """All digits, ``?`` for each that is none: ``20?6``."""
        return text_of(self.digits, self.class_names)


@dataclass(frozen=True, slots=True, eq=False)
class ModelInfo:
    """The model that reads the canvas: its name, where it comes from, and its architecture for the inspector.
    ``place`` is the file or the data, in full; ``trained`` says whether it has learnt for a whole
    epoch; ``input_spec`` how a drawing becomes its input."""

    name: str
    origin: str
    parameters: int
    accuracy: float | None
    architecture: Mapping[str, Any]
    class_names: tuple[str, ...]
    training: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""
    calibration: Calibration = NOT_CALIBRATED
    trained: bool = True
    input_spec: InputSpec | None = None

    @property
    def reads_digits(self) -> bool:
        """Whether it tells the ten digits apart, so that a row of them is a number."""
        return are_digits(self.class_names)


@dataclass(frozen=True, slots=True, eq=False)
class Why:
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
class MindChange:
    """The search for the smallest edit that changes the answer: under way, found, or why not."""

    progress: float = 0.0
    flip: Flip | None = None
    words: str = ""

    @property
    def running(self) -> bool:
        """Whether it is still being looked for."""
        return self.flip is None and not self.words


@dataclass(frozen=True, slots=True, eq=False)
class Likes:
    """What excites one map or unit: images of a data set, and an image made for it.

    Attributes
    ----------
    layer, channel : whose likes
    images : [n, h, w, c] bytes, the most exciting first
    values : the activation in each
    seen : for each image the block of it that the most excited number sees, (rows, columns)
    dream : made from noise; None while it is not there yet
    words : what the images are, or why there are none
    progress : from 0 to 1
    """

    layer: str
    channel: int
    images: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 28, 28, 1), np.uint8))
    values: tuple[float, ...] = ()
    seen: tuple[tuple[slice, slice], ...] = ()
    dream: Dream | None = None
    words: str = ""
    progress: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """The test images as points of a plane, and the drawing among them.

    Attributes
    ----------
    embedding : where they stand; None while it is being worked out
    images, labels : [n, h, w, c] bytes and [n]
    class_names : the images' own names, which need not be the model's
    here : the drawing's point; None on a blank canvas
    nearest : numbers of the images most like it, nearest first
    words : what the images are, or why there is nothing
    progress : from 0 to 1
    outdated : whether the weights have changed since
    """

    embedding: Embedding | None = None
    images: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 28, 28, 1), np.uint8))
    labels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    class_names: tuple[str, ...] = ()
    here: tuple[float, float] | None = None
    nearest: tuple[int, ...] = ()
    words: str = ""
    progress: float = 0.0
    outdated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Kernels:
    """The kernels of one convolution, now and when the network began.

    Attributes
    ----------
    layer : whose
    now, before : [h_f, w_f, c_in, c_out]; ``before`` are the weights that a run began with, or that were opened
    filter, input_map : which filter, and which of its input maps, are picked out
    """

    layer: str
    now: Array
    before: Array
    filter: int
    input_map: int


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """The weights at the end of an epoch of the latest run; epoch 0 is its beginning."""

    epoch: int
    weights: WeightsSnapshot


class ColourScale(Enum):
    """Over which numbers the colours of the feature maps run."""

    MAP = "per map"
    LAYER = "per layer"
    FIXED = "fixed"
    """As they ran over each layer when it was chosen, so that drawings and epochs can be compared."""


class Phase(Enum):
    """What the training is doing."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"

    @property
    def active(self) -> bool:
        """Whether there is a run that can be stopped."""
        return self is not Phase.IDLE


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """The progress of a run as the panel shows it; ``progress`` from 0 to 1, ``eta_seconds`` < 0 when unknown."""

    phase: Phase = Phase.IDLE
    message: str = ""
    progress: float = 0.0
    epoch: float = 0.0
    epochs: int = 0
    images_per_second: float = 0.0
    eta_seconds: float = -1.0


@dataclass(frozen=True, slots=True)
class Pin:
    """One number of a layer's output: (row, column, map) of feature maps, (unit,) of a vector."""

    layer: str
    place: Place

    @property
    def channel(self) -> int:
        """The map or unit that it belongs to."""
        return self.place[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """The number that is asked about, taken apart.

    Attributes
    ----------
    pin : which number
    pinned : False while the pointer only passes over it
    number : number of its layer
    working : how it comes about
    onwards : what the layers after it that work value by value make of it, in order
    fields : its receptive field, on the image first, then on each layer up to its own
    source : the layer whose weights scale its map or unit, to switch it off; None where there is none
    """

    pin: Pin
    pinned: bool
    number: int
    working: Working
    onwards: tuple[Working, ...]
    fields: tuple[Field, ...]
    source: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A few training images as the chosen augmentation changes them, [n, h, w, c] bytes.

    ``words`` say what they are, or that there are none, and ``reason`` why.
    """

    images: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 28, 28, 1), np.uint8))
    words: str = ""
    reason: str = ""


def thousands(number: float) -> str:
    """A whole number in groups of three digits, with narrow spaces: ``1 383 002``."""
    return f"{number:,.0f}".replace(",", "\u202f")


def epoch_words(epoch: int) -> str:
    """``epoch 3``; of the weights that a run begins with, ``before training``."""
    return f"epoch {epoch}" if epoch else "before training"


def percent(share: float) -> str:
    """``0.9734`` as ``97 %``; what would round up to a certainty that is not there is shown more exactly.

    ``? %`` for what is no number, of a network whose weights have grown too large.
    """
    if math.isnan(share):
        return "? %"
    shown = round(share * 100)
    if shown < 100 or share >= 1:
        return f"{shown} %"
    figure = tenths(share)
    return "> 99.9 %" if figure.startswith(">") else f"{figure} %"


def tenths(share: float) -> str:
    """``0.9734`` as ``97.3``; ``>99.9`` for what would round up to a certainty that is not there."""
    return ">99.9" if 0.9995 <= share < 1 else f"{share * 100:.1f}"
