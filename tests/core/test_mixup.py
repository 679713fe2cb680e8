"""Mixed images: what is laid over what, and that the engine learns from both labels."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core import engine
from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.datasets.mixup import mix_up
from cnn_core.errors import ShapeError
from cnn_core.layers import AveragePool2D, BatchNorm, Conv2D, Dense, Flatten, Softmax, Tanh, Tape
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.training import Trainer, TrainingConfig, model_for


def batch(rng, n=40):
    images, labels = rng.random((n, 6, 5, 1), np.float32), rng.integers(0, 10, n)
    labels[[1, 20]] = NOT_A_CLASS
    return images, labels


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_a_share_of_the_images_shows_another_one_too(share, rng):
    images, labels = batch(rng)
    before, kept = images.copy(), labels.copy()
    second = mix_up(images, labels, share, rng)
    count = round(len(images) * share)
    np.testing.assert_array_equal(labels, kept)
    assert (second.shares[count:] == 0).all()
    assert (second.shares <= 0.5).all()
    mixed = np.flatnonzero(second.shares)
    assert len(mixed) > 0.7 * count
    assert 0.02 < second.shares[mixed].mean() < 0.3, "mostly the first shows"
    shares = second.shares[:, None, None, None]
    shown = (images - (1 - shares) * before)[mixed] / shares[mixed]
    apart = np.abs(shown[:, None] - before[None]).max(axis=(2, 3, 4))
    clear = second.shares[mixed] > 1e-3  # else what shows of the second is lost in float32
    partners = apart.argmin(axis=1)
    assert (apart.min(axis=1)[clear] < 1e-3).all(), "as it was before any was mixed"
    assert len(np.unique((partners - mixed)[clear] % len(images))) == 1
    np.testing.assert_array_equal(second.labels[mixed][clear], labels[partners][clear])
    partners = (np.arange(len(images)) + (partners - mixed)[clear][0]) % len(images)
    none = (labels == NOT_A_CLASS) | (labels[partners] == NOT_A_CLASS)
    assert not second.shares[none].any()
    assert not (second.labels[mixed] == NOT_A_CLASS).any()


def test_who_is_mixed_with_whom_changes(rng):
    found = {int(mix_up(np.zeros((10, 1, 1, 1), np.float32), np.arange(10), 0.3, rng).labels[0]) for _ in range(100)}
    assert found == set(range(1, 10))


def test_batches_of_few_of_colours_and_of_no_class(rng):
    images, labels = rng.random((6, 4, 4, 3), np.float32), np.arange(6, dtype=np.int32)
    before = images.copy()
    for n in (0, 1):
        assert not mix_up(images[:n], labels[:n], 0.9, rng).shares.any()
    assert not mix_up(images, np.full(6, NOT_A_CLASS), 0.5, rng).shares.any()
    np.testing.assert_array_equal(images, before)
    assert np.count_nonzero(mix_up(images[:2], labels[:2], 0.9, rng).shares) == 1
    assert (images[0] != before[0]).any(axis=(0, 1)).all()
    np.testing.assert_array_equal(images[1:], before[1:])


@pytest.mark.parametrize(
    "wrong", [([0, 1], [0.1]), ([0.0], [0.1]), ([[0]], [[0.1]]), ([0], [1.5]), ([0], [-0.1]), ([0], [float("nan")])]
)
def test_second_labels_are_checked(wrong):
    with pytest.raises(ShapeError, match=r"Second labels expected .* received"):
        SecondLabels(*(np.array(part) for part in wrong))


@pytest.mark.parametrize("augmentation", ["none", "light"])
def test_a_run_learns_both_labels(augmentation, small_digits, monkeypatch):
    seen, step = [], engine.Plan.step

    def watched(self, images, labels, rng, optimizer, rate, stopped, second):
        seen.append((images.copy(), labels, second))
        return step(self, images, labels, rng, optimizer, rate, stopped, second)

    monkeypatch.setattr(engine.Plan, "step", watched)
    for mixup in (0.5, 0.0):
        config = TrainingConfig(
            dataset="synthetic", architecture="mlp", epochs=2, batch_size=550, augmentation=augmentation, mixup=mixup
        )
        Trainer(model_for(config, small_digits), config, small_digits).run()
    (first, labels, second), (_, _, later), (plain, plain_labels, none), *_ = seen
    np.testing.assert_array_equal(labels, plain_labels)
    assert none is None
    assert (second.labels != labels).any()
    assert second.shares.any()
    assert not np.array_equal(second.shares, later.shares), "another lottery in each epoch"
    changed = np.abs(first - plain).max(axis=(1, 2, 3)) > 0
    np.testing.assert_array_equal(changed, second.shares > 0)


def test_the_last_epochs_go_without(small_digits, monkeypatch):
    mixed, step = [], engine.Plan.step

    def watched(self, images, labels, rng, optimizer, rate, stopped, second):
        mixed.append(second is not None)
        return step(self, images, labels, rng, optimizer, rate, stopped, second)

    monkeypatch.setattr(engine.Plan, "step", watched)
    config = TrainingConfig(
        dataset="synthetic", architecture="mlp", epochs=3, batch_size=550, mixup=0.5, unmixed_epochs=2
    )
    Trainer(model_for(config, small_digits), config, small_digits).run()
    assert mixed == [True, False, False]


@pytest.mark.parametrize("threads", [1, 2])
def test_the_engine_has_the_reference_gradients(threads, rng):
    layers = [Conv2D(4, 3), BatchNorm(), Tanh(), AveragePool2D(2), Flatten(), Dense(10), Softmax()]
    model = Sequential(layers, "smooth").build((12, 12, 1), rng)  # no ties to be decided otherwise
    x, labels = rng.random((50, 12, 12, 1), np.float32), rng.integers(0, 10, 50)
    second = mix_up(x, labels, 0.4, rng)
    tape = Tape(training=True, rng=rng)
    found = SoftmaxCrossEntropy()(model.forward(x, tape), labels, second)
    model.backward(found.dlogits / len(x), tape)
    with engine.compile(model, 32, threads, training=True) as plan:
        result = plan.gradients(x, labels, rng, second=second)
        assert result.loss == pytest.approx(float(found.losses.mean()), rel=1e-5)
        for name, gradient in model.gradients(tape).items():
            np.testing.assert_allclose(result.gradients[name], gradient, atol=1e-6, err_msg=name)
        with pytest.raises(ShapeError, match="one second label for each"):
            plan.gradients(x, labels, rng, second=second[slice(3)])
    with pytest.raises(ShapeError, match="as many second labels"):
        SoftmaxCrossEntropy()(np.zeros((50, 10)), labels, second[slice(1)])
