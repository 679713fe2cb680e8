"""The command line of the window: what ``cnn-gui`` may be given, and what it does with it."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from cnn_core import __version__
from cnn_core.errors import CnnError
from cnn_gui import theme
from cnn_gui.app import create_application
from cnn_gui.demo import BAD_USAGE, run_demo
from cnn_gui.display import display_problem
from cnn_gui.errors import install_excepthook
from cnn_gui.live.rooms import ROOMS
from cnn_gui.settings import Settings
from cnn_gui.workspaces import WORKSPACES

PROJECTOR_SCALE = "1.4"
"""How much larger all is in projector mode, where the user has not said so already."""
SIGNAL_CHECK_MS = 200


def main() -> None:
    """Start the program."""
    parser = argparse.ArgumentParser(
        prog="cnn-gui", description="Draw a digit and watch a convolutional network in plain NumPy read it and learn."
    )
    parser.add_argument("model", nargs="?", help="a model file to open; without one, the bundled model")
    parser.add_argument("--demo", metavar="FILE.png", help="play a drawing, train a little, write a picture, exit")
    parser.add_argument("--theme", choices=sorted(theme.THEMES), help="dark or light, for this demo")
    parser.add_argument(
        "--size", metavar="W×H", help="size of the demo's window, for example 1440x960; 1024x640 at least"
    )
    parser.add_argument(
        "--room", help=f"look into the network in this room instead of training: {', '.join(s.key for s in ROOMS)}"
    )
    parser.add_argument(
        "--workspace", choices=[spec.key for spec in WORKSPACES], help="show this workspace instead of training"
    )
    parser.add_argument("--version", action="version", version=f"cnn-gui {__version__}")
    arguments = parser.parse_args()
    if problem := display_problem():
        if not arguments.demo:
            sys.stderr.write(f"cnn-gui: {problem}\n")
            sys.exit(BAD_USAGE)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if arguments.demo:
        a = arguments
        sys.exit(run_demo(a.demo, a.theme, a.size, a.model, a.room, a.workspace))
    sys.exit(_run(arguments.model))


def _run(model: str | None) -> int:
    if Settings().get("theme") == theme.PROJECTOR.name:
        os.environ.setdefault("QT_SCALE_FACTOR", PROJECTOR_SCALE)
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("cnn-gui")
    app.setApplicationVersion(__version__)
    try:
        application = create_application(model=model)
    except CnnError as error:
        sys.stderr.write(f"cnn-gui: {error}\n")
        return BAD_USAGE
    install_excepthook(application.errors)
    application.window.closed.connect(app.quit)
    application.window.show()
    application.help.begin_tour()
    _close_on_signals(application.window)
    code = app.exec()
    if application.hangs:  # a reader waits for a file that does not come; nothing else is left to lose
        os._exit(code)
    return code


def _close_on_signals(window: QMainWindow) -> None:
    """Ctrl+C, a request to end and a terminal that is closed close the window as its button does. Python looks at
    signals only while it runs, hence the timer."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: window.close())
    timer = QTimer(window)
    timer.timeout.connect(lambda: None)
    timer.start(SIGNAL_CHECK_MS)
