"""The book of runs in the window: found, sorted, ticked, compared, renamed, deleted, gone on with, repeated."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.runs import RunStore, execute, load_run, read_metrics
from cnn_core.sources import load_dataset
from cnn_core.storage import load_model
from cnn_core.sweeps import load_sweep, run_sweep
from cnn_core.sweeps.worker import make_here
from cnn_core.training import BatchMetrics, EpochMetrics, TrainingConfig, TrainingControl
from cnn_gui.runs.columns import COLUMNS
from cnn_gui.runs.differs_view import in_words, rows_of
from cnn_gui.runs.parallel_view import axes_of
from cnn_gui.runs.values import curves_of

LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
LONG_MS = 60_000
CONFIG = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=2, batch_size=64, threads=2)


pytestmark = pytest.mark.usefixtures("fewer_digits")


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """A good run, one with a change on its way, one that was interrupted, one with a rate far too high."""
    store = RunStore(tmp_path_factory.mktemp("kept") / "runs")
    data = DataSplits(make_synthetic(1200, seed=1), make_synthetic(200, seed=9), "synthetic digits", "here", "free")

    def make(title: str, config: TrainingConfig, at=None, ends=False) -> None:
        folder, control = store.create(config), TrainingControl()

        def watch(event) -> None:
            if isinstance(event, BatchMetrics) and event.step == at:
                control.change(learning_rate=0.0005)
            if ends and isinstance(event, EpochMetrics):
                control.interrupt()

        execute(config, data, watch, control, folder)
        load_run(folder.path).note(title=title)

    make("baseline", CONFIG)
    make("steered", replace(CONFIG, learning_rate=0.004), at=10)
    make("cut short", CONFIG, ends=True)
    make("too fast", replace(CONFIG, epochs=4, optimizer="sgd", learning_rate=0.5, schedule="constant"))
    return store


@pytest.fixture
def runs(program, kept, tmp_path, qtbot):
    shutil.copytree(kept.folder, tmp_path / "runs")
    program.training.store = RunStore(tmp_path / "runs")
    program.open_workspace("runs")
    workspace = program.workspace
    qtbot.waitUntil(lambda: len(workspace.controller.state.shown) == 4, timeout=LONG_MS)
    return workspace


def name_of(runs, title: str) -> str:
    return next(run.name for run in runs.controller.state.shown if run.title == title)


def titles(runs) -> list[str]:
    return [run.title for run in runs.controller.state.shown]


def settled(runs, qtbot):
    qtbot.waitUntil(runs.is_settled, timeout=LONG_MS)


def cell(runs, row: int, key: str) -> str:
    column = next(number for number, one in enumerate(COLUMNS) if one.key == key)
    return runs.view.table.runs_model.data(runs.view.table.runs_model.index(row, column))


def test_all_runs_stand_in_the_table_and_are_sorted_by_its_head(runs, qtbot):
    assert set(titles(runs)) == {"baseline", "steered", "cut short", "too fast"}
    runs.controller.sort("validation")
    shares = [run.validation for run in runs.controller.state.shown]
    assert shares == sorted(shares, reverse=True)
    head = [runs.view.table.runs_model.headerData(n, Qt.Orientation.Horizontal) for n in range(len(COLUMNS))]
    assert "validation ↓" in head
    runs.controller.sort("validation")
    assert [run.validation for run in runs.controller.state.shown] == sorted(shares)
    runs.controller.sort("test")
    assert titles(runs)[-1] == "cut short", "what is not known stands last"
    assert cell(runs, 3, "test") == "–"


def test_words_filter_and_wrong_ones_are_said(runs, qtbot):
    view = runs.view
    view.search.setFocus()
    QTest.keyClicks(view.search, "rate>0.003 network:mlp")
    qtbot.waitUntil(lambda: len(titles(runs)) == 2)
    assert "2 of 4" in view.count.whole_text()
    view.search.setText("colour:red")
    qtbot.waitUntil(lambda: bool(runs.controller.state.problem))
    view.search.setText("")
    qtbot.waitUntil(lambda: len(titles(runs)) == 4)


def test_ticked_runs_are_drawn_and_what_differs_is_told(runs, qtbot):
    controller, state = runs.controller, runs.controller.state
    for title in ("baseline", "steered"):
        controller.tick(name_of(runs, title))
    qtbot.waitUntil(lambda: len(state.curves) == 2, timeout=LONG_MS)
    assert [state.letter(run.name) for run in state.ticked] == ["A", "B"]
    for curves in (runs.view.left, runs.view.right):
        lines = curves.plot._lines
        assert [len(line.x) for line in lines] == [36, 36, 2] * 2, "single batches, their average, validation"
    assert len(runs.view.left.plot._marks) == 1, "where the rate was changed"
    assert runs.view.left.plot.values_at(1.0).count("\n") == 4
    for key in ("rate", "gradients", "weights", "updates"):
        runs.view.left.quantity.setCurrentIndex(runs.view.left.quantity.findData(key))
        assert runs.view.left.plot._lines
    for axis in ("steps", "seconds", "images"):
        runs.view.left.axis.setCurrentIndex(runs.view.left.axis.findData(axis))
    assert runs.view.left.plot._range.x[1] > 1000
    rows = {row[0]: row[1] for row in runs.view.differs.table._rows}
    assert set(rows["rate"]) == {"0.002", "0.004"}
    assert "settings are the same" in runs.view.differs.words.text()
    controller.tick(name_of(runs, "steered"))
    assert len(state.curves) == 1
    QTest.keyClick(runs.view.table, Key.Key_Space)
    assert len(state.ticked) in (0, 2)


def test_curves_are_those_on_the_disk(runs):
    run = load_run(runs.controller._context.training.store.folder / name_of(runs, "steered"))
    lines = list(read_metrics(run.path))
    curves = curves_of(run.record, iter(lines))
    batches = [line for line in lines if line["kind"] == "batch"]
    assert curves.loss.tolist() == [line["loss"] for line in batches]
    assert curves.rate.tolist() == [line["learning_rate"] for line in batches]
    assert curves.axes["steps"].tolist() == [float(line["step"]) for line in batches]
    assert np.all(np.diff(curves.axes["seconds"]) > 0)
    assert curves.validation_accuracy.tolist() == [epoch.validation_accuracy for epoch in run.record.epochs]
    assert set(curves.layers) == {"dense_1", "dense_2", "dense_3"}
    assert curves.changes[0][0]["steps"] == 10
    many = [dict(batches[0], step=step, epoch=step / 100) for step in range(1, 60_001)]
    thinned = curves_of(run.record, iter(many))
    assert len(thinned.loss) <= 5000
    assert thinned.axes["steps"][-1] == 60_000


def test_the_doctor_looks_at_the_selected_run(runs, program, qtbot):
    state = runs.controller.state
    state.select(name_of(runs, "too fast"))
    qtbot.waitUntil(lambda: state.findings is not None, timeout=LONG_MS)
    assert state.findings[0].key == "rate too high"
    button = runs.view.doctor.findChild(type(runs.view.buttons["repeat"]), "finding0")
    assert button.text().startswith("Repeat with learning rate 0.0")
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(state.shown) == 5, timeout=LONG_MS)
    latest = max(state.shown, key=lambda run: run.started_at)
    assert latest.settings["learning_rate"] < 0.1
    assert latest.settings["optimizer"] == "sgd"


def test_a_name_is_edited_and_notes_are_kept_at_once(runs, qtbot):
    table, state = runs.view.table, runs.controller.state
    name = name_of(runs, "baseline")
    state.select(name)
    row = [run.name for run in state.shown].index(name)
    assert table.runs_model.setData(table.runs_model.index(row, 1), "the best")
    qtbot.waitUntil(lambda: "the best" in titles(runs), timeout=LONG_MS)
    runs.view.notes.setPlainText("a quiet night")
    folder = runs.controller._context.training.store.folder / name
    qtbot.waitUntil(lambda: load_run(folder).notes().notes == "a quiet night", timeout=LONG_MS)
    assert load_run(folder).notes().title == "the best"
    state.select(name_of(runs, "steered"))
    assert runs.view.notes.toPlainText() == ""


def test_a_deleted_run_comes_back(runs, program, qtbot):
    state, name = runs.controller.state, name_of(runs, "steered")
    state.select(name)
    runs.view.table.setFocus()
    QTest.keyClick(runs.view.table, Key.Key_Delete)
    qtbot.waitUntil(lambda: len(state.shown) == 3, timeout=LONG_MS)
    assert state.selected is not None
    assert "trash" in program.state.appearance.notice
    program.actions.undo.trigger()
    qtbot.waitUntil(lambda: len(state.shown) == 4, timeout=LONG_MS)
    assert load_run(program.training.store.folder / name)


def test_only_what_can_be_done_is_offered(runs):
    state, buttons = runs.controller.state, runs.view.buttons
    state.select(name_of(runs, "cut short"))
    assert buttons["resume"].isEnabled()
    state.select(name_of(runs, "baseline"))
    assert not buttons["resume"].isEnabled()
    assert buttons["model"].isEnabled()
    assert buttons["repeat"].isEnabled()


def test_a_run_is_gone_on_with_and_repeated_to_the_same_curve(runs, program, qtbot, dialogs):
    state, store = runs.controller.state, program.training.store
    state.select(name_of(runs, "cut short"))
    QTest.mouseClick(runs.view.buttons["resume"], LEFT)
    qtbot.waitUntil(lambda: program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)
    resumed = load_run(store.folder / name_of(runs, "cut short"))
    assert resumed.record.reason == "finished"
    state.select(name_of(runs, "steered"))
    QTest.mouseClick(runs.view.buttons["repeat"], LEFT)
    qtbot.waitUntil(lambda: program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)
    again, first = store.runs()[0], load_run(store.folder / name_of(runs, "steered"))
    assert again.record.config == first.record.config
    losses = [[line["loss"] for line in read_metrics(run.path) if line["kind"] == "batch"] for run in (again, first)]
    assert losses[0] == losses[1]
    assert not dialogs


def test_weights_of_a_run_that_was_changed_and_resumed_in_the_window_are_those_of_the_whole_one(
    runs, program, qtbot, dialogs
):
    """The run is steered by the panel, interrupted by closing, gone on with by its button; then made in one go."""
    training, panel = program.training, program.live.dock.panel
    runs.controller.state.select(name_of(runs, "baseline"))
    QTest.mouseClick(runs.view.buttons["settings"], LEFT)
    panel.epochs.setValue(12)
    program.launcher.train(panel.config())
    program.launcher.start_anew()
    qtbot.waitUntil(lambda: len(program.state.training.batches) > 3, timeout=LONG_MS)
    training.change({"learning_rate": 0.0007, "batch_size": 32})
    qtbot.waitUntil(lambda: bool(program.state.training.changes), timeout=LONG_MS)
    seen = len(program.state.training.epochs)
    qtbot.waitUntil(lambda: len(program.state.training.epochs) > seen, timeout=LONG_MS)
    training.request_stop()
    qtbot.waitUntil(training.has_stopped, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not training.running, timeout=LONG_MS)
    cut = training.store.runs()[0]
    assert cut.record.reason == "interrupted"
    assert cut.record.config.changes
    runs.controller.look()
    told = ("interrupted", cut.name)
    qtbot.waitUntil(lambda: told in {(run.reason, run.name) for run in runs.controller.state.shown}, timeout=LONG_MS)
    runs.controller.state.select(cut.name)
    qtbot.waitUntil(runs.view.buttons["resume"].isEnabled, timeout=LONG_MS)
    QTest.mouseClick(runs.view.buttons["resume"], LEFT)
    qtbot.waitUntil(lambda: training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not training.running, timeout=LONG_MS)
    resumed = load_run(cut.path)
    assert resumed.record.reason == "finished"
    whole = training.store.create(resumed.record.config)
    execute(resumed.record.config, load_dataset("synthetic", None), folder=whole)
    ours, theirs = (load_model(run.model).model for run in (resumed, load_run(whole.path)))
    for name, array in ours.parameters.items():
        assert np.array_equal(array, theirs.parameters[name]), name
    assert not dialogs


def test_the_curves_of_the_ticked_runs_are_saved(runs, qtbot, tmp_path, dialogs):
    left = runs.view.left
    assert left.rows() is None
    assert not runs.save_curves(left, str(tmp_path / "none.csv"))
    for title in ("baseline", "steered"):
        runs.controller.tick(name_of(runs, title))
    qtbot.waitUntil(lambda: len(runs.controller.state.curves) == 2, timeout=LONG_MS)
    left.axis.setCurrentIndex(left.axis.findData("steps"))
    assert runs.save_curves(left, str(tmp_path / "loss.csv"))
    qtbot.waitUntil((tmp_path / "loss.csv").exists, timeout=LONG_MS)
    lines = (tmp_path / "loss.csv").read_text().splitlines()
    assert lines[0] == "curve,steps,loss"
    assert len(lines) == 1 + 2 * (36 + 2)
    assert lines[1].startswith("A train,1")
    for kind in ("png", "svg"):
        assert runs.save_curves(left, str(tmp_path / f"loss.{kind}"))
        assert (tmp_path / f"loss.{kind}").stat().st_size > 1000
    assert len(dialogs) == 1


def test_the_runs_of_a_sweep_come_into_the_table_while_it_goes(runs, program, qtbot, tmp_path):
    state, view = runs.controller.state, runs.view
    plan_file = tmp_path / "rates.toml"
    plan_file.write_text('dataset = "synthetic"\npreset = "mlp"\nepochs = 1\n[grid]\nlearning_rate = [0.001, 0.01]\n')
    store, seen = program.training.store, []

    class HereAndSlowly:
        """Makes a run when the one before it was seen in the table."""

        def results(self, tasks, stopped):
            for number, task in enumerate(tasks):
                while len(seen) < number and not stopped():
                    time.sleep(0.01)
                yield task, make_here(task)

        def close(self) -> None:
            pass

    sweep = threading.Thread(target=run_sweep, args=(load_sweep(plan_file), HereAndSlowly(), store))
    sweep.start()
    for number in (1, 2):
        qtbot.waitUntil(lambda n=number: len(state.shown) == 4 + n, timeout=LONG_MS)
        seen.append(number)
    sweep.join()
    view.search.setText("sweep:rates")
    qtbot.waitUntil(lambda: len(state.shown) == 2, timeout=LONG_MS)
    view.settings_page.click()
    assert {"learning rate", "validation"} <= {axis.title for axis in view.parallel.plot.axes}


def test_thousands_of_runs_are_looked_through_at_once(runs, program, qtbot):
    """The table is filled from the index, and only with what is seen."""
    store, state = program.training.store, runs.controller.state
    one = load_run(store.folder / name_of(runs, "baseline")).path
    for number in range(5_000):
        other = store.folder / f"20260101-{number:06d}-copy"
        other.mkdir()
        shutil.copy(one / "run.json", other / "run.json")
    runs.controller.look()
    qtbot.waitUntil(lambda: len(state.shown) == 5_004, timeout=LONG_MS)
    started = time.perf_counter()
    runs.controller.sort("validation")
    runs.controller.tick(state.shown[2_500].name)
    runs.view.table.scrollToBottom()
    runs.view.table.grab()
    assert time.perf_counter() - started < 1
    runs.controller.search("copy rate>0.0001")
    qtbot.waitUntil(lambda: len(state.shown) == 5_000, timeout=LONG_MS)


def test_its_model_is_opened_and_its_settings_are_taken(runs, program, qtbot, dialogs):
    runs.controller.state.select(name_of(runs, "steered"))
    QTest.mouseClick(runs.view.buttons["settings"], LEFT)
    panel = program.live.dock.panel
    assert panel.rate.text() == "0.004"
    assert panel.config().architecture == "mlp"
    QTest.mouseClick(runs.view.buttons["model"], LEFT)
    qtbot.waitUntil(lambda: program.state.model.info.name == "mlp", timeout=LONG_MS)
    assert not dialogs


def test_its_model_is_exported(runs, tmp_path, dialogs):
    runs.controller.state.select(name_of(runs, "baseline"))
    runs.export(str(tmp_path / "copy.safetensors"))
    assert load_model(tmp_path / "copy.safetensors").model.name == "mlp"
    runs.export(str(tmp_path))
    assert "cannot be saved here" in dialogs[0]
    (tmp_path / "holiday.jpg").write_bytes(b"a photograph")
    runs.export(str(tmp_path / "holiday.jpg"))
    assert (tmp_path / "holiday.jpg").read_bytes() == b"a photograph"
    assert "Another kind of file" in dialogs[1]


def test_differences_in_words(runs):
    a, b, _, _ = sorted(runs.controller.state.shown, key=lambda run: run.title)
    assert "Tick two runs" in in_words([a], 3)
    far = replace(a, test=0.99, test_images=10_000), replace(a, test=0.95, test_images=10_000)
    assert "A beats B by 4.00 points, more than chance" in in_words(far, 3)
    near = replace(a, test=0.9906, test_images=10_000), replace(a, test=0.9895, test_images=10_000)
    assert "may be chance" in in_words(near, 3)
    assert "equally good" in in_words((far[0], far[0]), 3)
    rows, same = rows_of((a, b))
    assert same + len(rows) - 4 == len(a.settings)


def test_runs_are_lines_through_their_settings_and_a_click_chooses_one(runs, qtbot):
    view, state = runs.view, runs.controller.state
    view.settings_page.click()
    plot = view.parallel.plot
    assert plot.isVisible()
    titles_of_axes = [axis.title for axis in plot.axes]
    assert titles_of_axes[-1] == "validation"
    assert {"learning rate", "optimizer", "schedule"} <= set(titles_of_axes)
    assert all(np.nanmin(axis.heights) == 0 and np.nanmax(axis.heights) == 1 for axis in plot.axes)
    names = [run.name for run in plot._shown]
    for number, name in enumerate(names):
        middle = plot._points(number)
        a, b = middle[len(middle) - 2], middle[len(middle) - 1]
        spot = ((a + b) / 2).toPoint()
        QTest.mouseClick(plot, LEFT, pos=spot)
        if state.selected.name == name:
            break
    else:
        raise AssertionError("no line could be chosen")
    view.settings_page.click()
    assert not plot.isVisible()
    assert axes_of([]) == axes_of(state.shown[:1]) == ()


def test_numbers_are_saved_as_a_table(runs):
    rows = list(runs.rows())
    assert rows[0][:2] == ["name", "title"]
    assert len(rows) == 5
    assert all(len(row) == len(rows[0]) for row in rows)


def test_an_empty_book_says_what_to_do(program, qtbot):
    program.open_workspace("runs")
    assert program.workspace.rows() is not None
    qtbot.waitUntil(program.workspace.is_settled, timeout=LONG_MS)
    assert not program.workspace.controller.state.shown
    assert program.workspace.controller.undo() is False


def test_a_new_name_that_is_entered_opens_no_model(runs, program, qtbot):
    table, before = runs.view.table, program.state.model.info
    runs.controller.state.select(name_of(runs, "baseline"))
    QTest.keyClick(table, Key.Key_F2)
    field = table.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "the first one")
    QTest.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: "the first one" in titles(runs), timeout=LONG_MS)
    qtbot.wait(200)
    assert program.state.model.info is before


def test_letters_stay_where_a_filter_hides_a_run(runs, qtbot):
    state = runs.controller.state
    for title in ("steered", "baseline"):
        runs.controller.tick(name_of(runs, title))
    letters = {name: state.letter(name) for name in state.ticked_names}
    assert list(letters.values()) == ["A", "B"]
    runs.controller.search("steered")
    assert len(state.shown) == 1
    assert {name: state.letter(name) for name in state.ticked_names} == letters
    runs.controller.tick(name_of(runs, "steered"))
    assert [state.letter(run.name) for run in state.ticked] == ["A"]


def test_settings_are_not_taken_while_a_run_goes_on(runs, program, qtbot):
    program.training.start(replace(CONFIG, epochs=300))
    qtbot.waitUntil(lambda: program.state.training.batch_count > 5, timeout=LONG_MS)
    runs.controller.state.select(name_of(runs, "too fast"))
    runs.controller.take_settings()
    qtbot.wait(300)
    assert not program.state.training.changes
    assert "goes on" in program.state.appearance.notice


def test_a_run_that_goes_on_shows_what_was_before(runs, program, qtbot):
    runs.controller.state.select(name_of(runs, "cut short"))
    done = len(load_run(program.training.store.folder / name_of(runs, "cut short")).record.epochs)
    runs.controller.resume()
    qtbot.waitUntil(lambda: program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)
    assert program.state.training.batches[0].step == 1
    assert [epoch.epoch for epoch in program.state.training.epochs] == list(range(1, 3))
    assert done == 1


def test_a_runs_film_is_one_click_away(runs, program, qtbot):
    name = name_of(runs, "steered")
    runs.controller.state.select(name)
    QTest.mouseClick(runs.view.buttons["film"], LEFT)
    film = program.live.room("film").state
    qtbot.waitUntil(lambda: film.film.run == name and film.film.is_whole, timeout=60_000)
    assert program.live.open_key == "film"
