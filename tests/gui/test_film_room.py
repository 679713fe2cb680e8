"""The film room: what a run kept is shown step by step, played, and saved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hand import draw
from PIL import Image
from PySide6.QtCore import Qt

from cnn_core.runs import film_files
from cnn_core.training import TrainingConfig
from cnn_gui.live.film.room import FilmRoom


@pytest.fixture
def room(program) -> FilmRoom:
    program.window.resize(1440, 960)
    program.window.show()
    program.live.open_room("film")
    found = program.live.room("film")
    assert isinstance(found, FilmRoom)
    return found


def trained(program, qtbot, room: FilmRoom) -> FilmRoom:
    """A short run with a picture for every fifth step, and its film."""
    room.view.every.setCurrentIndex(room.view.every.findData(10))
    room.view.every.activated.emit(room.view.every.currentIndex())
    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1, batch_size=400))
    qtbot.waitUntil(lambda: not program.training.running, timeout=60_000)
    qtbot.waitUntil(lambda: bool(room.state.film.frames) and room.is_settled(), timeout=60_000)
    return room


def test_nothing_is_there_yet(room, qtbot):
    qtbot.waitUntil(lambda: room.is_settled(), timeout=20_000)
    assert "No run has kept weights" in room.state.film.words
    assert not room.view.play.isEnabled()
    assert not room.view.save.isEnabled()


def test_a_run_is_shown_when_it_ends(program, qtbot, room):
    trained(program, qtbot, room)
    (run,) = program.training.store.runs()
    steps = [step for step, _ in film_files(run.path)]
    assert steps == list(range(0, run.record.steps + 1, 10))
    assert [frame.step for frame in room.state.film.frames] == sorted({*steps, run.record.steps})
    first, last = room.state.film.frames[0], room.state.film.frames[-1]
    assert last.accuracy > first.accuracy
    assert program.settings.get("film_every") == 10


def test_it_is_played_and_gone_through(program, qtbot, room):
    trained(program, qtbot, room)
    view, count = room.view, len(room.state.film.frames)
    qtbot.mouseClick(view.play, Qt.MouseButton.LeftButton)
    assert view.plays
    qtbot.waitUntil(lambda: room.state.position == count - 1, timeout=20_000)
    qtbot.waitUntil(lambda: not view.plays, timeout=5_000)
    before = view.picture.grab().toImage()
    view.slider.setFocus()
    qtbot.keyClick(view.slider, Qt.Key.Key_Left)
    assert room.state.position == count - 2
    assert view.picture.grab().toImage() != before
    assert f"step {room.state.film.moments[count - 2].step}" in view.step.text().replace("\u2009", "")
    qtbot.mouseClick(view.play, Qt.MouseButton.LeftButton)
    program.live.open_room("kernels")
    assert not view.plays, "nobody looks"


def test_another_drawing_is_asked_for(program, qtbot, room):
    trained(program, qtbot, room)
    draw(program.window.findChild(object, "canvas"))
    qtbot.waitUntil(lambda: room.state.film.outdated, timeout=5_000)
    qtbot.waitUntil(lambda: program.state.model.prediction is not None, timeout=5_000)
    qtbot.wait(300)
    room.controller.again()
    qtbot.waitUntil(lambda: room.is_settled() and not room.state.film.outdated, timeout=60_000)
    shown = room.state.film.frames[0].image
    assert (shown == program.state.model.prediction.image).all()


def test_it_is_saved(program, qtbot, room, tmp_path):
    trained(program, qtbot, room)
    room.save(str(tmp_path / "film.gif"))
    qtbot.waitUntil(lambda: room.is_settled() and not room.state.saving, timeout=60_000)
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.n_frames == len(room.state.film.frames)
    said = []
    program.errors.shown.connect(lambda title, text: said.append((title, text)))
    room.save(str(tmp_path / "film.avi"))
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    assert ".gif or .mp4" in said[0][1]
    assert room.rows() is not None


def test_a_film_that_was_left_is_made_to_its_end(program, qtbot, room):
    trained(program, qtbot, room)
    whole = room.state.film
    room.state.set_film(replace(whole, frames=whole.frames[:2], progress=1.0))
    assert not room.view.save.isEnabled(), "half a film is not saved as one"
    assert room.view.slider.maximum() == 1
    program.live.open_room("working")
    program.live.open_room("film")
    qtbot.waitUntil(lambda: room.state.film.is_whole and room.is_settled(), timeout=60_000)
    assert room.view.save.isEnabled()


def test_other_files_are_not_replaced(program, qtbot, room, tmp_path):
    trained(program, qtbot, room)
    precious = tmp_path / "precious.gif"
    precious.write_text("not a film")
    room.save(str(precious))
    qtbot.waitUntil(room.is_settled, timeout=30_000)
    assert precious.read_text() == "not a film"


def test_a_run_that_has_diverged_has_a_film(program, qtbot, room):
    room.controller.record(1)
    program.training.start(
        TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1, batch_size=1000, optimizer="sgd",
                       learning_rate=1e30, schedule="constant")
    )  # fmt: skip
    qtbot.waitUntil(lambda: not program.training.running, timeout=60_000)
    qtbot.waitUntil(lambda: room.state.film.is_whole and room.is_settled(), timeout=60_000)
    assert not room.state.film.frames[-1].is_finite
    room.state.set_position(len(room.state.film.frames) - 1)
    assert not room.view.picture.grab().isNull()
    assert "diverged" in room.view.picture.accessibleDescription()
