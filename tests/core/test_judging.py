"""Judging a network: intervals, trust, doubtful labels, two networks, training images that count."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.datasets.dataset import Dataset
from cnn_core.digits import make_synthetic
from cnn_core.errors import ConfigError, ShapeError, StoppedError
from cnn_core.evaluation import (
    Evaluation,
    accuracy_by_writer,
    class_report,
    compare_answers,
    coverage_curve,
    find_influences,
    find_label_issues,
    mcnemar,
    reliability_bins,
)
from cnn_core.evaluation.influence import RecordedWeights
from cnn_core.layers import Tape, softmax
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.presets import make_preset
from cnn_core.training import TrainingConfig
from cnn_core.training.out_of_fold import out_of_fold


def evaluation(logits, labels) -> Evaluation:
    logits, labels = np.asarray(logits, np.float32), np.asarray(labels)
    return Evaluation(0.0, logits, labels, np.zeros((0, logits.shape[1]), np.float32), np.arange(len(labels)))


def test_precision_recall_and_f1_are_those_of_the_matrix():
    report = class_report(np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]]))
    assert report[0].precision == pytest.approx(8 / 9)
    assert report[0].recall == pytest.approx(0.8)
    assert report[0].f1 == pytest.approx(2 * (8 / 9) * 0.8 / (8 / 9 + 0.8))
    assert np.isnan(report[2].precision)
    assert np.isnan(report[2].recall)
    assert np.isnan(report[2].f1)


def test_mcnemar_is_the_exact_binomial_test():
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(5, 5) == 1.0
    assert mcnemar(0, 5) == pytest.approx(2 / 2**5)
    assert mcnemar(3, 12) == pytest.approx(0.03515625)  # scipy.stats.binomtest(3, 15).pvalue
    assert mcnemar(1000, 1000) == pytest.approx(1.0)
    assert 0 < mcnemar(400, 600) < 1e-9


def test_two_networks_are_compared_image_by_image():
    labels = [0, 1, 2, 0]
    a = evaluation(np.eye(3)[[0, 1, 2, 1]] * 5, labels)
    b = evaluation(np.eye(3)[[0, 1, 0, 0]] * 4, labels)
    found = compare_answers(a, b)
    assert (found.both_right, found.only_a, found.only_b, found.both_wrong) == (2, 1, 1, 0)
    assert set(found.disagree.tolist()) == {2, 3}
    assert not found.is_real
    with pytest.raises(ShapeError, match="same images"):
        compare_answers(a, evaluation(np.eye(3), [0, 1, 2]))


def test_reliability_bins_are_on_the_diagonal_of_an_honest_network():
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 20_000)
    right = rng.random(20_000) < sure
    probabilities = np.stack([sure, 1 - sure], 1).astype(np.float32)
    bins = reliability_bins(probabilities, np.where(right, 0, 1))
    assert sum(b.count for b in bins) == 20_000
    for one in bins:
        assert one.interval[0] - 0.02 <= one.confidence <= one.interval[1] + 0.02
    assert reliability_bins(np.zeros((0, 10), np.float32), np.zeros(0, int)) == ()


def test_few_images_join_the_next_bin():
    probabilities = np.array([[0.55, 0.45]] * 3 + [[0.99, 0.01]] * 40, np.float32)
    bins = reliability_bins(probabilities, np.zeros(43, int))
    assert [one.count for one in bins] == [43]


def test_answering_less_makes_the_answers_better():
    rng = np.random.default_rng(1)
    sure = rng.uniform(0.5, 1, 5000)
    probabilities = np.stack([sure, 1 - sure], 1).astype(np.float32)
    curve = coverage_curve(probabilities, np.where(rng.random(5000) < sure, 0, 1))
    assert curve.coverage[0] == 1
    assert curve.accuracy[0] == pytest.approx(0.75, abs=0.02)
    assert np.all(np.diff(curve.coverage) < 0)
    assert curve.accuracy[-500] > 0.9
    assert curve.coverage_for(0.0) == 1
    assert curve.coverage_for(2.0) == 0


def test_changed_labels_come_first_among_the_doubtful():
    """Of 3 000 images 30 have another label: networks that have not seen them contradict nearly all."""
    data = make_synthetic(3000, seed=4)
    rng = np.random.default_rng(2)
    labels = data.labels.copy()
    changed = rng.choice(len(labels), 30, replace=False)
    labels[changed] = (labels[changed] + rng.integers(1, 10, 30)) % 10
    noisy = Dataset("noisy", data.images, labels, data.class_names)
    told = []
    probabilities = out_of_fold(
        TrainingConfig(architecture="digits", epochs=7, threads=2), noisy, progress=lambda *at: told.append(at)
    )
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    assert told[-1] == (1000, 1000)
    found = find_label_issues(probabilities, labels)
    assert np.isin(changed, found.order[:90]).mean() >= 0.8
    assert np.isin(changed, found.suspects).mean() >= 0.5
    assert sorted(found.order.tolist()) == list(range(len(labels)))
    with pytest.raises(StoppedError):
        out_of_fold(TrainingConfig(architecture="mlp", epochs=1), noisy, stopped=lambda: True)


def test_label_issues_leave_images_of_no_class_alone():
    probabilities = np.full((4, 3), 1 / 3, np.float32)
    probabilities[0] = (0.01, 0.98, 0.01)
    found = find_label_issues(probabilities, np.array([0, -1, 1, 2]))
    assert found.order[0] == 0
    assert 1 not in found.suspects


def test_the_pull_of_an_image_is_the_product_of_both_gradients():
    """Against the gradients of the whole last layer, worked out one image at a time by the reference layers."""
    model = make_preset("mlp")
    data = make_synthetic(20, seed=1)
    image, answer, rate = data.batch(np.array([0]))[0][0], 3, 0.01
    weights = dict(model.parameters | model.buffers)
    found = find_influences(model, [RecordedWeights(weights, rate)], image, answer, data)

    def gradient(x, label):
        tape = Tape(record=True)
        logits = model.forward(x[None], tape)
        model.backward(SoftmaxCrossEntropy()(logits, np.array([label])).dlogits, tape)
        last = model.trunk[-1].name
        grads = model.gradients(tape)
        return np.concatenate([grads[f"{last}.weight"].ravel(), grads[f"{last}.bias"].ravel()])

    for layer in model.layers:
        if layer.kind == "Dropout":
            layer.rate = 0.0
    own = gradient(image, answer)
    expected = [rate * own @ gradient(x, y) for x, y in zip(*data.batch(np.arange(20)), strict=True)]
    assert np.allclose(found.pull, expected, rtol=1e-3, atol=1e-5)
    assert found.nearest(1)[0] == 0
    assert found.distance[0] == pytest.approx(0, abs=1e-3)


def test_influences_need_recorded_weights_and_can_be_stopped():
    model = make_preset("mlp")
    data = make_synthetic(20, seed=1)
    image = data.batch(np.array([0]))[0][0]
    with pytest.raises(ConfigError, match="recorded weights"):
        find_influences(model, [], image, 0, data)
    recorded = [RecordedWeights(model.parameters | model.buffers, 0.1)]
    with pytest.raises(StoppedError):
        find_influences(model, recorded, image, 0, data, stopped=lambda: True)


def test_accuracy_of_every_writer():
    found = evaluation(np.eye(2)[[0] * 30], [0] * 20 + [1] * 10)
    shares = accuracy_by_writer(found, np.array([1] * 10 + [2] * 10 + [3] * 10))
    assert shares.tolist() == [0.0, 1.0, 1.0]
    with pytest.raises(ShapeError, match="one for each"):
        accuracy_by_writer(found, np.zeros(5, int))


def test_probabilities_are_those_of_the_logits():
    found = evaluation([[1.0, 2.0, 3.0]], [2])
    assert np.allclose(found.probabilities, softmax(found.logits))
