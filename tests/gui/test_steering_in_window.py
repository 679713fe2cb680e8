"""Runs in the window are steered, asked about, and gone on with; a rate is looked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cnn_core.inspection import MapScaled
from cnn_core.runs import load_run
from cnn_core.training import ChangeRefused
from cnn_gui.plots.curve_plot import CurvePlot, Line, Mark
from cnn_gui.plots.scales import Scale
from cnn_gui.session.training_state import Phase
from cnn_gui.theme import DARK

LEFT = Qt.MouseButton.LeftButton
LONG_MS = 60_000


pytestmark = pytest.mark.usefixtures("fewer_digits")


@pytest.fixture
def panel(program):
    panel = program.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    panel.preset.setCurrentIndex(panel.preset.findData("mlp"))
    panel.optimizer.setCurrentIndex(panel.optimizer.findData("adamw"))
    return panel


def train(program, qtbot, epochs=1, **changes):
    program.live.dock.panel.epochs.setValue(epochs)
    QTest.mouseClick(program.window.bar.train, LEFT)
    if program.state.training.question is not None:
        program.actions.start_anew.trigger()
    if not changes:
        ended(program, qtbot)


def ended(program, qtbot):
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)


def test_settings_change_while_it_trains_and_the_run_says_where(program, panel, qtbot, dialogs):
    panel.epochs.setValue(400)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: program.state.training.batch_count > 5, timeout=LONG_MS)
    assert [f.isEnabled() for f in (panel.rate, panel.batch, panel.epochs, panel.augmentation)] == [True] * 4
    assert [f.isEnabled() for f in (panel.dataset, panel.preset, panel.optimizer, panel.seed)] == [False] * 4
    assert set(panel.dropout) == {"dropout_1", "dropout_2"}
    training = program.state.training
    panel.rate.setText("0,0005")
    panel.rate.editingFinished.emit()
    qtbot.waitUntil(lambda: training.config.learning_rate == 0.0005, timeout=LONG_MS)
    panel.dropout["dropout_2"].setValue(0.4)
    panel.decimals["weight_decay"].setValue(0.2)
    qtbot.waitUntil(lambda: training.config.weight_decay == 0.2 and bool(training.config.dropout), timeout=LONG_MS)
    assert dict(training.config.dropout) == {"dropout_2": 0.4}
    panel.augmentation.setCurrentIndex(panel.augmentation.findData("light"))
    panel.batch.setValue(128)
    qtbot.waitUntil(
        lambda: (training.config.batch_size, training.config.augmentation) == (128, "light"), timeout=LONG_MS
    )
    panel.epochs.setValue(2)
    ended(program, qtbot)
    assert not dialogs
    record = load_run(program.training.store.runs()[0].path).record
    assert [event.change for event in training.changes] == list(record.config.changes)
    assert record.config.as_begun.batch_size == 64
    assert record.config.at(record.steps).epochs == record.epochs_completed
    for plot in (program.live.dock.loss, program.live.dock.accuracy):
        assert len(plot.curves._marks) == len(training.changes)


def test_a_change_that_is_refused_is_said_and_the_field_shows_what_holds(program, panel, qtbot, dialogs):
    panel.epochs.setValue(400)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: program.state.training.batch_count > 2, timeout=LONG_MS)
    panel.rate.setText("fast")
    panel.rate.editingFinished.emit()
    assert panel.rate.text() == "0.002"
    assert "0.002, and 'fast' is none" in program.state.appearance.notice
    program.training._channel.put(ChangeRefused("No room on the disk."))
    qtbot.waitUntil(lambda: "No room on the disk" in program.state.appearance.notice, timeout=LONG_MS)
    program.training.stop()
    ended(program, qtbot)
    assert not dialogs


def test_only_what_was_edited_is_wanted(program, panel, qtbot):
    """A field rounds a rate, and cannot show a million epochs: that is no wish."""
    config = replace(panel.config(), learning_rate=0.0012345678901, epochs=5000, batch_size=64, weight_decay=0.0123456)
    program.training.start(config)
    qtbot.waitUntil(lambda: program.state.training.batch_count > 2, timeout=LONG_MS)
    assert panel.epochs.value() < 5000
    wanted = []
    panel.change_requested.connect(wanted.append)
    panel.batch.setValue(100)
    assert wanted == [{"batch_size": 100}]
    program.training.stop()
    ended(program, qtbot)


def test_the_bundled_network_is_not_asked_about_and_one_that_has_learnt_here_is(program, panel, qtbot):
    bar, training = program.window.bar, program.state.training
    train(program, qtbot)
    assert training.question is None
    first = program.session.model.snapshot()
    QTest.mouseClick(bar.train, LEFT)
    assert training.question is not None
    assert not program.training.running
    assert bar.train_on.isVisible()
    assert bar.start_anew.isVisible()
    assert "Train “mlp” on, or start anew?" in bar.question.text()
    QTest.keyClick(program.window, Qt.Key.Key_Escape)
    assert training.question is None
    assert not bar.train_on.isVisible()
    QTest.mouseClick(bar.step, LEFT)
    QTest.keyClick(program.window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: training.batch_count == 1, timeout=LONG_MS)
    assert training.status.phase is Phase.PAUSED
    start = program.state.model.recorded[0].weights
    assert all(np.array_equal(array, first.arrays[name]) for name, array in start.arrays.items())
    program.training.stop()
    ended(program, qtbot)
    run = program.training.store.runs()[0]
    assert (run.path / "start.safetensors").is_file()
    assert run.repeat_config().start == str(run.path / "start.safetensors")
    QTest.mouseClick(bar.train, LEFT)
    QTest.keyClick(program.window, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: bool(program.training.running), timeout=LONG_MS)
    ended(program, qtbot)
    assert not program.training.store.runs()[0].record.config.start


def test_a_network_changed_by_hand_is_asked_about_and_trains_on_as_it_is(program, panel, qtbot):
    program.session.edit((MapScaled("conv_1", 0, 0.0),))
    panel.preset.setCurrentIndex(panel.preset.findData("digits"))
    panel.epochs.setValue(1)
    QTest.mouseClick(program.window.bar.train, LEFT)
    assert program.state.training.question is not None
    program.actions.train_on.trigger()
    qtbot.waitUntil(lambda: bool(program.state.model.recorded), timeout=LONG_MS)
    start = program.state.model.recorded[0].weights.arrays
    assert not np.any(start["conv_1.weight"][..., 0])
    program.training.stop()
    ended(program, qtbot)


def test_a_rate_is_found_and_taken(program, panel, qtbot, dialogs):
    weights = program.session.model.snapshot()
    dock = program.live.dock
    QTest.mouseClick(panel.find_rate, LEFT)
    assert dock.search.isVisible()
    assert not dock.accuracy.isVisible()
    qtbot.waitUntil(lambda: program.rate_search.status.found is not None, timeout=LONG_MS)
    found = program.rate_search.status.found
    assert 1e-4 < found.suggestion < 0.05
    assert f"{found.suggestion:g}" in dock.search.use.text()
    QTest.mouseClick(dock.search.use, LEFT)
    assert panel.rate.text() == f"{found.suggestion:g}"
    assert dock.accuracy.isVisible()
    now = program.session.model.snapshot()
    assert all(np.array_equal(array, now.arrays[name]) for name, array in weights.arrays.items())
    assert not dialogs


def test_the_schedule_is_drawn_before_the_run(program, panel):
    view = panel.schedule_view
    panel.rate.setText("0.01")
    panel.schedule.setCurrentIndex(panel.schedule.findData("constant"))
    assert set(view._rates.tolist()) == {0.01}
    panel.decimals["warmup_epochs"].setValue(1.0)
    assert view._rates[0] < 0.001
    assert view._rates[-1] == 0.01
    panel.schedule.setCurrentIndex(panel.schedule.findData("cosine"))
    assert view._rates[-1] < 1e-4
    assert "from" in view.accessibleName()


def test_only_options_that_the_optimizer_has_are_offered(program, panel):
    shown = lambda: {name for name, field in panel.decimals.items() if not field.isHidden()}  # noqa: E731
    assert shown() == {"warmup_epochs", "beta1", "beta2", "weight_decay"}
    panel.optimizer.setCurrentIndex(panel.optimizer.findData("momentum"))
    assert shown() == {"warmup_epochs", "momentum"}
    panel.decimals["momentum"].setValue(0.8)
    assert panel.config().optimizer_options() == {"momentum": 0.8}


@pytest.fixture
def curves(qtbot):
    plot = CurvePlot("epochs", "right, %", in_percent=True)
    plot.set_theme(DARK)
    qtbot.addWidget(plot)
    plot.resize(400, 240)
    plot.show()
    return plot


def test_a_plot_says_the_values_under_the_pointer_and_can_be_zoomed(curves, qtbot):
    x = np.linspace(0, 3, 301)
    curves.set_lines([Line(x, x / 3, DARK.accent, "train"), Line(x[::100], x[::100] / 3, DARK.second, "validation")])
    curves.set_range((0, 3), (0, 1))
    assert curves.values_at(1.5).split("\n") == ["1.50", "train 50.00 %", "validation 33.33 %"]
    whole = curves._box.viewRange()
    center = QPoint(200, 100)
    QTest.mouseMove(curves.plot.viewport(), center)
    curves._box.scaleBy((0.5, 0.5))
    curves._box.sigRangeChangedManually.emit([True, True])
    curves.set_lines([Line(x, x / 3, DARK.accent, "train")])
    assert curves._box.viewRange() != whole, "who has zoomed stays there"
    curves.reset()
    assert curves._box.viewRange() == whole


def test_near_one_a_scale_is_stretched_and_its_axis_stands_on_the_right(curves):
    values = np.array([0.9, 0.95, 0.99, 0.999])
    heights = Scale.NEAR_ONE.heights(values)
    assert np.allclose(Scale.NEAR_ONE.values(heights), values)
    assert heights[3] - heights[2] > heights[1] - heights[0]
    curves.set_scale(Scale.NEAR_ONE)
    assert curves.plot.getAxis("right").isVisible()
    assert not curves.plot.getAxis("left").isVisible()
    assert np.allclose(Scale.LOG.values(Scale.LOG.heights(values)), values)


def test_marks_stand_where_they_happened(curves):
    curves.set_marks([Mark(0.5, "rate 0.1 → 0.2", DARK.muted), Mark(0.5, "batch 1 → 2", DARK.muted)])
    assert [line.value() for line in curves._marks] == [0.5, 0.5]
    heights = [line.label.orthoPos for line in curves._marks]
    assert heights[0] != heights[1], "their words do not lie on each other"
    curves.set_marks([])
    assert not curves._marks
