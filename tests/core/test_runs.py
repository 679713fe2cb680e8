"""A run as a value, and the folders that keep runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from kept import epochs_in

from cnn_core.cli import main
from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.errors import ConfigError, ModelFileError, TrainingError
from cnn_core.runs import (
    Measuring,
    RunEnded,
    RunRecord,
    RunStarted,
    RunStore,
    epoch_files,
    execute,
    load_run,
    read_metrics,
    remove_run,
    take_up,
)
from cnn_core.sources import load_dataset
from cnn_core.storage import load_model
from cnn_core.training import BatchMetrics, Checkpoint, EpochMetrics, TrainingConfig, TrainingControl

CONFIG = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=2, batch_size=50, threads=1)


@pytest.fixture
def data(small_digits):
    return DataSplits(small_digits, make_synthetic(100, seed=9), "synthetic digits", "here", "free")


@pytest.fixture
def runs(tmp_path) -> RunStore:
    return RunStore(tmp_path / "kept")


def test_a_run_tells_all_and_its_record_says_how_it_went(data, runs):
    told = []
    folder = runs.create(CONFIG)
    record = execute(CONFIG, data, told.append, folder=folder)
    kinds = [type(event) for event in told]
    assert kinds[0] is RunStarted
    assert kinds[-1] is RunEnded
    assert [kinds.count(kind) for kind in (BatchMetrics, EpochMetrics)] == [22, 2]
    assert Measuring in kinds
    assert (record.reason, len(record.epochs), record.steps) == ("finished", 2, 22)
    assert record.test_accuracy is not None
    assert (record.network, record.title, record.train_images, record.test_images) == ("mlp", data.title, 550, 100)
    assert RunRecord.from_dict(json.loads(json.dumps(record.as_dict()))) == record
    assert told[-1].record is record
    with pytest.raises(AttributeError):
        record.reason = "x"  # type: ignore[misc]


def test_a_run_is_a_folder_from_its_first_moment(data, runs):
    folder = runs.create(CONFIG)
    assert [run.record.reason for run in runs.runs()] == ["running"]
    seen = []

    def look(event):
        if isinstance(event, EpochMetrics):
            (run,) = runs.runs()
            seen.append((len(run.record.epochs), run.is_running, run.checkpoint is not None))
            lines = list(read_metrics(run.path))
            assert lines[-1]["kind"] == "epoch"
            assert [line["step"] for line in lines if line["kind"] == "batch"] == list(range(1, event.step + 1))

    record = execute(CONFIG, data, look, folder=folder)
    assert [row[:2] for row in seen] == [(1, True), (2, True)]
    (run,) = runs.runs()
    assert run.record == record
    assert run.checkpoint is None
    assert [epoch for epoch, _ in epoch_files(run.path)] == [0, 1, 2]
    model = load_model(run.model)
    assert model.training["test_accuracy"] == record.test_accuracy
    assert model.training["place"] == "here"
    assert load_model(run.path / "epochs" / "0002.safetensors").training["epoch"] == 2
    assert runs.find(run.name).path == runs.find(str(run.path)).path == run.path


def test_a_run_that_was_interrupted_goes_on_as_if_nothing_had_been(data, runs):
    whole = execute(CONFIG, data)
    control = TrainingControl()
    folder = runs.create(CONFIG)

    def interrupt(event):
        if isinstance(event, BatchMetrics) and event.step == 15:
            control.interrupt()

    record = execute(CONFIG, data, interrupt, control, folder)
    assert (record.reason, len(record.epochs)) == ("interrupted", 1)
    (run,) = runs.runs()
    assert run.was_interrupted
    checkpoint = Checkpoint.load(run.checkpoint)
    again = execute(checkpoint.config, data, folder=take_up(run), resume=checkpoint)
    assert again.test_loss == whole.test_loss
    (run,) = runs.runs()
    assert (run.record.reason, len(run.record.epochs), run.checkpoint) == ("finished", 2, None)
    steps = [line["step"] for line in read_metrics(run.path) if line["kind"] == "batch"]
    assert steps == list(range(1, 23)), "what came after the checkpoint was made anew"


def test_a_run_that_was_stopped_by_its_owner_is_not_offered(data, runs):
    control = TrainingControl()
    record = execute(CONFIG, data, lambda e: control.stop() if isinstance(e, EpochMetrics) else None, control,
                     runs.create(CONFIG))  # fmt: skip
    assert record.reason == "stopped"
    assert record.test_accuracy is None
    assert not runs.runs()[0].was_interrupted
    assert runs.runs()[0].checkpoint is not None, "yet it can go on"


def test_a_run_that_diverges_is_kept_with_the_reason(data, runs):
    wild = replace(CONFIG, learning_rate=1e30, optimizer="sgd")
    told = []
    with pytest.raises(TrainingError):
        execute(wild, data, told.append, folder=runs.create(wild))
    (run,) = runs.runs()
    assert run.record.reason == "diverged"
    assert "learning rate" in run.record.problem
    assert told[-1].record.reason == "diverged"


def test_what_cannot_begin_leaves_no_folder(data, runs):
    with pytest.raises((ConfigError, ModelFileError)):
        execute(replace(CONFIG, start="nowhere.safetensors"), data, folder=runs.create(CONFIG))
    assert not runs.runs()
    assert not list(runs.folder.iterdir())


def test_a_killed_run_is_found_by_the_next_program(data, runs, tmp_path):
    code = (
        "import sys, os, signal\n"
        "from cnn_core.runs import RunStore, execute\n"
        "from cnn_core.sources import load_dataset\n"
        "from cnn_core.training import EpochMetrics, TrainingConfig\n"
        "config = TrainingConfig(dataset=sys.argv[2], architecture='mlp', epochs=3, threads=1)\n"
        "def kill(e):\n"
        "    if isinstance(e, EpochMetrics) and e.epoch == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "execute(config, load_dataset(sys.argv[2]), kill, folder=RunStore(sys.argv[1]).create(config))\n"
    )
    np.savez(tmp_path / "own.npz", x_train=data.train.images, y_train=data.train.labels)
    subprocess.run([sys.executable, "-c", code, str(runs.folder), str(tmp_path / "own.npz")], check=False)
    (run,) = runs.runs()
    assert run.was_interrupted
    assert run.as_dict()["reason"] == "interrupted"
    assert len(Checkpoint.load(run.checkpoint).epochs) == 1


def test_epochs_are_thinned_evenly(data, runs, monkeypatch):
    config = replace(CONFIG, epochs=13, batch_size=550)
    monkeypatch.setattr("cnn_core.runs.folder.MOST_EPOCHS_BYTES", 6 * 1_000_000)
    record = execute(config, data, folder=runs.create(config))
    kept = [epoch for epoch, _ in epoch_files(runs.runs()[0].path)]
    assert len(record.epochs) == 13
    assert len(kept) <= 7
    assert set(np.diff(kept[:-1])) == {kept[1] - kept[0]}
    assert kept[0] == 0
    assert kept[-1] >= 12


def test_broken_folders_are_left_alone(runs, data):
    execute(CONFIG, data, folder=runs.create(CONFIG))
    for name, text in (("a", b"nonsense"), ("b", b"{}"), ("c", b'{"format": "cnn-gui run 1", "record": {"config": 3}}'),
                       ("d", b'{"format": "cnn-gui run 1", "record": []}'), ("e", b"[" * 10_000)):  # fmt: skip
        (runs.folder / name).mkdir()
        (runs.folder / name / "run.json").write_bytes(text)
        with pytest.raises(ConfigError):
            load_run(runs.folder / name)
    (runs.folder / "file").write_text("x")
    assert len(runs.runs()) == 1
    path = runs.runs()[0].path / "run.json"
    values = json.loads(path.read_text())
    for field, wrong in (("reason", "x"), ("steps", 1.5), ("seconds", "1"), ("test_accuracy", True), ("title", 3)):
        path.write_text(json.dumps(values | {"record": values["record"] | {field: wrong}}))
        with pytest.raises(ConfigError, match=field):
            load_run(path.parent)


def test_a_run_that_goes_cannot_be_taken_up_twice(runs):
    with runs.create(CONFIG):
        (run,) = runs.runs()
        assert run.reason == "running"
        for wrong in (take_up, remove_run):
            with pytest.raises(ModelFileError, match="still makes it"):
                wrong(run)
    (run,) = runs.runs()
    assert run.reason == "interrupted", "nobody makes it any more"
    with take_up(run), pytest.raises(ModelFileError, match="still makes it"):
        take_up(run)
    remove_run(run)
    assert not list(runs.folder.iterdir())


def test_a_run_that_is_interrupted_in_its_first_epoch_goes_on(data, runs):
    whole = execute(CONFIG, data)
    control = TrainingControl()
    record = execute(CONFIG, data, lambda e: control.interrupt() if isinstance(e, BatchMetrics) else None, control,
                     runs.create(CONFIG))  # fmt: skip
    assert (record.reason, record.epochs_completed) == ("interrupted", 0)
    (run,) = runs.runs()
    assert run.was_interrupted
    folder = take_up(run)
    checkpoint = Checkpoint.load(folder.checkpoint_path)
    again = execute(checkpoint.config, data, folder=folder, resume=checkpoint)
    assert (again.reason, again.test_loss) == ("finished", whole.test_loss)


@pytest.mark.parametrize("name", ["metrics.jsonl", "model.safetensors", "checkpoint.safetensors", "epochs",
                                  "epochs/0001.safetensors"])  # fmt: skip
def test_a_strangers_run_writes_nowhere_else(data, runs, tmp_path, name):
    control = TrainingControl()
    execute(CONFIG, data, lambda e: control.interrupt() if isinstance(e, EpochMetrics) else None, control,
            runs.create(CONFIG))  # fmt: skip
    (run,) = runs.runs()
    mine = tmp_path / "mine"
    mine.write_text("mine")
    link = run.path / name
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(mine)
    with pytest.raises(ModelFileError, match="a link or something else"):
        take_up(runs.runs()[0])
    assert mine.read_text() == "mine"
    assert runs.runs()[0].reason == "interrupted", "the claim was given back"


def test_odd_metrics_are_read_at_once_and_never_waited_for(runs):
    with runs.create(CONFIG) as folder:
        path = folder.path / "metrics.jsonl"
        os.mkfifo(path)
        assert not list(read_metrics(folder.path))
        path.unlink()
        figures = ", ".join(
            f'"{name}": 1' for name in ("epoch", "loss", "accuracy", "learning_rate", "images_per_second")
        )
        batch, resumed = f'{{"kind": "batch", "step": %d, {figures}}}', '{"kind": "resumed", "step": %d}'
        odd = ['{"kind": "batch", "step": "x"}', "[" * 5000, '{"kind": "resumed"}', '{"kind": "batch", "st']
        lines = [batch % 1, *odd, *(batch % step for step in range(2, 60_000)), *(resumed % 5 for _ in range(20_000))]
        path.write_text("\n".join([*lines, batch % 6])[:-3], "ascii")
        begun = time.monotonic()
        assert [line["step"] for line in read_metrics(folder.path)] == [1, 2, 3, 4, 5]
        assert time.monotonic() - begun < 5
        folder.note_resumed(3)
        assert [line["step"] for line in read_metrics(folder.path)] == [1, 2, 3], "the line that was cut is ended"


def test_a_long_run_has_a_short_record(runs):
    epochs = tuple(EpochMetrics(i, 5000, i * 10, 1.0, 0.5, 1.0, 0.5, 1.0, i == 1) for i in range(1, 5001))
    with runs.create(CONFIG) as folder:
        folder.write(replace(folder.record, epochs=epochs))
        assert (folder.path / "run.json").stat().st_size < 400_000
    (run,) = runs.runs()
    assert run.record.epochs_completed == 5000
    assert run.record.best == epochs[0]


def test_a_record_of_odd_figures_and_names_is_refused_or_cleaned(runs, capsys):
    with runs.create(CONFIG) as folder:
        path = folder.path / "run.json"
    values = json.loads(path.read_text())

    def put(**fields):
        path.write_text(json.dumps(values | {"record": values["record"] | fields, "checkpoint": "x" * 5000}))

    for field, wrong in (("started_at", 1e300), ("started_at", -1e11), ("steps", 10**400), ("seconds", 10**400)):
        put(**{field: wrong})
        with pytest.raises(ConfigError, match=field):
            load_run(path.parent)
    put(title="\x1b[2Jgone", place="\x9b2J")
    for arguments in (("runs",), ("runs", path.parent.name)):
        code, out, _ = command(capsys, *arguments, "--runs", runs.folder)
        assert code == 0
        assert "\x1b" not in out
        assert "\x9b" not in out


def test_runs_resume_never_replaces_what_is_not_its_own(data, runs, tmp_path, capsys):
    out = tmp_path / "m.safetensors"
    np.savez(tmp_path / "own.npz", x_train=data.train.images, y_train=data.train.labels)
    config = replace(CONFIG, dataset=str(tmp_path / "own.npz"))
    control = TrainingControl()
    execute(config, data, lambda e: control.interrupt() if isinstance(e, EpochMetrics) else None, control,
            runs.create(config, out))  # fmt: skip
    out.write_text("of somebody else")
    code, _, err = command(capsys, "runs", runs.runs()[0].name, "--resume", "--runs", runs.folder)
    assert code == 2
    assert "found one of another kind" in err
    assert out.read_text() == "of somebody else"


def test_a_store_that_is_a_file_says_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelFileError, match="Choose another folder"):
        RunStore(tmp_path / "file").create(CONFIG)


def command(capsys, *arguments) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_the_command_line_lists_shows_and_resumes(capsys, tmp_path, data):
    np.savez(tmp_path / "own.npz", x_train=data.train.images, y_train=data.train.labels)
    folder = tmp_path / "elsewhere"
    code, out, _ = command(capsys, "runs", "--runs", folder, "--json")
    assert (code, json.loads(out)["runs"]) == (0, [])
    train = ("train", "-d", tmp_path / "own.npz", "-p", "mlp", "--runs", folder)
    assert command(capsys, *train, "-e", 1)[0] == 0
    code, out, _ = command(capsys, "runs", "--runs", folder, "--json")
    (run,) = json.loads(out)["runs"]
    assert (run["reason"], run["network"], run["epochs"]) == ("finished", "mlp", 1)
    assert command(capsys, "runs", "--runs", folder)[1].count(run["name"]) == 1
    code, out, _ = command(capsys, "runs", run["name"], "--runs", folder)
    assert code == 0
    assert "cnn-core train --dataset" in out
    code, _, err = command(capsys, "runs", run["name"], "--resume", "--runs", folder)
    assert code == 2
    assert "expected a checkpoint" in err
    assert "See: cnn-core runs" in command(capsys, "runs", "nobody", "--runs", folder)[2]


def test_a_run_is_resumed_by_its_name(tmp_path, data, capsys):
    np.savez(tmp_path / "own.npz", x_train=data.train.images, y_train=data.train.labels)
    folder, out = tmp_path / "kept", tmp_path / "m.safetensors"
    code = [sys.executable, "-m", "cnn_core", "train", "-d", str(tmp_path / "own.npz"), "-p", "mlp", "-e", "100000",
            "--runs", str(folder), "--out", str(out)]  # fmt: skip
    with subprocess.Popen(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        end = time.monotonic() + 60
        while not epochs_in(out.with_suffix(".checkpoint.safetensors")) and time.monotonic() < end:
            time.sleep(0.05)
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 130
    (run,) = RunStore(folder).runs()
    assert run.was_interrupted
    checkpoint = Checkpoint.load(run.checkpoint)
    short = replace(checkpoint, config=replace(checkpoint.config, epochs=len(checkpoint.epochs) + 1))
    short.save(run.checkpoint)
    out.unlink()  # it is of a run of other settings now
    code, said, err = command(capsys, "train", "--resume", run.name, "--runs", folder, "--json")
    assert code == 0, err
    assert json.loads(said)["model"] == str(out)
    assert load_model(out).training["reason"] == "finished"
    assert RunStore(folder).runs()[0].record.reason == "finished"
    assert not list(tmp_path.glob("*.checkpoint.*"))


@pytest.mark.parametrize("move", [shutil.move, shutil.copytree])
def test_a_run_is_taken_up_where_its_folder_is_now(data, tmp_path, monkeypatch, capsys, move):
    """Moved or copied, and begun with a relative path: its checkpoint is the one in its own folder."""
    np.savez(tmp_path / "own.npz", x_train=data.train.images, y_train=data.train.labels)
    monkeypatch.chdir(tmp_path)
    config = TrainingConfig(dataset=str(tmp_path / "own.npz"), architecture="mlp", epochs=2)
    with RunStore("old").create(config) as folder:
        control = TrainingControl()
        splits = load_dataset(config.dataset)
        execute(config, splits, lambda e: control.stop() if isinstance(e, EpochMetrics) else None, control, folder)
    before = (tmp_path / "old" / folder.name / "checkpoint.safetensors").read_bytes()
    move("old", "new")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (run,) = RunStore("../new").runs()
    assert run.checkpoint.samefile(tmp_path / "new" / folder.name / "checkpoint.safetensors")
    code, _, err = command(capsys, "runs", folder.name, "--resume", "--runs", "../new")
    assert code == 0, err
    assert not run.checkpoint_path.exists()
    if move is shutil.copytree:
        assert (tmp_path / "old" / folder.name / "checkpoint.safetensors").read_bytes() == before
