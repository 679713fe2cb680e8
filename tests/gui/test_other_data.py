"""Data of one's own in the window: pictures by class, in colour, with names; and what is then drawn or dropped."""

from __future__ import annotations

import numpy as np
import pytest
from hand import draw
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl

from cnn_core.preprocessing import DARK_ON_LIGHT, WHOLE
from cnn_core.presets import make_preset
from cnn_core.runs import RunStore
from cnn_core.storage import load_model, save_model
from cnn_gui.app import create_application
from cnn_gui.session.training_state import Phase

COLOURS = {"sea & sky": (20, 20, 240), "grass": (20, 200, 20), "fire": (240, 20, 20)}
START_MS = 30_000


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "colours"
    for name, colour in COLOURS.items():
        (folder / name).mkdir(parents=True)
        for number in range(24):
            picture = Image.new("RGB", (20, 20), "white")
            picture.paste(colour, (2, 2, 18 - number % 4, 18))
            picture.save(folder / name / f"{number}.png")
    return folder


def drop(program, path) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path))])
    program.hand.canvas.content_dropped.emit(content)


def test_a_dropped_folder_is_learnt_from_and_its_classes_are_read(program, qtbot, pictures, dialogs, tmp_path):
    drop(program, pictures)
    panel = program.live.dock.panel
    assert panel.dataset.currentData() == str(pictures)
    qtbot.waitUntil(lambda: program.live.samples_state.samples.images.shape[1:] == (20, 20, 3), timeout=5000)
    panel.epochs.setValue(12)
    panel.batch.setValue(8)
    program.actions.train.trigger()
    qtbot.waitUntil(lambda: program.state.training.status.phase is not Phase.IDLE)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=START_MS)
    info = program.state.model.info
    assert info.class_names == ("fire", "grass", "sea & sky")
    assert info.accuracy == 1
    assert (info.input_spec.geometry, info.input_spec.polarity) == (WHOLE, DARK_ON_LIGHT)
    drop(program, pictures / "sea & sky" / "3.png")
    qtbot.waitUntil(lambda: not program.state.model.prediction.blank, timeout=5000)
    assert program.state.model.prediction.text == "sea & sky"
    assert program.state.model.prediction.image.shape == (20, 20, 3)
    assert not program.window.grab().isNull()
    words = [program.live.view.rooms.tabText(i) for i in range(program.live.view.rooms.count())]
    assert not [word for word in words if "digit" in word]
    for key in ("attribution", "exemplars", "embedding"):
        program.live.open_room(key)
        program.live.prepare_demo()
        qtbot.waitUntil(program.live.is_settled, timeout=START_MS)
        assert not program.window.grab().isNull()
    program.files.save(str(tmp_path / "colours.safetensors"))
    assert load_model(tmp_path / "colours.safetensors").input_spec == info.input_spec
    (run,) = RunStore().runs()
    assert run.record.place == str(pictures)
    assert not dialogs


def test_the_choice_is_remembered_and_a_folder_that_is_gone_is_said(qtbot, tmp_path, small_model, pictures):
    from endings import destroy

    for _ in range(2):
        program = create_application(str(tmp_path / "s.json"), small_model)
        if program.live.dock.panel.dataset.currentData() != str(pictures):
            assert program.open_data(str(pictures))
        assert program.live.dock.panel.dataset.currentData() == str(pictures)
        destroy(program)
        del program


def test_a_folder_without_data_is_refused_and_changes_nothing(program, tmp_path, dialogs):
    (tmp_path / "empty").mkdir()
    before = program.live.dock.panel.dataset.currentData()
    assert not program.open_data(str(tmp_path / "empty"))
    assert "found neither" in dialogs[0]
    assert program.live.dock.panel.dataset.currentData() == before


@pytest.mark.parametrize("shape", [(20, 20, 1), (32, 32, 3), (64, 48, 1)])
def test_strokes_reach_a_model_of_another_size(program, tmp_path, rng, shape):
    save_model(tmp_path / "m.safetensors", make_preset("mlp", rng, shape, 3), {"class_names": ["a", "b", "c"]})
    assert program.files.open(tmp_path / "m.safetensors")
    draw(program.hand.canvas)
    program.reader.read_now()
    image = program.state.model.prediction.image
    assert image.shape == shape
    assert image.max() > 0.5
    assert len(program.state.model.prediction.items) == 1
    assert not program.window.grab().isNull()


@pytest.mark.parametrize("classes", [2, 11, 1000])
def test_any_number_of_classes(program, tmp_path, rng, classes):
    names = [f"class number {i}" for i in range(classes)]
    save_model(tmp_path / "m.safetensors", make_preset("mlp", rng, classes=classes), {"class_names": names})
    assert program.files.open(tmp_path / "m.safetensors")
    draw(program.hand.canvas)
    program.reader.read_now()
    view = program.hand.prediction
    assert len(view.property("probabilities")) == classes
    assert view.property("predictedNumber") in names
    assert np.isclose(sum(view.property("probabilities")), 1, atol=1e-4)
    assert not program.window.grab().isNull()


def test_an_interrupted_run_is_offered_at_the_next_start(qtbot, tmp_path, small_model, pictures):
    from endings import destroy

    program = create_application(str(tmp_path / "s.json"), small_model)
    program.window.show()
    assert program.open_data(str(pictures))
    panel = program.live.dock.panel
    panel.epochs.setValue(100)
    panel.batch.setValue(1)
    program.actions.train.trigger()
    qtbot.waitUntil(lambda: len(program.state.training.epochs) >= 2, timeout=START_MS)
    destroy(program)
    again = create_application(str(tmp_path / "s.json"), small_model)
    again.window.show()
    qtbot.waitUntil(again.window.bar.resume.isVisible, timeout=5000)
    assert "was interrupted after epoch" in again.state.appearance.notice
    done = len(RunStore().runs()[0].record.epochs)
    again.window.bar.resume.click()
    qtbot.waitUntil(lambda: len(again.state.training.epochs) > done, timeout=START_MS)
    epochs = [epoch.epoch for epoch in again.state.training.epochs]
    assert epochs == list(range(1, len(epochs) + 1)), "what was before, and how it goes on"
    assert not again.window.bar.resume.isVisible()
    assert len(RunStore().runs()) == 1, "the same run goes on"
    destroy(again)
