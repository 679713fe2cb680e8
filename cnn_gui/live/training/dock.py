"""The lower zone: settings of a run, and its curves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from cnn_gui.live.training.panel import TrainingPanel
from cnn_gui.live.training.plots import accuracy_plot, loss_plot
from cnn_gui.live.training.samples import SamplesState
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
        self.loss, self.accuracy = loss_plot(context.state), accuracy_plot(context.state)
        card = Card()
        card.body.addWidget(self.panel)
        card.setMinimumWidth(264)
        for part, stretch in ((card, 0), (self.loss, 1), (self.accuracy, 1)):
            self.addWidget(part)
            self.setStretchFactor(self.count() - 1, stretch)
        self.setSizes([SETTINGS_PX, 530, 530])
