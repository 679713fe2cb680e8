"""Loss and accuracy while they happen."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from cnn_core.metrics import MovingAverage
from cnn_core.training import BatchMetrics, EpochMetrics
from cnn_gui.live.training.series import Series
from cnn_gui.session.state import State
from cnn_gui.theme import mix
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.translation import tr

SMOOTHING = 0.93


class MetricPlot(Card):
    """One quantity: every batch faintly, their moving average, and validation after each epoch."""

    def __init__(
        self,
        state: State,
        title: str,
        object_name: str,
        of_batch: Callable[[BatchMetrics], float],
        of_epoch: Callable[[EpochMetrics], float],
        show: Callable[[float], str],
        start_at_zero: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._state, self._of_batch, self._of_epoch, self._show = state, of_batch, of_epoch, show
        self._train_words, self._validation_words = label(small=True), label(small=True)
        for words in (self._train_words, self._validation_words):  # a coloured dot, and figures of our own
            words.setTextFormat(Qt.TextFormat.RichText)
        self.head.addWidget(self._train_words)
        self.head.addWidget(self._validation_words)
        item = pg.PlotItem()
        self.plot = pg.PlotWidget(plotItem=item)
        self.plot.setObjectName(object_name)
        self.plot.setAccessibleName(self.tr("{title} over epochs").format(title=title))
        self.plot.setToolTip(
            self.tr("{title}: faint for every batch, strong its average; orange on validation images").format(
                title=title
            )
        )
        self.body.addWidget(self.plot)
        item.hideButtons()
        item.setMenuEnabled(False)
        if item.ctrlMenu is not None:  # pyqtgraph makes it a window of its own, which would outlive this one
            item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())
        item.showGrid(y=True, alpha=0.12)
        self._box = item.getViewBox()
        self.plot.setMouseEnabled(x=False, y=False)
        self._hint = pg.TextItem(self.tr("appears while the network trains"), anchor=(0.5, 0.5))
        item.addItem(self._hint, ignoreBounds=True)
        self._raw = self._curve()
        self._smooth = self._curve()
        self._validation = self._curve(symbol="o", symbolSize=6)
        self._start_at_zero = start_at_zero
        if not start_at_zero:
            self.plot.getAxis("left").setScale(100)  # shares are shown in per cent
        self._average = MovingAverage(SMOOTHING)
        self._series = Series()
        self._seen = 0
        state.training.metrics_added.connect(self._on_metrics_added)
        state.training.metrics_cleared.connect(self._on_metrics_cleared)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_metrics_cleared()

    def _curve(self, **options) -> pg.PlotDataItem:
        curve = pg.PlotDataItem(**options)
        self.plot.addItem(curve)
        # both work only once the item is in the plot
        curve.setClipToView(True)
        curve.setDownsampling(auto=True, method="subsample")
        return curve

    @Slot()
    def _on_metrics_added(self) -> None:
        new = self._state.training.new_batches
        self._seen += len(new)
        for metrics in new:
            value = self._of_batch(metrics)
            self._series.add(metrics.epoch, value, self._average.add(value))
        x, y, averages = self._series.columns()
        self._raw.setData(x, y)
        alone = "o" if len(x) == 1 else None  # a line of one point is not seen
        self._smooth.setData(x, averages, symbol=alone, symbolSize=5, symbolBrush=self._state.appearance.theme.accent)
        epochs = self._state.training.epochs
        self._validation.setData([e.epoch for e in epochs], [self._of_epoch(e) for e in epochs])
        self._set_ranges()
        self._set_words()

    @Slot()
    def _on_metrics_cleared(self) -> None:
        self._average = MovingAverage(SMOOTHING)
        self._series = Series()
        self._seen = 0
        for curve in (self._raw, self._smooth, self._validation):
            curve.setData([], [])
        self._set_ranges()
        self._set_words()

    def _set_ranges(self) -> None:
        """The whole run along x, so that the curve grows to the right; along y what the averages need."""
        epochs = max(self._state.training.status.epochs, 1)
        self._hint.setVisible(not self._seen)
        self._hint.setPos(epochs / 2, 0.5)
        self._box.setXRange(0, epochs, padding=0.03)
        values = [*self._series.columns()[2].tolist(), *(self._of_epoch(e) for e in self._state.training.epochs)]
        if self._start_at_zero:
            self._box.setYRange(0, max(*values, 0.1) if values else 1.0, padding=0.04)
        else:
            low = min(values) if values else 0.0
            self._box.setYRange(max(0.0, low - 0.03), 1.0, padding=0.06)

    def _set_words(self) -> None:
        theme, epochs = self._state.appearance.theme, self._state.training.epochs
        train = self._show(self._average.value) if self._seen else "–"
        validation = self._show(self._of_epoch(epochs[-1])) if epochs else "–"
        for words, colour, name, value in (
            (self._train_words, theme.accent, "train", train),
            (self._validation_words, theme.second, "validation", validation),
        ):
            words.setText(
                self.tr('<span style="color:{colour}">●</span> {name} {value}').format(
                    colour=colour, name=name, value=value
                )
            )

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._state.appearance.theme
        faint = QColor(theme.accent)
        faint.setAlpha(60)
        self._raw.setPen(pg.mkPen(faint, width=1))
        self._smooth.setPen(pg.mkPen(theme.accent, width=2))
        self._validation.setPen(pg.mkPen(theme.second, width=2))
        self._validation.setSymbolBrush(theme.second)
        self._validation.setSymbolPen(None)
        font = QFont(self.font())
        font.setPixelSize(11)
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(mix(theme.muted, theme.surface, 0.6))
            axis.setTextPen(theme.muted)
            axis.setStyle(tickFont=font, tickLength=0, hideOverlappingLabels=False)
        self.plot.setBackground(theme.surface)
        for curve in (self._smooth, self._validation):
            curve.setCurveClickable(False)
            curve.curve.setSegmentedLineMode("on")  # wide lines are slow in one piece
        self._hint.setColor(theme.muted)
        self._set_words()


def loss_plot(state: State) -> MetricPlot:
    """Cross-entropy in nats."""
    return MetricPlot(
        state, tr("Loss"), "lossPlot", lambda b: b.loss, lambda e: e.validation_loss, lambda v: f"{v:.3f}", True
    )


def accuracy_plot(state: State) -> MetricPlot:
    """Share of images that were read rightly."""
    return MetricPlot(
        state,
        tr("Accuracy"),
        "accuracyPlot",
        lambda b: b.accuracy,
        lambda e: e.validation_accuracy,
        lambda v: f"{v * 100:.1f} %",
        False,
    )
