"""A network that is being built, layer by layer: shapes, costs, and what does not fit. Needs no weights."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import prod

from cnn_core.architecture import Architecture
from cnn_core.arrays import Shape
from cnn_core.budget import expect_affordable
from cnn_core.errors import CnnError, ConfigError, ShapeError
from cnn_core.layers import AveragePool2D, Conv2D, Dense, Layer, MaxPool2D, Softmax
from cnn_core.model import Sequential

BYTES = 4
"""Of a number in float32."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerReport:
    """One layer of the network.

    Attributes
    ----------
    layer : built from its options, with its name; None where they make no sense
    output_shape : without n; None where it does not fit, and after that
    parameters, multiply_adds, bytes_an_image : 0 where there is no output
    sees : height and width of its receptive field on the image
    problem : why it does not fit; empty where it does
    """

    kind: str
    layer: Layer | None
    output_shape: Shape | None = None
    parameters: int = 0
    multiply_adds: int = 0
    bytes_an_image: int = 0
    sees: tuple[int, int] | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkReport:
    """All layers; ``broken`` is the number of the first that does not fit, None where all do. ``problem`` says what is
    wrong with the network, or with that layer; empty where it can be trained."""

    input_shape: Shape
    classes: int
    layers: tuple[LayerReport, ...]
    broken: int | None
    problem: str

    @property
    def fits(self) -> bool:
        """Whether it can be trained."""
        return not self.problem

    @property
    def parameters(self) -> int:
        return sum(one.parameters for one in self.layers)

    @property
    def multiply_adds(self) -> int:
        return sum(one.multiply_adds for one in self.layers)

    @property
    def bytes_an_image(self) -> int:
        """Of the image and of all outputs."""
        return BYTES * prod(self.input_shape) + sum(one.bytes_an_image for one in self.layers)


def report_network(architecture: Architecture, input_shape: Shape, classes: int) -> NetworkReport:
    """What each layer makes of images of ``input_shape``, up to the first one that does not fit."""
    layers = _built(architecture, classes)
    _name(layers)
    shape: Shape | None = input_shape
    rows: list[LayerReport] = []
    field, jump = (1, 1), (1, 1)
    broken: int | None = None
    problem = ""
    for number, (spec, layer) in enumerate(zip(architecture.layers, layers, strict=True)):
        if isinstance(layer, ConfigError) or shape is None:
            if shape is not None:
                broken, problem, shape = number, str(layer), None
            sound = None if isinstance(layer, ConfigError) else layer
            rows.append(LayerReport(spec.kind, sound, problem=problem if number == broken else ""))
            continue
        try:
            row, field, jump = _row(layer, shape, input_shape, field, jump)
        except CnnError as error:
            broken, problem, shape = number, str(error), None
            rows.append(LayerReport(spec.kind, layer, problem=problem))
            continue
        shape = row.output_shape
        rows.append(row)
    if broken is None:
        sound_layers = [layer for layer in layers if isinstance(layer, Layer)]
        problem = _problem_of_whole(sound_layers, architecture.name, input_shape, classes)
    return NetworkReport(input_shape, classes, tuple(rows), broken, problem)


def _built(architecture: Architecture, classes: int) -> list[Layer | ConfigError]:
    made: list[Layer | ConfigError] = []
    for spec in architecture.layers:
        try:
            made.append(spec.layer(classes))
        except ConfigError as error:
            made.append(error)
    return made


def _name(layers: list[Layer | ConfigError]) -> None:
    """As `Sequential` does; a layer whose name another one has already makes no sense."""
    for _ in layers:  # each round finds one that is wrong
        if _is_named(layers):
            return


def _is_named(layers: list[Layer | ConfigError]) -> bool:
    given = {number: layer.name for number, layer in enumerate(layers) if isinstance(layer, Layer) and layer.name}
    sound = [layer for layer in layers if isinstance(layer, Layer)]
    try:
        if sound:
            Sequential(sound)
    except ConfigError as error:
        names = Counter(layer.name for layer in sound)
        number = next(number for number in sorted(given, reverse=True) if names[given[number]] > 1)
        layers[number] = error
        for other, layer in enumerate(layers):
            if isinstance(layer, Layer):
                layer.name = given.get(other, "")
        return False
    return True


def _row(
    layer: Layer, shape: Shape, image: Shape, field: tuple[int, int], jump: tuple[int, int]
) -> tuple[LayerReport, tuple[int, int], tuple[int, int]]:
    output = layer.output_shape_for(shape)
    window = layer.kernel_size if isinstance(layer, Conv2D) else None
    window = layer.pool_size if isinstance(layer, (MaxPool2D, AveragePool2D)) else window
    if isinstance(layer, Dense) or (isinstance(layer, Softmax) and len(shape) == 1):
        field = image[0], image[1]
    elif window is not None:
        stride = layer.stride  # type: ignore[attr-defined]
        field = field[0] + (window[0] - 1) * jump[0], field[1] + (window[1] - 1) * jump[1]
        jump = jump[0] * stride[0], jump[1] * stride[1]
    row = LayerReport(
        layer.kind,
        layer,
        output,
        sum(prod(one) for one in layer.parameter_shapes(shape).values()),
        layer.multiply_adds(shape) if layer.parameter_shapes(shape) else 0,
        BYTES * prod(output),
        (min(field[0], image[0]), min(field[1], image[1])),
    )
    return row, field, jump


def _problem_of_whole(layers: list[Layer], name: str, input_shape: Shape, classes: int) -> str:
    """What is wrong with a network whose layers fit each other."""
    if not layers:
        return "A network expected at least one layer, received none."
    try:
        model = Sequential(layers, name).infer_shapes(input_shape)
        expect_affordable(model)
    except (ConfigError, ShapeError) as error:
        return str(error)
    if model.output_shape != (classes,):
        shown = "×".join(map(str, model.output_shape))
        return f"The network expected to end with {classes} numbers, one a class, received {shown}."
    return ""
