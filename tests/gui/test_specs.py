"""Rooms and workspaces declare themselves: tabs, shortcuts, tables, the demo and closing follow."""

from __future__ import annotations

import threading

import pytest
from endings import destroy
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QScrollArea, QToolButton

from cnn_core.errors import ConfigError
from cnn_gui import demo, workspaces
from cnn_gui.app import create_application
from cnn_gui.live import rooms
from cnn_gui.live.workspace import spec_of
from cnn_gui.specs import Room, RoomSpec, WorkspaceSpec
from cnn_gui.workspaces import WORKSPACES


class TrivialRoom(Room):
    """One label, and a thread that works until it is asked to stop."""

    built = 0

    def __init__(self, context) -> None:
        super().__init__(QLabel("nothing much"))
        type(self).built += 1
        self.context = context
        self.asked = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._stop.wait)
        self._thread.start()

    def rows(self):
        return iter([["answer"], [42]])

    def prepare_demo(self) -> None:
        self.asked = True

    def request_stop(self) -> None:
        self._stop.set()

    def has_stopped(self) -> bool:
        return not self._thread.is_alive()


SPEC = RoomSpec("trivial", "Nothing much", "Ctrl+7", TrivialRoom)


@pytest.fixture
def with_room(qtbot, tmp_path, small_model, monkeypatch):
    """A program with one room more: the one line that it takes is this."""
    monkeypatch.setattr(rooms, "ROOMS", rooms.ROOMS)
    rooms.ROOMS.append(SPEC)
    try:
        application = create_application(str(tmp_path / "s.json"), small_model)
        application.window.show()
        qtbot.waitExposed(application.window)
        yield application
        destroy(application)
    finally:
        rooms.ROOMS.remove(SPEC)


def test_a_room_is_one_package_and_one_line(with_room, tmp_path, qtbot):
    program = with_room
    tabs = program.live.view.rooms
    assert tabs.tabText(tabs.count() - 1) == "Nothing much"
    actions = {a.shortcut().toString(): a for a in program.actions.children() if hasattr(a, "shortcut")}
    actions["Ctrl+7"].trigger()
    assert program.live.open_key == "trivial"
    assert tabs.currentWidget() is program.live.room("trivial").view
    menus = [m for m in program.window.header.menus.actions() if "View" in m.text()]
    assert "Nothing much" in [a.text() for a in menus[0].menu().actions()]
    assert program.save_table(str(tmp_path / "t.csv"))
    qtbot.waitUntil(lambda: (tmp_path / "t.csv").is_file(), timeout=3000)
    assert (tmp_path / "t.csv").read_text().split() == ["answer", "42"]
    assert spec_of("trivial") is SPEC
    demo._look_inside(program, "live", "trivial", lambda: None)
    room = program.live.room("trivial")
    assert room.asked
    assert not room.has_stopped()
    assert program.shutdown()
    assert room.has_stopped()


def test_rooms_are_found_by_a_word_of_their_title():
    assert spec_of("why").key == "attribution"
    assert spec_of("likes").key == "exemplars"
    assert spec_of("sum").key == "working"
    with pytest.raises(ConfigError, match="A room expected one of"):
        spec_of("cellar")


def test_keys_and_shortcuts_are_each_used_once():
    specs = [*rooms.ROOMS, *workspaces.WORKSPACES]
    for what in ("key", "shortcut", "title"):
        found = [getattr(spec, what) for spec in specs]
        assert len(found) == len(set(found)), what
    assert all(QKeySequence(spec.shortcut).toString() == spec.shortcut for spec in specs)


def test_a_workspace_is_built_at_its_first_visit(qtbot, tmp_path, small_model, monkeypatch):
    spec = WorkspaceSpec("second", "Second", "Alt+2", TrivialRoom)
    workspaces.WORKSPACES.append(spec)
    built = TrivialRoom.built
    try:
        program = create_application(str(tmp_path / "s.json"), small_model)
        program.window.show()
        tabs = program.window.findChildren(QToolButton, "secondTab") + program.window.findChildren(
            QToolButton, "liveTab"
        )
        assert all(tab.isVisible() for tab in tabs)
        assert TrivialRoom.built == built
        assert program.live.dock.isVisible()
        tabs[0].click()
        assert TrivialRoom.built == built + 1
        assert not program.live.dock.isVisible(), "settings and plots are Live's"
        assert program.workspace.view.isVisible()
        program.open_workspace("live")
        program.open_workspace("second")
        assert TrivialRoom.built == built + 1
        destroy(program)
    finally:
        workspaces.WORKSPACES.remove(spec)


def test_each_workspace_has_a_tab_and_keys_and_is_built_at_its_first_visit(program):
    assert [spec.key for spec in WORKSPACES][:2] == ["live", "network"]
    for number, spec in enumerate(WORKSPACES, 1):
        assert spec.shortcut == f"Alt+{number}"
        tab = program.window.findChild(QToolButton, f"{spec.key}Tab")
        assert tab.isVisible()
        assert (spec.key in program._built) == (spec.key == "live")
    for spec in WORKSPACES:
        program.window.findChild(QToolButton, f"{spec.key}Tab").click()
        assert program.workspace.view.isVisible()
        assert program.workspace.view.objectName() == f"{spec.key}Workspace"


def test_nothing_outlives_a_window(qtbot, tmp_path, small_model):
    """Threads, widgets, pools, and timers that would go on ticking."""

    def census() -> tuple[int, int, int]:
        return threading.active_count(), len(QApplication.topLevelWidgets()), len(QApplication.allWidgets())

    sizes = []
    for number in range(3):
        program = create_application(str(tmp_path / f"{number}.json"), small_model)
        program.window.show()
        qtbot.wait(20)
        destroy(program)
        del program
        sizes.append(census())
    assert sizes[0] == sizes[1] == sizes[2]
    assert QThreadPool.globalInstance().activeThreadCount() == 0


def test_the_keys_do_not_lead_out_of_sight(program, qtbot):
    """Into the settings from outside, whose form was scrolled away."""
    program.window.resize(1440, 960)
    program.window.show()
    first = program.window.findChild(QComboBox, "datasetCombo")
    area = next(one for one in program.window.findChildren(QScrollArea) if one.isAncestorOf(first))
    bar = area.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    first.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: bar.value() == 0, timeout=2000)


def test_the_canvas_has_its_place_when_the_window_is_shown(program):
    """Else a stroke that begins at once would be bent: it grew by half after the first events."""
    program.window.resize(1440, 960)
    program.window.show()
    first = program.window.hand.canvas.size()
    for _ in range(5):
        QApplication.processEvents()
    assert program.window.hand.canvas.size() == first
