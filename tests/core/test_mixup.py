"""Mixed images: what is laid over what, and that the engine learns from both labels."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core import engine
from cnn_core.data.mixup import mix_up
from cnn_core.errors import ShapeError
from cnn_core.labels import NOT_A_CLASS
from cnn_core.layers import Tape
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.presets import make_preset


def batch(rng, n=40):
    images, labels = rng.random((n, 6, 5, 1), np.float32), rng.integers(0, 10, n)
    labels[[1, 20]] = NOT_A_CLASS
    return images, labels


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_share_of_the_images_shows_another_one_too(share, rng):
    images, labels = batch(rng)
    before, kept = images.copy(), labels.copy()
    second = mix_up(images, labels, share, rng)
    count = int(len(images) * share)
    np.testing.assert_array_equal(labels, kept)
    assert (second.shares[count:] == 0).all()
    assert (second.shares <= 0.5).all()
    mixed = np.flatnonzero(second.shares)
    assert len(mixed) > 0.7 * count
    assert 0.02 < second.shares[mixed].mean() < 0.3, "mostly the first shows"
    partners = (np.arange(len(images)) + count) % len(images)
    shares = second.shares[:, None, None, None]
    np.testing.assert_allclose(images, (1 - shares) * before + shares * before[partners], atol=1e-6)
    np.testing.assert_array_equal(second.labels[mixed], labels[partners[mixed]])
    none = (labels == NOT_A_CLASS) | (labels[partners] == NOT_A_CLASS)
    assert not second.shares[none].any()
    assert not (second.labels[mixed] == NOT_A_CLASS).any()


def test_few_images_may_have_none_to_mix(rng):
    images, labels = batch(rng)
    before = images.copy()
    for n in (0, 1, 3):
        assert not mix_up(images[:n], labels[:n], 0.3, rng).shares.any()
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_engine_has_the_reference_gradients(threads, rng):
    model = make_preset("lenet5", rng)
    x, labels = rng.random((50, 28, 28, 1), np.float32), rng.integers(0, 10, 50)
    second = mix_up(x, labels, 0.4, rng)
    tape = Tape(training=True, rng=rng)
    found = SoftmaxCrossEntropy()(model.forward(x, tape), labels, second)
    model.backward(found.dlogits / len(x), tape)
    with engine.compile(model, 32, threads, training=True) as plan:
        result = plan.gradients(x, labels, rng, second=second)
        assert result.loss == pytest.approx(float(found.losses.mean()), rel=1e-5)
        for name, gradient in model.gradients(tape).items():
            np.testing.assert_allclose(result.gradients[name], gradient, atol=1e-6, err_msg=name)
        with pytest.raises(ShapeError, match="one second label and one share"):
            plan.gradients(x, labels, rng, second=SecondLabels(labels[:3], second.shares))
