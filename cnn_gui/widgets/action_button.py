"""Buttons that stand for an action."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton

Button = TypeVar("Button", bound=QAbstractButton)


def bind(button: Button, action: QAction, tip: str = "") -> Button:
    """``button`` does what ``action`` does, and can be pressed when that is possible. Its text stays its own."""
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    button.setEnabled(action.isEnabled())
    keys = action.shortcut().toString()
    if tip:
        button.setToolTip(f"{tip} ({keys})" if keys and f"({keys})" not in tip else tip)
    return button
