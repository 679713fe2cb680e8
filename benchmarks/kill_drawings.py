"""Is a taught drawing lost when the program is killed?

``python -m benchmarks.kill_drawings [--kills 100] [--drawings 1000] [--json]``

The window, without a display, draws and teaches as fast as it can, and tells each drawing's key when its line says that
the drawing is kept. It is killed with SIGKILL at a random moment, again and again. In the end every key that was told
must stand in the book, with its label and its strokes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cnn_core.teaching import DrawingBook

CHILD = """
import sys
import numpy as np
from PySide6.QtWidgets import QApplication
from cnn_core.drawing.strokes import Stroke
from cnn_gui.app import create_application

app = QApplication([])
program = create_application(sys.argv[1])
program.window.show()
rng = np.random.default_rng(int(sys.argv[2]))
print("ready", flush=True)
while True:
    points = np.cumsum(rng.normal(0, 0.06, (20, 2)), axis=0) + 0.5
    program.canvas.put([Stroke(np.clip(points, 0.05, 0.95), 0.05)])
    program.reader.read_now()
    label = str(rng.integers(10))
    known = {entry.key for entry in program.state.teaching.entries}
    program.teaching.teach_label(label)
    if not program.state.teaching.report.is_problem:
        for entry in program.state.teaching.entries:
            if entry.key not in known:
                print(entry.key, label, flush=True)
    for _ in range(5):
        app.processEvents()
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--drawings", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        book = DrawingBook(Path(folder) / "drawings.jsonl")
        settings = Path(folder) / "settings.json"
        settings.write_text(json.dumps({"drawings": str(book.path), "runs_dir": str(Path(folder) / "runs")}))
        told: dict[str, str] = {}
        kills = 0
        while kills < options.kills or len(told) < options.drawings:
            told |= _one_life(settings, kills, rng)
            kills += 1
        kept = {entry.key: entry.drawing for entry in book.entries()}
        lost = [key for key in told if key not in kept]
        wrong = [key for key, label in told.items() if key in kept and kept[key].label != label]
    result = {"kills": kills, "told": len(told), "kept": len(kept), "lost": len(lost), "wrong": len(wrong)}
    print(json.dumps(result) if options.json else "  ".join(f"{name} {value}" for name, value in result.items()))
    return 1 if lost or wrong else 0


def _one_life(settings: Path, seed: int, rng: random.Random) -> dict[str, str]:
    """What the program told before it was killed."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(settings), str(seed)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(rng.uniform(0.05, 1.5))
    os.kill(process.pid, signal.SIGKILL)
    lines = [line.split() for line in process.stdout if line.endswith("\n")]
    process.stdout.close()
    process.wait()
    return dict(lines)


if __name__ == "__main__":
    sys.exit(main())
