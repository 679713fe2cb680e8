"""What the window promises about strangers' files, about what is the user's own, and about being in nobody's way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hand import ONE, SEVEN, draw
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox

from cnn_core.drawing import Stroke, render
from cnn_core.errors import ConfigError
from cnn_core.presets import make_preset
from cnn_core.runs import RunStore, read_metrics
from cnn_core.storage import save_model
from cnn_core.training import TrainingConfig
from cnn_gui.app import create_application
from cnn_gui.hand.ink import stroke_pieces
from cnn_gui.session.selection import Pin
from cnn_gui.session.training_state import Phase
from cnn_gui.settings import SETTINGS, Settings

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
START_MS = 60_000


# --- Settings


def test_settings_are_flat_json_and_kept(tmp_path):
    path = tmp_path / "own.ini"
    settings = Settings(path)
    settings.put(theme="light", training_rate=0.01)
    assert json.loads(path.read_text()) == {"theme": "light", "training_rate": 0.01}
    again = Settings(path)
    assert (again.get("theme"), again.get("training_rate"), again.get("brush")) == ("light", 0.01, 0.06)
    assert again.problem == ""
    with pytest.raises(ConfigError, match="theme"):
        again.put(theme="pink")


def test_a_settings_file_runs_no_code(tmp_path):
    """As Qt's own settings do."""
    path, ran = tmp_path / "settings.json", tmp_path / "ran"
    path.write_text(f"[General]\ntheme=@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\x18PySide::PyObjectWrapper\\0 touch {ran})\n")
    settings = Settings(path)
    assert "set aside" in settings.problem
    assert not ran.exists()
    assert path.with_name("settings.json.broken").exists()
    assert not path.exists()
    settings.put(theme="light")
    assert Settings(path).get("theme") == "light"


@pytest.mark.parametrize(
    "values",
    [{"theme": 7}, {"brush": "wide"}, {"brush": 1e999}, {"training_epochs": True}, {"training_rate": -1},
     {"window": [1, 2]}, {"window": [10**30] * 4}, {"data_dir": "a\0b"}, {"window_maximized": "yes"},
     {"training_dataset": "moon"}],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_told_and_not_taken(values, tmp_path):
    path = tmp_path / "s.json"
    path.write_text(json.dumps(values | {"training_seed": 5}))
    settings = Settings(path)
    (key,) = values
    assert settings.get(key) == SETTINGS[key].default
    assert settings.get("training_seed") == 5
    assert key in settings.problem


def test_a_broken_settings_file_is_one_notice_and_no_dialog(qtbot, tmp_path, small_model):
    path = tmp_path / "s.json"
    path.write_text("{" * 100_000)
    application = create_application(str(path), small_model)
    assert "set aside" in application.window.bar.notice.whole_text()
    assert not application.window.findChildren(QMessageBox)
    application.window.close()
    application.window.deleteLater()


# --- Foreign words


def test_a_strangers_words_are_never_markup(program, dialogs, tmp_path, rng):
    model = make_preset("mlp", rng)
    model.name = "<h1>big</h1><img src='/etc/passwd'>"
    path = tmp_path / "<b>bold.safetensors"
    save_model(path, model, {"class_names": [f"<i>{i}" for i in range(10)]})
    assert program.files.open(path)
    draw(program.hand.canvas)
    program.reader.read_now()
    for label in program.window.findChildren(QLabel):
        if label.textFormat() != Qt.TextFormat.PlainText:
            assert "<h1>" not in label.text()
            assert "<i>" not in label.text()
    assert "&lt;h1&gt;" in program.window.header.chip.toolTip()
    program.errors.shown.disconnect()
    program.errors.show("A title", "<h1>text</h1>" * 200)
    (box,) = program.window.findChildren(QMessageBox)
    assert len(box.informativeText()) <= 300
    for label in box.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    box.close()


# --- Nothing of yours is lost


def test_a_failed_open_leaves_the_model_and_its_readings(program, dialogs, tmp_path, monkeypatch, rng):
    draw(program.hand.canvas, ONE)
    program.reader.read_now()
    before, model = program.state.model.prediction.probabilities, program.session.model
    path = tmp_path / "m.safetensors"
    save_model(path, make_preset("lenet5", rng))

    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("cnn_gui.session.model_session.Reader", fail)
    assert not program.files.open(path)
    assert "no room" in dialogs[0]
    assert program.session.model is model
    program.reader.read_now()
    assert program.state.model.prediction.probabilities == before
    assert program.state.model.info.name in program.window.header.chip.whole_text()


def test_the_network_before_a_run_comes_back(program, qtbot):
    draw(program.hand.canvas, ONE)
    program.reader.read_now()
    before, name = program.state.model.prediction.probabilities, program.state.model.info.name
    assert program.window.bar.bring_back.isHidden()
    for _ in range(2):  # what a run that learnt nothing left is not worth a place
        program.training.step(TrainingConfig(dataset="synthetic", architecture="mlp"))
        qtbot.waitUntil(lambda: program.state.training.batch_count == 1, timeout=START_MS)
        assert program.state.model.info.name == "mlp"
        assert "can be brought back" in program.state.appearance.notice or program.state.model.previous is not None
        program.training.stop()
        qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE)
    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp"))
    qtbot.waitUntil(lambda: program.state.training.batch_count > 1, timeout=START_MS)
    QTest.mouseClick(program.window.bar.bring_back, LEFT)  # while it trains: the run ends first
    qtbot.waitUntil(lambda: program.state.model.info.name == name)
    program.reader.read_now()
    assert program.state.model.prediction.probabilities == pytest.approx(before)
    assert program.state.training.status.phase is Phase.IDLE


def test_opening_a_file_does_not_lose_a_network_that_is_in_none(program, qtbot, tmp_path, rng):
    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1))
    qtbot.waitUntil(
        lambda: program.state.model.info.trained and program.state.model.info.name == "mlp", timeout=START_MS
    )
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=START_MS)
    weights = program.session.model.snapshot()
    save_model(tmp_path / "m.safetensors", make_preset("lenet5", rng))
    assert program.files.open(tmp_path / "m.safetensors")
    program.previous.bring_back()
    assert program.state.model.info.name == "mlp"
    for key, array in weights.arrays.items():
        np.testing.assert_array_equal(program.session.model.snapshot().arrays[key], array)


def test_the_model_is_not_saved_over_another_kind_of_file(program, dialogs, tmp_path):
    thesis = tmp_path / "thesis.docx"
    thesis.write_text("years of work")
    assert not program.files.save(thesis)
    assert "Another kind of file" in dialogs[0]
    assert thesis.read_text() == "years of work"
    protected = tmp_path / "m.safetensors"
    assert program.files.save(protected)
    before = protected.read_bytes()
    protected.chmod(0o444)
    assert not program.files.save(protected)
    assert "write-protected" in dialogs[1]
    assert protected.read_bytes() == before


@pytest.mark.parametrize("ask", ["save_model", "save_picture", "save_table"])
def test_a_name_without_a_suffix_gets_it_before_the_question(program, monkeypatch, ask):
    seen = []
    monkeypatch.setattr(QFileDialog, "exec", lambda dialog: seen.append(dialog.defaultSuffix()) or 0)
    getattr(program.actions, ask).trigger()
    assert seen[0] in ("safetensors", "png", "csv")


def test_every_batch_is_on_the_disk_and_a_part_on_the_screen(program, qtbot, tmp_path):
    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1))
    qtbot.waitUntil(
        lambda: program.state.model.info.trained and program.state.model.info.name == "mlp", timeout=START_MS
    )
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=START_MS)
    (run,) = RunStore().runs()
    assert run.record.reason == "finished"
    assert sum(line["kind"] == "batch" for line in read_metrics(run.path)) == program.state.training.batch_count
    assert program.state.training.batches.maxlen == 4096


# --- The hand


def grabbed_ink(canvas, theme) -> np.ndarray:
    """How far each pixel of the canvas is from paper to ink."""
    image = canvas.grab().toImage().convertToFormat(canvas.grab().toImage().Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    grey = rows[:, : image.width()].astype(float)
    paper, ink = grey[12, grey.shape[1] // 2], grey.max() if theme == "dark" else grey.min()
    return np.clip((grey - paper) / (ink - paper), 0, 1)


def test_canvas_and_input_are_the_same_drawing(program):
    """Three points of a fast mouse."""
    canvas = program.hand.canvas
    draw(canvas, ((0.2, 0.3), (0.75, 0.25), (0.3, 0.8)), steps=1)
    (stroke,) = program.state.drawing.marks
    assert len(stroke.points) == 3
    seen = grabbed_ink(canvas, program.state.appearance.theme.name)
    inside = slice(8, -8)  # without the frame and its round corners
    expected = render([stroke], seen.shape[0])[inside, inside]
    seen = seen[inside, inside]
    assert np.minimum(seen, expected).sum() / np.maximum(seen, expected).sum() > 0.95
    assert sum(1 for _ in stroke_pieces(stroke.points)) == 3


def mouse(canvas, kind, place, held, button=LEFT):
    at = QPointF(*(v * canvas.width() for v in place))
    event = QMouseEvent(kind, at, canvas.mapToGlobal(at), button, held, NONE)
    QApplication.sendEvent(canvas, event)


def test_a_lost_mouse_release_ends_the_stroke(program):
    canvas, none = program.hand.canvas, Qt.MouseButton.NoButton
    mouse(canvas, QEvent.Type.MouseButtonPress, (0.2, 0.2), LEFT)
    mouse(canvas, QEvent.Type.MouseMove, (0.2, 0.7), LEFT)
    mouse(canvas, QEvent.Type.MouseMove, (0.8, 0.9), none, none)
    assert len(program.state.drawing.marks) == 1
    assert program.state.drawing.marks[0].points[:, 0].max() < 0.3, "no line to where the mouse came back"
    mouse(canvas, QEvent.Type.MouseButtonPress, (0.6, 0.2), LEFT)
    mouse(canvas, QEvent.Type.MouseButtonPress, (0.7, 0.4), LEFT)
    mouse(canvas, QEvent.Type.MouseMove, (0.7, 0.7), LEFT)
    mouse(canvas, QEvent.Type.MouseButtonRelease, (0.7, 0.7), none)
    assert len(program.state.drawing.marks) == 3


def pen(canvas, kind, place, held, button):
    at = QPointF(*(v * canvas.width() for v in place))
    device = QPointingDevice.primaryPointingDevice()
    event = QTabletEvent(kind, device, at, canvas.mapToGlobal(at), 0.5, 0, 0, 0, 0, 0, NONE, button, held)
    QApplication.sendEvent(canvas, event)


def test_a_lost_pen_release_deadens_neither_pen_nor_mouse(program):
    canvas, none = program.hand.canvas, Qt.MouseButton.NoButton
    pen(canvas, QEvent.Type.TabletPress, (0.2, 0.2), LEFT, LEFT)
    pen(canvas, QEvent.Type.TabletMove, (0.2, 0.6), LEFT, none)
    pen(canvas, QEvent.Type.TabletMove, (0.9, 0.9), none, none)  # it hovers
    assert len(program.state.drawing.marks) == 1
    pen(canvas, QEvent.Type.TabletPress, (0.4, 0.2), LEFT, LEFT)
    pen(canvas, QEvent.Type.TabletPress, (0.6, 0.2), LEFT, LEFT)
    pen(canvas, QEvent.Type.TabletRelease, (0.6, 0.7), none, LEFT)
    assert len(program.state.drawing.marks) == 3
    pen(canvas, QEvent.Type.TabletPress, (0.8, 0.2), LEFT, LEFT)
    draw(canvas, SEVEN)
    assert len(program.state.drawing.marks) == 5


def test_a_stroke_costs_no_more_on_a_full_canvas(program):
    canvas, rng = program.hand.canvas, np.random.default_rng(0)

    def seconds() -> float:
        x, y = rng.uniform(0.1, 0.8, 2)
        path = [(x + 0.02 * i, y + 0.01 * i) for i in range(5)]
        started = time.thread_time()
        draw(canvas, path, steps=1)
        program.reader.read_now()
        QApplication.processEvents()
        return time.thread_time() - started

    few = np.median([seconds() for _ in range(30)])
    marks = [Stroke(rng.uniform(0.1, 0.9, (6, 2)), 0.02) for _ in range(470)]
    program.canvas._drawing.marks = (*program.state.drawing.marks, *marks)
    for _ in range(5):
        seconds()
    many = np.median([seconds() for _ in range(30)])
    assert many < 2 * few
    for _ in range(300):
        program.canvas.undo()
    assert len(program.canvas._drawing._past) <= 200


# --- In nobody's way


def test_the_wheel_and_the_keys_of_a_choice_are_its_own(program):
    draw(program.hand.canvas)
    panel = program.live.dock.panel
    wheel = QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, NONE,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    for control, value in ((panel.preset, panel.preset.currentIndex), (panel.epochs, panel.epochs.value),
                           (program.live.view.scale, program.live.view.scale.currentIndex)):  # fmt: skip
        program.hand.canvas.setFocus()
        before = value()
        QApplication.sendEvent(control, wheel)
        assert value() == before
    panel.preset.setFocus()
    QTest.keyClick(panel.preset, Qt.Key.Key_Backspace)
    QTest.keyClick(panel.preset, Qt.Key.Key_E)
    QTest.keyClick(panel.preset, Qt.Key.Key_Delete)
    assert program.state.drawing.marks
    assert not program.state.drawing.erasing


@pytest.mark.parametrize("typed", ["0", "-5", "", "999999999", "3x"])
def test_a_number_that_is_none_is_told_and_not_changed_in_silence(program, typed):
    field = program.live.dock.panel.epochs
    before = field.value()
    field.setFocus()
    field.lineEdit().selectAll()
    QTest.keyClicks(field.lineEdit(), typed) if typed else QTest.keyClick(field.lineEdit(), Qt.Key.Key_Delete)
    assert field.lineEdit().text() == typed, "what is typed is seen"
    program.hand.canvas.setFocus()
    assert field.value() == before
    assert "is no whole number from 1" in program.window.bar.notice.whole_text()


def test_a_decimal_comma_is_kept_as_a_number(qtbot, tmp_path, small_model):
    path = tmp_path / "s.json"
    first = create_application(str(path), small_model)
    first.live.dock.panel.rate.setText("0,01")
    assert first.live.dock.panel.config().learning_rate == 0.01
    first.window.close()
    assert json.loads(path.read_text())["training_rate"] == 0.01
    second = create_application(str(path), small_model)
    assert second.live.dock.panel.config().learning_rate == 0.01
    second.window.close()
    for application in (first, second):
        application.window.deleteLater()


def test_the_kernel_slides_while_the_mouse_rests_on_the_strip(program, qtbot):
    draw(program.hand.canvas)
    program.reader.read_now()
    program.state.selection.set_pin(Pin("conv_1", (3, 3, 2)))
    program.state.selection.set_pointed(Pin("conv_2", (1, 1, 1)))
    program.live.room("working").view.speed.setCurrentIndex(2)
    program.live.room("working").slide.toggle()
    program.state.selection.set_pointed(Pin("conv_2", (1, 1, 1)))  # the mouse moves a little
    assert program.state.inspected.explained.pin.layer == "conv_1"
    qtbot.waitUntil(lambda: program.state.selection.pin.place[1] > 3)
    assert program.state.inspected.explained.pin == program.state.selection.pin
    program.live.room("working").slide.toggle()
    program.state.selection.set_pointed(Pin("conv_2", (1, 1, 1)))
    assert program.state.inspected.explained.pin.layer == "conv_2"


def test_open_says_why_it_does_not_while_it_trains(program, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: pytest.fail("asked for a file"))
    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp"))
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.RUNNING, timeout=START_MS)
    program.actions.open_model.trigger()
    assert "stop it before you open a model" in program.window.bar.notice.whole_text()
    program.training.stop()
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE)


def test_an_earlier_error_does_not_stay_over_a_valid_run(program, qtbot):
    program.errors.show("Earlier", "Something was wrong.")
    assert program.window.findChildren(QMessageBox)
    program.training.step(TrainingConfig(dataset="synthetic", architecture="mlp"))
    qtbot.waitUntil(lambda: program.state.training.batch_count == 1, timeout=START_MS)
    qtbot.waitUntil(lambda: not [box for box in program.window.findChildren(QMessageBox) if box.isVisible()])


def test_a_run_that_learns_nothing_says_so(program, qtbot):
    config = TrainingConfig(dataset="synthetic", architecture="mlp", optimizer="sgd", learning_rate=1e-7, epochs=1)
    program.training.start(config)
    qtbot.waitUntil(lambda: "learnt nothing" in program.state.appearance.notice, timeout=START_MS)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE)


@pytest.mark.parametrize("room", ["why", "likes", "among"])
def test_closing_answers_at_once_whatever_is_worked_out(qtbot, tmp_path, small_model, room):
    application = create_application(str(tmp_path / "s.json"), small_model)
    application.window.show()
    draw(application.hand.canvas)
    application.reader.read_now()
    application.live.open_room(room)
    qtbot.wait(150)
    started = time.monotonic()
    application.window.close()
    assert time.monotonic() - started < 0.5
    assert not application.window.isVisible()
    qtbot.waitUntil(application.has_stopped)
    application.window.deleteLater()


# --- As a process


def interrupted(tmp_path: Path, *arguments: str, after_s: float, number: int = signal.SIGINT):
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path / "config")}
    command = [sys.executable, "-m", "cnn_gui", *arguments]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:  # fmt: skip
        time.sleep(after_s)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def test_ctrl_c_ends_a_demo_in_good_order(tmp_path):
    code, _, err = interrupted(tmp_path, "--demo", "a.png", after_s=6)
    assert code == 130
    assert "Traceback" not in err
    assert not (tmp_path / "a.png").exists()


def test_ctrl_c_while_python_imports_is_no_traceback(tmp_path):
    for after_s in (0.1, 0.25, 0.5):
        code, _, err = interrupted(tmp_path, "--demo", "a.png", after_s=after_s)
        if "Fatal Python error" not in err:  # Python itself had not begun yet
            assert "Traceback" not in err
            assert code in (130, -signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_closes_the_window_as_its_button_does(tmp_path, number):
    code, _, err = interrupted(tmp_path, after_s=6, number=number)
    assert (code, err) == (0, "")
    assert (tmp_path / "config" / "cnn-gui" / "settings.json").exists()
