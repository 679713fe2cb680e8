"""Curves over a run or several: values under the pointer, zoom and pan, marks, scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnn_gui.plots.dress import FONT_PX, add_curve, dress, make_plot
from cnn_gui.plots.scales import Scale, ScaledAxis
from cnn_gui.theme import Theme
from cnn_gui.widgets.translation import tr

MOST_MARKS, MARK_ROWS = 200, 5
PADDING = 0.03
ROW_PX, AXIS_PX = 14, 20
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One curve. ``words`` name it under the pointer; without them it says nothing there."""

    x: Numbers
    y: Numbers
    colour: str
    words: str = ""
    width: float = 1.5
    opacity: float = 1.0
    symbol: str | None = None
    dashed: bool = False
    says: Numbers | None = None
    """What the values under the pointer are, where they are not the heights."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright line where something happened."""

    x: float
    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Range:
    """What is shown while nobody has zoomed, from and to, in values."""

    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)


class CurvePlot(QWidget):
    """`zoomed` tells whether somebody looks at a part; `reset` shows all again."""

    zoomed = Signal(bool)

    def __init__(
        self, x_words: str, y_words: str, in_percent: bool = False, named: bool = True, parent: QWidget | None = None
    ) -> None:
        """``named``: the axes say what they are; else somebody else does."""
        super().__init__(parent)
        self._named = named
        self._left, self._right = ScaledAxis("left", in_percent), ScaledAxis("right", in_percent)
        self._in_percent, self._scale = in_percent, Scale.LINEAR
        self.plot, item = make_plot(self, left=self._left, right=self._right)
        if named:
            self.plot.setLabel("bottom", x_words)
        self._y_words = y_words
        self._box = item.getViewBox()
        self._item = item
        self._curves: list[pg.PlotDataItem] = []
        self._lines: Sequence[Line] = ()
        self._marks: list[pg.InfiniteLine] = []
        self._marked: tuple[Mark, ...] = ()
        self._range, self._is_zoomed = Range(), False
        self._theme: Theme | None = None
        self._hint = pg.TextItem("", anchor=(0.5, 0.5))
        self._pointer = pg.InfiniteLine(angle=90)
        self._values = pg.TextItem("", anchor=(0, 0))
        for extra in (self._hint, self._pointer, self._values):
            item.addItem(extra, ignoreBounds=True)
            extra.setVisible(False)
        self._values.setZValue(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(self._on_pointed)  # type: ignore[attr-defined]
        self._box.sigRangeChangedManually.connect(self._on_zoomed)
        self.plot.viewport().installEventFilter(self)
        self.set_scale(Scale.LINEAR)

    # --- What is shown

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these curves and no others; `QObject`s are made anew only where their number changes."""
        while len(self._curves) > len(lines):
            self.plot.removeItem(self._curves.pop())
        while len(self._curves) < len(lines):
            self._curves.append(add_curve(self.plot))
        before, self._lines = self._lines, tuple(lines)
        for number, (curve, line) in enumerate(zip(self._curves, lines, strict=True)):
            old = before[number] if number < len(before) else None
            self._draw(curve, line, old)
        self._show_range()

    def _draw(self, curve: pg.PlotDataItem, line: Line, old: Line | None) -> None:
        alone = len(line.x) == 1  # a line of one point is not seen
        dressed = old is not None and (
            (old.colour, old.width, old.opacity, old.symbol, old.dashed, len(old.x) == 1)
            == (line.colour, line.width, line.opacity, line.symbol, line.dashed, alone)
        )
        if not dressed:
            colour = QColor(line.colour)
            colour.setAlphaF(line.opacity)
            style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
            curve.setPen(pg.mkPen(colour, width=line.width, style=style))
            curve.setSymbol(line.symbol or ("o" if alone else None))  # type: ignore[arg-type]
            curve.setSymbolSize(6)
            curve.setSymbolBrush(colour)
            curve.setSymbolPen(None)
        if old is None or old.x is not line.x or old.y is not line.y:
            curve.setData(line.x, self._scale.heights(np.asarray(line.y, dtype=float)))

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Upright lines with words at their top."""
        marks = tuple(marks[:MOST_MARKS])
        if marks == self._marked:
            return
        for line in self._marks:
            self.plot.removeItem(line)
        self._marks, self._marked = [], marks
        for mark in marks:
            line = pg.InfiniteLine(mark.x, 90, label=mark.words, labelOpts={"anchors": [(0, 0.5), (1, 0.5)]})
            line.setPen(pg.mkPen(mark.colour, width=1, style=Qt.PenStyle.DotLine))
            if line.label is not None:
                line.label.setColor(mark.colour)
                font = QFont(self.font())
                font.setPixelSize(FONT_PX)
                line.label.textItem.setFont(font)
            self._item.addItem(line, ignoreBounds=True)
            self._marks.append(line)
        self._place_words()

    def _place_words(self) -> None:
        """The words of neighbouring marks stand in rows of their own, as many as there is room for."""
        height = max(self.plot.height() - AXIS_PX, 1)
        rows = max(1, min(MARK_ROWS, height // (2 * ROW_PX)))
        for number, line in enumerate(self._marks):
            if line.label is not None:
                line.label.setPosition(1 - ROW_PX / height * (number % rows + 0.6))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_words()

    def set_hint(self, words: str) -> None:
        """Words in the middle, where there is no curve."""
        self._hint.setText(words)
        self._hint.setVisible(bool(words))
        self._place_hint()

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """What is shown unless somebody has zoomed."""
        self._range = Range(x, y)
        self._show_range()

    def set_scale(self, scale: Scale) -> None:
        """How values become heights. Near one, the axis stands on the right."""
        self._scale = scale
        on_right = scale is Scale.NEAR_ONE
        for axis, name, shown in ((self._left, "left", not on_right), (self._right, "right", on_right)):
            axis.scale_kind = scale
            axis.setLabel(self._y_words if self._named else "")
            axis.showLabel(self._named)
            self.plot.showAxis(name, shown)
            axis.picture = None
        for curve, line in zip(self._curves, self._lines, strict=True):
            curve.setData(line.x, scale.heights(np.asarray(line.y, dtype=float)))
        self.reset()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is drawn."""
        return tuple(self._lines)

    @property
    def scale(self) -> Scale:
        return self._scale

    def set_theme(self, theme: Theme) -> None:
        """Colours of the axes; lines and marks bring their own."""
        self._theme = theme
        dress(self.plot, theme)
        self._hint.setColor(theme.muted)
        self._pointer.setPen(pg.mkPen(theme.muted, width=1))
        self._values.setColor(theme.text)
        ground = QColor(theme.raised)
        ground.setAlphaF(0.9)
        self._values.fill = pg.mkBrush(ground)

    # --- Zoom and pan

    @Slot()
    def reset(self) -> None:
        """Show all again."""
        self._is_zoomed = False
        self._show_range()
        self.zoomed.emit(False)

    @Slot(object)
    def _on_zoomed(self, _: object) -> None:
        self._is_zoomed = True
        self.zoomed.emit(True)

    def _show_range(self) -> None:
        if self._is_zoomed:
            return
        low, high = self._scale.heights(np.array(self._range.y, dtype=float)).tolist()
        self._box.setXRange(*self._range.x, padding=PADDING)
        self._box.setYRange(low, high if high > low else low + 1e-9, padding=0.05)
        self._place_hint()

    def _place_hint(self) -> None:
        (left, right), (bottom, top) = self._box.viewRange()
        self._hint.setPos((left + right) / 2, (bottom + top) / 2)

    # --- Under the pointer

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """The values go with the pointer; a double click shows all again."""
        if event.type() == QEvent.Type.Leave:
            self._pointer.setVisible(False)
            self._values.setVisible(False)
        elif event.type() == QEvent.Type.MouseButtonDblClick:
            self.reset()
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    @Slot(object)
    def _on_pointed(self, place: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(place)
        x = self._box.mapSceneToView(place).x() if inside else 0.0
        words = self.values_at(x) if inside else ""
        self._pointer.setVisible(bool(words))
        self._values.setVisible(bool(words))
        if words:
            self._pointer.setPos(x)
            (left, right), (_, top) = self._box.viewRange()
            self._values.setText(words)
            self._values.setAnchor((0, 0) if x < (left + right) / 2 else (1, 0))
            self._values.setPos(x, top)

    def values_at(self, x: float) -> str:
        """The values of all lines that have words, at the point nearest to ``x``; empty where there is none."""
        said = []
        for line in self._lines:
            if line.words and len(line.x):
                place = int(np.argmin(np.abs(line.x - x)))
                value = float((line.y if line.says is None else line.says)[place])
                shown = f"{value * 100:.2f} %" if self._in_percent and line.says is None else f"{value:.4g}"
                said.append(tr("{words} {value}").format(words=line.words, value=shown))
        return "\n".join([f"{x:.2f}", *said]) if said else ""
