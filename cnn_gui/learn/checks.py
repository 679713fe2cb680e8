"""Whether what a task asks for has been done, as the window's state says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QTabWidget, QWidget

from cnn_core.inspection import MapScaled
from cnn_core.lessons import Task
from cnn_gui.session.state import State


def is_done(task: Task, state: State, window: QWidget) -> bool:
    """Whether the task's check holds now."""
    return _CHECKS[task.check](task.word, state, window)


def open_room(window: QWidget) -> str:
    """Key of the room of Live that is open."""
    rooms = window.findChild(QTabWidget, "inspectorRooms")
    return str(rooms.tabBar().tabData(rooms.currentIndex())) if rooms is not None else ""


def _drawn(_: str, state: State, __: QWidget) -> bool:
    prediction = state.model.prediction
    return prediction is not None and not prediction.blank


def _read(word: str, state: State, _: QWidget) -> bool:
    prediction = state.model.prediction
    return prediction is not None and prediction.text == word


def _kind_of(state: State, layer: str) -> str:
    prediction = state.model.prediction
    found = (one.kind for one in prediction.activations if one.name == layer) if prediction is not None else ()
    return next(iter(found), "")


def _pinned(word: str, state: State, _: QWidget) -> bool:
    pin = state.selection.pin
    return pin is not None and state.selection.was_chosen and _kind_of(state, pin.layer) == word


def _back(word: str, state: State, _: QWidget) -> bool:
    """A pinned number whose gradient comes back through a layer of that kind."""
    explained = state.backward.explained
    return state.backward.shown and explained is not None and explained[0] == state.selection.pin and (
        explained[1].to_kind == word)  # fmt: skip


def _stopped(word: str, state: State, window: QWidget) -> bool:
    explained = state.backward.explained
    return _back(word, state, window) and explained is not None and explained[1].stopped


def _has_told(window: QWidget, *parts: str) -> bool:
    room = window.findChild(QWidget, "learningRoom")
    return room is not None and room.isVisible() and room.property("part") in parts


def _steps(word: str, state: State, _: QWidget) -> bool:
    return word.isdecimal() and state.training.batch_count >= int(word)


_CHECKS: dict[str, Callable[[str, State, QWidget], bool]] = {
    "drawn": _drawn,
    "read": _read,
    "pinned": _pinned,
    "room": lambda word, _, window: open_room(window) == word,
    "gradients": lambda _, state, __: state.backward.shown,
    "activations": lambda _, state, __: not state.backward.shown,
    "map-off": lambda _, state, __: any(isinstance(e, MapScaled) and e.factor == 0 for e in state.model.edits),
    "stopped": _stopped,
    "asked-class": lambda _, state, __: state.selection.asked_class is not None,
    "steps": _steps,
    "told": lambda _, __, window: _has_told(window, "BACKWARD", "UPDATE"),
    "updated": lambda _, __, window: _has_told(window, "UPDATE"),
    "back": _back,
    "slid": lambda _, state, __: state.selection.sliding,
    "workspace": lambda word, _, window: window.findChild(QWidget, f"{word}Workspace") is not None,
    "wide": lambda _, __, window: window.width() >= 1200,
}
