"""What the keys reach is scrolled into view, also where the focus comes from outside of the scroll area."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

AROUND_PX = 8


class FocusScroller(QObject):
    """Qt scrolls only to widgets that come after another one of the same area."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self._window.isAncestorOf(now):
            return
        area = now.parentWidget()
        while area is not None and area is not self._window:
            # what is a whole area itself, such as the strip of the network, stays where it is
            if isinstance(area, QScrollArea) and area.widget() is not now:
                area.ensureWidgetVisible(now, AROUND_PX, AROUND_PX)
            area = area.parentWidget()
