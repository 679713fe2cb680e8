"""The book of runs in the window: found, sorted, ticked, compared, renamed, deleted, gone on with, repeated."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnn_core.datasets.source import DataSplits
from cnn_core.digits import make_synthetic
from cnn_core.runs import RunStore, execute, load_run, read_metrics
from cnn_core.storage import load_model
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
        assert len(lines) == 4
        assert [len(line.x) for line in lines] == [36, 2, 36, 2]
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
    assert losses[0][:5] == losses[1][:5]
    assert not dialogs


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
    assert "found" in dialogs[1]


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
