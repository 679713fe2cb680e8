"""A splitter whose parts can be made smaller but do not vanish."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

HANDLE_PX = 12


def splitter(name: str, orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    """One that is called ``name``, so that its sizes can be remembered."""
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setHandleWidth(HANDLE_PX)
    made.setChildrenCollapsible(False)
    for widget in widgets:
        made.addWidget(widget)
    return made
