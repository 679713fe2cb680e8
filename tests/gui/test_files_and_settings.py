"""Model files, what is remembered, and the program as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hand import draw
from PIL import Image
from PySide6.QtWidgets import QMainWindow, QMessageBox

from cnn_core.layers import Dense, Softmax
from cnn_core.model import Sequential
from cnn_core.presets import make_preset
from cnn_core.storage import load_model, save_model
from cnn_core.training import TrainingConfig
from cnn_gui.app import create_application, create_window
from cnn_gui.errors import install_excepthook


def test_save_and_open_a_model(qtbot, program, dialogs, tmp_path, rng):
    saved = tmp_path / "mine.safetensors"
    program.files.save(str(saved))
    assert saved.exists()
    for name, array in program.session.model.parameters.items():
        np.testing.assert_array_equal(load_model(saved).model.parameters[name], array)
    save_model(tmp_path / "other.safetensors", make_preset("lenet5", rng), {"class_names": list("ABCDEFGHIJ")})
    program.files.begin_to_open(str(tmp_path / "other.safetensors"))
    assert program.state.model.info.name == "digits", "the file is read in the background, and the window goes on"
    qtbot.waitUntil(lambda: program.state.model.info.name == "lenet5", timeout=5000)
    draw(program.hand.canvas)
    program.reader.read_now()
    assert program.state.model.info.name == "lenet5"
    assert len(program.state.model.prediction.activations) == len(make_preset("lenet5", rng).layers)
    assert program.state.model.prediction.class_names[program.state.model.prediction.best] in "ABCDEFGHIJ"
    assert "lenet5" in program.window.header.chip.whole_text()
    assert not dialogs


def test_bad_model_files_end_in_a_dialog_and_the_old_model_stays(qtbot, program, dialogs, tmp_path):
    model = program.session.model
    (tmp_path / "bad.safetensors").write_bytes(b"nonsense")
    for number, name in enumerate(("bad", "missing"), 1):
        program.files.begin_to_open(str(tmp_path / f"{name}.safetensors"))
        qtbot.waitUntil(lambda number=number: len(dialogs) == number, timeout=5000)
    program.files.save("/proc/none/model")
    assert len(dialogs) == 3
    assert "is not a model or checkpoint" in dialogs[0]
    assert "found nothing" in dialogs[1]
    assert "Expected to write" in dialogs[2]
    assert program.session.model is model


def test_of_two_files_the_later_is_opened_and_one_that_comes_into_a_run_is_not(qtbot, program, dialogs, tmp_path, rng):
    for name in ("lenet5", "mlp"):
        save_model(tmp_path / f"{name}.safetensors", make_preset(name, rng))
        program.files.begin_to_open(str(tmp_path / f"{name}.safetensors"))
    qtbot.waitUntil(lambda: program.state.model.info.name == "mlp", timeout=5000)
    program.files.begin_to_open(str(tmp_path / "lenet5.safetensors"))
    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp"))
    qtbot.waitUntil(lambda: bool(dialogs), timeout=5000)
    assert "Stop it, then open the model" in dialogs[0]
    assert program.state.model.info.name == "mlp"
    program.training.stop()
    qtbot.waitUntil(lambda: not program.state.training.status.phase.active, timeout=5000)


@pytest.mark.filterwarnings("error")
def test_a_model_of_weights_that_are_too_large_is_not_opened(program, dialogs, tmp_path, rng):
    model = make_preset("digits", rng)
    model.parameters["conv_1.weight"][0, 0, 0, 0] = 3e38
    model.parameters["conv_2.weight"][:] *= 1e6
    save_model(tmp_path / "huge.safetensors", model)
    before = program.session.model
    assert not program.files.open(tmp_path / "huge.safetensors")
    assert "finite numbers" in dialogs[0]
    assert program.session.model is before


def test_a_model_for_other_images_reads_the_canvas_too(program, dialogs, tmp_path, rng):
    """Larger images, colours, and more or fewer classes: the window has no digits built in."""
    for shape, classes in (((32, 40, 3), 4), ((20, 20, 1), 12)):
        path = tmp_path / "odd.safetensors"
        save_model(path, make_preset("digits", rng, shape, classes))
        assert program.files.open(path)
        draw(program.hand.canvas)
        program.reader.read_now()
        program.window.grab()
        assert program.state.model.prediction.image.shape == shape
        assert len(program.hand.prediction.property("probabilities")) == classes
    assert not dialogs


def test_a_model_that_takes_no_images_is_refused(program, dialogs, tmp_path, rng):
    model = program.session.model
    save_model(tmp_path / "flat.safetensors", Sequential([Dense(10), Softmax()]).build((784,), rng))
    assert not program.files.open(tmp_path / "flat.safetensors")
    assert "images [h, w, c]" in dialogs[0]
    assert program.session.model is model
    draw(program.hand.canvas)
    program.reader.read_now()


def test_a_long_name_does_not_widen_the_window(program, tmp_path, rng):
    path = tmp_path / f"{'long-<b>name' * 15}.safetensors"
    save_model(path, make_preset("mlp", rng))
    before = program.window.minimumSizeHint().width()
    assert program.files.open(path)
    program.window.resize(1024, 700)
    program.window.grab()
    assert program.window.minimumSizeHint().width() <= max(before, 1024)
    menus = program.window.header.menus
    assert menus.width() >= menus.sizeHint().width(), "every menu is visible"


def test_layout_theme_and_settings_are_remembered(qtbot, tmp_path, small_model):
    path = str(tmp_path / "settings.json")
    first = create_application(path, small_model)
    first.window.show()
    first.window.resize(1024, 760)  # what the offscreen platform's small screen allows
    first.window.upper_zones.setSizes([400, 588])
    sizes = first.window.upper_zones.sizes()
    first.actions.theme.trigger()
    first.live.dock.panel.epochs.setValue(17)
    first.live.dock.panel.preset.setCurrentIndex(2)
    first.hand.tools.brush_chosen.emit(0.095)
    theme = first.state.appearance.theme
    first.window.close()
    second = create_application(path, small_model)
    second.window.show()
    assert second.state.appearance.theme is theme
    assert second.window.size().toTuple() == (1024, 760)
    assert second.window.upper_zones.sizes() == sizes
    assert second.live.dock.panel.epochs.value() == 17
    assert second.live.dock.panel.preset.currentIndex() == 2
    assert second.state.drawing.brush_width == 0.095
    second.window.close()
    for application in (first, second):
        application.window.deleteLater()


def test_nonsense_in_the_settings_is_ignored(qtbot, tmp_path, small_model):
    path = tmp_path / "settings.json"
    path.write_text(
        "[General]\ntheme=pink\nbrush=wide\n[training]\nepochs=-5\nrate=fast\ndataset=moon\n[window]\ngeometry=1\n"
    )
    application = create_application(str(path), small_model)
    assert application.live.dock.panel.epochs.value() == 3
    assert application.live.dock.panel.dataset.currentData() == "mnist"
    application.window.deleteLater()


def test_create_window_needs_no_more_than_an_application(qtbot, tmp_path):
    window = create_window(settings_path=str(tmp_path / "s.json"))
    assert isinstance(window, QMainWindow)
    window.deleteLater()


def test_a_bug_becomes_a_dialog_and_the_window_lives(program, dialogs, capsys, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    install_excepthook(program.errors)
    try:
        raise RuntimeError("broken on purpose")
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    assert "broken on purpose" in dialogs[0]
    assert "Traceback" in capsys.readouterr().err


def start(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    command = [sys.executable, "-m", "cnn_gui", *arguments]
    return subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ":4711"}, {"WAYLAND_DISPLAY": "none", "DISPLAY": "x"}])
def test_without_a_display_it_says_what_to_do(tmp_path, environment):
    done = start(cwd=tmp_path, **environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "expected a display" in done.stderr


def test_a_program_that_is_started_with_a_bad_file_says_so(qtbot, tmp_path):
    from endings import destroy

    (tmp_path / "bad.safetensors").write_bytes(b"nonsense")
    program = create_application(str(tmp_path / "s.json"), str(tmp_path / "bad.safetensors"))
    box = program.window.findChild(QMessageBox, "errorDialog")
    assert box is not None
    assert box.isVisible()
    assert "bad.safetensors" in box.informativeText()
    assert program.state.model.info.origin == "bundled"
    destroy(program)


def test_a_window_without_an_application_is_refused(tmp_path):
    code = "from cnn_gui.app import create_window; create_window()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Make one first: app = QApplication([])" in done.stderr


def test_the_demo_works_without_a_display(tmp_path):
    done = start("--demo", "out.png", "--theme", "light", "--size", "1024x700", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.png").stat().st_size > 20_000
    assert "read as 2026" in done.stdout
    assert "training accuracy" in done.stdout
    assert "saved out.png" in done.stdout


def test_the_demo_looks_into_the_network(tmp_path):
    done = start("--demo", "sum.png", "--room", "sum", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "trained" not in done.stdout
    with Image.open(tmp_path / "sum.png") as picture:
        assert picture.size == (1440, 960)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--demo", "out.txt"),
        ("--demo", "none/out.png"),
        ("--demo", "a.png", "--size", "x"),
        ("--demo", "a.png", "--size", "900x600"),
        ("--demo", "a.png", "--size", "9" * 5000 + "x9"),
        ("none.safetensors", "--demo", "a.png"),
    ],
)
def test_a_demo_that_cannot_be_is_told_at_once(tmp_path, arguments):
    done = start(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "expected" in done.stderr.lower()


def test_shutting_down_while_a_stroke_is_drawn(program):
    program.hand.canvas.setFocus()
    draw(program.hand.canvas)
    program.window.close()
    assert not program.window.isVisible()
