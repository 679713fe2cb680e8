"""What every layer is, and the tape on which one pass writes down what it must remember."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ConfigError, ShapeError
from cnn_core.layers.options import Option


class Tape:
    """The memory of one forward and backward pass; the caller owns it and throws it away.

    A layer holds parameters and nothing of a pass, so any number of threads can run one model at once, each with a
    tape of its own.

    Parameters
    ----------
    training : bool
        True switches dropout on and makes batch normalisation use the batch's own statistics.
    record : bool
        False keeps nothing, which is right for inference; ``backward`` then is impossible.
    inputs_only : bool
        True leaves the gradients of the parameters out of ``backward``, for whoever asks about the image.
    rng : numpy.random.Generator, optional
        Where dropout masks come from; needed only when ``training`` and the model has a `Dropout`.
    dropout : mapping of str to array, optional
        The factors [n, …] of each dropout layer by name, 0 for what is switched off: used instead of drawing any.
    """

    def __init__(
        self,
        *,
        training: bool = False,
        record: bool | None = None,
        inputs_only: bool = False,
        rng: np.random.Generator | None = None,
        dropout: Mapping[str, Array] | None = None,
    ) -> None:
        self.training = training
        self.record = training if record is None else record
        self.inputs_only = inputs_only
        self.rng = rng
        self.dropout = dropout if dropout is not None else {}
        self.gradients: dict[Layer, dict[str, Array]] = {}
        self.statistics: dict[Layer, dict[str, Array]] = {}
        self._kept: dict[Layer, tuple[Any, ...]] = {}

    def keep(self, layer: Layer, *values: Any) -> None:
        """Remember ``values`` for the layer's ``backward``, the only thing that it may read."""
        if self.record:
            self._kept[layer] = values

    def kept(self, layer: Layer) -> tuple[Any, ...]:
        """What the layer kept; raises `ConfigError` when the forward pass was not recorded."""
        if layer not in self._kept:
            raise ConfigError(
                f"backward of {layer.label} expected a recorded forward pass, received none. "
                "Run forward with Tape(record=True) first."
            )
        return self._kept[layer]

    def forget(self, layers: Iterable[Layer]) -> None:
        """Drop what these layers kept, and their gradients, once both have been used; statistics stay."""
        for layer in layers:
            self._kept.pop(layer, None)
            self.gradients.pop(layer, None)

    def add_gradient(self, layer: Layer, **gradients: Array) -> None:
        """Add to the gradients of the layer's parameters, by parameter name."""
        mine = self.gradients.setdefault(layer, {})
        for name, gradient in gradients.items():
            mine[name] = mine[name] + gradient if name in mine else gradient

    def observe(self, layer: Layer, **statistics: Array) -> None:
        """Note batch statistics that become part of the layer's buffers once the step is taken."""
        self.statistics[layer] = statistics


class Layer:
    """One step of a network: knows its parameters and its mathematics, nothing of a pass.

    Subclasses give `output_shape_for`, `forward` and `backward`, and, where they have parameters,
    `parameter_shapes` and `initialize`. Arrays are ``[n, h, w, c]`` or ``[n, d]``, n images.
    """

    stem: ClassVar[str] = "layer"
    """First part of the automatic name: ``conv`` gives ``conv_1``, ``conv_2``."""

    OPTIONS: ClassVar[tuple[Option, ...]] = ()
    """What the constructor takes, in order."""

    needs_whole_batch: ClassVar[bool] = False
    """True when the result for one image depends on the others, so that the batch must not be cut."""

    def __init__(self) -> None:
        self.name = ""
        self.parameters: dict[str, Array] = {}
        self.buffers: dict[str, Array] = {}

    @property
    def kind(self) -> str:
        """Name of the class, as it stands in a model file."""
        return type(self).__name__

    @property
    def label(self) -> str:
        """How messages speak of this layer: ``conv_2 (Conv2D)``."""
        return f"{self.name} ({self.kind})" if self.name else self.kind

    def options(self) -> dict[str, Any]:
        """The constructor's arguments, JSON-ready: ``type(layer)(**layer.options())`` is its twin."""
        values = {option.name: getattr(self, option.name) for option in self.OPTIONS}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    def _take(self, **values: Any) -> None:
        """Check the constructor's arguments and keep each under its name; raises `ConfigError`."""
        for option in self.OPTIONS:
            setattr(self, option.name, option.checked(values[option.name], self.kind))

    def output_shape_for(self, input_shape: Shape) -> Shape:
        """Shape after this layer, both without n; raises `ShapeError` where the input does not fit."""
        return input_shape

    def parameter_shapes(self, input_shape: Shape) -> dict[str, Shape]:  # noqa: ARG002 - part of the interface
        """Shapes of the trained arrays, by name."""
        return {}

    def buffer_shapes(self, input_shape: Shape) -> dict[str, Shape]:  # noqa: ARG002
        """Shapes of the arrays that are saved but not trained, by name."""
        return {}

    def multiply_adds(self, input_shape: Shape) -> int:
        """How many multiplications with an addition an image costs, about; a function's value counts as some."""
        return 8 * prod(self.output_shape_for(input_shape))

    def work_elements(self, input_shape: Shape) -> int:  # noqa: ARG002
        """How many numbers besides input and output stand in memory for an image, about."""
        return 0

    def initialize(self, input_shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> None:
        """Fill `parameters` and `buffers` with their starting values."""

    def forward(self, x: Array, tape: Tape) -> Array:
        """Output of the layer for ``x``; keeps on the tape what `backward` needs."""
        raise NotImplementedError

    def backward(self, dy: Array, tape: Tape) -> Array:
        """Gradient with respect to the input, from the one with respect to the output.

        Parameters' gradients are summed over n and added to the tape; the loss divides by n, not the layer.
        """
        raise NotImplementedError

    def backward_parameters(self, dy: Array, tape: Tape) -> None:
        """`backward` for a first layer, whose input's gradient nobody asks for."""
        self.backward(dy, tape)

    def expect_image(self, input_shape: Shape) -> tuple[int, int, int]:
        """``(h, w, c)``, or a `ShapeError` that names the layer."""
        if len(input_shape) != 3:
            raise ShapeError(
                f"{self.label} expected images [n, h, w, c], received {show_shape(input_shape)}. "
                "Put it before the Flatten."
            )
        h, w, c = input_shape
        return h, w, c


def show_shape(shape: Shape) -> str:
    """``[n, 28, 28, 1]`` for ``(28, 28, 1)``."""
    return f"[{', '.join(['n', *map(str, shape)])}]"
