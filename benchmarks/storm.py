"""Random actions in the real window, with training, rooms and files: no exception, nothing left over, no frozen window.

    python -m benchmarks.storm --rounds 200
    python -m benchmarks.storm --rounds 200 --switch-interval 1e-6      threads take turns as often as they can

Each round does some things that a person could do in any order, and then lets the window live for a moment. A step
of the window that takes longer than half a second is a fault; so is any exception, any word of Qt's, any dialog that
tells of an error of the program, and any thread or timer that outlives the window.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    QMimeData,
    QPoint,
    QPointF,
    Qt,
    QThread,
    QTimer,
    QtMsgType,
    QUrl,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from cnn_core.digits import make_synthetic
from cnn_core.drawing.raster import draw_strokes
from cnn_core.inspection import MapScaled
from cnn_core.layers import Conv2D
from cnn_core.presets import make_preset
from cnn_core.storage import save_model
from cnn_gui.app import Application, create_application
from cnn_gui.live.rooms import ROOMS
from cnn_gui.session.selection import Pin
from cnn_gui.session.training_state import Phase

MOST_STEP_S = 0.5
ACTIONS_A_ROUND = 6
ROUND_S = 0.08
CLOSE_TIMEOUT_S = 15.0
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_B, Qt.Key.Key_E, Qt.Key.Key_Left, Qt.Key.Key_Right,
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Backspace,
        Qt.Key.Key_0, Qt.Key.Key_Minus)  # fmt: skip


class Storm:
    """One window and what is done to it."""

    def __init__(self, folder: Path, seed: int, most_step_s: float) -> None:
        self.folder, self.rng, self.most_step_s = folder, np.random.default_rng(seed), most_step_s
        self.faults: list[str] = []
        self.slowest_s, self.slowest = 0.0, ""
        self._make_files()
        self.application: Application = create_application(str(folder / "settings.json"))
        self.window = self.application.window
        self.application.errors.shown.connect(self._on_dialog)
        self.window.resize(1200, 800)
        self.window.show()
        self.doings: dict[str, Callable[[], object]] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    def _make_files(self) -> None:
        rng = np.random.default_rng(0)
        for name, shape in (("digits", (28, 28, 1)), ("lenet5", (28, 28, 1)), ("mlp", (20, 24, 3))):
            save_model(self.folder / f"{name}.safetensors", make_preset(name, rng, shape))
        (self.folder / "bad.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0nonsense")
        (self.folder / "text.png").write_text("no picture")
        ink = draw_strokes([np.array([(20.0, 20.0), (75.0, 20.0), (45.0, 80.0)])], (100, 100), 9)
        Image.fromarray((255 - 255 * ink).astype(np.uint8)).save(self.folder / "seven.png")
        data = make_synthetic(300, seed=5)
        for part, count in (("train", 300), ("t10k", 60)):
            target = self.folder / "data" / "mnist"
            target.mkdir(parents=True, exist_ok=True)
            head = b"".join(side.to_bytes(4, "big") for side in (count, 28, 28))
            (target / f"{part}-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + head + data.images[:count].tobytes())
            labels = data.labels[:count].astype(np.uint8).tobytes()
            (target / f"{part}-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + count.to_bytes(4, "big") + labels)

    def _on_dialog(self, title: str, text: str) -> None:
        if "error of the program" in text or "went wrong" in title:
            self.faults.append(f"{title}: {text}")
        if len(text) > 300:
            self.faults.append(f"a message of {len(text)} letters: {text}")

    # --- What a person does

    def _place(self) -> QPoint:
        side = self.application.hand.canvas.width()
        return QPoint(*(int(v) for v in self.rng.integers(0, max(side, 2), 2)))

    def _pick(self, *names: str) -> str:
        return names[int(self.rng.integers(len(names)))]

    def do_stroke(self) -> None:
        canvas, none = self.application.hand.canvas, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, none, self._place())
        for _ in range(int(self.rng.integers(1, 12))):
            QTest.mouseMove(canvas, self._place())
        if self.rng.random() < 0.9:  # else the release is lost
            QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, none, self._place())

    def do_digit(self) -> None:
        canvas, none = self.application.hand.canvas, Qt.KeyboardModifier.NoModifier
        side, left = canvas.width(), float(self.rng.uniform(0.1, 0.6))
        points = [(left, 0.2), (left + 0.25, 0.2), (left + 0.1, 0.8)]
        path = [QPoint(int(x * side), int(y * side)) for x, y in points]
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, none, path[0])
        for place in path[1:]:
            QTest.mouseMove(canvas, place)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, none, path[-1])

    def do_erase(self) -> None:
        canvas, none = self.application.hand.canvas, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(canvas, Qt.MouseButton.RightButton, none, self._place())
        QTest.mouseMove(canvas, self._place())
        QTest.mouseRelease(canvas, Qt.MouseButton.RightButton, none, self._place())

    def do_undo(self) -> None:
        self.application.hand.tools.undo.click()

    def do_redo(self) -> None:
        self.application.hand.tools.redo.click()

    def do_clear(self) -> None:
        self.application.hand.tools.clear.click()

    def do_key(self) -> None:
        target = QApplication.focusWidget() or self.window
        if not isinstance(target, QComboBox):  # its list would wait for an answer
            QTest.keyClick(target, KEYS[int(self.rng.integers(len(KEYS)))])

    def do_train(self) -> None:
        self.window.bar.train.click()

    def do_pause(self) -> None:
        self.window.bar.pause.click()

    def do_step(self) -> None:
        self.window.bar.step.click()

    def do_stop(self) -> None:
        self.window.bar.stop.click()

    def do_bring_back(self) -> None:
        self.application.actions.bring_back.trigger()

    def do_settings(self) -> None:
        panel = self.application.live.dock.panel
        panel.epochs.setValue(int(self.rng.integers(1, 4)))
        panel.batch.setValue(int(self.rng.choice([1, 16, 64, 512])))
        panel.preset.setCurrentIndex(int(self.rng.integers(panel.preset.count())))
        panel.augmentation.setCurrentIndex(int(self.rng.integers(panel.augmentation.count())))
        panel.dataset.setCurrentIndex(panel.dataset.findData(self._pick("mnist", "synthetic", "kmnist")))
        panel.rate.setText(self._pick("0.002", "0,01", "1e9", "", "-1", "0.1", "9"))

    def do_room(self) -> None:
        self.application.live.open_room(self._pick(*(spec.key for spec in ROOMS)))

    def do_pin(self) -> None:
        prediction = self.application.state.model.prediction
        if prediction is not None and prediction.activations:
            layer = prediction.activations[int(self.rng.integers(len(prediction.activations)))]
            self.application.state.selection.set_pin(
                Pin(layer.name, tuple(int(self.rng.integers(n)) for n in layer.shape))
            )

    def do_point(self) -> None:
        strip = self.application.live.view.inspector.strip
        QTest.mouseMove(strip, QPoint(int(self.rng.integers(max(strip.width(), 1))), int(self.rng.integers(300))))

    def do_click_strip(self) -> None:
        strip = self.application.live.view.inspector.strip
        place = QPoint(int(self.rng.integers(max(strip.width(), 1))), int(self.rng.integers(300)))
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def do_slide(self) -> None:
        self.application.live.room("working").view.speed.setCurrentText(self._pick("slow", "medium", "fast"))
        self.application.live.room("working").view.slide.click()

    def do_scale(self) -> None:
        self.application.live.view.scale.setCurrentIndex(int(self.rng.integers(3)))

    def do_search(self) -> None:
        self.application.live.room("attribution").controller.search(None)

    def do_edit(self) -> None:
        model, state = self.application.session.model, self.application.state
        layers = [layer.name for layer in model if isinstance(layer, Conv2D)] if model is not None else []
        if layers and state.selection.pin is not None:
            self.application.live.room("edits").controller.add(
                MapScaled(self._pick(*layers), 0, float(self.rng.uniform(0, 2)))
            )

    def do_undo_edits(self) -> None:
        self.application.live.room("edits").controller.undo_all()

    def do_epoch(self) -> None:
        slider = self.application.live.view.epoch.slider
        slider.setValue(int(self.rng.integers(slider.maximum() + 1)))

    def do_open_model(self) -> None:
        name = self._pick("digits", "lenet5", "mlp", "bad", "none")
        self.application.files.begin_to_open(str(self.folder / f"{name}.safetensors"))

    def do_open_bundled(self) -> None:
        self.application.actions.open_bundled.trigger()

    def do_save_model(self) -> None:
        self.application.files.save(str(self.folder / f"saved-{int(self.rng.integers(3))}.safetensors"))

    def do_save_over_a_stranger(self) -> None:
        self.application.files.save(str(self.folder / "text.png"))

    def do_save_table(self) -> None:
        self.application.save_table(str(self.folder / "table.csv"))

    def do_save_picture(self) -> None:
        self.application.save_picture(str(self.folder / self._pick("picture.png", "picture.svg")))

    def do_open_image(self) -> None:
        self.application.canvas.open_image(str(self.folder / self._pick("seven.png", "text.png", "none.png")))

    def do_paste(self) -> None:
        content = QMimeData()
        content.setUrls([QUrl.fromLocalFile(str(self.folder / self._pick("seven.png", "text.png")))])
        self.application.hand.canvas.content_dropped.emit(content)

    def do_paste_nothing(self) -> None:
        QGuiApplication.clipboard().setText("seven")
        self.application.canvas.paste()

    def do_fold(self) -> None:
        self.application.actions.fold_dock.trigger()

    def do_theme(self) -> None:
        self.application.actions.theme.trigger()

    def do_resize(self) -> None:
        self.window.resize(int(self.rng.integers(1024, 1500)), int(self.rng.integers(640, 1000)))

    def do_wheel(self) -> None:
        widgets = [w for w in self.window.findChildren(QWidget) if w.isVisible()]
        target = widgets[int(self.rng.integers(len(widgets)))]
        place = QPointF(target.rect().center())
        event = QWheelEvent(place, target.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(target, event)

    def do_hover_without_buttons(self) -> None:
        canvas, place = self.application.hand.canvas, QPointF(self._place())
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, place, canvas.mapToGlobal(place), none, none,
                            Qt.KeyboardModifier.NoModifier)  # fmt: skip
        QApplication.sendEvent(canvas, event)

    def do_data_folder(self) -> None:
        self.application.choose_data_folder(str(self.folder / self._pick("data", "none")))

    # --- Rounds

    def run(self, rounds: int) -> None:
        """Do so many rounds."""
        names, name = list(self.doings), ""
        for number in range(rounds):
            for _ in range(ACTIONS_A_ROUND):
                name = self._pick(*names)
                try:
                    self._timed(name, self.doings[name])
                except Exception:  # what is looked for
                    self.faults.append(f"round {number}, {name}: {traceback.format_exc()}")
            end = time.monotonic() + ROUND_S
            while time.monotonic() < end:
                self._timed(f"events after {name}", QApplication.processEvents)
                time.sleep(0.001)
            if number % 20 == 19:
                print(f"\r{number + 1} rounds, {len(self.faults)} faults", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)

    def _timed(self, name: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        work()
        seconds = time.monotonic() - started
        if seconds > self.slowest_s:
            self.slowest_s, self.slowest = seconds, name
        if seconds > self.most_step_s and sys.getswitchinterval() > 1e-4:
            self.faults.append(f"a step of the window took {seconds:.2f} s: {name}")

    def close(self) -> float:
        """Close the window; how long it took until it was gone and all threads had ended."""
        started = time.monotonic()
        self.window.close()
        while not self.application.has_stopped() or self.window.isVisible():
            QApplication.processEvents()
            if time.monotonic() - started > CLOSE_TIMEOUT_S:
                self.faults.append("the window did not close")
                break
            time.sleep(0.002)
        seconds = time.monotonic() - started
        if self.application.state.training.status.phase is not Phase.IDLE:
            self.faults.append(f"closed, but the training is {self.application.state.training.status.phase}")
        timers = [timer for timer in self.window.findChildren(QTimer) if timer.isActive() and timer.interval() > 0]
        if timers:
            self.faults.append(f"{len(timers)} timers are left: {[timer.interval() for timer in timers]}")
        return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most-step", type=float, default=MOST_STEP_S, help="seconds that the window may take")
    parser.add_argument("--switch-interval", type=float, help="seconds between two turns of Python's threads")
    arguments = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    faults: list[str] = []
    QApplication([])

    def on_message(_: QtMsgType, __: QMessageLogContext, text: str) -> None:
        if "propagateSizeHints" not in text:  # the offscreen platform, at every dialog
            faults.append(f"Qt says: {text}")

    qInstallMessageHandler(on_message)
    sys.excepthook = lambda kind, error, trace: faults.append("".join(traceback.format_exception(kind, error, trace)))
    threading.excepthook = lambda found: faults.append(f"in a thread: {found.exc_value!r}")
    before = threading.active_count()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            XDG_DATA_HOME=f"{folder}/own", XDG_CACHE_HOME=f"{folder}/cache", CNN_DATA_DIR=f"{folder}/data"
        )
        storm = Storm(Path(folder), arguments.seed, arguments.most_step)
        if arguments.switch_interval:
            sys.setswitchinterval(arguments.switch_interval)
        storm.run(arguments.rounds)
        closed_s = storm.close()
        faults += storm.faults
        left = [thread.name for thread in threading.enumerate()[before:] if not thread.daemon]
        if left or any(thread.isRunning() for thread in storm.window.findChildren(QThread)):
            faults.append(f"threads are left: {left}")
        storm.window.deleteLater()
        QApplication.processEvents()
        gc.collect()
    for fault in faults[:20]:
        print(fault)
    print(
        f"{arguments.rounds} rounds of {ACTIONS_A_ROUND} actions: {len(faults)} faults; the slowest step "
        f"{storm.slowest_s * 1000:.0f} ms ({storm.slowest}); closed in {closed_s * 1000:.0f} ms"
    )
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
