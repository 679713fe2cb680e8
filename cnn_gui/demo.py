"""``cnn-gui --demo``: the real window plays a recorded drawing, trains for some seconds and has its picture taken."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from cnn_core.assets import asset_path
from cnn_core.errors import CnnError
from cnn_core.files import brief
from cnn_core.sources import locate
from cnn_core.storage import load_model
from cnn_core.storage.recording import Recording, load_recording
from cnn_core.training import TrainingConfig
from cnn_gui.app import Application, create_application
from cnn_gui.hand.canvas_view import CanvasView
from cnn_gui.live.workspace import spec_of
from cnn_gui.session.training_state import Phase
from cnn_gui.shell.main_window import MINIMUM_PX
from cnn_gui.widgets.format import percent

BAD_USAGE, INTERRUPTED = 2, 130
TRAIN_S = 12.0
ROOM_TIMEOUT_S = 60.0
SETTLE_S = 0.3
LAYOUT_ROUNDS = 5
"""Each lets what stands around a changed word, and what stands around that, move."""
READ_TIMEOUT_S = 5.0
MOST_SIDE_PX = 8192
START_TIMEOUT_S = 60.0


def run_demo(
    target: str,
    theme_name: str | None,
    size: str | None,
    model: str | None,
    room: str | None = None,
    workspace: str | None = None,
) -> int:
    """Play, train or show a room or workspace, save the picture as ``target``, say what was read; the exit code."""
    try:
        width, height = _size(size)
        _expect_writable(Path(target))
        room = spec_of(room).key if room else None
        recording = load_recording(asset_path("samples/year.json"))
        if model is not None:
            load_model(model)  # the window would tell of a broken one in a dialog, which nobody sees here
    except CnnError as error:
        sys.stderr.write(f"cnn-gui: {error}\n")
        return BAD_USAGE
    app = QApplication.instance() or QApplication(sys.argv[:1])
    interrupt = Interrupt()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.json"
        settings.write_text(json.dumps(_settings(folder, theme_name, trains=not (room or workspace))), "utf-8")
        application = create_application(str(settings), model)
        window = application.window
        window.resize(width, height)
        window.show()
        saved = None
        try:
            _perform(application, recording, room, workspace, interrupt)
            saved = window.grab().save(target)
        except KeyboardInterrupt:
            sys.stderr.write("cnn-gui: interrupted\n")
        stopped = application.shutdown()
        window.close()
        app.processEvents()
    if saved is None:
        return INTERRUPTED
    if not saved:
        sys.stderr.write(f"cnn-gui: expected to write {target} as a picture, could not. Name a .png file.\n")
        return BAD_USAGE
    print(f"saved {target}, {window.width()}×{window.height()}")  # noqa: T201
    return 0 if stopped else 1


def _settings(folder: str, theme_name: str | None, trains: bool) -> dict[str, Any]:
    """Those of a demo: its run is not kept among the user's, and what is to be seen is open."""
    values: dict[str, Any] = {"runs_dir": str(Path(folder) / "runs")}
    values |= {"theme": theme_name} if theme_name else {}
    return values | ({"dock_unfolded": True} if trains else {})


class Interrupt:
    """Whether somebody has pressed Ctrl+C or asked the program to end. An exception would be lost in Qt's calls."""

    def __init__(self) -> None:
        self._came = False
        for name in ("SIGINT", "SIGTERM"):
            signal.signal(getattr(signal, name), self._on_signal)

    def _on_signal(self, *_: object) -> None:
        self._came = True

    def check(self) -> None:
        """Raise `KeyboardInterrupt` once it has come."""
        if self._came:
            raise KeyboardInterrupt


def _perform(
    application: Application, recording: Recording, room: str | None, workspace: str | None, interrupt: Interrupt
) -> None:
    """What is to be seen: the drawing, then the training, a room or a workspace."""
    play(recording, application.hand.canvas, interrupt.check)
    application.reader.read_now()  # all of it, however late the last stroke came
    prediction = application.state.model.prediction
    if prediction is not None and not prediction.blank:
        least = percent(min(digit.score for digit in prediction.items))
        when = "" if room or workspace else " before the training"
        print(f"drew {recording.number}, read as {prediction.text}{when} (the least sure digit: {least})")  # noqa: T201
    if room or workspace:
        _look_inside(application, workspace or "live", room, interrupt.check)
    else:
        _train(application, interrupt.check)
    _wait(lambda: False, SETTLE_S, interrupt.check)
    lay_out()


def play(recording: Recording, canvas: CanvasView, check: Callable[[], None] = lambda: None) -> None:
    """Send the recorded points to the canvas as mouse events, in the time in which they were made."""
    started = time.monotonic()
    for recorded in recording.strokes:
        last = len(recorded.times_ms) - 1
        for i, (point, at_ms) in enumerate(zip(recorded.stroke.points, recorded.times_ms, strict=True)):
            _wait(lambda at=at_ms: (time.monotonic() - started) * 1000 >= at, READ_TIMEOUT_S, check)
            place = QPointF(*(point * canvas.width()))
            if i == 0:
                _send(canvas, QEvent.Type.MouseButtonPress, place)
            _send(canvas, QEvent.Type.MouseMove, place)
            if i == last:
                _send(canvas, QEvent.Type.MouseButtonRelease, place)


def _send(canvas: CanvasView, kind: QEvent.Type, place: QPointF) -> None:
    left = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else left
    everywhere = canvas.mapToGlobal(place)
    event = QMouseEvent(kind, place, everywhere, left, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)


def _train(application: Application, check: Callable[[], None]) -> None:
    """Some seconds of training on MNIST where it is there already, else on synthetic digits."""
    state = application.state
    dataset = "mnist" if locate("mnist", application.data.folder) else "synthetic"
    application.live.dock.panel.choose_dataset(dataset)
    application.training.start(TrainingConfig(dataset=dataset))
    _wait(lambda: bool(state.training.batches) or state.training.status.phase is Phase.IDLE, START_TIMEOUT_S, check)
    _wait(lambda: state.training.status.phase is Phase.IDLE, TRAIN_S, check)
    if state.training.batches:
        last = list(state.training.batches)[-20:]
        accuracy = sum(b.accuracy for b in last) / len(last)
        name = state.model.info.name if state.model.info else "a network"
        print(  # noqa: T201
            f"trained {name} on {dataset} for {state.training.batch_count} steps: training accuracy {accuracy:.1%}, "
            f"{state.training.batches[-1].images_per_second:,.0f} images/s"
        )


def _look_inside(application: Application, workspace: str, room: str | None, check: Callable[[], None]) -> None:
    """Open the workspace and the room, ask for what a picture should show, and wait for it."""
    application.open_workspace(workspace)
    if room:
        application.live.open_room(room)
    shown = application.workspace
    shown.prepare_demo()
    _wait(shown.is_settled, ROOM_TIMEOUT_S, check)


def lay_out() -> None:
    """Let words that came with the very last news find their place."""
    for _ in range(LAYOUT_ROUNDS):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def _wait(done: Callable[[], bool], seconds: float, check: Callable[[], None]) -> None:
    """Let the window live until ``done`` or the time is over; ``check`` raises where somebody has interrupted it."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        check()
        QApplication.processEvents()
        time.sleep(0.002)


def _size(text: str | None) -> tuple[int, int]:
    parts = (text or "1440x960").lower().replace("×", "x").split("x")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        raise CnnError(f"--size expected width and height such as 1440x960, received {brief(text)!r}.")
    width, height = int(parts[0]), int(parts[1])
    if not (MINIMUM_PX.width() <= width <= MOST_SIDE_PX and MINIMUM_PX.height() <= height <= MOST_SIDE_PX):
        least = f"{MINIMUM_PX.width()}x{MINIMUM_PX.height()}"
        raise CnnError(f"--size expected from {least} to {MOST_SIDE_PX}x{MOST_SIDE_PX}, received {width}x{height}.")
    return width, height


def _expect_writable(target: Path) -> None:
    """Better to know before the training than after it."""
    if target.suffix.lower() not in (".png", ".jpg", ".jpeg", ".bmp"):
        raise CnnError(f"--demo expected the name of a picture such as demo.png, received {target.name!r}.")
    if not target.parent.is_dir() or not os.access(target.parent, os.W_OK):
        raise CnnError(f"--demo expected a folder that can be written, received {target.parent}. Choose another one.")
