"""How all plots look: quiet axes, tabular figures, no menus."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from cnn_gui.theme import Theme, mix

FONT_PX = 11
POINTS_A_PIXEL = 1.0
"""More than that nobody sees; pyqtgraph would paint five."""


def make_plot(parent: QWidget, **axes: pg.AxisItem) -> tuple[pg.PlotWidget, pg.PlotItem]:
    """A plot without menu and buttons, whose view nobody moves by chance, and what is drawn in it. ``axes`` are
    those of its own kind, by side."""
    item = pg.PlotItem(axisItems=axes or None)
    plot = pg.PlotWidget(plotItem=item)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything there
    item.hideButtons()
    item.setMenuEnabled(False)
    if item.ctrlMenu is not None:  # pyqtgraph makes it a window of its own, which would outlive this one
        item.ctrlMenu.setParent(parent, item.ctrlMenu.windowFlags())
    item.showGrid(y=True, alpha=0.12)
    return plot, item


def add_curve(plot: pg.PlotWidget, **options) -> pg.PlotDataItem:
    """A curve of the plot, that paints no more than can be seen."""
    curve = pg.PlotDataItem(**options)
    plot.addItem(curve)
    # both work only once the item is in the plot
    curve.setClipToView(True)
    curve.setDownsampling(auto=True, method="subsample")
    curve.opts["autoDownsampleFactor"] = POINTS_A_PIXEL
    curve.setCurveClickable(False)
    curve.curve.setSegmentedLineMode("on")  # wide lines are slow in one piece
    return curve


def dress(plot: pg.PlotWidget, theme: Theme) -> None:
    """The theme's colours."""
    font = QFont(plot.font())
    font.setPixelSize(FONT_PX)
    for name in ("left", "bottom", "right"):
        axis = plot.getAxis(name)
        axis.setPen(mix(theme.muted, theme.surface, 0.6))
        axis.setTextPen(theme.muted)
        axis.setStyle(tickFont=font, tickLength=0, hideOverlappingLabels=False)
    plot.setBackground(theme.surface)
