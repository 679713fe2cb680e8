"""What is on the canvas is said to be something, kept, learnt, and taken back."""

from __future__ import annotations

import numpy as np
import pytest
from hand import ONE, SEVEN, draw
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from cnn_core.drawing.strokes import Stroke
from cnn_core.teaching import NONE, DrawingBook, TaughtDrawing

LEFT, LONG_MS = Qt.MouseButton.LeftButton, 90_000

pytestmark = pytest.mark.usefixtures("fewer_digits")


@pytest.fixture
def hand(program):
    return program.window.hand


def key(hand, name: str) -> QPushButton:
    return hand.teach.findChild(QPushButton, f"teach{name}")


def read(program) -> int:
    return program.window.hand.prediction.property("predictedDigit")


def learnt(program, qtbot) -> None:
    qtbot.waitUntil(lambda: program.state.model.info.origin.startswith("taught"), timeout=LONG_MS)


def test_an_empty_canvas_has_nothing_to_teach(program, hand):
    assert not key(hand, "3").isEnabled()
    assert not hand.teach.none.isEnabled()
    program.teaching.teach_label("3")
    assert program.state.teaching.report.is_problem
    assert not program.state.teaching.entries


def test_a_drawing_is_kept_at_once_and_learnt_and_taken_back(program, hand, qtbot):
    draw(hand.canvas, ((0.2, 0.5), (0.5, 0.2), (0.8, 0.5)))
    draw(hand.canvas, ((0.25, 0.75), (0.75, 0.75)))
    qtbot.waitUntil(lambda: key(hand, "4").isEnabled(), timeout=LONG_MS)
    QTest.mouseClick(key(hand, "4"), LEFT)
    kept = DrawingBook(program.teaching.book.path).entries()
    assert [entry.drawing.label for entry in kept] == ["4"], "on the disk before it is said"
    assert len(kept[0].drawing.strokes) == 2
    before = program.state.model.info
    learnt(program, qtbot)
    assert read(program) == 4
    qtbot.waitUntil(lambda: program.state.teaching.measured is not None, timeout=LONG_MS)
    measured = program.state.teaching.measured
    assert (measured.after.count, measured.after.right) == (1, 1)
    assert measured.test_before is not None
    assert "test" in program.state.teaching.report.words
    QTest.mouseClick(hand.teach.undo, LEFT)
    assert program.state.model.info is before
    assert not program.state.teaching.entries, "a slip of the hand is not taught again with the next drawing"


def test_what_is_read_already_is_kept_and_not_taught(program, hand, qtbot):
    draw(hand.canvas, SEVEN)
    qtbot.waitUntil(lambda: read(program) >= 0, timeout=LONG_MS)
    before = program.state.model.info
    QTest.keyClick(hand.canvas, str(read(program)))
    assert "already" in program.state.teaching.report.words
    assert program.state.model.info is before
    QTest.mouseClick(hand.teach.undo, LEFT)
    assert not program.state.teaching.entries


def test_of_a_number_the_chosen_digit_alone_is_kept(program, hand, qtbot):
    program.canvas.put([Stroke(np.array(ONE) * (0.5, 1), 0.05), Stroke(np.array(SEVEN) * (0.5, 0.8) + (0.5, 0), 0.05)])
    qtbot.waitUntil(lambda: program.state.model.prediction and len(program.state.model.prediction.items) == 2,
                    timeout=LONG_MS)  # fmt: skip
    program.state.drawing.set_choice(0)
    program.reader.read_now()
    program.teaching.teach_label("3")
    entry = program.state.teaching.entries[-1]
    assert len(entry.drawing.strokes) == 1
    assert len(entry.drawing.strokes[0]) == 2
    program.teaching.undo()


def test_a_class_of_ones_own(program, hand, qtbot):
    draw(hand.canvas, ((0.2, 0.5), (0.5, 0.2), (0.8, 0.5)))
    qtbot.waitUntil(lambda: hand.teach.new.isEnabled(), timeout=LONG_MS)
    hand.teach.new.click()
    hand.teach.field.setText("roof")
    QTest.keyClick(hand.teach.field, Qt.Key.Key_Return)
    learnt(program, qtbot)
    assert program.state.model.info.class_names[-1] == "roof"
    assert hand.teach.list.isVisibleTo(hand.teach), "names that are long stand in a list"
    assert hand.teach.list.findText("roof") >= 0


def test_none_of_them_is_an_answer_too(program, hand, qtbot):
    draw(hand.canvas, SEVEN)
    qtbot.waitUntil(lambda: read(program) >= 0, timeout=LONG_MS)
    QTest.mouseClick(hand.teach.none, LEFT)
    assert program.state.teaching.entries[-1].drawing.label == NONE
    learnt(program, qtbot)


def test_while_a_run_goes_a_drawing_is_kept_and_learnt_after_it(program, hand, qtbot):
    from cnn_core.training import TrainingConfig

    program.training.start(TrainingConfig(dataset="synthetic", architecture="mlp", epochs=60, batch_size=64))
    qtbot.waitUntil(lambda: program.state.training.batch_count > 3, timeout=LONG_MS)
    draw(hand.canvas, SEVEN)
    qtbot.waitUntil(lambda: key(hand, "3").isEnabled(), timeout=LONG_MS)
    program.teaching.teach_label("3" if read(program) != 3 else "5")
    assert "when the run is over" in program.state.teaching.report.words
    assert program.state.teaching.entries
    program.training.stop()
    learnt(program, qtbot)


def test_a_kept_drawing_goes_back_on_the_canvas(program, hand, qtbot):
    draw(hand.canvas, SEVEN)
    qtbot.waitUntil(lambda: read(program) >= 0, timeout=LONG_MS)
    program.teaching.teach_label(str(read(program)))
    program.canvas.clear()
    hand.drawings.tiles.drawing_chosen.emit(program.state.teaching.entries[0])
    qtbot.waitUntil(lambda: read(program) >= 0, timeout=LONG_MS)


def test_a_book_that_cannot_be_written_is_said(program, hand, qtbot, monkeypatch):
    draw(hand.canvas, SEVEN)
    qtbot.waitUntil(lambda: read(program) >= 0, timeout=LONG_MS)
    program.teaching.book.path.parent.mkdir(parents=True, exist_ok=True)
    program.teaching.book.path.mkdir()
    program.teaching.teach_label("3")
    assert program.state.teaching.report.is_problem
    assert "not kept" in program.state.teaching.report.words


def test_saving_while_it_learns_loses_nothing(program, hand, qtbot, tmp_path):
    """A saved network is the same network: what it learns meanwhile is kept."""
    draw(hand.canvas, SEVEN)
    qtbot.waitUntil(lambda: key(hand, "3").isEnabled(), timeout=LONG_MS)
    program.teaching.teach_label("3")
    program.files.save(str(tmp_path / "saved.safetensors"))
    learnt(program, qtbot)
    assert "Another network" not in program.state.teaching.report.words


def test_only_its_own_classes_are_learnt_also_after_a_run(program, hand, qtbot):
    """What was wanted while a run went is not forgotten."""
    for label in ("heart", "star"):
        program.teaching.book.add(TaughtDrawing(label, (np.array(SEVEN) + len(label) / 100,)))
    program.teaching._read_book()
    program.live.dock.panel.epochs.setValue(1000)
    QTest.mouseClick(program.window.bar.train, LEFT)
    qtbot.waitUntil(lambda: bool(program.state.training.batches), timeout=LONG_MS)
    program.teaching.teach_all(own_classes_only=True)
    QTest.mouseClick(program.window.bar.stop, LEFT)
    learnt(program, qtbot)
    assert set(program.state.model.info.class_names) == {"heart", "star"}
