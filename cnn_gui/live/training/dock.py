"""The lower zone: settings of a run, and its curves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from cnn_core.training import TrainingConfig
from cnn_gui.live.training.panel import TrainingPanel
from cnn_gui.live.training.plots import accuracy_plot, loss_plot
from cnn_gui.live.training.samples import SamplesState
from cnn_gui.plots.rate_search_view import RateSearchView
from cnn_gui.specs import Context
from cnn_gui.widgets.card import Card
from cnn_gui.widgets.splitter import HANDLE_PX

SETTINGS_PX = 344


class TrainingDock(QSplitter):
    """Settings on the left, loss and accuracy share the rest."""

    def __init__(self, context: Context, samples: SamplesState, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("lowerZones")
        self.setHandleWidth(HANDLE_PX)
        self.setChildrenCollapsible(False)
        self.panel = TrainingPanel(context.state, context.settings, samples)
        self._context = context
        self.search = RateSearchView(context.state, context.rate_search)
        self.loss, self.accuracy = loss_plot(context.state), accuracy_plot(context.state)
        card = Card()
        card.body.addWidget(self.panel)
        card.setMinimumWidth(264)
        self._last = QStackedWidget()
        self._last.addWidget(self.accuracy)
        self._last.addWidget(self.search)
        for part, stretch in ((card, 0), (self.loss, 1), (self._last, 1)):
            self.addWidget(part)
            self.setStretchFactor(self.count() - 1, stretch)
        self.setSizes([SETTINGS_PX, 530, 530])
        self.panel.rate_search_requested.connect(self._on_search_requested)
        self.search.rate_chosen.connect(self._on_rate_chosen)
        self.search.closed.connect(self._close_search)

    @Slot(object)
    def _on_search_requested(self, config: TrainingConfig) -> None:
        """The search takes the place of the accuracy, which it says nothing of."""
        self._context.rate_search.start(config)
        self._last.setCurrentWidget(self.search)

    @Slot(float)
    def _on_rate_chosen(self, rate: float) -> None:
        self.panel.choose_rate(rate)
        self._close_search()

    @Slot()
    def _close_search(self) -> None:
        self._context.rate_search.cancel()
        self._last.setCurrentWidget(self.accuracy)
        self.panel.find_rate.setFocus()
