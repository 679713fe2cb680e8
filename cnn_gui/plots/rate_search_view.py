"""What a search for a learning rate has found: loss over rate, and a rate to take."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton, QWidget

from cnn_gui.plots.dress import add_curve, dress, make_plot
from cnn_gui.session.rate_search import RateSearchSession
from cnn_gui.session.state import State
from cnn_gui.widgets.card import Card, label
from cnn_gui.widgets.translation import tr

MOST_LOSS_OVER_FIRST = 1.15
"""The curve above that is of no interest: there everything is lost."""


class RateSearchView(Card):
    """`rate_chosen` when somebody takes the suggestion, `closed` when nobody wants to see it any longer."""

    rate_chosen = Signal(float)
    closed = Signal()

    def __init__(self, state: State, search: RateSearchSession, parent: QWidget | None = None) -> None:
        super().__init__(tr("Find a learning rate"), parent)
        self.setObjectName("rateSearch")
        self._state, self._search = state, search
        self.use, self.close_button = QPushButton(), QPushButton(tr("Close"))
        self.use.setObjectName("useRateButton")
        self.use.setProperty("primary", True)
        self.close_button.setObjectName("closeRateSearchButton")
        self.close_button.setAccessibleName(tr("Close the search"))
        self.close_button.setToolTip(tr("End the search and show the curves again"))
        for button in (self.use, self.close_button):
            button.setProperty("tight", True)
            self.head.addWidget(button)
        self.words = label(small=True, muted=True)
        self.words.setWordWrap(True)
        self.body.addWidget(self.words)
        self.plot, self._item = make_plot(self)
        self.plot.setObjectName("rateSearchPlot")
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setLogMode(x=True, y=False)
        self.plot.setMinimumHeight(60)
        self.plot.getAxis("bottom").enableAutoSIPrefix(False)
        self.body.addWidget(self.plot, 1)
        self._curve = add_curve(self.plot)
        self._taken = pg.InfiniteLine(0, 90)
        self._grows = pg.InfiniteLine(0, 90)
        for line in (self._taken, self._grows):
            self._item.addItem(line, ignoreBounds=True)
        self.use.clicked.connect(self._on_use)
        self.close_button.clicked.connect(self.closed)
        search.changed.connect(self._on_changed)
        state.appearance.theme_changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        status = self._search.status
        found = status.found
        if status.problem:
            self.words.setText(status.problem)
        elif found is not None:
            self.words.setText(f"{status.words}. {found.reason}")
        elif status.rates:
            self.words.setText(tr("{words}: {share:.0f} % of the steps").format(
                words=status.words, share=status.progress * 100))  # fmt: skip
        else:
            self.words.setText(tr("{words}: fetching the data").format(words=status.words))
        rate = found.suggestion if found is not None else None
        self.use.setVisible(rate is not None)
        if rate is not None:
            self.use.setText(tr("Use {rate:g}").format(rate=rate))
            self.use.setAccessibleName(tr("Use the learning rate {rate:g}").format(rate=rate))
            self.use.setToolTip(tr("Put it into the settings of the next run"))
        self._curve.setData(np.array(status.rates), np.array(status.losses))
        if status.losses:
            low, high = min(status.losses), max(status.losses[0] * MOST_LOSS_OVER_FIRST, 1e-6)
            self._item.getViewBox().setYRange(low - 0.05 * (high - low), high, padding=0)
        grows = found.grows_from if found is not None else None
        for line, value in ((self._taken, rate), (self._grows, grows)):
            line.setVisible(value is not None)
            if value is not None:
                line.setPos(np.log10(value))
        self.plot.setAccessibleName(self.words.text())

    @Slot()
    def _on_use(self) -> None:
        found = self._search.status.found
        if found is not None and found.suggestion is not None:
            self.rate_chosen.emit(found.suggestion)

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._state.appearance.theme
        dress(self.plot, theme)
        self._curve.setPen(pg.mkPen(theme.text, width=1.5))
        self._taken.setPen(pg.mkPen(theme.accent, width=2))
        grows = QColor(theme.second)
        self._grows.setPen(pg.mkPen(grows, width=1, style=Qt.PenStyle.DashLine))
