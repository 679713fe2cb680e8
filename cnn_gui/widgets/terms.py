"""Which word of the glossary a widget stands for, so that it can be asked about."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QTabBar, QWidget

from cnn_core.glossary import load_glossary
from cnn_gui.widgets.plain_tip import plain_tip
from cnn_gui.widgets.translation import language

TERM = "term"


def explains(widget: QWidget, word: str) -> None:
    """``widget`` stands for a word of the glossary: its tip says what that is, F1 says more."""
    widget.setProperty(TERM, word)
    term = load_glossary(language()).get(word)
    if term is not None:
        own = widget.toolTip()
        widget.setToolTip(plain_tip(f"{own}\n{term.plain} (F1)" if own else f"{term.plain} (F1)"))


def term_at(widget: QWidget | None, place: QPoint) -> str:
    """The word that a point of ``widget`` stands for, or the widget, or what it lies in; empty where there is none."""
    while widget is not None:
        if callable(found := getattr(widget, "term_at", None)) and (word := found(place)):
            return str(word)
        if isinstance(widget, QTabBar) and (tab := widget.tabAt(place)) >= 0:
            return widget.tabText(tab)
        if word := widget.property(TERM):
            return str(word)
        parent = widget.parentWidget()
        if parent is not None:
            place = widget.mapToParent(place)
        widget = parent
    return ""
