"""Data sets are looked through, taken in, set right and written; drawings are listed; a person is read."""

from __future__ import annotations

import numpy as np
import pytest
from hand import SEVEN
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnn_core.datasets.edits import EditBook
from cnn_core.drawing.strokes import Stroke
from cnn_core.sources import load_dataset
from cnn_gui.data.values import DOUBTFUL, EDITED, RIGHT, TEST, WRONG
from cnn_gui.widgets.image_grid import GridImages, ImageGrid

Key, LONG_MS = Qt.Key, 90_000

pytestmark = pytest.mark.usefixtures("fewer_digits")


@pytest.fixture
def room(program, qtbot):
    program.open_workspace("data")
    workspace = program.workspace
    qtbot.waitUntil(lambda: workspace.controller.state.loaded is not None, timeout=LONG_MS)
    return workspace


@pytest.fixture
def pictures(tmp_path):
    """A folder of pictures by class, of which two cannot be read."""
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        folder = tmp_path / "pets" / name
        folder.mkdir(parents=True)
        for number in range(30):
            Image.fromarray(rng.integers(0, 255, (24, 24, 3), np.uint8)).save(folder / f"{number}.png")
        (folder / "broken.png").write_bytes(b"no picture")
    return tmp_path / "pets"


def test_it_begins_with_what_is_here_and_shows_all_of_it(room):
    state = room.controller.state
    assert state.loaded.name == "synthetic"
    assert len(room.view.images.grid.shown.numbers) == 1200
    assert {source.name for source in state.sources} >= {"mnist", "synthetic"}
    room.controller.state.show_part(TEST)
    assert len(room.view.images.grid.shown.numbers) == 200


def test_classes_and_numbers_are_found(room):
    images, data = room.view.images, room.controller.state.data
    images.classes_chosen.emit(frozenset({3}))
    assert {int(data.labels[n]) for n in images.grid.shown.numbers} == {3}
    images.classes_chosen.emit(frozenset())
    images.number.setText("494")
    QTest.keyClick(images.number, Key.Key_Return)
    assert images.grid.current == 494
    assert room.view.details.title.text() == "Image 494"
    images.number.setText("99999")
    QTest.keyClick(images.number, Key.Key_Return)
    assert "no image" in room.controller.state.words


def test_right_wrong_and_doubtful_images(room, qtbot):
    state, images = room.controller.state, room.view.images
    room.controller.show_only(WRONG)
    qtbot.waitUntil(lambda: state.answers is not None, timeout=LONG_MS)
    wrong = set(images.grid.shown.numbers.tolist())
    room.controller.show_only(RIGHT)
    assert len(wrong) + len(images.grid.shown.numbers) == 1200
    room.controller.show_only(DOUBTFUL)
    qtbot.waitUntil(lambda: state.doubts is not None, timeout=LONG_MS)
    assert len(images.grid.shown.numbers) == int(state.doubts.is_suspected.sum())


def test_labels_are_set_right_beside_the_data_and_taken_back(room):
    state, images = room.controller.state, room.view.images
    images.grid.choose(7)
    QTest.keyClick(images.grid, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert images.grid.selected == (7, 8)
    room.view.details.relabel_wanted.emit(4)
    assert state.edits.labels == ((7, 4), (8, 4))
    room.view.details.exclude_wanted.emit()
    assert state.edits.excluded == (7, 8)
    room.controller.show_only(EDITED)
    assert images.grid.shown.numbers.tolist() == [7, 8]
    raw = load_dataset("synthetic").train
    assert EditBook().read(raw) == state.edits, "on the disk"
    assert room.undo()
    assert room.undo()
    assert not state.edits
    assert room.redo()
    assert state.edits.labels
    images.grid.select_all()
    room.view.details.forget_wanted.emit()
    assert not EditBook().read(raw)


def test_a_run_learns_from_what_was_set_right(room, program, qtbot):
    from cnn_core.training import TrainingConfig

    room.controller.leave_out(tuple(range(100)))
    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp", epochs=1, threads=1))
    qtbot.waitUntil(lambda: program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)
    record = program.training.store.runs()[0].record
    assert record.train_images + record.validation_images == 1100
    assert len(record.config.edits.excluded) == 100


def test_pictures_are_looked_through_before_they_are_used(room, program, pictures, qtbot):
    state = room.controller.state
    room.view.path_dropped.emit(str(pictures))
    qtbot.waitUntil(lambda: state.survey is not None, timeout=LONG_MS)
    assert room.view.middle.currentWidget() is room.view.survey
    assert dict(state.survey.classes).keys() == {"cat", "dog"}
    assert {name for name, _ in state.survey.refused} == {"cat/broken.png", "dog/broken.png"}
    assert "broken.png" in room.view.survey.text.toPlainText()
    assert state.loaded.name == "synthetic", "nothing is used yet"
    room.view.survey.refused.emit()
    assert room.view.middle.currentWidget() is room.view.images
    room.view.path_dropped.emit(str(pictures))
    qtbot.waitUntil(lambda: state.survey is not None, timeout=LONG_MS)
    room.view.survey.taken.emit()
    assert state.loaded.name == str(pictures)
    assert program.state.training.dataset == str(pictures)
    assert any(source.name == str(pictures) for source in state.sources)


def test_what_is_no_data_set_is_said(room, tmp_path, qtbot):
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    room.controller.look_through(str(tmp_path / "bad.npz"))
    qtbot.waitUntil(lambda: "expected" in room.controller.state.words, timeout=LONG_MS)
    assert room.controller.state.survey is None


@pytest.mark.parametrize("kind", ["npz", "idx", "png"])
def test_sets_and_selections_are_written_and_read_again(room, tmp_path, kind, qtbot):
    room.controller.relabel((0,), 9)
    target = tmp_path / ("out.npz" if kind == "npz" else "out")
    room.controller.export(str(target), kind, tuple(range(40)) if kind == "png" else None)
    qtbot.waitUntil(lambda: not room.controller.state.words and target.exists(), timeout=LONG_MS)
    again = load_dataset(str(target)).train
    raw = load_dataset("synthetic").train
    if kind == "png":
        assert len(load_dataset(str(target)).train) + len(load_dataset(str(target)).test) == 40
    else:
        assert again.labels[0] == 9
        assert np.array_equal(again.images[5], raw.images[5])


def test_a_million_images_are_scrolled_through(qtbot):
    images = np.zeros((1_000_000, 2, 2, 1), np.uint8)
    grid = ImageGrid("many")
    qtbot.addWidget(grid)
    grid.resize(600, 400)
    grid.show()
    grid.show_images(GridImages(images, np.arange(len(images))))
    import time

    started = time.perf_counter()
    for number in (0, 999_999, 500_000, 123_456):
        assert grid.choose(number)
        grid.grab()
        assert grid.current == number
    assert time.perf_counter() - started < 2
    QTest.keyClick(grid, Key.Key_End)
    assert grid.current == 999_999


def test_twenty_digits_are_asked_for_and_told(room, program, qtbot):
    test = room.test
    test.next()
    room.view.drawings.test_wanted.emit()
    assert test.state.running
    asked = []
    test.next()
    assert "first" in test.state.words
    for _ in range(20):
        asked.append(test.state.digit)
        program.canvas.put([Stroke(np.array(SEVEN), 0.06)])
        program.reader.read_now()
        test.next()
    assert sorted(asked) == sorted([*range(10)] * 2)
    assert not test.state.running
    assert "of 20 were read" in test.state.words
    qtbot.waitUntil(lambda: not test.job.running, timeout=LONG_MS)
    test.begin()
    test.stop()
    assert not test.state.running


def test_drawings_are_relabelled_deleted_and_exported(room, program, tmp_path, qtbot, dialogs):
    from cnn_core.teaching import TaughtDrawing

    assert not room.export_drawings(str(tmp_path / "none.npz"))
    assert "one at least" in dialogs[0]
    for label in ("7", "1"):
        program.teaching.book.add(TaughtDrawing(label, (np.array(SEVEN),), read="2"))
    program.teaching._read_book()
    drawings = room.view.drawings
    assert len(drawings.grid.shown.numbers) == 2
    drawings.grid.choose(0)
    drawings.relabel_wanted.emit("3")
    assert program.state.teaching.entries[0].drawing.label == "3"
    drawings.grid.choose(0)
    drawings.remove_wanted.emit()
    assert len(program.state.teaching.entries) == 1
    drawings.restore_wanted.emit()
    assert len(program.state.teaching.entries) == 2
    assert room.export_drawings(str(tmp_path / "mine.npz"))
    with np.load(tmp_path / "mine.npz") as file:
        assert file["x_train"].shape == (2, 28, 28, 1)
    drawings.canvas_wanted.emit(1)
    qtbot.waitUntil(lambda: bool(program.state.drawing.marks), timeout=LONG_MS)


def test_what_is_shown_is_saved_as_a_table(room):
    rows = list(room.rows())
    assert rows[0] == ["image", "label", "read", "sure"]
    assert len(rows) == 1201
