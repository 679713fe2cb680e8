"""The workspace's cards: sources, images, one image in detail, and below my drawings."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from cnn_gui.data.details_view import DetailsView
from cnn_gui.data.drawings_view import DrawingsView
from cnn_gui.data.images_view import DataImagesView
from cnn_gui.data.sources_view import SourcesView
from cnn_gui.data.state import DataState, ReadingTestState
from cnn_gui.data.survey_view import SurveyView
from cnn_gui.session.state import State
from cnn_gui.widgets.splitter import splitter
from cnn_gui.widgets.translation import tr

NARROW_PX = 900


class DataView(QWidget):
    """Views of one state; the workspace wires them. `path_dropped` carries a file or folder."""

    path_dropped = Signal(str)

    def __init__(self, state: State, data: DataState, test: ReadingTestState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataWorkspace")
        self.setAcceptDrops(True)
        self._data = data
        self.sources = SourcesView(state, data)
        self.images = DataImagesView(state, data)
        self.survey = SurveyView(state, data)
        self.details = DetailsView(state, data)
        self.drawings = DrawingsView(state, test)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.images)
        self.middle.addWidget(self.survey)
        upper = QWidget()
        row = QHBoxLayout(upper)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.sources)
        row.addWidget(self.middle, 1)
        row.addWidget(self.details)
        self._parts = splitter("dataParts", Qt.Orientation.Vertical, upper, self.drawings)
        self._parts.setStretchFactor(0, 3)
        self._parts.setStretchFactor(1, 1)
        self._parts.setSizes([520, 180])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._parts)
        data.survey_changed.connect(self._on_survey)

    @Slot()
    def _on_survey(self) -> None:
        self.middle.setCurrentWidget(self.survey if self._data.survey is not None else self.images)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the details give way; Enter puts an image on the canvas all the same."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW_PX
        self.sources.set_narrow(narrow)
        self.details.set_narrow(narrow)
        self.drawings.own.setText(tr("only my classes") if narrow else tr("only my classes, nothing it knew before"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.path_dropped.emit(event.mimeData().urls()[0].toLocalFile())
        event.acceptProposedAction()
