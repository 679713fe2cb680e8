"""Where the columns of the list of layers stand; their names above it, their sums below it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QWidget

from cnn_gui.network.state import NetworkState
from cnn_gui.network.words import shape_words
from cnn_gui.session.state import State
from cnn_gui.widgets.format import thousands
from cnn_gui.widgets.painted_text import LEFT, RIGHT, paint_line
from cnn_gui.widgets.translation import tr

GRIP_PX, BAR_PX = 26, 30
OPTIONS_FROM_PX, LEAST_OPTIONS_PX = 200.0, 70.0
"""In a narrower list the options give way: the form beside it shows those of the chosen layer."""
TITLE_PX = 18
"""So far a column's title may reach to the left of its numbers."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Left edge and width of each column; of no width where there is no room for it."""

    name: tuple[float, float]
    options: tuple[float, float]
    output: tuple[float, float]
    parameters: tuple[float, float]
    multiply_adds: tuple[float, float]
    bytes: tuple[float, float]
    sees: tuple[float, float]

    @classmethod
    def in_width(cls, width: float) -> Columns:
        """Figures from the right; name and options share what is left. In a narrow list the costs give way."""
        right, places = width - 10, {}
        wide, middle = width >= 700, width >= 560
        for name, size in (
            ("sees", 56.0), ("bytes", 94.0 if wide else 0.0), ("multiply_adds", 116.0 if wide else 0.0),
            ("parameters", 116.0 if middle else 82.0), ("output", 94.0),
        ):  # fmt: skip
            right -= size
            places[name] = (right, size - 8 if size else 0.0)
        left = GRIP_PX + 16.0
        name_width = min(104.0, (right - left) * 0.48) if right - left >= OPTIONS_FROM_PX else right - left - 8
        rest = right - left - name_width - 12
        options = left + name_width + 6, rest if rest >= LEAST_OPTIONS_PX else 0.0
        return cls((left, name_width), options, **places)


class LayerHeader(QWidget):
    """The names of the columns, and the row of the image itself."""

    def __init__(self, state: State, network: NetworkState, layers: QListView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._network, self._layers = state, network, layers
        layers.resized.connect(self.update)  # type: ignore[attr-defined]
        self.setFixedHeight(46)
        network.changed.connect(self.update)
        state.appearance.theme_changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme, report = QPainter(self), self._state.appearance.theme, self._network.draft.report
        columns = Columns.in_width(self._layers.viewport().width())
        bars = {columns.parameters, columns.multiply_adds, columns.bytes}
        image = 4 * report.input_shape[0] * report.input_shape[1] * report.input_shape[2] / 1024
        for column, title, words, align in (
            (columns.name, tr("layer"), tr("input"), LEFT),
            (columns.options, tr("options"), self._network.draft.data, LEFT),
            (columns.output, tr("output"), shape_words(report.input_shape), RIGHT),
            (columns.parameters, tr("parameters"), "", RIGHT),
            (columns.multiply_adds, tr("mult.-adds"), "", RIGHT),
            (columns.bytes, tr("KB/image"), f"{image:.1f}", RIGHT),
            (columns.sees, tr("sees"), "1×1", RIGHT),
        ):
            left, width = column
            if width <= 0:
                continue
            if column in bars and width > 80:
                width -= BAR_PX + 8
            reach = TITLE_PX if align == RIGHT and column != columns.output else 0
            paint_line(painter, QRectF(left - reach, 0, width + reach, 20), title, theme.muted, align=align)
            size, colour = (12, theme.muted) if align == LEFT else (13, theme.text)
            paint_line(painter, QRectF(left, 22, width, 20), words, colour, size_px=size, align=align)
        painter.end()


class LayerTotal(QWidget):
    """The sums under the columns."""

    def __init__(self, state: State, network: NetworkState, layers: QListView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._network, self._layers = state, network, layers
        layers.resized.connect(self.update)  # type: ignore[attr-defined]
        self.setFixedHeight(34)
        network.changed.connect(self._on_changed)
        state.appearance.theme_changed.connect(self.update)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        report = self._network.draft.report
        self.setAccessibleName(tr("{n} parameters in all").format(n=thousands(report.parameters)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, theme, report = QPainter(self), self._state.appearance.theme, self._network.draft.report
        columns = Columns.in_width(self._layers.viewport().width())
        bars = {columns.parameters, columns.multiply_adds, columns.bytes}
        painter.fillRect(QRect(0, 0, self.width(), 1), QColor(theme.border))
        fitting = sum(row.output_shape is not None for row in report.layers)
        words = tr("of the {n} layers that fit").format(n=fitting) if report.broken is not None else tr(
            "of {n} layers").format(n=fitting)  # fmt: skip
        for column, text, align in (
            (columns.name, tr("Total"), LEFT),
            (columns.options, words, LEFT),
            (columns.parameters, thousands(report.parameters), RIGHT),
            (columns.multiply_adds, millions(report.multiply_adds), RIGHT),
            (columns.bytes, f"{report.bytes_an_image / 1024:.1f}", RIGHT),
        ):
            left, width = column
            if width <= 0:
                continue
            if column in bars and width > 80:
                width -= BAR_PX + 8
            is_words = column == columns.options
            paint_line(painter, QRectF(left, 4, width, 26), text, theme.muted if is_words else theme.text,
                       size_px=12 if is_words else 13, strong=not is_words, align=align)  # fmt: skip
        painter.end()


def millions(number: int) -> str:
    """``1 250 000`` as ``1.25 M``."""
    return f"{number / 1e6:.2f} M" if number >= 1e6 else thousands(number)
