"""Training in the window: real runs on synthetic digits, steered by real clicks."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from hand import draw
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cnn_core.digits import digit_sources
from cnn_core.training import EpochWeights
from cnn_gui.app import create_application
from cnn_gui.demo import lay_out
from cnn_gui.live.training.series import Series
from cnn_gui.session.training_state import Phase

LEFT = Qt.MouseButton.LeftButton
START_MS = 30_000


pytestmark = pytest.mark.usefixtures("fewer_digits")


@pytest.fixture
def panel(program):
    panel = program.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    panel.preset.setCurrentIndex(panel.preset.findData("mlp"))
    return panel


def points(plot) -> int:
    return max(len(item.getData()[0]) for item in plot.getPlotItem().listDataItems() if item.getData()[0] is not None)


def test_a_run_to_its_end(program, panel, qtbot, dialogs):
    panel.epochs.setValue(2)
    draw(program.hand.canvas)
    before = program.state.model.info.name
    QTest.mouseClick(program.window.bar.train, LEFT)
    assert not program.window.bar.train.isEnabled()
    assert not panel.epochs.isEnabled()
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=START_MS)
    steps = 2 * -(-1100 // 64)
    assert [b.step for b in program.state.training.batches] == list(range(1, steps + 1)), "every metric, in order"
    assert len(program.state.training.epochs) == 2
    assert points(program.live.dock.loss.plot) == points(program.live.dock.accuracy.plot) == steps
    assert before == "digits"
    assert program.state.model.info.name == "mlp"
    assert program.state.model.info.accuracy > 0.6
    assert program.state.model.prediction.model_version > 0, "the canvas was read with the new weights"
    assert program.window.bar.train.isEnabled()
    assert program.window.bar.progress.value() == 1000
    assert not dialogs


def test_a_window_that_may_not_change_its_priority_trains(program, panel, qtbot, dialogs, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr("os.setpriority", refuse)
    panel.epochs.setValue(1)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: len(program.state.training.epochs) == 1, timeout=START_MS)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=START_MS)
    assert not dialogs


def test_earlier_epochs_are_as_sure_as_the_last(program, panel, qtbot):
    """The temperature that is fitted at the end of a run is theirs as well, and so is the threshold."""
    panel.epochs.setValue(2)
    draw(program.hand.canvas)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(
        lambda: program.state.training.status.phase is Phase.IDLE and bool(program.state.training.epochs),
        timeout=START_MS,
    )
    best = next(epoch.epoch for epoch in reversed(program.state.training.epochs) if epoch.best)
    program.reader.read_now()
    latest = program.state.model.prediction.probabilities
    assert program.state.model.info.calibration.temperature != 1
    program.session.show_epoch(best)
    program.reader.read_now()
    assert program.state.model.prediction.probabilities == pytest.approx(latest, abs=1e-5)


def test_of_a_long_run_some_epochs_are_kept_evenly(program):
    weights = program.session.unedited
    for epoch in range(301):
        program.training._record([EpochWeights(epoch, weights)])
        if epoch == 20:
            program.session.show_epoch(7)
    kept = [one.epoch for one in program.state.model.recorded]
    steps = np.diff([epoch for epoch in kept if epoch not in (7, 300)])
    assert kept[0] == 0
    assert kept[-1] == 300
    assert 7 in kept, "what is shown stays"
    assert set(steps) == {8}


def test_the_canvas_follows_the_weights(program, panel, qtbot):
    draw(program.hand.canvas)
    panel.epochs.setValue(100)
    versions = set()
    program.state.model.prediction_changed.connect(lambda: versions.add(program.state.model.prediction.model_version))
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: len(versions) >= 4, timeout=START_MS)


def test_pause_resume_step_stop(program, panel, qtbot):
    panel.epochs.setValue(1000)
    QTest.mouseClick(program.window.bar.step, LEFT)
    qtbot.waitUntil(lambda: len(program.state.training.batches) == 1, timeout=START_MS)
    for count in (2, 3):
        QTest.mouseClick(program.window.bar.step, LEFT)
        qtbot.waitUntil(lambda count=count: len(program.state.training.batches) == count, timeout=5000)
        qtbot.wait(150)
        assert len(program.state.training.batches) == count
    assert program.window.bar.pause.text() == "Resume"
    QTest.mouseClick(program.window.bar.pause, LEFT)
    qtbot.waitUntil(lambda: len(program.state.training.batches) > 20, timeout=5000)
    assert program.window.bar.pause.text() == "Pause"
    QTest.mouseClick(program.window.bar.pause, LEFT)
    qtbot.wait(200)
    held = len(program.state.training.batches)
    qtbot.wait(200)
    assert len(program.state.training.batches) == held
    assert "images to learn from" in program.window.bar.notice.whole_text()
    QTest.mouseClick(program.window.bar.stop, LEFT)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=1000)
    assert "images to learn from" not in program.window.bar.notice.whole_text()


def test_space_trains_and_pauses(program, panel, qtbot):
    panel.epochs.setValue(1000)
    program.hand.canvas.setFocus()
    QTest.keyClick(program.hand.canvas, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.RUNNING, timeout=START_MS)
    QTest.keyClick(program.hand.canvas, Qt.Key.Key_Space)
    assert program.state.training.status.phase is Phase.PAUSED


def test_without_mnist_it_learns_synthetic_digits_and_says_so(program, panel, qtbot, dialogs):
    panel.dataset.setCurrentIndex(panel.dataset.findData("mnist"))
    panel.epochs.setValue(50)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: bool(program.state.training.batches), timeout=START_MS)
    assert "MNIST could not be had" in program.window.bar.notice.whole_text()
    assert "synthetic digits" in program.window.header.chip.whole_text()
    assert not dialogs


def test_a_data_set_that_cannot_be_had_ends_in_a_dialog(program, panel, qtbot, dialogs):
    panel.dataset.setCurrentIndex(panel.dataset.findData("kmnist"))
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: bool(dialogs), timeout=START_MS)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=5000)
    assert "could not be downloaded" in dialogs[0]
    assert program.state.model.info.name == "digits", "the old model stays"
    assert program.window.bar.train.isEnabled()


@pytest.mark.filterwarnings("ignore:.*encountered in.*:RuntimeWarning")
def test_a_loss_that_is_not_finite_is_told(program, panel, qtbot, dialogs):
    config = replace(panel.config(), optimizer="sgd", learning_rate=1e30, schedule="constant")
    panel.train_requested.emit(config)
    qtbot.waitUntil(lambda: bool(dialogs), timeout=START_MS)
    assert "expected a finite number" in dialogs[0]
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=5000)
    assert "learning from" not in program.window.header.chip.whole_text()
    draw(program.hand.canvas)
    program.reader.read_now()
    assert sum(program.state.model.prediction.probabilities) == pytest.approx(1, abs=1e-4)


def test_a_learning_rate_that_is_no_number_is_told(program, panel, dialogs):
    for text in ("", "fast", "0", "1e30"):
        panel.rate.setText(text)
        QTest.mouseClick(program.window.bar.train, LEFT)
    assert len(dialogs) == 4
    assert all("The learning rate" in text for text in dialogs)
    assert not program.training.running
    panel.rate.setText("0,001")
    assert panel.config().learning_rate == 0.001


def test_thirty_starts_and_stops_leave_no_thread(program, panel, qtbot):
    before = threading.active_count()
    panel.epochs.setValue(1000)
    for _ in range(30):
        QTest.mouseClick(program.window.bar.train, LEFT)
        qtbot.waitUntil(lambda: bool(program.state.training.batches), timeout=START_MS)
        QTest.mouseClick(program.window.bar.stop, LEFT)
        qtbot.waitUntil(lambda: not program.training.running, timeout=2000)
    assert threading.active_count() == before


@pytest.mark.parametrize(("wait_s", "batch"), [(0.0, 64), (0.1, 64), (1.0, 64), (0.4, 4096)])
def test_closing_while_it_trains(qtbot, tmp_path, small_model, monkeypatch, wait_s, batch):
    """At once, while the data are drawn, while it trains, and in the middle of a batch that takes seconds."""
    monkeypatch.setattr(digit_sources, "TRAIN_IMAGES", 5000 if batch > 64 or wait_s < 1 else 1200)
    before = threading.active_count()
    application = create_application(str(tmp_path / "s.json"), small_model)
    panel = application.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    panel.preset.setCurrentIndex(panel.preset.findData("article"))
    panel.batch.setValue(batch)
    application.window.show()
    QTest.mouseClick(application.window.bar.train, LEFT)
    if batch > 64:
        qtbot.waitUntil(lambda: application.state.training.status.phase is Phase.RUNNING, timeout=START_MS)
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        QApplication.processEvents()
    assert batch == 64 or not application.state.training.batches, "the first is still on its way"
    started = time.monotonic()
    application.window.close()
    assert time.monotonic() - started < 1
    assert not application.window.isVisible()
    assert not application.training.running
    assert threading.active_count() == before
    application.window.deleteLater()


def test_nothing_is_opened_while_it_trains(program, panel, qtbot, dialogs, small_model):
    panel.epochs.setValue(1000)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: bool(program.state.training.batches), timeout=START_MS)
    assert not program.files.open(small_model)
    assert "Stop it" in dialogs[0]


def test_a_failed_start_keeps_the_curves(program, panel, qtbot, dialogs):
    panel.epochs.setValue(1)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=START_MS)
    steps = len(program.state.training.batches)
    panel.dataset.setCurrentIndex(panel.dataset.findData("kmnist"))
    QTest.mouseClick(program.window.bar.train, LEFT)
    program.actions.start_anew.trigger()
    qtbot.waitUntil(lambda: bool(dialogs), timeout=START_MS)
    assert len(program.state.training.batches) == steps


def test_the_rate_follows_the_optimizer_until_it_is_chosen(panel):
    choose = lambda name: panel.optimizer.setCurrentIndex(panel.optimizer.findData(name))  # noqa: E731
    choose("sgd")
    assert panel.rate.text() == "0.1"
    panel.rate.setText("0.07")
    choose("adam")
    assert panel.rate.text() == "0.07"


def test_long_runs_do_not_slow_the_plots_down():
    series = Series()
    for i in range(50_000):
        series.add(i / 100, i, i)
    x, y, averages = series.columns()
    assert len(x) <= 4096
    assert x[-1] == pytest.approx(500, rel=0.01)
    assert (np.diff(x) > 0).all()
    np.testing.assert_allclose(y, averages)
    np.testing.assert_allclose(y, x * 100, atol=40)


def test_space_on_a_button_is_the_buttons(program, panel, qtbot):
    program.window.bar.step.setFocus()
    QTest.keyClick(program.window.bar.step, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(program.state.training.batches) == 1, timeout=START_MS)
    qtbot.wait(100)
    assert len(program.state.training.batches) == 1


def test_a_picture_shows_the_very_last_words_whole(program):
    words = program.live.dock.loss._validation_words
    words.setText("validation 0.2153")
    assert words.width() < words.sizeHint().width()
    lay_out()
    assert words.width() >= words.sizeHint().width()
