"""How a test ends a program."""

from __future__ import annotations

import gc

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from cnn_gui.app import Application


def destroy(application: Application) -> None:
    """Close a program and let nothing of it live on: a widget collected later, in whatever thread, may crash."""
    assert application.shutdown()
    window = application.window
    window.close()
    window.deleteLater()
    del application, window
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
