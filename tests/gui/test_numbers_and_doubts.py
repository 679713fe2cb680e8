"""Several digits at once, and what is no digit: with the model that ships with the program."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hand import draw
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from cnn_core.assets import bundled_model_path
from cnn_core.datasets import write_idx
from cnn_core.presets import make_preset
from cnn_core.sources import SOURCES
from cnn_core.storage import save_model
from cnn_gui.session.canvas_reader import REST_MS
from cnn_gui.session.training_state import Phase

ONE = ((0.5, 0.0), (0.5, 1.0))
SEVEN = ((0.1, 0.0), (0.9, 0.0), (0.45, 1.0))
ZERO = tuple((0.5 - 0.4 * np.sin(t), 0.5 - 0.5 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 24))
TWO = ((0.1, 0.25), (0.3, 0.0), (0.7, 0.0), (0.85, 0.25), (0.6, 0.6), (0.1, 1.0), (0.95, 1.0))
STAR = ((0.2, 0.9), (0.5, 0.1), (0.8, 0.9), (0.1, 0.4), (0.9, 0.4), (0.2, 0.9))


def write(program, *digits, width: float = 0.16, height: float = 0.28) -> None:
    """Digits side by side."""
    for i, digit in enumerate(digits):
        left = 0.06 + i * (width + 0.06)
        draw(program.hand.canvas, [(left + x * width, 0.35 + y * height) for x, y in digit], steps=4)
    program.reader.read_now()


def buttons(program) -> list[QToolButton]:
    """The digits that can be clicked, from left to right."""
    return [button for button in program.hand.number.buttons if button.isVisible()]


@pytest.fixture
def reader(program):
    """The program with the model that ships with it."""
    assert program.files.open(bundled_model_path(), "bundled")
    return program


def test_a_resting_pen_has_the_drawing_taken_apart(reader, qtbot, monkeypatch):
    asked = []
    parts = reader.session.judge.regions
    monkeypatch.setattr(
        reader.session.judge, "regions", lambda marks, growing=False: asked.append(growing) or parts(marks, growing)
    )
    canvas = reader.hand.canvas
    side = canvas.width()
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, none, QPoint(side // 3, side // 3))
    for i in range(5):
        QTest.mouseMove(canvas, QPoint(side // 3, side // 3 + 8 * i))
        qtbot.waitUntil(lambda: asked[-1:] == [True], timeout=1000)
    weights = reader.session.unedited
    for _ in range(20):  # a training would bring others again and again
        qtbot.wait(REST_MS // 10)
        reader.session.use_weights(weights)
    assert False in asked
    qtbot.waitUntil(lambda: asked[-1], timeout=1000)
    count = len(asked)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, none, QPoint(side // 3, side // 2))
    qtbot.waitUntil(lambda: len(asked) > count and not asked[-1], timeout=1000)
    qtbot.wait(2 * REST_MS)
    assert not asked[-1], "nothing grows any more"


def test_a_number_is_read_digit_by_digit(reader):
    write(reader, TWO, ZERO, ONE, SEVEN)
    view = reader.hand.prediction
    assert view.property("predictedNumber") == "2017"
    assert view.property("predictedDigit") == 7, "the bars follow the pen"
    buttons = [button for button in reader.hand.number.findChildren(type(reader.hand.tools.undo)) if button.isVisible()]
    assert [button.text() for button in buttons] == ["2", "0", "1", "7"]
    assert [button.isChecked() for button in buttons] == [False, False, False, True]
    assert reader.hand.number.accessibleDescription() == "2017"


def test_a_click_on_a_digit_shows_its_bars_and_maps(reader, qtbot):
    write(reader, TWO, ZERO, ONE)
    first = buttons(reader)[0]
    before = reader.state.model.prediction
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: reader.state.model.prediction.selected == 0)
    now = reader.state.model.prediction
    assert reader.hand.prediction.property("predictedDigit") == 2
    assert not np.array_equal(now.image, before.image)
    assert not np.array_equal(now.activations[0].values, before.activations[0].values)
    write(reader, TWO, ZERO, ONE)
    assert reader.state.drawing.choice is None, "a new stroke takes the view with it"


def test_digits_are_chosen_with_the_keyboard(reader, qtbot):
    write(reader, SEVEN, ONE)
    first = buttons(reader)[0]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: reader.hand.prediction.property("predictedDigit") == 7)
    assert reader.state.training.status.phase is Phase.IDLE, "space chose the digit and did not train"


def test_lines_under_the_digits_show_how_the_drawing_was_taken_apart(reader):
    write(reader, TWO, ONE)
    image = reader.hand.canvas.grab().toImage()
    accent = QColor(reader.state.appearance.theme.accent)
    lit = [
        x
        for x in range(10, image.width() - 10)  # the frame of a canvas with the focus is accented too
        for y in range(int(0.63 * image.height()), int(0.8 * image.height()))
        if image.pixelColor(x, y) == accent
    ]
    ratio = image.width() / reader.hand.canvas.width()
    box = reader.state.model.prediction.items[1].box
    assert lit
    assert abs(np.mean(lit) / ratio / reader.hand.canvas.width() - box.middle) < 0.03


def test_what_is_no_digit_gets_no_digit(reader):
    draw(reader.hand.canvas, STAR)
    reader.reader.read_now()
    view = reader.hand.prediction
    assert view.property("predictedDigit") == -1
    assert view.property("predictedNumber") == "?"
    assert view.property("digitScore") < 0.5
    assert view.property("confidence") == pytest.approx(view.property("digitScore"), abs=1e-5)
    assert sum(view.property("probabilities")) == pytest.approx(1, abs=1e-4)
    assert "not a digit?" in view.accessibleDescription()
    doubtful = view.grab().toImage()
    accent = QColor(reader.state.appearance.theme.accent)
    pixels = (doubtful.pixelColor(x, y) for x in range(0, doubtful.width(), 2) for y in range(0, doubtful.height(), 2))
    assert accent not in pixels, "no bar stands out"


def test_a_number_of_another_model_is_taken_apart_by_the_bundled_one(program, tmp_path):
    """A network that has learnt nothing still gets one digit at a time."""
    path = tmp_path / "raw.safetensors"
    save_model(path, make_preset("mlp", np.random.default_rng(0)))
    assert program.files.open(path)
    write(program, SEVEN, ONE, ZERO)
    assert len(program.state.model.prediction.items) == 3


def test_a_model_of_other_things_reads_the_whole_drawing(program, tmp_path):
    path = tmp_path / "clothes.safetensors"
    save_model(
        path,
        make_preset("mlp", np.random.default_rng(0)),
        {"class_names": list(SOURCES["fashion-mnist"].about().class_names)},
    )
    assert program.files.open(path)
    write(program, SEVEN, ONE, ZERO)
    assert len(program.state.model.prediction.items) == 1
    assert not program.state.model.info.reads_digits
    assert program.hand.number.words.text() == ""


def test_words_and_blanks_as_names_are_painted(program, tmp_path):
    """An untrained network without a threshold, so that one of its classes is named whatever is drawn."""
    for names in ([f"  {' ' * i}" for i in range(10)], [f"ankle boot {i}" for i in range(10)]):
        path = tmp_path / "named.safetensors"
        save_model(path, make_preset("mlp", np.random.default_rng(0)), {"class_names": names})
        assert program.files.open(path)
        write(program, SEVEN)
        assert program.state.model.prediction.known
        assert program.hand.prediction.grab().toImage().width() > 0


def test_the_calibration_is_saved_with_the_model(reader, tmp_path):
    assert reader.files.save(tmp_path / "copy.safetensors")
    before = reader.state.model.info.calibration
    assert before.threshold > 0
    assert reader.files.open(tmp_path / "copy.safetensors")
    assert reader.state.model.info.calibration == before


def test_a_run_ends_with_a_calibration(program, qtbot):
    panel = program.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    panel.preset.setCurrentIndex(panel.preset.findData("mlp"))
    panel.epochs.setValue(1)
    panel.request_train()
    qtbot.waitUntil(
        lambda: bool(program.state.training.batches) and program.state.training.status.phase is Phase.IDLE,
        timeout=60_000,
    )
    assert 0.1 < program.state.model.info.calibration.threshold < 1


def test_samples_show_what_the_augmentation_does(program, qtbot):
    panel = program.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    panel.augmentation.setCurrentIndex(panel.augmentation.findData("none"))
    qtbot.waitUntil(lambda: len(program.live.samples_state.samples.images) == 10)
    plain = program.live.samples_state.samples.images
    panel.augmentation.setCurrentIndex(panel.augmentation.findData("strong"))
    changed = program.live.samples_state.samples.images
    assert changed.shape == plain.shape
    assert not np.array_equal(changed, plain)
    qtbot.waitUntil(lambda: not np.array_equal(program.live.samples_state.samples.images, changed), timeout=4000)
    strip = panel.samples.grab().toImage()
    assert any(strip.pixelColor(x, strip.height() // 2).value() > 200 for x in range(strip.width()))
    panel.dataset.setCurrentIndex(panel.dataset.findData("kmnist"))
    qtbot.waitUntil(lambda: "once the data are there" in program.live.samples_state.samples.words)
    assert not len(program.live.samples_state.samples.images)


def test_the_dock_gives_way_in_a_low_window_until_somebody_wants_it(program, qtbot):
    window, dock = program.window, program.live.dock
    assert dock.isVisible()
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: not dock.isVisible())
    assert program.hand.canvas.width() > 180
    window.resize(1440, 960)
    qtbot.waitUntil(dock.isVisible)
    program.actions.fold_dock.trigger()
    qtbot.waitUntil(lambda: not dock.isVisible())
    window.resize(1400, 900)
    qtbot.wait(50)
    assert not dock.isVisible(), "what was chosen stays"
    assert program.settings.get("dock_unfolded") is False


def test_every_digit_of_a_long_number_can_be_reached(reader, qtbot):
    write(reader, *([ONE] * 11), width=0.02)
    view = reader.hand.number
    assert len(reader.state.model.prediction.items) == 11
    assert view.words.text() == "4–11 of 11"
    assert view.words.toolTip() == f"The whole number: {'1' * 11}"
    assert [button.isChecked() for button in buttons(reader)] == [False] * 7 + [True]
    view.buttons[7].setFocus()
    for _ in range(10):
        focused = next(button for button in view.buttons if button.hasFocus())
        before = reader.state.model.prediction.selected
        QTest.keyClick(focused, Qt.Key.Key_Left)
        qtbot.waitUntil(lambda before=before: reader.state.model.prediction.selected == before - 1)
    assert reader.state.model.prediction.selected == 0
    assert view.words.text() == "1–8 of 11"
    checked = [button for button in buttons(reader) if button.isChecked()]
    assert [button.accessibleName()[:8] for button in checked] == ["Digit 1:"]


def test_the_focus_stays_with_the_number_when_its_digits_go(reader, qtbot):
    write(reader, SEVEN, ONE)
    buttons(reader)[0].setFocus()
    QTest.keyClick(buttons(reader)[0], Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: reader.state.model.prediction.blank)
    assert reader.hand.number.hasFocus()


def test_samples_come_once_a_run_has_its_data(program, qtbot, monkeypatch, tmp_path):
    panel = program.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("mnist"))
    program.live.samples.show("kmnist", "none")
    program.live.samples.show("mnist", "none")
    qtbot.waitUntil(lambda: "once the data are there" in program.live.samples_state.samples.words)
    assert "found none" in panel.samples.toolTip()
    digits = np.repeat(np.arange(10), 3)
    folder = tmp_path / "own" / "mnist"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for part in ("train", "t10k"):
        write_idx(folder / f"{part}-images-idx3-ubyte", rng.integers(0, 256, (30, 28, 28)).astype(np.uint8))
        write_idx(folder / f"{part}-labels-idx1-ubyte", digits.astype(np.uint8))
    monkeypatch.setenv("CNN_DATA_DIR", str(tmp_path / "own"))
    program.state.training.clear_metrics()
    qtbot.waitUntil(lambda: len(program.live.samples_state.samples.images) == 10)


def test_closing_while_samples_load_does_not_wait_long(program):
    for name in ("synthetic", "mnist", "pendigits", "mixed"):
        program.live.samples.show(name, "none")
    started = time.monotonic()
    assert program.shutdown(timeout_s=0.5)
    assert time.monotonic() - started < 0.5
