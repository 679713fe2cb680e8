"""Gradients on the strip, the sum behind each, and the room that tells a training step."""

from __future__ import annotations

import numpy as np
import pytest
from hand import draw
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cnn_core.inspection import look_back
from cnn_core.optimizers import OPTIMIZERS
from cnn_gui.live.learning.state import Part
from cnn_gui.session.selection import Pin
from cnn_gui.session.training_state import Phase

LEFT = Qt.MouseButton.LeftButton
START_MS = 15000


@pytest.fixture
def drawn(program, qtbot):
    """A window with a seven on its canvas."""
    draw(program.window.hand.canvas)
    qtbot.waitUntil(lambda: not program.state.model.prediction.blank, timeout=3000)
    return program


def show_gradients(program, qtbot) -> None:
    QTest.mouseClick(program.live.view.segments[True], LEFT)
    qtbot.waitUntil(lambda: program.state.backward.back is not None, timeout=5000)


def story_of(program, qtbot):
    program.live.open_room("learning")
    room = program.live.room("learning")
    qtbot.waitUntil(lambda: room.state.working is not None and not room.state.standing.busy, timeout=START_MS)
    return room


def test_gradients_follow_the_pen(drawn, qtbot):
    show_gradients(drawn, qtbot)
    prediction, back = drawn.state.model.prediction, drawn.state.backward.back
    expected = look_back(drawn.session.model, prediction.image, prediction.likeliest)
    assert back.label == prediction.likeliest
    for found, wanted in zip(back.layers, expected.layers, strict=True):
        np.testing.assert_allclose(found.values, wanted.values, atol=1e-6)
    draw(drawn.window.hand.canvas, ((0.3, 0.5), (0.7, 0.5)))
    qtbot.waitUntil(lambda: drawn.state.backward.back is not back, timeout=3000)
    assert not drawn.live.view.inspector.grab().isNull()
    assert not drawn.live.view.band.grab().isNull()


def test_another_class_has_other_gradients(drawn, qtbot):
    show_gradients(drawn, qtbot)
    chooser = drawn.live.view.chooser
    chooser.setCurrentIndex(4)
    chooser.activated.emit(4)
    qtbot.waitUntil(lambda: drawn.state.backward.back.label == 3, timeout=3000)
    assert drawn.live.room("attribution").view.chooser.currentIndex() == 4, "one class is asked about everywhere"
    assert drawn.state.backward.back.loss == pytest.approx(
        -np.log(drawn.state.backward.back.probabilities[3]), rel=1e-3
    )


def test_every_layer_explains_its_gradient(drawn, qtbot):
    show_gradients(drawn, qtbot)
    view = drawn.live.room("working").view
    for layer in drawn.state.backward.back.layers:
        place = tuple(int(i) for i in np.unravel_index(int(np.abs(layer.values).argmax()), layer.shape))
        drawn.state.selection.set_pin(Pin(layer.name, place))
        pin, working = drawn.state.backward.explained
        assert pin.layer == layer.name
        assert working.gradient == pytest.approx(float(layer.values[place]), rel=1e-4, abs=1e-5)
        assert view.sums.currentWidget() is view.gradient
        assert not view.grab().isNull()
        rows = list(drawn.live.room("working").rows())
        assert float(rows[-1][-1]) == pytest.approx(working.gradient)


def test_the_switch_is_a_key_and_an_empty_canvas_is_quiet(program, qtbot):
    program.window.activateWindow()
    program.window.hand.canvas.setFocus()
    QTest.keyClick(program.window, Qt.Key.Key_G)
    qtbot.waitUntil(lambda: program.state.backward.shown, timeout=2000)
    qtbot.wait(100)
    assert program.state.backward.back is None
    layers = program.live.view.inspector.strip._layers()
    assert layers
    assert not any(layer.values.any() for layer in layers)
    QTest.keyClick(program.window, Qt.Key.Key_G)
    assert not program.state.backward.shown
    assert not any(layer.values.any() for layer in program.live.view.inspector.strip._layers())


def test_a_step_of_a_copy_is_told_and_tried(program, qtbot):
    """No run is there: the network on the canvas stays as it is."""
    before = program.session.model.snapshot()
    room = story_of(program, qtbot)
    assert room.state.standing.practice
    story = room.state.working
    for part in Part:
        room.view.part_chosen.emit(part)
        assert not room.view.grab().isNull()
    assert room.state.part is Part.UPDATE
    QTest.mouseClick(room.view.after.take, LEFT)
    qtbot.waitUntil(lambda: room.state.working is not story and not room.state.standing.busy, timeout=START_MS)
    after = room.state.working
    assert after.next_step.step == story.next_step.step + 1
    name, index = story.parameter, story.index
    assert float(after.next_step.weights[name][index]) == pytest.approx(story.lines[-1].after, abs=1e-5)
    for key, array in program.session.model.snapshot().arrays.items():
        np.testing.assert_array_equal(array, before.arrays[key])
    for optimizer in OPTIMIZERS:
        room.controller.choose_optimizer(optimizer)
        qtbot.waitUntil(lambda o=optimizer: room.state.working.next_step.optimizer == o, timeout=START_MS)
    assert room.rows() is not None


def test_the_step_of_a_held_run_is_the_step_that_it_takes(program, qtbot):
    """Step in the training bar fills the room; taking the step gives just the weights that were told."""
    program.live.dock.panel.epochs.setValue(1000)
    QTest.mouseClick(program.window.bar.step, LEFT)
    qtbot.waitUntil(lambda: len(program.state.training.batches) == 1, timeout=START_MS)
    room = story_of(program, qtbot)
    assert not room.state.standing.practice
    for _ in range(3):
        story = room.state.working
        told, _ = story.next_step.taken()
        count = len(program.state.training.batches)
        assert story.next_step.step == count + 1
        QTest.mouseClick(room.view.after.take, LEFT)
        qtbot.waitUntil(lambda c=count: len(program.state.training.batches) == c + 1, timeout=5000)
        qtbot.waitUntil(
            lambda s=story: room.state.working is not None and room.state.working is not s, timeout=START_MS
        )
        assert program.state.training.batches[-1].loss == story.next_step.loss
        for name, array in told.parameters.items():
            np.testing.assert_allclose(room.state.working.next_step.weights[name], array, atol=1e-6)
    QTest.mouseClick(program.window.bar.pause, LEFT)
    qtbot.waitUntil(lambda: room.state.standing.runs, timeout=3000)
    assert room.state.working is None
    assert room.view.pause.isVisibleTo(room.view)
    QTest.mouseClick(room.view.pause, LEFT)
    qtbot.waitUntil(lambda: room.state.working is not None, timeout=START_MS)
    QTest.mouseClick(program.window.bar.stop, LEFT)
    qtbot.waitUntil(lambda: program.state.training.status.phase is Phase.IDLE, timeout=5000)
    qtbot.waitUntil(lambda: room.state.standing.practice and not room.state.standing.busy, timeout=START_MS)


def test_the_pin_chooses_the_weight_and_a_cell_its_neighbour(program, qtbot):
    room = story_of(program, qtbot)
    kernels = [name for name in room.state.working.next_step.gradients if name.startswith("conv")]
    layer = kernels[0].rpartition(".")[0]
    program.state.selection.set_pin(Pin(layer, (3, 3, 2)))
    qtbot.waitUntil(lambda: room.state.working.parameter == f"{layer}.weight", timeout=5000)
    assert room.state.working.index[-1] == 2
    room.view.batch.cell_chosen.emit(0, 0)
    qtbot.waitUntil(lambda: room.state.working.cell == (0, 0), timeout=5000)
    assert room.state.working.index[:2] == (0, 0)
    room.view.batch.image_chosen.emit(5)
    qtbot.waitUntil(lambda: room.state.working.image == 5, timeout=5000)


def test_closing_in_the_middle_ends_all_of_it(drawn, qtbot):
    show_gradients(drawn, qtbot)
    drawn.live.open_room("learning")
    drawn.window.close()
    qtbot.waitUntil(drawn.has_stopped, timeout=10000)
