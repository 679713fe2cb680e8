"""Sequential: a list of layers, walked forward and then backward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ConfigError, ShapeError
from cnn_core.files import brief
from cnn_core.layers import LAYER_KINDS, Layer, Softmax, Tape, softmax
from cnn_core.layers.base import show_shape
from cnn_core.layers.options import positive_int

PREDICT_BATCH = 128
"""Images that `Sequential.predict` sends through at once; bounds its memory."""
MOST_LAYERS = 4096
"""That an architecture from a file may have at all; `cnn_core.budget` allows fewer."""
MOST_NAME = 100
"""Letters of a layer's name."""
MOST_NAMED = 4
"""Arrays that a message names."""
PREDICT_ELEMENTS = 1 << 26
"""Numbers in memory at once, about: of a large network fewer images go through."""


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One row of `Sequential.summary`; shapes without n."""

    name: str
    kind: str
    input_shape: Shape
    output_shape: Shape
    parameters: int


@dataclass(frozen=True, slots=True)
class WeightsSnapshot:
    """Read-only copy of a model's parameters and buffers; ``version`` grows within one run."""

    version: int
    arrays: Mapping[str, Array]


class Sequential:
    """A network whose layers follow one another.

    Parameters
    ----------
    layers : sequence of Layer
        Each instance once. Layers without a name get one from their kind: ``conv_1``, ``conv_2``, ``dense_1``.
    name : str
        What the model is called in messages, files and the window.

    Examples
    --------
    >>> from cnn_core.layers import Dense, Flatten
    >>> model = Sequential([Flatten(), Dense(10)]).build((28, 28, 1), np.random.default_rng(0))
    >>> model.predict(np.zeros((2, 28, 28, 1), np.float32)).shape
    (2, 10)
    """

    def __init__(self, layers: Sequence[Layer], name: str = "model") -> None:
        self.layers = tuple(layers)
        self.name = name
        self.input_shape: Shape = ()
        self._shapes: list[Shape] = []
        self._packed: Array | None = None
        if not self.layers:
            raise ConfigError("Sequential expected at least one layer, received none.")
        if len({id(layer) for layer in self.layers}) != len(self.layers):
            raise ConfigError("Sequential expected every layer once, received one twice. Make a second instance.")
        self._name_layers()

    # --- Shapes and parameters

    def infer_shapes(self, input_shape: Shape) -> Sequential:
        """Check that the layers fit together for images of ``input_shape``, without allocating anything."""
        self.input_shape = tuple(positive_int(side, f"input shape of {self.name}") for side in input_shape)
        self._shapes = [self.input_shape]
        for layer in self.layers:
            self._shapes.append(layer.output_shape_for(self._shapes[-1]))
        return self

    def build(
        self, input_shape: Shape, rng: np.random.Generator | None = None, dtype: DTypeLike = np.float32
    ) -> Sequential:
        """Give every layer its starting weights for images of ``input_shape`` (without n); returns itself.

        Raises `ShapeError`, naming the layer, where two layers do not fit together.
        """
        rng = np.random.default_rng() if rng is None else rng
        self.infer_shapes(input_shape)
        for layer, shape in zip(self.layers, self._shapes, strict=False):
            layer.initialize(shape, rng, dtype)
        return self

    @property
    def output_shape(self) -> Shape:
        """Shape of one image's output; for a classifier ``(k,)``."""
        if not self._shapes:
            raise ConfigError(f"{self.name} expected to be built first. Call build(input_shape).")
        return self._shapes[-1]

    @property
    def trunk(self) -> tuple[Layer, ...]:
        """The layers up to the logits: all but a closing `Softmax`, which the loss contains already."""
        return self.layers[:-1] if isinstance(self.layers[-1], Softmax) else self.layers

    @property
    def parameters(self) -> dict[str, Array]:
        """The trained arrays themselves (not copies) by name: ``conv_1.weight``."""
        return {f"{layer.name}.{name}": array for layer in self.layers for name, array in layer.parameters.items()}

    @property
    def buffers(self) -> dict[str, Array]:
        """Arrays that are saved but not trained, such as ``batch_norm_1.mean``."""
        return {f"{layer.name}.{name}": array for layer in self.layers for name, array in layer.buffers.items()}

    @property
    def state_shapes(self) -> dict[str, Shape]:
        """Shapes of all parameters and buffers, known as soon as the input shape is."""
        shapes: dict[str, Shape] = {}
        for layer, shape in zip(self.layers, self._shapes, strict=False):
            for name, value in (layer.parameter_shapes(shape) | layer.buffer_shapes(shape)).items():
                shapes[f"{layer.name}.{name}"] = value
        return shapes

    @property
    def parameter_count(self) -> int:
        """How many numbers are trained."""
        return sum(row.parameters for row in self.summary())

    @property
    def multiply_adds(self) -> int:
        """Multiplications with an addition that one image costs, about."""
        return sum(layer.multiply_adds(shape) for layer, shape in zip(self.layers, self._shapes, strict=False))

    @property
    def image_elements(self) -> int:
        """Numbers that stand in memory for one image on its way through all layers, about."""
        outputs = sum(prod(shape) for shape in self._shapes)
        return 2 * outputs + sum(
            layer.work_elements(shape) for layer, shape in zip(self.layers, self._shapes, strict=False)
        )

    def snapshot(self, version: int = 0) -> WeightsSnapshot:
        """Read-only copy of all weights, safe to hand to another thread."""
        return WeightsSnapshot(version, freeze(self.parameters | self.buffers))

    def load(self, arrays: Mapping[str, Array]) -> None:
        """Take copies of ``arrays`` as the weights; raises `ShapeError` and changes nothing if one does not fit."""
        expected = self.state_shapes
        missing, unknown = expected.keys() - arrays.keys(), arrays.keys() - expected.keys()
        if missing or unknown:
            raise ShapeError(
                f"{self.name} expected {len(expected)} arrays; missing: {_some(missing)}; unknown: {_some(unknown)}."
            )
        for name, shape in expected.items():
            if arrays[name].shape != shape:
                raise ShapeError(f"{name} expected the shape {list(shape)}, received {list(arrays[name].shape)}.")
        for layer, shape in zip(self.layers, self._shapes, strict=False):
            for own, store in ((layer.parameter_shapes, layer.parameters), (layer.buffer_shapes, layer.buffers)):
                for name in own(shape):
                    given, there = arrays[f"{layer.name}.{name}"], store.get(name)
                    if there is not None and there.dtype == given.dtype:
                        there[...] = given  # in place: a plan that is at work on this model sees it
                    else:
                        store[name] = np.array(given, order="C", copy=True)

    def pack(self) -> Array:
        """All parameters as one vector, in the order of `parameters`, whose arrays become views of it.

        So an optimizer can step over all of them in a few long calls. Parameters of different types stay apart: raises
        `ConfigError`.
        """
        arrays = self.parameters
        if self._packed is not None and _lie_in_order(arrays.values(), self._packed):
            return self._packed
        if len({array.dtype for array in arrays.values()}) > 1:
            raise ConfigError(
                f"{self.name} expected parameters of one type, received several. Build it with one dtype."
            )
        vector = np.concatenate([array.reshape(-1) for array in arrays.values()]) if arrays else np.zeros(0, np.float32)
        start = 0
        for layer in self.layers:
            for name, array in layer.parameters.items():
                layer.parameters[name] = vector[start : start + array.size].reshape(array.shape)
                start += array.size
        self._packed = vector
        return vector

    # --- Passes

    def check_images(self, x: Array) -> None:
        """Raise `ShapeError` unless ``x`` holds images [n, …] of the shape that the model was built for."""
        if self._shapes and x.shape[1:] != self.input_shape:
            raise ShapeError(f"{self.name} expected {show_shape(self.input_shape)}, received {list(x.shape)}.")

    def forward(self, x: Array, tape: Tape | None = None) -> Array:
        """Logits [n, k] of images [n, h, w, c]; a closing `Softmax` is left to `predict` and to the loss."""
        self.check_images(x)
        tape = Tape() if tape is None else tape
        for layer in self.trunk:
            x = layer.forward(x, tape)
        return x

    def backward(self, dlogits: Array, tape: Tape) -> Array:
        """Walk back from the gradient of the logits; fills the tape and returns the gradient of the images."""
        for layer in reversed(self.trunk):
            dlogits = layer.backward(dlogits, tape)
        return dlogits

    def predict(self, x: Array) -> Array:
        """Probabilities [n, k] of images [n, h, w, c] in [0, 1]."""
        self.check_images(x)
        size = max(1, min(PREDICT_BATCH, PREDICT_ELEMENTS // max(self.image_elements, 1))) if self._shapes else 1
        parts = [softmax(self.forward(x[i : i + size])) for i in range(0, len(x), size)]
        return np.concatenate(parts) if parts else np.zeros((0, *self.output_shape), np.float32)

    def activations(self, x: Array) -> dict[str, Array]:
        """Output of every layer by name, in order, at inference; each [n, …]."""
        self.check_images(x)
        tape, outputs = Tape(), {}
        for layer in self.layers:
            x = layer.forward(x, tape)
            outputs[layer.name] = x
        return outputs

    def gradients(self, tape: Tape) -> dict[str, Array]:
        """Gradients on the tape under the names of `parameters`."""
        return {
            f"{layer.name}.{name}": gradient
            for layer in self.layers
            for name, gradient in tape.gradients.get(layer, {}).items()
        }

    def absorb_statistics(self, tape: Tape) -> None:
        """Move the buffers (running means and variances) on by what a training pass observed."""
        for layer, statistics in tape.statistics.items():
            for name, value in statistics.items():
                layer.buffers[name][...] = value

    # --- Description

    def summary(self) -> list[LayerSummary]:
        """Shapes and parameter counts, one row a layer; needs the shapes, not the weights."""
        _ = self.output_shape
        return [
            LayerSummary(
                layer.name,
                layer.kind,
                before,
                after,
                sum(prod(shape) for shape in layer.parameter_shapes(before).values()),
            )
            for layer, before, after in zip(self.layers, self._shapes, self._shapes[1:], strict=False)
        ]

    def summary_text(self) -> str:
        """The summary as a table of plain text."""
        rows = self.summary()
        lines = [f"{'layer':<14}{'kind':<15}{'output':<22}{'parameters':>12}"]
        lines += [f"{r.name:<14}{r.kind:<15}{show_shape(r.output_shape):<22}{r.parameters:>12,}" for r in rows]
        lines.append(f"{'total':<51}{self.parameter_count:>12,}")
        return "\n".join(lines)

    def config(self) -> dict[str, Any]:
        """The architecture, JSON-ready."""
        return {
            "name": self.name,
            "input_shape": list(self.input_shape),
            "layers": [{"kind": x.kind, "name": x.name, "options": x.options()} for x in self.layers],
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Sequential:
        """The twin of a model from its `config`, shapes checked, weights not yet there."""
        try:
            name, input_shape = brief(config["name"]), tuple(config["input_shape"])
            if len(config["layers"]) > MOST_LAYERS:
                raise ConfigError(f"A network expected at most {MOST_LAYERS} layers, found {len(config['layers'])}.")
            layers = [_layer_from(entry) for entry in config["layers"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise ConfigError(
                f"An architecture expected name, input_shape and layers, received something else ({brief(error)})."
            ) from error
        return cls(layers, name).infer_shapes(input_shape)

    def twin(self) -> Sequential:
        """A second model of the same architecture with copies of the weights."""
        other = Sequential.from_config(self.config())
        other.load(self.parameters | self.buffers)
        return other

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_packed": None}  # a copy's arrays are no longer views of it

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def _name_layers(self) -> None:
        counts: Counter[str] = Counter()
        for layer in self.layers:
            if not layer.name:
                counts[layer.stem] += 1
                layer.name = f"{layer.stem}_{counts[layer.stem]}"
        names = Counter(layer.name for layer in self.layers)
        if twice := [name for name, count in names.items() if count > 1]:
            raise ConfigError(f"Sequential expected different names, received '{twice[0]}' more than once.")


def _lie_in_order(arrays: Iterable[Array], vector: Array) -> bool:
    """Whether the arrays are views of ``vector``, one after the other."""
    address = vector.__array_interface__["data"][0]
    for array in arrays:
        if array.base is not vector or array.__array_interface__["data"][0] != address:
            return False
        address += array.nbytes
    return True


def _some(names: Iterable[str]) -> str:
    """A few of ``names``, and how many others there are."""
    first, count = [brief(name, 40) for name in sorted(names)[:MOST_NAMED]], len(set(names))
    return (", ".join(first) + (f" and {count - len(first)} others" if count > len(first) else "")) or "none"


def freeze(arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    """Read-only C-ordered copies of ``arrays``."""
    frozen: dict[str, Array] = {}
    for name, array in arrays.items():
        frozen[name] = np.array(array, order="C", copy=True)
        frozen[name].flags.writeable = False
    return MappingProxyType(frozen)


def _layer_from(entry: Mapping[str, Any]) -> Layer:
    kind, options, name = entry["kind"], entry.get("options", {}), entry["name"]
    if not isinstance(kind, str) or kind not in LAYER_KINDS:
        raise ConfigError(f"A layer expected one of the kinds {', '.join(LAYER_KINDS)}, received {brief(kind)!r}.")
    if not isinstance(name, str) or not name or len(name) > MOST_NAME or not name.isprintable():
        raise ConfigError(f"A layer expected a name of at most {MOST_NAME} letters, received {brief(name)!r}.")
    try:
        layer = LAYER_KINDS[kind](**options)
    except TypeError as error:
        raise ConfigError(f"{kind} expected its own options, received {brief(options)} ({brief(error)}).") from error
    layer.name = name
    return layer
