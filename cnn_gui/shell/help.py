"""Help: what a word means, what is under the pointer, the lessons, and the tour at the first start."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QTimer, Slot
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication

from cnn_core.files import brief
from cnn_gui.actions import Actions
from cnn_gui.learn.tour import Tour
from cnn_gui.session.state import State
from cnn_gui.settings import Settings
from cnn_gui.shell.main_window import MainWindow
from cnn_gui.shell.term_card import TermCard
from cnn_gui.widgets.terms import term_at
from cnn_gui.widgets.translation import tr

TOUR_AFTER_MS = 800


class Help(QObject):
    """Card and tour are made when they are first wanted."""

    def __init__(
        self, state: State, settings: Settings, actions: Actions, window: MainWindow,
        open_workspace: Callable[[str], None],
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._state, self._settings, self._window, self._open = state, settings, window, open_workspace
        self._actions = actions
        self.card: TermCard | None = None
        self.tour: Tour | None = None
        actions.help.triggered.connect(self.explain_here)
        actions.term_wanted.connect(self.explain)
        actions.lessons.triggered.connect(self.open_lessons)
        actions.tour.triggered.connect(self.start_tour)

    @Slot()
    def explain_here(self) -> None:
        """What is under the pointer, or has the keys; the lessons where neither stands for a word."""
        at = QCursor.pos()
        widget = QApplication.widgetAt(at)
        word = term_at(widget, widget.mapFromGlobal(at)) if widget is not None else ""
        focus = self._window.focusWidget()
        if not word and focus is not None:
            middle = focus.rect().center()
            at, word = focus.mapToGlobal(middle), term_at(focus, middle)
        if not (word and self._show(word, at)):
            self.open_lessons()

    @Slot(str)
    def explain(self, word: str) -> None:
        """What a word of the glossary means, beside the pointer."""
        if not self._show(word, QCursor.pos()):
            words = tr("No word {word} is explained here.").format(word=brief(word, 40))
            self._state.appearance.set_notice(words)

    @Slot()
    def open_lessons(self) -> None:
        self._open("learn")

    @Slot()
    def start_tour(self) -> None:
        """It leads through Live."""
        self._open("live")
        self._actions.room_wanted.emit("working")
        if self.tour is None:
            content = self._window.centralWidget()
            if content is None:
                return
            self.tour = Tour(self._state, self._settings, self._window, content)
        self.tour.start()

    def begin_tour(self) -> None:
        """At the first start, once the window stands."""
        if not self._settings.get("tour_seen"):
            QTimer.singleShot(TOUR_AFTER_MS, self, self.start_tour)

    def _show(self, word: str, at: QPoint) -> bool:
        if self.card is None:
            self.card = TermCard(self._window)
        return self.card.show_term(word, at)
