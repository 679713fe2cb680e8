"""Curves of the ticked runs, one over the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from cnn_gui.plots.curve_plot import CurvePlot, Line, Mark
from cnn_gui.plots.scales import Scale
from cnn_gui.runs.state import LETTERS, RunsState
from cnn_gui.runs.values import AXES, Numbers, RunCurves
from cnn_gui.session.state import State
from cnn_gui.session.view_saver import Rows
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.fields import ComboBox
from cnn_gui.widgets.translation import QT_TR_NOOP, tr

WIDE_PX = 380
SYMBOLS = {"A": "o", "B": "s", "C": "t1", "D": "d"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that can be seen of a run over its time."""

    key: str
    title: str
    unit: str
    in_percent: bool = False


QUANTITIES = (
    Quantity("loss", QT_TR_NOOP("Loss"), QT_TR_NOOP("nats")),
    Quantity("accuracy", QT_TR_NOOP("Accuracy"), QT_TR_NOOP("% right"), True),
    Quantity("rate", QT_TR_NOOP("Learning rate"), ""),
    Quantity("gradients", QT_TR_NOOP("Gradient norms"), QT_TR_NOOP("by layer")),
    Quantity("weights", QT_TR_NOOP("Weight norms"), QT_TR_NOOP("by layer")),
    Quantity("updates", QT_TR_NOOP("Step over weights"), QT_TR_NOOP("by layer")),
)
AXIS_WORDS = {"epochs": QT_TR_NOOP("epochs"), "steps": QT_TR_NOOP("steps"), "seconds": QT_TR_NOOP("seconds"),
              "images": QT_TR_NOOP("images")}  # fmt: skip


class CurvesView(Card):
    """One quantity of all ticked runs: thin what was trained on, thick with shapes the validation."""

    save_wanted = Signal()

    def __init__(self, state: State, runs: RunsState, first: int, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._state, self._runs = state, runs
        name = QUANTITIES[first].key
        self.setObjectName(f"{name}Runs")
        self.quantity = self._combo(f"{name}Quantity", tr("What is drawn"), [(q.key, tr(q.title)) for q in QUANTITIES])
        self.quantity.setCurrentIndex(first)
        self.axis = self._combo(f"{name}Axis", tr("Against what"), [(key, tr(AXIS_WORDS[key])) for key in AXES])
        self.log = QToolButton()
        self.log.setObjectName(f"{name}Log")
        self.log.setText(tr("log"))
        self.log.setCheckable(True)
        self.log.setProperty("chip", True)
        self.log.setAccessibleName(tr("Logarithmic scale"))
        self.log.setToolTip(tr("Logarithmic scale; of accuracy what lies near 100 %"))
        self.save = QToolButton()
        self.save.setObjectName(f"{name}Save")
        self.save.setText(tr("save"))
        self.save.setProperty("chip", True)
        self.save.setAccessibleName(tr("Save these curves"))
        self.save.setToolTip(tr("Save these curves as numbers (CSV) or as a picture (PNG, SVG)"))
        self.save.clicked.connect(self.save_wanted)
        self.unit = label(small=True, muted=True)
        self.head.setSpacing(6)
        for widget in (self.quantity, self.unit):
            self.head.addWidget(widget)
        self.head.addStretch(1)
        for widget in (self.save, self.log, self.axis):
            self.head.addWidget(widget)
        self.body.addLayout(self.head)
        self._plots = {False: CurvePlot("", "", named=False), True: CurvePlot("", "", in_percent=True, named=False)}
        for plot in self._plots.values():
            plot.setMinimumHeight(60)
            self.body.addWidget(plot, 1)
        self.setMinimumWidth(220)
        self.quantity.currentIndexChanged.connect(self._on_quantity_chosen)
        self.axis.currentIndexChanged.connect(self._redraw)
        self.log.clicked.connect(self._on_quantity_chosen)
        runs.curves_changed.connect(self._redraw)
        runs.ticked_changed.connect(self._redraw)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_quantity_chosen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow card the unit gives way."""
        super().resizeEvent(event)
        self.unit.setVisible(event.size().width() >= WIDE_PX)

    def _combo(self, name: str, accessible: str, items: list[tuple[str, str]]) -> QComboBox:
        combo = ComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(accessible)
        combo.setToolTip(accessible)
        for key, words in items:
            combo.addItem(words, key)
        return combo

    @property
    def plot(self) -> CurvePlot:
        """The plot of the quantity that is chosen."""
        return self._plots[self._chosen.in_percent]

    @property
    def title(self) -> str:
        """The quantity that is chosen, as a part of a file's name."""
        return f"{self._chosen.key}-by-{self.axis.currentData()}"

    def rows(self) -> Rows | None:
        """The points of the curves that are drawn, a line each; None where there is no curve."""
        named = tuple(line for line in self.plot.lines if line.words)
        return _rows(named, str(self.axis.currentData()), self._chosen.key) if named else None

    @property
    def _chosen(self) -> Quantity:
        return QUANTITIES[self.quantity.currentIndex()]

    @Slot()
    def _on_quantity_chosen(self) -> None:
        for in_percent, plot in self._plots.items():
            plot.setVisible(in_percent == self._chosen.in_percent)
        stretched = Scale.NEAR_ONE if self._chosen.in_percent else Scale.LOG
        self.plot.set_scale(stretched if self.log.isChecked() else Scale.LINEAR)
        self.unit.setText(tr(self._chosen.unit) if self._chosen.unit else "")
        self._redraw()

    @Slot()
    def _on_theme_changed(self) -> None:
        for plot in self._plots.values():
            plot.set_theme(self._state.appearance.theme)
        self._redraw()

    # --- What is drawn

    @Slot()
    def _redraw(self) -> None:
        axis, lines, marks = str(self.axis.currentData()), list[Line](), list[Mark]()
        for run in self._runs.ticked:
            curves, letter = self._runs.curves.get(run.name), self._runs.letter(run.name)
            if curves is None:
                continue
            colour = self._colour(letter)
            words = letter or run.title
            lines += _DRAWN[self._chosen.key](curves, axis, colour, words, SYMBOLS.get(letter))
            marks += [Mark(at[axis], f"{words}: {change_words(change)}", colour) for at, change in curves.changes]
        self.plot.set_lines(lines)
        self.plot.set_marks(marks)
        self.plot.set_range(*self._ranges(lines))
        ticked = self._runs.ticked
        self.plot.set_hint("" if lines else tr("reading …") if ticked else tr("tick runs to see their curves (Space)"))
        names = ", ".join(run.title for run in ticked)
        self.plot.plot.setAccessibleName(f"{tr(self._chosen.title)}: {names}")

    def _colour(self, letter: str) -> str:
        theme = self._state.appearance.theme
        return theme.runs[LETTERS.index(letter)] if letter else theme.muted

    def _ranges(self, lines: list[Line]) -> tuple[tuple[float, float], tuple[float, float]]:
        solid = [line for line in lines if len(line.y)]
        if not solid:
            return (0, 1), (0, 1)
        right = max(float(line.x[-1]) for line in solid)
        values = np.concatenate([line.y for line in solid])
        values = values[np.isfinite(values)]
        if not len(values):
            return (0, max(right, 1e-9)), (0, 1)
        low, high = float(values.min()), float(values.max())
        if self._chosen.in_percent:
            low = float(np.quantile(values, 0.05))  # the first steps would press all others up
            return (0, right), (max(0.0, low - 0.02), 1.0)
        if self.plot.scale is Scale.LOG:
            return (0, right), (max(low, 1e-6) * 0.9, high)
        first = float(np.quantile(values, 0.98))  # the first steps would press all others down
        return (0, right), (0.0, max(min(high, 1.3 * first), 1e-12))


def change_words(change) -> str:
    """``learning rate → 0.001``."""
    words = []
    for name, value in change.values:
        shown = ", ".join(f"{k} {v:g}" for k, v in value) if name == "dropout" else value
        words.append(tr("{name} → {value}").format(name=name.replace("_", " "), value=shown))
    return ", ".join(words)


def _rows(lines: tuple[Line, ...], axis: str, quantity: str) -> Iterator[list[object]]:
    yield ["curve", axis, quantity]
    for line in lines:
        for x, y in zip(line.x.tolist(), line.y.tolist(), strict=True):
            yield [line.words, x, y]


def _pair(
    x: Numbers,
    raw: Numbers,
    train: Numbers,
    ends: Numbers,
    validation: Numbers,
    colour: str,
    words: str,
    symbol: str | None,
) -> list[Line]:
    """What was trained on thinly, over its single batches, validation thickly and with shapes."""
    trained, judged = tr("{run} train").format(run=words), tr("{run} validation").format(run=words)
    return [
        Line(x, raw, colour, width=1, opacity=0.22),
        Line(x, train, colour, trained, width=1, opacity=0.8),
        Line(ends, validation, colour, judged, width=2, symbol=symbol or "o"),
    ]


def _loss(run: RunCurves, axis: str, colour: str, words: str, symbol: str | None) -> list[Line]:
    x, ends = run.axes[axis], run.ends[axis]
    return _pair(x, run.loss, run.smooth_loss, ends, run.validation_loss, colour, words, symbol)


def _accuracy(run: RunCurves, axis: str, colour: str, words: str, symbol: str | None) -> list[Line]:
    x, ends = run.axes[axis], run.ends[axis]
    return _pair(x, run.accuracy, run.smooth_accuracy, ends, run.validation_accuracy, colour, words, symbol)


def _rate(curves: RunCurves, axis: str, colour: str, words: str, symbol: str | None) -> list[Line]:  # noqa: ARG001
    return [Line(curves.axes[axis], curves.rate, colour, words, width=1.5)]


def _by_layer(pick: Callable[[object], Numbers]) -> Callable[[RunCurves, str, str, str, str | None], list[Line]]:
    def draw(curves: RunCurves, axis: str, colour: str, words: str, symbol: str | None) -> list[Line]:  # noqa: ARG001
        x = curves.norm_axes.get(axis, np.zeros(0))
        return [
            Line(x, pick(one), colour, f"{words} {name.replace('_', ' ')}", width=1.5, dashed=bool(number % 2))
            for number, (name, one) in enumerate(curves.layers.items())
        ]

    return draw


_DRAWN: dict[str, Callable[[RunCurves, str, str, str, str | None], list[Line]]] = {
    "loss": _loss,
    "accuracy": _accuracy,
    "rate": _rate,
    "gradients": _by_layer(lambda one: one.gradients),  # type: ignore[attr-defined]
    "weights": _by_layer(lambda one: one.weights),  # type: ignore[attr-defined]
    "updates": _by_layer(lambda one: one.updates / np.maximum(one.weights, 1e-12)),  # type: ignore[attr-defined]
}
