"""Drawing, reading and looking inside, with real pointer events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hand import ONE, SEVEN, draw
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage, QPainter, QPen, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from cnn_core.drawing import Stroke
from cnn_gui.hand.ink import stroke_pieces
from cnn_gui.live.training.sample_strip import GAP_PX, SIDE_PX
from cnn_gui.widgets.format import percent, tenths

NONE = Qt.KeyboardModifier.NoModifier


def ink_at(program, x: float, y: float) -> bool:
    """Whether the canvas shows ink at a place in canvas units."""
    image = program.hand.canvas.grab().toImage()
    colour = image.pixelColor(int(x * image.width()), int(y * image.height()))
    ink, paper = QColor(program.state.appearance.theme.ink), QColor(program.state.appearance.theme.paper)
    return abs(colour.value() - ink.value()) < abs(colour.value() - paper.value())


def read(program, qtbot) -> int:
    """What the window says after the canvas was read."""
    program.reader.read_now()
    return program.hand.prediction.property("predictedDigit")


def test_an_empty_canvas_says_nothing(program, qtbot):
    view = program.hand.prediction
    assert view.property("predictedDigit") == -1
    assert view.property("confidence") == 0
    assert view.property("probabilities") == [0.0] * 10


def test_a_seven_is_read_while_the_pen_moves(program, qtbot):
    canvas, seen = program.hand.canvas, []
    program.state.model.prediction_changed.connect(lambda: seen.append(program.state.model.prediction.blank))
    corners = [QPoint(int(x * canvas.width()), int(y * canvas.width())) for x, y in SEVEN]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(canvas, corner)
        qtbot.wait(20)
    assert seen.count(False) >= 3, "before the pen was lifted"
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, NONE, corners[-1])
    view = program.hand.prediction
    qtbot.waitUntil(lambda: view.property("predictedDigit") == 7)
    probabilities = view.property("probabilities")
    assert len(probabilities) == 10
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)
    assert view.property("confidence") == pytest.approx(max(probabilities))
    assert "7" in view.accessibleDescription()


def test_what_is_drawn_is_seen(program):
    draw(program.hand.canvas, ONE)
    assert ink_at(program, 0.5, 0.5)
    assert not ink_at(program, 0.2, 0.5)


def test_undo_redo_clear(program):
    tools, canvas = program.hand.tools, program.hand.canvas
    draw(canvas, SEVEN)
    draw(canvas, ONE)
    QTest.mouseClick(tools.undo, Qt.MouseButton.LeftButton)
    assert len(program.state.drawing.marks) == 1
    QTest.mouseClick(tools.redo, Qt.MouseButton.LeftButton)
    assert len(program.state.drawing.marks) == 2
    QTest.mouseClick(tools.clear, Qt.MouseButton.LeftButton)
    assert not program.state.drawing.marks
    QTest.mouseClick(tools.undo, Qt.MouseButton.LeftButton)
    assert len(program.state.drawing.marks) == 2
    QTest.keyClick(program.window, Qt.Key.Key_Delete)
    assert not program.state.drawing.marks
    QTest.keyClick(program.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(program.state.drawing.marks) == 2


def test_the_eraser_erases(program):
    canvas, tools = program.hand.canvas, program.hand.tools
    draw(canvas, ONE)
    QTest.mouseClick(tools.eraser, Qt.MouseButton.LeftButton)
    draw(canvas, ((0.3, 0.5), (0.7, 0.5)))
    assert not ink_at(program, 0.5, 0.5)
    assert ink_at(program, 0.5, 0.75)
    QTest.mouseClick(tools.brush, Qt.MouseButton.LeftButton)
    draw(canvas, ((0.3, 0.7), (0.7, 0.7)), Qt.MouseButton.RightButton)
    assert not ink_at(program, 0.5, 0.7), "the right button erases whatever the tool"


def test_brush_sizes_change_the_canvas_and_hardly_the_input(program):
    images = []
    for button in program.hand.tools.widths.values():
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        program.canvas.clear()
        draw(program.hand.canvas, SEVEN)
        program.reader.read_now()
        images.append((program.state.drawing.marks[0].width, program.state.model.prediction.image))
    assert len({width for width, _ in images}) == 3
    np.testing.assert_array_equal(images[0][1], images[2][1])


def test_touch_draws_and_a_second_finger_ends_it(program, qtbot):
    canvas = program.hand.canvas
    device = QTest.createTouchDevice()
    side = canvas.width()
    at = lambda x, y: QPoint(int(x * side), int(y * side))  # noqa: E731
    QTest.touchEvent(canvas, device).press(0, at(0.5, 0.2), canvas).commit()
    for i in range(1, 10):
        QTest.touchEvent(canvas, device).move(0, at(0.5, 0.2 + 0.06 * i), canvas).commit()
    QTest.touchEvent(canvas, device).release(0, at(0.5, 0.8), canvas).commit()
    assert len(program.state.drawing.marks) == 1
    assert len(program.state.drawing.marks[0].points) > 5
    assert read(program, qtbot) == 1
    QTest.touchEvent(canvas, device).press(0, at(0.1, 0.1), canvas).commit()
    QTest.touchEvent(canvas, device).stationary(0).press(1, at(0.9, 0.9), canvas).commit()
    QTest.touchEvent(canvas, device).release(0, at(0.1, 0.1), canvas).release(1, at(0.9, 0.9), canvas).commit()
    assert len(program.state.drawing.marks) == 1


def tablet(canvas, kind, x, y, pointer=QPointingDevice.PointerType.Pen, button=Qt.MouseButton.LeftButton):
    place = QPointF(x * canvas.width(), y * canvas.width())
    device = QPointingDevice("pen", 1, QPointingDevice.DeviceType.Stylus, pointer,
                             QPointingDevice.Capability.Position, 1, 1)  # fmt: skip
    event = QTabletEvent(kind, device, place, canvas.mapToGlobal(place), 0.5, 0, 0, 0, 0, 0, NONE, button, button)
    QGuiApplication.sendEvent(canvas, event)
    return event.isAccepted()


def test_a_tablet_draws_and_its_other_end_erases(program):
    canvas, kinds = program.hand.canvas, QEvent.Type
    assert tablet(canvas, kinds.TabletPress, 0.5, 0.2)
    tablet(canvas, kinds.TabletMove, 0.5, 0.5)
    tablet(canvas, kinds.TabletRelease, 0.5, 0.8)
    assert ink_at(program, 0.5, 0.6)
    eraser = QPointingDevice.PointerType.Eraser
    tablet(canvas, kinds.TabletPress, 0.4, 0.6, eraser)
    tablet(canvas, kinds.TabletMove, 0.6, 0.6, eraser)
    tablet(canvas, kinds.TabletRelease, 0.6, 0.6, eraser)
    assert not ink_at(program, 0.5, 0.6)


def test_the_button_at_the_side_of_a_pen_does_nothing(program):
    canvas, kinds, side = program.hand.canvas, QEvent.Type, Qt.MouseButton.RightButton
    tablet(canvas, kinds.TabletPress, 0.2, 0.2, button=side)  # it hovers
    tablet(canvas, kinds.TabletMove, 0.3, 0.5)
    tablet(canvas, kinds.TabletRelease, 0.3, 0.5, button=side)
    assert not program.state.drawing.marks
    tablet(canvas, kinds.TabletPress, 0.5, 0.2)
    tablet(canvas, kinds.TabletMove, 0.5, 0.4)
    tablet(canvas, kinds.TabletPress, 0.5, 0.4, button=side)
    tablet(canvas, kinds.TabletRelease, 0.5, 0.4, button=side)
    tablet(canvas, kinds.TabletMove, 0.5, 0.6)
    tablet(canvas, kinds.TabletRelease, 0.5, 0.8)
    (stroke,) = program.state.drawing.marks
    assert len(stroke.points) == 4


def test_a_finger_does_not_meddle_with_the_mouse(program):
    canvas, device = program.hand.canvas, QTest.createTouchDevice()
    side = canvas.width()
    at = lambda x, y: QPoint(int(x * side), int(y * side))  # noqa: E731
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, at(0.5, 0.2))
    QTest.touchEvent(canvas, device).press(0, at(0.1, 0.9), canvas).commit()
    QTest.touchEvent(canvas, device).move(0, at(0.3, 0.9), canvas).commit()
    QTest.mouseMove(canvas, at(0.5, 0.5))
    QTest.touchEvent(canvas, device).release(0, at(0.3, 0.9), canvas).commit()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, NONE, at(0.5, 0.8))
    (stroke,) = program.state.drawing.marks
    assert np.ptp(stroke.points[:, 0]) < 0.02
    assert not ink_at(program, 0.2, 0.9)


def test_a_stroke_looks_the_same_when_it_is_painted_again(program):
    """The first points of a fast mouse lie far apart."""
    canvas = program.hand.canvas
    draw(canvas, ((0.1, 0.1), (0.8, 0.2), (0.3, 0.8), (0.9, 0.9)), steps=1)
    before = canvas.grab().toImage()
    for _ in range(2):
        program.actions.theme.trigger()
    assert canvas.grab().toImage() == before


def test_redo_in_the_middle_of_a_stroke_loses_nothing(program):
    canvas = program.hand.canvas
    side = canvas.width()
    draw(canvas, ONE)
    program.canvas.undo()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(side // 4, side // 4))
    program.canvas.redo()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(side // 4, side // 2))
    (stroke,) = program.state.drawing.marks
    assert stroke.points[0, 0] == pytest.approx(0.25, abs=0.02)


def seven_image() -> QImage:
    """A dark seven on light paper with an odd width, so that rows are padded."""
    pixels = np.full((61, 53), 235, np.uint8)
    pixels[12:17, 10:42] = 30
    for row in range(17, 52):
        column = 38 - (row - 17) // 2
        pixels[row, column : column + 5] = 30
    return QImage(pixels.tobytes(), 53, 61, 53, QImage.Format.Format_Grayscale8).copy()


def test_paste_an_image(program, qtbot, dialogs):
    QGuiApplication.clipboard().setImage(seven_image())
    QTest.keyClick(program.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(program.state.drawing.marks))
    assert not dialogs
    assert read(program, qtbot) == 7


def test_drop_and_open_an_image_file(program, qtbot, dialogs, tmp_path):
    path = tmp_path / "seven.png"
    seven_image().save(str(path))
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, content, Qt.MouseButton.LeftButton, NONE)
    program.hand.canvas.dropEvent(drop)
    qtbot.waitUntil(lambda: bool(program.state.drawing.marks))
    assert read(program, qtbot) == 7
    program.canvas.clear()
    program.canvas.open_image(str(path))
    assert not program.state.drawing.marks, "a large picture takes a while, and the window does not wait for it"
    qtbot.waitUntil(lambda: bool(program.state.drawing.marks))
    assert read(program, qtbot) == 7
    assert not dialogs


def test_a_picture_that_comes_late_waits_for_the_pen(program, qtbot, tmp_path):
    canvas = program.hand.canvas
    side = canvas.width()
    path = tmp_path / "seven.png"
    seven_image().save(str(path))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(side // 4, side // 4))
    program.canvas.open_image(str(path))
    qtbot.waitUntil(lambda: program.canvas._arrived is not None)
    assert program.state.drawing.growing
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(side // 4, side // 2))
    assert read(program, qtbot) == 7
    program.canvas.undo()
    (stroke,) = program.state.drawing.marks
    assert isinstance(stroke, Stroke), "undo brings the stroke back"


def test_clearing_is_newer_than_a_picture_that_is_being_read(program, qtbot, tmp_path):
    path = tmp_path / "seven.png"
    seven_image().save(str(path))
    program.canvas.open_image(str(path))
    program.canvas.clear()
    assert program.canvas._opening.wait()
    qtbot.wait(50)
    assert not program.state.drawing.marks


def test_bad_images_end_in_a_dialog_and_lose_nothing(program, qtbot, dialogs, tmp_path):
    draw(program.hand.canvas)
    (tmp_path / "bad.png").write_text("no image")
    Image.new("L", (20, 20), 128).save(tmp_path / "flat.png")
    for number, name in enumerate(("bad.png", "flat.png"), 1):
        program.canvas.open_image(str(tmp_path / name))
        qtbot.waitUntil(lambda number=number: len(dialogs) == number)
    QGuiApplication.clipboard().setText("seven")
    program.canvas.paste()
    assert len(dialogs) == 3
    assert all("xpected" in text and "received" in text for text in dialogs[:2])
    assert "no picture on the clipboard" in dialogs[2]
    assert len(program.state.drawing.marks) == 1


def test_every_layer_is_shown(program):
    draw(program.hand.canvas)
    program.reader.read_now()
    strip = program.live.view.inspector.strip
    names = [layer.name for layer in program.state.model.prediction.activations]
    assert names == [layer.name for layer in program.session.model]
    assert [card.layer for card in strip._layout.cards] == list(range(len(names)))


def test_the_input_view_shows_what_the_network_receives(program):
    draw(program.hand.canvas)
    program.reader.read_now()
    view = program.live.view.input.grab().toImage().scaled(28, 28)
    shown = np.array([[view.pixelColor(x, y).red() for x in range(28)] for y in range(28)]) / 255
    assert np.abs(shown - program.state.model.prediction.image[:, :, 0]).mean() < 0.02


def test_zoom_and_small_windows(program, qtbot):
    strip = program.live.view.inspector.strip
    width = strip.width()
    strip.zoom(1)
    strip.zoom(1)
    assert strip.width() > width
    for _ in range(9):
        strip.zoom(-1)
    program.window.resize(1024, 700)
    qtbot.wait(50)
    assert program.window.size().toTuple() == (1024, 700)
    assert not program.live.dock.isVisible(), "in a low window the strip needs the room"
    program.actions.fold_dock.trigger()
    qtbot.wait(200)
    for name in ("canvas", "clearButton", "predictionView", "trainButton", "stopButton", "lossPlot", "accuracyPlot"):
        widget = program.window.findChild(QWidget, name)
        corner = widget.mapTo(program.window, QPoint(widget.width(), widget.height()))
        assert corner.x() <= 1024, name
        assert corner.y() <= 700, name
        if not name.endswith("Plot"):  # a plot is covered by its own viewport
            assert widget.visibleRegion().boundingRect().size() == widget.size(), f"{name} is cut off"


def test_canvas_is_square_at_any_size(program, qtbot):
    for size in ((1024, 700), (1440, 960), (1100, 1000), (1900, 720)):
        program.window.resize(*size)
        qtbot.wait(20)
        assert program.hand.canvas.width() == program.hand.canvas.height()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_both_themes_paint(program, name, qtbot):
    if program.state.appearance.theme.name != name:
        program.actions.theme.trigger()
    draw(program.hand.canvas)
    image = program.window.grab().toImage()
    light = QColor(image.pixel(5, image.height() - 60)).lightness()
    assert (light > 128) == (name == "light")
    assert ink_at(program, 0.5, 0.25)


def test_every_control_has_a_name_and_a_tip(program):
    for name in ("clearButton", "undoButton", "redoButton", "brushButton", "eraserButton", "trainButton", "pauseButton",
                 "stepButton", "stopButton", "trainingProgress", "datasetCombo", "presetCombo", "optimizerCombo",
                 "augmentationCombo", "rateEdit", "batchSpin", "epochsSpin", "seedSpin", "modelChip", "dockButton",
                 "themeButton", "inputView", "predictionView", "lossPlot", "accuracyPlot"):  # fmt: skip
        widget = program.window.findChild(QWidget, name)
        assert widget is not None, name
        assert widget.accessibleName(), name
        assert widget.toolTip(), name
    for name in ("canvas", "inspectorView", "detailView"):
        assert program.window.findChild(QWidget, name).accessibleName(), name


def test_undo_and_theme_in_the_middle_of_a_stroke(program):
    canvas = program.hand.canvas
    draw(canvas, ONE)
    side = canvas.width()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(side // 4, side // 4))
    QTest.mouseMove(canvas, QPoint(side // 4, side // 2))
    program.actions.theme.trigger()
    assert ink_at(program, 0.25, 0.4)
    program.canvas.undo()
    assert len(program.state.drawing.marks) == 1, "the stroke under the pen is the last one"
    assert ink_at(program, 0.5, 0.3)
    assert not ink_at(program, 0.25, 0.4)
    QTest.mouseMove(canvas, QPoint(side // 4, side // 3))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(side // 4, side // 2))
    assert len(program.state.drawing.marks) == 1
    program.canvas.undo()
    assert not program.state.drawing.marks
    assert not ink_at(program, 0.5, 0.3)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, NONE, QPoint(side // 4, side // 4))
    assert program.state.drawing.can_undo, "the only stroke is under the pen"
    program.canvas.undo()
    assert not program.state.drawing.marks
    assert not program.state.drawing.can_undo


def test_a_stroke_ends_with_the_button_that_began_it(program):
    canvas = program.hand.canvas
    left, right, side = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, canvas.width()
    QTest.mousePress(canvas, left, NONE, QPoint(side // 2, side // 4))
    QTest.mouseMove(canvas, QPoint(side // 2, side // 3))
    QTest.mousePress(canvas, right, NONE, QPoint(side // 2, side // 3))
    QTest.mouseRelease(canvas, right, NONE, QPoint(side // 2, side // 3))
    QTest.mouseMove(canvas, QPoint(side // 2, side // 2))
    QTest.mouseRelease(canvas, left, NONE, QPoint(side // 2, side * 3 // 4))
    (stroke,) = program.state.drawing.marks
    assert not program.state.drawing.growing
    assert not stroke.erases
    assert len(stroke.points) == 4


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"),
        (0.974, "97 %"),
        (0.994, "99 %"),
        (0.9958, "99.6 %"),
        (0.9994, "99.9 %"),
        (0.9995, "> 99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_a_certainty_that_is_not_there_is_not_shown(share, text):
    assert percent(share) == text
    bar = tenths(share)
    assert bar == (">99.9" if text.startswith(">") else f"{share * 100:.1f}")
    assert share < 0.995 or text.replace(" %", "").replace(" ", "") in (bar, "100"), "the same figure in both places"


def test_what_is_no_number_is_no_percentage(program):
    """The answers of a network whose weights have grown too large."""
    assert percent(float("nan")) == "? %"
    for x in (0.25, 0.7):
        draw(program.hand.canvas, ((x, 0.3), (x, 0.7)))
    program.reader.read_now()
    read = program.state.model.prediction
    nothing = np.full(10, np.nan, np.float32)
    digits = tuple(replace(digit, probabilities=nothing, known=False) for digit in read.items)
    layers = tuple(replace(layer, values=np.full_like(layer.values, np.nan)) for layer in read.activations)
    program.state.model.set_prediction(replace(read, probabilities=tuple(nothing), activations=layers, items=digits))
    program.window.grab()
    assert program.hand.prediction.property("predictedDigit") == -1
    assert program.state.model.prediction.text == "??"


def test_ink_has_no_hairlines_where_a_stroke_runs_back_beside_itself(program):
    """The pixels of a finished nine that are not all ink, although all around them are."""
    rng, turn = np.random.default_rng(19), np.linspace(0, 2 * np.pi, 30)
    loop = np.stack([0.28 + 0.25 * np.cos(turn), 0.28 - 0.28 * np.sin(turn)], 1)
    stem = np.concatenate([np.linspace((0.53, 0.28), (0.5, 0.6), 10), np.linspace((0.5, 0.6), (0.42, 1.0), 10)])
    nine = np.concatenate([loop, stem])
    shake = np.cumsum(rng.normal(0, 0.012, nine.shape), axis=0) * 0.5
    nine += shake - np.linspace(0, 1, len(nine))[:, None] * shake[-1] * 0.5
    image = QImage(342, 342, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(QColor("white"), 0.06 * 342, Qt.PenStyle.SolidLine, cap, join))
    for piece in stroke_pieces(np.round(nine * 0.35 + 0.3, 3) * 342):
        painter.drawPath(piece)
    painter.end()
    grey = np.frombuffer(image.constBits(), np.uint8).reshape(342, -1)[:, :342]
    around = np.lib.stride_tricks.sliding_window_view(grey > 235, (11, 11)).sum(axis=(2, 3))
    assert (grey > 235).sum() > 4000
    assert not ((grey[5:-5, 5:-5] <= 235) & (around >= 121 - 14)).any()


def test_ten_samples_stand_in_the_narrowest_panel(program):
    program.window.resize(1024, 1500)
    QTest.qWait(20)
    strip = program.live.dock.panel.samples
    assert strip.isVisible()
    assert (strip.width() + GAP_PX) // (SIDE_PX + GAP_PX) >= 10
