"""A told step is the step that the engine takes: every number of the story is checked against it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_core import engine
from cnn_core.datasets import Dataset
from cnn_core.errors import CnnError
from cnn_core.layers import BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D, ReLU
from cnn_core.losses import SecondLabels, SoftmaxCrossEntropy
from cnn_core.model import Sequential
from cnn_core.optimizers import OPTIMIZERS, make_optimizer
from cnn_core.presets import PRESETS
from cnn_core.training import TrainingConfig, look_ahead
from cnn_core.training.step_working import explain_step

N = 24


def small_network() -> Sequential:
    return Sequential([
        Conv2D(5, 3, padding="same"), BatchNorm(), ReLU(), MaxPool2D(2), Dropout(0.3), Conv2D(4, 3), ReLU(), Flatten(),
        Dense(12), ReLU(), Dropout(0.5), Dense(10),
    ], "small")  # fmt: skip


def tell(model: Sequential, data: Dataset, name: str, dtype: type, steps: int = 3, second: SecondLabels | None = None):
    """The step after some steps, told, and the weights and slots that the engine has after it."""
    images, labels = data.batch(slice(0, N))
    images = images.astype(dtype)
    optimizer, rng = make_optimizer(name), np.random.default_rng(3)
    config = TrainingConfig(optimizer=name, label_smoothing=0.05)
    with engine.compile(model, N, 2, training=True, loss=SoftmaxCrossEntropy(0.05)) as plan:
        for _ in range(steps):
            plan.step(images, labels, rng, optimizer, 3e-3, second=second)
        told = look_ahead(plan, config, optimizer, (images, labels, second), rng, 3e-3, steps + 1, data.class_names)
        done = plan.step(images, labels, rng, optimizer, 3e-3, second=second)
        assert done.loss == told.loss
    return told, model, optimizer


def built(model: Sequential, dtype: type = np.float32) -> Sequential:
    return model.build((28, 28, 1), np.random.default_rng(0), dtype)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("preset", [*PRESETS, "small"])
def test_the_told_step_is_the_real_step(preset: str, optimizer: str, small_digits: Dataset):
    """In the float32 that training uses."""
    model = built(small_network() if preset == "small" else Sequential(PRESETS[preset].layers(10), preset))
    told, model, _ = tell(model, small_digits, optimizer, np.float32)
    after, _ = told.taken()
    for name, array in model.parameters.items():
        np.testing.assert_allclose(after.parameters[name], array, atol=1e-6, err_msg=name)
    for name, array in model.buffers.items():
        np.testing.assert_allclose(after.buffers[name], array, atol=1e-5, err_msg=name)
    rng = np.random.default_rng(0)
    for name in rng.choice(list(model.parameters), 2, replace=False):
        array = model.parameters[name]
        index = tuple(int(i) for i in np.unravel_index(int(rng.integers(array.size)), array.shape))
        story = explain_step(told, name, index)
        weight = story.lines[-1]
        assert weight.before == pytest.approx(float(told.weights[name][index]), abs=1e-6)
        assert weight.after == pytest.approx(float(array[index]), abs=1e-5)
        assert story.lines[0].after == story.gradient


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_slots_are_told_as_they_become(optimizer: str, small_digits: Dataset):
    told, _, real = tell(built(small_network()), small_digits, optimizer, np.float32)
    story = explain_step(told, "conv_2.weight", (1, 2, 3, 1))
    lines = {line.symbol: line for line in story.lines}
    scale = {"v": 1.0, "a": 1.0, "m": 1.0}
    names = {"momentum": {"v": "velocity"}, "nesterov": {"v": "velocity"}, "rmsprop": {"a": "mean_square"},
             "adam": {"m": "mean", "v": "mean_square"}, "adamw": {"m": "mean", "v": "mean_square"}}  # fmt: skip
    if optimizer.startswith("adam"):
        scale = {"m": 0.1, "v": 0.001}
    for symbol, slot in names.get(optimizer, {}).items():
        real_after = float(real.slots[slot]["conv_2.weight"][1, 2, 3, 1]) * scale[symbol]
        assert lines[symbol].after == pytest.approx(real_after, rel=1e-4, abs=1e-9)
    assert lines["step"].after + lines.get("decay", lines["g"]).after * ("decay" in lines) == pytest.approx(
        lines["weight"].after - (lines["weight"].before or 0), abs=1e-12
    )


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("preset", [*PRESETS, "small"])
def test_pulls_add_up_to_the_gradient_of_the_engine(preset: str, mixed: bool, small_digits: Dataset):
    """In float64: rounded to 32 bits, a gate that is all but shut is open in one of them at times."""
    model = built(small_network() if preset == "small" else Sequential(PRESETS[preset].layers(10), preset), np.float64)
    rng = np.random.default_rng(1)
    second = SecondLabels(rng.integers(0, 10, N), rng.random(N)) if mixed else None
    told, *_ = tell(model, small_digits, "adam", np.float64, second=second)
    kinds = {name.rpartition("_")[0] + name.rpartition(".")[2]: name for name in told.gradients}
    for name in kinds.values():  # the last layer of each kind
        gradient = told.gradients[name]
        index = tuple(int(i) for i in np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape))
        story = explain_step(told, name, index)
        assert story.pulls.sum() / N == pytest.approx(float(gradient[index]), rel=1e-4, abs=1e-6), name
        assert story.pictures[:, story.cell[0], story.cell[1]] == pytest.approx(story.pulls)
        assert story.losses.mean() == pytest.approx(told.loss, abs=1e-5)


def test_the_image_walks_forth_and_back(small_digits: Dataset):
    told, *_ = tell(built(small_network()), small_digits, "adam", np.float32)
    story = explain_step(told)
    assert story.image == story.strongest[0] == np.abs(story.pulls).argmax()
    assert story.parameter == "conv_2.weight"
    by_name = {layer.name: layer for layer in story.layers}
    dropout = by_name["dropout_2"]
    mask = told.dropout["dropout_2"][story.image]
    assert np.all(dropout.value[mask == 0] == 0)
    gate = by_name["dropout_2"].gate
    assert gate is not None
    np.testing.assert_array_equal(gate, mask > 0)
    before = story.layers[[layer.name for layer in story.layers].index("dropout_2") - 1]
    np.testing.assert_allclose(before.gradient, dropout.gradient * mask, atol=1e-7)
    pool = by_name["pool_1"].gate
    assert pool is not None
    assert pool.sum() == 14 * 14 * 5
    np.testing.assert_allclose(story.layers[-1].gradient, story.dlogits[story.image])
    assert story.loss_after < story.loss_before
    assert explain_step(told, "dense_1.bias", (3,), 5).image == 5


def test_parts_of_a_large_batch_add_up(small_digits: Dataset, monkeypatch: pytest.MonkeyPatch):
    """On images without flat ground: among equal values rounding chooses the one that a pool keeps."""
    noise = np.random.default_rng(5).integers(0, 256, small_digits.images.shape, dtype=np.uint8)
    small_digits = replace(small_digits, images=noise)
    model = built(Sequential(PRESETS["digits"].layers(10)), np.float64)
    told, *_ = tell(model, small_digits, "momentum", np.float64)
    whole = explain_step(told, "conv_1.weight", (0, 0, 0, 0), 7)
    monkeypatch.setattr("cnn_core.training.step_working.AT_ONCE", 5 * model.image_elements)
    parts = explain_step(told, "conv_1.weight", (0, 0, 0, 0), 7)
    np.testing.assert_allclose(whole.pulls, parts.pulls, atol=1e-6)
    for one, other in zip(whole.layers, parts.layers, strict=True):
        np.testing.assert_allclose(one.gradient, other.gradient, atol=1e-6)


def test_what_is_not_there_is_refused(small_digits: Dataset):
    told, *_ = tell(built(small_network()), small_digits, "sgd", np.float32)
    for wrong in (("conv_9.weight", (0,)), ("conv_1.weight", (0, 0, 0)), ("conv_1.weight", (9, 0, 0, 0)),
                  ("batch_norm_1.mean", (0,))):  # fmt: skip
        with pytest.raises(CnnError):
            explain_step(told, *wrong)
    with pytest.raises(CnnError, match="image from 0 to 23"):
        explain_step(told, "conv_1.bias", (0,), 24)
