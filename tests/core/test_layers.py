"""Every layer: gradients against central differences, convolution and pooling against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from gradients import build, check_layer
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import ConfigError, ShapeError
from cnn_core.layers import (
    LAYER_KINDS,
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

seeds = st.integers(0, 2**32 - 1)
small = st.integers(1, 3)
relaxed = settings(max_examples=25, deadline=None)


def recorded() -> Tape:
    return Tape(record=True)


def away_from_kinks(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Different values, none near zero, so that a small step changes no maximum and no sign."""
    values = rng.permutation(np.arange(1, np.prod(shape) + 1)).reshape(shape) * 0.01
    return values * rng.choice([-1.0, 1.0], shape)


@relaxed
@given(
    n=small, h=st.integers(3, 6), w=st.integers(3, 6), c=small, filters=small, kernel=st.tuples(small, small),
    stride=st.tuples(small, small), padding=st.sampled_from(["valid", "same"]), seed=seeds,
)  # fmt: skip
def test_conv_gradients(n, h, w, c, filters, kernel, stride, padding, seed):
    rng = np.random.default_rng(seed)
    layer = build(Conv2D(filters, kernel, stride, padding), (h, w, c), rng)
    check_layer(layer, rng.normal(size=(n, h, w, c)), rng, recorded)


@relaxed
@given(
    n=small, h=st.integers(3, 7), w=st.integers(3, 7), c=small, filters=small, kernel=st.tuples(small, small),
    stride=st.tuples(small, small), padding=st.sampled_from(["valid", "same"]), seed=seeds,
)  # fmt: skip
def test_conv_against_a_naive_loop(n, h, w, c, filters, kernel, stride, padding, seed):
    rng = np.random.default_rng(seed)
    layer = build(Conv2D(filters, kernel, stride, padding), (h, w, c), rng)
    x = rng.normal(size=(n, h, w, c))
    y = layer.forward(x, Tape())
    (top, bottom), (left, right) = layer.pads(h, w)
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    weight, bias = layer.parameters["weight"], layer.parameters["bias"]
    if padding == "same":
        assert y.shape[1:3] == (-(-h // stride[0]), -(-w // stride[1]))
    for image, i, j, k in np.ndindex(y.shape):
        window = padded[image, i * stride[0] : i * stride[0] + kernel[0], j * stride[1] : j * stride[1] + kernel[1]]
        assert y[image, i, j, k] == pytest.approx(bias[k] + (window * weight[..., k]).sum(), abs=1e-9)


@relaxed
@given(
    kind=st.sampled_from([MaxPool2D, AveragePool2D]), n=small, h=st.integers(3, 7), w=st.integers(3, 7), c=small,
    pool=st.tuples(small, small), stride=st.none() | st.tuples(small, small), seed=seeds,
)  # fmt: skip
def test_pool_gradients_and_naive_loop(kind, n, h, w, c, pool, stride, seed):
    rng = np.random.default_rng(seed)
    layer = build(kind(pool, stride), (h, w, c), rng)
    x = away_from_kinks(rng, (n, h, w, c))
    check_layer(layer, x, rng, recorded)
    y = layer.forward(x, Tape())
    reduce = np.max if kind is MaxPool2D else np.mean
    s_h, s_w = layer.stride
    for image, i, j, k in np.ndindex(y.shape):
        window = x[image, i * s_h : i * s_h + pool[0], j * s_w : j * s_w + pool[1], k]
        assert y[image, i, j, k] == pytest.approx(reduce(window))


def test_max_pool_gives_a_tie_to_the_first_place():
    layer = build(MaxPool2D(2), (2, 2, 1), np.random.default_rng(0))
    tape = recorded()
    layer.forward(np.array([[[[1.0], [5.0]], [[5.0], [5.0]]]]), tape)
    dx = layer.backward(np.array([[[[3.0]]]]), tape)
    np.testing.assert_array_equal(dx[0, :, :, 0], [[0, 3], [0, 0]])


@relaxed
@given(n=small, d=st.integers(1, 5), units=st.integers(1, 4), seed=seeds)
def test_dense_gradients(n, d, units, seed):
    rng = np.random.default_rng(seed)
    check_layer(build(Dense(units), (d,), rng), rng.normal(size=(n, d)), rng, recorded)


@relaxed
@given(
    layer=st.sampled_from([ReLU, lambda: LeakyReLU(0.2), Sigmoid, Tanh]), shape=st.sampled_from([(4,), (2, 3, 2)]),
    n=small, seed=seeds,
)  # fmt: skip
def test_activation_gradients(layer, shape, n, seed):
    rng = np.random.default_rng(seed)
    check_layer(build(layer(), shape, rng), away_from_kinks(rng, (n, *shape)), rng, recorded)


@relaxed
@given(n=small, k=st.integers(1, 6), seed=seeds)
def test_softmax_gradients(n, k, seed):
    rng = np.random.default_rng(seed)
    check_layer(build(Softmax(), (k,), rng), rng.normal(size=(n, k)), rng, recorded)


@relaxed
@given(n=st.integers(2, 4), shape=st.sampled_from([(3,), (2, 3, 2)]), training=st.booleans(), seed=seeds)
def test_batch_norm_gradients(n, shape, training, seed):
    rng = np.random.default_rng(seed)
    layer = build(BatchNorm(), shape, rng)
    check_layer(layer, rng.normal(size=(n, *shape)) * 2, rng, lambda: Tape(training=training, record=True))


@relaxed
@given(rate=st.floats(0, 0.9), n=small, seed=seeds)
def test_dropout_gradients(rate, n, seed):
    rng = np.random.default_rng(seed)
    layer = build(Dropout(rate), (5,), rng)
    check_layer(layer, rng.normal(size=(n, 5)), rng, lambda: Tape(training=True, rng=np.random.default_rng(7)))


def test_flatten_gradients(rng):
    check_layer(build(Flatten(), (2, 3, 2), rng), rng.normal(size=(2, 2, 3, 2)), rng, recorded)


def test_dropout_keeps_the_expected_signal_and_is_off_at_inference(rng):
    x = np.ones((200, 500), np.float32)
    layer = Dropout(0.3)
    y = layer.forward(x, Tape(training=True, rng=rng))
    assert y.mean() == pytest.approx(1.0, abs=0.01)
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert layer.forward(x, Tape()) is x


def test_batch_norm_normalizes_and_remembers(rng):
    layer = BatchNorm(momentum=0.0)
    layer.initialize((4,), rng, np.float64)
    x = rng.normal(3, 2, (500, 4))
    tape = Tape(training=True)
    y = layer.forward(x, tape)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(y.std(axis=0), 1, atol=1e-4)
    np.testing.assert_allclose(tape.statistics[layer]["mean"], x.mean(axis=0))
    np.testing.assert_allclose(tape.statistics[layer]["variance"], x.var(axis=0, ddof=1))


def test_float32_stays_float32(rng):
    layers: list[tuple[Layer, tuple[int, ...]]] = [
        (Conv2D(2), (5, 5, 1)), (MaxPool2D(), (4, 4, 1)), (AveragePool2D(), (4, 4, 1)), (Dense(3), (4,)),
        (BatchNorm(), (4,)), (Dropout(0.5), (4,)), (ReLU(), (4,)), (LeakyReLU(), (4,)), (Sigmoid(), (4,)),
        (Tanh(), (4,)), (Softmax(), (4,)), (Flatten(), (2, 2, 1)),
    ]  # fmt: skip
    assert {layer.kind for layer, _ in layers} == set(LAYER_KINDS)
    for layer, shape in layers:
        layer.initialize(shape, rng, np.float32)
        tape = Tape(training=True, rng=rng)
        y = layer.forward(rng.random((3, *shape), np.float32), tape)
        assert y.dtype == np.float32, layer.kind
        assert layer.backward(np.ones_like(y), tape).dtype == np.float32, layer.kind


def test_inference_keeps_nothing(rng):
    tape = Tape()
    layer = build(Dense(3), (4,), rng)
    layer.forward(rng.normal(size=(2, 4)), tape)
    with pytest.raises(ConfigError, match="expected a recorded forward pass"):
        layer.backward(rng.normal(size=(2, 3)), tape)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv2D(4, 3), (28, 28)), (Conv2D(4, 5), (3, 3, 1)), (MaxPool2D(2), (1, 4, 1)), (MaxPool2D(2), (10,)),
        (AveragePool2D(3), (2, 2, 1)), (Dense(4), (2, 2, 1)), (Softmax(), (2, 2, 1)),
    ],
)  # fmt: skip
def test_a_layer_on_a_wrong_shape_names_itself(layer, shape):
    layer.name = "here"
    with pytest.raises(ShapeError, match=rf"here \({layer.kind}\) expected .*received .*"):
        layer.output_shape_for(shape)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "3", True, (1, 2, 3), (0, 1), None])
def test_bad_kernel_sizes_are_refused(wrong):
    with pytest.raises(ConfigError, match="expected"):
        Conv2D(4, wrong)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Conv2D(0), lambda: Conv2D(2, padding="full"), lambda: Conv2D(2, initializer="x"), lambda: Dense(0),
        lambda: Dense(3, "x"), lambda: Dropout(1.0), lambda: Dropout(-0.1), lambda: LeakyReLU(2), lambda: MaxPool2D(0),
        lambda: BatchNorm(1.5), lambda: BatchNorm(epsilon=0),
    ],
)  # fmt: skip
def test_bad_settings_are_refused(make):
    with pytest.raises(ConfigError, match=r"expected .* received"):
        make()


def test_channels_that_do_not_fit_are_refused(rng):
    layer = build(Conv2D(4), (8, 8, 16), rng)
    layer.name = "conv_2"
    with pytest.raises(ShapeError, match=r"conv_2 \(Conv2D\) expected \[n, h, w, 16\].*received \[1, 8, 8, 32\]"):
        layer.forward(np.zeros((1, 8, 8, 32)), Tape())
