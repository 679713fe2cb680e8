"""A whole program for each test, driven as a user drives it; no thread, timer or dialog may outlive it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from endings import destroy
from PySide6.QtWidgets import QApplication, QMessageBox

from cnn_core.digits import digit_sources, make_synthetic
from cnn_core.presets import make_preset
from cnn_core.storage import save_model
from cnn_core.training import Trainer, TrainingConfig
from cnn_gui.app import Application, create_application


@pytest.fixture(scope="session")
def small_model(tmp_path_factory):
    """A model file trained for a moment on synthetic digits, so that tests do not depend on the bundled one."""
    data = make_synthetic(1500, seed=1)
    config = TrainingConfig(dataset="synthetic", architecture="digits", epochs=2)
    model = make_preset("digits", config.generator("weights"))
    Trainer(model, config, data).run()
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    save_model(path, model)
    return path


@pytest.fixture
def fewer_digits(monkeypatch):
    """Enough to train on, drawn in a moment."""
    monkeypatch.setattr(digit_sources, "TRAIN_IMAGES", 1200)
    monkeypatch.setattr(digit_sources, "TEST_IMAGES", 200)


@pytest.fixture
def program(qtbot, tmp_path, small_model) -> Iterator[Application]:
    """The window shown, with settings of its own."""
    before = threading.active_count()
    widgets = set(map(id, QApplication.allWidgets()))
    application = create_application(str(tmp_path / "settings.json"), small_model)
    application.window.show()
    qtbot.waitExposed(application.window)
    yield application
    destroy(application)
    del application
    assert threading.active_count() <= before
    left = [widget for widget in QApplication.topLevelWidgets() if id(widget) not in widgets]
    assert not left, f"these outlive the window: {left}"


@pytest.fixture
def dialogs(program):
    """What error dialogs said, in order; each is closed at once."""
    said: list[str] = []

    def note(title: str, text: str) -> None:
        said.append(f"{title}: {text}")
        for box in program.window.findChildren(QMessageBox):
            box.close()

    program.errors.shown.connect(note)
    return said
