"""Sequential and presets."""

from __future__ import annotations

import numpy as np
import pytest
from gradients import numeric_gradient

from cnn_core.errors import ConfigError, ShapeError
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Flatten,
    LeakyReLU,
    Softmax,
    Tape,
)
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS, make_preset

PARAMETERS = {"digits": 206_922, "article": 876_618, "accurate": 373_242, "lenet5": 61_706, "mlp": 235_146}


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_their_shapes_and_counts(name, rng):
    model = make_preset(name, rng)
    assert model.parameter_count == PARAMETERS[name]
    assert model.parameter_count == sum(array.size for array in model.parameters.values())
    x = rng.random((3, 28, 28, 1), np.float32)
    probabilities = model.predict(x)
    assert probabilities.shape == (3, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(probabilities, model.activations(x)["softmax_1"], rtol=1e-5)
    for row, values in zip(model.summary(), model.activations(x).values(), strict=True):
        assert values.shape == (3, *row.output_shape)
    assert name in PRESETS
    assert "total" in model.summary_text()


def test_the_article_is_the_articles(rng):
    kinds = [
        (layer.kind, layer.options().get("filters", layer.options().get("units")))
        for layer in make_preset("article", rng)
    ]
    block = [("Conv2D", 32), ("ReLU", None), ("Conv2D", 32), ("ReLU", None), ("MaxPool2D", None), ("Dropout", None)]
    assert kinds[:6] == block
    assert [x for x in kinds if x[0] == "Dense"] == [("Dense", 256), ("Dense", 32), ("Dense", 10)]


def test_whole_model_gradient_against_central_differences(rng):
    model = Sequential([
        Conv2D(2, 3, padding="same"), BatchNorm(), LeakyReLU(0.1), AveragePool2D(2), Flatten(), Dense(3), Softmax(),
    ]).build((4, 4, 1), rng, np.float64)  # fmt: skip
    x, labels = rng.normal(size=(5, 4, 4, 1)), np.array([0, 1, 2, 0, 1])
    loss = SoftmaxCrossEntropy(0.1)

    def value() -> float:
        return float(loss(model.forward(x, Tape(training=True)), labels).losses.sum())

    tape = Tape(training=True)
    dx = model.backward(loss(model.forward(x, tape), labels).dlogits, tape)
    np.testing.assert_allclose(dx, numeric_gradient(value, x), atol=1e-6)
    for name, gradient in model.gradients(tape).items():
        np.testing.assert_allclose(gradient, numeric_gradient(value, model.parameters[name]), atol=1e-6, err_msg=name)


def test_names_config_and_twin(rng):
    model = make_preset("digits", rng)
    assert [layer.name for layer in model][:4] == ["conv_1", "relu_1", "pool_1", "conv_2"]
    twin = model.twin()
    x = rng.random((2, 28, 28, 1), np.float32)
    np.testing.assert_array_equal(twin.predict(x), model.predict(x))
    twin.parameters["dense_2.bias"][...] = 9
    assert not np.array_equal(twin.parameters["dense_2.bias"], model.parameters["dense_2.bias"])
    snapshot = model.snapshot(3)
    with pytest.raises(ValueError, match="read-only"):
        snapshot.arrays["dense_2.bias"][0] = 1


def test_mistakes_are_told(rng):
    with pytest.raises(ConfigError, match="at least one layer"):
        Sequential([])
    layer = Dense(3)
    with pytest.raises(ConfigError, match="every layer once"):
        Sequential([layer, layer])
    with pytest.raises(ShapeError, match=r"dense_1 \(Dense\) expected \[n, d\]"):
        Sequential([Conv2D(2), Dense(3)]).build((8, 8, 1), rng)
    model = make_preset("digits", rng)
    with pytest.raises(ShapeError, match="digits expected"):
        model.predict(np.zeros((1, 27, 28, 1), np.float32))
    with pytest.raises(ShapeError, match=r"missing: conv_1\.bias"):
        model.load({k: v for k, v in model.parameters.items() if k != "conv_1.bias"})
    with pytest.raises(ConfigError, match="Call build"):
        _ = Sequential([Dense(1)]).output_shape
    with pytest.raises(ConfigError, match="expected one of"):
        make_preset("alexnet")


@pytest.mark.parametrize(
    "config",
    [
        {}, {"name": "x", "input_shape": [28], "layers": 3}, {"name": "x", "input_shape": [0, 1], "layers": []},
        {"name": "x", "input_shape": [4], "layers": [{"kind": "Evil", "name": "a", "options": {}}]},
        {"name": "x", "input_shape": [4], "layers": [{"kind": "Dense", "name": "a", "options": {"wings": 2}}]},
        {"name": "x", "input_shape": [4], "layers": [{"kind": "Dense", "options": {"units": 2}}]},
    ],
)  # fmt: skip
def test_bad_architectures_are_refused(config):
    with pytest.raises(ConfigError, match="expected"):
        Sequential.from_config(config)
