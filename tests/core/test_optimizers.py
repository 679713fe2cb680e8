"""Every optimizer against its formula written out; schedules, losses and metrics against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from gradients import numeric_gradient
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.errors import ConfigError, DataError, ShapeError
from cnn_core.initializers import glorot_uniform, he_normal
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.metrics import MovingAverage, RunningMean, accuracy
from cnn_core.optimizers import OPTIMIZERS, SGD, Adam, AdamW, RMSProp, make_optimizer
from cnn_core.schedules import SCHEDULES, Constant, Cooldown, Cosine, OneCycle, Step, make_schedule

RATE = 0.1


def steps(optimizer, start, gradients):
    """Positions after each step from ``start`` with the given gradients."""
    parameter = np.array(start, np.float64)
    path = []
    for gradient in gradients:
        optimizer.step({"w": parameter}, {"w": np.array(gradient, np.float64)}, RATE)
        path.append(parameter.copy())
    return np.array(path)


def written_out(kind, start, gradients):
    p, v, m, a = np.array(start, float), 0.0, 0.0, 0.0
    path = []
    for t, gradient in enumerate(gradients, start=1):
        g = np.array(gradient, float)
        match kind:
            case "sgd":
                p = p - RATE * g
            case "momentum":
                v = 0.9 * v + g
                p = p - RATE * v
            case "nesterov":
                v = 0.9 * v + g
                p = p - RATE * (g + 0.9 * v)
            case "rmsprop":
                a = 0.9 * a + 0.1 * g**2
                p = p - RATE * g / (np.sqrt(a) + 1e-8)
            case "adam" | "adamw":
                if kind == "adamw":
                    p = p - RATE * 0.01 * p
                m = 0.9 * m + 0.1 * g
                a = 0.999 * a + 0.001 * g**2
                p = p - RATE * (m / (1 - 0.9**t)) / (np.sqrt(a / (1 - 0.999**t)) + 1e-8)
        path.append(p)
    return np.array(path)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_optimizer_is_its_formula(name, rng):
    start, gradients = rng.normal(size=(3, 2)), rng.normal(size=(6, 3, 2))
    np.testing.assert_allclose(steps(make_optimizer(name), start, gradients), written_out(name, start, gradients))


def test_weight_decay_spares_biases():
    bias, weight = np.ones(3), np.ones((3, 3))
    AdamW(weight_decay=0.5).step({"b": bias, "w": weight}, {"b": np.zeros(3), "w": np.zeros((3, 3))}, RATE)
    np.testing.assert_array_equal(bias, 1)
    np.testing.assert_allclose(weight, 0.95)


def test_optimizers_keep_float32_and_the_array():
    parameter = np.ones((2, 2), np.float32)
    before = parameter
    for name in OPTIMIZERS:
        make_optimizer(name).step({"w": parameter}, {"w": np.ones((2, 2), np.float32)}, RATE)
    assert parameter is before
    assert parameter.dtype == np.float32


def test_bad_optimizers_are_refused():
    for make in (
        lambda: make_optimizer("lion"), lambda: make_optimizer("adam", wings=1), lambda: SGD(1.0),
        lambda: SGD(0, nesterov=True), lambda: RMSProp(decay=-1), lambda: Adam(beta2=1.0),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match="expected"):
            make()
    with pytest.raises(ShapeError, match="gradient of w"):
        SGD().step({"w": np.ones(3)}, {"w": np.ones(2)}, 0.1)


def test_schedules_follow_their_definition():
    assert Constant(0.5)(99) == 0.5
    assert [Step(1.0, 10)(s) for s in (0, 9, 10, 20)] == pytest.approx([1, 1, 0.1, 0.01])
    assert [Cosine(1.0, 100)(s) for s in (0, 50, 100)] == pytest.approx([1, 0.5, 0])
    cooldown = Cooldown(1.0, 120, down=0.25)
    assert [cooldown(s) for s in (0, 90, 91, 120)] == pytest.approx([1, 1, 1 - (1 / 30) ** 0.5, 0])
    one_cycle = OneCycle(1.0, 100)
    assert [one_cycle(s) for s in (0, 25, 100)] == pytest.approx([1 / 25, 1, 1 / 2500])
    rates = [one_cycle(s) for s in range(101)]
    assert max(rates) == rates[25]
    assert rates[:26] == sorted(rates[:26])
    assert rates[25:] == sorted(rates[25:], reverse=True)


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_by_name(name):
    schedule = make_schedule(name, 0.1, 1)
    assert 0 <= schedule(0) <= 0.1
    assert all(0 <= make_schedule(name, 0.1, 30)(step) <= 0.1 for step in range(31))
    with pytest.raises(ConfigError, match="schedule expected"):
        make_schedule("zigzag", 0.1, 10)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 4), k=st.integers(1, 5), smoothing=st.floats(0, 0.9), seed=st.integers(0, 2**32 - 1))
def test_cross_entropy_and_its_gradient(n, k, smoothing, seed):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(n, k)) * 3, rng.integers(0, k, n)
    loss = SoftmaxCrossEntropy(smoothing)
    found = loss(logits, labels)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    target = np.full((n, k), smoothing / k)
    target[np.arange(n), labels] += 1 - smoothing
    np.testing.assert_allclose(found.losses, -(target * np.log(probabilities)).sum(axis=1), atol=1e-9)
    expected = numeric_gradient(lambda: float(loss(logits, labels).losses.sum()), logits)
    np.testing.assert_allclose(found.dlogits, expected, atol=1e-6)


def test_the_cross_entropy_of_mixed_images_lies_between_those_of_their_labels(rng):
    logits, labels = rng.normal(size=(5, 4)), np.array([0, 1, 2, NOT_A_CLASS, 3])
    second = SecondLabels(np.array([3, 1, 0, NOT_A_CLASS, 3]), np.array([0.25, 0.5, 0, 0, 0.1], np.float32))
    loss = SoftmaxCrossEntropy(0.1)
    found, plain = loss(logits, labels, second), loss(logits, labels)
    unmixed = [1, 2, 3, 4]  # the second label is the first, or its share is nothing
    np.testing.assert_allclose(found.losses[unmixed], plain.losses[unmixed])
    np.testing.assert_allclose(found.dlogits[unmixed], plain.dlogits[unmixed])
    other = loss(logits, second.labels).losses[0]
    assert found.losses[0] == pytest.approx(0.75 * plain.losses[0] + 0.25 * other)
    expected = numeric_gradient(lambda: float(loss(logits, labels, second).losses.sum()), logits)
    np.testing.assert_allclose(found.dlogits, expected, atol=1e-6)


def test_cross_entropy_is_safe_and_strict():
    huge = SoftmaxCrossEntropy()(np.array([[1e4, 0.0], [0.0, 1e4]]), np.array([0, 0]))
    np.testing.assert_allclose(huge.losses, [0, 1e4])
    with pytest.raises(DataError, match="labels from 0 to 1"):
        SoftmaxCrossEntropy()(np.zeros((1, 2)), np.array([2]))
    with pytest.raises(ShapeError, match="logits"):
        SoftmaxCrossEntropy()(np.zeros((2, 2)), np.array([1]))


def test_metrics():
    assert accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1])) == 0.5
    assert accuracy(np.zeros((0, 2)), np.zeros(0, int)) == 0
    mean = RunningMean()
    mean.add(1.0, 3)
    mean.add(5.0, 1)
    assert mean.value == 2
    average = MovingAverage(0.5)
    assert average.value == 0
    assert average.add(4.0) == 4.0  # unbiased from the first value on
    assert average.add(1.0) == pytest.approx(2.0)


def test_initial_weights_have_the_promised_variance(rng):
    he = he_normal((5, 5, 20, 300), rng)
    assert he.var() == pytest.approx(2 / 500, rel=0.02)
    glorot = glorot_uniform((400, 600), rng)
    assert glorot.var() == pytest.approx(2 / 1000, rel=0.02)
    assert np.abs(glorot).max() <= np.sqrt(6 / 1000)
