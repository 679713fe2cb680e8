"""Loss and accuracy while they happen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QToolButton, QWidget

from cnn_core.metrics import MovingAverage
from cnn_core.training import BatchMetrics, EpochMetrics, change_in_words
from cnn_gui.live.training.series import Series
from cnn_gui.plots.curve_plot import CurvePlot, Line, Mark
from cnn_gui.plots.scales import Scale
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.translation import tr

SMOOTHING = 0.93
FAINT, GHOST = 0.25, 0.4
WIDE_PX, WORDS_PX, LEAST_PX = 600, 440, 260
"""Widths of a card from which on the axes' words, and the names of the curves, stand in its head."""
RATE_HEIGHT = 0.9
"""How high the curve of the learning rate goes, of the plot."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a plot shows: its words and where its values are found."""

    title: str
    object_name: str
    y_words: str
    of_batch: Callable[[BatchMetrics], float]
    of_epoch: Callable[[EpochMetrics], float]
    in_percent: bool

    def show(self, value: float) -> str:
        return f"{value * 100:.1f} %" if self.in_percent else f"{value:.3f}"


class MetricPlot(Card):
    """One quantity: every batch faintly, their moving average, and validation after each epoch; the run before as a
    shade, the learning rate where it is wanted."""

    def __init__(self, state: State, what: Quantity, parent: QWidget | None = None) -> None:
        super().__init__(what.title, parent)
        self._state, self._what = state, what
        axes = label(tr("{unit} over epochs").format(unit=what.y_words), small=True, muted=True)
        self.head.insertWidget(1, axes)
        self._axes_words = axes
        self.head.setSpacing(8)
        self._train_words, self._validation_words = label(small=True), label(small=True)
        for words in (self._train_words, self._validation_words):  # a coloured dot, and figures of our own
            words.setTextFormat(Qt.TextFormat.RichText)
            self.head.addWidget(words)
        scale = tr("90–100") if what.in_percent else tr("log")
        tip = tr("Stretch what lies between 90 and 100 %") if what.in_percent else tr("Logarithmic scale")
        self.scale_button = self._toggle(f"{what.object_name}Scale", scale, tip, self._on_scale_chosen)
        self.rate_button = self._toggle(
            f"{what.object_name}Rate", tr("rate"), tr("The learning rate as a curve"), self._redraw
        )
        self.all_button = self._toggle(
            f"{what.object_name}All", tr("show all"), tr("The whole run again (double click)"), self._on_all
        )
        self.all_button.setCheckable(False)
        self.curves = CurvePlot(tr("epochs"), what.y_words, what.in_percent, named=False)
        self.plot = self.curves.plot
        self.plot.setObjectName(what.object_name)
        self.plot.setAccessibleName(tr("{title} over epochs").format(title=what.title))
        self.plot.setToolTip(
            tr("{title}: faint for every batch, strong its average; orange on validation images").format(
                title=what.title
            )
        )
        self.body.addWidget(self.curves)
        self.setMinimumWidth(LEAST_PX)
        self._ghost: tuple[Numbers, Numbers, Numbers, Numbers] | None = None
        self._last_validation: tuple[Numbers, Numbers] = (np.zeros(0), np.zeros(0))
        self._begin()
        self.curves.zoomed.connect(self.all_button.setVisible)
        self.all_button.setVisible(False)
        state.training.metrics_added.connect(self._on_metrics_added)
        state.training.metrics_cleared.connect(self._on_metrics_cleared)
        state.training.config_changed.connect(self._redraw)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _toggle(self, name: str, words: str, tip: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(words)
        button.setCheckable(True)
        button.setProperty("chip", True)
        button.setAccessibleName(f"{self._what.title}: {words}")
        button.setToolTip(tip)
        button.clicked.connect(slot)
        self.head.insertWidget(self.head.indexOf(self._axes_words) + 1, button)
        return button

    def _begin(self) -> None:
        self._average = MovingAverage(SMOOTHING)
        self._series = Series()
        self._rates = Series()
        self._seen = 0

    # --- What has come

    @Slot()
    def _on_metrics_added(self) -> None:
        new = self._state.training.new_batches
        self._seen += len(new)
        for metrics in new:
            value = self._what.of_batch(metrics)
            self._series.add(metrics.epoch, value, self._average.add(value))
            self._rates.add(metrics.epoch, metrics.learning_rate, metrics.learning_rate)
        self._redraw()

    @Slot()
    def _on_metrics_cleared(self) -> None:
        """A new run: what was there becomes its shade."""
        if self._seen:
            x, _, averages = self._series.columns()
            self._ghost = x, averages, *self._last_validation
        self._begin()
        self._redraw()

    def _validation(self) -> tuple[Numbers, Numbers]:
        epochs = self._state.training.epochs
        return (
            np.array([float(e.epoch) for e in epochs]),
            np.array([self._what.of_epoch(e) for e in epochs], dtype=float),
        )

    # --- What is drawn

    @Slot()
    def _redraw(self) -> None:
        theme = self._state.appearance.theme
        x, y, averages = self._series.columns()
        validation = self._validation()
        if self._state.training.epochs or self._seen:
            self._last_validation = validation
        lines = [
            Line(x, y, theme.accent, width=1, opacity=FAINT),
            Line(x, averages, theme.accent, tr("train"), width=2),
            Line(*validation, theme.second, tr("validation"), width=2, symbol="o"),
        ]
        if self._ghost is not None:
            gx, gy, vx, vy = self._ghost
            lines.insert(0, Line(gx, gy, theme.muted, tr("train before"), width=1, opacity=GHOST))
            lines.insert(1, Line(vx, vy, theme.muted, tr("validation before"), width=1, opacity=GHOST, dashed=True))
        low, high = self._heights(averages, validation[1])
        if self.rate_button.isChecked() and len(x):
            rx, rates, _ = self._rates.columns()
            top = low + (high - low) * RATE_HEIGHT * rates / max(rates.max(), 1e-12)
            lines.append(Line(rx, top, theme.text, tr("rate"), width=1, dashed=True, says=rates))
        self.curves.set_lines(lines)
        marks = [Mark(e.epoch, change_in_words(e), theme.muted) for e in self._state.training.changes]
        self.curves.set_marks(marks)
        self.curves.set_range((0, max(self._state.training.status.epochs, 1)), (low, high))
        self.curves.set_hint("" if self._seen or self._ghost else tr("appears while the network trains"))
        self._set_words()

    def _heights(self, averages: Numbers, validation: Numbers) -> tuple[float, float]:
        """What the averages need."""
        values = np.concatenate([averages, validation])
        if self._what.in_percent:
            low = float(values.min()) if len(values) else 0.0
            return max(0.0, low - 0.03), 1.0
        high = max(float(values.max()), 0.1) if len(values) else 1.0
        if self.curves.scale is Scale.LOG:
            return (float(values.min()) if len(values) else 0.1) * 0.8, high
        return 0.0, high

    def _set_words(self) -> None:
        theme, epochs = self._state.appearance.theme, self._state.training.epochs
        train = self._what.show(self._average.value) if self._seen else "–"
        validation = self._what.show(self._what.of_epoch(epochs[-1])) if epochs else "–"
        for words, colour, name, value in (
            (self._train_words, theme.accent, tr("train"), train),
            (self._validation_words, theme.second, tr("validation"), validation),
        ):
            shown = f"{name} {value}" if self.width() >= WORDS_PX else value.removesuffix(" %")
            words.setText(tr('<span style="color:{colour}">●</span> {shown}').format(colour=colour, shown=shown))
            words.setToolTip(f"{name} {value}")
            words.setMinimumWidth(words.sizeHint().width())

    @Slot()
    def _on_scale_chosen(self) -> None:
        other = Scale.NEAR_ONE if self._what.in_percent else Scale.LOG
        self.curves.set_scale(other if self.scale_button.isChecked() else Scale.LINEAR)
        self._redraw()

    @Slot()
    def _on_all(self) -> None:
        self.curves.reset()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card the words about the axes give way."""
        super().resizeEvent(event)
        self._axes_words.setVisible(event.size().width() >= WIDE_PX)
        self._set_words()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.curves.set_theme(self._state.appearance.theme)
        self._redraw()


def loss_plot(state: State) -> MetricPlot:
    """Cross-entropy in nats."""
    what = Quantity(tr("Loss"), "lossPlot", tr("nats"), lambda b: b.loss, lambda e: e.validation_loss, False)
    return MetricPlot(state, what)


def accuracy_plot(state: State) -> MetricPlot:
    """Share of images that were read rightly."""
    what = Quantity(
        tr("Accuracy"), "accuracyPlot", tr("% right"), lambda b: b.accuracy, lambda e: e.validation_accuracy, True
    )
    return MetricPlot(state, what)
