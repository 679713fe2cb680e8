"""The doctor: each finding is provoked by a real run, and sound runs of every preset have none."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from cnn_core.architecture import Architecture, LayerSpec
from cnn_core.datasets import Dataset
from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.errors import TrainingError
from cnn_core.presets import PRESETS
from cnn_core.runs import RunStore, examine, execute, load_run, read_metrics
from cnn_core.runs.doctor import NO_FAULT
from cnn_core.training import TrainingConfig

CONFIG = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1, batch_size=50, threads=1)


@pytest.fixture(scope="module")
def digits():
    return DataSplits(make_synthetic(3000, seed=1), make_synthetic(200, seed=9), "synthetic digits", "here", "free")


@pytest.fixture
def findings(tmp_path):
    def look(config: TrainingConfig, data: DataSplits):
        folder = RunStore(tmp_path / "runs").create(config)
        with suppress(TrainingError):
            execute(config, data, folder=folder)
        run = load_run(folder.path)
        return {finding.key: finding for finding in examine(run.record, read_metrics(folder.path))}

    return look


def part(data: DataSplits, chosen) -> DataSplits:
    images = data.train.images[chosen]
    labels = data.train.labels[chosen]
    return data._replace(train=Dataset("part", images, labels, data.train.class_names))


def net(*layers: LayerSpec) -> Architecture:
    return Architecture("mine", layers)


def dense(units, initializer="he"):
    return LayerSpec("Dense", (("units", units), ("initializer", initializer)))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_sound_run_of_each_preset_has_no_finding(findings, digits, preset):
    config = replace(CONFIG, architecture=preset, epochs=2 if preset != "article" else 1, batch_size=64)
    found = findings(config, digits)
    assert {key for key, one in found.items() if one.severity != NO_FAULT} == set()


def test_a_rate_that_is_too_high(findings, digits):
    found = findings(replace(CONFIG, optimizer="sgd", learning_rate=0.5, schedule="constant"), digits)
    assert 0 < found["rate too high"].change["learning_rate"] < 0.1


def test_a_run_that_runs_away(findings, digits):
    found = findings(replace(CONFIG, optimizer="sgd", learning_rate=1e6, schedule="constant"), digits)
    assert "no number" in found["diverged"].title
    assert found["diverged"].change["learning_rate"] < 1e6
    assert "plateau" not in found


def test_a_rate_that_is_too_low(findings, digits):
    found = findings(replace(CONFIG, optimizer="sgd", learning_rate=1e-6, schedule="constant"), digits)
    assert found["rate too low"].change["learning_rate"] > 1e-5


def test_units_that_never_fire(findings, digits):
    """A first step that is far too large kills them; a small rate afterwards shows nothing of it."""
    config = replace(CONFIG, learning_rate=0.05, schedule="step", epochs=2)
    found = findings(config, digits)
    assert "never fire" in found["silent units"].title
    assert found["silent units"].change["learning_rate"] < 0.05


def test_gradients_that_vanish(findings, digits):
    layers = [layer for _ in range(9) for layer in (dense(32, "glorot"), LayerSpec("Sigmoid"))]
    deep = net(LayerSpec("Flatten"), *layers, dense("classes", "glorot"))
    found = findings(replace(CONFIG, architecture=deep), digits)
    assert "dense_1" in found["vanishing gradients"].title


def test_gradients_that_explode(findings, digits):
    layers = [layer for _ in range(22) for layer in (dense(48), LayerSpec("LeakyReLU", (("slope", 1.0),)))]
    deep = net(LayerSpec("Flatten"), *layers, dense("classes"))
    config = replace(CONFIG, architecture=deep, optimizer="sgd", learning_rate=1e-9, schedule="constant")
    assert "times as large as its weights" in findings(config, digits)["exploding gradients"].title


def test_a_loss_that_jumps(findings, digits):
    calm = net(LayerSpec("Flatten"), dense(64), LayerSpec("Tanh"), dense("classes", "glorot"))
    config = replace(CONFIG, architecture=calm, learning_rate=0.001, schedule="constant", epochs=2,
                     changes=[{"step": 40, "learning_rate": 3.0}, {"step": 42, "learning_rate": 0.001}])  # fmt: skip
    found = findings(config, digits)
    assert 41 <= found["loss jumped"].step <= 50
    assert found["loss jumped"].change == {"warmup_epochs": 0.5}


def test_overfitting(findings, digits):
    few = part(digits, slice(0, 120))
    config = replace(CONFIG, epochs=60, validation=0.5, batch_size=20, architecture="digits", schedule="constant",
                     dropout={"dropout_1": 0.0})  # fmt: skip
    found = findings(config, few)
    assert found["overfitting"].change == {"augmentation": "light"}


def test_a_plateau(findings, digits):
    noise = np.random.default_rng(0).integers(0, 256, (600, 28, 28, 1), np.uint8)
    labels = np.random.default_rng(1).integers(0, 10, 600)
    data = digits._replace(train=Dataset("noise", noise, labels, digits.train.class_names))
    plain = net(LayerSpec("Flatten"), dense("classes", "glorot"))
    config = replace(CONFIG, architecture=plain, epochs=6, optimizer="sgd", learning_rate=1e-7, schedule="constant")
    found = findings(config, data)
    assert "has stood at" in found["plateau"].title


def test_labels_all_alike_and_classes_uneven(findings, digits):
    one = np.flatnonzero(digits.train.labels == 3)
    found = findings(CONFIG, part(digits, one))
    assert "labelled 3" in found["labels all alike"].title
    assert "uneven classes" not in found
    many = np.concatenate([one, *[np.flatnonzero(digits.train.labels == k)[:12] for k in range(10) if k != 3]])
    found = findings(CONFIG, part(digits, many))
    assert "3 has" in found["uneven classes"].title


def test_validation_better_than_training_is_no_fault(findings, digits):
    found = findings(replace(CONFIG, dropout={"dropout_1": 0.7, "dropout_2": 0.7}), digits)
    assert found["validation better"].severity == NO_FAULT
    assert "no fault" in found["validation better"].detail
