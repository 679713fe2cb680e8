"""What the engine says of its next step is what the step then does, to the last bit, and nothing moves on meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core import engine
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool2D,
    ReLU,
    Tanh,
    Tape,
)
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.optimizers import make_optimizer
from cnn_core.presets import PRESETS


def networks() -> dict[str, list[Layer]]:
    made: dict[str, list[Layer]] = {name: list(preset.layers(10)) for name, preset in PRESETS.items()}
    made["dropout everywhere"] = [
        Dropout(0.1), Conv2D(6, 3, padding="same"), Dropout(0.3), ReLU(), MaxPool2D(2), Dropout(0.25),
        BatchNorm(), Tanh(), Dropout(0.4), Conv2D(5, 3), BatchNorm(), Dropout(0.5), Flatten(), Dropout(0.2), Dense(9),
        ReLU(), Dropout(0.35), Dense(10),
    ]  # fmt: skip
    # the members of pooling windows stand in blocks, of odd maps not all of them
    made["dropout before pooling, odd"] = [
        Conv2D(4, 4), ReLU(), Dropout(0.2), MaxPool2D(2), Flatten(), Dense(10),
    ]  # fmt: skip
    made["dropout before pooling"] = [Conv2D(4, 3), Dropout(0.3), AveragePool2D(2), Flatten(), Dense(10)]
    made["normed dropout before pooling"] = [
        Conv2D(4, 3), BatchNorm(), ReLU(), Dropout(0.3), MaxPool2D(2), Flatten(), Dense(10),
    ]  # fmt: skip
    return made


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", networks())
def test_a_step_does_what_was_told(name: str, dtype: type, threads: int):
    shape = (28, 28, 1)
    model = Sequential(networks()[name]).build(shape, np.random.default_rng(0), dtype)
    rng = np.random.default_rng(1)
    images, labels = rng.random((37, *shape), dtype), rng.integers(0, 10, 37)
    optimizer = make_optimizer("adam")
    dropout, alone = np.random.default_rng(2), np.random.default_rng(2)
    untold = model.twin()
    with (
        engine.compile(model, 37, threads, training=True) as plan,
        engine.compile(untold, 37, threads, training=True) as other,
    ):
        for _ in range(3):
            before = model.snapshot()
            told = plan.rehearse(images, labels, dropout)
            for key, array in (model.parameters | model.buffers).items():
                assert np.array_equal(array, before.arrays[key])
            done = plan.step(images, labels, dropout, optimizer, 1e-3)
            assert done.loss == told.loss
            for key, gradient in done.gradients.items():
                assert np.array_equal(gradient, told.gradients[key]), key
            if dtype is np.float64:  # rounded to 32 bits, a gate that is all but shut is open in one of them at times
                _check_with_the_reference(before.arrays, model, images, labels, told)
        twin_optimizer = make_optimizer("adam")
        for _ in range(3):
            other.step(images, labels, alone, twin_optimizer, 1e-3)
    for key, array in untold.parameters.items():
        assert np.array_equal(array, model.parameters[key]), "rehearsing changes no step"


def _check_with_the_reference(weights, model: Sequential, images, labels, told: engine.Rehearsal) -> None:
    reference = Sequential.from_config(model.config())
    reference.load(weights)
    tape = Tape(training=True, dropout=told.dropout)
    result = SoftmaxCrossEntropy()(reference.forward(images, tape), labels)
    assert result.losses.mean() == pytest.approx(told.loss, abs=1e-9)
    reference.backward(result.dlogits / len(labels), tape)
    for key, gradient in reference.gradients(tape).items():
        assert np.allclose(gradient, told.gradients[key], rtol=1e-6, atol=1e-7), key


def test_dropout_is_drawn_at_its_rate():
    model = Sequential([Flatten(), Dropout(0.3), Dense(4)]).build((20, 20, 1), np.random.default_rng(0))
    with engine.compile(model, 64, 2, training=True) as plan:
        told = plan.rehearse(np.ones((64, 20, 20, 1), np.float32), np.zeros(64, int), np.random.default_rng(0))
    factors = told.dropout["dropout_1"]
    assert factors.shape == (64, 400)
    assert (factors == 0).mean() == pytest.approx(0.3, abs=0.02)
    assert factors[factors > 0] == pytest.approx(1 / 0.7, rel=1e-3)
