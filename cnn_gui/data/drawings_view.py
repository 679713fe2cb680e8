"""My drawings: what was kept, teaching all of it, what that changed, and how well the network reads me."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cnn_core.datasets.dataset import to_bytes
from cnn_core.preprocessing import InputSpec
from cnn_core.teaching import NONE, BookEntry
from cnn_core.teaching.fine_tune import drawn_image
from cnn_gui.data.state import ReadingTestState
from cnn_gui.session.state import State
from cnn_gui.session.teaching_state import Measured
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.image_grid import Caption, GridImages, ImageGrid
from cnn_gui.widgets.translation import tr

SIDE_PX, MOST_SHOWN, WIDE_PX = 300, 5000, 800


class DrawingsView(Card):
    """`relabel_wanted` carries a label; the others are about the marked drawings, or all."""

    canvas_wanted = Signal(int)
    relabel_wanted = Signal(str)
    remove_wanted = Signal()
    restore_wanted = Signal()
    teach_wanted = Signal(bool)
    undo_wanted = Signal()
    export_wanted = Signal()
    test_wanted = Signal()
    next_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, state: State, test: ReadingTestState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._is_wide = True
        self.setObjectName("drawingsView")
        self._state, self._test = state, test
        self.shown: tuple[BookEntry, ...] = ()
        self._images: dict[str, NDArray[np.uint8]] = {}
        self.head.setSpacing(6)
        self.head.addWidget(label(tr("My drawings"), title=True))
        self.count = ElidedLabel()
        self.count.setProperty("small", True)
        self.count.setProperty("muted", True)
        self.head.addWidget(self.count, 1)
        self.labels = ComboBox()
        self.labels.setObjectName("drawingLabel")
        self.labels.setAccessibleName(tr("Another label for the marked drawings"))
        self.labels.setToolTip(tr("Another label for the marked drawings"))
        self.labels.setPlaceholderText(tr("it is a …"))
        self.labels.activated.connect(self._on_label)
        self.head.addWidget(self.labels)
        self.buttons: dict[str, QPushButton] = {}
        for name, words, tip, signal in (
            ("remove", tr("Delete"), tr("Take the marked drawings away"), self.remove_wanted),
            ("restore", tr("Bring back"), tr("Bring back what was deleted last"), self.restore_wanted),
            ("export", tr("Export …"), tr("Write the drawings as images: an .npz file"), self.export_wanted),
            ("undo", tr("Undo teaching"), tr("The network before the last teaching"), self.undo_wanted),
        ):  # fmt: skip
            self._button(name, words, tip).clicked.connect(signal)
        self.teach = self._button("teachAll", tr("Teach them"), tr("Let the network learn all that is kept"))
        self.teach.setProperty("primary", True)
        self.teach.clicked.connect(self._on_teach)
        self.body.addLayout(self.head)
        row = QHBoxLayout()
        row.setSpacing(14)
        self.grid = ImageGrid("drawingsGrid", 46)
        self.grid.setAccessibleName(tr("Drawings that were kept"))
        self.grid.opened.connect(self.canvas_wanted)
        row.addWidget(self.grid, 1)
        row.addLayout(self._side())
        self.body.addLayout(row, 1)
        state.teaching.entries_changed.connect(self._on_entries)
        state.teaching.report_changed.connect(self._on_report)
        state.teaching.measured_changed.connect(self._on_report)
        state.model.info_changed.connect(self._on_entries)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        test.changed.connect(self._on_test)
        self.let_restore(False)
        self._on_theme_changed()
        self._on_entries()
        self._on_report()
        self._on_test()

    def _button(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(f"{name}Drawings")
        button.setProperty("small", True)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        self.head.addWidget(button)
        self.buttons[name] = button
        return button

    def _side(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        self.own = QCheckBox(tr("only my classes, nothing it knew before"))
        self.own.setObjectName("ownClasses")
        self.own.setToolTip(tr("The network then tells only the classes of your drawings apart"))
        self.result, self.on_test = label(small=True), label(small=True)
        self.test_words = label(small=True)
        for words in (self.result, self.on_test, self.test_words):
            words.setWordWrap(True)
            words.setFixedWidth(SIDE_PX)
            words.setSizePolicy(words.sizePolicy().horizontalPolicy(), words.sizePolicy().Policy.Minimum)
        row = QHBoxLayout()
        self.begin = QPushButton(tr("How well does it read me?"))
        self.begin.setObjectName("readingTest")
        self.begin.setProperty("small", True)
        self.begin.setToolTip(tr("Twenty digits are asked for, one after the other"))
        self.begin.clicked.connect(self.test_wanted)
        self.next = QPushButton(tr("Next"))
        self.next.setObjectName("readingTestNext")
        self.next.setProperty("small", True)
        self.next.setToolTip(tr("This is the digit that was asked for"))
        self.next.clicked.connect(self.next_wanted)
        self.end = QPushButton(tr("Stop"))
        self.end.setObjectName("readingTestStop")
        self.end.setProperty("small", True)
        self.end.setToolTip(tr("Ask no more"))
        self.end.clicked.connect(self.stop_wanted)
        for button in (self.begin, self.next, self.end):
            row.addWidget(button)
        for widget in (self.own, self.result, self.on_test):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.test_words)
        column.addStretch(1)
        return column

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card the rarer buttons give way."""
        super().resizeEvent(event)
        wide = event.size().width() >= WIDE_PX
        self.buttons["export"].setVisible(wide)
        self._is_wide = wide
        self._show_restore()
        self.count.setVisible(wide)

    def let_restore(self, possible: bool) -> None:
        """Whether something was deleted that can be brought back."""
        self.buttons["restore"].setEnabled(possible)
        self._show_restore()

    def _show_restore(self) -> None:
        """In a narrow card it is there only when something can be brought back."""
        self.buttons["restore"].setVisible(self._is_wide or self.buttons["restore"].isEnabled())

    # --- What the state says

    @Slot()
    def _on_entries(self) -> None:
        entries = self.shown = self._state.teaching.entries[-MOST_SHOWN:]
        info = self._state.model.info
        names = info.class_names if info is not None else ()
        labels = dict.fromkeys([*names, *(e.drawing.label for e in entries if e.drawing.label != NONE)])
        self.labels.clear()
        for name in labels:
            self.labels.addItem(name, name)
        self.labels.addItem(tr("none"), NONE)
        self.labels.setCurrentIndex(-1)
        for name in ("remove", "export", "teachAll"):
            self.buttons[name].setEnabled(bool(entries))
        self.labels.setEnabled(bool(entries))
        missed = sum(e.drawing.read != e.drawing.label for e in entries)
        self.count.set_whole_text(
            tr("{n} kept, {missed} of them misread when they were drawn").format(n=len(entries), missed=missed)
            if entries
            else ""
        )
        spec = InputSpec()
        for entry in entries:
            if entry.key not in self._images:
                self._images[entry.key] = to_bytes(drawn_image(entry.drawing, spec))
        images = [self._images[entry.key] for entry in entries]
        pixels = np.stack(images) if images else np.zeros((0, 1, 1, 1), np.uint8)

        def caption(number: int) -> Caption:
            drawing = entries[number].drawing
            name = drawing.label if drawing.label != NONE else tr("none")
            return Caption(name, mark="✕" if drawing.read != drawing.label else "")

        order = np.arange(len(entries))[::-1].copy()
        self.grid.show_images(GridImages(pixels, order, caption), tr("Draw something and press its key."))

    @Slot()
    def _on_report(self) -> None:
        report, measured = self._state.teaching.report, self._state.teaching.measured
        self.buttons["undo"].setEnabled(report.can_undo)
        share = f" {report.progress * 100:.0f} %" if report.progress is not None else ""
        self.result.setText(report.words + share if measured is None or share else drawings_words(measured))
        self.on_test.setText(test_words(measured) if measured is not None and not share else "")
        worse = measured is not None and _is_worse(measured)
        if bool(self.on_test.property("bad")) != worse:
            self.on_test.setProperty("bad", worse)
            self.on_test.style().unpolish(self.on_test)
            self.on_test.style().polish(self.on_test)

    @Slot()
    def _on_test(self) -> None:
        self.next.setVisible(self._test.running)
        self.end.setVisible(self._test.running)
        self.begin.setVisible(not self._test.running)
        self.test_words.setText(self._test.words)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.grid.set_theme(self._state.appearance.theme)

    # --- What the user wants

    @Slot(int)
    def _on_label(self, _: int) -> None:
        self.relabel_wanted.emit(str(self.labels.currentData()))
        self.labels.setCurrentIndex(-1)

    @Slot()
    def _on_teach(self) -> None:
        self.teach_wanted.emit(self.own.isChecked())


def drawings_words(measured: Measured) -> str:
    """``my drawings: 3 → 10 of 10 right``."""
    before = f"{measured.before.right} → " if measured.before.count else ""
    return tr("my drawings: {before}{after} of {n} right").format(
        before=before, after=measured.after.right, n=measured.after.count
    )


def test_words(measured: Measured) -> str:
    """``test images of MNIST: 99.65 → 99.60 %``."""
    if measured.test_before is None or measured.test_after is None:
        return tr("there are no test images here to see what was lost")
    said = tr("{words}: {before:.2f} → {after:.2f} %").format(
        words=measured.test_words, before=measured.test_before * 100, after=measured.test_after * 100
    )
    return said + (tr(" · that is more than chance: undo the teaching?") if _is_worse(measured) else "")


def _is_worse(measured: Measured) -> bool:
    """Whether the loss on the test images is more than two standard errors."""
    if measured.test_before is None or measured.test_after is None or not measured.test_images:
        return False
    error = (measured.test_before * (1 - measured.test_before) / measured.test_images) ** 0.5
    return measured.test_before - measured.test_after > 2 * max(error, 0.0005)
