"""Lessons over Live: they tick what was done, light up what they speak of, and remember; the tour comes but once."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hand import SEVEN, draw
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from cnn_core.glossary import load_glossary
from cnn_core.inspection import MapScaled
from cnn_core.lessons import CHECKS, PICTURES, TARGETS, WORDS, LookAt, load_lessons
from cnn_gui.learn.checks import _CHECKS
from cnn_gui.learn.coach import place_of
from cnn_gui.learn.lesson_view import harmless, quoted
from cnn_gui.learn.pictures import _PAINTERS
from cnn_gui.session.selection import Pin
from cnn_gui.shell.terms import TERMS
from cnn_gui.widgets.terms import explains, term_at

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def learning(program, qtbot):
    program.window.resize(1440, 960)
    program.window.show()
    program.open_workspace("learn")
    qtbot.waitUntil(lambda: program.workspace.view.isVisible(), timeout=3000)
    return program


def done(program, qtbot, lesson: int, task: int) -> None:
    learn = program.workspace.state
    qtbot.waitUntil(lambda: learn.is_met(learn.lessons[lesson], task), timeout=30000)  # a run makes its data first


def test_all_checks_places_and_pictures_are_known():
    assert set(_CHECKS) == set(CHECKS)
    assert set(_PAINTERS) == set(PICTURES)


def test_it_lies_over_live_and_esc_closes_it(learning, qtbot):
    sheet = learning.workspace.view
    assert sheet.objectName() == "learnWorkspace"
    assert learning.live.view.isVisible()
    assert sheet.geometry().right() >= learning.window.centralWidget().width() - 1
    assert sheet.list.count() == 10
    learning.live.open_room("edits")
    assert sheet.isVisible(), "Live can be used meanwhile"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not sheet.isVisible(), timeout=2000)
    learning.window.activateWindow()
    learning.window.hand.canvas.setFocus()
    QTest.keyClick(learning.window.hand.canvas, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(sheet.isVisible, timeout=2000)


def test_tasks_tick_themselves_and_answers_tell_why(learning, qtbot):
    learn, view = learning.workspace.state, learning.workspace.view.lesson
    lesson = learn.lessons[0]
    last = view._tasks[2]
    assert not last.buttons[0].isEnabled()
    draw(learning.window.hand.canvas, SEVEN)
    done(learning, qtbot, 0, 0)
    qtbot.waitUntil(lambda: last.buttons[0].isEnabled(), timeout=3000)
    QTest.mouseClick(last.buttons[0], LEFT)
    assert not learn.is_task_done(lesson, 2)
    assert "another" in last.why.text()
    QTest.mouseClick(last.buttons[2], LEFT)
    assert learn.is_task_done(lesson, 2)
    assert "784" in last.why.text()
    assert "0:" not in "".join(learn.done)
    assert json.loads(learning.settings.path.read_text())["lessons_done"] == learn.done


def test_every_check_can_be_met(learning, qtbot):
    """What the lessons ask for is done as a user would, and seen."""
    learn, state = learning.workspace.state, learning.state
    draw(learning.window.hand.canvas, SEVEN)
    layers = {one.kind: one.name for one in state.model.prediction.activations}
    for number, lesson in enumerate(learn.lessons):
        learn.open(number)
        for at, task in enumerate(lesson.tasks):
            match task.check:
                case "pinned":
                    shape = next(a.shape for a in state.model.prediction.activations if a.name == layers[task.word])
                    learning.live.view.inspector.strip.place_chosen.emit(Pin(layers[task.word], (1,) * len(shape)))
                case "gradients":
                    learning.live.view.segments[True].click()
                case "room":
                    learning.live.open_room(task.word)
                case "slid":
                    learning.live.open_room("working")
                    learning.live.room("working").view.slide.click()
                case "map-off":
                    learning.live.room("edits").controller.add(MapScaled(layers["Conv2D"], 0, 0.0))
                case "asked-class":
                    learning.live.view.chooser.class_asked.emit(3)
                case "stopped":
                    learning.live.view.segments[True].click()
                    qtbot.waitUntil(lambda: state.backward.back is not None, timeout=5000)
                    names = [one.name for one in state.backward.back.layers]
                    kinds = [one.kind for one in state.backward.back.layers]
                    before = state.backward.back.layers[kinds.index(task.word) - 1]
                    place = tuple(int(i) for i in np.argwhere(before.stopped)[0])
                    assert before.name in names
                    learning.live.view.inspector.strip.place_chosen.emit(Pin(before.name, place))
                case "back":
                    learning.live.view.segments[True].click()
                    layer = next(
                        before
                        for before, after in pairwise(state.model.prediction.activations)
                        if after.kind == task.word
                    )
                    learning.live.view.inspector.strip.place_chosen.emit(Pin(layer.name, (1, 1, 0)))
                case "told" | "updated":
                    learning.live.open_room("learning")
                    room = learning.live.room("learning")
                    qtbot.waitUntil(lambda r=room: r.state.working is not None, timeout=15000)
                    room.view.parts[3].click()
                case "steps":
                    learning.live.dock.panel.epochs.setValue(1000)
                    QTest.mouseClick(learning.window.bar.train, LEFT)
                    training = learning.state.training
                    qtbot.waitUntil(
                        lambda t=training: t.question is not None or learning.training.running, timeout=5000
                    )
                    if training.question is not None:
                        learning.actions.start_anew.trigger()
            done(learning, qtbot, number, at)
        assert not learning.workspace.view.grab().isNull()
    learning.training.stop()


def test_places_are_lit_up_where_they_are(learning, qtbot):
    content = learning.window.centralWidget()
    draw(learning.window.hand.canvas, SEVEN)
    for at, lesson in enumerate(learning.workspace.state.lessons):
        learning.workspace.state.open(at)
        for number, mark in enumerate(lesson.marks):
            if mark.target == "card" and mark.word not in {
                one.kind for one in learning.state.model.prediction.activations
            }:
                continue
            if mark.word == "gradientClassCombo":
                learning.live.view.segments[True].click()
            if mark.word == "slideButton":
                learning.live.open_room("working")
            if learning.workspace.state.mark != number:  # once more would take it away
                learning.workspace.view.mark_chosen.emit(number)
            qtbot.waitUntil(lambda m=mark: not place_of(content, m).isEmpty(), timeout=3000)
            assert place_of(content, mark).left() < learning.workspace.view.x(), mark
    assert place_of(content, LookAt("widget", "nothing", "", "")).isEmpty()
    assert set(TARGETS) == {"card", "input", "room", "widget", "canvas", "answer"}
    marks = learning.workspace._marks
    qtbot.waitUntil(lambda: marks is None or marks.isVisible(), timeout=3000)


def test_a_strangers_lesson_shows_no_pictures_and_leads_nowhere(learning, tmp_path):
    from cnn_core.lessons import parse_lesson

    text = "---\ntitle: x\n---\n<img src='file:///etc/passwd'> ![a](/etc/passwd) [b](http://x.y) [gate](term:gate)"
    learning.workspace.state.set_lessons([parse_lesson("x", text)], ["own.md, line 3: wrong"])
    shown = [one.text() for one in learning.workspace.view.lesson.findChildren(QLabel)]
    assert not any("<img" in one or "![" in one or "http" in one for one in shown)
    assert any("term:gate" in one for one in shown)
    assert learning.workspace.view.problems.text() == "own.md, line 3: wrong"


def test_a_word_is_explained_and_leads_to_others(learning, qtbot):
    learning.help.explain("pooling mask")
    card = learning.help.card
    assert card.isVisible()
    assert card.title.text() == "Pooling mask"
    other = next(b for b in card.findChildren(QToolButton) if b.property("term") == "max pooling")
    other.click()
    assert card.title.text() == "Max pooling"
    card.unfold.click()
    assert "max over" in card.more.text()
    card.hide()
    learning.help.explain("no such word")
    assert "no such word" in learning.state.appearance.notice


def test_widgets_stand_for_words(program):
    button = QPushButton("rate", program.window)
    explains(button, "learning rate")
    assert "steps" in button.toolTip()
    assert term_at(button, QPoint(1, 1)) == "learning rate"
    button.setParent(None)
    button.deleteLater()


def test_the_tour_comes_once_and_can_be_skipped(program, qtbot):
    program.window.show()
    program.help.begin_tour()
    qtbot.waitUntil(lambda: program.help.tour is not None and program.help.tour.running, timeout=5000)
    assert program.settings.get("tour_seen")
    tour = program.help.tour
    for _ in range(7):
        assert tour.running
        QTest.mouseClick(tour.panel.next, LEFT)
    assert not tour.running
    assert not tour.panel.isVisible()
    program.help.begin_tour()
    qtbot.wait(1200)
    assert not tour.running
    program.help.start_tour()
    QTest.keyClick(tour.panel, Qt.Key.Key_Escape)
    assert not tour.running


def test_german_lessons_fit_the_sheet(learning):
    learning.workspace.state.set_lessons(*load_lessons("de"))
    for number in range(10):
        learning.workspace.state.open(number)
        assert not learning.workspace.view.grab().isNull()


def test_everything_named_can_be_asked_about(program, qtbot):
    """Settings, figures, plots, rooms and workspaces stand for words, and their tips say what they are."""
    for key in ("network", "runs", "evaluate", "data", "learn", "live"):
        program.open_workspace(key)
    named = {widget.objectName(): widget for widget in program.window.findChildren(QWidget)}
    for name, word in TERMS.items():
        assert name in named, name
        assert load_glossary().get(word) is not None, word
        assert load_glossary().find(word).plain in named[name].toolTip(), name
    rooms = program.live.view.rooms
    for number in range(rooms.count()):
        place = rooms.tabBar().tabRect(number).center()
        assert load_glossary().get(term_at(rooms.tabBar(), place)) is not None, rooms.tabText(number)
    layers = program._built["network"].view.findChild(QWidget, "layerList")
    assert load_glossary().get(layers.term_at(layers.visualRect(layers.model().index(0, 0)).center())) is not None


def test_the_whole_number_is_large_and_spoken(program, qtbot):
    draw(program.window.hand.canvas, ((0.2, 0.2), (0.2, 0.8)))
    draw(program.window.hand.canvas, ((0.6, 0.2), (0.9, 0.2), (0.75, 0.8)))
    view = program.window.hand.prediction
    qtbot.waitUntil(lambda: len(program.state.model.prediction.items) == 2, timeout=5000)
    number = view.property("predictedNumber")
    assert len(number) == 2
    assert view.accessibleDescription().startswith(f"{number}, ")
    assert "sure" in view.accessibleDescription()
    assert not view.grab().isNull()


def test_the_network_stands_left_of_the_lessons(learning, qtbot):
    """A tab that was under the sheet is scrolled to, and a card that stands at the end of the strip."""
    window, content = learning.window, learning.window.centralWidget()
    window.resize(1024, 700)
    draw(window.hand.canvas, SEVEN)
    sheet = learning.workspace.view
    for number, word in ((4, "learning"), (5, "Flatten")):
        learning.workspace.state.open(number)
        mark = next(mark for mark in learning.workspace.state.lesson.marks if mark.word == word)
        qtbot.waitUntil(lambda m=mark: not place_of(content, m).isEmpty(), timeout=5000)
        place = place_of(content, mark)
        assert place.right() < sheet.x()
        assert content.rect().contains(place)


def test_a_lesson_on_layers_brings_the_strip_back(learning, qtbot):
    learning.live.open_room("film")
    learning.window.resize(1024, 700)
    qtbot.waitUntil(lambda: not learning.live.view.inspector.isVisible(), timeout=5000)
    learning.workspace.state.open(5)
    qtbot.waitUntil(learning.live.view.inspector.isVisible, timeout=5000)


def test_covered_room_is_not_taken_from_the_hand(learning, qtbot):
    learning.live.open_room("film")
    width = learning.window.hand.width()
    learning.open_workspace("live")
    qtbot.wait(50)
    assert learning.window.hand.width() == width
    learning.open_workspace("learn")
    qtbot.wait(50)
    assert learning.window.hand.width() == width


def test_names_on_the_screen_stand_in_quotation_marks():
    assert quoted("Press *Slide the kernel* and **look**") == "Press “Slide the kernel” and “look”"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("![x](file:///a.png)", "[x]"),
        ("!![x][r]\n\n[r]: file:///a.png", "[x][r]\n\n"),
        ("[a](https://example.org)", "[a]"),
        ("<img src='a.png'>", "&lt;img src='a.png'>"),
        ("is `x < 0` so", "is `x < 0` so"),
        ("[gate](term:gate of it)", "[gate](term:gate%20of%20it)"),
    ],
)
def test_a_lesson_loads_nothing(markdown, shown):
    assert harmless(markdown) == shown


def test_words_of_checks_are_those_of_the_window(program):
    assert {spec.key for spec in program.live.specs} == set(WORDS["room"])
    assert set(program.window.header.tabs) == set(WORDS["workspace"])


def test_how_it_learns_comes_back_to_a_step_that_was_left(program, qtbot):
    program.window.show()
    draw(program.window.hand.canvas, SEVEN)
    room = program.live.room("learning")
    program.live.open_room("learning")
    program.live.open_room("working")  # before the first step is found
    program.live.open_room("learning")
    qtbot.waitUntil(lambda: room.state.working is not None, timeout=30_000)


def test_marks_give_way_to_what_is_done(learning, qtbot):
    """They darken the network: whoever does something, or has seen enough, has all light."""
    draw(learning.window.hand.canvas, SEVEN)
    learning.workspace.state.open(1)
    marks = learning.window.centralWidget().findChild
    qtbot.waitUntil(lambda: marks(QWidget, "coachMarks") is not None and marks(QWidget, "coachMarks").isVisible())
    learning.workspace.view.mark_chosen.emit(learning.workspace.state.mark)
    qtbot.waitUntil(lambda: not marks(QWidget, "coachMarks").isVisible())
    learning.workspace.view.mark_chosen.emit(1)
    qtbot.waitUntil(marks(QWidget, "coachMarks").isVisible)
    layer = learning.state.model.prediction.activations[0].name
    learning.live.view.inspector.strip.place_chosen.emit(Pin(layer, (2, 2, 1)))
    qtbot.waitUntil(lambda: not marks(QWidget, "coachMarks").isVisible())
