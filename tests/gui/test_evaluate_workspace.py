"""The network is judged: cells open their images, labels are set right, networks compared, training images count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hand import SEVEN, draw
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cnn_core.training import TrainingConfig
from cnn_gui.evaluate.compare_view import in_words
from cnn_gui.evaluate.map_view import points_inside
from cnn_gui.evaluate.state import CELL, COUNT, HARDEST, MAP, SUREST

LEFT, Key, LONG_MS = Qt.MouseButton.LeftButton, Qt.Key, 90_000
CONFIG = TrainingConfig(dataset="synthetic", architecture="mlp", epochs=3, batch_size=64, threads=1)

pytestmark = pytest.mark.usefixtures("fewer_digits")


@pytest.fixture
def room(program, qtbot):
    program.open_workspace("evaluate")
    workspace = program.workspace
    qtbot.waitUntil(lambda: workspace.controller.state.judged is not None, timeout=LONG_MS)
    return workspace


def drawn(program) -> bool:
    prediction = program.state.model.prediction
    return prediction is not None and not prediction.blank


def a_run(program, qtbot, **changes):
    program.training.start(replace(CONFIG, **changes))
    qtbot.waitUntil(lambda: program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)


def test_it_reads_the_images_by_itself_and_says_how_sure_that_is(room):
    judged = room.controller.state.judged
    figures = room.view.figures
    assert figures.accuracy.text() == f"{judged.found.accuracy * 100:.2f} %"
    assert "95 %" in figures.interval.text()
    assert judged.found.n == 2000


def test_a_cell_opens_its_images_and_an_image_goes_on_the_canvas(room, program, qtbot):
    judged, matrix, images = room.controller.state.judged, room.view.confusion.matrix, room.view.images
    confusion = judged.found.confusion
    i, j = 3, 3
    matrix.cell_chosen.emit(i, j)
    assert images.page == CELL
    assert len(images.grid.shown.numbers) == confusion[i, j]
    assert {int(judged.data.labels[n]) for n in images.grid.shown.numbers} == {3}
    QTest.keyClick(images.grid, Key.Key_Return)
    qtbot.waitUntil(
        lambda: program.state.model.prediction and not program.state.model.prediction.blank, timeout=LONG_MS
    )
    QTest.keyClick(matrix, Key.Key_Right)
    assert room.controller.state.cell == (3, 4)
    images.buttons["why"].setEnabled(True)
    images.show_page(HARDEST)
    images.why_wanted.emit()
    assert program.live.open_key == "attribution"


def test_the_hardest_and_the_surest_mistakes_come_first(room):
    judged, images = room.controller.state.judged, room.view.images
    images.show_page(HARDEST)
    right = judged.probabilities[np.arange(judged.found.n), judged.found.labels]
    assert right[images.grid.shown.numbers[0]] == right.min()
    images.show_page(SUREST)
    shown = images.grid.shown.numbers
    assert all(judged.wrong[n] for n in shown)
    assert list(judged.probabilities[shown].max(axis=1)) == sorted(
        judged.probabilities[shown].max(axis=1), reverse=True
    )


def test_shares_and_the_order_of_the_classes(room):
    card = room.view.confusion
    card.shares.click()
    card.sorted.click()
    card.matrix.grab()
    assert set(card.matrix._order.tolist()) == set(range(10))
    room.view.trust.coverage.click()
    room.view.trust.plot.grab()
    room.view.classes.bars.grab()


def test_a_wrong_label_is_set_right_beside_the_data_and_taken_back(room, qtbot):
    images, before = room.view.images, room.controller.state.judged
    images.show_page(HARDEST)
    number = images.grid.current
    images.relabel_wanted.emit(int(before.found.predicted[number]))
    qtbot.waitUntil(lambda: room.controller.state.judged is not before, timeout=LONG_MS)
    after = room.controller.state.judged
    assert after.found.accuracy > before.found.accuracy
    assert "1 changed" in after.words
    assert list(room.controller.edits.folder.glob("*.json"))
    images.grid.choose(number)
    images.relabel_wanted.emit(-1)
    qtbot.waitUntil(lambda: room.controller.state.judged.found.n == before.found.n - 1, timeout=LONG_MS)
    room.controller.edit(lambda edits: edits.forgotten([number]))
    qtbot.waitUntil(lambda: room.controller.state.judged.found.n == before.found.n, timeout=LONG_MS)
    assert not list(room.controller.edits.folder.glob("*.json"))


def test_the_map_is_lassoed(room, qtbot):
    images = room.view.images
    images.show_page(MAP)
    images.map.resize(300, 200)
    qtbot.waitUntil(lambda: len(images.map._points) > 0, timeout=LONG_MS)
    w, h = images.map.width(), images.map.height()
    QTest.mousePress(images.map, LEFT, pos=QPoint(0, 0))
    for place in (QPoint(w - 1, 0), QPoint(w - 1, h - 1), QPoint(0, h - 1)):
        QTest.mouseMove(images.map, place)
    QTest.mouseRelease(images.map, LEFT, pos=QPoint(0, h - 1))
    assert len(images.grid.shown.numbers) > 100
    triangle = np.array([[0, 0], [2, 0], [0, 2]], float)
    assert points_inside(np.array([[0.5, 0.5], [1.5, 1.5]]), triangle).tolist() == [True, False]


def test_two_networks_stand_side_by_side_and_epochs_are_gone_through(program, room, qtbot):
    a_run(program, qtbot)
    room.controller.open()
    qtbot.waitUntil(lambda: len(room.controller.state.candidates) == 2, timeout=LONG_MS)
    run = room.controller.state.candidates[1]
    assert len(run.epochs) >= 3
    room.controller.choose(run.key)
    qtbot.waitUntil(lambda: room.controller.state.judged.title == run.title, timeout=LONG_MS)
    whole = room.controller.state.judged.found.accuracy
    room.view.figures.epoch_chosen.emit(run.key, run.epochs[0][0])
    qtbot.waitUntil(lambda: "epoch" in room.controller.state.judged.title, timeout=LONG_MS)
    assert room.controller.state.judged.found.accuracy < whole
    room.controller.compare_with(run.key)
    qtbot.waitUntil(lambda: room.controller.state.compared is not None, timeout=LONG_MS)
    compared = room.controller.state.compared
    counts = compared.answers
    assert counts.both_right + counts.only_a + counts.only_b + counts.both_wrong == compared.a.found.n
    assert "B" in in_words(compared)
    assert len(room.view.compare.grid.shown.numbers) == len(counts.disagree)
    room.controller.compare_with("")
    assert room.controller.state.compared is None


def test_training_images_that_count_and_a_run_without_them(program, room, qtbot):
    room.controller.count()
    assert "Draw something" in room.controller.state.words
    a_run(program, qtbot)
    room.controller.open()
    qtbot.waitUntil(lambda: len(room.controller.state.candidates) == 2, timeout=LONG_MS)
    draw(program.window.hand.canvas, SEVEN)
    qtbot.waitUntil(
        lambda: program.state.model.prediction and not program.state.model.prediction.blank, timeout=LONG_MS
    )
    room.controller.count()
    qtbot.waitUntil(lambda: room.controller.state.counted is not None, timeout=LONG_MS)
    assert room.view.images.page == COUNT
    grid = room.view.images.grid
    assert len(grid.shown.numbers) > 10
    grid.select_all()
    marked = grid.selected
    room.view.images.train_without_wanted.emit()
    qtbot.waitUntil(lambda: program.training.running, timeout=LONG_MS)
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)
    run = program.training.store.runs()[0]
    assert len(run.record.config.edits.excluded) == len(marked)
    assert run.record.train_images + run.record.validation_images == 1200 - len(marked)


def test_doubtful_labels_are_looked_for_and_given_up(room, program, qtbot):
    program.state.training.set_dataset("synthetic")
    room.controller.doubt()
    room.controller.cancel()
    assert room.controller.state.words == ""
    room.controller.doubt()
    qtbot.waitUntil(lambda: room.controller.state.issues is not None, timeout=LONG_MS)
    assert len(room.view.images.grid.shown.numbers) > 1000


def test_the_matrix_is_saved_as_a_table(room):
    rows = list(room.rows())
    assert rows[0][0] == "is"
    assert len(rows) == 11
