"""What rooms and workspaces have to declare, and what they are given.

A new room is a package with a spec, and one line in `cnn_gui.live.rooms`; a new workspace one in `cnn_gui.workspaces`.
Tabs, shortcuts, tables for CSV, ``--demo`` and closing follow from the specs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cnn_gui.actions import Actions
from cnn_gui.errors import ErrorSink
from cnn_gui.session.data_folder import DataFolder
from cnn_gui.session.launch import Launcher
from cnn_gui.session.model_files import ModelFiles
from cnn_gui.session.model_session import ModelSession
from cnn_gui.session.rate_search import RateSearchSession
from cnn_gui.session.state import State
from cnn_gui.session.teaching import TeachingSession
from cnn_gui.session.training_session import TrainingSession
from cnn_gui.session.view_saver import Rows, ViewSaver
from cnn_gui.settings import Settings


class Stoppable(Protocol):
    """What works in the background: it is asked to stop, and then asked whether it has."""

    def request_stop(self) -> None: ...

    def has_stopped(self) -> bool: ...

    @property
    def abandoned(self) -> bool: ...


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What every room and workspace may use."""

    state: State
    settings: Settings
    errors: ErrorSink
    session: ModelSession
    training: TrainingSession
    launcher: Launcher
    rate_search: RateSearchSession
    files: ModelFiles
    data: DataFolder
    actions: Actions
    saver: ViewSaver
    teaching: TeachingSession


class Room(QObject):
    """A room that was built: its view, and what the program asks of it. The view becomes a child of the window."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.view = view

    def rows(self) -> Rows | None:
        """The numbers that it shows now, for a CSV file; None where there are none.

        Takes its frozen values at once; the rows are made when they are asked for, on whatever thread.
        """
        return None

    def is_settled(self) -> bool:
        """Whether it shows all that it was asked for; ``--demo`` waits for it."""
        return True

    def undo(self) -> bool:
        """Take the last change back that was made here; False where the keys mean somebody else, such as the canvas."""
        return False

    def redo(self) -> bool:
        """Make it again; False as with `undo`."""
        return False

    def prepare_training(self) -> bool:
        """A run is wanted: put into the settings what is shown here and is to be trained; False where it cannot be."""
        return True

    def prepare_demo(self) -> None:
        """Ask for what a picture of the room should show."""

    def parts(self) -> Iterable[Stoppable]:
        """What of it may have work under way."""
        return ()

    def request_stop(self) -> None:
        """Ask all work to stop, and do not wait for it."""
        for part in self.parts():
            part.request_stop()

    def has_stopped(self) -> bool:
        """Whether no work goes on any more; each call may clean up."""
        waiting = [part for part in self.parts() if not part.has_stopped()]  # each is asked
        return not waiting

    @property
    def abandoned(self) -> bool:
        """Whether a reader hangs that nobody waits for any longer."""
        return any(part.abandoned for part in self.parts())


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """A room of the inspector as it declares itself.

    Attributes
    ----------
    key : its name in files and on the command line
    title : what its tab says
    shortcut : the keys that open it
    build : makes it, once, with the window
    title_of_others : what its tab says where the network's classes are no digits; empty: the same
    is_tall : whether it needs most of the height, so that the strip gives way
    """

    key: str
    title: str
    shortcut: str
    build: Callable[[Context], Room]
    title_of_others: str = ""
    is_tall: bool = False


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """A workspace as it declares itself; ``build`` is called at its first visit.

    ``over`` is the key of the workspace that it lies over as a sheet; empty: it takes all the room.
    """

    key: str
    title: str
    shortcut: str
    build: Callable[[Context], Room]
    over: str = ""
