"""The backward pass for one image: the gradient of the loss with respect to every layer's output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.arrays import Array, Shape
from cnn_core.errors import ConfigError
from cnn_core.layers import Dropout, Layer, MaxPool2D, ReLU, Softmax, Tape, softmax
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class LayerGradient:
    """Gradient of the loss with respect to the output of one layer, for one image; read-only.

    Attributes
    ----------
    values : [h, w, c] or [d], as the output; of a closing `Softmax` those of the logits, p - target
    stopped : True where the layer after it lets nothing back (a ReLU's zeros, a pool's losers, what dropout switched
        off), so that a zero there says nothing of the loss; None where nothing is stopped
    """

    name: str
    kind: str
    values: Array
    stopped: Mask | None = None

    @property
    def shape(self) -> Shape:
        return self.values.shape


@dataclass(frozen=True, slots=True, eq=False)
class BackwardPass:
    """What one image's loss has to do with every number on the way.

    Attributes
    ----------
    label : the class that the image is said to show
    loss : cross-entropy, -ln p(label)
    probabilities : [k]
    image : the gradient of the image's pixels, named ``input``
    layers : of every layer, in order
    outputs : what each layer made of the image, in order, [h, w, c] or [d]
    """

    label: int
    loss: float
    probabilities: Array
    image: LayerGradient
    layers: tuple[LayerGradient, ...]
    outputs: tuple[Array, ...]


def look_back(model: Sequential, image: Array, label: int) -> BackwardPass:
    """Walk forward and back with ``image`` [h, w, c], as at inference: dropout passes everything on.

    Raises `ConfigError` for a class that the model does not have.
    """
    classes = model.output_shape[0]
    if not 0 <= label < classes:
        raise ConfigError(f"A backward pass expected a class from 0 to {classes - 1}, received {label}.")
    tape = Tape(record=True, inputs_only=True)
    outputs, x = list[Array](), image[None]
    model.check_images(x)
    for layer in model.trunk:
        x = layer.forward(x, tape)
        outputs.append(x)
    result = SoftmaxCrossEntropy()(x, np.array([label]))
    gradients = walk_back(model, result.dlogits, tape)
    probabilities = softmax(x)
    if isinstance(model.layers[-1], Softmax):
        outputs.append(probabilities)
        gradients.append(result.dlogits)
    stops = [stopped_by(after, tape) for after in model.trunk] + [None] * (len(model.layers) - len(model.trunk) + 1)
    found = [
        LayerGradient(name, kind, _frozen(values[0]), stop[0] if stop is not None else None)
        for (name, kind), values, stop in zip(
            [("input", "Input"), *((layer.name, layer.kind) for layer in model)], gradients, stops, strict=True
        )
    ]
    return BackwardPass(
        label,
        float(result.losses[0]),
        _frozen(probabilities[0]),
        found[0],
        tuple(found[1:]),
        tuple(_frozen(output[0]) for output in outputs),
    )


def walk_back(model: Sequential, dlogits: Array, tape: Tape) -> list[Array]:
    """Gradients with respect to the images and to the output of each layer of the trunk, in that order, [n, …] each."""
    gradients = [dlogits]
    for layer in reversed(model.trunk):
        gradients.append(layer.backward(gradients[-1], tape))
    return gradients[::-1]


def stopped_by(layer: Layer, tape: Tape) -> Mask | None:
    """Which of its inputs [n, …] a layer lets no gradient back to, in the pass on ``tape``; None: to all."""
    match layer:
        case ReLU():
            (y,) = tape.kept(layer)
            return y <= 0
        case MaxPool2D():
            _, y = tape.kept(layer)
            return layer.backward(np.ones_like(y), tape) == 0
        case Dropout():
            (mask,) = tape.kept(layer)
            return None if mask is None else mask == 0
    return None


def _frozen(values: Array) -> Array:
    view = values.view()
    view.flags.writeable = False
    return view
