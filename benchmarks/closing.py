"""How soon is the window gone, whatever is under way? Closed again and again in the middle of runs, rooms and readings.

    python -m benchmarks.closing --rounds 4

Prints for each kind of work the time until the window is hidden, and until the last thread has ended.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cnn_core.sources import locate
from cnn_core.training import TrainingConfig
from cnn_gui.app import Application, create_application

BAR_MS = 200
WAITS_S = (0.0, 0.05, 0.2, 0.5, 1.2)
SEVEN = ((0.28, 0.25), (0.72, 0.25), (0.6, 0.5), (0.45, 0.82))


def begin(application: Application) -> None:
    """A drawing, so that there is something to work out."""
    canvas, none, left = application.hand.canvas, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    path = [QPoint(int(x * canvas.width()), int(y * canvas.width())) for x, y in SEVEN]
    QTest.mousePress(canvas, left, none, path[0])
    for place in path[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, left, none, path[-1])
    application.reader.read_now()


def train(dataset: str, preset: str, application: Application) -> None:
    application.training.start(TrainingConfig(dataset=dataset, architecture=preset))


def look(room: str, application: Application) -> None:
    application.live.open_room(room)
    if room == "why":
        application.live.room("attribution").controller.search(None)


def sample(dataset: str, application: Application) -> None:
    application.live.samples.show(dataset, "none")


def kinds() -> dict[str, Callable[[Application], None]]:
    """What may be under way."""
    found: dict[str, Callable[[Application], None]] = {f"room {r}": partial(look, r) for r in ("why", "likes", "among")}
    for dataset, preset in (
        ("synthetic", "digits"), ("synthetic", "article"), ("mnist", "digits"), ("mnist", "accurate"),
        ("pendigits", "mlp"), ("mixed", "digits"),
    ):  # fmt: skip
        if dataset == "synthetic" or locate("mnist" if dataset == "mixed" else dataset):
            found[f"train {preset} on {dataset}"] = partial(train, dataset, preset)
    if locate("pendigits"):
        found["samples of mixed"] = partial(sample, "mixed")
    return found


def close(work: Callable[[Application], None], wait_s: float, folder: Path) -> tuple[float, float]:
    """Milliseconds until the window was hidden, and until every thread had ended."""
    application = create_application(str(folder / "settings.json"))
    application.window.show()
    begin(application)
    work(application)
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)
    started = time.monotonic()
    application.window.close()
    hidden = time.monotonic() - started
    while not application.has_stopped():
        QApplication.processEvents()
        time.sleep(0.001)
    stopped = time.monotonic() - started
    QApplication.processEvents()
    application.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # else all windows would live on
    return hidden * 1000, stopped * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    QApplication([])
    found: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        for _ in range(arguments.rounds):
            for wait_s in WAITS_S:
                for name, work in kinds().items():
                    found.setdefault(name, []).append(close(work, wait_s, Path(folder)))
    print(f"{'ms, median and 95th percentile':<32}{'hidden':>16}{'all threads ended':>22}")
    for name, times in [*found.items(), ("all of them", [pair for pairs in found.values() for pair in pairs])]:
        hidden, stopped = np.array(times).T
        rows = [f"{np.median(values):.0f} / {np.percentile(values, 95):.0f}" for values in (hidden, stopped)]
        print(f"{name:<32}{rows[0]:>16}{rows[1]:>22}")
    slowest = np.percentile([stopped for pairs in found.values() for _, stopped in pairs], 95)
    sys.exit(1 if slowest > BAR_MS else 0)


if __name__ == "__main__":
    main()
