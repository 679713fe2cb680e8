"""Batches made ahead, averaged weights, images that belong to no class, recipes."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from cnn_core.calibration import Calibration
from cnn_core.datasets import Dataset
from cnn_core.datasets.dataset import NOT_A_CLASS
from cnn_core.digits import make_synthetic
from cnn_core.digits.recipes import RECIPES, recipe_settings
from cnn_core.errors import ConfigError, DataError
from cnn_core.evaluation import evaluate
from cnn_core.layers import BatchNorm, Dense, Flatten, softmax
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.metrics import auroc, expected_calibration_error
from cnn_core.model import Sequential
from cnn_core.presets import make_preset
from cnn_core.training import Checkpoint, Trainer, TrainingConfig, TrainingControl, model_for
from cnn_core.training.ahead import AheadOfTime
from cnn_core.training.averaging import EVERY_STEPS, WeightAverage

QUICK = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=2, augmentation="light", threads=2)


def ahead_threads() -> int:
    return sum(thread.name == "cnn-ahead" for thread in threading.enumerate())


def test_items_come_in_order_and_never_far_ahead():
    made = []

    def numbers():
        for i in range(50):
            made.append(i)
            yield i

    with AheadOfTime(numbers(), ahead=2) as source:
        assert next(source) == 0
        time.sleep(0.05)
        assert 2 <= len(made) <= 5
        assert list(source) == list(range(1, 50))
        with pytest.raises(StopIteration):
            next(source)
    assert ahead_threads() == 0


def test_what_goes_wrong_is_raised_where_the_item_is_taken():
    def broken():
        yield 1
        raise DataError("broken")

    with AheadOfTime(broken()) as source:
        assert next(source) == 1
        with pytest.raises(DataError, match="broken"):
            next(source)


@pytest.mark.parametrize("taken", [0, 1, 7])
def test_it_can_be_closed_at_any_time(taken):
    def endless():
        while True:
            yield np.zeros(1000)

    source = AheadOfTime(endless())
    for _ in range(taken):
        next(source)
    source.close()
    assert ahead_threads() == 0


def test_augmented_runs_repeat_and_leave_no_thread(small_digits):
    curves = []
    for _ in range(2):
        result = Trainer(model_for(QUICK, small_digits), QUICK, small_digits).run()
        curves.append([epoch.train_loss for epoch in result.epochs])
    assert curves[0] == curves[1]
    assert ahead_threads() == 0


def test_an_augmented_run_stops_at_once_and_leaves_no_thread(small_digits):
    control = TrainingControl()
    steps = []

    def stop_soon(event):
        steps.append(event)
        if len(steps) == 3:
            control.stop()

    result = Trainer(model_for(QUICK, small_digits), QUICK, small_digits).run(stop_soon, control)
    assert result.reason == "stopped"
    assert ahead_threads() == 0


def test_the_average_of_weights_that_stand_still_is_these_weights(rng):
    model = make_preset("mlp", rng)
    average = WeightAverage(model, 0.9)
    goal = {name: array + 1 for name, array in model.parameters.items()}
    model.load(goal)
    for step in range(1, 401):
        average.after_step(step)
    for name, array in average.model.parameters.items():
        np.testing.assert_allclose(array, goal[name], atol=1e-4)
        assert array is not model.parameters[name]


def test_the_average_is_the_one_of_its_definition(rng):
    model = Sequential([Flatten(), BatchNorm(), Dense(10)]).build((28, 28, 1), rng)
    average = WeightAverage(model, 0.99)

    def arrays(of):
        return of.parameters | of.buffers

    expected = {name: array.copy() for name, array in arrays(model).items()}
    updates = 0
    for step in range(1, 5 * EVERY_STEPS + 1):
        model.load({name: array + rng.normal(size=array.shape).astype("f") for name, array in arrays(model).items()})
        average.after_step(step)
        if step <= EVERY_STEPS or step % EVERY_STEPS == 0:
            updates += 1
            keep = min(0.99**EVERY_STEPS, (1 + updates) / (3 + updates))
            expected = {name: keep * expected[name] + (1 - keep) * arrays(model)[name] for name in expected}
    for name, array in arrays(average.model).items():
        np.testing.assert_allclose(array, expected[name], rtol=1e-4, atol=1e-5)


def test_a_run_of_few_steps_is_averaged_over_these(small_digits):
    """Five steps, fewer than lie between two updates later."""
    found = {}
    for averaging in (0.0, 0.99):
        config = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1, batch_size=128, averaging=averaging)
        found[averaging] = Trainer(model_for(config, small_digits), config, small_digits).run().best.validation_accuracy
    assert found[0.99] > 0.2
    assert found[0.99] > found[0.0] - 0.25


def test_an_averaged_run_goes_on_from_its_checkpoint(small_digits, tmp_path):
    config = TrainingConfig(**(QUICK.as_dict() | {"epochs": 3, "averaging": 0.95}))
    whole_model = model_for(config, small_digits)
    whole = Trainer(whole_model, config, small_digits).run()
    control, path = TrainingControl(), tmp_path / "run.checkpoint.safetensors"
    epochs = []

    def stop_in_the_second(event):
        epochs.append(type(event).__name__)
        if epochs.count("EpochMetrics") == 1 and epochs[-1] == "BatchMetrics":
            control.stop()

    Trainer(model_for(config, small_digits), config, small_digits, None, path).run(stop_in_the_second, control)
    resumed = model_for(config, small_digits)
    rest = Trainer(resumed, config, small_digits, None, path, Checkpoint.load(path)).run()
    assert [e.validation_loss for e in rest.epochs] == [e.validation_loss for e in whole.epochs]
    assert rest.calibration == whole.calibration
    for name, array in whole_model.parameters.items():
        np.testing.assert_array_equal(resumed.parameters[name], array)


def test_a_validation_set_of_ones_own_is_what_is_judged_by(small_digits):
    validation = make_synthetic(60, seed=9)
    trainer = Trainer(model_for(QUICK, small_digits), QUICK, small_digits, validation)
    assert len(trainer.train) == len(small_digits)
    result = trainer.run()
    found = evaluate(trainer.model, validation)
    assert found.accuracy == result.best.validation_accuracy
    assert isinstance(result.calibration, Calibration)
    assert 0 < result.calibration.threshold < 1


# --- None of the classes


def test_the_loss_of_no_class_is_the_distance_from_no_opinion(rng):
    logits = rng.normal(size=(6, 5))
    labels = np.array([0, NOT_A_CLASS, 4, NOT_A_CLASS, 2, 1])
    loss = SoftmaxCrossEntropy()
    found = loss(logits, labels)
    p = softmax(logits)
    for i in (1, 3):
        assert found.losses[i] == pytest.approx(0.5 * np.sum(0.2 * np.log(0.2 / p[i])))
        np.testing.assert_allclose(found.dlogits[i], 0.5 * (p[i] - 0.2), atol=1e-12)
    assert loss(np.zeros((1, 5)), np.array([NOT_A_CLASS])).losses[0] == pytest.approx(0, abs=1e-12)
    step = 1e-6
    for place in np.ndindex(logits.shape):
        moved = logits.copy()
        moved[place] += step
        numeric = (loss(moved, labels).losses.sum() - found.losses.sum()) / step
        assert found.dlogits[place] == pytest.approx(numeric, abs=1e-5)
    with pytest.raises(DataError, match="labels from 0 to 4"):
        loss(logits, np.full(6, -2))


def with_noise(digits: Dataset, count: int, rng) -> Dataset:
    images = rng.integers(0, 256, (count, 28, 28, 1)).astype(np.uint8)
    return Dataset(
        "both",
        np.concatenate([digits.images, images]),
        np.concatenate([digits.labels, np.full(count, NOT_A_CLASS)]),
    )


def test_a_network_learns_to_have_no_opinion_of_noise(rng):
    digits = make_synthetic(4000, seed=2)
    data, validation = with_noise(digits, 500, rng), with_noise(make_synthetic(200, seed=3), 100, rng)
    config = TrainingConfig(dataset="synthetic", architecture="digits", epochs=3)
    model = model_for(config, data)
    result = Trainer(model, config, data, validation).run()
    found = evaluate(model, validation)
    assert found.n == 200
    assert found.accuracy > 0.85
    assert found.other_logits.shape == (100, 10)
    known = result.calibration.knows(softmax(found.other_logits))
    assert known.mean() < 0.05
    assert found.turned_away(result.calibration) < 0.05
    assert auroc(softmax(found.logits).max(axis=1), softmax(found.other_logits).max(axis=1)) > 0.97


def test_auroc_is_the_share_of_pairs_in_the_right_order(rng):
    a, b = rng.normal(1, 1, 40).round(1), rng.normal(0, 1, 30).round(1)
    pairs = (a[:, None] > b).mean() + 0.5 * (a[:, None] == b).mean()
    assert auroc(a, b) == pytest.approx(pairs)
    assert auroc(np.array([2.0, 3.0]), np.array([1.0])) == 1
    assert np.isnan(auroc(a, b[:0]))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    p = np.array([[0.9, 0.1]] * 10)
    assert expected_calibration_error(p, np.array([0] * 9 + [1])) == pytest.approx(0, abs=1e-12)
    assert expected_calibration_error(p, np.array([0] * 4 + [1] * 6)) == pytest.approx(0.5)
    assert expected_calibration_error(p[:0], np.zeros(0, np.int64)) == 0


def test_recipes_are_settings_that_exist():
    assert recipe_settings("bundled")["dataset"] == "mixed"
    assert TrainingConfig(**recipe_settings("bundled")).architecture == "accurate"
    assert TrainingConfig(**recipe_settings("bundled")).optimizer_options() == {
        "beta1": 0.9, "beta2": 0.999, "weight_decay": 0.1,
    }  # fmt: skip
    assert set(RECIPES) == {"bundled", "refined", "synthetic"}
    with pytest.raises(ConfigError, match="recipe expected"):
        recipe_settings("cake")
    with pytest.raises(ConfigError, match="averaging"):
        TrainingConfig(averaging=1.0)
