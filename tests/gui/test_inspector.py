"""Looking inside, as a user does it: point, pin, ask why, look for likes and neighbours, change by hand, save."""

from __future__ import annotations

import csv
import io
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from hand import ONE, draw
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest

from cnn_core.assets import bundled_model_path
from cnn_core.inspection import MapScaled, WeightSet, saliency
from cnn_core.layers import (
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    Sigmoid,
    Softmax,
    Tanh,
)
from cnn_core.model import Sequential
from cnn_core.presets import make_preset
from cnn_core.storage import load_model, save_model
from cnn_gui.live.embedding.label_layout import spread_labels
from cnn_gui.live.working.sum_view import CELL_PX, LABEL_PX, TITLE_PX
from cnn_gui.session.jobs import LatestJob
from cnn_gui.session.map_scale import ColourScale
from cnn_gui.session.selection import Pin
from cnn_gui.theme import THEMES
from cnn_gui.widgets.format import exact, short, tiny
from cnn_gui.widgets.painted_text import CENTRE, paint_line
from cnn_gui.widgets.snapshot import picture_of

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
RUN_MS = 240_000
ROOMS = ("working", "kernels", "attribution", "exemplars", "embedding", "edits")


@pytest.fixture
def drawn(program):
    """A program with a seven on its canvas."""
    draw(program.hand.canvas)
    program.reader.read_now()
    return program


def open_room(program, name: str) -> None:
    program.live.open_room(name)


def output(program, layer: str) -> np.ndarray:
    return next(a.values for a in program.state.model.prediction.activations if a.name == layer)


# --- Pointing and pinning


def test_pointing_explains_and_clicking_pins(drawn):
    strip, state = drawn.live.view.inspector.strip, drawn.state
    names = [layer.name for layer in state.model.prediction.activations]
    card = next(card for card in strip._layout.cards if names[card.layer] == "conv_2")
    x, y = card.block.tile_corner(5)
    factor = card.block.factor
    place = QPoint(card.block_x + x + 3 * factor, card.block_y + y + 7 * factor)
    before = state.selection.pin
    QTest.mouseMove(strip, place)
    assert state.selection.pin == before
    assert state.selection.pointed == Pin("conv_2", (7, 3, 5))
    assert not state.inspected.explained.pinned
    assert state.inspected.explained.working.output == pytest.approx(float(output(drawn, "conv_2")[7, 3, 5]), abs=1e-5)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, NONE, place)
    strip.leaveEvent(None)
    assert state.selection.pin == Pin("conv_2", (7, 3, 5))
    assert state.inspected.explained.pinned
    assert state.inspected.explained.onwards[0].layer == "relu_2"
    rows, columns, _ = state.inspected.explained.fields[0].box
    assert (rows, columns) == (slice(11, 19), slice(3, 11))


def test_a_pin_stays_while_the_pen_moves(drawn):
    drawn.state.selection.set_pin(Pin("conv_2", (6, 7, 5)))
    before = drawn.state.inspected.explained.working.output
    draw(drawn.hand.canvas, ((0.3, 0.5), (0.7, 0.55)))
    drawn.reader.read_now()
    assert drawn.state.selection.pin == Pin("conv_2", (6, 7, 5))
    after = drawn.state.inspected.explained.working.output
    assert after != before
    assert after == pytest.approx(float(output(drawn, "conv_2")[6, 7, 5]), abs=1e-5)
    assert exact(after) in drawn.live.room("working").view.sum.accessibleDescription()


def test_the_keyboard_goes_everywhere(drawn):
    strip, state = drawn.live.view.inspector.strip, drawn.state
    state.selection.set_pin(Pin("conv_1", (0, 0, 0)))
    strip.setFocus()
    for key, modifier, expected in (
        (Qt.Key.Key_Right, NONE, Pin("conv_1", (0, 1, 0))),
        (Qt.Key.Key_Down, NONE, Pin("conv_1", (1, 1, 0))),
        (Qt.Key.Key_Right, SHIFT, Pin("conv_1", (1, 1, 1))),
        (Qt.Key.Key_Down, SHIFT, Pin("relu_1", (1, 1, 1))),
        (Qt.Key.Key_Down, SHIFT, Pin("pool_1", (0, 0, 1))),
        (Qt.Key.Key_Up, NONE, Pin("pool_1", (0, 0, 1))),
        (Qt.Key.Key_Up, SHIFT, Pin("relu_1", (0, 0, 1))),
    ):
        QTest.keyClick(strip, key, modifier)
        assert state.selection.pin == expected
    for _ in range(20):
        QTest.keyClick(strip, Qt.Key.Key_Down, SHIFT)
    assert state.selection.pin.layer == "softmax_1"
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert state.selection.pin == Pin("softmax_1", (2,))
    for number, room in enumerate(ROOMS):
        QTest.keyClick(drawn.window, getattr(Qt.Key, f"Key_{number + 1}"), Qt.KeyboardModifier.ControlModifier)
        assert drawn.live.open_key == room


def test_kernels_and_patches_are_chosen_by_keys(drawn):
    drawn.state.selection.set_pin(Pin("conv_2", (5, 5, 3)))
    working, blocks = drawn.live.room("working").view.sum, drawn.live.room("kernels").view.blocks
    open_room(drawn, "sum")
    products = np.abs(drawn.state.inspected.explained.working.products.sum(axis=(0, 1)))
    assert working.channel() == products.argmax()
    working.choose_channel(4)
    QTest.keyClick(working, Qt.Key.Key_Right)
    assert working.channel() == 5
    open_room(drawn, "kernels")
    QTest.keyClick(blocks, Qt.Key.Key_Right)
    assert drawn.state.inspected.kernels.input_map == 1
    QTest.keyClick(blocks, Qt.Key.Key_Down)
    assert (drawn.state.inspected.kernels.filter, drawn.state.selection.pin.channel) == (4, 4)


def test_every_layer_can_be_explained_and_painted(drawn):
    for activation in drawn.state.model.prediction.activations:
        place = tuple(n // 2 for n in activation.shape)
        drawn.state.selection.set_pin(Pin(activation.name, place))
        assert drawn.state.inspected.explained.working.output == pytest.approx(
            float(activation.values[place]), abs=1e-5
        )
        for view in (
            drawn.live.room("working").view.sum,
            drawn.live.room("working").view.detail,
            drawn.live.view.inspector.strip,
        ):
            assert not view.grab().isNull()
        assert short(drawn.state.inspected.explained.working.bias) is not None


def test_the_enlarged_map_answers_too(drawn):
    drawn.state.selection.set_pin(Pin("conv_1", (0, 0, 2)))
    detail = drawn.live.room("working").view.detail
    area = detail._map_place(output(drawn, "conv_1"))
    place = QPointF(area.left() + area.width() * 10.5 / 28, area.top() + area.height() * 20.5 / 28).toPoint()
    QTest.mouseClick(detail, Qt.MouseButton.LeftButton, NONE, place)
    assert drawn.state.selection.pin == Pin("conv_1", (20, 10, 2))


def test_a_pin_without_a_place_in_the_next_model_goes_to_its_beginning(drawn, tmp_path):
    drawn.state.selection.set_pin(Pin("conv_2", (7, 3, 5)))
    save_model(tmp_path / "mlp.safetensors", make_preset("mlp", np.random.default_rng(0)))
    assert drawn.files.open(tmp_path / "mlp.safetensors")
    assert drawn.state.selection.pin == Pin("flatten_1", (0,))
    assert drawn.state.inspected.explained is not None
    assert drawn.state.inspected.kernels is None
    assert not drawn.live.room("kernels").view.grab().isNull()


def test_the_kernel_slides_over_the_map(drawn, qtbot):
    drawn.state.selection.set_pin(Pin("pool_2", (3, 3, 1)))
    drawn.live.room("working").view.slide.click()
    assert drawn.state.selection.pin == Pin("pool_2", (0, 0, 1))
    qtbot.waitUntil(lambda: drawn.state.selection.pin.place == (0, 2, 1), timeout=5000)
    drawn.state.selection.set_pin(Pin("conv_1", (1, 1, 1)))
    assert drawn.live.room("working").view.slide.text() == "Slide the kernel"
    qtbot.wait(200)
    assert drawn.state.selection.pin == Pin("conv_1", (1, 1, 1))


def test_colours_held_on_a_blank_canvas_are_those_of_the_next_drawing(program):
    program.reader.read_now()
    program.state.scale.choose(ColourScale.FIXED)
    draw(program.hand.canvas)
    program.reader.read_now()
    layer = program.state.model.prediction.activations[0]
    first = (float(layer.values.min()), float(layer.values.max()))
    assert program.state.scale.range_of(layer) == first
    draw(program.hand.canvas, ONE)
    program.reader.read_now()
    assert program.state.scale.range_of(program.state.model.prediction.activations[0]) == first


def test_colours_can_be_held(drawn):
    before = drawn.state.scale.range_of(drawn.state.model.prediction.activations[0])
    drawn.live.view.scale.setCurrentIndex(drawn.live.view.scale.findData(ColourScale.FIXED))
    drawn.canvas.clear()
    draw(drawn.hand.canvas, ONE)
    drawn.reader.read_now()
    layer = drawn.state.model.prediction.activations[0]
    assert drawn.state.scale.range_of(layer) == before
    assert (float(layer.values.min()), float(layer.values.max())) != before
    for scale in ColourScale:
        drawn.state.scale.choose(scale)
        assert not drawn.live.view.inspector.strip.grab().isNull()


# --- Attribution


def test_why_is_answered_in_the_background(drawn, qtbot):
    open_room(drawn, "why")
    qtbot.waitUntil(
        lambda: (
            drawn.live.room("attribution").state.attribution is not None
            and drawn.live.room("attribution").state.attribution.occlusion is not None
        ),
        timeout=20000,
    )
    why = drawn.live.room("attribution").state.attribution
    image = drawn.state.model.prediction.image
    assert why.chosen == drawn.state.model.prediction.likeliest
    np.testing.assert_allclose(why.saliency, saliency(drawn.session.model, image, why.chosen)[:, :, 0], atol=1e-5)
    assert why.contributed.sum() == pytest.approx(why.difference, abs=0.05 * abs(why.difference) + 0.05)
    assert why.cam_layer == "relu_2"
    drawn.live.room("attribution").view.chooser.setCurrentIndex(4)
    drawn.live.room("attribution").view.chooser.activated.emit(4)
    qtbot.waitUntil(
        lambda: (
            drawn.live.room("attribution").state.attribution.chosen == 3
            and drawn.live.room("attribution").state.attribution.occlusion is not None
        ),
        timeout=20000,
    )
    assert drawn.live.room("attribution").view.question.text() == "Why not"
    assert not drawn.live.room("attribution").view.grab().isNull()


def test_what_would_change_its_mind(drawn, qtbot):
    open_room(drawn, "why")
    QTest.mouseClick(drawn.live.room("attribution").view.search.button, Qt.MouseButton.LeftButton)
    assert drawn.live.room("attribution").state.counterfactual.running
    qtbot.waitUntil(lambda: not drawn.live.room("attribution").state.counterfactual.running, timeout=30000)
    flip = drawn.live.room("attribution").state.counterfactual.flip
    assert flip.before == drawn.state.model.prediction.likeliest
    assert int(drawn.session.model.predict(flip.image[None])[0].argmax()) == flip.after != flip.before
    draw(drawn.hand.canvas, ONE)
    drawn.reader.read_now()
    assert drawn.live.room("attribution").state.counterfactual is None, "it was about another drawing"


def test_a_blank_canvas_has_no_reasons(program, qtbot):
    open_room(program, "why")
    qtbot.wait(150)
    assert program.live.room("attribution").state.attribution is None
    program.live.room("attribution").view.search.button.click()
    assert program.live.room("attribution").state.counterfactual.words == "draw something first"
    assert not program.live.room("attribution").view.grab().isNull()


# --- ShownExemplars and neighbours


def test_numbers_in_narrow_cells():
    assert [tiny(v) for v in (0.35, -0.2, 0, 10.25, -100.4, 2.0)] == [
        ".35",
        "\u2212.20",
        "0",
        "10",
        "\u2212100",
        "2.0",
    ]


def test_what_a_map_likes(drawn, qtbot):
    drawn.state.selection.set_pin(Pin("relu_2", (4, 4, 7)))
    open_room(drawn, "likes")
    qtbot.waitUntil(
        lambda: (
            drawn.live.room("exemplars").state.shown is not None
            and drawn.live.room("exemplars").state.shown.dream is not None
        ),
        timeout=60000,
    )
    likes = drawn.live.room("exemplars").state.shown
    assert (likes.layer, likes.channel) == ("relu_2", 7)
    best = max(float(drawn.session.model.activations(i[None] / np.float32(255))["relu_2"][..., 7].max())
               for i in likes.images)  # fmt: skip
    assert likes.values[0] == pytest.approx(best, abs=1e-4)
    assert list(likes.values) == sorted(likes.values, reverse=True)
    assert "synthetic" in likes.words
    drawn.state.selection.set_pin(Pin("conv_1", (4, 4, 3)))
    qtbot.waitUntil(
        lambda: (
            drawn.live.room("exemplars").state.shown.layer == "conv_1"
            and len(drawn.live.room("exemplars").state.shown.images) > 0
        ),
        timeout=60000,
    )
    drawn.live.room("exemplars").view.work.button.click()
    assert not drawn.live.room("exemplars").view.grab().isNull()


def test_the_drawing_moves_among_the_others(drawn, qtbot):
    open_room(drawn, "among")
    qtbot.waitUntil(lambda: drawn.live.room("embedding").state.neighbourhood.embedding is not None, timeout=60000)
    there = drawn.live.room("embedding").state.neighbourhood
    assert len(there.nearest) == 8
    assert np.mean(there.labels[list(there.nearest)] == drawn.state.model.prediction.likeliest) >= 0.5
    drawn.canvas.clear()
    drawn.reader.read_now()
    assert drawn.live.room("embedding").state.neighbourhood.here is None
    draw(drawn.hand.canvas, ONE)
    drawn.reader.read_now()
    assert drawn.live.room("embedding").state.neighbourhood.here != there.here
    assert not drawn.live.room("embedding").view.grab().isNull()


def test_names_on_the_map_make_room_for_each_other():
    rng = np.random.default_rng(4)
    for _ in range(20):
        sizes = np.array([(12.0, 16.0)] * 9 + [(60.0, 16.0)])
        middles = rng.normal(0, 25, (10, 2))
        middles[3] = middles[7]
        places = spread_labels(middles, sizes)
        for i, j in combinations(range(10), 2):
            gaps = np.abs(places[i] - places[j]) - (sizes[i] + sizes[j]) / 2
            assert (gaps > -0.5).any(), "side by side or one above the other"
        assert np.abs(places - middles).max() < 80
    far = np.array([(0.0, 0.0), (100.0, 0.0)])
    np.testing.assert_array_equal(spread_labels(far, np.array([(20.0, 20.0)] * 2)), far)
    assert spread_labels(np.zeros((0, 2)), np.zeros((0, 2))).shape == (0, 2)


def test_the_map_of_one_network_is_not_shown_for_another(drawn, tmp_path, qtbot):
    open_room(drawn, "among")
    qtbot.waitUntil(lambda: drawn.live.room("embedding").state.neighbourhood.embedding is not None, timeout=60000)
    before = drawn.live.room("embedding").state.neighbourhood.embedding
    save_model(tmp_path / "other.safetensors", make_preset("digits", np.random.default_rng(9)))
    assert drawn.files.open(tmp_path / "other.safetensors")
    assert drawn.live.room("embedding").state.neighbourhood.embedding is None
    qtbot.waitUntil(lambda: drawn.live.room("embedding").state.neighbourhood.embedding is not None, timeout=60000)
    assert not np.array_equal(drawn.live.room("embedding").state.neighbourhood.embedding.features, before.features)


# --- Weights


def test_edits_change_the_prediction_and_are_undone(drawn):
    before = drawn.state.model.prediction.probabilities
    drawn.state.selection.set_pin(Pin("conv_1", (5, 5, 0)))
    view = drawn.live.room("edits").view
    for channel in range(8):
        drawn.state.selection.set_pin(Pin("conv_1", (5, 5, channel)))
        view.off.click()
        drawn.reader.read_now()
        assert not output(drawn, "conv_1")[..., channel].any()
    assert len(drawn.state.model.edits) == 8
    assert drawn.state.model.prediction.probabilities != before
    assert drawn.state.model.unedited == pytest.approx(before, abs=1e-4)
    view.factor.setValue(40)
    assert drawn.state.model.edits[-1] == MapScaled("conv_1", 7, 2.0)
    assert len(drawn.state.model.edits) == 8, "one change of a map stands for those before it"
    view.undo.click()
    assert len(drawn.state.model.edits) == 7
    view.undo_all.click()
    drawn.reader.read_now()
    assert drawn.state.model.prediction.probabilities == pytest.approx(before, abs=1e-6)
    assert drawn.state.model.edits == ()


def test_a_kernel_weight_is_set_by_hand(drawn):
    drawn.state.selection.set_pin(Pin("conv_1", (5, 5, 3)))
    view = drawn.live.room("edits").view
    view.row.setValue(1)
    view.column.setValue(2)
    assert view.value.value() == pytest.approx(drawn.state.inspected.kernels.now[1, 2, 0, 3], abs=1e-4)
    view.value.setValue(4.5)
    assert drawn.state.model.edits == (WeightSet("conv_1.weight", (1, 2, 0, 3), 4.5),)
    drawn.reader.read_now()
    assert drawn.session.model.parameters["conv_1.weight"][1, 2, 0, 3] == 4.5
    assert drawn.state.inspected.kernels.now[1, 2, 0, 3] == 4.5
    assert drawn.state.inspected.kernels.before[1, 2, 0, 3] != 4.5


def test_what_cannot_be_changed_is_not_offered(drawn):
    edits = drawn.live.room("edits").view
    drawn.state.selection.set_pin(Pin("softmax_1", (3,)))
    assert not edits.off.isEnabled()
    assert not edits.factor.isEnabled()
    assert not edits.value.isEnabled()
    drawn.state.selection.set_pin(Pin("dense_1", (3,)))
    assert edits.off.isEnabled()
    assert not edits.value.isEnabled(), "a unit has no kernel"
    assert not edits.value.isVisibleTo(edits), "nor is the weight of another layer's told"
    assert not drawn.live.room("working").view.slide.isEnabled()
    drawn.state.selection.set_pin(Pin("conv_1", (3, 3, 0)))
    assert edits.value.isEnabled()
    assert edits.value.isVisibleTo(edits)
    assert drawn.live.room("working").view.slide.isEnabled()
    for layer, words in (
        ("pool_1", "Slide the window"),
        ("relu_1", "Go through the map"),
        ("conv_2", "Slide the kernel"),
    ):
        drawn.state.selection.set_pin(Pin(layer, (3, 3, 0)))
        assert drawn.live.room("working").view.slide.text() == words


def test_maps_are_switched_on_again_in_any_order(drawn):
    edits = drawn.live.room("edits").view
    drawn.reader.read_now()
    before = output(drawn, "conv_1")
    for channel in (0, 1):
        drawn.state.selection.set_pin(Pin("conv_1", (3, 3, channel)))
        edits.off.click()
    drawn.state.selection.set_pin(Pin("conv_1", (3, 3, 0)))
    edits.off.click()
    drawn.reader.read_now()
    now = output(drawn, "conv_1")
    np.testing.assert_allclose(now[..., 0], before[..., 0], atol=1e-6)
    assert not now[..., 1].any()
    assert edits.off.text() == "Switch off"
    assert len(drawn.state.model.edits) == 1
    drawn.state.selection.set_pin(Pin("relu_1", (3, 3, 1)))
    assert edits.off.text() == "Switch on", "a map and its ReLU are made by the same weights"
    drawn.state.selection.set_pin(Pin("conv_1", (3, 3, 1)))
    edits.value.setValue(3.0)
    drawn.reader.read_now()
    assert not output(drawn, "conv_1")[..., 1].any(), "off is off"


def test_what_is_no_place_of_a_kernel_is_said(drawn):
    drawn.state.selection.set_pin(Pin("conv_1", (3, 3, 0)))
    row = drawn.live.room("edits").view.row
    row.setFocus()
    for typed in ("-1", "07", "x", "9", ""):
        drawn.state.appearance.set_notice("")
        row.lineEdit().selectAll()
        QTest.keyClicks(row.lineEdit(), typed) if typed else QTest.keyClick(row.lineEdit(), Qt.Key.Key_Delete)
        QTest.keyClick(row.lineEdit(), Qt.Key.Key_Return)
        assert "is no whole number from 0 to" in drawn.state.appearance.notice, typed
        assert f"{typed!r} is no whole number" in drawn.state.appearance.notice
        assert (row.value(), row.text()) == (0, "row 0")
    row.lineEdit().selectAll()
    QTest.keyClicks(row.lineEdit(), "1")
    QTest.keyClick(row.lineEdit(), Qt.Key.Key_Return)
    assert (row.value(), row.text()) == (1, "row 1")


def test_any_pin_survives_any_next_model(drawn, tmp_path, dialogs):
    for preset in ("lenet5", "digits", "mlp"):
        save_model(tmp_path / f"{preset}.safetensors", make_preset(preset, np.random.default_rng(0)))
    headless = Sequential([Conv2D(3, 5, stride=2), Flatten(), Dense(10)], "headless")
    save_model(tmp_path / "headless.safetensors", headless.build((28, 28, 1), np.random.default_rng(0)))
    for pin in (Pin("conv_1", (3, 3, 0)), Pin("softmax_1", (3,)), Pin("dense_1", (9,)), Pin("flatten_1", (1,))):
        for name in ("lenet5", "headless", "mlp", "digits"):
            drawn.state.selection.set_pin(pin)
            assert drawn.files.open(tmp_path / f"{name}.safetensors")
            drawn.live.view.grab()
            kernels = drawn.state.inspected.kernels
            assert kernels is None or kernels.now.shape == kernels.before.shape
    assert not dialogs


def test_maps_of_another_size_take_another_place(drawn, tmp_path, dialogs):
    for side in (28, 32, 20):
        layers = [Conv2D(4, 3, padding="same"), AveragePool2D(side), Flatten(), Dense(10), Softmax()]
        model = Sequential(layers, f"side {side}").build((side, side, 1), np.random.default_rng(0))
        save_model(tmp_path / "side.safetensors", model)
        assert drawn.files.open(tmp_path / "side.safetensors")
        strip = drawn.live.view.inspector.strip
        assert not strip.grab().isNull()
        block = strip._layout.cards[0].block
        assert block.tile_h == side * block.factor
    assert not dialogs


def test_a_view_is_painted_wherever_it_is_asked_for(drawn):
    """Beyond what is seen of it too: it promised to paint every pixel."""
    strip, theme = drawn.live.view.inspector.strip, drawn.state.appearance.theme
    seen = strip.visibleRegion().boundingRect()
    assert (seen.width(), seen.height()) != (strip.width(), strip.height())
    open_room(drawn, "kernels")
    for view in (
        strip,
        drawn.live.room("working").view.sum,
        drawn.live.room("working").view.detail,
    ):  # the last two hidden now
        picture = view.grab().toImage()
        assert picture.pixelColor(picture.width() - 1, picture.height() - 1).name() == theme.surface


def test_cells_are_painted_on_the_ground_of_the_theme(drawn):
    drawn.state.selection.set_pin(Pin("conv_1", (5, 5, 3)))
    working = drawn.live.room("working").view.sum
    for name in ("light", "dark", "light"):  # cells that were painted before are kept
        drawn.state.appearance.set_theme(THEMES[name])
        picture = working.grab().toImage()
        beside = picture.pixelColor(1, TITLE_PX + 4 + LABEL_PX + CELL_PX[1] - 1)  # below the first cell
        assert beside.name() == THEMES[name].surface


def test_an_exported_strip_keeps_its_words(drawn):
    words = picture_of(drawn.live.view.inspector.strip, ".svg").decode()
    assert all(f">{layer.name.replace('_', ' ')}<" in words for layer in drawn.state.model.prediction.activations)


def test_an_exported_drawing_stays_within_the_view(drawn, tmp_path):
    drawn.window.resize(1024, 700)
    assert drawn.files.open(bundled_model_path())
    assert drawn.save_picture(str(tmp_path / "view.svg"))
    zone = drawn.live.view
    drawing = ElementTree.parse(tmp_path / "view.svg").getroot()
    images = [element for element in drawing.iter() if element.tag.endswith("image")]
    assert images
    for image in images:
        x, y, width, height = (float(image.get(name)) for name in ("x", "y", "width", "height"))
        assert x + width <= zone.width()
        assert y + height <= zone.height()


def test_a_drawing_that_ends_at_a_card_s_name_has_no_picture_of_its_maps(drawn):
    strip = drawn.live.view.inspector.strip
    card = next(card for card in strip._layout.cards if card.y > 0)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    painter = QPainter(generator)
    strip.render(painter, QPoint(), QRegion(card.x, card.y, card.width, card.block_y - card.y))
    painter.end()
    images = [e for e in ElementTree.fromstring(bytes(buffer.data().data())).iter() if e.tag.endswith("image")]
    assert len(images) == 1  # that of the cards, which cannot be cut but as a picture


def test_a_found_edit_is_about_what_is_on_the_screen(drawn, qtbot, tmp_path):
    open_room(drawn, "why")
    button = drawn.live.room("attribution").view.search.button
    button.click()
    draw(drawn.hand.canvas, ONE)
    drawn.reader.read_now()
    qtbot.wait(600)
    assert drawn.live.room("attribution").state.counterfactual is None
    button.click()
    qtbot.waitUntil(lambda: not drawn.live.room("attribution").state.counterfactual.running, timeout=30000)
    drawn.live.room("edits").view.off.click()
    drawn.reader.read_now()
    assert drawn.live.room("attribution").state.counterfactual is None, "a changed network is another one"
    button.click()
    qtbot.waitUntil(lambda: not drawn.live.room("attribution").state.counterfactual.running, timeout=30000)
    drawn.live.room("attribution").view.chooser.activated.emit(4)
    assert drawn.live.room("attribution").state.counterfactual is None, "another class is another question"
    button.click()
    save_model(tmp_path / "m.safetensors", make_preset("lenet5", np.random.default_rng(0)))
    drawn.files.open(tmp_path / "m.safetensors")
    qtbot.wait(300)
    assert drawn.live.room("attribution").state.counterfactual is None


def test_a_changed_network_does_not_boast_of_its_accuracy(drawn, tmp_path):
    chip = drawn.window.header.chip
    told = {"test_accuracy": 0.97}
    save_model(tmp_path / "measured.safetensors", make_preset("digits", np.random.default_rng(0)), told)
    drawn.files.open(tmp_path / "measured.safetensors")
    assert "97.00 % on the test set" in chip.whole_text()
    drawn.state.selection.set_pin(Pin("conv_1", (3, 3, 0)))
    drawn.live.room("edits").view.off.click()
    assert "changed by hand" in chip.whole_text()
    assert drawn.files.save(tmp_path / "changed.safetensors")
    assert "with your changes" in drawn.state.appearance.notice
    saved = load_model(tmp_path / "changed.safetensors")
    assert saved.training["test_accuracy"] is None
    assert saved.training["changed_by_hand"] == ["conv_1, 0 off"]
    assert "changed.safetensors" not in chip.whole_text(), "what is shown may be undone, the file may not"
    drawn.live.room("edits").controller.undo_all()
    assert "97.00 % on the test set" in chip.whole_text()


def test_undo_goes_where_the_keys_are(drawn):
    open_room(drawn, "edits")
    drawn.state.selection.set_pin(Pin("conv_1", (3, 3, 0)))
    edits = drawn.live.room("edits").view
    edits.off.click()
    edits.factor.setFocus()
    drawn.actions.undo.trigger()
    assert not drawn.state.model.edits
    edits.value.setValue(2.5)
    edits.value.setFocus()
    QTest.keyClick(edits.value, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not drawn.state.model.edits, "a field does not keep the key for its own text"
    assert drawn.state.drawing.marks
    drawn.hand.canvas.setFocus()
    drawn.actions.undo.trigger()
    assert not drawn.state.drawing.marks


def test_the_strip_follows_the_keys(drawn, qtbot):
    view = drawn.live.view.inspector
    drawn.state.selection.set_pin(Pin("conv_1", (1, 1, 0)))
    view.strip.setFocus()
    for _ in range(40):
        QTest.keyClick(view.strip, Qt.Key.Key_Down, SHIFT)
    place = view.strip.place_of(drawn.state.selection.pin)
    shown = view.horizontalScrollBar().value()
    assert shown <= place.center().x() <= shown + view.viewport().width()
    QTest.keyClick(view.strip, Qt.Key.Key_Space)
    assert not drawn.state.training.status.phase.active


def test_a_run_is_recorded_and_can_be_gone_back_over(drawn, qtbot):
    panel = drawn.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    panel.preset.setCurrentIndex(panel.preset.findData("mlp"))
    panel.epochs.setValue(2)
    panel.request_train()
    qtbot.waitUntil(lambda: [r.epoch for r in drawn.state.model.recorded] == [0, 1, 2], timeout=RUN_MS)
    qtbot.waitUntil(lambda: not drawn.training.running, timeout=60000)
    slider = drawn.live.view.epoch.slider
    now = drawn.session.model.snapshot().arrays["dense_1.weight"]
    slider.setValue(0)
    start = drawn.state.model.recorded[0].weights.arrays["dense_1.weight"]
    np.testing.assert_array_equal(drawn.session.model.parameters["dense_1.weight"], start)
    assert drawn.live.view.epoch.words.text() == "before training"
    slider.setValue(slider.maximum())
    np.testing.assert_array_equal(drawn.session.model.parameters["dense_1.weight"], now)
    assert not np.array_equal(now, start)


def test_kernels_are_compared_with_the_start_of_the_run(drawn, qtbot):
    panel = drawn.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    panel.preset.setCurrentIndex(panel.preset.findData("digits"))
    panel.epochs.setValue(1)
    panel.request_train()
    qtbot.waitUntil(lambda: len(drawn.state.model.recorded) == 2, timeout=RUN_MS)
    qtbot.waitUntil(lambda: not drawn.training.running, timeout=60000)
    drawn.state.selection.set_pin(Pin("conv_1", (1, 1, 4)))
    drawn.reader.read_now()
    kernels = drawn.state.inspected.kernels
    np.testing.assert_array_equal(kernels.before, drawn.state.model.recorded[0].weights.arrays["conv_1.weight"])
    assert np.abs(kernels.now - kernels.before).max() > 0.01
    open_room(drawn, "kernels")
    drawn.live.room("kernels").view.chooser.setCurrentIndex(1)
    assert "since the start" in drawn.live.room("kernels").view.moved.text()
    assert not drawn.live.room("kernels").view.grab().isNull()


def test_any_network_can_be_looked_into(drawn, tmp_path, qtbot, dialogs):
    layers = [
        *(Conv2D(64, (2, 4), stride=2, padding="same"), BatchNorm(), LeakyReLU(0.2), AveragePool2D(3, 1)),
        *(Conv2D(5, 3, stride=(2, 1)), Sigmoid(), MaxPool2D(2, 1), Flatten(), Dense(300), Tanh(), Dropout(0.5)),
        *(Dense(10), Softmax()),
    ]
    model = Sequential(layers, "odd").build((28, 28, 1), np.random.default_rng(0))
    save_model(tmp_path / "odd.safetensors", model)
    assert drawn.files.open(tmp_path / "odd.safetensors")
    for activation in drawn.state.model.prediction.activations:
        place = tuple(n - 1 for n in activation.shape)
        drawn.state.selection.set_pin(Pin(activation.name, place))
        assert drawn.state.inspected.explained.working.output == pytest.approx(
            float(activation.values[place]), abs=1e-5
        )
        for name in ROOMS[:2]:
            open_room(drawn, name)
            assert not drawn.live.view.grab().isNull()
    open_room(drawn, "why")
    qtbot.waitUntil(
        lambda: (
            drawn.live.room("attribution").state.attribution is not None
            and drawn.live.room("attribution").state.attribution.occlusion is not None
        ),
        timeout=30000,
    )
    drawn.state.selection.set_pin(Pin("conv_2", (0, 0, 1)))
    open_room(drawn, "likes")
    qtbot.waitUntil(
        lambda: (
            drawn.live.room("exemplars").state.shown is not None
            and drawn.live.room("exemplars").state.shown.dream is not None
        ),
        timeout=60000,
    )
    open_room(drawn, "among")
    qtbot.waitUntil(lambda: drawn.live.room("embedding").state.neighbourhood.here is not None, timeout=60000)
    open_room(drawn, "edits")
    drawn.live.room("edits").view.off.click()
    assert drawn.state.model.edits == (MapScaled("conv_2", 1, 0.0),)
    assert dialogs == []


# --- Saving


def test_views_and_numbers_are_saved(drawn, tmp_path, dialogs, qtbot):
    drawn.state.selection.set_pin(Pin("conv_1", (5, 5, 3)))
    assert drawn.save_picture(str(tmp_path / "view.png"))
    assert drawn.save_picture(str(tmp_path / "view.svg"))
    with Image.open(tmp_path / "view.png") as picture:
        assert picture.width == 2 * drawn.live.view.width()
    assert (tmp_path / "view.svg").read_text().count("<text") > 5

    def save_table(name):
        assert drawn.save_table(str(tmp_path / name))
        qtbot.waitUntil(lambda: drawn.state.appearance.notice == f"Saved {tmp_path / name}", timeout=10000)

    save_table("sum.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "sum.csv").read_text())))
    products = [float(row["product"]) for row in rows if row["weight"]]
    assert len(products) == 9
    value = next(float(row["product"]) for row in rows if (row["layer"], row["input place"]) == ("conv_1", "output"))
    assert sum(products) + drawn.state.inspected.explained.working.bias == pytest.approx(value, abs=1e-6)
    open_room(drawn, "kernels")
    save_table("kernels.csv")
    open_room(drawn, "edits")
    assert not drawn.save_table(str(tmp_path / "edits.csv"))
    assert not drawn.save_picture(str(tmp_path / "view.doc"))
    assert "no numbers" in dialogs[0]
    assert "expected a name ending in .png or .svg" in dialogs[1]


def test_a_table_under_way_is_written_to_its_end(drawn, tmp_path, dialogs):
    drawn.state.selection.set_pin(Pin("conv_2", (2, 2, 3)))
    open_room(drawn, "kernels")
    assert drawn.save_table(str(tmp_path / "first.csv"))
    assert not drawn.save_table(str(tmp_path / "second.csv"))
    assert "Try again" in dialogs[0]
    assert drawn.shutdown()
    rows = (tmp_path / "first.csv").read_text().splitlines()
    assert len(rows) == 1 + drawn.state.inspected.kernels.now.size
    assert not (tmp_path / "second.csv").exists()


def test_a_table_that_cannot_be_written_says_why(drawn, tmp_path, dialogs, qtbot):
    drawn.state.selection.set_pin(Pin("conv_1", (5, 5, 3)))
    (tmp_path / "sum.csv").mkdir()
    assert drawn.save_table(str(tmp_path / "sum.csv"))
    qtbot.waitUntil(lambda: dialogs != [], timeout=5000)
    assert "there is a folder of that name" in dialogs[0]


def test_a_text_that_comes_back_looks_as_it_did(qtbot):
    """A text is painted in one way the first time and in another from the second on."""
    pictures = []
    for _ in range(3):
        picture = QImage(120, 20, QImage.Format.Format_RGB32)
        picture.fill(0)
        painter = QPainter(picture)
        assert paint_line(painter, QRectF(3, 1, 110, 17), "−12.345 a text", "#ffffff", align=CENTRE) < 110
        assert 0 < paint_line(painter, QRectF(0, 0, 20, 17), "too long for it", "#ffffff") <= 20
        painter.end()
        pictures.append(np.frombuffer(picture.constBits(), np.uint8).astype(float))
    assert pictures[0].max() == 255
    assert abs(pictures[0] - pictures[1]).mean() < 1
    assert np.array_equal(pictures[1], pictures[2])


# --- Work in the background


def test_the_latest_job_wins_and_a_cancelled_one_is_silent(qtbot):
    job, told = LatestJob(), []
    job.finished.connect(told.append)
    job.part.connect(told.append)

    def slow(control):
        while not control.stopped():
            control.progress(1, 2)
        return "slow"

    def quick(control):
        control.tell("part")
        return "whole"

    job.start(slow)
    job.start(quick)
    qtbot.waitUntil(lambda: told == ["part", "whole"], timeout=5000)
    assert not job.running
    job.start(slow)
    job.cancel()
    assert job.shutdown()
    qtbot.wait(50)
    assert told == ["part", "whole"]


def test_beside_a_tall_room_the_strip_is_one_row_of_first_tiles(drawn, qtbot):
    drawn.window.resize(1440, 960)
    drawn.window.show()
    strip = drawn.live.view.inspector.strip
    open_room(drawn, "learning")
    qtbot.waitUntil(lambda: len({card.y for card in strip._layout.cards}) == 1, timeout=5000)
    layers = drawn.state.model.prediction.activations
    assert len(strip._layout.cards) == len(layers)
    assert all(card.block.count <= layer.shape[-1] for card, layer in zip(strip._layout.cards, layers, strict=True))
    assert not strip.grab().isNull()
    drawn.live.view.gradients_wanted.emit(True)
    qtbot.waitUntil(lambda: drawn.state.backward.back is not None, timeout=5000)
    assert not strip.grab().isNull()
    open_room(drawn, "sum")
    qtbot.waitUntil(lambda: len({card.y for card in strip._layout.cards}) > 1, timeout=5000)
