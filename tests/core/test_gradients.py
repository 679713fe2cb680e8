"""The backward pass of one image: equal to finite differences, and every gradient equal to the sum that explains it."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from cnn_core.errors import CnnError
from cnn_core.inspection import explain_gradient, look_back
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
    Tape,
)
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS


def network(*middle: Layer, shape=(9, 8, 2), closes=True, dtype=np.float64) -> Sequential:
    layers = [*middle]
    built = Sequential(deepcopy(middle)).infer_shapes(shape)
    layers += [Flatten()] if len(built.output_shape) == 3 else []
    layers += [Dense(4), Softmax()] if closes else [Dense(4)]
    rng = np.random.default_rng(3)
    model = Sequential(layers).build(shape, rng, dtype)
    for layer in model:
        for array in (*layer.parameters.values(), *layer.buffers.values()):
            array += rng.uniform(0.01, 0.4, array.shape).astype(dtype)
    return model


MIDDLES = {
    "same conv": lambda: (Conv2D(3, 3, padding="same"), ReLU()),
    "strided conv": lambda: (Conv2D(3, (3, 2), stride=2), Tanh(), Conv2D(2, 2)),
    "gaps": lambda: (Conv2D(3, 1, stride=3), Sigmoid()),
    "max pool": lambda: (Conv2D(3, 3), ReLU(), MaxPool2D(2)),
    "overlapping pools": lambda: (Conv2D(3, 2), MaxPool2D(3, 2), AveragePool2D(2, 1)),
    "mean pool": lambda: (AveragePool2D(2), Conv2D(2, 2), LeakyReLU(0.1)),
    "batch norm": lambda: (Conv2D(3, 3), BatchNorm(), ReLU(), Dropout(0.5)),
    "dense": lambda: (Flatten(), Dense(6), BatchNorm(), Tanh(), Dense(5), Softmax()),
}


@pytest.mark.parametrize("closes", [True, False])
@pytest.mark.parametrize("name", MIDDLES)
def test_every_gradient_is_the_sum_that_explains_it(name: str, closes: bool):
    model = network(*MIDDLES[name](), closes=closes)
    image = np.random.default_rng(1).normal(size=model.input_shape)
    back = look_back(model, image, 2)
    for layer, values in enumerate([back.image.values, *(g.values for g in back.layers)], -1):
        for place in np.ndindex(values.shape):
            working = explain_gradient(model, back, image, layer, place)
            assert working.gradient == pytest.approx(values[place], rel=1e-5, abs=1e-9), (name, layer, place)
            if working.products is not None:
                assert working.products[working.inside].sum() == pytest.approx(working.gradient, abs=1e-9)
            if working.stopped:
                assert values[place] == 0


@pytest.mark.parametrize("name", MIDDLES)
def test_gradients_are_those_of_finite_differences(name: str):
    """A number of a layer's output is moved a little, and the rest of the network says what the loss becomes."""
    model, rng, loss = network(*MIDDLES[name]()), np.random.default_rng(2), SoftmaxCrossEntropy()
    image = rng.normal(size=model.input_shape)
    back = look_back(model, image, 1)
    outputs = [image, *back.outputs]
    gradients = [back.image, *back.layers]
    for at in range(len(model.trunk) + 1):
        smooth = np.flatnonzero(outputs[at])  # a pool's window of zeros has several largest
        for flat in rng.choice(smooth, min(6, smooth.size), replace=False):
            found = []
            for step in (1e-5, -1e-5):
                x = outputs[at].copy()
                x.flat[flat] += step
                rest = x[None]
                for layer in model.trunk[at:]:
                    rest = layer.forward(rest, Tape())
                found.append(float(loss(rest, np.array([1])).losses[0]))
            slope = (found[0] - found[1]) / 2e-5
            assert gradients[at].values.flat[flat] == pytest.approx(slope, rel=1e-3, abs=1e-7)


def test_what_a_gate_stops_is_marked_as_stopped():
    model = network(Conv2D(3, 3), ReLU(), MaxPool2D(2))
    image = np.random.default_rng(4).normal(size=model.input_shape)
    back = look_back(model, image, 0)
    conv, relu, pool = back.layers[:3]
    assert conv.stopped is not None
    assert np.array_equal(conv.stopped, back.outputs[0] <= 0)
    assert relu.stopped is not None
    assert np.all(relu.values[relu.stopped] == 0)
    h, w, c = back.outputs[2].shape
    assert (~relu.stopped).sum() == h * w * c, "one of each window wins"
    assert pool.stopped is None
    assert np.all(conv.values[conv.stopped] == 0)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_explain_their_gradients_in_float32(name: str):
    model = Sequential(PRESETS[name].layers(10)).build((28, 28, 1), np.random.default_rng(0))
    rng = np.random.default_rng(5)
    image = rng.random((28, 28, 1), np.float32)
    back = look_back(model, image, 7)
    assert back.loss == pytest.approx(-np.log(back.probabilities[7]), rel=1e-4)
    for layer, gradient in enumerate([back.image, *back.layers], -1):
        for flat in rng.choice(gradient.values.size, min(8, gradient.values.size), replace=False):
            place = tuple(int(i) for i in np.unravel_index(flat, gradient.shape))
            assert explain_gradient(model, back, image, layer, place).gradient == pytest.approx(
                float(gradient.values[place]), rel=1e-4, abs=1e-5
            )


def test_a_class_or_a_place_that_is_not_there_is_refused():
    model = network(Conv2D(3, 3))
    image = np.zeros(model.input_shape)
    with pytest.raises(CnnError, match="class from 0 to 3"):
        look_back(model, image, 4)
    with pytest.raises(CnnError):
        explain_gradient(model, look_back(model, image, 1), image, 0, (99, 0, 0))
