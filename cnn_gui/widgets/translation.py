"""The language of the window: all of its texts go through Qt's translation, in one context."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from cnn_core.assets import asset_path
from cnn_core.errors import ModelFileError

CONTEXT, ENGLISH = "cnn-gui", "en"
_installed: list[QTranslator] = []
_language = [ENGLISH]


def tr(text: str) -> str:
    """``text`` in the user's language, where a translation is installed."""
    return QCoreApplication.translate(CONTEXT, text)


def QT_TR_NOOP(text: str) -> str:
    """``text`` as it is, marked for translation: whoever shows it translates it."""
    return text


def language() -> str:
    """The language of the window, such as ``en``: that of glossary and lessons too."""
    return _language[0]


def languages() -> tuple[str, ...]:
    """The languages that there are, English first."""
    try:
        files = asset_path("translations").glob(f"{CONTEXT}_*.qm")
    except ModelFileError:
        return (ENGLISH,)
    return ENGLISH, *sorted(path.stem.removeprefix(f"{CONTEXT}_") for path in files)


def install_language(app: QApplication, wanted: str) -> str:
    """Let all texts that are made from now on be in a language; empty takes the system's. Returns the one that it is:
    English where there is no translation."""
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    chosen = wanted or QLocale.system().name().partition("_")[0]
    chosen = chosen if chosen in languages() else ENGLISH
    if chosen != ENGLISH:
        own = asset_path(f"translations/{CONTEXT}_{chosen}.qm")
        qts = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)) / f"qtbase_{chosen}.qm"
        for path in (qts, own):
            translator = QTranslator()
            if path.is_file() and translator.load(str(path)):
                app.installTranslator(translator)
                _installed.append(translator)
    app.setLayoutDirection(QLocale(chosen).textDirection())
    _language[0] = chosen
    return chosen
