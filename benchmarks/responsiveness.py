"""How the window feels: event-loop delay, pen to picture, and closing, idle and while it trains at full speed.

``python -m benchmarks.responsiveness [--json] [--preset digits] [--seconds 10] [--room sum]``

The delay of the event loop is how much later than asked a timer of 5 ms fires. Pen to picture is the time from a mouse
event to the moment at which all views have been repainted with the new prediction, with a room of the inspector open.
Pen to gradients is the same for a strip that shows gradients: a pen that never waits sends 60 events a second, and
each counts until gradients of a drawing that holds it are on the screen.
In the room of changes a map is scaled, so that the unchanged network is asked as well.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.machine import describe_machine
from benchmarks.repaint import GradientWatch, RepaintWatch
from cnn_core.sources import locate
from cnn_core.training import TrainingConfig
from cnn_gui.app import Application, create_application
from cnn_gui.live.rooms import ROOMS

TICK_MS = 5
START_TIMEOUT_S = 60.0
PEN_S = 1 / 60
"""Between the events of a pen: Qt joins those that come faster than a screen shows."""


class DelayMeter:
    """Notes by how many ms a timer fires too late."""

    def __init__(self) -> None:
        self.delays_ms: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        self.delays_ms.clear()
        self._clock.start()
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        self._timer.stop()

    def _on_timeout(self) -> None:
        self.delays_ms.append(max(0.0, self._clock.nsecsElapsed() / 1e6 - TICK_MS))
        self._clock.start()


def live(seconds: float, each: Callable[[], None] = lambda: None, every_s: float = 0.03) -> None:
    """Let the event loop run, doing something now and then."""
    end, due = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < end:
        QApplication.processEvents()
        if time.monotonic() >= due:
            due = time.monotonic() + every_s
            each()
        time.sleep(0.0005)


class Pen(RepaintWatch):
    """Draws a spiral, point by point, and measures how long each point takes to reach the screen."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self._canvas, self._clear = application.hand.canvas, application.canvas.clear
        self._step = 0

    def move(self) -> None:
        self.move_with(self.measure)

    def move_with(self, measure: Callable[[Callable[[], object]], object]) -> None:
        """The next point of the spiral, measured as the caller likes."""
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        if self._step % 60 == 0:
            self._clear()
            QTest.mousePress(self._canvas, left, none, self._place())
        self._step += 1
        measure(lambda: QTest.mouseMove(self._canvas, self._place()))
        if self._step % 60 == 0:
            QTest.mouseRelease(self._canvas, left, none, self._place())

    def _place(self) -> QPoint:
        turn = self._step % 60 / 60 * 6
        radius = (0.1 + 0.05 * turn) * self._canvas.width()
        middle = self._canvas.width() / 2
        return QPoint(int(middle + radius * np.cos(turn)), int(middle + radius * np.sin(turn)))


def gradient_times(application: Application, seconds: float) -> list[float]:
    """How long a pen that never rests waits for its gradients, in ms."""
    pen, watch = Pen(application), GradientWatch(application)
    application.state.backward.set_shown(True)
    end, due = time.monotonic() + seconds, time.monotonic()

    def send(event: Callable[[], object]) -> None:
        watch.note()
        event()

    while time.monotonic() < end:
        QApplication.processEvents()
        watch.collect()
        if time.monotonic() >= due:
            due = time.monotonic() + PEN_S
            pen.move_with(send)
        time.sleep(0.0005)
    application.state.backward.set_shown(False)
    return watch.times_ms


def percentile(values: list[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 2) if values else float("nan")


def measure(preset: str, seconds: float, room: str) -> dict[str, str | float]:
    """All figures of one network."""
    with tempfile.TemporaryDirectory() as folder:
        application = create_application(str(Path(folder) / "settings.json"))
        application.window.show()
        application.live.open_room(room)
        live(0.5)
        meter = DelayMeter()
        figures: dict[str, str | float] = {"preset": preset, "room": room}
        dataset = "mnist" if locate("mnist") else "synthetic"
        application.training.start(TrainingConfig(dataset=dataset, architecture=preset, epochs=1000))
        end = time.monotonic() + START_TIMEOUT_S
        while not application.state.training.batches and time.monotonic() < end:
            live(0.05)
        if room == "edits":
            application.live.room("edits").view.factor.setValue(0)
        meter.start()
        live(seconds)
        meter.stop()
        figures |= {
            "training_delay_ms_p95": percentile(meter.delays_ms, 95),
            "training_delay_ms_p50": percentile(meter.delays_ms, 50),
        }
        pen = Pen(application)
        live(seconds, pen.move)
        figures |= {"training_pen_ms_p95": percentile(pen.times_ms, 95)}
        figures |= {"training_gradients_ms_p95": percentile(gradient_times(application, seconds), 95)}
        figures |= {"images_per_second": round(application.state.training.batches[-1].images_per_second)}
        started = time.perf_counter()
        application.training.shutdown()
        figures |= {"stop_ms": round((time.perf_counter() - started) * 1000, 1)}
        idle = Pen(application)
        live(seconds / 2, idle.move)
        figures |= {"idle_pen_ms_p95": percentile(idle.times_ms, 95), "idle_pen_ms_p50": percentile(idle.times_ms, 50)}
        figures |= {"idle_gradients_ms_p95": percentile(gradient_times(application, seconds / 2), 95)}
        application.training.start(TrainingConfig(dataset=dataset, architecture=preset, epochs=1000))
        live(2.0)
        started = time.perf_counter()
        application.window.close()
        figures |= {"close_ms": round((time.perf_counter() - started) * 1000, 1)}
        application.window.deleteLater()
        QApplication.processEvents()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--preset", action="append")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--room", action="append", choices=[spec.key for spec in ROOMS])
    arguments = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _ = QApplication.instance() or QApplication(sys.argv[:1])
    rows = [
        measure(preset, arguments.seconds, room)
        for preset in arguments.preset or ["digits", "article"]
        for room in arguments.room or ["working"]
    ]
    if arguments.json:
        print(json.dumps({"machine": describe_machine(), "rows": rows}))
        return
    print(describe_machine())
    for row in rows:
        print("\n".join(f"{name:>24}  {value}" for name, value in row.items()) + "\n")


if __name__ == "__main__":
    main()
