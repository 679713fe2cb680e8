"""The book of runs: summaries, index, search, notes, trash, what differs and whether that is chance."""

from __future__ import annotations

import json
import re
import shutil
import struct
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_core.architecture import Architecture
from cnn_core.cli import main
from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.errors import ConfigError, ModelFileError
from cnn_core.evaluation import compare_accuracies, wilson_interval
from cnn_core.presets import make_preset
from cnn_core.runs import (
    RunIndex,
    RunStore,
    RunSummary,
    differences,
    examine,
    execute,
    load_run,
    read_history,
    read_metrics,
    search,
    sort_runs,
    take_up,
)
from cnn_core.runs.record import RunRecord
from cnn_core.runs.search import parse, sort_key
from cnn_core.runs.summary import settings_of
from cnn_core.training import BatchMetrics, Change, Checkpoint, TrainingConfig, TrainingControl
from cnn_core.training.history import EpochMetrics

CONFIG = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1, batch_size=50, threads=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three runs that differ in their rate, of which one was stopped."""
    from cnn_core.digits import make_synthetic as synthetic

    store = RunStore(tmp_path_factory.mktemp("book") / "runs")
    data = DataSplits(synthetic(400, seed=1), synthetic(100, seed=9), "synthetic digits", "here", "free")
    for rate in (0.002, 0.0005, 0.01):
        execute(replace(CONFIG, learning_rate=rate), data, folder=store.create(CONFIG))
    return store


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "runs")
    return RunStore(tmp_path / "runs")


def rewrite(run, record):
    """Another record in the run's folder."""
    values = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps(values | {"record": record.as_dict()}))


def run_cli(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out = capsys.readouterr()
    return ended.value.code, out.out, " ".join(out.err.split())


def test_a_summary_says_what_the_record_says_and_goes_through_a_file(store):
    for run in store.runs():
        summary = RunSummary.of(run)
        assert re.fullmatch(r"\d{8}-\d{6}-" + summary.title, run.name)
        assert summary.test == run.record.test_accuracy
        assert summary.validation_images == 33
        assert summary.settings["learning_rate"] == run.record.config.learning_rate
        assert 3 <= len(summary.curve) <= 64
        again = RunSummary.from_dict(json.loads(json.dumps(summary.as_dict())))
        assert again.as_dict() == summary.as_dict()
    for broken in (
        {},
        {"name": "x"},
        [],
        None,
        summary.as_dict() | {"reason": "magic"},
        summary.as_dict() | {"curve": 3},
    ):
        with pytest.raises(ConfigError):
            RunSummary.from_dict(broken)


def test_the_index_reads_only_what_has_changed(store, tmp_path):
    index = RunIndex(store, tmp_path / "index.json")
    assert len(index.summaries()) == index.read == 3
    assert index.summaries()
    assert index.read == 0
    fresh = RunIndex(store, tmp_path / "index.json")
    assert [run.as_dict() for run in fresh.summaries()] == [run.as_dict() for run in index.summaries()]
    assert fresh.read == 0
    store.runs()[0].note(title="the best one")
    assert "the best one" in {run.title for run in fresh.summaries()}
    assert fresh.read == 1
    (tmp_path / "index.json").write_text(
        '{"format": "cnn-gui index of runs 1", "runs": [{"stamp": [1], "run": {"name": 3}}]}'
    )
    assert len(RunIndex(store, tmp_path / "index.json").summaries()) == 3


def test_thousands_of_runs_stay_quick(store, tmp_path):
    """The second look costs a look at the folders, not the reading of 5 000 records."""
    text = (store.runs()[0].path / "run.json").read_text()
    folder = tmp_path / "many"
    for number in range(5000):
        (folder / f"run-{number:04}").mkdir(parents=True)
        (folder / f"run-{number:04}" / "run.json").write_text(text)
    many = RunStore(folder)
    index = RunIndex(many, tmp_path / "index.json")
    assert len(index.summaries()) == 5000
    again, started = RunIndex(many, tmp_path / "index.json"), time.perf_counter()
    found = again.summaries()
    seconds = time.perf_counter() - started
    assert again.read == 0
    assert len(search(found, "network:mlp rate>0.001 test>1")) in (0, 5000)
    assert sorted(found, key=sort_key("test"))
    assert seconds < 5, "about half a second; a shared machine may be slow"


def test_runs_are_found_by_words(store):
    store.runs()[0].note(title="tried at night", notes="too high?")
    runs = RunIndex(store, store.folder / "i.json").summaries()
    assert len(search(runs, "")) == 3
    assert len(search(runs, "network:ml rate>0.001")) == 2
    assert len(search(runs, "rate<=0.0005")) == 1
    assert len(search(runs, "learning_rate=0.01")) == 1
    assert len(search(runs, "NIGHT")) == 1
    assert len(search(runs, "high? network:mlp")) == 1
    assert len(search(runs, "optimizer!=adam")) == 0
    assert len(search(runs, "optimizer=adam test>0")) == 3
    half = search(runs, "test>50")
    assert half == search(runs, "test>0.5%".replace("0.5%", "0.5"))
    with pytest.raises(ConfigError, match="colour"):
        parse("colour:red")
    by_rate = sorted(runs, key=sort_key("learning_rate"))
    assert [run.settings["learning_rate"] for run in by_rate] == [0.0005, 0.002, 0.01]
    unknown = replace(runs[0], test=None)
    assert sorted([unknown, *runs[1:]], key=sort_key("test"))[-1] is unknown


def test_what_differs_is_told_and_nothing_else(store):
    runs = RunIndex(store, store.folder / "i.json").summaries()
    found = differences([run.settings for run in runs])
    assert set(found) == {"learning_rate"}
    assert set(found["learning_rate"]) == {0.002, 0.0005, 0.01}
    assert differences([]) == {}


def test_a_deleted_run_lies_in_the_trash_and_comes_back(store):
    run = store.runs()[0]
    store.discard(run)
    assert run.name not in {other.name for other in store.runs()}
    assert run.name not in {other.name for other in RunIndex(store, store.folder / "i.json").summaries()}
    assert store.trashed() == (run.name,)
    assert store.empty_trash() == 0, "it stays for a while"
    again = store.restore(run.name)
    assert again.record == run.record
    assert not store.trashed()
    store.discard(again)
    (store.folder / run.name).mkdir()
    with pytest.raises(ModelFileError):
        store.restore(run.name)
    assert store.empty_trash(0) == 1
    with pytest.raises(ModelFileError):
        store.restore("../etc")
    going = store.create(CONFIG)
    with pytest.raises(ModelFileError):
        store.discard(load_run(going.path))
    going.close()


def test_a_run_elsewhere_is_not_moved(store, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(store.runs()[0].path, other)
    with pytest.raises(ModelFileError, match="elsewhere"):
        store.discard(store.find(str(other)))
    assert other.exists()


def test_notes_are_kept_beside_the_record(store):
    run = store.runs()[0]
    run.note(title="a name")
    run.note(notes="and a note")
    assert (run.notes().title, run.notes().notes) == ("a name", "and a note")
    with pytest.raises(ConfigError):
        run.note(title="x" * 1000)
    (run.path / "notes.json").write_text("[")
    assert run.notes().title == ""
    (run.path / "notes.json").write_text('{"title": "a\\u0000b\\u001b[31m"}')
    assert "\x1b" not in run.notes().title


def test_intervals_and_chance():
    low, high = wilson_interval(0.5, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-4), pytest.approx(0.5962, abs=1e-4))
    assert wilson_interval(1.0, 100)[1] == 1.0
    assert wilson_interval(1.0, 100)[0] == pytest.approx(0.9630, abs=1e-4)
    assert wilson_interval(0.3, 0) == (0.0, 1.0)
    real = compare_accuracies(0.95, 10_000, 0.94, 10_000)
    assert real.is_real
    assert real.value == pytest.approx(0.01)
    noise = compare_accuracies(0.9906, 10_000, 0.9895, 10_000)
    assert not noise.is_real
    assert noise.chance == pytest.approx(0.4322, abs=2e-3)
    assert not compare_accuracies(1.0, 10, 1.0, 10).is_real
    rng = np.random.default_rng(0)  # where there is no difference, one is called real in one case of twenty
    draws = rng.binomial(1000, 0.9, (2000, 2)) / 1000
    assert np.mean([compare_accuracies(a, 1000, b, 1000).is_real for a, b in draws]) == pytest.approx(0.05, abs=0.015)


def test_the_command_line_keeps_the_book(store, capsys):
    folder = ("--runs", str(store.folder))
    names = [run.name for run in store.runs()]
    code, out, _ = run_cli(capsys, "runs", *folder, "--filter", "rate>0.001", "--sort", "-rate", "--json")
    assert code == 0
    assert [run["settings"]["learning_rate"] for run in json.loads(out)["runs"]] == [0.01, 0.002]
    assert run_cli(capsys, "runs", names[0], *folder, "--title", "night", "--notes", "long")[0] == 0
    code, out, _ = run_cli(capsys, "runs", names[0], *folder)
    assert "(night)" in out
    assert "notes" in out
    assert "95 %" in out
    code, out, _ = run_cli(capsys, "runs", *names, *folder, "--json")
    compared = json.loads(out)
    assert set(compared["different"]) == {"learning_rate"}
    assert compared["against_first"][0]["chance"] <= 1
    assert run_cli(capsys, "runs", *names[:2], *folder)[0] == 0
    assert run_cli(capsys, "runs", names[1], *folder, "--delete")[0] == 0
    assert run_cli(capsys, "runs", names[1], *folder)[0] == 2
    assert run_cli(capsys, "runs", names[1], *folder, "--restore", "--json")[1].count(names[1]) == 1
    code, out, _ = run_cli(capsys, "runs", names[1], *folder, "--doctor", "--json")
    assert "findings" in json.loads(out)
    for wrong in (
        ["--delete"],
        [*names[:2], "--repeat"],
        ["--filter", "colour:red"],
        ["--sort", "colour"],
        [names[0], "--restore"],
    ):
        code, _, err = run_cli(capsys, "runs", *wrong, *folder)
        assert code == 2
        assert err.startswith("cnn-core:") or "xpected" in err


def test_a_run_is_written_for_tensorboard_and_read_back(store, tmp_path, capsys):
    from tensorboardX.proto import event_pb2
    from tensorboardX.record_writer import masked_crc32c

    run = store.runs()[0]
    code, out, _ = run_cli(
        capsys, "runs", run.name, "--runs", str(store.folder), "--tensorboard", str(tmp_path / "tb"), "--json"
    )
    assert code == 0
    (place,) = json.loads(out)["written"]
    values: dict[str, list[tuple[int, float]]] = {}
    for file in sorted(Path(place).rglob("events.out.tfevents.*")):
        data = file.read_bytes()
        while data:  # length, its check sum, the event, its check sum
            (length,) = struct.unpack("<Q", data[:8])
            assert struct.unpack("<I", data[8:12])[0] == masked_crc32c(data[:8])
            event = event_pb2.Event.FromString(data[12 : 12 + length])
            for value in event.summary.value:
                values.setdefault(value.tag, []).append((event.step, value.simple_value))
            data = data[16 + length :]
    batches = [line for line in read_metrics(run.path) if line["kind"] == "batch"]
    assert values["loss/train"] == [(line["step"], pytest.approx(line["loss"], rel=1e-6)) for line in batches]
    assert values["accuracy/validation"][0][1] == pytest.approx(run.record.epochs[0].validation_accuracy)
    assert "weights/dense_1" in values


def test_a_record_of_the_first_format_still_opens(store):
    """Files of before know no counts, curve or changes."""
    path = store.runs()[0].path / "run.json"
    values = json.loads(path.read_text())
    for name in ("class_counts", "curve", "has_dropout", "validation_images"):
        values["record"].pop(name)
    for name in ("changes", "dropout", "warmup_epochs", "momentum", "beta1", "beta2", "rms_decay"):
        values["record"]["config"].pop(name)
    path.write_text(json.dumps(values))
    assert load_run(path.parent).record.config == replace(load_run(path.parent).record.config, changes=(), dropout=())


def test_records_hold_no_nonsense():
    record = RunRecord(
        CONFIG, epochs=(EpochMetrics(1, 1, 5, 1.0, 0.5, 1.0, 0.5, 1.0, True),), class_counts=(3, 4), curve=(1.0,)
    )
    values = json.loads(json.dumps(record.as_dict()))
    assert RunRecord.from_dict(values) == record
    for name, wrong in (
        ("class_counts", [-1]),
        ("class_counts", "many"),
        ("curve", [float("nan")] * 3),
        ("curve", [0.0] * 999),
    ):
        with pytest.raises(ConfigError):
            RunRecord.from_dict(values | {name: wrong})
    assert make_synthetic(10, seed=1).class_names


BATCH = '{"kind":"batch","step":1,"epoch":1,"loss":%s,"accuracy":1,"learning_rate":1,"images_per_second":1}'


@pytest.mark.parametrize(
    "line",
    [
        '{"kind":"batch","step":1}', '{"kind":"norms","step":1,"layers":5}', '{"kind":"batch","step":1e3}',
        '{"kind":"norms","step":1,"epoch":1,"layers":[1]}', '{"kind":"units","step":1,"epoch":1,"layers":[[1]]}',
        '{"kind":"batch","step":"1"}', '{"kind":"epoch","step":1,"epoch":null}', '{"kind":"magic","step":1}', "[1]",
        "{", '{"kind":["batch"],"step":1}', BATCH % "NaN", BATCH % ("1" + "0" * 400),
        "[" * 50_000, '{"kind":"batch","step":1,"x":"' + "y" * 100_000 + '"}',
    ],
)  # fmt: skip
def test_damaged_lines_of_the_metrics_are_left_out(store, line):
    run = store.runs()[0]
    whole = list(read_metrics(run.path))
    with (run.path / "metrics.jsonl").open("a") as file:
        file.write(line + "\n")
    assert list(read_metrics(run.path)) == whole
    examine(run.record, read_metrics(run.path))


def test_what_a_resume_made_void_is_left_out_however_often(tmp_path):
    def batch(step: int, loss: float) -> str:
        return json.dumps({"kind": "batch", "step": step, "epoch": 1, "loss": loss, "accuracy": 1, "learning_rate": 1,
                           "images_per_second": 1})  # fmt: skip

    lines = [batch(1, 1), batch(2, 1), batch(3, 1), '{"kind":"resumed","step":1}', batch(2, 2), batch(3, 2),
             '{"kind":"resumed","step":2}', batch(3, 3), '{"kind":"resumed","step":0}', batch(1, 4)]  # fmt: skip
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines[:8]) + "\n")
    assert [(line["step"], line["loss"]) for line in read_metrics(tmp_path)] == [(1, 1), (2, 2), (3, 3)]
    (tmp_path / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    assert [(line["step"], line["loss"]) for line in read_metrics(tmp_path)] == [(1, 4)]


def test_networks_that_differ_in_one_layer_differ_in_that_layer():
    own = Architecture.of_model(make_preset("mlp", np.random.default_rng(0)))
    changed = own.with_layer(1, own.layers[1].with_options(units=99))
    records = [RunRecord(replace(CONFIG, architecture=one)) for one in ("mlp", own, changed)]
    assert settings_of(records[0])["layers"] == settings_of(records[1])["layers"]
    found = differences([settings_of(record) for record in records])
    assert found["layers"] == ("dense_1 units=256 initializer=he",) * 2 + ("dense_1 units=99 initializer=he",)


def test_a_damaged_index_is_made_anew(store, tmp_path):
    for text in (
        '{"format": "cnn-gui index of runs 1", "runs": [{"stamp": [Infinity], "run": {}}]}',
        "[",
        "3",
        '{"runs": 3}',
    ):
        (tmp_path / "i.json").write_text(text)
        assert len(RunIndex(store, tmp_path / "i.json").summaries()) == 3


def test_conditions_without_a_value_are_refused():
    with pytest.raises(ConfigError, match="value"):
        parse("rate>>x")


def test_nothing_but_a_run_of_the_book_is_moved_into_the_trash(store, tmp_path):
    """A name that leads out of the folder and back, or a run beside it."""
    beside = tmp_path / "beside"
    shutil.copytree(store.runs()[0].path, beside)
    inner = RunStore(beside / "inner")
    shutil.copytree(store.runs()[0].path, inner.folder / "one")
    for run in (load_run(inner.folder / ".."), load_run(beside)):
        with pytest.raises(ModelFileError, match="found it elsewhere"):
            inner.discard(run)
    assert [run.name for run in inner.runs()] == ["one"]


def test_the_trash_keeps_every_run_of_a_name(store):
    run = store.runs()[0]
    shutil.copytree(run.path, store.folder / "again")
    store.discard(load_run(store.folder / "again"))
    shutil.copytree(run.path, store.folder / "again")
    store.discard(load_run(store.folder / "again"))
    assert set(store.trashed()) == {"again", "again-2"}
    assert {store.restore(name).name for name in store.trashed()} == {"again", "again-2"}


def test_a_run_is_found_by_its_title_where_that_is_its_own(store):
    first, second, _ = store.runs()
    first.note(title="the best")
    assert store.find("the best").name == first.name
    second.note(title="the best")
    with pytest.raises(ConfigError, match="name of one run, found 2"):
        store.find("the best")


def test_the_unknown_stands_last_whichever_way_it_is_sorted(store):
    runs = RunIndex(store, store.folder / "i.json").summaries()
    unknown = replace(runs[0], test=None)
    for descending in (False, True):
        assert sort_runs([unknown, *runs[1:]], "test", descending)[-1] is unknown


@pytest.mark.parametrize("words", ["rate>abc", "rate>", "network:", "test<=x"])
def test_a_condition_without_a_sound_value_is_said(store, words):
    with pytest.raises(ConfigError, match="expected a"):
        search(RunIndex(store, store.folder / "i.json").summaries(), words)


def test_numbers_of_conditions_are_read_as_people_write_them(store):
    runs = RunIndex(store, store.folder / "i.json").summaries()
    assert len(search(runs, "parameters>900,000")) == 0
    assert len(search(runs, "parameters>100,000")) == 3
    assert len(search(runs, "rate>0,001")) == 2
    assert len(search(runs, "test>1%")) == len(search(runs, "test>0.01")) == 3


def test_a_steered_run_says_what_its_settings_became(store):
    run = store.runs()[0]
    record = replace(run.record, config=run.record.config.changed(Change.of(3, learning_rate=0.0001, epochs=4)))
    rewrite(run, record)
    summary = RunSummary.of(load_run(run.path))
    assert summary.changed == {"learning_rate": 0.0001, "epochs": 4}
    assert RunSummary.from_dict(json.loads(json.dumps(summary.as_dict()))).changed == summary.changed


def test_accuracies_on_different_images_are_not_compared(store, capsys):
    a, b, _ = store.runs()
    other = replace(b.record, title="others")
    rewrite(b, other)
    code, out, _ = run_cli(capsys, "runs", a.name, b.name, "--runs", str(store.folder), "--json")
    assert code == 0
    assert json.loads(out)["against_first"] == [None]


def test_a_resumed_run_counts_what_was_done_before(tmp_path):
    from cnn_core.digits import make_synthetic as synthetic

    data = DataSplits(synthetic(400, seed=1), synthetic(100, seed=9), "synthetic digits", "here", "free")
    store, control = RunStore(tmp_path / "runs"), TrainingControl()

    def stop(event) -> None:
        if isinstance(event, EpochMetrics) and event.epoch == 2:
            control.interrupt()

    config = replace(CONFIG, epochs=3)
    folder = store.create(config)
    execute(config, data, stop, control, folder)
    run = load_run(folder.path)
    before = sum(epoch.seconds for epoch in run.record.epochs)
    with take_up(run) as folder:
        record = execute(config, data, folder=folder, resume=Checkpoint.load(folder.checkpoint_path))
    whole = execute(config, data, folder=store.create(config))
    assert record.curve == whole.curve
    assert record.seconds > before
    told = [metrics.step for metrics in read_history(run.path) if isinstance(metrics, BatchMetrics)]
    assert told == list(range(1, record.steps + 1))
