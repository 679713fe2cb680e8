"""Settings that change while a run goes: what they do, that they are on the disk first, that they are repeated."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from cnn_core.architecture import Architecture, LayerSpec
from cnn_core.cli import main
from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.errors import ConfigError, ModelFileError
from cnn_core.runs import RunEnded, RunStore, execute, load_run, read_metrics, resumed_config, take_up
from cnn_core.runs.folder import wanted_in
from cnn_core.training import (
    BatchMetrics,
    Change,
    ChangeRefused,
    Checkpoint,
    EpochMetrics,
    SettingsChanged,
    TrainingConfig,
    TrainingControl,
)

DROPS = Architecture(
    "drops",
    (
        LayerSpec("Conv2D", (("filters", 4), ("kernel_size", 3), ("stride", 2))),
        LayerSpec("BatchNorm"),
        LayerSpec("ReLU"),
        LayerSpec("Flatten"),
        LayerSpec("Dropout", (("rate", 0.25),)),
        LayerSpec("Dense", (("units", "classes"),)),
    ),
)
CONFIG = TrainingConfig(
    dataset="synthetic", architecture=DROPS, optimizer="adamw", epochs=3, batch_size=50, averaging=0.9, threads=2
)
WANTED = {
    3: {"learning_rate": 0.004},
    5: {"batch_size": 32, "augmentation": "light"},
    13: {"dropout": {"dropout_1": 0.5}},
    17: {"weight_decay": 0.1, "learning_rate": 0.001},
    21: {"epochs": 4},
}
"""What is wanted after so many steps: in the middle of epochs, and at the end of one."""


@pytest.fixture
def data(small_digits):
    return DataSplits(small_digits, make_synthetic(100, seed=9), "synthetic digits", "here", "free")


@pytest.fixture
def runs(tmp_path) -> RunStore:
    return RunStore(tmp_path / "kept")


class Killed(BaseException):
    """As if the process had been killed."""


class Person:
    """Wants changes at steps, and remembers what was told; dies after a step."""

    def __init__(self, wanted=WANTED, dies_at=None):
        self.control, self.told, self.dies_at = TrainingControl(), [], dies_at
        self.wanted = dict(wanted)

    def __call__(self, event):
        self.told.append(event)
        if isinstance(event, BatchMetrics):
            if event.step in self.wanted:
                self.control.change(**self.wanted.pop(event.step))
            if event.step == self.dies_at:
                raise Killed

    def of(self, kind):
        return [event for event in self.told if isinstance(event, kind)]

    @property
    def weights(self):
        return self.of(RunEnded)[0].weights.arrays


def steered(data, folder=None, config=CONFIG, **options):
    person = Person(**options)
    execute(config, data, person, person.control, folder)
    return person


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def test_settings_change_from_the_next_step_on(data, runs):
    folder = runs.create(CONFIG)
    person = steered(data, folder)
    changes = person.of(SettingsChanged)
    assert [event.change.step for event in changes] == [3, 5, 13, 17, 21]
    assert dict(changes[2].before.values) == {"dropout": (("dropout_1", 0.25),)}
    batches = person.of(BatchMetrics)
    plain = steered(data, wanted={}).of(BatchMetrics)
    assert [b.learning_rate for b in batches[:3]] == [b.learning_rate for b in plain[:3]]
    assert batches[3].learning_rate == pytest.approx(2 * plain[3].learning_rate)
    assert [b.loss for b in batches[:3]] == [b.loss for b in plain[:3]]
    assert batches[3].loss == plain[3].loss, "a rate changes what comes after the step"
    assert batches[4].loss != plain[4].loss
    # 550 images: 5 steps of 50, then 10 of 32 fill the first epoch, 18 each of the others
    assert [epoch.step for epoch in person.of(EpochMetrics)] == [15, 33, 51, 69]
    assert batches[-1].total_steps == 69
    assert batches[-1].epoch == 4
    record = load_run(folder.path).record
    assert record.config.changes == tuple(event.change for event in changes)
    now = record.config.at(10**6)
    assert (now.batch_size, now.augmentation, now.weight_decay, now.epochs) == (32, "light", 0.1, 4)


def test_a_repeat_does_it_again_at_the_same_steps(data, runs):
    folder = runs.create(CONFIG)
    first = steered(data, folder)
    config = load_run(folder.path).record.config
    again = steered(data, config=config, wanted={})
    assert same(first.weights, again.weights)
    assert [e.change for e in again.of(SettingsChanged)] == [e.change for e in first.of(SettingsChanged)]
    assert not same(first.weights, steered(data, wanted={}).weights)


@pytest.mark.parametrize("dies_at", [1, 4, 14, 15, 16, 20, 22, 33, 40, 52, 69])
def test_a_run_that_is_killed_goes_on_to_the_same_weights(data, runs, dies_at):
    whole = steered(data)
    folder = runs.create(CONFIG)
    with pytest.raises(Killed):
        steered(data, folder, dies_at=dies_at)
    stored = load_run(folder.path)
    with take_up(stored) as taken:
        checkpoint = Checkpoint.load(taken.checkpoint_path)
        person = Person({step: values for step, values in WANTED.items() if step >= dies_at})
        config = resumed_config(taken.record, checkpoint)
        execute(config, data, person, person.control, taken, checkpoint)
    assert same(whole.weights, person.weights)
    steps = [line["step"] for line in read_metrics(folder.path) if line["kind"] == "batch"]
    assert steps == list(range(1, 70))


def test_a_change_is_on_the_disk_before_it_holds(data, runs):
    folder = runs.create(CONFIG)
    found = []

    class Looking(Person):
        def __call__(self, event):
            if isinstance(event, SettingsChanged):
                found.append(
                    (event.change in load_run(folder.path).record.config.changes, self.of(BatchMetrics)[-1].step)
                )
            super().__call__(event)

    person = Looking()
    execute(CONFIG, data, person, person.control, folder)
    assert found == [(True, step) for step in WANTED]


def test_a_change_that_cannot_be_kept_does_not_hold(data, runs, monkeypatch):
    folder = runs.create(CONFIG)
    write = type(folder).write

    def full(self, record):
        if record.config.changes:
            raise ModelFileError("No room on the disk.")
        write(self, record)

    monkeypatch.setattr(type(folder), "write", full)
    person = steered(data, folder)
    assert [event.problem for event in person.of(ChangeRefused)] == ["No room on the disk."] * len(WANTED)
    assert not person.of(SettingsChanged)
    assert same(person.weights, steered(data, wanted={}).weights)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"learning_rate": -1.0}, "above 0"),
        ({"batch_size": 0}, "at least 1"),
        ({"augmentation": "wild"}, "expected one of"),
        ({"dropout": {"dropout_7": 0.5}}, "a layer of this network"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_run_goes_on(data, values, says):
    person = steered(data, wanted={3: values})
    assert says in person.of(ChangeRefused)[0].problem
    assert same(person.weights, steered(data, wanted={}).weights)


def test_what_would_change_nothing_is_no_change(data):
    person = steered(data, wanted={3: {"learning_rate": CONFIG.learning_rate, "dropout": {"dropout_1": 0.25}}})
    assert not person.of(SettingsChanged)
    plain = replace(CONFIG, optimizer="adam")
    person = steered(data, config=plain, wanted={3: {"weight_decay": 0.5}})
    assert "adamw" in person.of(ChangeRefused)[0].problem


def test_other_settings_cannot_change_on_the_way():
    with pytest.raises(ConfigError, match="learning_rate, dropout"):
        TrainingControl().change(seed=3)


def test_epochs_may_become_more_while_the_last_one_is_judged_but_not_fewer_than_there_are(data):
    control, told = TrainingControl(), []

    def longer(event):
        told.append(event)
        if isinstance(event, EpochMetrics) and event.epoch == CONFIG.epochs:
            control.change(epochs=CONFIG.epochs + 1)

    execute(CONFIG, data, longer, control)
    assert sum(isinstance(event, EpochMetrics) for event in told) == CONFIG.epochs + 1
    person = steered(data, wanted={15: {"epochs": 1}})
    assert len(person.of(EpochMetrics)) == 2, "the epoch that has begun is ended"


def test_changes_are_values_that_files_and_command_lines_hold():
    change = Change.of(400, learning_rate=0.001, dropout={"dropout_2": 0.3, "dropout_1": 0.5}, augmentation="light")
    assert Change.from_dict(json.loads(json.dumps(change.as_dict()))) == change
    assert Change.from_text(change.as_text()) == change
    config = replace(CONFIG, changes=(Change.of(5, epochs=7), change))
    assert TrainingConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config
    assert config.at(4).epochs == 3
    assert config.at(5).epochs == 7
    assert config.as_begun == CONFIG
    for text in ("learning_rate=1", "x: epochs=3", "3: epochs", "3: epochs=many", "3:", "3: seed=4"):
        with pytest.raises(ConfigError):
            Change.from_text(text)
    with pytest.raises(ConfigError, match="order"):
        replace(CONFIG, changes=(change, Change.of(5, epochs=7)))
    with pytest.raises(ConfigError, match="learning rate"):
        replace(CONFIG, changes=(Change.of(5, learning_rate=0),))


def test_the_command_line_changes_a_run_that_goes_and_repeats_it(tmp_path, capsys):
    store, out = tmp_path / "runs", tmp_path / "m.safetensors"
    command = [sys.executable, "-m", "cnn_core", "train", "-d", "synthetic", "--preset", "mlp", "--epochs", "400"]
    command += ["--runs", str(store), "--out", str(out), "--threads", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        end = time.monotonic() + 60
        while not (name := next((run.name for run in RunStore(store).runs() if run.record.epochs), None)):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end
            time.sleep(0.1)
        steps = load_run(store / name).record.steps
        for setting in ("learning_rate=0.0005", "epochs=1"):
            with pytest.raises(SystemExit) as ended:
                main(["runs", name, "--runs", str(store), "--set", setting])
            assert ended.value.code == 0
            while not any(
                setting.split("=")[0] in dict(c.values) for c in load_run(store / name).record.config.changes
            ):
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < end
                time.sleep(0.05)
        assert process.wait(60) == 0
    finally:
        process.kill()
    assert "learning rate 0.002 → 0.0005" in process.communicate()[1]
    record = load_run(store / name).record
    assert all(change.step >= steps for change in record.config.changes)
    assert record.reason == "finished"
    with pytest.raises(SystemExit) as ended:
        main(["runs", name, "--runs", str(store), "--repeat", "--json"])
    assert ended.value.code == 0
    again = max(RunStore(store).runs(), key=lambda run: run.record.started_at)
    assert again.record.test_loss == record.test_loss
    assert again.record.config == record.config
    with pytest.raises(SystemExit) as ended:
        main(["runs", name, "--runs", str(store), "--set", "epochs=3"])
    assert ended.value.code == 2
    assert "it is over" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "wanted",
    ['{"step":0,"epochs":"x"}', '{"step":0,"epochs":[1]}', '{"step":0,"cls":1}', '{"step":0,"batch_size":1.5}', "[",
     "3", '{"step":0,"dropout":{"a":1%s}}' % ("0" * 400),
     '{"step":0,"learning_rate":true}', '{"step":0,"augmentation":3}',
     '{"step":-1}'],
)  # fmt: skip
def test_wishes_of_strangers_do_not_end_a_run(data, runs, monkeypatch, wanted):
    monkeypatch.setattr("cnn_core.runs.folder.LOOK_EVERY_S", 0.0)
    folder = runs.create(CONFIG)
    (folder.path / "wanted.json").write_text(wanted)
    person = steered(data, folder, wanted={})
    assert len(person.of(EpochMetrics)) == CONFIG.epochs
    assert not person.of(SettingsChanged)
    assert not (folder.path / "wanted.json").exists()


def test_two_wishes_in_a_row_are_both_kept(runs):
    folder = runs.create(CONFIG)
    run = load_run(folder.path)
    run.ask_to_change({"learning_rate": 0.5, "dropout": {"dropout_1": 0.1}})
    run.ask_to_change({"epochs": 9})
    assert wanted_in(folder.path) == {"learning_rate": 0.5, "dropout": (("dropout_1", 0.1),), "epochs": 9}
    folder.close()


def test_a_rate_of_a_layer_that_there_is_not_is_refused_before_anything_begins(data, runs):
    wrong = replace(CONFIG, changes=(Change.of(9999, dropout={"dropout_7": 0.1}),))
    with pytest.raises(ConfigError, match="dropout_7"):
        execute(wrong, data, folder=runs.create(wrong))
    assert not runs.runs()


@pytest.mark.parametrize(
    "text",
    [
        "5: cls=1",
        "5: step=1",
        "5: epochs=3x",
        "5: dropout.dropout_1=" + "9" * 400,
        "9" * 30 + ": epochs=1",
        " " * 30 + ":",
    ],
)
def test_changes_that_make_no_sense_are_one_sentence(text, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["train", "-d", "synthetic", "--change", text])
    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_batch_sizes_are_told_step_by_step():
    config = replace(CONFIG, changes=(Change.of(3, batch_size=7), Change.of(3, epochs=9), Change.of(8, batch_size=2)))
    size_of = config.batch_sizes()
    assert [size_of(step) for step in range(1, 12)] == [config.at(step - 1).batch_size for step in range(1, 12)]


def test_a_change_that_was_planned_is_on_the_disk_and_is_not_written_again(data, runs, monkeypatch):
    """A disk that is full by then does not end the run."""
    planned = replace(CONFIG, changes=(Change.of(3, learning_rate=0.004),))
    folder = runs.create(planned)
    write = type(folder).write

    def full(self, record):
        if record.steps > 0 and not record.epochs:
            raise ModelFileError("No room on the disk.")
        write(self, record)

    monkeypatch.setattr(type(folder), "write", full)
    person = steered(data, folder, config=planned, wanted={})
    assert [event.change.step for event in person.of(SettingsChanged)] == [3]
    assert len(person.of(EpochMetrics)) == planned.epochs


def test_a_run_made_shorter_than_it_is_can_be_taken_up(data, runs):
    shorter = replace(CONFIG, epochs=9, changes=(Change.of(25, epochs=1),))
    whole = steered(data, config=shorter, wanted={})
    folder = runs.create(shorter)
    with pytest.raises(Killed):
        steered(data, folder, config=shorter, wanted={}, dies_at=30)
    with take_up(load_run(folder.path)) as taken:
        checkpoint = Checkpoint.load(taken.checkpoint_path)
        person = Person({})
        execute(resumed_config(taken.record, checkpoint), data, person, person.control, taken, checkpoint)
    assert same(whole.weights, person.weights)
