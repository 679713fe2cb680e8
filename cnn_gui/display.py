"""Whether Qt can open a window here. Where it cannot, Qt aborts the process, so this is asked first."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from pathlib import Path

import PySide6

CONNECT_TIMEOUT_S = 2.0
X11_TCP_PORT = 6000
DEBIAN_PACKAGES = "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-render-util0 libxkbcommon-x11-0 libxcb-shape0"
INSTEAD = "Start it in a desktop session, or use cnn-gui --demo picture.png or the command line cnn-core."


def display_problem() -> str | None:
    """One sentence that says what is missing and what to do; None when a window can be opened."""
    if os.environ.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return None
    if _wayland_answers():
        return None
    display = os.environ.get("DISPLAY", "")
    if not display:
        return f"expected a display, received none (DISPLAY and WAYLAND_DISPLAY are not set). {INSTEAD}"
    if not _x11_answers(display):
        return f"expected a display at DISPLAY={display}, received no answer. {INSTEAD}"
    if missing := _missing_library():
        return (
            f"expected the system libraries that Qt needs, found no {missing}. "
            f"Install them, on Debian and Ubuntu with: sudo apt install {DEBIAN_PACKAGES}"
        )
    return None


def _missing_library() -> str | None:
    """The first library that Qt's X11 plugin cannot find, learnt by loading the plugin as Qt would."""
    plugin = Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    if not plugin.exists():
        return None  # a distribution's own PySide6, whose package manager cares for it
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error).partition(":")[0]
    return None


def _wayland_answers() -> bool:
    name, folder = os.environ.get("WAYLAND_DISPLAY", ""), os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(name) and _connects(str(Path(folder) / name))


def _x11_answers(display: str) -> bool:
    """``[host]:number[.screen]``; without a host, a socket of this machine."""
    parts = re.fullmatch(r"(?:unix/)?(?P<host>[^:]*):(?P<number>\d+)(?:\.\d+)?", display)
    if parts is None:
        return Path(display).exists()  # macOS's XQuartz names a file
    path = f"/tmp/.X11-unix/X{parts['number']}"
    if parts["host"] in ("", "unix"):
        return _connects(path) or _connects("\0" + path)
    try:
        with socket.create_connection((parts["host"], X11_TCP_PORT + int(parts["number"])), CONNECT_TIMEOUT_S):
            return True
    except (OSError, OverflowError):
        return False


def _connects(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(CONNECT_TIMEOUT_S)
        try:
            client.connect(path)
        except OSError:
            return False
        return True
