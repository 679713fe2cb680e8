"""The figures: accuracy with its interval, what is judged, and by which images."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from cnn_core.evaluation import wilson_interval
from cnn_gui.evaluate.state import EvaluateState
from cnn_gui.evaluate.values import Candidate, Judged
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.elided_label import ElidedLabel
from cnn_gui.widgets.fields import ComboBox, guarded
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.painted_text import CENTRE, paint_line
from cnn_gui.widgets.translation import tr

BAR_PX, NARROW_PX = 150, 1010


class IntervalBar(QWidget):
    """Where the accuracies lie, each with its 95 % interval; above the network that is compared."""

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("95 % interval of the accuracy"))
        self.setToolTip(tr("Where the accuracy on all such images lies, with 95 % confidence (Wilson)"))
        self._state, self._evaluate = state, evaluate
        self.setMinimumSize(BAR_PX, 52)
        evaluate.judged_changed.connect(self.update)
        evaluate.compared_changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 52)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme = QPainter(self), self._state.appearance.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        judged, compared = self._evaluate.judged, self._evaluate.compared
        if judged is None or not judged.found.n:
            painter.end()
            return
        both = [(judged, theme.accent)] + ([(compared.b, theme.second)] if compared is not None else [])
        ends = [wilson_interval(one.found.accuracy, one.found.n) for one, _ in both]
        low = max(0.0, min(a for a, _ in ends) - 0.01)
        low, high = (low // 0.01) * 0.01, 1.0
        if low < 0.9:
            low = (low // 0.1) * 0.1

        def x(share: float) -> float:
            return 6 + (self.width() - 12) * (share - low) / (high - low)

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.track))
        painter.drawRoundedRect(QRectF(6, 24, self.width() - 12, 5), 2, 2)
        for (one, colour), (a, b), y in zip(both, ends, (24, 12), strict=False):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(x(a), y, max(x(b) - x(a), 3), 5), 2, 2)
            painter.drawEllipse(QRectF(x(one.found.accuracy) - 4, y - 1.5, 8, 8))
        step = 0.01 if high - low <= 0.04 else 0.02 if high - low <= 0.1 else 0.1
        share = low
        while share <= high + 1e-9:
            place = QRectF(x(share) - 24, 34, 48, 14)
            place.moveRight(min(place.right(), self.width()))
            place.moveLeft(max(place.left(), 0))
            paint_line(painter, place, f"{share * 100:.0f} %", theme.muted, size_px=11, align=CENTRE)
            share += step
        painter.end()


class FiguresView(Card):
    """`model_chosen` and `epoch_chosen` carry the key of a `Candidate` and the number of an epoch."""

    model_chosen = Signal(str)
    epoch_chosen = Signal(str, int)
    cancel_wanted = Signal()

    def __init__(self, state: State, evaluate: EvaluateState, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state, self._evaluate = state, evaluate
        self.accuracy = label(title=True)
        self.accuracy.setObjectName("accuracyFigure")
        self.accuracy.setProperty("figure", True)
        self.interval = label(small=True, muted=True)
        self.bar = IntervalBar(state, evaluate)
        self.model = self._combo("evaluateModel", tr("Which network is judged"))
        self.model.activated.connect(self._on_model_chosen)
        self.images = ElidedLabel()
        self.images.setProperty("small", True)
        self.images.setProperty("muted", True)
        self.epochs = guarded(QSlider(Qt.Orientation.Horizontal))
        self.epochs.setObjectName("evaluateEpochs")
        self.epochs.setAccessibleName(tr("Epoch of the run"))
        self.epochs.setToolTip(tr("The network as it was after an epoch of its run"))
        self.epochs.valueChanged.connect(self._on_epoch_moved)
        self.epoch_words = label(small=True, muted=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(96)
        self.words = ElidedLabel()
        self.words.setProperty("small", True)
        self.stop = QPushButton(tr("Cancel"))
        self.stop.setObjectName("evaluateCancel")
        self.stop.setProperty("small", True)
        self.stop.setToolTip(tr("Give up what is under way"))
        self.stop.clicked.connect(self.cancel_wanted)
        self._arrange()
        for signal in (evaluate.judged_changed, evaluate.words_changed):
            signal.connect(self._on_changed)
        evaluate.candidates_changed.connect(self._on_candidates_changed)
        self._on_changed()

    def _combo(self, name: str, accessible: str) -> QComboBox:
        combo = ComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(accessible)
        combo.setToolTip(accessible)
        combo.setMinimumWidth(130)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return combo

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(22)
        first = QVBoxLayout()
        first.setSpacing(0)
        first.addWidget(self.accuracy)
        first.addWidget(self.interval)
        row.addLayout(first)
        row.addWidget(self.bar, 1)
        self._figures: dict[str, tuple[QWidget, QWidget]] = {}
        for name, words in (("misread", tr("misread")), ("loss", tr("loss")), ("off", tr("calibration error")),
                            ("temperature", tr("temperature")), ("refused", tr("turned away"))):  # fmt: skip
            value, below = label(title=True), label(words, small=True, muted=True)
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(value)
            pair.addWidget(below)
            row.addLayout(pair)
            self._figures[name] = (value, below)
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        grid.addWidget(self.model, 0, 0, 1, 2)
        grid.addWidget(self.images, 1, 0, 1, 2)
        grid.addWidget(self.epochs, 2, 0)
        grid.addWidget(self.epoch_words, 2, 1)
        row.addLayout(grid)
        self.body.addLayout(row)
        line = QHBoxLayout()
        line.addWidget(self.progress)
        line.addWidget(self.words, 1)
        line.addWidget(self.stop)
        self.stop.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._line = QWidget()
        self._line.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._line)

    # --- What the state says

    @Slot()
    def _on_candidates_changed(self) -> None:
        before = self.model.currentData()
        self.model.clear()
        for one in self._evaluate.candidates:
            self.model.addItem(one.title, one.key)
        self.model.setCurrentIndex(max(self.model.findData(before), 0))
        self._show_epochs()

    def _chosen(self) -> Candidate | None:
        key = self.model.currentData()
        return next((one for one in self._evaluate.candidates if one.key == key), None)

    def _show_epochs(self) -> None:
        chosen = self._chosen()
        count = len(chosen.epochs) if chosen is not None else 0
        self.epochs.setVisible(count > 1)
        self.epoch_words.setVisible(count > 1)
        blocked = self.epochs.blockSignals(True)
        self.epochs.setRange(0, max(count, 0))
        self.epochs.setValue(count)
        self.epochs.blockSignals(blocked)
        self.epoch_words.setText(tr("the kept weights"))

    @Slot()
    def _on_changed(self) -> None:
        judged = self._evaluate.judged
        self._line.setVisible(bool(self._evaluate.words))
        self.words.set_whole_text(self._evaluate.words)
        busy = self._evaluate.progress is not None
        self.progress.setVisible(busy)
        self.stop.setVisible(busy)
        self.progress.setValue(round((self._evaluate.progress or 0) * 1000))
        if judged is None:
            self.accuracy.setText("–")
            return
        self._show(judged)

    def _show(self, judged: Judged) -> None:
        found = judged.found
        self.accuracy.setText(f"{found.accuracy * 100:.2f} %" if found.n else "–")
        low, high = wilson_interval(found.accuracy, found.n)
        self.interval.setText(tr("{low:.2f} to {high:.2f} %, 95 %").format(low=low * 100, high=high * 100))
        refused = found.turned_away(judged.calibration)
        for name, value in (
            ("misread", thousands(int(judged.wrong.sum()))),
            ("loss", f"{found.loss:.4f}"),
            ("off", f"{found.calibration_error * 100:.2f} %"),
            ("temperature", f"{judged.calibration.temperature:.2f}"),
            ("refused", f"{refused * 100:.2f} %"),
        ):
            self._figures[name][0].setText(value)  # type: ignore[attr-defined]
        self.images.set_whole_text(f"{judged.title}: {thousands(found.n)} {judged.words}")
        self.images.setToolTip(tr("read in {seconds:.1f} s").format(seconds=judged.seconds))

    def resizeEvent(self, event) -> None:
        """In a narrow window the rarer figures give way."""
        super().resizeEvent(event)
        wide = event.size().width() >= NARROW_PX
        policy = self._line.sizePolicy()
        policy.setRetainSizeWhenHidden(wide)  # nothing jumps under the pointer, where there is room for that
        self._line.setSizePolicy(policy)
        for name in ("temperature", "refused", "loss"):
            for widget in self._figures[name]:
                widget.setVisible(wide)

    # --- What the user wants

    @Slot(int)
    def _on_model_chosen(self, _: int) -> None:
        self._show_epochs()
        self.model_chosen.emit(str(self.model.currentData()))

    @Slot(int)
    def _on_epoch_moved(self, place: int) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        if place >= len(chosen.epochs):
            self.epoch_words.setText(tr("the kept weights"))
            self.model_chosen.emit(chosen.key)
            return
        number = chosen.epochs[place][0]
        self.epoch_words.setText(tr("epoch {n}").format(n=number))
        self.epoch_chosen.emit(chosen.key, number)
