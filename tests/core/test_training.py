"""The training loop: it learns, repeats itself, obeys, and never loses what was learnt."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from cnn_core.datasets import Dataset, to_bytes
from cnn_core.errors import ConfigError, ModelFileError, ShapeError, TrainingError
from cnn_core.evaluation import evaluate
from cnn_core.layers import Tape
from cnn_core.losses import SoftmaxCrossEntropy
from cnn_core.optimizers import make_optimizer
from cnn_core.presets import PRESETS, make_preset
from cnn_core.training import (
    BatchMetrics,
    Checkpoint,
    EpochMetrics,
    EpochWeights,
    NextStep,
    Trainer,
    TrainingConfig,
    TrainingControl,
    WeightsPublished,
    model_for,
)
from cnn_core.training.control import Order

QUICK = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=2, batch_size=32, seed=1, threads=2)


def run(config: TrainingConfig, data: Dataset, control: TrainingControl | None = None, **options):
    """A whole run; model, result and all that it told."""
    model, told = model_for(config, data), []
    result = Trainer(model, config, data, **options).run(told.append, control)
    return model, result, told


def losses(told) -> list[float]:
    return [event.loss for event in told if isinstance(event, BatchMetrics)]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_learns_32_images_by_heart(name, small_digits):
    model = make_preset(name, np.random.default_rng(0))
    images, labels = small_digits.batch(slice(0, 32))
    optimizer, loss, rng = make_optimizer("adam"), SoftmaxCrossEntropy(), np.random.default_rng(0)
    for _ in range(300):
        tape = Tape(training=True, rng=rng)
        found = loss(model.forward(images, tape), labels)
        model.backward(found.dlogits / 32, tape)
        optimizer.step(model.parameters, model.gradients(tape), 1e-3)
        model.absorb_statistics(tape)
        if (model.predict(images).argmax(axis=1) == labels).all():
            return
    pytest.fail("300 steps were not enough for 32 images")


@pytest.mark.parametrize("preset", ["mlp", "digits"])
def test_same_seed_same_curve(preset, small_digits):
    config = TrainingConfig(dataset="synthetic", architecture=preset, epochs=1, augmentation="strong", threads=2)
    first, second = run(config, small_digits), run(config, small_digits)
    assert losses(first[2]) == losses(second[2])
    for name, array in first[0].parameters.items():
        np.testing.assert_array_equal(array, second[0].parameters[name])
    for change in ({"seed": 2}, {"mixup": 0.3}):
        other = TrainingConfig(**(config.as_dict() | change))
        assert losses(run(other, small_digits)[2]) != losses(first[2])


def test_what_a_run_tells(small_digits):
    _, result, told = run(QUICK, small_digits)
    batches = [event for event in told if isinstance(event, BatchMetrics)]
    epochs = [event for event in told if isinstance(event, EpochMetrics)]
    steps_per_epoch = -(-550 // 32)
    assert [b.step for b in batches] == list(range(1, 2 * steps_per_epoch + 1))
    assert batches[-1].epoch == 2
    assert batches[-1].total_steps == len(batches)
    assert all(b.images_per_second > 0 and b.eta_seconds >= 0 for b in batches)
    assert [e.epoch for e in epochs] == [1, 2]
    assert result.reason == "finished"
    assert result.epochs == tuple(epochs)
    assert isinstance(told[-1], WeightsPublished)
    assert epochs[1].validation_accuracy > 0.5


def test_the_best_weights_are_kept(small_digits):
    config = TrainingConfig(**(QUICK.as_dict() | {"epochs": 4, "learning_rate": 0.02, "schedule": "constant"}))
    model, result, _ = run(config, small_digits)
    best = max(e.validation_accuracy for e in result.epochs)
    assert result.best is not None
    assert result.best.validation_accuracy == best
    _, validation = small_digits.split(config.validation, config.generator("split"))
    assert evaluate(model, validation).accuracy == pytest.approx(best)


def test_early_stopping(small_digits):
    config = TrainingConfig(**(QUICK.as_dict() | {"epochs": 50, "learning_rate": 1e-12, "patience": 2}))
    _, result, _ = run(config, small_digits)
    assert result.reason == "early"
    assert len(result.epochs) < 50


@pytest.mark.filterwarnings("ignore:.*encountered in.*:RuntimeWarning")
def test_a_loss_that_is_not_finite_ends_the_run_and_restores_good_weights(small_digits):
    config = TrainingConfig(**(QUICK.as_dict() | {"optimizer": "sgd", "learning_rate": 1e30, "schedule": "constant"}))
    model, told = model_for(config, small_digits), []
    with pytest.raises(TrainingError, match=r"expected a finite number.*learning rate below"):
        Trainer(model, config, small_digits).run(told.append)
    assert all(np.isfinite(array).all() for array in model.parameters.values())
    assert isinstance(told[-1], WeightsPublished)
    assert all(np.isfinite(array).all() for array in told[-1].snapshot.arrays.values())


def in_background(config: TrainingConfig, data: Dataset, control: TrainingControl):
    told: list = []
    results: list = []
    model = model_for(config, data)
    thread = threading.Thread(target=lambda: results.append(Trainer(model, config, data).run(told.append, control)))
    thread.start()
    return thread, told, results


def until(condition, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def test_pause_step_resume_stop(small_digits):
    config = TrainingConfig(**(QUICK.as_dict() | {"epochs": 1000}))
    control = TrainingControl(paused=True)
    thread, told, results = in_background(config, small_digits, control)
    assert until(lambda: bool(told))
    time.sleep(0.2)
    assert [type(event) for event in told] == [EpochWeights], "nothing but the weights that it begins with"
    assert (told[0].epoch, told[0].snapshot.version) == (0, 0)
    for count in (1, 2):
        control.step()
        assert until(lambda count=count: len(losses(told)) == count)
        time.sleep(0.1)
        assert len(losses(told)) == count
        assert control.paused
    assert sum(isinstance(event, WeightsPublished) for event in told) == 2, "a held run shows its weights at once"
    control.resume()
    assert until(lambda: len(losses(told)) > 30)
    control.pause()
    time.sleep(0.2)
    held = len(losses(told))
    time.sleep(0.2)
    assert len(losses(told)) == held
    started = time.monotonic()
    control.stop()
    thread.join(5)
    assert time.monotonic() - started < 1
    assert not thread.is_alive()
    assert results[0].reason == "stopped"


def test_each_step_takes_a_batch_also_where_an_epoch_ends(small_digits):
    config = TrainingConfig(**(QUICK.as_dict() | {"epochs": 3, "batch_size": 200}))
    control = TrainingControl(paused=True)
    thread, told, results = in_background(config, small_digits, control)
    total = 3 * -(-round(len(small_digits) * 11 / 12) // 200)
    for count in range(1, total + 1):
        control.step()
        assert until(lambda count=count: len(losses(told)) == count)
    thread.join(5)
    assert results[0].reason == "finished"
    assert [event.epoch for event in told if isinstance(event, EpochMetrics)] == [1, 2, 3]


def test_thirty_runs_leave_no_thread(small_digits):
    before = threading.active_count()
    for _ in range(30):
        control = TrainingControl()
        thread, told, _ = in_background(TrainingConfig(**(QUICK.as_dict() | {"epochs": 99})), small_digits, control)
        assert until(lambda told=told: bool(losses(told)))
        control.stop()
        thread.join(5)
    assert threading.active_count() == before


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(small_digits, tmp_path):
    config = TrainingConfig(
        **(QUICK.as_dict() | {"epochs": 3, "augmentation": "light", "mixup": 0.3, "architecture": "digits"})
    )
    whole, whole_result, _ = run(config, small_digits)
    control, path = TrainingControl(), tmp_path / "run.safetensors"
    model, told = model_for(config, small_digits), []

    def stop_in_the_second_epoch(event) -> None:
        told.append(event)
        if isinstance(event, BatchMetrics) and event.epoch > 1.5:
            control.stop()

    result = Trainer(model, config, small_digits, checkpoint_path=path).run(stop_in_the_second_epoch, control)
    assert (result.reason, len(result.epochs)) == ("stopped", 1)
    resumed = model_for(config, small_digits)
    rest = Trainer(resumed, config, small_digits, None, path, Checkpoint.load(path)).run()
    assert [e.validation_loss for e in rest.epochs] == [e.validation_loss for e in whole_result.epochs]
    for name, array in whole.parameters.items():
        np.testing.assert_array_equal(array, resumed.parameters[name], err_msg=name)


def test_a_run_that_had_ended_early_does_not_go_on(small_digits, tmp_path):
    path = tmp_path / "run.checkpoint"
    config = TrainingConfig(**(QUICK.as_dict() | {"epochs": 50, "learning_rate": 1e-12, "patience": 2}))
    _, result, _ = run(config, small_digits, checkpoint_path=path)
    again = Trainer(model_for(config, small_digits), config, small_digits, None, path, Checkpoint.load(path)).run()
    assert again.reason == result.reason == "early"
    assert again.epochs == result.epochs


def test_a_run_does_not_go_on_with_other_images(small_digits, tmp_path):
    path = tmp_path / "run.checkpoint"
    run(QUICK, small_digits, checkpoint_path=path)
    fewer = small_digits.take(slice(0, len(small_digits) - 5))
    with pytest.raises(ConfigError, match="expected the images that its run learnt from"):
        Trainer(model_for(QUICK, fewer), QUICK, fewer, resume=Checkpoint.load(path))


def test_checkpoints_are_checked(small_digits, tmp_path):
    path = tmp_path / "run.safetensors"
    model, _, _ = run(QUICK, small_digits, checkpoint_path=path)
    checkpoint = Checkpoint.load(path)
    other = TrainingConfig(**(QUICK.as_dict() | {"seed": 5}))
    with pytest.raises(ConfigError, match="same settings"):
        Trainer(model, other, small_digits, resume=checkpoint)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ModelFileError, match="is not a model or checkpoint"):
        Checkpoint.load(path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0}, {"batch_size": -1}, {"learning_rate": 0}, {"learning_rate": float("nan")}, {"seed": -1},
        {"optimizer": "x"}, {"architecture": "x"}, {"schedule": "x"}, {"augmentation": "x"}, {"validation": 0.0},
        {"validation": 1.0}, {"label_smoothing": 2}, {"mixup": 1}, {"patience": -1}, {"threads": -1}, {"epochs": 1.5},
        {"weight_decay": 1}, {"unmixed_epochs": -1}, {"unmixed_epochs": 0.5}, {"epochs": 2, "unmixed_epochs": 3},
    ],
)  # fmt: skip
def test_bad_settings_are_refused(wrong):
    with pytest.raises(ConfigError, match=r"expected .* received"):
        TrainingConfig(**wrong)


def test_weight_decay_holds_the_weights_of_adamw_down(small_digits):
    def size(optimizer: str, weight_decay: float) -> float:
        config = replace(QUICK, epochs=1, optimizer=optimizer, weight_decay=weight_decay)
        model, _, _ = run(config, small_digits)
        return sum(float(np.square(weight).sum()) for weight in model.parameters.values())

    assert size("adamw", 0.9) < 0.99 * size("adamw", 0.0)
    assert size("adam", 0.9) == size("adam", 0.0) == size("adamw", 0.0)


def test_unknown_settings_are_refused():
    assert TrainingConfig.from_dict(QUICK.as_dict()) == QUICK
    with pytest.raises(ConfigError, match="wings"):
        TrainingConfig.from_dict({"wings": 2})


def test_a_model_that_does_not_fit_the_data_is_refused(small_digits, rng):
    with pytest.raises(ShapeError, match="expected images"):
        Trainer(make_preset("mlp", rng, (9, 9, 1)), QUICK, small_digits)
    with pytest.raises(ShapeError, match="classes"):
        Trainer(make_preset("mlp", rng, classes=5), QUICK, small_digits)


def test_odd_images_and_classes_train(rng):
    """Not square, two channels, three classes: nothing is made for digits alone."""
    images = np.zeros((90, 12, 17, 2))
    labels = np.arange(90) % 3
    for i, label in enumerate(labels):
        images[i, :, 5 * label : 5 * label + 4, label % 2] = rng.random((12, 4))
    data = Dataset("bars", to_bytes(images), labels, ("left", "middle", "right"))
    config = TrainingConfig(dataset="bars", architecture="digits", epochs=12, batch_size=7, threads=2)
    model, result, _ = run(config, data)
    assert model.output_shape == (3,)
    assert result.best is not None
    assert result.best.validation_accuracy == 1


def test_evaluation_counts_right(small_digits):
    model = make_preset("mlp", np.random.default_rng(0))
    found = evaluate(model, small_digits, threads=2)
    expected = model.predict(small_digits.batch(slice(None))[0])
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    assert found.n == 600
    assert found.confusion.sum() == 600
    assert np.trace(found.confusion) / 600 == pytest.approx(found.accuracy)
    assert found.recall.shape == (10,)
    worst = found.hardest(5)
    right = expected[np.arange(600), small_digits.labels]
    np.testing.assert_allclose(np.sort(right)[:5], right[worst], rtol=1e-4)
    assert evaluate(model, small_digits, stopped=lambda: True).n == 0


def test_no_order_is_lost_between_two_looks():
    """Whatever comes while the run looks at its orders: a stopped run ends, and steps are counted."""
    for _ in range(300):
        control = TrainingControl(paused=True)
        taken: list[bool] = []

        def run_until_stopped(control: TrainingControl = control, taken: list[bool] = taken) -> None:
            while control.next_order() is Order.STEP:
                taken.append(True)

        thread = threading.Thread(target=run_until_stopped)
        thread.start()
        control.step()
        control.step()
        control.stop()
        thread.join(2)
        assert not thread.is_alive()
        assert len(taken) <= 2
    control = TrainingControl(paused=True)
    for _ in range(3):
        control.step()
    assert [control.next_order() for _ in range(3)] == [Order.STEP] * 3
    assert control.paused


def test_a_held_run_tells_its_next_step_and_takes_just_that(small_digits: Dataset):
    """Told or not, with a setting changed while it is held: the same steps, to the last bit."""
    config = replace(QUICK, architecture="digits", augmentation="light", batch_size=16, optimizer="adamw")
    plain = run(replace(config, epochs=1), small_digits)[2]
    control, told = TrainingControl(paused=True), list[object]()
    control.watch(True)

    def note(event) -> None:
        told.append(event)
        if isinstance(event, NextStep):
            control.resume() if event.step == 4 else control.step()
            if event.step == 3:
                control.watch(False)
                control.watch(True)  # asked once more, told once more

    Trainer(model_for(config, small_digits), replace(config, epochs=1), small_digits).run(note, control)
    steps = [event for event in told if isinstance(event, NextStep)]
    assert [step.step for step in steps][:3] == [1, 2, 3]
    assert losses(told) == losses(plain)
    for step, loss in zip(steps, losses(told), strict=False):
        assert losses(told)[step.step - 1] == step.loss, loss


def test_a_step_that_other_batches_put_off_is_taken_all_the_same(small_digits: Dataset):
    """Paused, the batch size is changed, and one step asked for: it is taken, and the run is held again."""
    control, steps = TrainingControl(paused=True), list[BatchMetrics]()
    trainer = Trainer(model_for(QUICK, small_digits), QUICK, small_digits)

    def note(event) -> None:
        if isinstance(event, BatchMetrics):
            steps.append(event)

    thread = threading.Thread(target=trainer.run, args=(note, control))
    thread.start()
    control.change(batch_size=16)
    control.step()
    deadline = time.monotonic() + 20
    while not steps and time.monotonic() < deadline:
        time.sleep(0.01)
    control.stop()
    thread.join(20)
    assert len(steps) == 1
