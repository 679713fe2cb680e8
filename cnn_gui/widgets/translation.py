"""Texts of the window outside of QObjects, whose own ``tr`` does the same."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "cnn-gui"


def tr(text: str) -> str:
    """``text`` in the user's language, where a translation is installed."""
    return QCoreApplication.translate(CONTEXT, text)


def QT_TR_NOOP(text: str) -> str:
    """``text`` as it is, marked for translation: whoever shows it translates it."""
    return text


def language() -> str:
    """The language of the window, such as ``en``: that of glossary and lessons too."""
    return "en"
