"""A network is built in the window: with the pointer, with the keys, as text; it is mended and trained."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cnn_core.architecture import Architecture, LayerSpec
from cnn_core.layers import LAYER_KINDS
from cnn_gui.network.controller import NetworkController
from cnn_gui.network.words import KIND_WORDS, OPTION_WORDS, SENTENCES

LEFT, Key = Qt.MouseButton.LeftButton, Qt.Key
LONG_MS = 60_000


pytestmark = pytest.mark.usefixtures("fewer_digits")


@pytest.fixture
def network(program, qtbot):
    panel = program.live.dock.panel
    panel.dataset.setCurrentIndex(panel.dataset.findData("synthetic"))
    program.open_workspace("network")
    workspace = program.workspace
    qtbot.waitUntil(lambda: workspace.controller.state.draft.data == "synthetic", timeout=LONG_MS)
    return workspace


def kinds(network) -> list[str]:
    return [spec.kind for spec in network.controller.state.draft.architecture.layers]


def test_it_begins_with_the_network_that_reads_the_canvas(network, program):
    draft = network.controller.state.draft
    assert draft.architecture == Architecture.of_model(program.session.model)
    assert draft.report.fits
    assert draft.report.parameters == program.session.model.parameter_count
    assert network.view.layers.model().rowCount() == len(program.session.model.layers)
    assert network.view.train.isEnabled()
    assert not draft.is_changed


def test_layers_are_chosen_moved_added_doubled_and_taken_out_with_the_keys(network):
    layers, state = network.view.layers, network.controller.state
    layers.setFocus()
    before = kinds(network)
    QTest.keyClick(layers, Key.Key_Down)
    assert state.chosen == 1
    QTest.keyClick(layers, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert kinds(network)[1:3] == before[1:3][::-1]
    assert state.chosen == 2
    QTest.keyClick(layers, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert kinds(network) == before
    QTest.keyClick(layers, Key.Key_Insert, Qt.KeyboardModifier.ControlModifier)
    assert kinds(network) == [*before[:2], before[1], *before[2:]]
    QTest.keyClick(layers, Key.Key_Delete)
    assert kinds(network) == before
    QTest.mouseClick(network.view.kind_buttons["Dropout"], LEFT)
    assert kinds(network)[state.chosen] == "Dropout"
    assert state.draft.is_changed


def test_delete_in_the_list_does_not_clear_the_canvas(network, program):
    from hand import draw

    draw(program.hand.canvas)
    network.view.layers.setFocus()
    QTest.keyClick(network.view.layers, Key.Key_Delete)
    assert program.state.drawing.marks
    assert len(kinds(network)) == len(program.session.model.layers) - 1


def test_changes_are_taken_back_and_made_again_where_the_keys_are(network, program):
    before = network.controller.state.draft.architecture
    network.view.layers.setFocus()
    QTest.keyClick(network.view.layers, Key.Key_Delete)
    QTest.mouseClick(network.view.kind_buttons["ReLU"], LEFT)
    after = network.controller.state.draft.architecture
    network.view.layers.setFocus()
    program.actions.undo.trigger()
    program.actions.undo.trigger()
    assert network.controller.state.draft.architecture == before
    program.actions.redo.trigger()
    program.actions.redo.trigger()
    assert network.controller.state.draft.architecture == after
    assert not network.view.redo.isEnabled()


def test_a_layer_is_dragged_by_its_grip(network, qtbot):
    layers = network.view.layers
    before = kinds(network)
    centre = lambda row: layers.visualRect(layers.model().index(row)).center()  # noqa: E731
    QTest.mousePress(layers.viewport(), LEFT, pos=QPoint(8, centre(0).y()))
    QTest.mouseMove(layers.viewport(), QPoint(8, centre(2).y() + 8))
    qtbot.waitUntil(lambda: layers._target == 3)
    QTest.mouseRelease(layers.viewport(), LEFT, pos=QPoint(8, centre(2).y() + 8))
    assert kinds(network) == [before[1], before[2], before[0], *before[3:]]


def test_every_option_of_every_kind_has_a_field_that_changes_it(network):
    controller, form = network.controller, network.view.form
    for kind, layer in LAYER_KINDS.items():
        controller.state.choose(0)
        form._fields["kind"].setCurrentIndex(form._fields["kind"].findData(kind))
        spec = controller.state.draft.architecture.layers[0]
        assert spec.kind == kind
        assert set(form._fields) == {"kind", "name", *(option.name for option in layer.OPTIONS)}
        for option in layer.OPTIONS:
            field = form._fields[option.name]
            if option.type == "size":
                field.setText("2 × 3")
                field.editingFinished.emit()
                wanted = (2, 3)
            elif option.type == "choice":
                field.setCurrentIndex(field.count() - 1)
                wanted = option.choices[-1]
            elif option.type == "number":
                field.setValue(0.125)
                wanted = 0.125
            else:
                field.number.setValue(7)
                wanted = 7
            made = controller.state.draft.architecture.layers[0].layer(10)
            assert getattr(made, option.name) == wanted, (kind, option.name)
        assert kind in KIND_WORDS
        assert kind in SENTENCES
        assert all(option.name in OPTION_WORDS for option in layer.OPTIONS)


def test_what_does_not_fit_says_so_on_its_card_and_a_fix_mends_it(network, program, qtbot):
    controller, view = network.controller, network.view
    controller.begin_with_preset("digits")
    controller.put(3, LayerSpec("Conv2D", (("filters", 8), ("kernel_size", 25))))
    draft = controller.state.draft
    assert draft.report.broken == 3
    assert not view.train.isEnabled()
    assert "once conv 2 fits" in view.why.text()
    problem = view.layers.indexWidget(view.layers.model().index(3))
    texts = [child.text() for child in problem.children() if hasattr(child, "text")]
    assert any("at least 25×25" in text for text in texts)
    assert view.layers.visualRect(view.layers.model().index(3)).height() > 60
    buttons = list(problem._buttons)
    assert [button.text() for button in buttons] == [fix.words for fix in draft.fixes]
    QTest.mouseClick(buttons[0], LEFT)
    assert controller.state.draft.report.fits
    assert view.train.isEnabled()
    row = view.layers.model().data(view.layers.model().index(3))
    assert "conv 2" in row
    assert "parameters" in row


def test_text_and_cards_are_the_same_network(network, qtbot):
    view, controller = network.view, network.controller
    view.show_page(1)
    assert Architecture.from_toml(view.text.toPlainText()) == controller.state.draft.architecture
    text = view.text.toPlainText().replace("filters = 16", "filters = 12")
    view.text.setPlainText(text)
    assert dict(controller.state.draft.architecture.layers[0].options)["filters"] == 12
    assert not view.text_problem.text()
    view.text.setPlainText(text.replace("filters = 12", "filters = -1"))
    assert view.text_problem.text().startswith(f"Line {text.split(chr(10)).index('filters = 12') + 1}: ")
    assert dict(controller.state.draft.architecture.layers[0].options)["filters"] == 12
    view.text.setPlainText("name = = 3")
    assert "line 1" in view.text_problem.text()
    controller.undo()
    view.show_page(0)
    view.show_page(1)


def test_it_is_opened_from_and_saved_as_a_file(network, tmp_path, dialogs, program):
    controller = network.controller
    controller.begin_with_preset("lenet5")
    controller.rename("mine")
    path = tmp_path / "mine.toml"
    controller.save_file(str(path))
    assert Architecture.load(path) == controller.state.draft.architecture
    assert not controller.state.draft.is_changed
    controller.begin_with_preset("mlp")
    controller.open_file(str(path))
    assert controller.state.draft.architecture.name == "mine"
    path.write_text("layers = 3")
    controller.open_file(str(path))
    assert controller.state.draft.architecture.name == "mine"
    assert "This network cannot be opened" in dialogs[0]
    controller.save_file(str(tmp_path))
    assert len(dialogs) == 2


def test_it_is_trained_and_a_changed_one_keeps_what_it_can(network, program, qtbot, dialogs):
    panel = program.live.dock.panel
    panel.epochs.setValue(1)
    controller = network.controller
    controller.begin_with_open_model()
    controller.state.choose(3)
    controller.add("BatchNorm")
    controller.rename("with norm")
    assert controller.state.draft.fresh == ("batch_norm_1",)
    assert controller.state.draft.kept == 4
    before = program.session.model.snapshot().arrays
    QTest.mouseClick(network.view.train, LEFT)
    question = program.state.training.question
    assert question.words == "Keep the weights of 4 layers? New: batch norm 1"
    program.actions.train_on.trigger()
    qtbot.waitUntil(lambda: bool(program.state.model.recorded), timeout=LONG_MS)
    start = program.state.model.recorded[0].weights.arrays
    assert all(np.array_equal(start[name], array) for name, array in before.items())
    qtbot.waitUntil(lambda: not program.training.running, timeout=LONG_MS)
    assert program.state.model.info.name == "with norm"
    assert program.training.store.runs()[0].record.config.architecture.name == "with norm"
    assert panel.preset.currentText() == "with norm"
    assert not dialogs
    assert "keep their weights" in network.view.why.text()


def test_a_preset_that_nobody_changed_stays_that_preset(network, program):
    network.controller.begin_with_preset("lenet5")
    assert network.controller._named() == "lenet5"
    network.controller.put(0, LayerSpec("Conv2D", (("filters", 9), ("padding", "same"))))
    assert isinstance(network.controller._named(), Architecture)


def test_its_speed_is_measured_off_the_gui_thread(network, qtbot):
    network.controller.measure()
    assert network.view.speed_words.text() == "measuring …"
    qtbot.waitUntil(lambda: "images/s here" in network.view.speed_words.text(), timeout=LONG_MS)
    network.controller.state.choose(0)
    network.controller.add("ReLU")
    assert network.view.speed_words.text() == "not measured"


def test_its_numbers_are_saved_as_a_table(network):
    rows = list(network.rows())
    assert rows[0][0] == "layer"
    assert len(rows) == 1 + len(kinds(network))


def test_a_size_that_is_no_number_is_told_on_its_card(network):
    controller = network.controller
    controller.begin_with_preset("digits")
    for text in ("same", "", "3 × x", "1×2×3"):
        field = network.view.form._fields["kernel_size"]
        field.setText(text)
        field.editingFinished.emit()
        assert controller.state.draft.report.broken == 0
        assert "kernel_size" in controller.state.draft.report.problem
        controller.undo()
    assert controller.state.draft.report.fits


def test_options_put_back_by_hand_are_no_change(network):
    controller = network.controller
    controller.begin_with_preset("digits")
    first = controller.state.draft.architecture.layers[0]
    controller.put(0, first.with_options(filters=9))
    assert controller.state.draft.is_changed
    controller.put(0, first.with_options(filters=16, kernel_size=3))
    assert not controller.state.draft.is_changed


def test_the_trains_button_trains_what_is_shown_and_says_where_it_does_not_fit(network, program, qtbot, dialogs):
    network.controller.begin_with_preset("mlp")
    program.state.training.set_network("digits")
    assert network.prepare_training()
    assert program.live.dock.panel.config().architecture == "mlp"
    network.controller.take_text('name = "mine"\n[[layers]]\nkind = "Dense"\nunits = 10\n')
    program.actions.train.trigger()
    assert not program.training.running
    assert "does not fit" in program.state.appearance.notice


def test_a_network_that_was_not_saved_is_there_at_the_next_start(network, program, tmp_path):
    network.controller.begin_with_preset("mlp")
    network.controller.rename("my own")
    kept = network.controller.unfinished()
    assert Architecture.from_toml(kept).name == "my own"
    program.settings.put(network=kept)
    again = NetworkController(program.context)
    assert again.state.draft.architecture.name == "my own"
    again.deleteLater()


def test_text_that_is_no_network_cannot_be_trained(network, qtbot):
    network.view.show_page(1)
    network.view.text.setPlainText("name = 'half")
    qtbot.waitUntil(lambda: not network.view.train.isEnabled(), timeout=5000)
    assert network.view.why.text()
