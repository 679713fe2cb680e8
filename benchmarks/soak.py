"""Does the memory grow while it trains and somebody draws? One run after another, for an hour or for some minutes.

    python -m benchmarks.soak --minutes 60
    python -m benchmarks.soak --minutes 3 --most 4

The memory that the process has resident is noted every second; after the warm-up, its slope is that of the straight
line with the least squares. Ends with 1 where it is steeper than ``--most`` MB a minute.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cnn_core.sources import locate
from cnn_core.training import TrainingConfig
from cnn_gui.app import Application, create_application
from cnn_gui.session.training_state import Phase

WARM_UP_SHARE, MOST_WARM_UP_S = 1 / 3, 300.0
EVERY_S = 1.0
STROKES_BEFORE_CLEAR = 6
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_mb() -> float:
    """Memory that the process has resident now (Linux)."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE / 1e6


def draw(application: Application, rng: np.random.Generator) -> None:
    """A stroke, or now and then an empty canvas."""
    canvas, none, left = application.hand.canvas, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    if len(application.state.drawing.marks) >= STROKES_BEFORE_CLEAR:
        application.hand.tools.clear.click()
        return
    points = np.cumsum(rng.normal(0, 0.05, (12, 2)), axis=0) + rng.uniform(0.3, 0.7, 2)
    path = [QPoint(*(int(v) for v in point)) for point in np.clip(points, 0.02, 0.98) * canvas.width()]
    QTest.mousePress(canvas, left, none, path[0])
    for place in path[1:]:
        QTest.mouseMove(canvas, place)
        QApplication.processEvents()
    QTest.mouseRelease(canvas, left, none, path[-1])


def soak(application: Application, config: TrainingConfig, seconds: float) -> tuple[list[float], list[float], int]:
    """Times in s and memory in MB, noted all the while, and how many steps were trained."""
    rng, times, memory, steps = np.random.default_rng(0), [], [], 0
    started = noted = time.monotonic()
    seen = 0
    while time.monotonic() - started < seconds:
        if application.state.training.status.phase is Phase.IDLE:
            application.training.start(config)
            seen = 0
        draw(application, rng)
        end = time.monotonic() + 0.1
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.002)
        steps, seen = (
            steps + max(application.state.training.batch_count - seen, 0),
            application.state.training.batch_count,
        )
        if time.monotonic() - noted >= EVERY_S:
            noted = time.monotonic()
            times.append(noted - started)
            memory.append(resident_mb())
    return times, memory, steps


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--most", type=float, default=1.0, help="MB a minute")
    parser.add_argument("--preset", default="digits")
    parser.add_argument("--batch-size", type=int, default=16)
    arguments = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        application = create_application(str(Path(folder) / "settings.json"))
        application.window.resize(1200, 800)
        application.window.show()
        dataset = "mnist" if locate("mnist") else "synthetic"
        config = TrainingConfig(
            dataset=dataset, architecture=arguments.preset, batch_size=arguments.batch_size, epochs=1000
        )
        times, memory, steps = soak(application, config, arguments.minutes * 60)
        application.shutdown()
        application.window.close()
        gc.collect()
    warm = min(times[-1] * WARM_UP_SHARE, MOST_WARM_UP_S)
    later = [(t, m) for t, m in zip(times, memory, strict=True) if t >= warm]
    slope = float(np.polyfit([t for t, _ in later], [m for _, m in later], 1)[0]) * 60
    print(
        f"{arguments.minutes:g} min of {arguments.preset} at batch {arguments.batch_size} on {dataset}, {steps:,} "
        f"steps, drawing all the while: {later[0][1]:.0f} MB after {warm:.0f} s, {later[-1][1]:.0f} MB at the end, "
        f"{slope:+.2f} MB a minute"
    )
    sys.exit(1 if slope > arguments.most else 0)


if __name__ == "__main__":
    main()
