"""Sequential, presets, the engine's shards."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
from gradients import numeric_gradient
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core import engine
from cnn_core.engine import SingleThreadedBlas
from cnn_core.errors import ConfigError, ShapeError, StoppedError
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Softmax,
    Tape,
)
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.presets import PRESETS, make_preset

PARAMETERS = {"digits": 206_922, "article": 876_618, "lenet5": 61_706, "mlp": 235_146}


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


def random_layers(draw) -> list:
    layers = []
    for _ in range(draw(st.integers(1, 2))):
        layers.append(Conv2D(draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2)), "same"))
        layers += draw(st.sampled_from([[], [BatchNorm()], [BatchNorm(), ReLU()], [LeakyReLU()]]))
        layers += draw(st.sampled_from([[], [MaxPool2D(2)], [AveragePool2D(2)]]))
    ends = draw(st.sampled_from([[], [Softmax()], [BatchNorm()], [BatchNorm(), Softmax()]]))
    return [*layers, Flatten(), Dense(draw(st.integers(2, 5))), *ends]


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_plan_gives_the_reference_gradients(data):
    """Whatever the architecture, batch size and threads: sharding changes nothing but the order of the sums."""
    layers = random_layers(data.draw)
    n, threads = data.draw(st.integers(1, 70)), data.draw(st.integers(1, 3))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    model = Sequential(layers).build((16, 17, 2), rng, np.float64)
    x, labels = rng.normal(size=(n, 16, 17, 2)), rng.integers(0, model.output_shape[0], n)
    loss = SoftmaxCrossEntropy()
    tape = Tape(training=True, rng=rng)
    reference = loss(model.forward(x, tape), labels)
    model.backward(reference.dlogits / n, tape)
    expected_buffers = {f"{k.name}.{m}": v for k, s in tape.statistics.items() for m, v in s.items()}
    with engine.compile(model, n, threads, training=True) as plan:
        found = plan.gradients(x, labels, rng)
    assert found.loss == pytest.approx(reference.losses.mean())
    for name, gradient in model.gradients(tape).items():
        np.testing.assert_allclose(found.gradients[name], gradient, rtol=1e-7, atol=1e-9, err_msg=name)
    for name, value in expected_buffers.items():
        np.testing.assert_allclose(model.buffers[name], value)
    with engine.compile(model, n, threads) as plan:
        np.testing.assert_allclose(plan.predict(x), model.predict(x), atol=1e-9)


def test_the_same_threads_give_the_same_bits_and_others_nearly_the_same(rng):
    model = make_preset("digits", rng)
    x, labels = rng.random((70, 28, 28, 1), np.float32), rng.integers(0, 10, 70)
    found = []
    for threads in (2, 2, 1):
        with engine.compile(model, 70, threads, training=True) as plan:
            found.append(plan.gradients(x, labels, np.random.default_rng(5)))
    assert found[0].loss == found[1].loss
    for name, gradient in found[0].gradients.items():
        np.testing.assert_array_equal(gradient, found[1].gradients[name])
        np.testing.assert_allclose(gradient, found[2].gradients[name], atol=1e-6)


def test_memory_does_not_grow_with_the_batch(rng):
    """Shards that are done are forgotten: a batch eight times as large needs hardly more."""
    model = make_preset("digits", rng)
    peaks = []
    for n in (64, 512):
        x, labels = rng.random((n, 28, 28, 1), np.float32), rng.integers(0, 10, n)
        with engine.compile(model, n, 2, training=True) as plan:
            tracemalloc.start()
            plan.gradients(x, labels, rng)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_large_batch_can_be_stopped(rng):
    model = make_preset("digits", rng)
    x, labels = rng.random((4096, 28, 28, 1), np.float32), rng.integers(0, 10, 4096)
    with engine.compile(model, 4096, 2, training=True) as plan:
        started = time.monotonic()
        with pytest.raises(StoppedError):
            plan.gradients(x, labels, rng, lambda: time.monotonic() - started > 0.1)
        assert time.monotonic() - started < 1


def test_blas_threads_are_given_back():
    from threadpoolctl import threadpool_info

    def threads() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = threads()
    one, two = SingleThreadedBlas(), SingleThreadedBlas()
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)  # the first one in is the first one out: the other still needs it
    assert set(threads()) <= {1}
    two.__exit__(None, None, None)
    assert threads() == before


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


def test_dropout_masks_differ_between_shards(rng):
    model = Sequential([Dropout(0.5), Flatten(), Dense(2)]).build((4, 4, 1), rng)
    with engine.compile(model, 32, 2, training=True) as plan:
        x = np.ones((32, 4, 4, 1), np.float32)
        shards = plan._cut(x, np.random.default_rng(0))
        masks = [shard.tape.rng.random(4).tolist() for shard in shards]
    assert masks[0] != masks[1]
